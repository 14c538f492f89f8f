//! Interim responses of one exchange.

use std::task::{Context, Poll, ready};

use http::{HeaderMap, Response, Version};

use super::Exchange;
use crate::error::{Error, Result};
use crate::http::interim;

/// An interim response that was queued and may be on its way.
#[derive(Clone, Copy, Debug)]
pub struct Informed(Option<u64>);

impl Exchange {
    /// Queues an interim response. The caller then waits for
    /// [`poll_informed`](Self::poll_informed). To HTTP/1.0 none is sent.
    ///
    /// # Errors
    /// Kind `Config` when the status or a header may not stand in one, `State` after the commit.
    pub fn inform(&self, status: i64, headers: HeaderMap) -> Result<Informed> {
        let status = interim::status(status)?;
        interim::check_headers(&headers)?;
        if self.reply.is_committed() {
            return Err(Error::state(
                "the head of the response is sent: it is too late for an interim response",
            ));
        }
        Ok(Informed(match self.request.version {
            Version::HTTP_2 => {
                let (mut head, ()) = Response::new(()).into_parts();
                head.status = status;
                head.headers = headers;
                let interims = self.interims.get_or_init(Default::default);
                let number = interims.push(Response::from_parts(head, ()));
                self.ended.wake();
                Some(number)
            }
            Version::HTTP_11 => {
                let head = interim::to_http1(status, &headers);
                Some(self.connection.inform(head))
            }
            _ => None,
        }))
    }

    /// Ready when the interim response was handed to the transport, or nobody is there to get it.
    pub fn poll_informed(&self, cx: &Context<'_>, informed: Informed) -> Poll<Result<()>> {
        // After a body timeout the handler can still answer.
        if !self.may_still_answer()
            && let Some(error) = self.failure()
        {
            return Poll::Ready(Err(error));
        }
        self.ended.register(cx);
        let Some(number) = informed.0 else {
            return Poll::Ready(Ok(()));
        };
        ready!(match self.interims.get() {
            Some(interims) => interims.poll_until(cx, number),
            None => self.connection.poll_informed(cx, number),
        });
        Poll::Ready(Ok(()))
    }

    /// The next interim response of an HTTP/2 stream.
    pub(in crate::http) fn next_interim(&self) -> Option<Response<()>> {
        self.interims.get()?.next()
    }

    /// An HTTP/2 connection has taken one more.
    pub(in crate::http) fn interim_sent(&self) {
        if let Some(interims) = self.interims.get() {
            interims.handed_over();
        }
    }

    /// Whether an HTTP/2 stream has had any.
    pub(in crate::http) fn has_interims(&self) -> bool {
        self.interims.get().is_some()
    }
}
