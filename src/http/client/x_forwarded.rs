//! `X-Forwarded-For`, `-Proto`, `-Host` and `-Port`: what no standard says and everybody writes.

use std::borrow::Cow;

use http::HeaderMap;

use super::super::host::is_host;
use super::node::Node;
use super::{Told, is_trusted, scheme};
use crate::config::Trusted;

/// What the fields say. Where the others are lists too, those of their elements count that whoever has told of
/// the client has added; where they are shorter, because only the outermost proxy sets them, their first.
pub(super) fn told<'a>(headers: &'a HeaderMap, trusted: &Trusted) -> Told<'a> {
    let mut told = Told::default();
    let mut place = 0;
    for (at, said) in elements(headers, FOR).enumerate() {
        let node = Node::parse(said).unwrap_or(Node::Unknown);
        (told.node, place) = (Some(node), at);
        if !is_trusted(node, trusted) {
            break;
        }
    }
    told.is_secure = element(headers, PROTO, place).and_then(scheme);
    told.host = element(headers, HOST, place).and_then(host);
    told.port = element(headers, PORT, place).and_then(port);
    told
}

const FOR: &str = "x-forwarded-for";
const PROTO: &str = "x-forwarded-proto";
const HOST: &str = "x-forwarded-host";
const PORT: &str = "x-forwarded-port";

/// The elements of a list from its end, over all its lines, without empty ones.
fn elements<'a>(headers: &'a HeaderMap, name: &'static str) -> impl Iterator<Item = &'a [u8]> {
    let lines = headers.get_all(name).iter().rev();
    lines
        .flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','))
        .map(<[u8]>::trim_ascii)
        .filter(|element| !element.is_empty())
}

/// The element at a place from the end, or the first.
fn element<'a>(headers: &'a HeaderMap, name: &'static str, place: usize) -> Option<&'a [u8]> {
    elements(headers, name).take(place + 1).last()
}

fn host(said: &[u8]) -> Option<Cow<'_, str>> {
    let host = std::str::from_utf8(said).ok()?;
    is_host(said).then_some(host.into())
}

fn port(said: &[u8]) -> Option<u16> {
    let is_number = said.len() <= 5 && said.iter().all(u8::is_ascii_digit);
    let port = is_number.then(|| std::str::from_utf8(said).ok()?.parse().ok())?;
    port.filter(|port| *port > 0)
}
