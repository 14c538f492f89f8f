//! A request body without the codings that its `Content-Encoding` names.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::request::Parts;
use http_body::{Body, Frame};

use super::request_body::RequestBody;
use crate::compress::{Decoded, Decoder};
use crate::error::{Error, Kind};

/// The frames of a request's body as its handler reads them.
#[derive(Debug)]
pub(super) struct CodedRequest {
    body: RequestBody,
    coding: Option<Box<Coding>>,
}

/// What a body with a coding needs.
struct Coding {
    decoder: Decoder,
    limit: u64,
    /// Raw bytes that have come.
    received: u64,
    /// Bytes taken in and made since the last pause.
    worked: usize,
    trailers: Option<HeaderMap>,
    /// What it has failed with: it fails with that for ever.
    failure: Option<(Kind, String)>,
    is_over: bool,
}

/// How many bytes are taken in and made before others have their turn.
const TURN: usize = 128 * 1024;

type Failure = Box<dyn std::error::Error + Send + Sync>;
type Polled = Poll<Option<Result<Frame<Bytes>, Failure>>>;

impl CodedRequest {
    /// A body as it comes.
    pub(super) fn raw(body: RequestBody) -> Self {
        Self { body, coding: None }
    }

    /// The body of the request, decoded if all its codings are known. The head then no longer says
    /// that it is coded, nor how long the code is. `limit` bounds the raw body; whoever reads bounds
    /// the other.
    #[inline]
    pub(super) fn decoded(body: RequestBody, request: &mut Parts, limit: u64) -> Self {
        // A request without a body, as most are, costs no look at its headers.
        let coding = match body.is_end_stream() {
            true => None,
            false => Coding::take(request, limit),
        };
        Self { body, coding }
    }

    /// Whether the connection cannot go on behind it.
    pub(super) fn is_malformed(&self) -> bool {
        self.body.is_malformed()
    }

    /// From now on it gives what comes, as it comes: for what is thrown away.
    pub(super) fn stop_decoding(&mut self) {
        self.coding = None;
    }
}

impl Coding {
    /// Takes the codings, if all of them are known, out of a request's head.
    #[inline(never)]
    fn take(request: &mut Parts, limit: u64) -> Option<Box<Self>> {
        if !request.headers.contains_key(CONTENT_ENCODING) {
            return None;
        }
        let codings = request.headers.get_all(CONTENT_ENCODING);
        let lines = codings.iter().map(|value| value.as_bytes());
        let decoder = Decoder::new(lines, limit)?;
        request.headers.remove(CONTENT_ENCODING);
        request.headers.remove(CONTENT_LENGTH);
        Some(Box::new(Self {
            decoder,
            limit,
            received: 0,
            worked: 0,
            trailers: None,
            failure: None,
            is_over: false,
        }))
    }
}

impl Body for CodedRequest {
    type Data = Bytes;
    type Error = Failure;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Polled {
        let this = self.get_mut();
        match &mut this.coding {
            None => Pin::new(&mut this.body).poll_frame(cx),
            Some(coding) => coding.poll_frame(&mut this.body, cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.coding {
            None => self.body.is_end_stream(),
            Some(coding) => coding.is_over,
        }
    }
}

impl Coding {
    fn poll_frame(&mut self, body: &mut RequestBody, cx: &mut Context<'_>) -> Polled {
        loop {
            if let Some((kind, message)) = &self.failure {
                return fail(Error::new(*kind, message.clone()));
            }
            if self.is_over {
                return Poll::Ready(None);
            }
            if self.worked >= TURN {
                return self.pause(cx);
            }
            match self.decoder.decode() {
                Ok(Decoded::Bytes(bytes)) => {
                    self.worked += bytes.len();
                    return Poll::Ready(Some(Ok(Frame::data(bytes))));
                }
                Ok(Decoded::Hungry) => {
                    if let Err(error) = ready!(self.poll_feed(body, cx)) {
                        return Poll::Ready(Some(Err(error)));
                    }
                }
                Ok(Decoded::Later) => return self.pause(cx),
                Ok(Decoded::End) => {
                    self.is_over = true;
                    let trailers = self.trailers.take().map(Frame::trailers);
                    return Poll::Ready(trailers.map(Ok));
                }
                Err(error) => self.remember(&error),
            }
        }
    }

    /// Gives the decoder what comes next.
    fn poll_feed(
        &mut self,
        body: &mut RequestBody,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Failure>> {
        let frame = match ready!(Pin::new(&mut *body).poll_frame(cx)) {
            None => {
                self.decoder.finish();
                return Poll::Ready(Ok(()));
            }
            Some(frame) => frame?,
        };
        match frame.into_data() {
            Ok(bytes) => {
                self.worked += bytes.len();
                self.received += bytes.len() as u64;
                if self.received > self.limit {
                    self.remember(&Error::body_too_large(self.limit));
                    return Poll::Ready(Ok(()));
                }
                self.decoder.feed(bytes);
            }
            Err(frame) => self.trailers = frame.into_trailers().ok(),
        }
        if body.is_end_stream() || self.trailers.is_some() {
            self.decoder.finish();
        }
        Poll::Ready(Ok(()))
    }

    fn pause(&mut self, cx: &Context<'_>) -> Polled {
        self.worked = 0;
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn remember(&mut self, error: &Error) {
        self.failure = Some((error.kind(), error.message().to_owned()));
    }
}

fn fail(error: Error) -> Polled {
    Poll::Ready(Some(Err(error.into())))
}

impl fmt::Debug for Coding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Coding")
            .field("decoder", &self.decoder)
            .field("received", &self.received)
            .finish_non_exhaustive()
    }
}
