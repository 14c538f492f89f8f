//! The way out: a queue of byte strings from a handler to its connection.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};

use super::{Pieces, Wakers};

/// How many bytes may be queued before a writer has to wait. A single piece may be larger: it is
/// queued whole, by reference, and its writer waits until it has shrunk below the mark.
pub const MARK: usize = 32 * 1024;

/// Pieces smaller than this are copied together while they wait, so that what is held is what is
/// counted, and so that they leave in one frame: a peer may take thousands of tiny HTTP/2 frames
/// for an attack.
const SMALL: usize = 4 * 1024;

/// How much is copied together at most.
const GATHERED: usize = 16 * 1024;

/// How the body ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Complete: the client may see the end.
    Complete,
    /// Failed: the client must see a failed transfer.
    Aborted,
    /// The connection dropped its end: nobody will read.
    Gone,
}

/// What the connection gets when it asks for the next bytes.
#[derive(Debug, PartialEq, Eq)]
pub enum Taken {
    /// The next bytes, never empty.
    Bytes(Pieces),
    /// Nothing is queued and nothing more will be.
    End(End),
}

/// A byte-bounded queue with one reader and any number of writers on the same thread.
///
/// Nothing that was accepted is ever dropped because it did not fit. "Full" and "gone" are
/// different answers: [`poll_room`](Self::poll_room) tells them apart.
#[derive(Debug, Default)]
pub struct Outgoing {
    /// The oldest piece lies here, so that a body of one piece needs no queue.
    front: RefCell<Bytes>,
    rest: RefCell<VecDeque<Bytes>>,
    /// Small pieces after the rest, copied together.
    small: RefCell<BytesMut>,
    queued: Cell<usize>,
    /// The size of a piece that was refused, until there is room for it.
    refused: Cell<usize>,
    end: Cell<Option<End>>,
    /// A writer was woken and has not run since.
    writes_soon: Cell<bool>,
    writers: Wakers,
    reader: Wakers,
}

impl Outgoing {
    /// Queues `bytes`, whatever is queued already. The caller then waits for room.
    /// Does nothing after the end.
    pub fn push(&self, bytes: Bytes) {
        if bytes.is_empty() || self.end.get().is_some() {
            return;
        }
        let len = bytes.len();
        self.writes_soon.set(false);
        if self.queued.get() == 0 {
            *self.front.borrow_mut() = bytes;
        } else {
            self.append(bytes);
        }
        self.queued.set(self.queued.get() + len);
        self.reader.wake();
    }

    /// Whether a piece of `len` bytes would be taken without going over the mark. An empty queue
    /// takes a piece of any size, or a large one would never be sent.
    pub fn fits(&self, len: usize) -> bool {
        self.queued.get() == 0 || self.queued.get() + len <= MARK
    }

    /// As [`fits`](Self::fits). A piece that does not fit is remembered: there is no room until it
    /// would, so that whoever waits for room and tries again is not refused again.
    pub fn admits(&self, len: usize) -> bool {
        let fits = self.fits(len);
        self.refused.set(if fits { 0 } else { len });
        fits
    }

    /// How many bytes wait for the connection.
    pub fn queued(&self) -> usize {
        self.queued.get()
    }

    /// Ready with `None` when there is room: fewer than [`MARK`] bytes are queued, and the piece
    /// that was refused last would fit. Ready with the end when the body has ended.
    pub fn poll_room(&self, cx: &Context<'_>) -> Poll<Option<End>> {
        if let Some(end) = self.end.get() {
            return Poll::Ready(Some(end));
        }
        if self.has_room() {
            return Poll::Ready(None);
        }
        self.writers.register(cx);
        Poll::Pending
    }

    fn has_room(&self) -> bool {
        self.queued.get() < MARK && self.fits(self.refused.get())
    }

