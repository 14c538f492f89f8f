//! The way in: a request body, read piece by piece.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::HeaderMap;
use http_body::Body;

use crate::error::{Error, Kind, Result};

/// What a read gives.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece {
    /// The next bytes, never empty.
    Bytes(Bytes),
    /// The body is complete.
    End,
}

/// A request body with a limit. Nothing is read ahead of the handler but one piece.
#[derive(Debug)]
pub struct Incoming<B> {
    body: Option<B>,
    /// What of the last piece a read has not taken.
    rest: Bytes,
    /// Boxed, as nearly no body has any.
    trailers: Option<Box<HeaderMap>>,
    received: u64,
    limit: u64,
    broken: bool,
}

impl<B> Incoming<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    /// Wraps `body`, of which at most `limit` bytes are accepted.
    pub fn new(body: B, limit: u64) -> Self {
        Self {
            body: (!body.is_end_stream()).then_some(body),
            rest: Bytes::new(),
            trailers: None,
            received: 0,
            limit,
            broken: false,
        }
    }

    /// The next piece of at most `max` bytes (at least one).
    ///
    /// Fails with [`Kind::BodyTooLarge`] past the limit, with [`Kind::ClientGone`] when the client
    /// breaks off, and with an [`Error`] of the body's own; each later call fails the same way, never
    /// hangs.
    pub fn poll_read(&mut self, cx: &mut Context<'_>, max: usize) -> Poll<Result<Piece>> {
        loop {
            if !self.rest.is_empty() {
                let len = self.rest.len().min(max.max(1));
                return Poll::Ready(Ok(Piece::Bytes(self.rest.split_to(len))));
            }
            if self.received > self.limit {
                return Poll::Ready(Err(Error::body_too_large(self.limit)));
            }
            if self.broken {
                return Poll::Ready(Err(broken_off()));
            }
            let Some(body) = &mut self.body else {
                return Poll::Ready(Ok(Piece::End));
            };
            match ready!(Pin::new(&mut *body).poll_frame(cx)) {
                None => self.body = None,
                Some(Ok(frame)) => {
                    // A connection that has sent its reply tells of the end only by its next
                    // request: a body that knows its length says so itself.
                    let is_last = body.is_end_stream();
                    match frame.into_data() {
                        Ok(bytes) => self.accept(bytes),
                        Err(frame) => self.trailers = frame.into_trailers().ok().map(Box::new),
                    }
                    if is_last {
                        self.body = None;
                    }
                }
                Some(Err(error)) => {
                    return Poll::Ready(Err(match error.into().downcast::<Error>() {
                        // The body knows better what is wrong with it, and says so each time.
                        Ok(error) => *error,
                        Err(error) => {
                            self.broken = true;
                            broken_off().caused_by(error)
                        }
                    }));
                }
            }
        }
    }

    /// The trailers that came after the body; `None` before its end or when there were none.
    pub fn trailers(&self) -> Option<&HeaderMap> {
        self.trailers.as_deref()
    }

    /// Accepts any length from now on: for what is thrown away.
    pub fn lift_limit(&mut self) {
        self.limit = u64::MAX;
    }

    /// What it reads from, until the end.
    pub fn source(&mut self) -> Option<&mut B> {
        self.body.as_mut()
    }

    /// How many bytes have come, read or not.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// Whether the whole body was read.
    pub fn is_complete(&self) -> bool {
        self.body.is_none() && self.rest.is_empty()
    }

    fn accept(&mut self, bytes: Bytes) {
        self.received = self.received.saturating_add(bytes.len() as u64);
        if self.received <= self.limit {
            self.rest = bytes;
        }
    }
}

fn broken_off() -> Error {
    Error::new(Kind::ClientGone, "the client broke off the request body")
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::task::Waker;

    use http_body::Frame;

    use super::*;

    struct Script(VecDeque<Result<Frame<Bytes>, &'static str>>);

    impl Body for Script {
        type Data = Bytes;
        type Error = &'static str;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _cx: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
            Poll::Ready(self.0.pop_front())
        }
    }

    fn data(bytes: &'static [u8]) -> Result<Frame<Bytes>, &'static str> {
        Ok(Frame::data(Bytes::from_static(bytes)))
    }

    fn incoming(
        frames: impl IntoIterator<Item = Result<Frame<Bytes>, &'static str>>,
        limit: u64,
    ) -> Incoming<Script> {
        Incoming::new(Script(frames.into_iter().collect()), limit)
    }

    fn read(body: &mut Incoming<Script>, max: usize) -> Result<Piece> {
        match body.poll_read(&mut Context::from_waker(Waker::noop()), max) {
            Poll::Ready(result) => result,
            Poll::Pending => unreachable!("the script is always ready"),
        }
    }

    fn bytes(piece: Result<Piece>) -> Bytes {
        match piece {
            Ok(Piece::Bytes(bytes)) => bytes,
            other => unreachable!("expected bytes, got {other:?}"),
        }
    }

    #[test]
    fn a_piece_is_never_larger_than_asked_and_nothing_is_lost() {
        let mut body = incoming([data(b"abcdef"), data(b""), data(b"g")], 100);
        assert_eq!(bytes(read(&mut body, 4)), "abcd");
        assert_eq!(bytes(read(&mut body, 4)), "ef");
        assert_eq!(bytes(read(&mut body, 4)), "g");
        assert_eq!(read(&mut body, 4).ok(), Some(Piece::End));
        assert_eq!(read(&mut body, 4).ok(), Some(Piece::End));
        assert!(body.is_complete());
    }

    #[test]
    fn a_body_at_the_limit_passes_and_one_past_it_fails_for_good() {
        let mut body = incoming([data(b"abc")], 3);
        assert_eq!(bytes(read(&mut body, 9)), "abc");
        assert_eq!(read(&mut body, 9).ok(), Some(Piece::End));
        let mut body = incoming([data(b"abc"), data(b"d")], 3);
        assert_eq!(bytes(read(&mut body, 9)), "abc");
        for _ in 0..2 {
            let error = read(&mut body, 9).err();
            assert_eq!(error.map(|e| e.kind()), Some(Kind::BodyTooLarge));
        }
    }

    #[test]
    fn a_broken_body_is_an_error_and_never_a_clean_end() {
        let mut body = incoming([data(b"ab"), Err("reset")], 100);
        assert_eq!(bytes(read(&mut body, 9)), "ab");
        for _ in 0..2 {
            let error = read(&mut body, 9).err();
            assert_eq!(error.map(|e| e.kind()), Some(Kind::ClientGone));
        }
    }

    #[test]
    fn trailers_are_there_after_the_end() {
        let mut trailers = HeaderMap::new();
        trailers.insert("x-sum", http::HeaderValue::from_static("1"));
        let mut body = incoming([data(b"ab"), Ok(Frame::trailers(trailers))], 100);
        assert!(body.trailers().is_none());
        assert_eq!(bytes(read(&mut body, 9)), "ab");
        assert_eq!(read(&mut body, 9).ok(), Some(Piece::End));
        assert!(body.trailers().is_some_and(|t| t.contains_key("x-sum")));
    }
}
