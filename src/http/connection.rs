//! What one connection is doing, noted in cells by whoever moves it.

mod deadlines;
mod early;
mod interim;
mod lent;

use std::cell::{Cell, OnceCell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::HeaderValue;

pub use self::deadlines::{Deadline, Wire};
use super::interim::Interims;
use super::lent::Lent;
use super::pace::Pace;
use super::{Clock, Exchange, Fate, Peer, Secure, Terms};
use crate::body::Wakers;
use crate::stats;

/// The state of a connection that its deadlines depend on, shared with its exchanges.
pub struct Connection {
    peer: Peer,
    /// The client whose connection it is, if a proxy in front has told.
    told: OnceCell<Box<Peer>>,
    secure: OnceCell<Secure>,
    pub(super) terms: Rc<Terms>,
    pub(super) stats: Rc<stats::Listener>,
    pub(super) clock: Rc<Clock>,
    exchanges: RefCell<Vec<Rc<Exchange>>>,
    begun: Cell<u64>,
    /// Heads of HTTP/1 requests that are here and not begun.
    ahead: Cell<u32>,
    turn: Cell<u64>,
    shaking_hands: Cell<bool>,
    /// The handshake is not complete, and requests come already.
    early: Cell<bool>,
    multiplexed: Cell<bool>,
    closing_since: Cell<Option<u64>>,
    idle_since: Cell<u64>,
    head_since: Cell<Option<u64>>,
    blocked_since: Cell<Option<u64>>,
    moved_out: Cell<u64>,
    moved_in: Cell<u64>,
    /// All bytes that the transport took.
    out: Cell<u64>,
    /// How the client takes them while it is waited for.
    pace: Pace,
    born: u64,
    /// Bytes of all bodies that HTTP/2 streams have been given, and when the last of them.
    carried: Cell<u64>,
    carried_at: Cell<u64>,
    overdue: Cell<Option<Deadline>>,
    draining_since: Cell<Option<u64>>,
    must_reset: Cell<bool>,
    unread: Cell<bool>,
    idle_ended: Cell<bool>,
    /// It was told that it may rest, and no request has begun since.
    rests: Cell<bool>,
    closed_since: Cell<Option<u64>>,
    unsent: Cell<u64>,
    wire: RefCell<Option<Rc<dyn Wire>>>,
    /// The transport can send files.
    lends: Cell<bool>,
    lent: OnceCell<Box<Lent>>,
    /// Interim responses on HTTP/1, once there are any.
    interims: OnceCell<Box<Interims<Bytes>>>,
    changed: Wakers,
    /// Who waits for the transport to take bytes again.
    unblocked: Wakers,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection")
            .field("peer", self.peer())
            .field("begun", &self.begun)
            .field("overdue", &self.overdue)
            .finish_non_exhaustive()
    }
}

impl Connection {
    /// A connection that was just accepted.
    pub fn new(peer: Peer, terms: Rc<Terms>, stats: Rc<stats::Listener>, clock: Rc<Clock>) -> Self {
        let now = clock.now();
        Self {
            peer,
            told: OnceCell::new(),
            secure: OnceCell::new(),
            terms,
            stats,
            clock,
            exchanges: RefCell::default(),
            begun: Cell::new(0),
            ahead: Cell::new(0),
            turn: Cell::new(0),
            shaking_hands: Cell::new(false),
            early: Cell::new(false),
            multiplexed: Cell::new(false),
            closing_since: Cell::new(None),
            idle_since: Cell::new(now),
            head_since: Cell::new(None),
            blocked_since: Cell::new(None),
            moved_out: Cell::new(now),
            moved_in: Cell::new(now),
            out: Cell::new(0),
            pace: Pace::default(),
            born: now,
            carried: Cell::new(0),
            carried_at: Cell::new(now),
            overdue: Cell::new(None),
            draining_since: Cell::new(None),
            must_reset: Cell::new(false),
            unread: Cell::new(false),
            idle_ended: Cell::new(false),
            rests: Cell::new(false),
            closed_since: Cell::new(None),
            unsent: Cell::new(0),
            wire: RefCell::new(None),
            lends: Cell::new(false),
            lent: OnceCell::new(),
            interims: OnceCell::new(),
            changed: Wakers::default(),
            unblocked: Wakers::default(),
        }
    }

