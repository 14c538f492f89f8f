//! SIGINT and SIGTERM, caught while a server runs and given back after it.
//!
//! tokio's own signal driver never gives a signal back: after `start()` has returned, Ctrl-C would
//! do nothing for the rest of the script. The handler here counts, and wakes the runtime by an
//! eventfd; a third signal takes the default action at once, even while PHP code is busy. A child
//! that PHP code forks does not stop its parent: the handler compares process ids.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::sync::atomic::{AtomicI32, AtomicU32, Ordering};

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use crate::error::{Error, Kind, Result};

const STOPPING: [libc::c_int; 2] = [libc::SIGINT, libc::SIGTERM];

static EVENT: AtomicI32 = AtomicI32::new(-1);
static OWNER: AtomicI32 = AtomicI32::new(-1);
static SEEN: AtomicU32 = AtomicU32::new(0);

/// How many signals are ours before the default action is taken.
const HEEDED: u32 = 2;

/// SIGINT and SIGTERM are caught as long as this value lives.
pub struct StopSignals {
    event: OwnedFd,
    before: [libc::sigaction; 2],
}

impl StopSignals {
    /// Catches the signals. Fails with [`Kind::State`] when they are caught already.
    pub fn install() -> Result<Self> {
        if EVENT.load(Ordering::SeqCst) != -1 {
            return Err(Error::new(
                Kind::State,
                "a server already runs in this process",
            ));
        }
        let event = eventfd().map_err(|error| {
            Error::new(Kind::Server, format!("no eventfd for signals: {error}")).caused_by(error)
        })?;
        SEEN.store(0, Ordering::SeqCst);
        OWNER.store(process_id(), Ordering::SeqCst);
        EVENT.store(event.as_raw_fd(), Ordering::SeqCst);
        let before = STOPPING.map(|signal| set_action(signal, &catching()));
        Ok(Self { event, before })
    }

    /// Completes when `count` signals have come, 1 or 2. Call it inside a runtime.
    pub async fn received(&self, count: u32) -> io::Result<()> {
        let event = self.event.try_clone()?;
        // SAFETY: the AsyncFd owns the descriptor, which stays open and the same until it is dropped.
        let event = unsafe { AsyncFd::register_with_interest(event, Interest::READABLE) };
        let event = event.map_err(io::Error::from)?;
        loop {
            let mut ready = event.readable().await?;
            if SEEN.load(Ordering::SeqCst) >= count {
                return Ok(());
            }
            // The event stays readable, but the next signal makes a new edge.
            ready.clear_ready();
        }
    }
}

impl Drop for StopSignals {
    fn drop(&mut self) {
        EVENT.store(-1, Ordering::SeqCst);
        for (signal, before) in STOPPING.into_iter().zip(&self.before) {
            set_action(signal, before);
        }
    }
}

extern "C" fn on_signal(signal: libc::c_int) {
    let event = EVENT.load(Ordering::SeqCst);
    let is_ours = OWNER.load(Ordering::SeqCst) == process_id() && event != -1;
    if is_ours && SEEN.fetch_add(1, Ordering::SeqCst) < HEEDED {
        let one = 1_u64.to_ne_bytes();
        // SAFETY: write(2) is async-signal-safe; the buffer is eight bytes, as eventfd wants.
        unsafe { libc::write(event, one.as_ptr().cast(), one.len()) };
    } else {
        // SAFETY: signal(2) and raise(3) are async-signal-safe; the default action ends the
        // process when this handler returns.
        unsafe {
            libc::signal(signal, libc::SIG_DFL);
            libc::raise(signal);
        }
    }
}

fn process_id() -> i32 {
    // SAFETY: getpid(2) has no preconditions and is async-signal-safe.
    unsafe { libc::getpid() }
}

fn eventfd() -> io::Result<OwnedFd> {
    // SAFETY: eventfd(2) has no preconditions.
    let fd = unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) };
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the descriptor was just made and nobody else has it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

fn catching() -> libc::sigaction {
    // SAFETY: all zeroes is a valid sigaction; the handler is set below.
    let mut action: libc::sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
    let handler: extern "C" fn(libc::c_int) = on_signal;
    action.sa_sigaction = handler as libc::sighandler_t;
    action.sa_flags = libc::SA_RESTART;
    action
}

fn set_action(signal: libc::c_int, action: &libc::sigaction) -> libc::sigaction {
    let mut before = MaybeUninit::zeroed();
    // SAFETY: both pointers are valid for the call, and the signals are catchable, so it cannot
    // fail and `before` is written.
    unsafe {
        libc::sigaction(signal, action, before.as_mut_ptr());
        before.assume_init()
    }
}
