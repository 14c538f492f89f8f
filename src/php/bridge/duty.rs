//! What the process counts for its supervisor, and when it has to be replaced.

use std::cell::Cell;
use std::rc::Rc;

use crate::php::zend::memory;
use crate::stats::Board;
use crate::workers::Worker;

/// The handlers that have run in this process, and what follows from their number.
#[derive(Debug, Default)]
pub(crate) struct Duty {
    served: Cell<u64>,
    /// A replacement was asked for.
    asked: Cell<bool>,
    post: Option<Post>,
}

/// A worker's place under a supervisor.
#[derive(Debug)]
pub(crate) struct Post {
    /// What the supervisor is told by.
    pub(crate) worker: Rc<Worker>,
    /// Where the numbers go.
    pub(crate) board: Rc<Board>,
    /// After how many requests it asks to be replaced.
    pub(crate) max_requests: Option<u64>,
    /// Above how much PHP memory, in bytes, it asks to be replaced.
    pub(crate) max_memory: Option<u64>,
}

impl Duty {
    /// That of a worker.
    pub(crate) fn of(post: Post) -> Self {
        Self {
            post: Some(post),
            ..Self::default()
        }
    }

    /// How many handlers have run.
    pub(crate) fn served(&self) -> u64 {
        self.served.get()
    }

    /// One more handler has run.
    pub(super) fn serve(&self) {
        let served = self.served.get() + 1;
        self.served.set(served);
        let Some(post) = &self.post else { return };
        let memory = memory();
        post.board.set_requests(post.worker.slot, served);
        post.board.set_memory(post.worker.slot, memory);
        if post.max_requests == Some(served) {
            self.retire(&format!("{served} requests are its maxRequests"));
        } else if let Some(most) = post.max_memory
            && memory > most
        {
            self.retire(&format!(
                "{memory} bytes of memory are above its maxMemory of {most}"
            ));
        }
    }

    /// Asks for a replacement, once.
    pub(crate) fn retire(&self, reason: &str) {
        if let Some(post) = &self.post
            && !self.asked.replace(true)
        {
            post.worker.retires(reason);
        }
    }
}
