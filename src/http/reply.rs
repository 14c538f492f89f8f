//! The reply: what a handler may do to it, and when.
//!
//! A reply is open until it is committed; then status and headers are fixed and bytes flow. Every
//! path out of it is explicit: complete, aborted, or gone. The server owns the framing: it states
//! the length it knows, keeps a declared length to the byte, and never lets a failed reply look
//! complete.

mod coding;
mod events;
mod page;

use std::cell::{Cell, Ref, RefCell};
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HeaderName, HeaderValue, SET_COOKIE};
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode, Version};
use smallvec::smallvec;

use super::coded_head::Offer;
use super::reply_head::ReplyHead;
use super::reply_queue::ReplyQueue;
use super::{Clock, Cookie, FieldValues, Fields, cookie, field, head};
use crate::body::{End, Taken, Wakers};
use crate::compress::Compressor;
use crate::error::{Error, Kind, Result};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Status and headers may change.
    Open,
    /// The head is fixed; bytes flow.
    Committed,
    /// The handler has said its last word.
    Ended,
}

/// The reply of one exchange. All methods take `&self`; borrows are short.
#[derive(Debug)]
pub struct Reply {
    head: RefCell<ReplyHead>,
    phase: Cell<Phase>,
    body: ReplyQueue,
    /// The length that the body will have, where it is known.
    length: Cell<Option<u64>>,
    written: Cell<u64>,
    /// What may be done about codings; `None` where the server has none.
    offer: Option<Offer>,
    /// The body is coded as it is taken, or would be if this were no reply to HEAD: how long its
    /// code is, nobody knows.
    is_coded: Cell<bool>,
    is_head: bool,
    version: Version,
    committed: Wakers,
    /// The connection has taken the last byte.
    sent: Cell<bool>,
    /// The head was fixed before the reply failed, so the client gets it.
    has_head: Cell<bool>,
    /// It is a stream of events, which gets a comment when it was quiet for so long; zero: never.
    events: Cell<Option<Duration>>,
    /// When bytes last moved between handler and connection.
    moved_at: Cell<u64>,
    clock: Rc<Clock>,
}

impl Reply {
    #[inline]
    pub(super) fn new(
        request: &Parts,
        clock: Rc<Clock>,
        compressor: Option<&Rc<Compressor>>,
    ) -> Self {
        // First of all: what can fail in the middle of the rest has it built beside its place.
        let offer = compressor.map(|compressor| Offer::new(request, compressor));
        Self {
            head: RefCell::default(),
            phase: Cell::new(Phase::Open),
            body: ReplyQueue::default(),
            length: Cell::new(None),
            written: Cell::new(0),
            offer,
            is_coded: Cell::new(false),
            is_head: request.method == Method::HEAD,
            version: request.version,
            committed: Wakers::default(),
            sent: Cell::new(false),
            has_head: Cell::new(false),
            events: Cell::new(None),
            moved_at: Cell::new(clock.now()),
            clock,
        }
    }

    /// The status code, 200 until it is set.
    pub fn status(&self) -> u16 {
        self.head.borrow().status.as_u16()
    }

    /// Sets the status (200 to 599: a 1xx is never a final answer) and, on HTTP/1, its phrase.
    pub fn set_status(&self, code: i64, reason: Option<&[u8]>) -> Result<()> {
        self.check_open("change the status")?;
        let status = field::final_status(code)?;
        let reason = reason.map(field::reason_phrase).transpose()?;
        let mut head = self.head.borrow_mut();
        head.status = status;
        head.reason = reason;
        Ok(())
    }

