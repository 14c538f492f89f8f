//! A request body as either protocol brings it.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use h2::RecvStream;
use http::HeaderName;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming as HyperBody;

use super::field::may_be_trailer;

/// The frames of one request's body.
#[derive(Debug)]
pub(super) enum RequestBody {
    Http1(HyperBody),
    /// The client gets its window back as pieces are taken, not as they arrive.
    Http2(RecvStream),
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

impl Body for RequestBody {
    type Data = Bytes;
    type Error = Failure;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Failure>>> {
        match self.get_mut() {
            Self::Http1(body) => Pin::new(body)
                .poll_frame(cx)
                .map(|frame| frame.map(|frame| Ok(without_forbidden(frame?)))),
            Self::Http2(stream) => poll_stream(stream, cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Http1(body) => body.is_end_stream(),
            Self::Http2(stream) => stream.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Http1(body) => body.size_hint(),
            Self::Http2(_) => SizeHint::new(),
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