    /// Connects the sweep with the transport; `None` when the transport goes.
    pub fn set_wire(&self, wire: Option<Rc<dyn Wire>>) {
        *self.wire.borrow_mut() = wire;
    }

    /// Whether the client may still be sending what nobody will read: then the end of the
    /// connection waits for it, or the last reply would be lost to a reset.
    pub fn has_unread(&self) -> bool {
        // An HTTP/2 client sends window updates for what it is still taking.
        self.unread.get() || self.head_since.get().is_some() || self.multiplexed.get()
    }

    /// The connection's task is polled once more.
    pub(super) fn begin_turn(&self) {
        self.turn.set(self.turn.get() + 1);
    }

    /// How often it was polled.
    pub(super) fn turn(&self) -> u64 {
        self.turn.get()
    }

    /// The connection speaks HTTP/2: bytes from the client need not belong to a request.
    pub(super) fn multiplexes(&self) {
        self.multiplexed.set(true);
    }

    /// All was written and the transport is being shut down.
    pub(super) fn closes(&self) {
        if self.closing_since.get().is_none() {
            self.closing_since.set(Some(self.clock.now()));
        }
    }

    pub(super) fn is_closing(&self) -> bool {
        self.closing_since.get().is_some()
    }

    pub(super) fn set_unread(&self) {
        self.unread.set(true);
    }

    /// Whether it has been idle for too long.
    pub(super) fn is_retired(&self) -> bool {
        self.idle_ended.get()
    }

    /// The facts about the peer.
    pub fn peer(&self) -> &Peer {
        self.told.get().map_or(&self.peer, |told| told)
    }

    /// The numbers of the listener that it came by.
    pub fn stats(&self) -> Rc<stats::Listener> {
        Rc::clone(&self.stats)
    }

    /// What TLS agreed on; `None` on a plain connection.
    pub fn secure(&self) -> Option<&Secure> {
        self.secure.get()
    }

    /// A handshake, or what a proxy says, comes first. Its caller bounds it; HTTP's own deadlines begin after it.
    pub fn shakes_hands(&self) {
        self.shaking_hands.set(true);
    }

    /// A proxy has had its say; `peer` is the client that it told of, if any.
    pub fn introduced(&self, peer: Option<Peer>) {
        self.shaking_hands.set(false);
        if let Some(peer) = peer {
            let _ = self.told.set(Box::new(peer));
        }
        self.idle_since.set(self.clock.now());
    }

    /// The handshake is done.
    pub fn secured(&self, secure: Secure) {
        self.shaking_hands.set(false);
        let _ = self.secure.set(secure);
        self.head_since.set(None);
        self.idle_since.set(self.clock.now());
    }

    /// Asks the connection to end as soon as what was begun is finished.
    pub fn drain(&self) {
        if self.draining_since.get().is_none() {
            self.draining_since.set(Some(self.clock.now()));
            self.changed.wake();
            for exchange in self.running() {
                exchange.drain();
            }
        }
    }

    pub(super) fn is_draining(&self) -> bool {
        self.draining_since.get().is_some()
    }

    /// Whether the client must see a reset instead of an orderly end, because a reply whose end
    /// is the end of the connection was broken off.
    pub fn must_reset(&self) -> bool {
        self.must_reset.get()
    }

    pub(super) fn set_must_reset(&self) {
        self.must_reset.set(true);
    }

    /// The transport took so many bytes that go to the client.
    pub fn sent(&self, bytes: usize) {
        self.moved_out.set(self.clock.now());
        self.out.set(self.out.get() + bytes as u64);
    }

    /// The transport gave bytes from the client.
    pub fn received(&self) {
        let now = self.clock.now();
        self.moved_in.set(now);
        // On HTTP/2 a byte need not belong to a request: it may be a PING or a window.
        let may_be_head = !self.multiplexed.get() && !self.is_busy();
        if may_be_head && self.head_since.get().is_none() {
            self.head_since.set(Some(now));
        }
    }

