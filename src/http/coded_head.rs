//! The head of a reply that may get a content coding: whether it does, and what it then says.

use std::rc::Rc;

use http::header::{ACCEPT_ENCODING, ACCEPT_RANGES, CONTENT_ENCODING, ETAG, HeaderValue, VARY};
use http::request::Parts;
use smallvec::smallvec;

use super::head::has_token;
use super::reply_head::ReplyHead;
use super::{FieldValues, Fields};
use crate::compress::{Compressor, choose, may_code, speaks_of_coded};
use crate::config::Coding;

/// What a client and a server agree on before there is a reply.
#[derive(Debug)]
pub(super) struct Offer {
    pub(super) compressor: Rc<Compressor>,
    /// The coding that the client wants of those that the server has.
    wanted: Option<Coding>,
}

impl Offer {
    #[inline(never)]
    pub(super) fn new(request: &Parts, compressor: &Rc<Compressor>) -> Self {
        let lines = request.headers.get_all(ACCEPT_ENCODING).iter();
        let lines = lines.map(HeaderValue::as_bytes);
        Self {
            wanted: choose(lines, &compressor.settings().codings),
            compressor: Rc::clone(compressor),
        }
    }

    /// The coding for a reply with this head and a body of `length` bytes, as far as that is known.
    /// The head then says what it depends on, whether there is a coding or not.
    pub(super) fn coding(&self, head: &mut ReplyHead, length: Option<u64>) -> Option<Coding> {
        let settings = self.compressor.settings();
        if !may_code(settings, head.status, head.headers.iter(), length) {
            if speaks_of_coded(settings, head.status, head.headers.iter()) {
                vary(&mut head.headers);
            }
            return None;
        }
        vary(&mut head.headers);
        self.wanted
    }
}

/// RFC 9110 section 12.5.5: a cache that has the reply must know that others may get another.
fn vary(fields: &mut Fields) {
    let says_so = |value: &HeaderValue| {
        has_token(value, b"*") || has_token(value, ACCEPT_ENCODING.as_str().as_bytes())
    };
    let mut values: FieldValues = fields.get_all(&VARY).cloned().collect();
    if values.iter().any(says_so) {
        return;
    }
    let joined = values
        .last()
        .filter(|value| !value.is_empty())
        .and_then(|last| {
            HeaderValue::from_bytes(&[last.as_bytes(), b", Accept-Encoding"].concat()).ok()
        });
    match (values.last_mut(), joined) {
        (Some(last), Some(joined)) => *last = joined,
        (Some(last), None) => *last = HeaderValue::from_static("Accept-Encoding"),
        (None, _) => values = smallvec![HeaderValue::from_static("Accept-Encoding")],
    }
    fields.set(VARY, values);
}

/// Says in the head that the body is coded.
pub(super) fn mark(fields: &mut Fields, coding: Coding) {
    fields.set(
        CONTENT_ENCODING,
        smallvec![HeaderValue::from_static(coding.name())],
    );
    // Ranges would be of the plain body.
    fields.remove(&ACCEPT_RANGES);
    // RFC 9110 section 8.8.3: a strong tag is for these bytes and no others.
    let strong = fields
        .get_all(&ETAG)
        .next()
        .filter(|tag| tag.as_bytes().starts_with(b"\""));
    let weak =
        strong.and_then(|tag| HeaderValue::from_bytes(&[b"W/", tag.as_bytes()].concat()).ok());
    if let Some(weak) = weak {
        fields.set(ETAG, smallvec![weak]);
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;
    use crate::config::{Compression, CompressionSaid};
    use crate::http::check_field;

    fn fields(lines: &[(&str, &str)]) -> Fields {
        let mut fields = Fields::default();
        for (name, value) in lines {
            let (name, value) = check_field(name.as_bytes(), value.as_bytes()).unwrap();
            fields.add(name, smallvec![value]);
        }
        fields
    }

    fn lines(fields: &Fields) -> Vec<String> {
        let line = |(name, value): (&http::HeaderName, &HeaderValue)| {
            format!("{name}: {}", value.to_str().unwrap())
        };
        fields.iter().map(line).collect()
    }

    #[test]
    fn vary_is_added_to_what_is_there_and_never_twice() {
        let cases: [(&[&str], &[&str]); 7] = [
            (&[], &["vary: Accept-Encoding"]),
            (&["Origin"], &["vary: Origin, Accept-Encoding"]),
            (
                &["Origin", "Cookie"],
                &["vary: Origin", "vary: Cookie, Accept-Encoding"],
            ),
            (&[""], &["vary: Accept-Encoding"]),
            (&["*"], &["vary: *"]),
            (
                &["Origin, accept-encoding"],
                &["vary: Origin, accept-encoding"],
            ),
            (
                &["Accept-Encoding", "Origin"],
                &["vary: Accept-Encoding", "vary: Origin"],
            ),
        ];
        for (before, after) in cases {
            let mut fields = fields(
                &before
                    .iter()
                    .map(|&value| ("vary", value))
                    .collect::<Vec<_>>(),
            );
            vary(&mut fields);
            assert_eq!(lines(&fields), after, "{before:?}");
            vary(&mut fields);
            assert_eq!(lines(&fields), after, "{before:?} twice");
        }
    }

    #[test]
    fn a_coded_reply_offers_no_ranges() {
        let mut fields = fields(&[("accept-ranges", "bytes")]);
        mark(&mut fields, Coding::Gzip);
        assert_eq!(lines(&fields), ["content-encoding: gzip"]);
    }

    #[test]
    fn a_strong_tag_turns_weak_and_a_weak_one_stays() {
        let cases = [
            ("\"x\"", "W/\"x\""),
            ("W/\"x\"", "W/\"x\""),
            ("\"\"", "W/\"\""),
            ("x", "x"),
        ];
        for (before, after) in cases {
            let mut fields = fields(&[("etag", before)]);
            mark(&mut fields, Coding::Brotli);
            let after = ["content-encoding: br".into(), format!("etag: {after}")];
            let mut seen = lines(&fields);
            seen.sort();
            assert_eq!(seen, after);
        }
    }

    #[test]
    fn a_reply_that_could_be_coded_says_so_whoever_asks() {
        let settings = Compression::parse(&CompressionSaid::default()).unwrap();
        let compressor = Rc::new(Compressor::new(settings));
        for (accept, expected) in [("gzip", Some(Coding::Gzip)), ("identity", None)] {
            let request = Request::builder().header("accept-encoding", accept);
            let (parts, ()) = request.body(()).unwrap().into_parts();
            let offer = Offer::new(&parts, &compressor);
            let mut head = ReplyHead {
                headers: fields(&[("content-type", "text/plain")]),
                ..ReplyHead::default()
            };
            assert_eq!(offer.coding(&mut head, Some(5000)), expected);
            assert!(head.headers.contains(&VARY));
            let mut small = ReplyHead {
                headers: fields(&[("content-type", "text/plain")]),
                ..ReplyHead::default()
            };
            assert_eq!(offer.coding(&mut small, Some(10)), None);
            assert!(!small.headers.contains(&VARY));
        }
    }
}
