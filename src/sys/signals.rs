//! Signals, caught for as long as a server runs and given back after it.
//!
//! tokio's own signal driver never gives a signal back: after `start()` has returned, Ctrl-C would
//! do nothing for the rest of the script. The handler here counts, and wakes whoever waits by an
//! eventfd; a third signal to stop takes the default action at once, even while PHP code is busy. A
//! child that PHP code forks does not stop its parent: the handler compares process ids.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU32, Ordering};

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use crate::error::{Error, Kind, Result};

/// A signal that a server cares for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Signal {
    /// SIGINT, as Ctrl-C sends it.
    Int = libc::SIGINT,
    /// SIGTERM.
    Term = libc::SIGTERM,
    /// SIGHUP.
    Hup = libc::SIGHUP,
    /// SIGQUIT.
    Quit = libc::SIGQUIT,
    /// SIGCHLD: a child has changed its state.
    Child = libc::SIGCHLD,
}

static EVENT: AtomicI32 = AtomicI32::new(-1);
static OWNER: AtomicI32 = AtomicI32::new(-1);
/// Whether a third signal to stop ends the process, whatever it is doing.
static LAST_RESORT: AtomicBool = AtomicBool::new(false);
static SEEN: [AtomicU32; 32] = [const { AtomicU32::new(0) }; 32];

/// How many signals to stop are ours before the default action is taken.
const HEEDED: u32 = 2;

/// The signals are caught as long as this value lives.
#[derive(Debug)]
pub struct Signals {
    event: OwnedFd,
    before: Vec<(Signal, Action)>,
    /// The process that catches them; a child has a copy of this value.
    process: i32,
}

struct Action(libc::sigaction);

impl std::fmt::Debug for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Action")
    }
}

impl Signals {
    /// Catches `signals`; a third SIGINT or SIGTERM ends the process at once. Those that a parent
    /// process had caught are not caught any more: a child calls this for itself.
    ///
    /// # Errors
    /// [`Kind::State`] when this process catches some already.
    pub fn catch(signals: &[Signal]) -> Result<Self> {
        Self::install(signals, true)
    }

    /// Catches `signals`, however often they come: for a process that is ended by another means.
    ///
    /// # Errors
    /// [`Kind::State`] when this process catches some already.
    pub fn hold(signals: &[Signal]) -> Result<Self> {
        Self::install(signals, false)
    }

    fn install(signals: &[Signal], last_resort: bool) -> Result<Self> {
        if is_caught() {
            return Err(Error::new(
                Kind::State,
                "a server already runs in this process",
            ));
        }
        let event = eventfd().map_err(|error| {
            Error::new(Kind::Server, format!("no eventfd for signals: {error}")).caused_by(error)
        })?;
        for seen in &SEEN {
            seen.store(0, Ordering::SeqCst);
        }
        LAST_RESORT.store(last_resort, Ordering::SeqCst);
        OWNER.store(process_id(), Ordering::SeqCst);
        EVENT.store(event.as_raw_fd(), Ordering::SeqCst);
        let before = signals
            .iter()
            .map(|&signal| (signal, Action(set_action(signal, &catching()))))
            .collect();
        Ok(Self {
            event,
            before,
            process: process_id(),
        })
    }

    /// How often one of `signals` has come.
    pub fn seen(&self, signals: &[Signal]) -> u32 {
        signals.iter().map(|&signal| of(signal)).sum()
    }

    /// Forgets that anything has made the descriptor readable.
    pub fn clear(&self) {
        let mut count = [0_u8; 8];
        // SAFETY: reads at most the eight bytes of the buffer from our own non-blocking descriptor.
        unsafe {
            libc::read(
                self.event.as_raw_fd(),
                count.as_mut_ptr().cast(),
                count.len(),
            )
        };
    }

    /// Completes when `signals` have come `count` times, all together. Call it inside a runtime.
    ///
    /// # Errors
    /// The runtime cannot watch a descriptor.
    pub async fn received(&self, signals: &[Signal], count: u32) -> io::Result<()> {
        let event = self.event.try_clone()?;
        // SAFETY: the AsyncFd owns the descriptor, which stays open and the same until it is dropped.
        let event = unsafe { AsyncFd::register_with_interest(event, Interest::READABLE) };
        let event = event.map_err(io::Error::from)?;
        loop {
            let mut ready = event.readable().await?;
            if self.seen(signals) >= count {
                return Ok(());
            }
            // The event stays readable, but the next signal makes a new edge.
            ready.clear_ready();
        }
    }
}

impl AsFd for Signals {
    /// Readable when a signal has come since [`clear`](Self::clear).
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.event.as_fd()
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        if self.process != process_id() {
            // What this process catches, if it does, is another value's.
            return;
        }
        EVENT.store(-1, Ordering::SeqCst);
        for (signal, before) in &self.before {
            set_action(*signal, &before.0);
        }
    }
}

/// In a child that was just forked: the signals that its parent catches take their default action.
pub(super) fn forget_parent() {
    EVENT.store(-1, Ordering::SeqCst);
    for signal in [
        Signal::Int,
        Signal::Term,
        Signal::Hup,
        Signal::Quit,
        Signal::Child,
    ] {
        let action = action_of(signal);
        let ours: extern "C" fn(libc::c_int) = on_signal;
        if action.sa_sigaction == ours as libc::sighandler_t {
            set_action(signal, &default_action());
        }
    }
}

fn is_caught() -> bool {
    EVENT.load(Ordering::SeqCst) != -1 && OWNER.load(Ordering::SeqCst) == process_id()
}

fn of(signal: Signal) -> u32 {
    SEEN[signal as usize].load(Ordering::SeqCst)
}

extern "C" fn on_signal(signal: libc::c_int) {
    let event = EVENT.load(Ordering::SeqCst);
    let is_ours = OWNER.load(Ordering::SeqCst) == process_id() && event != -1;
    let stops =
        LAST_RESORT.load(Ordering::SeqCst) && (signal == libc::SIGINT || signal == libc::SIGTERM);
    let count = usize::try_from(signal)
        .ok()
        .and_then(|signal| SEEN.get(signal))
        .map_or(u32::MAX, |seen| seen.fetch_add(1, Ordering::SeqCst));
    if is_ours && (!stops || count < HEEDED) {
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

fn default_action() -> libc::sigaction {
    // SAFETY: all zeroes is a valid sigaction, and says SIG_DFL.
    unsafe { MaybeUninit::zeroed().assume_init() }
}

fn catching() -> libc::sigaction {
    let mut action = default_action();
    let handler: extern "C" fn(libc::c_int) = on_signal;
    action.sa_sigaction = handler as libc::sighandler_t;
    action.sa_flags = libc::SA_RESTART;
    action
}

fn action_of(signal: Signal) -> libc::sigaction {
    let mut now = MaybeUninit::zeroed();
    // SAFETY: the pointer is valid for the call, which cannot fail for a signal that exists.
    unsafe {
        libc::sigaction(signal as libc::c_int, std::ptr::null(), now.as_mut_ptr());
        now.assume_init()
    }
}

fn set_action(signal: Signal, action: &libc::sigaction) -> libc::sigaction {
    let mut before = MaybeUninit::zeroed();
    // SAFETY: both pointers are valid for the call, and the signals are catchable, so it cannot
    // fail and `before` is written.
    unsafe {
        libc::sigaction(signal as libc::c_int, action, before.as_mut_ptr());
        before.assume_init()
    }
}
