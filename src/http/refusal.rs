//! Replies that the server makes itself, before any handler is asked.

use http::header::{CONNECTION, CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};

use super::ReplyBody;

/// Why a request was not handed to the handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    status: StatusCode,
    reason: &'static str,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, reason: &'static str) -> Self {
        Self { status, reason }
    }

    /// The reply. It closes an HTTP/1 connection: what follows the request on it, such as a body
    /// that is too large, is not worth reading. To HEAD it has no body.
    pub(super) fn response(self, is_head: bool) -> Response<ReplyBody> {
        let text = if is_head { "" } else { self.reason };
        let mut response = Response::new(ReplyBody::text(text));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=utf-8"),
        );
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
        response
    }
}
