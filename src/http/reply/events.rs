//! A reply that is a stream of events.

use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue};
use smallvec::smallvec;

use super::{Phase, Reply};
use crate::error::{Error, Kind, Result};
use crate::sse;

const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

impl Reply {
    /// Makes the reply a stream of events and commits it, so that the client knows that it is
    /// connected before there is any. To HEAD this is the whole reply. When nothing was sent for
    /// `keep_alive` a comment is; zero: never.
    ///
    /// # Errors
    /// Kind `State` when it is committed or its status or length are not those of such a stream.
    pub fn begin_events(&self, keep_alive: Duration) -> Result<()> {
        self.check_open("begin an event stream")?;
        let status = self.head.borrow().status;
        if status != StatusCode::OK {
            return Err(Error::state(format!(
                "an event stream is a 200: the status was set to {}",
                status.as_u16()
            )));
        }
        if self.headers().contains(&CONTENT_LENGTH) {
            return Err(Error::state(
                "an event stream has no known length: remove the Content-Length header",
            ));
        }
        let fixed = |value| smallvec![HeaderValue::from_static(value)];
        self.set_header(CONTENT_TYPE, fixed("text/event-stream"))?;
        if !self.headers().contains(&CACHE_CONTROL) {
            self.set_header(CACHE_CONTROL, fixed("no-cache"))?;
        }
        // nginx keeps back what it proxies unless it is told not to.
        self.set_header(X_ACCEL_BUFFERING, fixed("no"))?;
        self.events.set(Some(keep_alive));
        self.touch_if_empty();
        self.commit(None);
        if self.is_head {
            self.finish();
        }
        Ok(())
    }

    /// Queues what stands in an event stream, to leave at once. The caller then waits for
    /// [`Exchange::poll_writable`](crate::http::Exchange::poll_writable).
    ///
    /// # Errors
    /// Kind `State` after the end, `ClientGone` when nobody reads it, which is so for HEAD too.
    pub fn write_event(&self, bytes: Bytes) -> Result<()> {
        if self.phase.get() == Phase::Ended {
            return Err(self.why_ended());
        }
        self.written.set(self.written.get() + bytes.len() as u64);
        self.touch_if_empty();
        self.body.push(bytes);
        Ok(())
    }

    /// Whether it is a stream of events, over or not.
    pub fn is_event_stream(&self) -> bool {
        self.events.get().is_some()
    }

    /// Sends a comment if the stream was quiet for too long and nothing waits to be sent.
    pub(in crate::http) fn keep_alive(&self) {
        let Some(interval) = self.events.get() else {
            return;
        };
        let is_due = !interval.is_zero() && self.clock.has_passed(self.moved_at.get(), interval);
        if is_due && self.phase.get() == Phase::Committed && self.body.queued() == 0 {
            self.touch_if_empty();
            self.body.push(Bytes::from_static(sse::KEEP_ALIVE));
        }
    }

    /// Other bytes would end up in the middle of the events.
    pub(super) fn check_no_events(&self) -> Result<()> {
        if self.events.get().is_none() {
            return Ok(());
        }
        Err(Error::state(
            "the response is an event stream: its send() and comment() write to it, and nothing else does",
        ))
    }

    /// Why the client of an event stream that has ended gets no more.
    pub(super) fn head_of_events(&self) -> Option<Error> {
        let is_head_only = self.is_head && self.is_event_stream();
        is_head_only.then(|| {
            Error::new(
                Kind::ClientGone,
                "the client asked for the head alone (HEAD): nobody reads the events",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;
    use std::task::{Context, Poll, Waker};

    use http::Request;

    use super::*;
    use crate::body::Taken;
    use crate::http::Clock;

    fn reply(method: &str, keep_alive: Duration) -> Reply {
        let request = Request::builder().method(method).body(()).unwrap();
        let clock = Rc::new(Clock::new(Duration::ZERO));
        let reply = Reply::new(&request.into_parts().0, clock, None);
        reply.begin_events(keep_alive).unwrap();
        reply
    }

    /// What the connection can take now, after a while in which nothing was sent.
    fn taken_later(reply: &Reply) -> usize {
        let before = reply.clock.now();
        while reply.clock.now() < before + 2 {
            reply.clock.tick();
        }
        reply.keep_alive();
        reply.keep_alive();
        match reply.poll_take(&Context::from_waker(Waker::noop()), 100) {
            Poll::Ready(Taken::Bytes(bytes)) => bytes.len(),
            _ => 0,
        }
    }

    #[test]
    fn a_quiet_stream_gets_one_comment_at_a_time() {
        let quiet = reply("GET", Duration::from_millis(1));
        assert_eq!(taken_later(&quiet), sse::KEEP_ALIVE.len());
        assert_eq!(taken_later(&quiet), sse::KEEP_ALIVE.len());
        quiet
            .write_event(Bytes::from_static(b"data: x\n\n"))
            .unwrap();
        assert_eq!(taken_later(&quiet), b"data: x\n\n".len());
        quiet.end(Bytes::new()).unwrap();
        assert_eq!(taken_later(&quiet), 0);
    }

    #[test]
    fn others_get_none() {
        assert_eq!(taken_later(&reply("GET", Duration::ZERO)), 0);
        assert_eq!(taken_later(&reply("GET", Duration::from_secs(60))), 0);
        let head = reply("HEAD", Duration::from_millis(1));
        assert_eq!(taken_later(&head), 0);
        let error = head.write_event(Bytes::from_static(b"x")).unwrap_err();
        assert_eq!(error.kind(), Kind::ClientGone);
    }
}
