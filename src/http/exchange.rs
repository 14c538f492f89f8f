//! One request and its reply, shared by the connection and the handler.

mod client;
mod interim;

use std::any::Any;
use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::header::EXPECT;
use http::request::Parts;
use http::{HeaderMap, Response, Version};

pub use self::interim::Informed;
use super::client::Client;
use super::coded_request::CodedRequest;
use super::interim::Interims;
use super::pace::Pace;
use super::request_body::RequestBody;
use super::{Clock, Connection, Deadline, Reply, drain};
use crate::body::{End, Incoming, Piece, Wakers};
use crate::config::Timeouts;
use crate::error::{Error, Kind, Result};

/// What became of an exchange, seen from the handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It goes on.
    Alive,
    /// The client went away before the reply was complete.
    Gone,
    /// A deadline passed.
    Overdue(Deadline),
    /// The server stops and its drain deadline has passed.
    Stopping,
}

/// One request and its reply. All methods take `&self`; no borrow outlives a call.
#[derive(Debug)]
pub struct Exchange {
    /// The request without its body.
    pub request: Parts,
    /// The reply.
    pub reply: Reply,
    connection: Rc<Connection>,
    /// Who the client is, once somebody has asked and a proxy is believed.
    client: OnceCell<Box<Client>>,
    body: RefCell<Incoming<CodedRequest>>,
    /// Since when the reply has not moved on HTTP/2, and what its connection had carried by then.
    stalled: Cell<(u64, u64)>,
    /// Since when a handler waits for the body.
    reading_since: Cell<Option<u64>>,
    /// How the client sends the body while it is waited for.
    reading_pace: Pace,
    /// How the client takes the reply while it is waited for, on HTTP/2.
    taking_pace: Pace,
    /// Since when a handler has it.
    handled_since: Cell<Option<u64>>,
    /// A handler got it before the handshake was complete.
    early: Cell<bool>,
    /// A handler is at work, and may read the body whatever became of the reply.
    at_work: Cell<bool>,
    /// The connection is done with the reply.
    closed: Cell<bool>,
    /// An HTTP/2 client was asked for the body that it holds back.
    asked: Cell<bool>,
    /// Interim responses on HTTP/2, once there are any.
    interims: OnceCell<Box<Interims<Response<()>>>>,
    fate: Cell<Fate>,
    ended: Wakers,
    /// What the work on the request has made of it.
    kept: RefCell<Option<Rc<dyn Any>>>,
}

impl Exchange {
    pub(super) fn new(mut request: Parts, body: RequestBody, connection: Rc<Connection>) -> Self {
        let limit = connection.terms.limits.body;
        let body = if connection.terms.inflate {
            CodedRequest::decoded(body, &mut request, limit)
        } else {
            CodedRequest::raw(body)
        };
        let body = Incoming::new(body, limit);
        let clock = Rc::clone(&connection.clock);
        let reply = Reply::new(&request, clock, connection.terms.compressor.as_ref());
        Self {
            request,
            reply,
            connection,
            client: OnceCell::new(),
            body: RefCell::new(body),
            stalled: Cell::default(),
            reading_since: Cell::new(None),
            reading_pace: Pace::default(),
            taking_pace: Pace::default(),
            handled_since: Cell::new(None),
            early: Cell::new(false),
            at_work: Cell::new(false),
            closed: Cell::new(false),
            asked: Cell::new(false),
            interims: OnceCell::new(),
            fate: Cell::new(Fate::Alive),
            ended: Wakers::default(),
            kept: RefCell::default(),
        }
    }

    /// The connection that this exchange runs on.
    pub fn connection(&self) -> &Rc<Connection> {
        &self.connection
    }

    /// The next piece of the request body, of at most `max` bytes. Cancel-safe: a piece that was
    /// not returned is kept.
    pub fn poll_read(&self, cx: &mut Context<'_>, max: usize) -> Poll<Result<Piece>> {
        if let Some(error) = self.failure() {
            return Poll::Ready(Err(error));
        }
        let polled = self.body.borrow_mut().poll_read(cx, max);
        if let Poll::Ready(read) = &polled {
            self.reading_since.set(None);
            match read.as_ref().map_err(Error::kind) {
                Err(Kind::ClientGone) => self.end(Fate::Gone),
                Err(Kind::BodyTooLarge) => self.connection.stats.limits.body.inc(),
                _ => {}
            }
        } else {
            if self.reading_since.get().is_none() {
                self.reading_since.set(Some(self.connection.clock.now()));
            }
            self.ended.register(cx);
        }
        polled
    }

