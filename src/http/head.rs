//! The rules for heads, as pure functions: which requests are refused before a handler sees them,
//! and what a reply's head says about its body. Time, sockets and state are elsewhere.

use http::header::{
    CONNECTION, CONTENT_LENGTH, DATE, EXPECT, HOST, HeaderName, HeaderValue, TE, TRAILER,
    TRANSFER_ENCODING, UPGRADE,
};
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode, Version};

use super::Fields;
use super::refusal::Refusal;
use crate::config::Limits;
use crate::error::Result;
use crate::stats::{Counter, LimitCounts};

/// Whether `request` may be answered by a handler; else the refusal and what it was refused for.
pub(super) fn check_request(request: &Parts, limits: &Limits) -> Result<(), Refusal> {
    if request.method == Method::CONNECT {
        return refuse(StatusCode::NOT_IMPLEMENTED, "CONNECT is not supported");
    }
    if !is_target(request) {
        return refuse(
            StatusCode::BAD_REQUEST,
            "the request target is neither a path nor a URI",
        );
    }
    let target = target_len(request);
    if target > limits.target {
        return past(
            StatusCode::URI_TOO_LONG,
            "the request target is too long",
            |limits| &limits.target,
        );
    }
    // One pass: looking each of the fields up would hash its name.
    let mut seen = Seen {
        bytes: target,
        ..Seen::default()
    };
    for (name, value) in &request.headers {
        seen.look_at(name, value)?;
    }
    let too_large = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    if request.headers.len() > limits.headers {
        return past(
            too_large,
            "the request head has too many fields",
            |limits| &limits.headers,
        );
    }
    if seen.bytes > limits.head {
        return past(too_large, "the request head is too large", |limits| {
            &limits.head
        });
    }
    seen.check(request.version, limits)
}

fn refuse(status: StatusCode, reason: &'static str) -> Result<(), Refusal> {
    Err(Refusal::new(status, reason))
}

fn past(
    status: StatusCode,
    reason: &'static str,
    limit: fn(&LimitCounts) -> &Counter,
) -> Result<(), Refusal> {
    Err(Refusal::past(status, reason, limit))
}

/// What of a request's head decides whether it is refused.
#[derive(Default)]
struct Seen {
    /// The size as the limit counts it: the target, and per field its name, its value and four
    /// bytes of punctuation.
    bytes: usize,
    hosts: usize,
    codings: usize,
    length: Option<u64>,
}

impl Seen {
    fn look_at(&mut self, name: &HeaderName, value: &HeaderValue) -> Result<(), Refusal> {
        self.bytes += name.as_str().len() + value.len() + 4;
        if *name == HOST {
            self.hosts += 1;
            if !is_host(value.as_bytes()) {
                return refuse(StatusCode::BAD_REQUEST, "the Host header names no host");
            }
        } else if *name == CONTENT_LENGTH {
            self.length = value.to_str().ok().and_then(|length| length.parse().ok());
        } else if *name == TRANSFER_ENCODING {
            self.codings += 1;
            let coding = value.as_bytes().trim_ascii();
            // RFC 9112 section 6.1: 501 for a transfer coding that the server does not know.
            if self.codings > 1 || !coding.eq_ignore_ascii_case(b"chunked") {
                return refuse(
                    StatusCode::NOT_IMPLEMENTED,
                    "the only transfer coding supported is chunked",
                );
            }
        } else if *name == EXPECT && !value.as_bytes().eq_ignore_ascii_case(b"100-continue") {
            // RFC 9110 section 10.1.1.
            return refuse(
                StatusCode::EXPECTATION_FAILED,
                "the only expectation supported is 100-continue",
            );
        }
        Ok(())
    }