    /// Ends the body. The first end stays, but a body that waits to be sent can still be broken
    /// off. After an abort the reader gets what was queued before it, and then the failure.
    pub fn finish(&self, end: End) {
        let overruled = end == End::Gone && self.queued.get() > 0;
        if self.end.get().is_some() && !overruled {
            return;
        }
        self.end.set(Some(end));
        self.writes_soon.set(false);
        if end == End::Gone {
            // Nobody will read what is queued: give the memory back now.
            *self.front.borrow_mut() = Bytes::new();
            self.rest.borrow_mut().clear();
            *self.small.borrow_mut() = BytesMut::new();
            self.queued.set(0);
        }
        self.reader.wake();
        self.writers.wake();
    }

    /// How the body ended, if it has.
    pub fn end(&self) -> Option<End> {
        self.end.get()
    }

    /// Whether the reader would get [`End::Complete`] now.
    pub fn is_drained(&self) -> bool {
        self.end.get() == Some(End::Complete) && self.queued.get() == 0
    }

    /// The reader's side: how many bytes can be taken now, at least one, or the end.
    pub fn poll_queued(&self, cx: &Context<'_>) -> Poll<Result<usize, End>> {
        if self.queued.get() > 0 {
            return Poll::Ready(Ok(self.queued.get()));
        }
        if let Some(end) = self.end.get() {
            return Poll::Ready(Err(end));
        }
        self.reader.register(cx);
        Poll::Pending
    }

    /// The reader's side: whether it should let others run before it takes what there is, because
    /// that is less than `wanted` and a writer was just woken: the rest of a piece then leaves
    /// together with the next. Says so once.
    pub fn should_yield(&self, wanted: usize) -> bool {
        (1..wanted).contains(&self.queued.get()) && self.writes_soon.take()
    }

    /// The reader's side: whether a writer was just woken and is likely to write more in its next
    /// turn.
    pub fn expects_more(&self) -> bool {
        self.writes_soon.get()
    }

    /// As [`expects_more`](Self::expects_more); says so once.
    pub fn take_expected(&self) -> bool {
        self.writes_soon.take()
    }

    /// The reader's side: the next at most `limit` bytes, or the end.
    pub fn poll_take(&self, cx: &Context<'_>, limit: usize) -> Poll<Taken> {
        if let Err(end) = ready!(self.poll_queued(cx)) {
            return Poll::Ready(Taken::End(end));
        }
        let bytes = self.take(limit);
        self.queued.set(self.queued.get() - bytes.len());
        if self.has_room() {
            if self.writers.is_awaited() {
                self.writes_soon.set(true);
            }
            self.writers.wake();
        }
        Poll::Ready(Taken::Bytes(bytes))
    }

    fn append(&self, bytes: Bytes) {
        let mut small = self.small.borrow_mut();
        let mut rest = self.rest.borrow_mut();
        let is_small = bytes.len() < SMALL;
        if !small.is_empty() && (!is_small || small.len() + bytes.len() > GATHERED) {
            rest.push_back(std::mem::take(&mut *small).freeze());
        }
        if is_small {
            small.extend_from_slice(&bytes);
        } else {
            rest.push_back(bytes);
        }
    }