    /// Ready when the reply has room for more, or has ended, or nobody is there to read it.
    pub fn poll_writable(&self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        if let Some(error) = self.failure() {
            return Poll::Ready(Err(error));
        }
        self.ended.register(cx);
        self.reply.poll_room(cx)
    }

    /// Whether the client holds the body back (RFC 9110 section 10.1.1) and a handler now waits for
    /// it. Says so once.
    pub(super) fn must_ask_for_body(&self) -> bool {
        self.reading_since.get().is_some()
            && !self.asked.replace(true)
            && self.request.headers.contains_key(EXPECT)
            && self.body.borrow().received() == 0
    }

    /// Whether the connection cannot go on, because nobody knows where the request ends.
    pub(super) fn is_malformed(&self) -> bool {
        let mut body = self.body.borrow_mut();
        body.source().is_some_and(|body| body.is_malformed())
    }

    /// The trailers of the request; `None` until the whole body was read, or without any.
    pub fn request_trailers(&self) -> Option<HeaderMap> {
        self.body.borrow().trailers().cloned()
    }

    /// Keeps what belongs to the request, such as its files, until the work on it is over, however that
    /// ends; it is dropped then, so others hold it weakly. Takes the place of what was kept before.
    ///
    /// # Errors
    /// Kind `State` when the work is over.
    pub fn keep(&self, what: Rc<dyn Any>) -> Result<()> {
        if !self.at_work.get() {
            return Err(Error::state(
                "the request is over: what belongs to it is there while it is handled",
            ));
        }
        *self.kept.borrow_mut() = Some(what);
        Ok(())
    }

    /// What became of it.
    pub fn fate(&self) -> Fate {
        self.fate.get()
    }

    /// The error that a call on this exchange fails with, unless it goes on.
    pub fn failure(&self) -> Option<Error> {
        let (kind, message) = match self.fate.get() {
            Fate::Alive => return None,
            Fate::Gone => (
                Kind::ClientGone,
                "the client went away before the response was complete",
            ),
            Fate::Overdue(Deadline::Body) => (
                Kind::Timeout,
                "the client sent nothing of the request body for longer than the body timeout (Timeouts: body)",
            ),
            Fate::Overdue(Deadline::SlowBody) => (
                Kind::Timeout,
                "the client sent the request body more slowly than it has to (Timeouts: rate)",
            ),
            Fate::Overdue(Deadline::Handler) => (
                Kind::Timeout,
                "the handler has taken longer than the handler timeout (Timeouts: handler)",
            ),
            Fate::Overdue(Deadline::SlowRead) => (
                Kind::Timeout,
                "the client took the response more slowly than it has to (Timeouts: rate)",
            ),
            Fate::Overdue(_) => (
                Kind::Timeout,
                "the client took nothing of the response for longer than the write timeout (Timeouts: write)",
            ),
            Fate::Stopping => (
                Kind::Server,
                "the server is stopping and waits no longer for this request",
            ),
        };
        Some(Error::new(kind, message))
    }

    /// Ready once the exchange has ended in any way but a complete reply.
    pub fn poll_ended(&self, cx: &Context<'_>) -> Poll<Fate> {
        match self.fate.get() {
            Fate::Alive => {
                self.ended.register(cx);
                Poll::Pending
            }
            fate => Poll::Ready(fate),
        }
    }

    /// Ends the exchange with `fate`; the first fate stays. A body that does not come leaves the
    /// reply open, so that the handler can still answer 408 or what it likes, and so does a handler
    /// that is late, where nothing is sent yet.
    pub fn end(&self, fate: Fate) {
        if self.fate.get() != Fate::Alive || self.reply.is_sent() {
            return;
        }
        self.fate.set(fate);
        match fate {
            _ if self.may_still_answer() => {}
            Fate::Alive => {}
            Fate::Gone | Fate::Overdue(_) | Fate::Stopping => self.reply.fail(End::Gone),
        }
        self.ended.wake();
    }

    /// Whether the handler can answer although the exchange is overdue.
    pub(super) fn may_still_answer(&self) -> bool {
        match self.fate.get() {
            Fate::Overdue(Deadline::Body | Deadline::SlowBody) => true,
            Fate::Overdue(Deadline::Handler) => !self.reply.is_committed() || self.reply.is_ended(),
            _ => false,
        }
    }

    /// A handler takes it.
    pub fn begin_handling(&self) {
        self.handled_since.set(Some(self.connection.clock.now()));
        self.early.set(self.connection.is_early());
    }

    /// Whether a handler took it as early data, when nobody knew that it was no replay. That stays so.
    pub fn is_early(&self) -> bool {
        self.early.get()
    }

