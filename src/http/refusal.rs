//! Replies that the server makes itself, before any handler is asked.

use http::header::{CONTENT_TYPE, HeaderValue, SERVER};
use http::{Response, StatusCode};

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

    /// The reply: a line of text. To HEAD it is sent without one. `server` is its `Server` field.
    pub(super) fn response(self, server: Option<&HeaderValue>) -> Response<&'static str> {
        let mut response = Response::new(self.reason);
        *response.status_mut() = self.status;
        response.headers_mut().insert(
            CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=utf-8"),
        );
        if let Some(server) = server {
            response.headers_mut().insert(SERVER, server.clone());
        }
        response
    }
}
