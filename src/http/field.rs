//! What a handler may set on a reply, as pure functions: names, values, status, phrase, trailers.
//!
//! The bytes that are stored are the bytes that are checked, so that nothing set by a handler can
//! split a response or change its framing.

use http::StatusCode;
use http::header::{HeaderName, HeaderValue, TRAILER};
use hyper::ext::ReasonPhrase;

use super::Fields;
use super::head::has_token;
use crate::error::{Error, Kind, Result};

/// Checks a header field that a handler wants to set: RFC 9110 section 5.1 and 5.5. CR, LF and
/// NUL never pass, so that no value can split a response.
pub fn check_field(name: &[u8], value: &[u8]) -> Result<(HeaderName, HeaderValue)> {
    let checked = HeaderName::from_bytes(name).map_err(|_| {
        Error::new(
            Kind::Config,
            format!(
                "header name {} is not a token (letters, digits and !#$%&'*+-.^_`|~)",
                quoted(name)
            ),
        )
    })?;
    let value = HeaderValue::from_bytes(value).map_err(|_| {
        Error::new(
            Kind::Config,
            format!(
                "the value {} of header {checked} has a control character (CR, LF and NUL among them); these are not allowed",
                quoted(value)
            ),
        )
    })?;
    Ok((checked, value))
}

/// Bytes as a message shows them: escaped, and cut where they get long.
fn quoted(bytes: &[u8]) -> String {
    const SHOWN: usize = 64;
    let shown = bytes.get(..SHOWN).unwrap_or(bytes);
    let more = if bytes.len() > SHOWN { "…" } else { "" };
    format!("\"{}{more}\"", shown.escape_ascii())
}

pub(super) fn final_status(code: i64) -> Result<StatusCode> {
    u16::try_from(code)
        .ok()
        .filter(|code| (200..600).contains(code))
        .and_then(|code| StatusCode::from_u16(code).ok())
        .ok_or_else(|| {
            Error::new(
                Kind::Config,
                format!("status {code} is not a final status: it must be from 200 to 599"),
            )
        })
}

pub(super) fn reason_phrase(reason: &[u8]) -> Result<ReasonPhrase> {
    ReasonPhrase::try_from(reason).map_err(|_| {
        Error::new(
            Kind::Config,
            format!(
                "the reason phrase {} has a control character (CR, LF and NUL among them); these are not allowed",
                quoted(reason)
            ),
        )
    })
}

pub(super) fn check_declared(values: &[HeaderValue]) -> Result<()> {
    let fine = match values {
        [one] => {
            one.as_bytes().iter().all(u8::is_ascii_digit)
                && one.to_str().is_ok_and(|text| text.parse::<u64>().is_ok())
        }
        _ => false,
    };
    if fine {
        return Ok(());
    }
    Err(Error::new(
        Kind::Config,
        "Content-Length must be one whole number of bytes, 0 or more",
    ))
}

pub(super) fn check_transfer_coding(values: &[HeaderValue]) -> Result<()> {
    let known = |value: &HeaderValue| {
        ["chunked", "identity"]
            .iter()
            .any(|known| value.as_bytes().eq_ignore_ascii_case(known.as_bytes()))
    };
    if values.iter().all(known) {
        // The server frames the body itself; this says nothing that it would not do anyway.
        return Ok(());
    }
    Err(Error::new(
        Kind::Config,
        "Transfer-Encoding is the server's own: it cannot be set to another coding than chunked",
    ))
}

pub(super) fn announces(headers: &Fields, name: &HeaderName) -> bool {
    headers
        .get_all(&TRAILER)
        .any(|value| has_token(value, name.as_str().as_bytes()))
}

/// Whether a field may stand in trailers: RFC 9110 section 6.5.1 keeps framing, routing and
/// authentication out of them.
pub(super) fn may_be_trailer(name: &HeaderName) -> bool {
    const FORBIDDEN: [&str; 16] = [
        "authorization",
        "cache-control",
        "connection",
        "content-encoding",
        "content-length",
        "content-range",
        "content-type",
        "expect",
        "host",
        "max-forwards",
        "set-cookie",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "www-authenticate",
    ];
    !FORBIDDEN.contains(&name.as_str())
}
