//! A request body as either protocol brings it.

use std::error::Error as _;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use h2::RecvStream;
use http::HeaderName;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming as HyperBody;

use super::field::may_be_trailer;
use crate::error::{Error, Kind};

/// The frames of one request's body.
#[derive(Debug)]
pub(super) enum RequestBody {
    Http1(HyperBody),
    /// The client gets its window back as pieces are taken, not as they arrive.
    Http2(RecvStream),
    /// Came over HTTP/1, and nobody knows where it ends.
    Malformed,
}

impl RequestBody {
    /// Whether the connection cannot go on behind it.
    pub(super) fn is_malformed(&self) -> bool {
        matches!(self, Self::Malformed)
    }
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

impl Body for RequestBody {
    type Data = Bytes;
    type Error = Failure;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Failure>>> {
        let this = self.get_mut();
        let frame = match this {
            Self::Http1(body) => ready!(Pin::new(body).poll_frame(cx)),
            Self::Http2(stream) => return poll_stream(stream, cx),
            Self::Malformed => return Poll::Ready(Some(Err(malformed().into()))),
        };
        Poll::Ready(frame.map(|frame| match frame {
            Ok(frame) => Ok(without_forbidden(frame)),
            Err(error) if is_invalid(&error) => {
                *this = Self::Malformed;
                Err(malformed().caused_by(error).into())
            }
            Err(error) => Err(error.into()),
        }))
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Http1(body) => body.is_end_stream(),
            Self::Http2(stream) => stream.is_end_stream(),
            Self::Malformed => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Http1(body) => body.size_hint(),
            Self::Http2(_) | Self::Malformed => SizeHint::new(),
        }
    }
}

/// Drops what may not come behind a body: whoever took it for a field of the head would read another request
/// (RFC 9110 section 6.5.1).
fn without_forbidden(mut frame: Frame<Bytes>) -> Frame<Bytes> {
    if let Some(trailers) = frame.trailers_mut() {
        let forbidden = |name: &&HeaderName| !may_be_trailer(name);
        let forbidden: Vec<_> = trailers.keys().filter(forbidden).cloned().collect();
        for name in forbidden {
            trailers.remove(name);
        }
    }
    frame
}

/// Of a chunk or a trailer that is malformed hyper says, as the reader below it does, that the input or the data is
/// invalid. All else is a connection that ended too early.
fn is_invalid(error: &hyper::Error) -> bool {
    let cause = error.source().and_then(|cause| cause.downcast_ref());
    matches!(
        cause.map(io::Error::kind),
        Some(io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData)
    )
}

fn malformed() -> Error {
    Error::new(
        Kind::BadRequest,
        "the request body is malformed: its chunks or its trailers are not what RFC 9112 section 7.1 asks for",
    )
}

fn poll_stream(
    stream: &mut RecvStream,
    cx: &mut Context<'_>,
) -> Poll<Option<Result<Frame<Bytes>, Failure>>> {
    Poll::Ready(match ready!(stream.poll_data(cx)) {
        Some(Ok(bytes)) => {
            // It fails only where the stream is over, and then nobody waits for the window.
            let _ = stream.flow_control().release_capacity(bytes.len());
            Some(Ok(Frame::data(bytes)))
        }
        Some(Err(error)) => Some(Err(error.into())),
        None => match ready!(stream.poll_trailers(cx)) {
            Ok(trailers) => {
                trailers.map(|trailers| Ok(without_forbidden(Frame::trailers(trailers))))
            }
            Err(error) => Some(Err(error.into())),
        },
    })
}
