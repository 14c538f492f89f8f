//! Files that reload the program when they change.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::{Path, PathBuf};

use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify, InotifyEvent, WatchDescriptor};

/// Watches folders, with all that is in them, and single files. Names that begin with a dot are
/// left out: version control and editors work there.
#[derive(Debug)]
pub(super) struct Watch {
    inotify: Inotify,
    folders: HashMap<WatchDescriptor, Folder>,
}

#[derive(Debug)]
struct Folder {
    path: PathBuf,
    /// The one file in it that counts; `None`: all that is in it.
    only: Option<PathBuf>,
}

impl Watch {
    /// Watches `paths`. What cannot be watched is said to `log`, and does not keep the rest from it.
    ///
    /// # Errors
    /// The system gives no inotify.
    pub(super) fn new(paths: &[PathBuf], log: fn(&str)) -> nix::Result<Self> {
        let inotify = Inotify::init(InitFlags::IN_CLOEXEC | InitFlags::IN_NONBLOCK)?;
        let mut watch = Self {
            inotify,
            folders: HashMap::new(),
        };
        for path in paths {
            let watched = if path.is_dir() {
                watch.add_tree(path)
            } else {
                watch.add_file(path)
            };
            if let Err(error) = watched {
                log(&format!("{} cannot be watched: {error}", path.display()));
            }
        }
        Ok(watch)
    }

    /// Takes in what has happened. Returns whether something has changed.
    pub(super) fn has_changed(&mut self) -> bool {
        let mut changed = false;
        while let Ok(events) = self.inotify.read_events() {
            for event in events {
                changed |= self.take(&event);
            }
        }
        changed
    }

    fn take(&mut self, event: &InotifyEvent) -> bool {
        let name = event.name.as_deref().unwrap_or(OsStr::new(""));
        if is_hidden(name) {
            return false;
        }
        let Some(folder) = self.folders.get(&event.wd) else {
            // The queue has overflowed: something has.
            return event.mask.contains(AddWatchFlags::IN_Q_OVERFLOW);
        };
        let path = folder.path.join(name);
        if let Some(only) = &folder.only {
            return *only == path;
        }
        if event.mask.contains(AddWatchFlags::IN_ISDIR) {
            // One that is gone again is no loss.
            let _ = self.add_tree(&path);
            return true;
        }
        // A new file is complete when it is closed; a new link is complete at once.
        !event.mask.contains(AddWatchFlags::IN_CREATE) || path.is_symlink()
    }

    fn add_tree(&mut self, path: &Path) -> std::io::Result<()> {
        self.add(path, None)?;
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() && !is_hidden(&entry.file_name()) {
                self.add_tree(&entry.path())?;
            }
        }
        Ok(())
    }

    /// A file is watched by its folder: editors and deploys put a new one in its place.
    fn add_file(&mut self, path: &Path) -> std::io::Result<()> {
        fs::metadata(path)?;
        let folder = path.parent().filter(|folder| *folder != Path::new(""));
        let folder = folder.unwrap_or(Path::new("."));
        let name = path.file_name().unwrap_or_default();
        self.add(folder, Some(folder.join(name)))
    }

    fn add(&mut self, path: &Path, only: Option<PathBuf>) -> std::io::Result<()> {
        let events = AddWatchFlags::IN_CLOSE_WRITE
            | AddWatchFlags::IN_CREATE
            | AddWatchFlags::IN_DELETE
            | AddWatchFlags::IN_MOVED_FROM
            | AddWatchFlags::IN_MOVED_TO
            | AddWatchFlags::IN_ONLYDIR;
        let watched = self.inotify.add_watch(path, events)?;
        let path = path.to_owned();
        self.folders.insert(watched, Folder { path, only });
        Ok(())
    }
}

impl AsFd for Watch {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.inotify.as_fd()
    }
}

fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Tree(PathBuf);

    impl Tree {
        fn new(name: &str) -> Self {
            let path =
                std::env::temp_dir().join(format!("sluice-watch-{}-{name}", std::process::id()));
            fs::create_dir_all(path.join("deep/deeper")).unwrap();
            Self(path)
        }

        fn watch(&self, what: &str) -> Watch {
            Watch::new(&[self.0.join(what)], |line| panic!("{line}")).unwrap()
        }

        fn write(&self, name: &str) {
            fs::write(self.0.join(name), "x").unwrap();
        }
    }

    impl Drop for Tree {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_change_anywhere_below_is_seen_once() {
        let tree = Tree::new("below");
        let mut watch = tree.watch("");
        assert!(!watch.has_changed());
        for name in ["a.php", "deep/b.php", "deep/deeper/c.php"] {
            tree.write(name);
            assert!(watch.has_changed(), "{name}");
            assert!(!watch.has_changed(), "{name}");
        }
        fs::remove_file(tree.0.join("a.php")).unwrap();
        assert!(watch.has_changed());
    }

    #[test]
    fn a_new_folder_is_watched_too_and_hidden_ones_are_not() {
        let tree = Tree::new("new");
        let mut watch = tree.watch("");
        fs::create_dir(tree.0.join("fresh")).unwrap();
        assert!(watch.has_changed());
        tree.write("fresh/a.php");
        assert!(watch.has_changed());
        fs::create_dir(tree.0.join(".git")).unwrap();
        tree.write(".git/index");
        tree.write(".a.php.swp");
        assert!(!watch.has_changed());
    }

    #[test]
    fn a_file_is_followed_when_another_takes_its_place() {
        let tree = Tree::new("file");
        tree.write("a.php");
        let mut watch = tree.watch("a.php");
        tree.write("b.php");
        assert!(!watch.has_changed());
        for _ in 0..2 {
            tree.write("next");
            fs::rename(tree.0.join("next"), tree.0.join("a.php")).unwrap();
            assert!(watch.has_changed());
        }
    }
}
