//! Waiting, from the side of PHP code.

use std::cell::RefCell;
use std::future::Future;
use std::pin::pin;
use std::ptr::NonNull;
use std::task::{Context, Poll, Waker};

use ext_php_rs::exception::PhpException;
use ext_php_rs::ffi::zend_object;

use super::Job;
use crate::error::{Error, Kind};
use crate::php::zend::{Fiber, Lent, Pending, Thrown, throw_exit};

/// Why a wait did not end with a result.
#[derive(Debug)]
pub(crate) enum Interrupted {
    /// An exception is pending in the engine: return to PHP at once.
    Pending,
    /// It could not wait.
    Failed(Error),
}

impl From<Error> for Interrupted {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<Interrupted> for PhpException {
    fn from(interrupted: Interrupted) -> Self {
        match interrupted {
            Interrupted::Failed(error) => error.into(),
            // Never thrown: the engine keeps the exception that is pending.
            Interrupted::Pending => Self::from_message(String::new()),
        }
    }
}

/// Completes `future` from inside a handler, or a fiber that a handler made: suspends the running
/// fiber until it is ready. A fiber that somebody else resumes meanwhile goes on waiting.
///
/// # Errors
/// [`Interrupted::Failed`] with kind `State` outside of a handler, and where the engine cannot
/// leave the fiber (destructors before PHP 8.4).
pub(crate) fn wait<F: Future>(future: F) -> Result<F::Output, Interrupted> {
    let Some(job) = Job::current() else {
        return Err(Error::state(
            "this waits for the client: it can be called in a request handler only",
        )
        .into());
    };
    if job.is_over() {
        return Err(Error::new(Kind::Server, "the server has stopped").into());
    }
    let mut future = pin!(future);
    let waker = job.waker();
    let polled = future.as_mut().poll(&mut Context::from_waker(&waker));
    drop(waker);
    if let Poll::Ready(output) = polled {
        return Ok(output);
    }
    if Fiber::is_blocked() || Fiber::current_ptr().is_none() {
        return Err(Error::state(
            "PHP cannot suspend here: in a destructor, say. Nothing was waited for",
        )
        .into());
    }
    let mut output = None;
    while output.is_none() {
        job.parking.park(|cx| match future.as_mut().poll(cx) {
            Poll::Ready(ready) => {
                output = Some(ready);
                true
            }
            Poll::Pending => false,
        });
        if Pending::now() != Pending::Nothing {
            return Err(Interrupted::Pending);
        }
        if let Some(raised) = job.take_raised() {
            raised.raise();
            return Err(Interrupted::Pending);
        }
    }
    output.ok_or(Interrupted::Pending)
}

/// Something that has to come out of a handler's own wait.
#[derive(Debug)]
pub(super) enum Raised {
    /// An exception that a fiber of the handler's did not catch.
    Exception(Thrown),
    /// `exit()` in a fiber of the handler's.
    Exit,
}

impl Raised {
    fn raise(self) {
        match self {
            Self::Exception(thrown) => thrown.throw(),
            Self::Exit => throw_exit(),
        }
    }
}

/// The fibers of one job that wait for us, each with the future that it waits for.
#[derive(Debug, Default)]
pub(crate) struct Parking {
    parked: RefCell<Vec<Parked>>,
}

#[derive(Debug)]
struct Parked {
    fiber: Fiber,
    poll: Lent,
}

impl Parking {
    /// Leaves the running fiber until somebody resumes it. `poll` is asked from outside, and the
    /// fiber is resumed by its job once it says true.
    fn park(&self, mut poll: impl FnMut(&mut Context<'_>) -> bool) {
        let Some(fiber) = Fiber::current() else {
            return;
        };
        let ptr = fiber.ptr();
        Lent::during(&mut poll, |poll| {
            self.parked.borrow_mut().push(Parked { fiber, poll });
            Fiber::suspend();
            let left = self.take(|parked| parked.fiber.ptr() == ptr);
            drop(left);
        });
    }

    /// Polls what the fibers wait for; gives the first whose wait is over.
    pub(super) fn next_ready(&self, waker: &Waker) -> Option<Fiber> {
        let mut cx = Context::from_waker(waker);
        // No PHP code runs in these polls, so the list does not change.
        let at = self
            .parked
            .borrow_mut()
            .iter_mut()
            .position(|parked| parked.fiber.is_suspended() && parked.poll.call(&mut cx))?;
        Some(self.parked.borrow_mut().swap_remove(at).fiber)
    }

    /// The wait of one fiber ends now, whatever it waits for.
    pub(super) fn take_fiber(&self, fiber: NonNull<zend_object>) -> Option<Fiber> {
        self.take(|parked| parked.fiber.ptr() == fiber)
            .filter(Fiber::is_suspended)
    }

    /// After a fatal error: what waited in frames that are gone waits no more.
    pub(super) fn forget_dead(&self) {
        self.parked
            .borrow_mut()
            .retain(|parked| parked.fiber.is_suspended());
    }

    /// Takes any fiber that still waits.
    pub(super) fn take_any(&self) -> Option<Fiber> {
        self.parked.borrow_mut().pop().map(|parked| parked.fiber)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.parked.borrow().is_empty()
    }

    fn take(&self, which: impl Fn(&Parked) -> bool) -> Option<Fiber> {
        let mut parked = self.parked.borrow_mut();
        let at = parked.iter().position(which)?;
        Some(parked.swap_remove(at).fiber)
    }
}
