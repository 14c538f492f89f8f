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
use crate::sys::WatchedFolders;
use crate::{stats, tls};

/// A listener with certificates out of files.
pub(super) struct Renewed {
    pub(super) tls: tls::Settings,
    pub(super) stats: Rc<stats::Listener>,
    /// What was wrong when it was last read: said once, not each minute.
    pub(super) wrong: RefCell<Option<String>>,
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
            listener.read_again(log);
        }
        tokio::select! {
            () = changes(watch.as_ref()) => {}
            () = control.renewal() => {}
            () = sleep(UNASKED) => {}
        }
    }
}

impl Renewed {
    fn read_again(&self, log: fn(&str)) {
        let address = &self.stats.address;
        match self.tls.reload() {
            Ok(false) => *self.wrong.borrow_mut() = None,
            Ok(true) => {
                *self.wrong.borrow_mut() = None;
                self.stats.certificates_renewed.inc();
                log(&format!("{address}: the certificates were renewed"));
                for warning in self.tls.warnings() {
                    log(&format!("{address}: {warning}"));
                }
            }
            Err(error) => {
                let wrong = error.to_string();
                if self.wrong.borrow().as_ref() != Some(&wrong) {
                    self.stats.certificates_refused.inc();
                    log(&format!(
                        "{address}: the certificates of before serve on: {wrong}"
                    ));
                }
                *self.wrong.borrow_mut() = Some(wrong);
            }
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

    use super::*;

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
