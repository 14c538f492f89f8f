//! `Forwarded` (RFC 7239).

use std::borrow::Cow;

use http::HeaderMap;
use http::header::FORWARDED;
use smallvec::SmallVec;

use super::super::host::is_host;
use super::node::Node;
use super::{Told, is_trusted, scheme};
use crate::config::Trusted;

/// What the elements say, from the last on. One that is malformed tells nothing, and nothing before it counts.
pub(super) fn told<'a>(headers: &'a HeaderMap, trusted: &Trusted) -> Told<'a> {
    let mut told = Told::default();
    let lines = headers.get_all(FORWARDED).iter().rev();
    for element in lines.flat_map(|line| Elements(Some(line.as_bytes()))) {
        told = parse(element).unwrap_or_else(|| Told {
            node: Some(Node::Unknown),
            ..Told::default()
        });
        if !told.node.is_some_and(|node| is_trusted(node, trusted)) {
            break;
        }
    }
    told
}

/// The elements of a line from its end. A comma in a quoted string parts none, and because it is read backwards
/// what stands before an element cannot change what the element is: a quote that a client has left open ends
/// with what the client has written.
struct Elements<'a>(Option<&'a [u8]>);

impl<'a> Iterator for Elements<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        loop {
            let line = self.0?;
            let element = match last_comma(line) {
                Some(at) => {
                    self.0 = Some(&line[..at]);
                    &line[at + 1..]
                }
                None => self.0.take()?,
            };
            // RFC 9110 section 5.6.1: empty elements of a list count for nothing.
            let element = element.trim_ascii();
            if !element.is_empty() {
                return Some(element);
            }
        }
    }
}

/// The last comma outside of quoted strings.
fn last_comma(line: &[u8]) -> Option<usize> {
    let mut is_quoted = false;
    for (at, byte) in line.iter().enumerate().rev() {
        match byte {
            b'"' if is_quoted => {
                // One that begins a string stands behind an equals sign.
                let escapes = line[..at].iter().rev().take_while(|byte| **byte == b'\\');
                is_quoted = escapes.count() % 2 == 1;
            }
            b'"' => is_quoted = true,
            b',' if !is_quoted => return Some(at),
            _ => {}
        }
    }
    None
}

/// Section 4: `name=value` pairs with semicolons between them, each name once. Blanks around a semicolon are
/// taken, though the grammar has none. A value that makes no sense is as if it were missing.
fn parse(element: &[u8]) -> Option<Told<'_>> {
    let mut told = Told::default();
    let mut seen = SmallVec::<[&str; 4]>::new();
    let mut rest = element;
    loop {
        rest = rest.trim_ascii_start();
        if !rest.is_empty() && rest[0] != b';' {
            let Pair {
                name,
                value,
                behind,
            } = pair(rest)?;
            rest = behind.trim_ascii_start();
            // Extensions (section 5.5) are anybody's.
            let known = |name: &[u8]| {
                let mut known = PARAMETERS.into_iter();
                known.find(|known| name.eq_ignore_ascii_case(known.as_bytes()))
            };
            if let Some(name) = known(name) {
                if seen.contains(&name) {
                    return None;
                }
                seen.push(name);
                match name {
                    "for" => told.node = Node::parse(&value),
                    "proto" => told.is_secure = scheme(&value),
                    "host" => told.host = host(value),
                    _ => {}
                }
            }
        }
        match rest {
            [] => break,
            [b';', behind @ ..] => rest = behind,
            _ => return None,
        }
    }
    // Whoever has added this does not say from whom the request came.
    told.node.get_or_insert(Node::Unknown);
    Some(told)
}

/// The parameters that section 5 has.
const PARAMETERS: [&str; 4] = ["by", "for", "host", "proto"];

/// A parameter, and what is behind it.
struct Pair<'a> {
    name: &'a [u8],
    value: Cow<'a, [u8]>,
    behind: &'a [u8],
}

/// `token = token` or `token = quoted-string`.
fn pair(text: &[u8]) -> Option<Pair<'_>> {
    let at = text.iter().position(|byte| *byte == b'=')?;
    let (name, value) = (&text[..at], &text[at + 1..]);
    if name.is_empty() || !name.iter().all(|byte| is_token(*byte)) {
        return None;
    }
    if let Some(quoted) = value.strip_prefix(b"\"") {
        let (value, behind) = unquoted(quoted)?;
        return Some(Pair {
            name,
            value,
            behind,
        });
    }
    // An address with its port is often written without the quotes that it needs.
    let is_plain = |byte: &u8| is_token(*byte) || matches!(byte, b':' | b'[' | b']');
    let end = value.iter().position(|byte| !is_plain(byte));
    let (value, behind) = value.split_at(end.unwrap_or(value.len()));
    (!value.is_empty()).then_some(Pair {
        name,
        value: value.into(),
        behind,
    })
}

/// A string without its quotes (RFC 9110 section 5.6.4), and what is behind it. The first quote is gone.
fn unquoted(text: &[u8]) -> Option<(Cow<'_, [u8]>, &[u8])> {
    let plain = text.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
    if text[plain] == b'"' {
        return Some((text[..plain].into(), &text[plain + 1..]));
    }
    let mut value = Vec::new();
    let mut bytes = text.iter().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'"' => return Some((value.into(), &text[at + 1..])),
            b'\\' => value.push(*bytes.next()?.1),
            _ => value.push(*byte),
        }
    }
    None
}

fn host(value: Cow<'_, [u8]>) -> Option<Cow<'_, str>> {
    if value.is_empty() || !is_host(&value) {
        return None;
    }
    match value {
        Cow::Borrowed(value) => std::str::from_utf8(value).ok().map(Cow::Borrowed),
        Cow::Owned(value) => String::from_utf8(value).ok().map(Cow::Owned),
    }
}

/// RFC 9110 section 5.6.2: `tchar`.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests;
