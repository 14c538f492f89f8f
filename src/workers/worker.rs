//! The side of a worker: what it hears from its generation, and what it says.

use std::io;

use super::message::{Order, Report};
use crate::sys::{Channel, Signal, Signals};

/// A worker's place, as the worker itself sees it.
#[derive(Debug)]
pub struct Worker {
    channel: Channel,
    signals: Option<Signals>,
    /// Its slot on the board.
    pub slot: usize,
    /// Which generation it belongs to, from 1.
    pub generation: u64,
}

impl Worker {
    pub(super) fn new(channel: Channel, slot: usize, generation: u64) -> Self {
        // What Ctrl-C and its like mean is the supervisor's to say. Without room for a descriptor they
        // take their default action.
        let held = [Signal::Int, Signal::Term, Signal::Hup, Signal::Quit];
        Self {
            channel,
            signals: Signals::hold(&held).ok(),
            slot,
            generation,
        }
    }

    /// Says that the work can begin and waits until it may. False: it ends before it has begun.
    #[must_use]
    pub fn ready(&self) -> bool {
        self.report(&Report::Ready);
        matches!(self.channel.wait(), Ok(Some(message)) if Order::decode(&message.text) == Order::Go)
    }

    /// Says why the work cannot begin.
    pub fn failed(&self, reason: &str) {
        self.report(&Report::Failed(reason.into()));
    }

    /// Asks to be replaced; the order to drain comes when the replacement is ready.
    pub fn retires(&self, reason: &str) {
        self.report(&Report::Retiring(reason.into()));
    }

    /// Asks for the end of everything.
    pub fn stop_all(&self, grace: Option<std::time::Duration>) {
        self.report(&Report::Stop(grace));
    }

    /// Asks for a reload.
    pub fn reload(&self) {
        self.report(&Report::Reload);
    }

    /// Asks for the certificates' files to be read again by all workers, this one too.
    pub fn renew(&self) {
        self.report(&Report::Renew);
    }

    /// Completes when somebody has sent SIGTERM to this process. Call it inside a runtime.
    pub async fn terminated(&self) {
        if let Some(signals) = &self.signals
            && signals.received(&[Signal::Term], 1).await.is_ok()
        {
            return;
        }
        std::future::pending().await
    }

    /// The next order. When the generation is gone that is [`Order::End`]. Call it inside a runtime.
    ///
    /// # Errors
    /// The runtime cannot watch the channel.
    pub async fn order(&self) -> io::Result<Order> {
        let next = self.channel.arrives().await?;
        Ok(next.map_or(Order::End, |message| Order::decode(&message.text)))
    }

    fn report(&self, report: &Report) {
        // Without a generation this process is about to be killed.
        let _ = self.channel.send(&report.encode(), &[]);
    }
}
