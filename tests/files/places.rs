//! Folders of a test's own, and what the system does with their files.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::fs::File;
use std::future::poll_fn;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};

use nix::fcntl::{PosixFadviseAdvice, posix_fadvise};
use sluice::files::{Said, SendFile, Settings};
use sluice::http::Exchange;

use crate::support::client::Client;
use crate::support::{Work, body, hash, path};

/// A folder that is removed when the test is through.
pub struct Folder {
    pub path: PathBuf,
}

impl Folder {
    pub fn new(name: &str) -> Self {
        Self::under(&std::env::temp_dir(), name)
    }

    pub fn under(place: &Path, name: &str) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = place.join(format!("sluice-{name}-{}-{count}", std::process::id()));
        std::fs::create_dir(&path).unwrap();
        Self { path }
    }

    /// Writes a file, and the folders on its way.
    pub fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    /// A mount of the folder, with what a user gets who says nothing.
    pub fn mount(&self, prefix: &str) -> Settings {
        self.mount_with("", prefix, |_| {})
    }

    /// A mount of a folder in it, with settings.
    pub fn mount_with(&self, root: &str, prefix: &str, change: impl FnOnce(&mut Said)) -> Settings {
        let mut said = Said {
            root: self.path.join(root),
            prefix: prefix.into(),
            index: Some(b"index.html".to_vec()),
            fallback: true,
            symlinks: b"inside".to_vec(),
            ..Said::default()
        };
        change(&mut said);
        Settings::parse(said).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A test that has failed says so by itself.
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// Answers `/sent/<name>` with a file of `root`, from a handler.
pub fn send(exchange: Rc<Exchange>, root: PathBuf) -> Work {
    Box::pin(async move {
        let path = path(&exchange);
        let file = root.join(&path[1]);
        let mut sending = SendFile::new(file.to_str().unwrap().as_bytes(), 0, None).unwrap();
        if poll_fn(|cx| sending.poll(&exchange, cx)).await.is_err() {
            exchange.reply.abort();
        }
    })
}

/// Checks that `path` gives the body of `size` bytes.
pub async fn check(client: &mut Client, path: &str, size: usize, what: &str) {
    let got = client.fetch(path).await;
    let got = got.unwrap_or_else(|error| panic!("{what} {path}: {error:?}"));
    assert_eq!(got.status(), 200, "{what} {path}");
    let length = got.headers().get("content-length").unwrap();
    assert_eq!(length, &size.to_string(), "{what} {path}");
    assert_eq!(got.body().len(), size, "{what} {path}");
    assert!(
        hash(got.body()) == hash(&body(size)),
        "{what} {path}: other bytes"
    );
}

/// Takes a file out of the page cache.
pub fn evict(path: &Path) {
    let file = File::open(path).unwrap();
    file.sync_all().unwrap();
    posix_fadvise(&file, 0, 0, PosixFadviseAdvice::POSIX_FADV_DONTNEED).unwrap();
}

/// How many threads of the runtime for work that may block there are.
pub fn threads() -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let names =
        tasks.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok());
    names.filter(|name| name.starts_with("tokio-")).count()
}