    /// The headers as they are now, for reading.
    pub fn headers(&self) -> Ref<'_, Fields> {
        Ref::map(self.head.borrow(), |head| &head.headers)
    }

    /// Replaces all values of a field. A `Content-Length` becomes the declared length, which the
    /// body is then held to.
    pub fn set_header(&self, name: HeaderName, values: FieldValues) -> Result<()> {
        self.check_header(&name, &values)?;
        self.head.borrow_mut().headers.set(name, values);
        Ok(())
    }

    /// Adds values to a field.
    pub fn add_header(&self, name: HeaderName, values: FieldValues) -> Result<()> {
        if name == CONTENT_LENGTH {
            return self.set_header(name, values);
        }
        self.check_header(&name, &values)?;
        self.head.borrow_mut().headers.add(name, values);
        Ok(())
    }

    /// Sets a cookie. It replaces a line that sets the same one, which is one of the same name, domain
    /// and path.
    pub fn set_cookie(&self, cookie: Cookie<'_>) -> Result<()> {
        self.check_open("set a cookie")?;
        let line = cookie.to_line()?;
        let headers = &mut self.head.borrow_mut().headers;
        headers.retain(|name, known| *name != SET_COOKIE || !cookie::is_same(known, &line));
        headers.add(SET_COOKIE, smallvec![line]);
        Ok(())
    }

    /// Removes a field, if it is there.
    pub fn remove_header(&self, name: &HeaderName) -> Result<()> {
        self.check_open("remove a header")?;
        self.head.borrow_mut().headers.remove(name);
        Ok(())
    }

    /// Sets a trailer field (RFC 9110 section 6.5). HTTP/1.1 announces its trailers in the head:
    /// after the commit only what the `Trailer` header names can be set there.
    pub fn set_trailer(&self, name: HeaderName, value: HeaderValue) -> Result<()> {
        if self.phase.get() == Phase::Ended {
            return Err(Error::state(
                "the response has ended: a trailer is too late now",
            ));
        }
        let is_late = self.phase.get() == Phase::Committed && self.version != Version::HTTP_2;
        self.head.borrow_mut().set_trailer(name, value, is_late)
    }

    /// Queues a piece of a streamed body and commits the head. The caller then waits for
    /// [`Exchange::poll_writable`](super::Exchange::poll_writable).
    pub fn write(&self, bytes: Bytes) -> Result<()> {
        self.check_writable(bytes.len())?;
        self.written.set(self.written.get() + bytes.len() as u64);
        if self.is_head {
            // Nothing is sent, so nothing is committed: a failure can still be told.
            return Ok(());
        }
        self.commit_stream(None);
        self.touch_if_empty();
        self.body.push(bytes);
        Ok(())
    }

    /// As [`write`](Self::write), but only if the piece fits now: all of it or nothing.
    pub fn try_write(&self, bytes: impl FnOnce() -> Bytes, len: usize) -> Result<bool> {
        self.check_writable(len)?;
        if !self.body.admits(len) {
            return Ok(false);
        }
        self.write(bytes())?;
        Ok(true)
    }

    /// Ends the reply with its last bytes. If nothing was written these are the whole body, and
    /// the server states its length.
    pub fn end(&self, bytes: Bytes) -> Result<()> {
        match self.phase.get() {
            Phase::Ended => Err(Error::state(
                "the response has ended already: end() is called once",
            )),
            _ if self.is_unwritten() => {
                self.end_whole(bytes);
                Ok(())
            }
            _ => self.end_stream(bytes),
        }
    }

    /// Breaks the reply off: the client sees a failed transfer, never a short success. Does
    /// nothing after the end.
    pub fn abort(&self) {
        if self.phase.get() != Phase::Ended {
            self.fail(End::Aborted);
        }
    }

    /// Whether status and headers are fixed.
    pub fn is_committed(&self) -> bool {
        self.phase.get() != Phase::Open
    }

    /// Whether it is as open as can be: [`end`](Self::end) makes the whole of it, and cannot fail.
    pub fn is_unwritten(&self) -> bool {
        self.phase.get() == Phase::Open && self.written.get() == 0 && !self.has_trailers()
    }

    /// Whether nothing can be written any more. Final.
    pub fn is_ended(&self) -> bool {
        self.phase.get() == Phase::Ended
    }

    /// Whether the head is fixed and says that the body is sent as it is written, not coded.
    pub fn is_sent_as_written(&self) -> bool {
        self.is_committed() && !self.body.is_coded()
    }

    /// How the body ended, if it has.
    pub fn body_end(&self) -> Option<End> {
        self.body.end()
    }

    pub(super) fn poll_room(&self, cx: &Context<'_>) -> Poll<Result<()>> {
        self.body.poll_room(cx).map(|_| Ok(()))
    }

    /// Ends the reply in failure; what is queued is dropped.
    pub(super) fn fail(&self, end: End) {
        self.phase.set(Phase::Ended);
        self.body.finish(end);
        self.committed.wake();
    }

    /// Ready with the head once it is committed; `None` when the reply failed before that.
    pub(super) fn poll_head(&self, cx: &Context<'_>) -> Poll<Option<http::response::Parts>> {
        if self.phase.get() == Phase::Open {
            self.committed.register(cx);
            return Poll::Pending;
        }
        let is_gone = self.body.end() == Some(End::Gone);
        Poll::Ready((self.has_head.get() && !is_gone).then(|| self.take_head()))
    }

    /// The connection's side: ready with how many bytes can be taken now, at least one, or with the
    /// end.
    pub(super) fn poll_queued(&self, cx: &Context<'_>) -> Poll<std::result::Result<usize, End>> {
        self.body.poll_queued(cx)
    }

    /// The connection's side: whether more than what there is will be there in its next turn.
    pub(super) fn should_yield(&self, wanted: usize) -> bool {
        self.body.should_yield(wanted)
    }

    /// The connection's side: the next bytes of at most `limit`, or the end.
    pub(super) fn poll_take(&self, cx: &Context<'_>, limit: usize) -> Poll<Taken> {
        let taken = self.body.poll_take(cx, limit);
        if taken.is_ready() {
            self.moved_at.set(self.clock.now());
        }
        taken
    }

    pub(super) fn take_trailers(&self) -> Option<HeaderMap> {
        self.head
            .borrow_mut()
            .trailers
            .take()
            .map(|trailers| *trailers)
    }

    pub(super) fn has_trailers(&self) -> bool {
        self.head.borrow().trailers.is_some()
    }

    pub(super) fn is_drained(&self) -> bool {
        self.body.is_drained()
    }

    /// Whether the connection has taken all that the client was promised. With a declared length
    /// that is known before the handler says so.
    pub(super) fn is_delivered(&self) -> bool {
        let counted = self.length() == Some(self.written.get()) && self.body.queued() == 0;
        let unbroken = !matches!(self.body.end(), Some(End::Aborted | End::Gone));
        unbroken && (self.is_drained() || counted) && !self.has_trailers()
    }

    /// The length that the client is told.
    pub(super) fn length(&self) -> Option<u64> {
        self.length.get().filter(|_| !self.is_coded.get())
    }

    /// How many bytes of the body the client has got or can get now.
    pub(super) fn available(&self) -> u64 {
        self.body.made().unwrap_or(self.written.get())
    }

    pub(super) fn set_sent(&self) {
        self.sent.set(true);
    }

    pub(super) fn is_sent(&self) -> bool {
        self.sent.get()
    }

    /// How many bytes of the body the connection has taken.
    pub(super) fn taken(&self) -> u64 {
        self.written.get() - self.body.queued() as u64
    }

    /// Since when bytes wait that the connection does not take.
    pub(super) fn stalled_since(&self) -> Option<u64> {
        let waits = self.is_committed() && self.body.queued() > 0;
        waits.then(|| self.moved_at.get())
    }

    fn end_whole(&self, bytes: Bytes) {
        let status = self.head.borrow().status;
        let has_body = head::status_has_body(status);
        let length = match self.declared() {
            // The handler of HEAD may know the length without making the body.
            Some(declared) if self.is_head && bytes.is_empty() => declared,
            _ => bytes.len() as u64,
        };
        let (bytes, length) = if has_body {
            self.coded_whole(bytes, length)
        } else {
            // Nothing is coded; the head may have to say what others depend on.
            let _ = self.coding(None);
            (bytes, 0)
        };
        let states_length = has_body || status == StatusCode::RESET_CONTENT;
        self.commit(states_length.then_some(length));
        if has_body && !self.is_head {
            self.written.set(bytes.len() as u64);
            self.body.push(bytes);
        }
        self.finish();
    }

    fn end_stream(&self, bytes: Bytes) -> Result<()> {
        self.write_last(bytes)?;
        let short = self
            .length
            .get()
            .filter(|&length| self.written.get() < length && !self.is_head);
        if let Some(declared) = short {
            let written = self.written.get();
            self.abort();
            return Err(Error::state(format!(
                "Content-Length was declared as {declared} and only {written} bytes were written: the response was aborted"
            )));
        }
        if self.phase.get() == Phase::Open {
            // A streamed reply to HEAD, or one that has trailers and no body.
            self.commit_stream((!self.is_head).then_some(0));
        }
        self.finish();
        Ok(())
    }

    fn write_last(&self, bytes: Bytes) -> Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        if self.written.get() == 0 && !self.is_head {
            // A whole body, which trailers follow.
            self.check_writable(bytes.len())?;
            self.commit_stream(Some(bytes.len() as u64));
        }
        self.write(bytes)
    }

    /// Commits the head of a body that is sent as it is written; `length` says how long it is, where
    /// that is known without having been declared.
    fn commit_stream(&self, length: Option<u64>) {
        if self.phase.get() == Phase::Open {
            let declared = self.declared();
            if let Some((offer, coding)) = self.coding(length.or(declared)) {
                self.code(offer, coding);
            }
            self.commit(declared);
        }
    }

    fn commit(&self, length: Option<u64>) {
        self.length.set(length);
        self.phase.set(Phase::Committed);
        self.has_head.set(true);
        self.committed.wake();
    }

    fn finish(&self) {
        self.phase.set(Phase::Ended);
        self.body.finish(End::Complete);
    }

    fn declared(&self) -> Option<u64> {
        self.head.borrow().declared()
    }

    fn touch_if_empty(&self) {
        if self.body.queued() == 0 {
            self.moved_at.set(self.clock.now());
        }
    }

    fn take_head(&self) -> http::response::Parts {
        let length = self.length();
        let mut head = self.head.borrow_mut();
        head.take_parts(self.version, length, self.is_head)
    }

    fn check_open(&self, what: &str) -> Result<()> {
        match self.phase.get() {
            Phase::Open => Ok(()),
            _ => Err(Error::state(format!(
                "the head of the response is sent: it is too late to {what}"
            ))),
        }
    }

    fn check_header(&self, name: &HeaderName, values: &[HeaderValue]) -> Result<()> {
        self.check_open("set a header")?;
        if *name == CONTENT_LENGTH {
            field::check_declared(values)?;
        }
        if *name == http::header::TRANSFER_ENCODING {
            field::check_transfer_coding(values)?;
        }
        Ok(())
    }

    fn check_writable(&self, len: usize) -> Result<()> {
        match self.phase.get() {
            Phase::Ended => return Err(self.why_ended()),
            Phase::Open => self.check_status_has_body()?,
            Phase::Committed => self.check_no_events()?,
        }
        let total = self.written.get() + len as u64;
        match self.length.get().or_else(|| self.declared_if_open()) {
            Some(declared) if total > declared => Err(Error::state(format!(
                "Content-Length was declared as {declared}: this write of {len} bytes would make the body {total}"
            ))),
            _ => Ok(()),
        }
    }

    fn why_ended(&self) -> Error {
        match self.body.end() {
            Some(End::Gone) => Error::new(
                Kind::ClientGone,
                "the client went away before the response was complete",
            ),
            Some(End::Aborted) => Error::state("the response was aborted"),
            _ => self.head_of_events().unwrap_or_else(|| {
                Error::state("the response has ended: nothing can be written after it")
            }),
        }
    }

    fn declared_if_open(&self) -> Option<u64> {
        (self.phase.get() == Phase::Open)
            .then(|| self.declared())
            .flatten()
    }

    fn check_status_has_body(&self) -> Result<()> {
        let status = self.head.borrow().status;
        if head::status_has_body(status) {
            return Ok(());
        }
        Err(Error::state(format!(
            "a {} response has no body: use end() without one",
            status.as_u16()
        )))
    }
}
