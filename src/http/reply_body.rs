//! The body that hyper pulls a reply from.

use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use super::{Exchange, MOST_LENT};
use crate::body::{End, Pieces, Taken};

/// The most that hyper gets at once: with the size line and the line end of a chunk around it, it
/// fills two TLS records. A few bytes more would travel in a record of their own.
const PIECE: usize = 2 * 16 * 1024 - "7ff8\r\n\r\n".len();

/// The same of a reply that is all here and of known length: it has no chunks, and fills four.
const WHOLE: usize = 4 * 16 * 1024;

/// A reply's body: pulled by the connection as it has room below.
///
/// Dropping it before its end tells the exchange that the client is gone.
#[derive(Debug)]
pub struct ReplyBody {
    source: Source,
    /// The failure was held back once, so that what came before it can leave.
    warned: bool,
    /// The turn of the connection in which it has yielded; hyper asks more than once in a turn.
    yielded: Option<u64>,
}

#[derive(Debug)]
enum Source {
    Exchange(Rc<Exchange>),
    Fixed(&'static str),
}

/// The reply was aborted: the connection must not end the body cleanly.
#[derive(Debug)]
pub struct Aborted;

impl std::fmt::Display for Aborted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the response was aborted")
    }
}

impl std::error::Error for Aborted {}

impl ReplyBody {
    pub(super) fn of(exchange: Rc<Exchange>) -> Self {
        Self {
            source: Source::Exchange(exchange),
            warned: false,
            yielded: None,
        }
    }

    pub(super) fn text(text: &'static str) -> Self {
        Self {
            source: Source::Fixed(text),
            warned: false,
            yielded: None,
        }
    }
}

impl Body for ReplyBody {
    type Data = Pieces;
    type Error = Aborted;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Pieces>, Aborted>>> {
        let exchange = match &mut self.source {
            Source::Fixed(text) => {
                let bytes = Bytes::from_static(std::mem::take(text).as_bytes());
                return Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes.into()))));
            }
            Source::Exchange(exchange) => Rc::clone(exchange),
        };
        let reply = &exchange.reply;
        let turn = exchange.connection().turn();
        if self.yielded == Some(turn) || reply.should_yield(PIECE) {
            self.yielded = Some(turn);
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let most = if exchange.connection().has_lent() {
            MOST_LENT
        } else if reply.is_ended() && reply.length().is_some() {
            WHOLE
        } else {
            PIECE
        };
        let taken = match reply.poll_take(cx, most) {
            Poll::Ready(taken) => taken,
            Poll::Pending => return Poll::Pending,
        };
        Poll::Ready(match taken {
            Taken::Bytes(bytes) => Some(Ok(Frame::data(bytes))),
            Taken::End(End::Complete) => reply
                .take_trailers()
                .map(|trailers| Ok(Frame::trailers(trailers))),
            Taken::End(End::Aborted) if !self.warned => {
                // hyper throws away what it holds when a body fails: let it flush first.
                self.warned = true;
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            Taken::End(End::Aborted | End::Gone) => {
                exchange.connection().set_must_reset();
                Some(Err(Aborted))
            }
        })
    }

    fn is_end_stream(&self) -> bool {
        match &self.source {
            Source::Fixed(text) => text.is_empty(),
            Source::Exchange(exchange) => {
                exchange.reply.is_drained() && !exchange.reply.has_trailers()
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.source {
            Source::Fixed(text) => SizeHint::with_exact(text.len() as u64),
            // With a length that is stated in the head already hyper keeps to that one.
            Source::Exchange(exchange) => match exchange.reply.length() {
                Some(length) => SizeHint::with_exact(length),
                None => SizeHint::new(),
            },
        }
    }
}

impl Drop for ReplyBody {
    fn drop(&mut self) {
        if let Source::Exchange(exchange) = &self.source {
            if exchange.reply.is_delivered() {
                exchange.reply.set_sent();
            }
            exchange.close();
        }
    }
}
