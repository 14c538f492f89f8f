//! What a body is, by its Content-Type.

use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_TYPE;

use crate::error::{Error, Kind, Result};

/// A body that may be a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BodyType {
    /// `application/x-www-form-urlencoded`.
    Urlencoded,
    /// `multipart/form-data`, with its boundary.
    FormData(Bytes),
    /// Any other `multipart` type, with its boundary.
    Multipart(Bytes),
    /// Anything else, or a body without a type.
    Other,
}

impl BodyType {
    /// What these headers say.
    ///
    /// # Errors
    /// [`Kind::BadRequest`] for a multipart body without a boundary, or with one that cannot be one.
    pub fn of(headers: &HeaderMap) -> Result<Self> {
        let Some(value) = headers.get(CONTENT_TYPE) else {
            return Ok(Self::Other);
        };
        let value = value.as_bytes();
        let end = value.iter().position(|byte| b";,".contains(byte));
        let (essence, rest) = value.split_at(end.unwrap_or(value.len()));
        let essence = essence.trim_ascii().to_ascii_lowercase();
        if essence == b"application/x-www-form-urlencoded" {
            return Ok(Self::Urlencoded);
        }
        if !essence.starts_with(b"multipart/") {
            return Ok(Self::Other);
        }
        let boundary = check(parameter(rest, b"boundary"))?;
        Ok(if essence == b"multipart/form-data" {
            Self::FormData(boundary)
        } else {
            Self::Multipart(boundary)
        })
    }
}

/// The longest boundary: RFC 2046 section 5.1.1 allows 70 bytes, and some clients more.
const LONGEST: usize = 200;

fn check(boundary: Option<Vec<u8>>) -> Result<Bytes> {
    let Some(boundary) = boundary.filter(|boundary| !boundary.is_empty()) else {
        return Err(bad("has no boundary in its Content-Type".into()));
    };
    if boundary.len() > LONGEST {
        let len = boundary.len();
        return Err(bad(format!(
            "has a boundary of {len} bytes: 1 to {LONGEST} are right"
        )));
    }
    Ok(boundary.into())
}

fn bad(what: String) -> Error {
    Error::new(Kind::BadRequest, format!("the multipart body {what}"))
}

/// The first parameter of this name in `; name=value; name="value"`, unquoted.
fn parameter(mut rest: &[u8], wanted: &[u8]) -> Option<Vec<u8>> {
    while let Some((_, after)) = rest.split_first() {
        let stop = after.iter().position(|byte| b"=;,".contains(byte))?;
        let name = after[..stop].trim_ascii();
        if after[stop] != b'=' {
            rest = &after[stop..];
            continue;
        }
        let (value, left) = self::value(&after[stop + 1..]);
        if name.eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = left;
    }
    None
}

/// A token or a quoted string, and what follows it from the separator on.
fn value(text: &[u8]) -> (Vec<u8>, &[u8]) {
    let text = text.trim_ascii_start();
    if text.first() != Some(&b'"') {
        let end = text.iter().position(|byte| b";,".contains(byte));
        let (value, rest) = text.split_at(end.unwrap_or(text.len()));
        return (value.trim_ascii_end().to_vec(), rest);
    }
    let mut value = Vec::new();
    let mut at = 1;
    while at < text.len() && text[at] != b'"' {
        if text[at] == b'\\' && at + 1 < text.len() {
            at += 1;
        }
        value.push(text[at]);
        at += 1;
    }
    let rest = text.get(at + 1..).unwrap_or_default();
    let separator = rest.iter().position(|byte| b";,".contains(byte));
    (value, &rest[separator.unwrap_or(rest.len())..])
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn of(value: &str) -> Result<BodyType> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_str(value).unwrap());
        BodyType::of(&headers)
    }

    #[test]
    fn the_type_is_told_in_any_case_and_with_parameters() {
        for value in [
            "application/x-www-form-urlencoded",
            "Application/X-WWW-Form-URLencoded; charset=UTF-8",
            "application/x-www-form-urlencoded ; a",
        ] {
            assert_eq!(of(value).unwrap(), BodyType::Urlencoded, "{value}");
        }
        for value in ["text/plain", "application/json", "", "multipart"] {
            assert_eq!(of(value).unwrap(), BodyType::Other, "{value}");
        }
        assert_eq!(BodyType::of(&HeaderMap::new()).unwrap(), BodyType::Other);
    }

    #[test]
    fn a_boundary_is_a_token_or_a_quoted_string() {
        for (value, boundary) in [
            ("multipart/form-data; boundary=abc", "abc"),
            ("multipart/form-data;BOUNDARY=\"a b\"", "a b"),
            ("multipart/form-data; charset=utf-8; boundary=x; y=z", "x"),
            (
                "multipart/form-data; note=\"boundary=no; q\"; boundary=yes",
                "yes",
            ),
            ("multipart/form-data; boundary=\"a\\\"b\"", "a\"b"),
            ("multipart/form-data; flag; boundary = a , b", "a"),
            ("multipart/form-data; boundary=\"open", "open"),
        ] {
            let boundary = Bytes::copy_from_slice(boundary.as_bytes());
            assert_eq!(of(value).unwrap(), BodyType::FormData(boundary), "{value}");
        }
        assert_eq!(
            of("multipart/mixed; boundary=m").unwrap(),
            BodyType::Multipart(Bytes::from_static(b"m"))
        );
    }

    #[test]
    fn a_multipart_body_without_a_boundary_is_a_bad_request() {
        let long = format!("multipart/mixed; boundary={}", "b".repeat(201));
        for value in [
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary=\"\"",
            "multipart/form-data; boundar=x",
            &long,
        ] {
            assert_eq!(of(value).unwrap_err().kind(), Kind::BadRequest, "{value}");
        }
    }
}
