//! The phase of a server, and who may change it.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::sync::Notify;

use crate::body::Wakers;
use crate::error::Result;
use crate::sys::{Signal, Signals};

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

/// Shared by all parts of one server; told by signals, by a supervisor, by handlers and by the
/// drain deadline.
#[derive(Debug)]
pub struct Control {
    phase: Cell<Phase>,
    grace: Cell<Option<Duration>>,
    changed: Wakers,
    renewal: Notify,
}

impl Default for Control {
    fn default() -> Self {
        Self {
            phase: Cell::new(Phase::Ready),
            grace: Cell::new(None),
            changed: Wakers::default(),
            renewal: Notify::new(),
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

    /// Ends now what still runs, without waiting for the drain deadline.
    pub fn end(&self) {
        self.advance(Phase::Ending);
    }

    /// Has the files of all certificates read again.
    pub fn renew(&self) {
        self.renewal.notify_one();
    }

    /// Completes when that was asked for, since the last time or from now on.
    pub(super) async fn renewal(&self) {
        self.renewal.notified().await;
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

/// What a server that runs by itself does about signals: the first SIGINT or SIGTERM begins the
/// drain, the second ends it. With `renews`, SIGHUP has the files of all certificates read again; else it takes
/// its default action.
///
/// # Errors
/// Kind `State` when a server runs in this process already.
pub fn heed_signals(
    control: Rc<Control>,
    renews: bool,
    log: fn(&str),
) -> Result<impl Future<Output = ()> + 'static> {
    let caught: &[Signal] = if renews {
        &[Signal::Int, Signal::Term, Signal::Hup]
    } else {
        &STOPPING
    };
    let signals = Signals::catch(caught)?;
    Ok(async move {
        // The signals are caught until the server has ended.
        tokio::join!(
            stop_by_signals(&signals, &control, log),
            renew_by_signals(&signals, &control, renews),
        );
    })
}

const STOPPING: [Signal; 2] = [Signal::Int, Signal::Term];

async fn stop_by_signals(signals: &Signals, control: &Control, log: fn(&str)) {
    for count in 1..=2 {
        if let Err(error) = signals.received(&STOPPING, count).await {
            log(&format!("signals cannot be watched: {error}"));
        }
        if count == 1 {
            control.stop(None);
        } else {
            control.end();
        }
    }
}

async fn renew_by_signals(signals: &Signals, control: &Control, renews: bool) {
    for count in 1.. {
        if !renews || signals.received(&[Signal::Hup], count).await.is_err() {
            break;
        }
        control.renew();
    }
    std::future::pending().await
}
