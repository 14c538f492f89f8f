//! Pooled fibers: making one costs a hundred times what resuming one does.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::NonNull;
use std::rc::Rc;

use ext_php_rs::ffi::{zend_execute_data, zend_object};
use ext_php_rs::types::Zval;

use super::Job;
use crate::error::Result;
use crate::php::zend::{Fiber, Pending};

/// How many idle fibers are kept. One that is parked costs about 26 KB; more than this many are
/// only needed while that many handlers wait at the same time, and then they are made again.
const KEPT: usize = 128;

/// A pooled fiber and the job it runs.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) fiber: Fiber,
    job: RefCell<Option<Rc<Job>>>,
}

thread_local! {
    static IDLE: RefCell<Vec<Rc<Slot>>> = const { RefCell::new(Vec::new()) };
    /// The pooled fibers that exist, by identity.
    static SLOTS: RefCell<HashMap<NonNull<zend_object>, std::rc::Weak<Slot>>> = RefCell::default();
    static STARTING: Cell<Option<Rc<Slot>>> = const { Cell::new(None) };
}

/// Prepares the engine for pooled fibers.
///
/// # Errors
/// Kind `Server` if this PHP has no fibers as Sluice knows them.
pub(in crate::php) fn init() -> Result<()> {
    Fiber::init(fiber_main)
}

impl Slot {
    /// An idle fiber, or a new one; `None` with an exception pending when the engine cannot make
    /// one.
    pub(super) fn get() -> Option<Rc<Self>> {
        if let Some(slot) = IDLE.with_borrow_mut(Vec::pop) {
            return Some(slot);
        }
        let slot = Rc::new(Self {
            fiber: Fiber::new()?,
            job: RefCell::new(None),
        });
        SLOTS.with_borrow_mut(|slots| slots.insert(slot.fiber.ptr(), Rc::downgrade(&slot)));
        Some(slot)
    }

    /// Runs `job` on this fiber until it first leaves it.
    pub(super) fn run(self: &Rc<Self>, job: Rc<Job>) {
        *self.job.borrow_mut() = Some(job);
        if self.fiber.is_suspended() {
            self.fiber.resume();
        } else {
            STARTING.set(Some(Rc::clone(self)));
            self.fiber.start();
            STARTING.set(None);
        }
    }

    /// The job that the running fiber was given, if it is a pooled one.
    pub(super) fn current_job() -> Option<Rc<Job>> {
        let fiber = Fiber::current_ptr()?;
        let slot = SLOTS.with_borrow(|slots| slots.get(&fiber).and_then(std::rc::Weak::upgrade))?;
        slot.job.borrow().as_ref().map(Rc::clone)
    }

    /// Gives the fiber back to the pool, if it can run another job.
    pub(super) fn put(self: Rc<Self>) {
        let usable = self.fiber.is_suspended() && self.job.borrow().is_none();
        let kept = usable && IDLE.with_borrow(Vec::len) < KEPT;
        if kept {
            IDLE.with_borrow_mut(|idle| idle.push(self));
        }
    }

    /// Ends all idle fibers.
    pub(super) fn clear() {
        let idle = IDLE.take();
        drop(idle);
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        SLOTS.with_borrow_mut(|slots| slots.remove(&self.fiber.ptr()));
    }
}

/// What a pooled fiber runs: one job after the other, until it is destroyed. It owns nothing but a
/// weak hold on its slot while a job runs, for a fatal error jumps over this frame.
extern "C" fn fiber_main(_: *mut zend_execute_data, _: *mut Zval) {
    let Some(slot) = STARTING.take().map(|slot| Rc::downgrade(&slot)) else {
        return;
    };
    loop {
        let job = slot.upgrade().and_then(|slot| slot.job.borrow().clone());
        if let Some(job) = job {
            // A panic must not leave this function, which C calls.
            if catch_unwind(AssertUnwindSafe(|| job.run_handler())).is_err() {
                job.exchange.reply.abort();
            }
            if Pending::now() == Pending::Unwind {
                return;
            }
            let finished = slot.upgrade().and_then(|slot| slot.job.borrow_mut().take());
            if let Some(finished) = finished {
                finished.finish();
            }
        }
        Fiber::suspend();
        if Pending::now() != Pending::Nothing {
            return;
        }
    }
}