    /// Answers 503 in place of a handler that is late and does not come back: it waits for something that
    /// does not tell it.
    pub(super) fn answer_for_handler(&self, clock: &Clock) {
        let (Some(limit), Some(since)) = (
            self.connection.terms.timeouts.handler,
            self.handled_since.get(),
        ) else {
            return;
        };
        let is_late = self.fate.get() == Fate::Overdue(Deadline::Handler);
        if is_late && clock.has_passed(since, limit + LAST_WORDS) && !self.reply.is_committed() {
            self.reply.clear();
            if self.reply.end_plain(503, "Service Unavailable").is_err() {
                self.reply.abort();
            }
        }
    }

    /// Whether it is a stream of events and shall come to its end, because the server drains: its
    /// client connects again, to a server that goes on.
    pub fn winds_up(&self) -> bool {
        self.reply.is_event_stream() && self.connection.is_draining()
    }

    /// The server begins to drain: who waits for the end looks again.
    pub(super) fn drain(&self) {
        self.ended.wake();
    }

    /// The connection is done with the reply, complete or not.
    pub(super) fn close(self: &Rc<Self>) {
        if !self.reply.is_sent() {
            self.end(Fate::Gone);
        } else if !self.body.borrow().is_complete() {
            self.connection.set_unread();
        }
        self.closed.set(true);
        self.discard_rest();
        self.connection.finish(self);
    }

    /// A handler begins, or ends, its work on the exchange.
    pub(super) fn set_at_work(self: &Rc<Self>, at_work: bool) {
        self.at_work.set(at_work);
        if !at_work {
            let kept = self.kept.take();
            drop(kept);
        }
        self.discard_rest();
    }

    /// Once reply and handler are through, nobody reads what is left of the body.
    fn discard_rest(self: &Rc<Self>) {
        let is_over = self.closed.get() && !self.at_work.get();
        let is_answered = self.request.version == Version::HTTP_2 && self.reply.is_sent();
        if is_over && is_answered && !self.body.borrow().is_complete() {
            let exchange = Rc::clone(self);
            drain::spawn(move |cx| exchange.poll_discard(cx));
        }
    }

    /// Reads and throws away; ready at the end of the body, however it ends.
    fn poll_discard(&self, cx: &mut Context<'_>) -> Poll<usize> {
        discard(&mut self.body.borrow_mut(), cx)
    }

    /// The deadline that this exchange has missed, if any.
    pub(super) fn missed(&self, clock: &Clock, timeouts: &Timeouts) -> Option<Deadline> {
        if self.fate.get() != Fate::Alive {
            return None;
        }
        if let Some(since) = self.reading_since.get() {
            if clock.has_passed(since, timeouts.body) {
                return Some(Deadline::Body);
            }
            let received = self.body.borrow().received();
            let pace = &self.reading_pace;
            if pace.is_too_slow(clock.step(), received, timeouts.body, timeouts.rate) {
                return Some(Deadline::SlowBody);
            }
        }
        if let (Some(limit), Some(since)) = (timeouts.handler, self.handled_since.get())
            && self.at_work.get()
            && !self.reply.is_ended()
            && !self.reply.is_event_stream()
            && clock.has_passed(since, limit)
        {
            return Some(Deadline::Handler);
        }
        if self.request.version != Version::HTTP_2 {
            // The connection has no other stream: it knows better whether bytes move.
            return None;
        }
        let since = self.reply.stalled_since()?;
        let connection = &self.connection;
        if self.stalled.get().0 != since {
            self.stalled.set((since, connection.carried_so_far()));
        }
        let is_overdue = clock.has_passed(since, timeouts.write)
            && !connection.serves_others(self.stalled.get().1);
        if is_overdue {
            return Some(Deadline::Write);
        }
        // Where the connection itself is slow, that is seen there.
        if connection.is_blocked() {
            return None;
        }
        let (pace, taken) = (&self.taking_pace, self.reply.taken());
        pace.is_too_slow(clock.step(), taken, timeouts.write, timeouts.rate)
            .then_some(Deadline::SlowRead)
    }
}

/// How long a late handler has for its own answer.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Throws away the next piece of a body, as it comes; ready with its length, 0 at the end.
pub(super) fn discard(body: &mut Incoming<CodedRequest>, cx: &mut Context<'_>) -> Poll<usize> {
    body.lift_limit();
    if let Some(source) = body.source() {
        source.stop_decoding();
    }
    body.poll_read(cx, usize::MAX).map(|read| match read {
        Ok(Piece::Bytes(bytes)) => bytes.len(),
        _ => 0,
    })
}
