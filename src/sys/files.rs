//! Files: opened beneath a folder that no path leaves, and read without a wait where the kernel can.
//!
//! Linux answers "not without waiting" for both steps: `RESOLVE_CACHED` looks names up in memory alone,
//! `RWF_NOWAIT` reads what the page cache holds. Whatever would wait is asked for again on a thread.

use std::ffi::{CStr, OsStr};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, OFlag, OpenHow, ResolveFlag, openat, openat2, readlinkat};
use nix::sys::stat::{Mode, SFlag, fstat};
use nix::sys::statfs::{TMPFS_MAGIC, fstatfs};

/// Which symbolic links a lookup beneath a [`Folder`] follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// Relative ones, as long as they stay beneath the folder.
    Inside,
    /// None.
    Deny,
    /// All.
    Follow,
}

/// A folder that paths are looked up beneath.
#[derive(Debug)]
pub struct Folder {
    dir: OwnedFd,
    links: Links,
    /// The kernel has no `openat2`, or a sandbox forbids it: each name is looked up by itself.
    walks: bool,
    /// The kernel cannot say whether a lookup would wait.
    may_wait: bool,
}

/// Only names that are in memory.
const CACHED: ResolveFlag = ResolveFlag::from_bits_retain(libc::RESOLVE_CACHED);

/// How files are opened. A pipe must not hold the caller up, nor a terminal become the process's own.
const READ: OFlag = OFlag::O_RDONLY
    .union(OFlag::O_CLOEXEC)
    .union(OFlag::O_NONBLOCK)
    .union(OFlag::O_NOCTTY);

/// How a name is looked at without being opened.
const LOOK: OFlag = OFlag::O_PATH
    .union(OFlag::O_CLOEXEC)
    .union(OFlag::O_NOFOLLOW);

impl Folder {
    /// Opens a folder. What `path` leads to now stays the folder, whatever becomes of the path.
    pub fn open(path: &Path, links: Links) -> io::Result<Self> {
        let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        let dir = openat(AT_FDCWD, path, flags, Mode::empty())?;
        let can = |resolve| openat2(&dir, c".", OpenHow::new().flags(flags).resolve(resolve));
        let walks = can(ResolveFlag::RESOLVE_BENEATH).is_err();
        // Before 5.12 the kernel does not know the flag.
        let may_wait = can(CACHED).is_err_and(|error| error != Errno::EAGAIN);
        Ok(Self {
            dir,
            links,
            walks,
            may_wait,
        })
    }

    /// The same folder, looked through name by name as on a kernel without `openat2`.
    #[must_use]
    pub fn walking(mut self) -> Self {
        self.walks = true;
        self.may_wait = true;
        self
    }

