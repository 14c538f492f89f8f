//! The body that hyper pulls a reply from.

use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use super::Exchange;
use crate::body::{End, Taken};

/// The most that hyper gets at once: one TLS record or one HTTP/2 frame of the default size. What
/// it holds beyond its own bound is at most one such piece.
pub(super) const PIECE: usize = 16 * 1024;

/// A reply's body: pulled by the connection as it has room below.
///
/// Dropping it before its end tells the exchange that the client is gone.
#[derive(Debug)]
pub struct ReplyBody {
    source: Source,
    /// The failure was held back once, so that what came before it can leave.
    warned: bool,
}

#[derive(Debug)]
enum Source {
    Exchange(Rc<Exchange>),
    Fixed(Bytes),
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
        }
    }

    pub(super) fn text(text: &'static str) -> Self {
        Self {
            source: Source::Fixed(Bytes::from_static(text.as_bytes())),
            warned: false,
        }
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = Aborted;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Aborted>>> {
        let exchange = match &mut self.source {
            Source::Fixed(bytes) => {
                let bytes = std::mem::take(bytes);
                return Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))));
            }
            Source::Exchange(exchange) => Rc::clone(exchange),
        };
        let reply = &exchange.reply;
        let taken = match reply.poll_take(cx, PIECE) {
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
            Source::Fixed(bytes) => bytes.is_empty(),
            Source::Exchange(exchange) => {
                exchange.reply.is_drained() && !exchange.reply.has_trailers()
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.source {
            Source::Fixed(bytes) => SizeHint::with_exact(bytes.len() as u64),
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
