//! One HTTP/2 stream: a handler's reply, sent as the client's window and the socket take it.
//!
//! A body of one frame ends with it; a longer one ends with a frame of its own. curl 7.88, which
//! Debian 12 has, waits for ever when a frame with the end of the stream finds its buffers full of
//! the frames before it.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use h2::server::SendResponse;
use h2::{Reason, SendStream};
use http::header::{CONTENT_LENGTH, DATE};
use http::response::Parts;
use http::{Response, StatusCode};

use super::respond::Respond;
use super::{Exchange, Handler, date};
use crate::body::{End, Pieces, Taken};

/// The most that one frame carries: with its head, it fills a TLS record. A few bytes more would
/// travel in a record of their own.
const FRAME: usize = 16 * 1024 - 9;

/// The future of one stream. It is ready when the reply is sent, or the stream was reset by either
/// side; the handler's work may go on after that.
pub(super) struct Stream<H: Handler> {
    exchange: Rc<Exchange>,
    stage: Stage<H>,
}

enum Stage<H: Handler> {
    /// The head is not made.
    Responding {
        respond: Respond<H>,
        reply: SendResponse<Pieces>,
    },
    /// The head is sent.
    Sending {
        body: SendStream<Pieces>,
        /// A failure was held back once, so that what came before it can leave.
        warned: bool,
    },
    Over,
}

impl<H: Handler> Stream<H> {
    pub(super) fn new(respond: Respond<H>, reply: SendResponse<Pieces>) -> Self {
        Self {
            exchange: Rc::clone(respond.exchange()),
            stage: Stage::Responding { respond, reply },
        }
    }

    fn poll_respond(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Stage::Responding { respond, reply } = &mut self.stage else {
            return Poll::Ready(());
        };
        let responded = Pin::new(respond).poll(cx);
        if self.exchange.has_interims() {
            send_interims(&self.exchange, reply, responded.is_ready(), cx);
        }
        let Some((mut head, exchange)) = ready!(responded) else {
            reply.send_reset(reason(&self.exchange));
            self.stage = Stage::Over;
            return Poll::Ready(());
        };
        finish_head(&mut head, &exchange);
        let is_whole = exchange.reply.is_drained() && !exchange.reply.has_trailers();
        self.stage = match reply.send_response(Response::from_parts(head, ()), is_whole) {
            Ok(_) if is_whole => {
                exchange.reply.set_sent();
                Stage::Over
            }
            Ok(body) => Stage::Sending {
                body,
                warned: false,
            },
            // The client has reset the stream, or is gone.
            Err(_) => Stage::Over,
        };
        Poll::Ready(())
    }

    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Stage::Sending { body, warned } = &mut self.stage else {
            return Poll::Ready(());
        };
        let reply = &self.exchange.reply;
        loop {
            if reply.should_yield(FRAME) {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            match ready!(reply.poll_queued(cx)) {
                Ok(queued) => {
                    let Some(room) = ready!(poll_room(body, queued.min(FRAME), cx)) else {
                        return Poll::Ready(());
                    };
                    let Poll::Ready(Taken::Bytes(bytes)) = reply.poll_take(cx, room.min(FRAME))
                    else {
                        continue;
                    };
                    let is_all = reply.is_drained()
                        && !reply.has_trailers()
                        && bytes.len() as u64 == reply.available();
                    self.exchange.connection().carried(bytes.len());
                    if body.send_data(bytes, is_all).is_err() {
                        return Poll::Ready(());
                    }
                    if is_all {
                        reply.set_sent();
                        return Poll::Ready(());
                    }
                }
                Err(End::Complete) => {
                    let ended = match reply.take_trailers() {
                        Some(trailers) => body.send_trailers(trailers),
                        None => body.send_data(Pieces::default(), true),
                    };
                    if ended.is_ok() {
                        reply.set_sent();
                    }
                    return Poll::Ready(());
                }
                Err(End::Aborted) if !*warned => {
                    // A reset throws away what h2 holds: the connection may send it first.
                    *warned = true;
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Err(End::Aborted | End::Gone) => {
                    body.send_reset(reason(&self.exchange));
                    return Poll::Ready(());
                }
            }
        }
    }

    /// Ready when the client has reset the stream or a deadline has ended it.
    fn poll_broken_off(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let reset = match &mut self.stage {
            Stage::Responding { reply, .. } => reply.poll_reset(cx),
            Stage::Sending { body, .. } => body.poll_reset(cx),
            Stage::Over => return Poll::Ready(()),
        };
        if reset.is_ready() {
            return Poll::Ready(());
        }
        let _ended = ready!(self.exchange.poll_ended(cx));
        if self.exchange.may_still_answer() {
            // The handler is told, and can still answer.
            return Poll::Pending;
        }
        let reason = reason(&self.exchange);
        match &mut self.stage {
            Stage::Responding { reply, .. } => reply.send_reset(reason),
            Stage::Sending { body, .. } => body.send_reset(reason),
            Stage::Over => {}
        }
        Poll::Ready(())
    }

    /// RFC 9110 section 10.1.1: a client that waits to be asked for its body is asked when the
    /// handler wants it.
    fn ask_for_body(&mut self) {
        if let Stage::Responding { reply, .. } = &mut self.stage
            && self.exchange.must_ask_for_body()
        {
            let mut ask = Response::new(());
            *ask.status_mut() = StatusCode::CONTINUE;
            let _ = reply.send_informational(ask);
        }
    }
}

impl<H: Handler> Future for Stream<H> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.poll_respond(cx).is_ready() && self.poll_send(cx).is_ready() {
            return Poll::Ready(());
        }
        self.ask_for_body();
        self.poll_broken_off(cx)
    }
}

impl<H: Handler> Drop for Stream<H> {
    fn drop(&mut self) {
        self.exchange.close();
    }
}

/// Interim responses go before the head. While the client takes nothing they wait, and with them who
/// sends them: h2 would hold any number of them.
fn send_interims(
    exchange: &Exchange,
    reply: &mut SendResponse<Pieces>,
    is_last_call: bool,
    cx: &Context<'_>,
) {
    while is_last_call || exchange.connection().poll_unblocked(cx).is_ready() {
        let Some(interim) = exchange.next_interim() else {
            return;
        };
        // A stream that is gone says so to its handler by itself.
        let _ = reply.send_informational(interim);
        exchange.interim_sent();
    }
}

/// How much of `wanted` bytes may be sent now; `None` when the stream is over.
fn poll_room(
    body: &mut SendStream<Pieces>,
    wanted: usize,
    cx: &mut Context<'_>,
) -> Poll<Option<usize>> {
    body.reserve_capacity(wanted);
    loop {
        let room = body.capacity();
        if room > 0 {
            return Poll::Ready(Some(room));
        }
        if !matches!(ready!(body.poll_capacity(cx)), Some(Ok(_))) {
            return Poll::Ready(None);
        }
    }
}

/// What of the head is the server's, where hyper does the same for HTTP/1.
fn finish_head(head: &mut Parts, exchange: &Exchange) {
    if let Some(length) = exchange.reply.length() {
        head.headers.insert(CONTENT_LENGTH, length.into());
    }
    head.headers.insert(DATE, date::now());
}

/// Why a stream is reset (RFC 9113 section 7).
fn reason(exchange: &Exchange) -> Reason {
    match exchange.reply.body_end() {
        Some(End::Aborted) => Reason::INTERNAL_ERROR,
        _ => Reason::CANCEL,
    }
}
