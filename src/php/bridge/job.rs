//! One request's run in PHP: the future that resumes its fibers, and what they share.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::ptr::NonNull;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use ext_php_rs::ffi::zend_object;

use super::pool::Slot;
use super::wait::{Parking, Raised};
use super::{App, reply};
use crate::forms::Storage;
use crate::http::Exchange;
use crate::php::zend::{
    Pending, Thrown, buffer_level, end_buffers_to, exit_status, protect, recover, set_exit_status,
};

/// What the fibers of one request share. It outlives every one of them.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) exchange: Rc<Exchange>,
    pub(super) app: Rc<App>,
    pub(super) parking: Parking,
    waker: RefCell<Waker>,
    raised: RefCell<Option<Raised>>,
    /// The pooled fiber that the handler runs on.
    root: Cell<Option<NonNull<zend_object>>>,
    /// The handler has returned and its reply is made.
    done: Cell<bool>,
    /// The job's own poll runs, and will see what has become of it.
    polled: Cell<bool>,
    /// The server is gone: nothing can be waited for any more.
    over: Cell<bool>,
    /// `delay()` was told once that the exchange has ended; then it waits again, so that
    /// `finally` blocks can.
    told: Cell<bool>,
    /// A `delay()` that began while the server drained has ended early.
    hurried: Cell<bool>,
}

thread_local! {
    static CURRENT: RefCell<Option<Rc<Job>>> = const { RefCell::new(None) };
}

impl Job {
    /// The job on whose behalf PHP code runs now: that of the running fiber if it is a pooled one,
    /// else that of the poll that we are in.
    pub(crate) fn current() -> Option<Rc<Self>> {
        Slot::current_job().or_else(|| CURRENT.with_borrow(Clone::clone))
    }

    pub(super) fn waker(&self) -> Waker {
        self.waker.borrow().clone()
    }

    /// What the forms of this server are held to.
    pub(crate) fn storage(&self) -> &Rc<Storage> {
        &self.app.storage
    }

    /// Whether this is the first time that it is asked.
    pub(crate) fn tell_once(&self) -> bool {
        !self.told.replace(true)
    }

    /// Whether this is the first time that it is asked.
    pub(crate) fn hurry_once(&self) -> bool {
        !self.hurried.replace(true)
    }

    /// Whether nothing can be waited for any more.
    pub(super) fn is_over(&self) -> bool {
        self.over.get()
    }

    /// What has to come out of the wait that was just over, if it is the handler's own.
    pub(super) fn take_raised(&self) -> Option<Raised> {
        self.raised.borrow_mut().take()
    }

    /// On the pooled fiber: calls the handler and makes its result the reply.
    pub(super) fn run_handler(&self) {
        let level = buffer_level();
        let status = exit_status();
        reply::run(self);
        if Pending::now() == Pending::Unwind {
            return;
        }
        if buffer_level() > level {
            end_buffers_to(level);
        }
        if let Some(late) = Thrown::take() {
            self.report(&late);
        }
        set_exit_status(status);
    }

    #[cold]
    fn report(&self, late: &Thrown) {
        self.app.log(&late.describe());
    }

    /// On the pooled fiber: the handler is through.
    #[inline(never)]
    pub(super) fn finish(&self) {
        self.done.set(true);
        self.app.duty.serve();
        if !self.polled.get() {
            // Foreign code has resumed the fiber: its poll does not know.
            self.waker().wake();
        }
    }
}

/// The future of one request's run.
pub(crate) struct Work {
    job: Rc<Job>,
    slot: Option<Rc<Slot>>,
    started: bool,
}

impl Work {
    pub(super) fn new(app: &Rc<App>, exchange: Rc<Exchange>) -> Self {
        let job = Rc::new(Job {
            exchange,
            app: Rc::clone(app),
            parking: Parking::default(),
            waker: RefCell::new(Waker::noop().clone()),
            raised: RefCell::new(None),
            root: Cell::new(None),
            done: Cell::new(false),
            polled: Cell::new(false),
            over: Cell::new(false),
            told: Cell::new(false),
            hurried: Cell::new(false),
        });
        Self {
            job,
            slot: None,
            started: false,
        }
    }