    fn take(&self, limit: usize) -> Pieces {
        let mut taken = Pieces::default();
        let mut front = self.front.borrow_mut();
        while !front.is_empty() {
            let room = limit - taken.len();
            if front.len() > room {
                taken.push(front.split_to(room));
                break;
            }
            let next = self.rest.borrow_mut().pop_front();
            let next =
                next.unwrap_or_else(|| std::mem::take(&mut *self.small.borrow_mut()).freeze());
            taken.push(std::mem::replace(&mut *front, next));
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use bytes::Buf;

    use super::*;

    fn context() -> Context<'static> {
        Context::from_waker(Waker::noop())
    }

    fn take_all(body: &Outgoing, limit: usize) -> Vec<Bytes> {
        let mut pieces = Vec::new();
        while let Poll::Ready(Taken::Bytes(mut bytes)) = body.poll_take(&context(), limit) {
            pieces.push(bytes.copy_to_bytes(bytes.len()));
        }
        pieces
    }

    #[test]
    fn pieces_come_out_in_order_and_no_larger_than_asked() {
        let body = Outgoing::default();
        body.push(Bytes::from_static(b"abcdef"));
        body.push(Bytes::new());
        body.push(Bytes::from_static(b"gh"));
        body.finish(End::Complete);
        let pieces = take_all(&body, 4);
        assert_eq!(pieces, [&b"abcd"[..], b"efgh"]);
        assert!(body.is_drained());
        assert_eq!(
            body.poll_take(&context(), 4),
            Poll::Ready(Taken::End(End::Complete))
        );
    }

    #[test]
    fn a_writer_waits_at_the_mark_and_not_below() {
        let body = Outgoing::default();
        body.push(Bytes::from(vec![0; MARK - 1]));
        assert_eq!(body.poll_room(&context()), Poll::Ready(None));
        body.push(Bytes::from_static(b"x"));
        assert!(body.poll_room(&context()).is_pending());
        assert!(matches!(
            body.poll_take(&context(), 1),
            Poll::Ready(Taken::Bytes(_))
        ));
        assert_eq!(body.poll_room(&context()), Poll::Ready(None));
    }

    #[test]
    fn an_empty_queue_takes_a_piece_of_any_size() {
        let body = Outgoing::default();
        assert!(body.fits(10 * MARK));
        body.push(Bytes::from_static(b"x"));
        assert!(body.fits(MARK - 1));
        assert!(!body.fits(MARK));
    }

    #[test]
    fn after_a_refusal_there_is_room_only_once_the_piece_fits() {
        let body = Outgoing::default();
        assert!(body.admits(MARK - 10));
        body.push(Bytes::from(vec![0; MARK - 10]));
        assert!(!body.admits(20));
        assert!(body.poll_room(&context()).is_pending());
        assert!(matches!(
            body.poll_take(&context(), 10),
            Poll::Ready(Taken::Bytes(_))
        ));
        assert_eq!(body.poll_room(&context()), Poll::Ready(None));
        assert!(body.admits(20));
    }

    #[test]
    fn full_and_gone_are_different_answers() {
        let body = Outgoing::default();
        body.push(Bytes::from(vec![0; MARK]));
        assert!(body.poll_room(&context()).is_pending());
        body.finish(End::Gone);
        assert_eq!(body.poll_room(&context()), Poll::Ready(Some(End::Gone)));
        assert_eq!(body.queued(), 0);
        body.finish(End::Complete);
        assert_eq!(body.end(), Some(End::Gone));
    }

    #[test]
    fn an_abort_comes_after_what_was_queued_before_it() {
        let body = Outgoing::default();
        body.push(Bytes::from_static(b"half"));
        body.finish(End::Aborted);
        body.push(Bytes::from_static(b"more"));
        assert_eq!(take_all(&body, 9), [&b"half"[..]]);
        assert_eq!(
            body.poll_take(&context(), 9),
            Poll::Ready(Taken::End(End::Aborted))
        );
    }

    #[test]
    fn the_rest_of_a_piece_waits_for_a_writer_that_was_woken_but_only_once() {
        let body = Outgoing::default();
        body.push(Bytes::from(vec![0; MARK + 8]));
        assert!(body.poll_room(&context()).is_pending());
        assert!(body.poll_take(&context(), MARK).is_ready());
        assert!(body.should_yield(MARK));
        body.push(Bytes::from_static(b"more"));
        assert!(!body.should_yield(MARK));
        body.finish(End::Complete);
        assert_eq!(take_all(&body, MARK), [&b"\0\0\0\0\0\0\0\0more"[..]]);

        let body = Outgoing::default();
        body.push(Bytes::from(vec![0; MARK + 8]));
        assert!(body.poll_room(&context()).is_pending());
        assert!(body.poll_take(&context(), MARK).is_ready());
        assert!(body.should_yield(MARK));
        assert!(!body.should_yield(MARK));
        assert_eq!(take_all(&body, MARK), [&[0; 8][..]]);
    }

    #[test]
    fn nothing_is_accepted_after_the_end() {
        let body = Outgoing::default();
        body.finish(End::Complete);
        body.push(Bytes::from_static(b"late"));
        assert!(body.is_drained());
    }
}
