//! The file of a unix socket: replaced when it is stale, removed when its listener goes.

use std::fs;
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use socket2::{Domain, SockAddr, Socket, Type};

/// A socket file that this process made. Dropping it removes the file, but only if it is still the
/// same file, and only in the process that made it: a forked child must not take the socket away
/// from its parent.
#[derive(Debug)]
pub(super) struct SocketFile {
    path: PathBuf,
    identity: Identity,
    process: u32,
}

/// What tells one file from another that has the same name later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity {
    device: u64,
    inode: u64,
}

impl SocketFile {
    /// Takes over the socket file that is at `path` now: one that a bind has just made, here or in
    /// another process.
    ///
    /// # Errors
    /// `AlreadyExists` if the file is not a socket, or what the system says.
    pub(super) fn adopt(path: &Path) -> io::Result<Self> {
        let found = fs::symlink_metadata(path)?;
        if !found.file_type().is_socket() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        Ok(Self {
            path: path.to_owned(),
            identity: Identity::from(&found),
            process: std::process::id(),
        })
    }

    /// Leaves the file where it is: it is another process's now.
    pub(super) fn leave(mut self) {
        self.process = NOBODY;
    }
}

/// The id of no process that could hold a socket.
const NOBODY: u32 = 0;

impl Drop for SocketFile {
    fn drop(&mut self) {
        if self.process == std::process::id()
            && Identity::of(&self.path).is_ok_and(|now| now == self.identity)
        {
            // If it cannot be removed, the next start finds it stale and replaces it.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Removes the socket file at `path` if nobody listens on it any more.
///
/// # Errors
/// `AddrInUse` if somebody listens, `AlreadyExists` if the file is not a socket, or what the system
/// says.
pub(super) fn remove_stale(path: &Path) -> io::Result<()> {
    let found = fs::symlink_metadata(path)?;
    if !found.file_type().is_socket() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    // Non-blocking: a live listener with a full backlog would hold a blocking connect.
    let probe = Socket::new(Domain::UNIX, Type::STREAM.nonblocking().cloexec(), None)?;
    match probe.connect(&SockAddr::unix(path)?) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
        _ => return Err(io::ErrorKind::AddrInUse.into()),
    }
    // Somebody else may have replaced it in the meantime: that one is not stale.
    if Identity::of(path)? != Identity::from(&found) {
        return Err(io::ErrorKind::AddrInUse.into());
    }
    fs::remove_file(path)
}

impl Identity {
    fn of(path: &Path) -> io::Result<Self> {
        Ok(Self::from(&fs::symlink_metadata(path)?))
    }
}

impl From<&fs::Metadata> for Identity {
    fn from(metadata: &fs::Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
        }
    }
}
