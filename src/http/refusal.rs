//! Replies that the server makes itself, before any handler is asked.

use http::header::{CONTENT_TYPE, HeaderValue, SERVER};
use http::{Response, StatusCode};

use crate::stats::{self, Counter, LimitCounts};

/// Why a request was not handed to the handler.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    reason: &'static str,
    /// Where it counts, if it is for a limit.
    limit: Option<Limit>,
}

/// The counter of a limit.
type Limit = fn(&LimitCounts) -> &Counter;

impl Refusal {
    pub(super) fn new(status: StatusCode, reason: &'static str) -> Self {
        Self {
            status,
            reason,
            limit: None,
        }
    }

    /// For what is past a limit.
    pub(super) fn past(status: StatusCode, reason: &'static str, limit: Limit) -> Self {
        Self {
            limit: Some(limit),
            ..Self::new(status, reason)
        }
    }

    /// Counts it.
    pub(super) fn count(self, stats: &stats::Listener) {
        stats.requests_refused.inc();
        if let Some(limit) = self.limit {
            limit(&stats.limits).inc();
        }
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