    /// An HTTP/2 stream has taken so many bytes of its body.
    pub(super) fn carried(&self, bytes: usize) {
        self.carried.set(self.carried.get() + bytes as u64);
        self.carried_at.set(self.clock.now());
    }

    /// Whether the writer above the transport waits for room.
    pub(super) fn set_blocked(&self, blocked: bool) {
        if !blocked {
            if self.blocked_since.take().is_some() {
                self.unblocked.wake();
            }
        } else if self.blocked_since.get().is_none() {
            self.blocked_since.set(Some(self.clock.now()));
        }
    }

    /// Ready when the transport takes bytes, as far as is known.
    pub(super) fn poll_unblocked(&self, cx: &Context<'_>) -> Poll<()> {
        if self.blocked_since.get().is_none() {
            return Poll::Ready(());
        }
        self.unblocked.register(cx);
        Poll::Pending
    }

    /// What names the server in every reply whose handler does not.
    pub(super) fn server(&self) -> Option<&HeaderValue> {
        self.terms.server.as_ref()
    }

    pub(super) fn begin(&self, exchange: &Rc<Exchange>) {
        self.take_head();
        self.rests.set(false);
        self.stats.active.inc();
        self.exchanges.borrow_mut().push(Rc::clone(exchange));
    }

    fn take_head(&self) {
        self.begun.set(self.begun.get() + 1);
        self.ahead.set(self.ahead.get().saturating_sub(1));
        self.head_since.set(None);
    }

    /// So many heads of HTTP/1 requests have come.
    #[inline]
    pub(super) fn heads_came(&self, count: u32) {
        self.ahead.set(self.ahead.get() + count);
    }

    /// Whether a request that has come waits for nothing but the end of the one before it, and that has ended: its
    /// reply is about to be made.
    #[inline]
    pub(super) fn goes_on(&self) -> bool {
        self.ahead.get() > 0 && !self.is_busy() && !self.has_lent()
    }

    /// A request was answered without a handler; its body, if any, is not read.
    pub(super) fn refused(&self) {
        self.unread.set(true);
        self.take_head();
        self.idle_since.set(self.clock.now());
    }

    pub(super) fn finish(&self, exchange: &Exchange) {
        let mut exchanges = self.exchanges.borrow_mut();
        let Some(at) = exchanges.iter().position(|e| std::ptr::eq(&**e, exchange)) else {
            return;
        };
        let _finished = exchanges.swap_remove(at);
        self.stats.active.dec();
        if exchanges.is_empty() {
            self.idle_since.set(self.clock.now());
        }
    }

    /// Whether a request is being answered.
    pub fn is_busy(&self) -> bool {
        !self.exchanges.borrow().is_empty()
    }

    /// Whether the client has not said anything yet.
    pub fn is_silent(&self) -> bool {
        self.begun.get() == 0 && self.head_since.get().is_none()
    }

    /// Whether a request may be on its way that no reply could tell the client to repeat: the
    /// connection has not begun its first one, a head is half here, or the last reply is so young
    /// that the client may have asked again, or it has.
    pub(super) fn expects_request(&self) -> bool {
        self.begun.get() == 0 || self.head_since.get().is_some() || self.is_last_call()
    }

    /// Ready when a deadline has passed: drop the connection then.
    pub(super) fn poll_overdue(&self, cx: &Context<'_>) -> Poll<Deadline> {
        match self.overdue.get() {
            Some(deadline) => Poll::Ready(deadline),
            None => {
                self.changed.register(cx);
                Poll::Pending
            }
        }
    }

    /// Runs `future` unless a deadline passes first.
    pub async fn unless_overdue<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        let mut future = pin!(future);
        poll_fn(|cx| {
            if self.poll_overdue(cx).is_ready() {
                return Poll::Ready(None);
            }
            future.as_mut().poll(cx).map(Some)
        })
        .await
    }

    /// Ends every exchange on this connection with `fate`.
    pub fn end_exchanges(&self, fate: Fate) {
        for exchange in self.running() {
            exchange.end(fate);
        }
    }

    fn running(&self) -> Vec<Rc<Exchange>> {
        self.exchanges.borrow().clone()
    }
}
