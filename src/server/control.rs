//! The phase of a server, and who may change it.

use std::cell::Cell;
use std::future::poll_fn;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::body::Wakers;

/// Where a server is in its life. It only ever moves forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Listening, not yet started.
    Ready,
    /// Serving.
    Serving,
    /// No new connections; what was begun is being finished.
    Draining,
    /// The deadline has passed, or nothing is left: whatever still runs is ended.
    Ending,
}

/// Shared by all parts of one server; told by signals, by handlers and by the drain deadline.
#[derive(Debug)]
pub struct Control {
    phase: Cell<Phase>,
    grace: Cell<Option<Duration>>,
    changed: Wakers,
}

impl Default for Control {
    fn default() -> Self {
        Self {
            phase: Cell::new(Phase::Ready),
            grace: Cell::new(None),
            changed: Wakers::default(),
        }
    }
}

impl Control {
    /// The present phase.
    pub fn phase(&self) -> Phase {
        self.phase.get()
    }

    /// Begins to drain. `grace` is how long it may take instead of the drain timeout. A second
    /// call with a shorter grace is heeded only before the drain has begun.
    pub fn stop(&self, grace: Option<Duration>) {
        if self.phase.get() < Phase::Draining {
            self.grace.set(grace);
        }
        self.advance(Phase::Draining);
    }

    /// Moves on to `phase`, never back.
    pub(super) fn advance(&self, phase: Phase) {
        if self.phase.get() < phase {
            self.phase.set(phase);
            self.changed.wake();
        }
    }

    pub(super) fn grace(&self) -> Option<Duration> {
        self.grace.get()
    }

    /// Completes when the server has reached `phase`.
    pub(super) async fn reached(&self, phase: Phase) {
        poll_fn(|cx| self.poll_reached(cx, phase)).await;
    }

    fn poll_reached(&self, cx: &Context<'_>, phase: Phase) -> Poll<()> {
        if self.phase.get() >= phase {
            return Poll::Ready(());
        }
        self.changed.register(cx);
        Poll::Pending
    }
}
