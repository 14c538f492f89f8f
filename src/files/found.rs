//! A file that was found: open, with what the system says of it.

use std::ffi::CStr;
use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;

use super::coding::{Coding, Codings};
use super::path::{self, Name};
use super::validators::Modified;
use crate::sys::{self, Folder};

/// A regular file, open for reading.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) file: File,
    pub(super) size: u64,
    pub(super) modified: Modified,
}

/// What a lookup beneath a root has found.
#[derive(Debug)]
pub(super) enum Found {
    /// A file, and the coding that it lies there in.
    File(Opened, Option<Coding>),
    /// A folder.
    Folder,
    /// Nothing that may be shown.
    Nothing,
}

impl Opened {
    /// `None` if it is not a regular file.
    fn of(file: File) -> io::Result<Result<Self, bool>> {
        let about = file.metadata()?;
        if !about.is_file() {
            return Ok(Err(about.is_dir()));
        }
        Ok(Ok(Self {
            size: about.len(),
            modified: Modified {
                seconds: about.mtime(),
                nanos: about.mtime_nsec(),
            },
            file,
        }))
    }

    /// Opens the file at `path`. `waits`: it may wait for a disk, else it fails with `WouldBlock` where it would.
    pub(super) fn at(path: &CStr, waits: bool) -> io::Result<Self> {
        let file = if waits {
            sys::open_file(path)
        } else {
            sys::open_cached(path)
        };
        Self::of(file?)?.map_err(|_| io::Error::other("it is not a regular file"))
    }
}

/// Looks for `name` beneath `folder`, and beside it for one of `codings`. `waits` as in [`Opened::at`].
pub(super) fn look_up(
    folder: &Folder,
    name: &Name,
    codings: &Codings,
    waits: bool,
) -> io::Result<Found> {
    let original = match open(folder, name, waits)? {
        None => return Ok(Found::Nothing),
        Some(file) => file,
    };
    let original = match Opened::of(original)? {
        Ok(original) => original,
        Err(true) => return Ok(Found::Folder),
        Err(false) => return Ok(Found::Nothing),
    };
    for &coding in codings {
        let sibling = path::name(&[&name[..name.len() - 1], coding.suffix()]);
        let sibling = open(folder, &sibling, waits)?.map(Opened::of).transpose()?;
        if let Some(Ok(sibling)) = sibling {
            return Ok(Found::File(sibling, Some(coding)));
        }
    }
    Ok(Found::File(original, None))
}

/// `None` if it is not there, or may not be seen: who asks learns of no difference.
fn open(folder: &Folder, name: &Name, waits: bool) -> io::Result<Option<File>> {
    let Ok(name) = CStr::from_bytes_with_nul(name) else {
        return Ok(None);
    };
    let opened = if waits {
        folder.open_file(name)
    } else {
        folder.open_cached(name)
    };
    match opened {
        Ok(file) => Ok(Some(file)),
        Err(error) if is_refusal(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

fn is_refusal(error: &io::Error) -> bool {
    matches!(
        error.raw_os_error(),
        Some(
            libc::ENOENT
                | libc::ENOTDIR
                | libc::EACCES
                | libc::EPERM
                | libc::ELOOP
                | libc::EXDEV
                | libc::ENAMETOOLONG
                | libc::ENXIO
                | libc::ENODEV
                | libc::EINVAL
        )
    )
}