    fn start(&mut self) {
        self.started = true;
        let job = Rc::clone(&self.job);
        let slot = &mut self.slot;
        self.job.enter(|| {
            *slot = Slot::get();
            if let Some(slot) = slot {
                job.root.set(Some(slot.fiber.ptr()));
                slot.run(job);
            }
        });
        if self.slot.as_ref().is_none_or(|slot| slot.fiber.is_new()) {
            // The engine has no memory for one more fiber; it has said so.
            self.slot = None;
            reply::unavailable(&self.job);
            self.job.done.set(true);
        }
    }

    fn resume_ready(&self) {
        let waker = self.job.waker();
        while let Some(fiber) = self.job.parking.next_ready(&waker) {
            self.job.enter(|| fiber.resume());
            self.job.enter(|| drop(fiber));
        }
    }

    /// The handler's fiber has died of a fatal error and took its frames with it.
    fn bury(&mut self) {
        let is_over = self.slot.as_ref().is_some_and(|slot| slot.fiber.is_over());
        if is_over && !self.job.done.get() {
            reply::fatal(&self.job);
            self.job.done.set(true);
        }
    }
}

impl Future for Work {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.job.set_waker(cx);
        self.job.polled.set(true);
        if !self.started {
            self.start();
        }
        self.resume_ready();
        self.job.polled.set(false);
        self.bury();
        if !self.job.done.get() {
            return Poll::Pending;
        }
        if let Some(slot) = self.slot.take() {
            slot.put();
        }
        if self.job.parking.is_empty() {
            return Poll::Ready(());
        }
        // Fibers that the handler made and left behind go on.
        Poll::Pending
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.job.over.set(true);
        let slot = self.slot.take();
        if slot.is_none() && self.job.parking.is_empty() {
            return;
        }
        // The server ends while fibers are suspended. Giving up their last reference unwinds
        // them: their `finally` blocks run, once, and cannot wait.
        let job = Rc::clone(&self.job);
        self.job.enter(|| {
            while let Some(fiber) = job.parking.take_any() {
                drop(fiber);
            }
            drop(slot);
        });
    }
}

impl Job {
    fn set_waker(&self, cx: &Context<'_>) {
        let mut waker = self.waker.borrow_mut();
        if !waker.will_wake(cx.waker()) {
            waker.clone_from(cx.waker());
        }
    }

    /// Runs PHP code on behalf of this job and deals with how it ends: a fatal error retires the
    /// process; an exception that left a fiber which the poll itself resumed comes out of the
    /// handler's own wait, if it waits, for there is nobody else to catch it.
    fn enter(self: &Rc<Self>, run: impl FnOnce()) {
        let level = buffer_level();
        let outer = CURRENT.replace(Some(Rc::clone(self)));
        let ended = protect(run);
        CURRENT.set(outer);
        if ended.is_err() {
            self.parking.forget_dead();
            self.app.retire();
        }
        self.raise_pending();
        if buffer_level() > level {
            let _ = protect(|| end_buffers_to(level));
        }
    }

    fn raise_pending(self: &Rc<Self>) {
        let raised = match Pending::now() {
            Pending::Nothing => return,
            Pending::Fatal => {
                recover();
                self.app.retire();
                Raised::Exit
            }
            Pending::Exit => {
                drop(Thrown::take());
                Raised::Exit
            }
            Pending::Throwable | Pending::Unwind => match Thrown::take() {
                Some(thrown) => Raised::Exception(thrown),
                None => return,
            },
        };
        let root = self.root.get();
        match root.and_then(|root| self.parking.take_fiber(root)) {
            Some(root) => {
                *self.raised.borrow_mut() = Some(raised);
                self.enter(|| root.resume());
            }
            None => {
                if let Raised::Exception(thrown) = raised {
                    self.app.log(&thrown.describe());
                }
            }
        }
    }
}
