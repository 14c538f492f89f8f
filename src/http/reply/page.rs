//! A page that takes the place of what a handler did not finish.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use smallvec::smallvec;

use super::{Phase, Reply};
use crate::error::Result;
use crate::http::reply_head::ReplyHead;

impl Reply {
    /// Forgets what was set and counted, if the reply is open.
    pub fn clear(&self) {
        if self.phase.get() == Phase::Open {
            *self.head.borrow_mut() = ReplyHead::default();
            self.written.set(0);
        }
    }

    /// Ends an open reply with a line of text.
    ///
    /// # Errors
    /// As [`set_status`](Self::set_status) and [`end`](Self::end).
    pub fn end_plain(&self, status: i64, text: &'static str) -> Result<()> {
        let plain = HeaderValue::from_static("text/plain; charset=utf-8");
        self.set_status(status, None)?;
        self.set_header(CONTENT_TYPE, smallvec![plain])?;
        self.end(Bytes::from_static(text.as_bytes()))
    }
}
