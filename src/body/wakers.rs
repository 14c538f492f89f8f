//! The tasks that wait for one event.

use std::cell::RefCell;
use std::task::{Context, Waker};

/// Wakers of the tasks that wait for the same thing; nearly always none or one.
#[derive(Debug, Default)]
pub struct Wakers {
    waiting: RefCell<Vec<Waker>>,
}

impl Wakers {
    /// Remembers the task of `cx` until the next [`wake`](Self::wake).
    pub fn register(&self, cx: &Context<'_>) {
        let mut waiting = self.waiting.borrow_mut();
        if !waiting.iter().any(|waker| waker.will_wake(cx.waker())) {
            waiting.push(cx.waker().clone());
        }
    }

    /// Whether a task waits.
    pub fn is_awaited(&self) -> bool {
        !self.waiting.borrow().is_empty()
    }

    /// Wakes every remembered task, once.
    pub fn wake(&self) {
        // Popped one by one: waking may run code that registers again.
        let mut count = self.waiting.borrow().len();
        while count > 0 {
            let waker = self.waiting.borrow_mut().pop();
            let Some(waker) = waker else { return };
            waker.wake();
            count -= 1;
        }
    }
}
