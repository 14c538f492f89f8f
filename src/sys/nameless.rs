//! Files that have no name until they are complete, so that none is left behind, however a process ends.

use std::fs::{self, File, OpenOptions, Permissions};
use std::hash::{BuildHasher, Hasher};
use std::io::{self, Read};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use nix::fcntl::{AT_FDCWD, AtFlags};
use nix::sys::stat::{Mode, umask};
use nix::unistd::linkat;

/// A file for reading and writing that no folder lists. It is gone when it is dropped.
#[derive(Debug)]
pub struct Nameless {
    file: File,
    /// The file system can give it a name later.
    is_linkable: bool,
}

impl Nameless {
    /// Makes one on the file system of `directory`. Blocks, as all that these types do.
    ///
    /// # Errors
    /// What the system says: there is no such folder, or no right to write to it, or no room.
    pub fn create(directory: &Path) -> io::Result<Self> {
        match Self::linkable(directory) {
            Err(error) if is_unsupported(&error) => {
                let path = temporary_name(directory);
                let file = owned().create_new(true).open(&path)?;
                fs::remove_file(&path)?;
                Ok(Self {
                    file,
                    is_linkable: false,
                })
            }
            made => made,
        }
    }

    fn linkable(directory: &Path) -> io::Result<Self> {
        let file = owned().custom_flags(libc::O_TMPFILE).open(directory)?;
        Ok(Self {
            file,
            is_linkable: true,
        })
    }

    /// The file.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// The same file once more, for reading from its beginning.
    ///
    /// # Errors
    /// What the system says, such as that there are no descriptors left.
    pub fn reopen(&self) -> io::Result<File> {
        File::open(self.link())
    }

    /// Gives the file the name `target` and the permissions `mode`; a file that has the name is
    /// replaced in one step. Where the name is on another file system the content is copied.
    ///
    /// # Errors
    /// What the system says. `target` is as it was then.
    pub fn publish(&self, target: &Path, mode: u32) -> io::Result<()> {
        if self.is_linkable {
            match self.name(target, mode) {
                Err(error) if cannot_be_named(&error) => {}
                named => return named,
            }
        }
        write_file(target, mode, &mut self.reopen()?)
    }

    fn name(&self, target: &Path, mode: u32) -> io::Result<()> {
        self.file.set_permissions(Permissions::from_mode(mode))?;
        let link = |path: &Path| -> io::Result<()> {
            let follow = AtFlags::AT_SYMLINK_FOLLOW;
            Ok(linkat(AT_FDCWD, &self.link(), AT_FDCWD, path, follow)?)
        };
        match link(target) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            named => return named,
        }
        let path = temporary_name(parent(target));
        link(&path)?;
        replace(&path, target)
    }

    fn link(&self) -> PathBuf {
        format!("/proc/self/fd/{}", self.file.as_raw_fd()).into()
    }
}

/// Writes what `source` has to a file of this name and these permissions, which nobody sees before it is
/// complete; one that has the name is replaced in one step.
///
/// # Errors
/// What the system says. `target` is as it was then.
pub fn write_file(target: &Path, mode: u32, source: &mut dyn Read) -> io::Result<()> {
    match Nameless::linkable(parent(target)) {
        Ok(made) => {
            copy(source, &made.file)?;
            made.name(target, mode)
        }
        Err(error) if is_unsupported(&error) => write_by_name(target, mode, source),
        Err(error) => Err(error),
    }
}

/// For file systems that have no nameless files.
fn write_by_name(target: &Path, mode: u32, source: &mut dyn Read) -> io::Result<()> {
    let path = temporary_name(parent(target));
    let file = owned().create_new(true).open(&path)?;
    let written =
        copy(source, &file).and_then(|()| file.set_permissions(Permissions::from_mode(mode)));
    if written.is_err() {
        let _ = fs::remove_file(&path);
        return written;
    }
    replace(&path, target)
}

/// The permissions that a new file gets here: all may read and write it whom the process's mask lets.
/// To be called on the thread that PHP code runs on, which may set the mask.
pub fn new_file_mode() -> u32 {
    // It can only be read by setting it. All that other threads make meanwhile states its own, narrower.
    let mask = umask(Mode::empty());
    umask(mask);
    0o666 & !mask.bits()
}

fn owned() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).mode(0o600);
    options
}

