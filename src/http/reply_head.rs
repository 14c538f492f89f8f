//! The head of a reply, and its trailers: what a handler sets, and what of it the client gets.

use http::header::{CONNECTION, CONTENT_LENGTH, HeaderName, HeaderValue, TRAILER};
use http::response::Parts;
use http::{HeaderMap, StatusCode, Version};
use hyper::ext::ReasonPhrase;

use super::{Fields, field, head};
use crate::error::{Error, Kind, Result};

/// Status, headers and trailers as the handler made them.
#[derive(Debug, Default)]
pub(super) struct ReplyHead {
    pub(super) status: StatusCode,
    pub(super) reason: Option<ReasonPhrase>,
    pub(super) headers: Fields,
    /// Boxed, as nearly no reply has any.
    pub(super) trailers: Option<Box<HeaderMap>>,
}

impl ReplyHead {
    /// The length that the handler has declared.
    pub(super) fn declared(&self) -> Option<u64> {
        let length = self.headers.get_all(&CONTENT_LENGTH).next()?;
        length.to_str().ok()?.parse().ok()
    }

    /// Sets a trailer field. `is_late` when the head is sent, and had to announce it.
    pub(super) fn set_trailer(
        &mut self,
        name: HeaderName,
        value: HeaderValue,
        is_late: bool,
    ) -> Result<()> {
        if !field::may_be_trailer(&name) {
            return Err(Error::new(
                Kind::Config,
                format!("{name} may not be sent as a trailer (RFC 9110 section 6.5.1)"),
            ));
        }
        if is_late && !field::announces(&self.headers, &name) {
            return Err(Error::state(format!(
                "the head is sent and its Trailer header does not name {name}: set the trailer before the first write"
            )));
        }
        self.trailers.get_or_insert_default().insert(name, value);
        Ok(())
    }

    /// The head as the protocols want it, with the server's own fields in place of the handler's:
    /// `length` is that of the body, where it is known.
    pub(super) fn take_parts(
        &mut self,
        version: Version,
        length: Option<u64>,
        is_head: bool,
    ) -> Parts {
        let (mut parts, ()) = http::Response::new(()).into_parts();
        parts.status = self.status;
        parts.headers = HeaderMap::with_capacity(self.headers.len() + 2);
        let closes = head::copy_end_to_end(&self.headers, &mut parts.headers);
        let is_h2 = version == Version::HTTP_2;
        if let Some(reason) = self.reason.take()
            && !is_h2
        {
            parts.extensions.insert(reason);
        }
        // The end of the connection is the end of such a body.
        let is_delimited_by_close =
            version == Version::HTTP_10 && length.is_none() && head::status_has_body(self.status);
        if (closes && !is_h2) || is_delimited_by_close {
            let close = HeaderValue::from_static("close");
            parts.headers.insert(CONNECTION, close);
        }
        // hyper states the length of a body that it gets; that of one that it does not get is
        // stated here.
        if let Some(length) = length
            && (is_head || length == 0)
        {
            parts.headers.insert(CONTENT_LENGTH, length.into());
        }
        if let Some(trailers) = &self.trailers
            && version == Version::HTTP_11
            && !self.headers.contains(&TRAILER)
        {
            head::announce_trailers(&mut parts.headers, trailers);
        }
        parts
    }
}