    /// Opens what `path` names, a file or a folder, for reading, if that takes no wait: else the error is
    /// of kind `WouldBlock`, and [`open_file`](Self::open_file) is to be asked on a thread.
    pub fn open_cached(&self, path: &CStr) -> io::Result<File> {
        if self.may_wait {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        Ok(self.resolve(path, CACHED)?.into())
    }

    /// Opens what `path` names, a file or a folder, for reading. May wait for a disk.
    pub fn open_file(&self, path: &CStr) -> io::Result<File> {
        /// How often a lookup is tried again that a rename beside it has disturbed.
        const TRIES: usize = 16;
        if self.walks {
            return Ok(self.walk(path.to_bytes())?.into());
        }
        for _ in 1..TRIES {
            match self.resolve(path, ResolveFlag::empty()) {
                Err(Errno::EAGAIN) => {}
                opened => return Ok(opened?.into()),
            }
        }
        Ok(self.resolve(path, ResolveFlag::empty())?.into())
    }

    fn resolve(&self, path: &CStr, more: ResolveFlag) -> nix::Result<OwnedFd> {
        let rules = match self.links {
            Links::Inside => ResolveFlag::RESOLVE_BENEATH | ResolveFlag::RESOLVE_NO_MAGICLINKS,
            Links::Deny => ResolveFlag::RESOLVE_BENEATH | ResolveFlag::RESOLVE_NO_SYMLINKS,
            Links::Follow => ResolveFlag::RESOLVE_NO_MAGICLINKS,
        };
        let how = OpenHow::new().flags(READ).resolve(rules | more);
        openat2(&self.dir, path, how)
    }

    /// What `openat2` does by its rules, name by name. No name is followed that was not looked at, and
    /// one that changes in between is refused by `O_NOFOLLOW`.
    fn walk(&self, path: &[u8]) -> nix::Result<OwnedFd> {
        /// As many links as the kernel follows.
        const MOST_LINKS: usize = 40;
        if self.links == Links::Follow {
            return openat(&self.dir, OsStr::from_bytes(path), READ, Mode::empty());
        }
        let mut above: Vec<OwnedFd> = Vec::new();
        let mut ahead = Vec::new();
        let mut followed = 0;
        put_ahead(&mut ahead, path);
        while let Some(name) = ahead.pop() {
            match name.as_slice() {
                b"" | b"." => continue,
                b".." => {
                    above.pop().ok_or(Errno::EXDEV)?;
                    continue;
                }
                _ => {}
            }
            let name = OsStr::from_bytes(&name);
            let here = self.last_of(&above);
            let found = openat(here, name, LOOK, Mode::empty())?;
            match kind_of(&found)? {
                SFlag::S_IFDIR => above.push(found),
                SFlag::S_IFLNK => {
                    followed += 1;
                    if self.links == Links::Deny || followed > MOST_LINKS {
                        return Err(Errno::ELOOP);
                    }
                    let target = readlinkat(&found, c"")?;
                    if target.as_bytes().starts_with(b"/") {
                        return Err(Errno::EXDEV);
                    }
                    put_ahead(&mut ahead, target.as_bytes());
                }
                _ if !ahead.is_empty() => return Err(Errno::ENOTDIR),
                _ => return openat(here, name, READ | OFlag::O_NOFOLLOW, Mode::empty()),
            }
        }
        openat(self.last_of(&above), c".", READ, Mode::empty())
    }

    fn last_of<'a>(&'a self, above: &'a [OwnedFd]) -> BorrowedFd<'a> {
        above.last().unwrap_or(&self.dir).as_fd()
    }
}

/// Puts the names of `path` before those that are to come: the next one is the last of the list.
fn put_ahead(ahead: &mut Vec<Vec<u8>>, path: &[u8]) {
    ahead.extend(path.split(|&byte| byte == b'/').rev().map(<[u8]>::to_vec));
}

fn kind_of(file: &OwnedFd) -> nix::Result<SFlag> {
    Ok(SFlag::from_bits_truncate(fstat(file)?.st_mode) & SFlag::S_IFMT)
}

/// Opens the file at any path for reading, if that takes no wait; else the error is of kind `WouldBlock`.
pub fn open_cached(path: &CStr) -> io::Result<File> {
    let how = OpenHow::new().flags(READ).resolve(CACHED);
    match openat2(AT_FDCWD, path, how) {
        Err(Errno::ENOSYS | Errno::EPERM | Errno::EINVAL) => Err(io::ErrorKind::WouldBlock.into()),
        opened => Ok(opened?.into()),
    }
}

/// Opens the file at any path for reading. May wait for a disk.
pub fn open_file(path: &CStr) -> io::Result<File> {
    Ok(openat(AT_FDCWD, path, READ, Mode::empty())?.into())
}

/// Reads at most `most` bytes from `offset` on, behind what `into` holds; 0 at the end of the file. May
/// wait for a disk.
pub fn read_at(file: &File, into: &mut Vec<u8>, most: usize, offset: u64) -> io::Result<usize> {
    read(file, into, most, offset, 0)
}

/// As [`read_at`], but only what is in memory: the error is of kind `WouldBlock` when nothing is, and
/// `Unsupported` when the file system cannot tell.
pub fn read_cached(file: &File, into: &mut Vec<u8>, most: usize, offset: u64) -> io::Result<usize> {
    match read(file, into, most, offset, libc::RWF_NOWAIT) {
        Err(error) if matches!(error.raw_os_error(), Some(libc::ENOSYS | libc::EINVAL)) => {
            Err(io::ErrorKind::Unsupported.into())
        }
        read => read,
    }
}

fn read(
    file: &File,
    into: &mut Vec<u8>,
    most: usize,
    offset: u64,
    flags: libc::c_int,
) -> io::Result<usize> {
    into.reserve(most);
    let room = into.spare_capacity_mut();
    let part = libc::iovec {
        iov_base: room.as_mut_ptr().cast(),
        iov_len: most.min(room.len()),
    };
    let offset = offset.cast_signed();
    loop {
        // SAFETY: the part is room that belongs to the vector, and the kernel writes no more than its length.
        let read = unsafe { libc::preadv2(file.as_raw_fd(), &raw const part, 1, offset, flags) };
        if let Ok(read) = usize::try_from(read) {
            // SAFETY: the kernel has written so many bytes behind the old length.
            unsafe { into.set_len(into.len() + read) };
            return Ok(read);
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}

/// Whether a file's bytes are nowhere but in memory, so that a read does not wait though the file system
/// cannot say so.
pub fn lies_in_memory(file: &File) -> bool {
    fstatfs(file).is_ok_and(|about| about.filesystem_type() == TMPFS_MAGIC)
}
