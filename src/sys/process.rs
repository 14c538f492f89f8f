//! Processes: made, ended, and not left behind.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use nix::sys::signal::Signal;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, getppid};

use super::signals;

/// Which of the two processes this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fork {
    /// The one that called; the child's id.
    Parent(i32),
    /// The new one.
    Child,
}

/// Makes a copy of this process, which ends when this one does: the kernel kills it then, whatever
/// ends this one. Signals that this process catches take their default action in the child.
///
/// Threads are not copied: this process should have one.
///
/// # Errors
/// The system has no room for one more process.
pub fn fork() -> io::Result<Fork> {
    let parent = nix::unistd::getpid();
    let blocked = signals_blocked()?;
    // SAFETY: the child goes on with this one thread. What other threads of foreign extensions may
    // have locked it could wait for in vain, as in any program that forks with them.
    let forked = unsafe { nix::unistd::fork() };
    if matches!(forked, Ok(ForkResult::Child)) {
        signals::forget_parent();
        end_with(parent);
    }
    let _ = nix::sys::signal::pthread_sigmask(
        nix::sys::signal::SigmaskHow::SIG_SETMASK,
        Some(&blocked),
        None,
    );
    Ok(match forked? {
        ForkResult::Parent { child } => Fork::Parent(child.as_raw()),
        ForkResult::Child => Fork::Child,
    })
}

/// From now on this process is killed when `parent`, which has started it, ends. If it has ended
/// already, this process ends here.
pub fn end_with_parent(parent: i32) {
    end_with(Pid::from_raw(parent));
}

fn end_with(parent: Pid) {
    let _ = nix::sys::prctl::set_pdeathsig(Signal::SIGKILL);
    if getppid() != parent {
        exit_now(1);
    }
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// By itself, with this status.
    Exited(i32),
    /// By this signal.
    Killed(i32),
}

impl End {
    fn of(status: WaitStatus) -> Option<(i32, Self)> {
        match status {
            WaitStatus::Exited(pid, status) => Some((pid.as_raw(), Self::Exited(status))),
            WaitStatus::Signaled(pid, signal, _) => {
                Some((pid.as_raw(), Self::Killed(signal as i32)))
            }
            _ => None,
        }
    }
}

impl std::fmt::Display for End {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Self::Exited(status) => write!(f, "exit status {status}"),
            Self::Killed(signal) => match Signal::try_from(signal) {
                Ok(name) => write!(f, "killed by {name}"),
                Err(_) => write!(f, "killed by signal {signal}"),
            },
        }
    }
}

/// Those of `children` that have ended, and how. The first process of a system (pid 1, as in a
/// container) also takes leave of every process that was left behind.
pub fn ended(children: &[i32]) -> Vec<(i32, End)> {
    if nix::unistd::getpid().as_raw() != 1 {
        return children
            .iter()
            .filter_map(|&child| End::of(gone(child)?))
            .collect();
    }
    std::iter::from_fn(|| gone(-1))
        .filter_map(End::of)
        .filter(|(pid, _)| children.contains(pid))
        .collect()
}

fn gone(child: i32) -> Option<WaitStatus> {
    let status = waitpid(Pid::from_raw(child), Some(WaitPidFlag::WNOHANG)).ok()?;
    (status != WaitStatus::StillAlive).then_some(status)
}

/// Kills a child that was not taken leave of yet.
pub fn kill(child: i32) {
    // One that has ended already cannot be killed, and needs not be.
    let _ = nix::sys::signal::kill(Pid::from_raw(child), Signal::SIGKILL);
}

/// Ends this process at once: nothing is dropped, nothing is flushed, no PHP code runs.
pub fn exit_now(status: i32) -> ! {
    // SAFETY: _exit(2) has no preconditions.
    unsafe { libc::_exit(status) }
}

/// A copy of `fd` that programs started by this one inherit under the same number.
///
/// # Errors
/// There are no descriptors left.
pub fn inheritable(fd: BorrowedFd<'_>) -> io::Result<OwnedFd> {
    // SAFETY: `fd` is open; the answer is a new descriptor that nobody else has.
    unsafe {
        match libc::fcntl(fd.as_raw_fd(), libc::F_DUPFD, 3) {
            -1 => Err(io::Error::last_os_error()),
            copy => Ok(OwnedFd::from_raw_fd(copy)),
        }
    }
}

/// Takes a variable out of the environment, so that programs started by this one do not see it.
/// To be called while the process has one thread.
pub fn take_variable(name: &OsStr) -> Option<OsString> {
    let value = std::env::var_os(name)?;
    // SAFETY: there is no other thread that could read the environment meanwhile.
    unsafe { std::env::remove_var(name) };
    Some(value)
}

fn signals_blocked() -> nix::Result<nix::sys::signal::SigSet> {
    nix::sys::signal::SigSet::all().thread_swap_mask(nix::sys::signal::SigmaskHow::SIG_BLOCK)
}