    fn check(&self, version: Version, limits: &Limits) -> Result<(), Refusal> {
        // RFC 9112 section 3.2: exactly one Host in HTTP/1.1. HTTP/2 has `:authority`.
        if self.hosts > 1 || (self.hosts == 0 && version == Version::HTTP_11) {
            return refuse(
                StatusCode::BAD_REQUEST,
                "an HTTP/1.1 request needs exactly one Host header",
            );
        }
        // A request with both framings, or a coding in HTTP/1.0, may be an attempt to smuggle one.
        if self.codings > 0 && (version != Version::HTTP_11 || self.length.is_some()) {
            return refuse(
                StatusCode::BAD_REQUEST,
                "the framing of the request is ambiguous",
            );
        }
        match self.length {
            Some(length) if length > limits.body => past(
                StatusCode::PAYLOAD_TOO_LARGE,
                "the request body is too large",
                |limits| &limits.body,
            ),
            _ => Ok(()),
        }
    }
}

/// `host [ ":" port ]`, or empty where a target has no authority; never with user information.
fn is_host(value: &[u8]) -> bool {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    let after = value.iter().position(|byte| !is_name(byte));
    match after.map(|at| &value[at..]) {
        None => return true,
        Some([b':', port @ ..]) if (1..=5).contains(&port.len()) && after != Some(0) => {
            return port.iter().all(u8::is_ascii_digit);
        }
        Some(_) => {}
    }
    let parsed = http::uri::Authority::try_from(value);
    value.is_empty() || (!value.contains(&b'@') && parsed.is_ok())
}

/// RFC 9112 section 3.2: a path, a whole URI, or `*` for OPTIONS.
fn is_target(request: &Parts) -> bool {
    let uri = &request.uri;
    // HTTP/2 has scheme and authority beside each path; HTTP/1 both or none.
    uri.scheme().is_some() == uri.authority().is_some()
        && (uri.path().starts_with('/') || (uri.path() == "*" && request.method == Method::OPTIONS))
}

fn target_len(request: &Parts) -> usize {
    let uri = &request.uri;
    let path = uri
        .path_and_query()
        .map_or(0, |target| target.as_str().len());
    // An absolute target counts whole; HTTP/2 carries its authority in a field of its own.
    match (request.version, uri.authority()) {
        (Version::HTTP_2, _) | (_, None) => path,
        (_, Some(authority)) => path + authority.as_str().len() + "https://".len(),
    }
}

/// Copies a reply's fields but for what is the server's business: the framing, the date and the
/// fields of one hop. Says whether the handler asked to close the connection.
pub(super) fn copy_end_to_end(fields: &Fields, headers: &mut HeaderMap) -> bool {
    let mut closes = false;
    for (name, value) in fields.iter() {
        if *name == CONNECTION {
            closes |= has_token(value, b"close");
        } else if !is_servers(name) {
            headers.append(name.clone(), value.clone());
        }
    }
    closes
}

fn is_servers(name: &HeaderName) -> bool {
    *name == CONTENT_LENGTH
        || *name == TRANSFER_ENCODING
        || *name == DATE
        || *name == UPGRADE
        || *name == TE
        || name.as_str() == "keep-alive"
        || name.as_str() == "proxy-connection"
}

/// Whether a list field has a token, in any case.
pub(super) fn has_token(value: &HeaderValue, token: &[u8]) -> bool {
    value
        .as_bytes()
        .split(|&byte| byte == b',')
        .any(|known| known.trim_ascii().eq_ignore_ascii_case(token))
}

/// The `Trailer` field (RFC 9110 section 6.6.2) that announces `trailers`.
pub(super) fn announce_trailers(headers: &mut HeaderMap, trailers: &HeaderMap) {
    let names: Vec<&str> = trailers.keys().map(HeaderName::as_str).collect();
    if let Ok(value) = HeaderValue::try_from(names.join(", ")) {
        headers.insert(TRAILER, value);
    }
}

/// Whether a reply of this status has a body at all (RFC 9110 section 6.4.1).
pub(super) fn status_has_body(status: StatusCode) -> bool {
    !matches!(
        status,
        StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT | StatusCode::NOT_MODIFIED
    )
}
