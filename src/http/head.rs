//! The rules for heads, as pure functions: which requests are refused before a handler sees them,
//! and what a reply's head says about its body. Time, sockets and state are elsewhere.

use http::header::{
    CONNECTION, CONTENT_LENGTH, DATE, EXPECT, HOST, HeaderName, HeaderValue, TE, TRAILER,
    TRANSFER_ENCODING, UPGRADE,
};
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode, Version};

use super::refusal::Refusal;
use crate::config::Limits;
use crate::error::Result;

/// Whether `request` may be answered by a handler; else the refusal and what it was refused for.
pub(super) fn check_request(request: &Parts, limits: &Limits) -> Result<(), Refusal> {
    let headers = &request.headers;
    if request.method == Method::CONNECT {
        return Err(Refusal::new(
            StatusCode::NOT_IMPLEMENTED,
            "CONNECT is not supported",
        ));
    }
    if target_len(request) > limits.target {
        return Err(Refusal::new(
            StatusCode::URI_TOO_LONG,
            "the request target is too long",
        ));
    }
    if headers.len() > limits.headers || head_len(request) > limits.head {
        return Err(Refusal::new(
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            "the request head is too large",
        ));
    }
    check_host(request)?;
    check_coding(request)?;
    check_expectation(headers)?;
    check_length(headers, limits)
}

/// RFC 9112 section 3.2: exactly one Host in HTTP/1.1. HTTP/2 has `:authority`.
fn check_host(request: &Parts) -> Result<(), Refusal> {
    let hosts = request.headers.get_all(HOST).iter().count();
    let refused = match request.version {
        Version::HTTP_11 => hosts != 1,
        _ => hosts > 1,
    };
    if refused {
        return Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "an HTTP/1.1 request needs exactly one Host header",
        ));
    }
    match request.headers.get(HOST) {
        Some(host) if !is_host(host.as_bytes()) => Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "the Host header names no host",
        )),
        _ => Ok(()),
    }
}

/// `host [ ":" port ]`, or empty where a target has no authority; never with user information.
fn is_host(value: &[u8]) -> bool {
    let parsed = http::uri::Authority::try_from(value);
    value.is_empty() || (!value.contains(&b'@') && parsed.is_ok())
}

/// The size of a head as the limit counts it: the target, and per field its name, its value and
/// four bytes of punctuation.
fn head_len(request: &Parts) -> usize {
    let field = |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len() + 4;
    target_len(request) + request.headers.iter().map(field).sum::<usize>()
}

/// RFC 9112 section 6.1: a transfer coding that the server does not know gets 501, and a request
/// with both framings is an attempt to smuggle one.
fn check_coding(request: &Parts) -> Result<(), Refusal> {
    let mut codings = request.headers.get_all(TRANSFER_ENCODING).iter();
    let Some(coding) = codings.next() else {
        return Ok(());
    };
    let is_chunked = coding
        .as_bytes()
        .trim_ascii()
        .eq_ignore_ascii_case(b"chunked");
    if !is_chunked || codings.next().is_some() {
        return Err(Refusal::new(
            StatusCode::NOT_IMPLEMENTED,
            "the only transfer coding supported is chunked",
        ));
    }
    if request.version != Version::HTTP_11 || request.headers.contains_key(CONTENT_LENGTH) {
        return Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "the framing of the request is ambiguous",
        ));
    }
    Ok(())
}

/// RFC 9110 section 10.1.1: 417 for an expectation that is not `100-continue`.
fn check_expectation(headers: &HeaderMap) -> Result<(), Refusal> {
    match headers.get(EXPECT) {
        Some(value) if !value.as_bytes().eq_ignore_ascii_case(b"100-continue") => {
            Err(Refusal::new(
                StatusCode::EXPECTATION_FAILED,
                "the only expectation supported is 100-continue",
            ))
        }
        _ => Ok(()),
    }
}

fn check_length(headers: &HeaderMap, limits: &Limits) -> Result<(), Refusal> {
    match content_length(headers) {
        Some(length) if length > limits.body => Err(Refusal::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "the request body is too large",
        )),
        _ => Ok(()),
    }
}

/// The length that a head declares, in bytes.
pub(super) fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
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

/// Takes out of a reply's headers what is the server's business: the framing, the date and the
/// fields of one hop. Says whether the handler asked to close the connection.
pub(super) fn take_hop_fields(headers: &mut HeaderMap) -> bool {
    let closes = headers.get_all(CONNECTION).iter().any(|value| {
        value
            .as_bytes()
            .split(|&byte| byte == b',')
            .any(|token| token.trim_ascii().eq_ignore_ascii_case(b"close"))
    });
    for name in [
        CONNECTION,
        CONTENT_LENGTH,
        TRANSFER_ENCODING,
        UPGRADE,
        DATE,
        TE,
    ] {
        headers.remove(name);
    }
    for name in ["keep-alive", "proxy-connection"] {
        headers.remove(name);
    }
    closes
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
