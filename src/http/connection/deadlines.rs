//! Which deadline a connection is under, and whether it has missed it.
//!
//! A connection has no timer. It notes in cells when it last moved; one sweep per server asks each
//! connection a few times per shortest deadline whether it is overdue. Ten thousand idle
//! connections cost ten thousand looks at one of them per sweep and no memory for timers.

use std::time::Duration;

use super::{Connection, Fate};

/// How long a connection that has said nothing yet may still begin when the server drains. A
/// client that connected just before has its request under way; one that only holds a connection
/// open in advance shall not hold up the end.
const SILENT_GRACE: Duration = Duration::from_secs(1);

/// How long a connection that has just answered may ask once more when the server drains: the
/// next request may be on its way already, and an HTTP/1 client could not know whether a request
/// that was met by the end of its connection was heard. The reply to it says that it is the last.
const LAST_CALL: Duration = Duration::from_secs(1);

/// How much longer a transport that is shut down may stand still: it waits by itself, and not as long
/// as this, for a client that has only to close.
const SHUTDOWN: Duration = Duration::from_secs(3);

/// How long a handler may go on after its client has closed its side. A client that half-closes
/// when it has sent its request cannot be told from one that has gone away.
const HALF_CLOSED_GRACE: Duration = Duration::from_millis(500);

/// How many bytes of its body each stream of a connection takes at most before it is the next one's turn:
/// a frame, and what h2 holds of it besides.
const TURN: u64 = 64 * 1024;

/// Which deadline passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deadline {
    /// The request head took too long.
    Head,
    /// No request came.
    Idle,
    /// The request body did not move while the handler waited for it.
    Body,
    /// The reply did not move: the client does not read.
    Write,
    /// The handler took too long.
    Handler,
    /// The client sent a body too slowly.
    SlowBody,
    /// The client took a reply too slowly.
    SlowRead,
}

/// The transport below a connection, asked by the sweep about what no read or write says.
pub trait Wire {
    /// Whether the client has closed its side, or the connection is broken.
    fn has_closed(&self) -> bool;
    /// Whether the client has sent what was not read yet, or its end.
    fn has_input(&self) -> bool;
    /// How many bytes the kernel holds that the client has not taken yet.
    fn unsent(&self) -> Option<u64>;
}

impl Connection {
    /// Looks at every deadline; called by the server's sweep after each tick of the clock.
    pub fn sweep(&self) {
        if self.overdue.get().is_some() || self.is_quiet() {
            return;
        }
        self.look_at_wire();
        if self.is_draining() && !self.is_busy() {
            // The time for a last request may be over.
            self.changed.wake();
        }
        if self.is_aged() {
            self.stats.timeouts.age.inc();
            self.drain();
        }
        let too_slow = self.is_too_slow().then_some(Deadline::SlowRead);
        if let Some(deadline) = self.missed().or(too_slow) {
            let first = deadline != Deadline::Idle || !self.idle_ended.replace(true);
            if first {
                self.count(deadline);
            }
            if first && deadline == Deadline::Idle {
                // An orderly end first: HTTP/2 says GOAWAY. If that takes long, a later look
                // makes it short.
                self.idle_since.set(self.clock.now());
                self.moved_in.set(self.clock.now());
                self.changed.wake();
                return;
            }
            self.overdue.set(Some(deadline));
            self.end_exchanges(Fate::Overdue(deadline));
            self.changed.wake();
            return;
        }
        // Streams of one connection stall one by one: each has deadlines of its own.
        for exchange in self.running() {
            if self.blocked_since.get().is_none() {
                exchange.reply.keep_alive();
            }
            if let Some(deadline) = exchange.missed(&self.clock, &self.terms.timeouts) {
                self.count(deadline);
                exchange.end(Fate::Overdue(deadline));
            }
            exchange.answer_for_handler(&self.clock);
        }
    }

    /// Sees what reads and writes do not say: a client that is gone while its handler works, and
    /// one that takes bytes too slowly for the socket to become writable.
    fn look_at_wire(&self) {
        let Some(wire) = self.wire.borrow().clone() else {
            return;
        };
        let is_sending = self
            .blocked_since
            .get()
            .or(self.closing_since.get())
            .is_some();
        if is_sending
            && let Some(unsent) = wire.unsent()
            && self.unsent.replace(unsent) != unsent
        {
            self.sent(0);
        }
        if !self.is_busy() || self.multiplexed.get() || !wire.has_closed() {
            self.closed_since.set(None);
            return;
        }
        // A client that only half-closed gets an answer that is quick.
        let since = self.closed_since.get().unwrap_or_else(|| self.clock.now());
        self.closed_since.set(Some(since));
        if self.clock.has_passed(since, HALF_CLOSED_GRACE) {
            self.end_exchanges(Fate::Gone);
        }
    }

    /// Whether it rests and has missed no deadline: so it is with most connections most of the time. That is told by
    /// the connection's own cells, without a look at its socket or its exchanges.
    fn is_quiet(&self) -> bool {
        self.rests.get()
            && self.may_rest()
            && self.draining_since.get().is_none()
            && !self.is_aged()
            && self.missed().is_none()
    }

    /// Has the connection rest if it may and does not yet.
    pub fn rest(&self) {
        if !self.rests.get() && self.may_rest() {
            self.rests.set(true);
            self.changed.wake();
        }
    }

