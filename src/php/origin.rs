//! How this process came to be, and how another like it is started.

use std::cell::RefCell;
use std::ffi::OsString;
use std::fs;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::error::{Error, Kind, Result};
use crate::workers::{Handover, Program};

thread_local! {
    static ORIGIN: RefCell<Origin> = const { RefCell::new(Origin { program: None, handover: None }) };
}

struct Origin {
    program: Option<Program>,
    handover: Option<Result<Handover>>,
}

/// To be called before the script runs: it may change folders, and programs that it starts must not
/// inherit what is meant for this one.
pub(super) fn remember() {
    let handover = Handover::receive();
    let program = program();
    ORIGIN.set(Origin { program, handover });
}

/// How to start the same program afresh: the same PHP, arguments and folder, each looked up again.
///
/// # Errors
/// Kind `Server` where the system does not say (no /proc).
pub(super) fn again() -> Result<Program> {
    ORIGIN.with_borrow(|origin| {
        origin.program.clone().ok_or_else(|| {
            Error::new(
                Kind::Server,
                "workers need /proc, to know how this program was started",
            )
        })
    })
}

/// Whether a supervisor has started this process.
pub(super) fn is_generation() -> bool {
    ORIGIN.with_borrow(|origin| origin.handover.is_some())
}

/// The socket that the generation before this one had for the same address.
pub(super) fn socket(said: &str) -> Option<OwnedFd> {
    ORIGIN.with_borrow_mut(|origin| origin.handover.as_mut()?.as_mut().ok()?.take(said))
}

/// Everything that a supervisor has handed over; `None` if none has started this process.
///
/// # Errors
/// Kind `Server` when that supervisor is gone.
pub(super) fn handover() -> Result<Option<Handover>> {
    ORIGIN.with_borrow_mut(|origin| origin.handover.take().transpose())
}

fn program() -> Option<Program> {
    let file = fs::read_link("/proc/self/exe").ok()?;
    let line = fs::read("/proc/self/cmdline").ok()?;
    let words = line.strip_suffix(b"\0")?.split(|byte| *byte == 0);
    let arguments = words
        .skip(1)
        .map(|word| OsString::from_vec(word.to_vec()))
        .collect();
    Some(Program {
        file,
        arguments,
        folder: folder()?,
    })
}

/// The folder by the name that the user knows: after a deploy has switched a link in it, that name
/// leads to the new release.
fn folder() -> Option<PathBuf> {
    let real = std::env::current_dir().ok()?;
    let named = std::env::var_os("PWD").map(PathBuf::from);
    Some(
        named
            .filter(|named| named.is_absolute() && is_same(named, &real))
            .unwrap_or(real),
    )
}

fn is_same(one: &Path, other: &Path) -> bool {
    let identity = |path: &Path| {
        let metadata = fs::metadata(path).ok()?;
        Some((metadata.dev(), metadata.ino()))
    };
    identity(one).is_some_and(|one| identity(other) == Some(one))
}
