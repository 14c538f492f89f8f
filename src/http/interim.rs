//! Interim responses (RFC 9110 section 15.2): heads that are sent before the answer's own.
//!
//! h2 sends them when it is asked to. hyper knows of none but its own 100, so on HTTP/1 they pass
//! below it: it flushes the transport only when all of the answers before this one is written, and
//! that is where the transport's wrapper ([`Watched`](super::io::Watched)) puts them. The answer's
//! head is held back until they are through.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::task::{Context, Poll};

use bytes::{BufMut, Bytes, BytesMut};
use http::header::{
    CONNECTION, CONTENT_LENGTH, DATE, HeaderName, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderMap, StatusCode};

use crate::body::Wakers;
use crate::error::{Error, Kind, Result};

/// Heads on their way to the connection, in order. Who queues one waits until it was handed over,
/// so that there are never more of them than there are fibers.
#[derive(Debug)]
pub(super) struct Interims<T> {
    queue: RefCell<VecDeque<T>>,
    queued: Cell<u64>,
    handed_over: Cell<u64>,
    waiting: Wakers,
}

impl<T> Default for Interims<T> {
    fn default() -> Self {
        Self {
            queue: RefCell::default(),
            queued: Cell::new(0),
            handed_over: Cell::new(0),
            waiting: Wakers::default(),
        }
    }
}

impl<T> Interims<T> {
    /// Queues a head; its number is for [`poll_until`](Self::poll_until).
    pub(super) fn push(&self, head: T) -> u64 {
        self.queue.borrow_mut().push_back(head);
        self.queued.set(self.queued.get() + 1);
        self.queued.get()
    }

    /// The connection's side: the next head. It says [`handed_over`](Self::handed_over) when it is
    /// through with it.
    pub(super) fn next(&self) -> Option<T> {
        self.queue.borrow_mut().pop_front()
    }

    /// The connection's side: it is through with one more head.
    pub(super) fn handed_over(&self) {
        self.handed_over.set(self.handed_over.get() + 1);
        self.waiting.wake();
    }

    /// Ready when the head of that number, and so each before it, was handed over.
    pub(super) fn poll_until(&self, cx: &Context<'_>, number: u64) -> Poll<()> {
        if self.handed_over.get() >= number {
            return Poll::Ready(());
        }
        self.waiting.register(cx);
        Poll::Pending
    }

    /// Ready when none is on its way.
    pub(super) fn poll_idle(&self, cx: &Context<'_>) -> Poll<()> {
        self.poll_until(cx, self.queued.get())
    }
}

/// The status of an interim response that a handler may send.
pub(super) fn status(code: i64) -> Result<StatusCode> {
    let refused = |reason: &str| Err(Error::new(Kind::Config, format!("status {code} {reason}")));
    match code {
        100 => refused("is sent by the server itself, when the handler reads the request body"),
        101 => refused("switches protocols, which is no interim response"),
        _ => match u16::try_from(code).map(StatusCode::from_u16) {
            Ok(Ok(status)) if status.is_informational() => Ok(status),
            _ => refused("is no interim status: it must be from 102 to 199"),
        },
    }
}

/// Refuses what frames a message or belongs to one hop: an interim response has no body.
pub(super) fn check_headers(headers: &HeaderMap) -> Result<()> {
    match headers.keys().find(|name| is_servers(name)) {
        None => Ok(()),
        Some(name) => Err(Error::new(
            Kind::Config,
            format!(
                "{name} may not stand in an interim response: framing and connection are the server's"
            ),
        )),
    }
}

fn is_servers(name: &HeaderName) -> bool {
    [
        CONNECTION,
        CONTENT_LENGTH,
        DATE,
        TE,
        TRAILER,
        TRANSFER_ENCODING,
        UPGRADE,
    ]
    .contains(name)
        || matches!(name.as_str(), "keep-alive" | "proxy-connection")
}

/// The head as HTTP/1.1 has it on the wire (RFC 9112 section 4).
pub(super) fn to_http1(status: StatusCode, headers: &HeaderMap) -> Bytes {
    let mut head = BytesMut::with_capacity(256);
    let reason = status.canonical_reason().unwrap_or_default();
    head.put_slice(format!("HTTP/1.1 {} {reason}\r\n", status.as_str()).as_bytes());
    for (name, value) in headers {
        head.put_slice(name.as_str().as_bytes());
        head.put_slice(b": ");
        head.put_slice(value.as_bytes());
        head.put_slice(b"\r\n");
    }
    head.put_slice(b"\r\n");
    head.freeze()
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_status_is_102_to_199() {
        for code in [102, 103, 104, 199] {
            assert_eq!(status(code).unwrap().as_u16(), u16::try_from(code).unwrap());
        }
        for code in [100, 101, 99, 200, 0, -103, 65_639] {
            let error = status(code).unwrap_err();
            assert_eq!(error.kind(), Kind::Config);
            assert!(error.message().contains(&code.to_string()), "{error}");
        }
    }

    #[test]
    fn a_head_is_a_status_line_and_its_fields() {
        let mut headers = HeaderMap::new();
        headers.append("link", HeaderValue::from_static("</a>; rel=preload"));
        headers.append("link", HeaderValue::from_static("</b>"));
        headers.append("x-y", HeaderValue::from_static(""));
        let head = to_http1(StatusCode::EARLY_HINTS, &headers);
        let expected =
            "HTTP/1.1 103 Early Hints\r\nlink: </a>; rel=preload\r\nlink: </b>\r\nx-y: \r\n\r\n";
        assert_eq!(head, expected);
        let head = to_http1(status(199).unwrap(), &HeaderMap::new());
        assert_eq!(head, "HTTP/1.1 199 \r\n\r\n");
    }

    #[test]
    fn what_frames_a_message_is_refused() {
        for name in [
            "content-length",
            "transfer-encoding",
            "connection",
            "keep-alive",
            "trailer",
        ] {
            let name = HeaderName::from_static(name);
            let headers = HeaderMap::from_iter([(name, HeaderValue::from_static("1"))]);
            assert_eq!(check_headers(&headers).unwrap_err().kind(), Kind::Config);
        }
        let link = (http::header::LINK, HeaderValue::from_static("</a>"));
        assert!(check_headers(&HeaderMap::from_iter([link])).is_ok());
    }

    #[test]
    fn who_queues_a_head_waits_for_that_one() {
        let cx = Context::from_waker(Waker::noop());
        let interims = Interims::default();
        assert!(interims.poll_idle(&cx).is_ready());
        let (first, second) = (interims.push('a'), interims.push('b'));
        assert_eq!(interims.next(), Some('a'));
        assert!(interims.poll_until(&cx, first).is_pending());
        interims.handed_over();
        assert!(interims.poll_until(&cx, first).is_ready());
        assert!(interims.poll_until(&cx, second).is_pending());
        assert_eq!(interims.next(), Some('b'));
        interims.handed_over();
        assert!(interims.poll_idle(&cx).is_ready());
        assert_eq!(interims.next(), None);
    }
}