    /// Whether an HTTP/1 connection has been idle for a tick of the clock, and so may be for long: then it needs to
    /// hold no more than its transport.
    #[inline]
    pub(in crate::http) fn may_rest(&self) -> bool {
        let since = self.idle_since.get().max(self.moved_in.get());
        self.clock.has_passed(since, Duration::ZERO)
            && self.begun.get() > 0
            && !self.multiplexed.get()
            && !self.is_busy()
            && self.head_since.get().is_none()
            && self.blocked_since.get().is_none()
            && self.closing_since.get().is_none()
            && !self.unread.get()
    }

    /// Whether the server drains, and the connection has answered so lately that its client may have
    /// asked again, or has: the request lies in the socket unread.
    pub(super) fn is_last_call(&self) -> bool {
        let (Some(since), idle) = (self.draining_since.get(), self.idle_since.get()) else {
            return false;
        };
        let is_lately =
            |from: u64, to: u64| u128::from(to.saturating_sub(from)) < LAST_CALL.as_millis();
        let wire = self.wire.borrow();
        (is_lately(idle, since) && is_lately(since.max(idle), self.clock.now()))
            || wire.as_ref().is_some_and(|wire| wire.has_input())
    }

    /// Whether a request has been begun and not answered to the last byte.
    pub fn is_under_way(&self) -> bool {
        let wire = self.wire.borrow();
        let unsent = wire.as_ref().and_then(|wire| wire.unsent());
        let is_asking = self.head_since.get().is_some() && !self.shaking_hands.get();
        self.is_busy()
            || is_asking
            || self.blocked_since.get().is_some()
            || self.closing_since.get().is_some() && unsent.is_some_and(|unsent| unsent > 0)
    }

    /// Whether it is old enough to end. Those that came together shall not all come again together.
    fn is_aged(&self) -> bool {
        let Some(age) = self.terms.timeouts.age else {
            return false;
        };
        if self.is_draining() || self.shaking_hands.get() {
            return false;
        }
        let spread = self.peer().remote.map_or(0, |address| address.port());
        let younger = age.mul_f64(f64::from(spread % 101) / 1000.0);
        self.clock.has_passed(self.born, age - younger)
    }

    /// Whether the client takes what is sent more slowly than it has to. What the kernel holds it has not
    /// taken yet.
    fn is_too_slow(&self) -> bool {
        let closes = self.closing_since.get().is_some() && self.unsent.get() > 0;
        if self.blocked_since.get().is_none() && !closes {
            return false;
        }
        let taken = self.out.get().saturating_sub(self.unsent.get());
        let timeouts = &self.terms.timeouts;
        self.pace
            .is_too_slow(self.clock.step(), taken, timeouts.write, timeouts.rate)
    }

    /// Whether what is written waits for the client.
    pub(in crate::http) fn is_blocked(&self) -> bool {
        self.blocked_since.get().is_some()
    }

    /// The bytes of bodies that the streams have taken so far.
    pub(in crate::http) fn carried_so_far(&self) -> u64 {
        self.carried.get()
    }

    /// Whether a stream that has taken nothing since `carried` bytes waits for its turn alone: the client
    /// reads what the others take, and they have not all had theirs.
    pub(in crate::http) fn serves_others(&self, carried: u64) -> bool {
        let others = self.exchanges.borrow().len() as u64;
        let write = self.terms.timeouts.write;
        !self.clock.has_passed(self.carried_at.get(), write)
            && self.carried.get() - carried < others * TURN
    }

    fn missed(&self) -> Option<Deadline> {
        if let Some(since) = self.blocked_since.get() {
            let since = since.max(self.moved_out.get());
            if self.clock.has_passed(since, self.terms.timeouts.write) {
                return Some(Deadline::Write);
            }
            return None;
        }
        if let Some(since) = self.closing_since.get() {
            let since = since.max(self.moved_out.get());
            let limit = self.terms.timeouts.write + SHUTDOWN;
            let passed = self.clock.has_passed(since, limit);
            return passed.then_some(Deadline::Write);
        }
        if self.is_busy() {
            return None;
        }
        if let Some(since) = self.draining_since.get()
            && self.head_since.get().is_none()
        {
            let since = since.max(self.idle_since.get()).max(self.moved_in.get());
            let passed = self.clock.has_passed(since, SILENT_GRACE);
            return passed.then_some(Deadline::Idle);
        }
        if self.shaking_hands.get() {
            return None;
        }
        if self.begun.get() == 0 {
            let passed = self
                .clock
                .has_passed(self.idle_since.get(), self.terms.timeouts.head);
            return passed.then_some(Deadline::Head);
        }
        if let Some(since) = self.head_since.get() {
            let passed = self.clock.has_passed(since, self.terms.timeouts.head);
            return passed.then_some(Deadline::Head);
        }
        let since = self.idle_since.get().max(self.moved_in.get());
        let limit = if self.idle_ended.get() {
            SILENT_GRACE
        } else {
            self.terms.timeouts.idle
        };
        let passed = self.clock.has_passed(since, limit);
        passed.then_some(Deadline::Idle)
    }

    fn count(&self, deadline: Deadline) {
        let timeouts = &self.stats.timeouts;
        match deadline {
            Deadline::Head => timeouts.head.inc(),
            Deadline::Idle => timeouts.idle.inc(),
            Deadline::Body => timeouts.body.inc(),
            Deadline::Write => timeouts.write.inc(),
            Deadline::Handler => timeouts.handler.inc(),
            Deadline::SlowBody | Deadline::SlowRead => timeouts.rate.inc(),
        }
    }
}