fn copy(source: &mut dyn Read, mut file: &File) -> io::Result<()> {
    io::copy(source, &mut file).map(drop)
}

fn replace(path: &Path, target: &Path) -> io::Result<()> {
    fs::rename(path, target).inspect_err(|_| {
        let _ = fs::remove_file(path);
    })
}

fn parent(target: &Path) -> &Path {
    match target.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

fn is_unsupported(error: &io::Error) -> bool {
    matches!(
        error.raw_os_error(),
        Some(libc::EOPNOTSUPP | libc::EISDIR | libc::EINVAL)
    )
}

/// Its file system, or its container, knows nothing of the other; or it had a name already that could not
/// take the target's place, and a file that has lost its last name gets none again.
fn cannot_be_named(error: &io::Error) -> bool {
    matches!(
        error.raw_os_error(),
        Some(libc::EXDEV | libc::EPERM | libc::ENOENT)
    )
}

fn temporary_name(directory: &Path) -> PathBuf {
    let mut random = std::hash::RandomState::new().build_hasher();
    random.write_u32(std::process::id());
    directory.join(format!(".sluice-{:016x}", random.finish()))
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::unix::fs::MetadataExt;

    use super::*;

    /// An empty folder, gone at the end.
    struct Folder(PathBuf);

    impl Folder {
        fn new() -> Self {
            let path = temporary_name(&std::env::temp_dir());
            fs::create_dir(&path).unwrap();
            Self(path)
        }

        fn names(&self) -> Vec<String> {
            let entries = fs::read_dir(&self.0).unwrap();
            let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name();
            entries
                .map(|entry| name(entry).into_string().unwrap())
                .collect()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn written(folder: &Folder, text: &str) -> Nameless {
        let made = Nameless::create(&folder.0).unwrap();
        made.file().write_all(text.as_bytes()).unwrap();
        made
    }

    #[test]
    fn no_folder_lists_a_file_until_it_is_published() {
        let folder = Folder::new();
        let made = written(&folder, "content");
        assert!(folder.names().is_empty());
        let mut text = String::new();
        made.reopen().unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "content");
        let target = folder.0.join("a");
        made.publish(&target, 0o640).unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"content");
        assert_eq!(fs::metadata(&target).unwrap().mode() & 0o777, 0o640);
        drop(made);
        assert_eq!(folder.names(), ["a"]);
    }

    #[test]
    fn a_file_of_that_name_is_replaced_and_a_folder_is_not() {
        let folder = Folder::new();
        let target = folder.0.join("a");
        fs::write(&target, "old").unwrap();
        written(&folder, "new").publish(&target, 0o600).unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"new");
        write_file(&target, 0o600, &mut &b"newer"[..]).unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"newer");
        write_by_name(&target, 0o604, &mut &b"newest"[..]).unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"newest");
        assert_eq!(fs::metadata(&target).unwrap().mode() & 0o777, 0o604);
        assert_eq!(folder.names(), ["a"]);

        fs::remove_file(&target).unwrap();
        fs::create_dir(&target).unwrap();
        let made = written(&folder, "x");
        assert!(made.publish(&target, 0o600).is_err());
        made.publish(&folder.0.join("b"), 0o600).unwrap();
        assert_eq!(fs::read(folder.0.join("b")).unwrap(), b"x");
        fs::remove_file(folder.0.join("b")).unwrap();
        assert!(write_file(&target, 0o600, &mut &b"x"[..]).is_err());
        assert!(write_by_name(&target, 0o600, &mut &b"x"[..]).is_err());
        assert_eq!(folder.names(), ["a"]);
    }

    #[test]
    fn a_file_that_cannot_be_linked_is_copied() {
        let folder = Folder::new();
        let mut made = written(&folder, "content");
        made.is_linkable = false;
        let target = folder.0.join("a");
        made.publish(&target, 0o600).unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"content");
        assert_eq!(folder.names(), ["a"]);
    }

    #[test]
    fn what_cannot_be_read_leaves_nothing() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::StorageFull.into())
            }
        }
        let folder = Folder::new();
        let target = folder.0.join("a");
        assert!(write_file(&target, 0o600, &mut Broken).is_err());
        assert!(write_by_name(&target, 0o600, &mut Broken).is_err());
        assert!(folder.names().is_empty());
    }
}
