//! Server-sent events (WHATWG HTML section 9.2) as bytes: pure functions.
//!
//! A line break ends a line of the stream, so that none may get into a field by itself: data is split
//! into a line each, and what has but one line is refused if it has more.

use crate::error::{Error, Kind, Result};

/// What a client reads and skips; it keeps proxies from taking a quiet stream for a dead one.
pub const KEEP_ALIVE: &[u8] = b":\n\n";

/// One event.
#[derive(Clone, Copy, Debug, Default)]
pub struct Event<'a> {
    /// What the client's listener gets; CR, LF and CRLF in it all become LF there.
    pub data: &'a [u8],
    /// Its type; without one, or empty, it is a `message`.
    pub event: Option<&'a [u8]>,
    /// What the client sends back as `Last-Event-ID` when it comes again. Empty: nothing from here on.
    pub id: Option<&'a [u8]>,
    /// After how many milliseconds the client comes again when the stream has ended.
    pub retry: Option<i64>,
}

impl Event<'_> {
    /// The event as it stands in the stream.
    ///
    /// # Errors
    /// Kind `Config`, with every mistake: a line break in the type or the id, a NUL in the id, a
    /// negative time.
    pub fn to_bytes(self) -> Result<Vec<u8>> {
        self.check()?;
        let mut bytes = Vec::with_capacity(self.data.len() + 64);
        if let Some(event) = self.event.filter(|event| !event.is_empty()) {
            line(&mut bytes, b"event: ", event);
        }
        if let Some(id) = self.id {
            line(&mut bytes, b"id: ", id);
        }
        if let Some(retry) = self.retry {
            line(&mut bytes, b"retry: ", retry.to_string().as_bytes());
        }
        for part in lines(self.data) {
            line(&mut bytes, b"data: ", part);
        }
        bytes.push(b'\n');
        Ok(bytes)
    }

    fn check(self) -> Result<()> {
        let mut mistakes = Vec::new();
        if self.event.is_some_and(has_break) {
            mistakes.push(String::from("the event's type has a line break"));
        }
        if self.id.is_some_and(has_break) {
            mistakes.push(String::from("the id has a line break"));
        }
        if self.id.is_some_and(|id| id.contains(&0)) {
            mistakes.push(String::from(
                "the id has a NUL, for which clients ignore it (only data may have one)",
            ));
        }
        if let Some(retry) = self.retry.filter(|&retry| retry < 0) {
            mistakes.push(format!(
                "retry is a number of milliseconds from 0 on, {retry} given"
            ));
        }
        match Error::all("the event", &mistakes) {
            None => Ok(()),
            Some(error) => Err(error),
        }
    }
}

/// A comment as it stands in the stream: clients skip it.
///
/// # Errors
/// Kind `Config` when it has a line break.
pub fn comment(text: &[u8]) -> Result<Vec<u8>> {
    if has_break(text) {
        return Err(Error::new(
            Kind::Config,
            "a comment is one line: this one has a line break",
        ));
    }
    if text.is_empty() {
        return Ok(KEEP_ALIVE.to_vec());
    }
    let mut bytes = Vec::with_capacity(text.len() + 4);
    line(&mut bytes, b": ", text);
    bytes.push(b'\n');
    Ok(bytes)
}

fn line(bytes: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    bytes.extend_from_slice(name);
    bytes.extend_from_slice(value);
    bytes.push(b'\n');
}

fn has_break(text: &[u8]) -> bool {
    text.iter().any(|byte| matches!(byte, b'\r' | b'\n'))
}

/// The lines of a text, at least one; each of CR, LF and CRLF ends one.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let Some(end) = text.iter().position(|byte| matches!(byte, b'\r' | b'\n')) else {
            rest = None;
            return Some(text);
        };
        let is_pair = text[end..].starts_with(b"\r\n");
        rest = Some(&text[end + if is_pair { 2 } else { 1 }..]);
        Some(&text[..end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(event: Event<'_>) -> String {
        let bytes = event.to_bytes().unwrap();
        bytes.escape_ascii().to_string()
    }

    #[test]
    fn data_has_a_line_of_the_stream_for_each_of_its_own() {
        let table: [(&[u8], &str); 11] = [
            (b"a", r"data: a\n\n"),
            (b"", r"data: \n\n"),
            (b" a ", r"data:  a \n\n"),
            (b"a\nb", r"data: a\ndata: b\n\n"),
            (b"a\rb", r"data: a\ndata: b\n\n"),
            (b"a\r\nb", r"data: a\ndata: b\n\n"),
            (b"a\n", r"data: a\ndata: \n\n"),
            (b"\r\n\r\n", r"data: \ndata: \ndata: \n\n"),
            (b"a\n\rb", r"data: a\ndata: \ndata: b\n\n"),
            (b"id: 1", r"data: id: 1\n\n"),
            (b"\0\xff", r"data: \x00\xff\n\n"),
        ];
        for (data, expected) in table {
            let event = Event {
                data,
                ..Event::default()
            };
            assert_eq!(text(event), expected, "{}", data.escape_ascii());
        }
    }

    #[test]
    fn the_other_fields_come_before_the_data() {
        let event = Event {
            data: b"x",
            event: Some(b"tick"),
            id: Some(b"7"),
            retry: Some(0),
        };
        assert_eq!(text(event), r"event: tick\nid: 7\nretry: 0\ndata: x\n\n");
        let event = Event {
            data: b"x",
            event: Some(b""),
            id: Some(b""),
            retry: None,
        };
        assert_eq!(text(event), r"id: \ndata: x\n\n");
    }

    #[test]
    fn every_mistake_is_named_at_once() {
        let event = Event {
            data: b"x",
            event: Some(b"a\nb"),
            id: Some(b"\r\0"),
            retry: Some(-1),
        };
        let error = event.to_bytes().unwrap_err();
        assert_eq!(error.kind(), Kind::Config);
        for part in ["4 mistakes", "type has a line break", "NUL", "-1 given"] {
            assert!(error.message().contains(part), "{error}");
        }
        for id in [&b"a\n"[..], b"a\r", b"\0"] {
            let event = Event {
                id: Some(id),
                ..Event::default()
            };
            assert!(event.to_bytes().is_err(), "{}", id.escape_ascii());
        }
    }

    #[test]
    fn a_comment_is_one_line() {
        assert_eq!(comment(b"").unwrap(), KEEP_ALIVE);
        assert_eq!(comment(b"hi").unwrap(), b": hi\n\n");
        for broken in [&b"a\nb"[..], b"\r"] {
            assert_eq!(comment(broken).unwrap_err().kind(), Kind::Config);
        }
    }
}
