//! Certificates are renewed while the server runs.
//!
//! The folders of their files are watched, so that a file that is written anew, one that takes another's place and a
//! link that is switched (as certbot and Kubernetes do it) are all seen. Files that come one after the other make
//! a pair only together: they are read when it has been quiet for a moment. What the system does not tell, such as a
//! change on a network file system, a look each minute finds.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::control::Control;
use crate::sys::{self, WatchedFolders};
use crate::{stats, tls};

/// A listener with certificates out of files.
pub(super) struct Renewed {
    tls: tls::Settings,
    stats: Rc<stats::Listener>,
    /// What it served when that was last told: listeners with the same certificates read them once for all.
    seen: RefCell<Vec<u8>>,
    /// What was wrong when it was last read: said once, not each minute.
    wrong: RefCell<Option<String>>,
}

/// How long it must have been quiet.
const QUIET: Duration = Duration::from_millis(300);
/// How long it may at most take to become quiet.
const PATIENCE: Duration = Duration::from_secs(3);
/// How often the files are looked at unasked.
const UNASKED: Duration = Duration::from_secs(60);

/// Reads the files of all certificates again whenever they change, and when `control` says so. Never ends.
pub(super) async fn renew(listeners: Vec<Renewed>, control: Rc<Control>, log: fn(&str)) {
    loop {
        // Made anew each time, as the links lead elsewhere now, and before the files are read: what changes then
        // is seen.
        let watch = watch(&listeners);
        for listener in &listeners {
            listener.read_again(log).await;
        }
        tokio::select! {
            () = changes(watch.as_ref()) => {}
            () = control.renewal() => {}
            () = sleep(UNASKED) => {}
        }
    }
}

impl Renewed {
    pub(super) fn new(tls: tls::Settings, stats: Rc<stats::Listener>) -> Self {
        Self {
            seen: RefCell::new(tls.seen()),
            wrong: RefCell::default(),
            tls,
            stats,
        }
    }

    /// Reads its files again, beside what goes on here: what they hold serves from now on if it is good. If this is
    /// dropped meanwhile they are read all the same, and nobody is told.
    pub(super) async fn read_again(&self, log: fn(&str)) {
        let address = &self.stats.address;
        let tls = self.tls.clone();
        let read = sys::blocking(move || tls.reload().err().map(|error| error.to_string()));
        let wrong = read.await;
        let seen = self.tls.seen();
        if self.seen.replace(seen.clone()) != seen {
            self.stats.certificates_renewed.inc();
            log(&format!("{address}: the certificates were renewed"));
            for warning in self.tls.warnings() {
                log(&format!("{address}: {warning}"));
            }
        }
        let before = self.wrong.replace(wrong.clone());
        if let Some(wrong) = wrong.filter(|wrong| before.as_ref() != Some(wrong)) {
            self.stats.certificates_refused.inc();
            log(&format!(
                "{address}: the certificates of before serve on: {wrong}"
            ));
        }
    }
}

/// Completes when something has changed and it has become quiet; never without a watch.
async fn changes(watch: Option<&WatchedFolders>) {
    let Some(watch) = watch else {
        return std::future::pending().await;
    };
    watch.changed().await;
    let calm = async { while timeout(QUIET, watch.changed()).await.is_ok() {} };
    let _ = timeout(PATIENCE, calm).await;
}

/// A watch of the folders in which a change can make a path lead to another file. `None` where the system has no
/// inotify left: then there is the look each minute.
fn watch(listeners: &[Renewed]) -> Option<WatchedFolders> {
    let mut folders = BTreeSet::new();
    for file in listeners.iter().flat_map(|listener| listener.tls.files()) {
        collect(&file, &mut folders);
    }
    WatchedFolders::new(&folders).ok()
}

/// The folder of a path, and those of all links on its way.
fn collect(path: &Path, folders: &mut BTreeSet<PathBuf>) {
    /// As many as the kernel follows.
    const LINKS: usize = 40;
    let mut next = vec![std::path::absolute(path).unwrap_or_else(|_| path.to_owned())];
    for _ in 0..LINKS {
        let Some(path) = next.pop() else { return };
        folders.insert(path.parent().unwrap_or(&path).to_owned());
        for part in path.ancestors() {
            if let (Ok(target), Some(parent)) = (part.read_link(), part.parent()) {
                folders.insert(parent.to_owned());
                let rest = path.strip_prefix(part).unwrap_or(Path::new(""));
                next.push(parent.join(target).join(rest));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::sync::mpsc;

    use nix::sys::stat::Mode;
    use nix::unistd::mkfifo;

    use super::*;

    #[tokio::test(flavor = "current_thread")]
    async fn a_file_that_does_not_answer_holds_up_nobody_else() {
        let path = std::env::temp_dir().join(format!("sluice-renewal-{}.pem", std::process::id()));
        let _ = fs::remove_file(&path);
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = |name: &str| {
            let params = rcgen::CertificateParams::new([name.to_owned()]).unwrap();
            params.self_signed(&key).unwrap().pem()
        };
        fs::write(&path, certificate("a.test")).unwrap();
        let settings = tls::Settings::parse(tls::Said::new(tls::Source::Pem {
            certificate: path.to_str().unwrap().to_owned(),
            private_key: key.serialize_pem(),
            ocsp: None,
        }));
        let stats = Rc::new(stats::Listener::new("here".into(), None));
        let renewed = Renewed::new(settings.unwrap(), Rc::clone(&stats));
        // Whoever reads a pipe waits for a writer.
        fs::remove_file(&path).unwrap();
        mkfifo(&path, Mode::S_IRWXU).unwrap();
        let (told, others_go_on) = mpsc::channel();
        let (next, pipe) = (certificate("b.test"), path.clone());
        let writer = std::thread::spawn(move || {
            let goes_on = others_go_on.recv_timeout(Duration::from_secs(10)).is_ok();
            fs::write(&pipe, next).unwrap();
            goes_on
        });
        tokio::join!(renewed.read_again(|_| ()), async {
            told.send(()).unwrap();
        });
        assert!(writer.join().unwrap());
        assert_eq!(stats.certificates_renewed.get(), 1);
        fs::remove_file(&path).unwrap();
    }

    #[test]
    fn every_folder_is_watched_in_which_a_link_of_the_way_can_be_switched() {
        let root = std::env::temp_dir().join(format!("sluice-renewal-{}", std::process::id()));
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(root.join("releases/1")).unwrap();
        fs::create_dir_all(root.join("mount")).unwrap();
        fs::write(root.join("releases/1/cert.pem"), "x").unwrap();
        symlink("../releases/1", root.join("mount/..data")).unwrap();
        symlink("..data/cert.pem", root.join("mount/cert.pem")).unwrap();
        let mut folders = BTreeSet::new();
        collect(&root.join("mount/cert.pem"), &mut folders);
        let real = |path: &Path| fs::canonicalize(path).unwrap();
        let watched: BTreeSet<PathBuf> = folders.iter().map(|path| real(path)).collect();
        for folder in ["mount", "releases/1"] {
            assert!(
                watched.contains(&real(&root.join(folder))),
                "{folder}: {folders:?}"
            );
        }
        fs::remove_dir_all(&root).unwrap();
    }
}
