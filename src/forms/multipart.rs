//! The syntax of multipart bodies (RFC 2046 section 5.1): bytes in, events out.
//!
//! Content is handed on as slices of what came in. What is held back is counted, not copied: the bytes
//! that may turn out to be a delimiter are the delimiter's own. So the parser holds one piece of the
//! body, or the head of one part, and nothing grows with the body, however it is cut.

use bytes::{Buf, Bytes};
use memchr::memmem::{self, Finder};

use super::Head;
use crate::error::{Error, Kind, Result};

/// The most bytes of a part's headers.
const HEAD: usize = 16 * 1024;

/// The most blanks behind a delimiter.
const PADDING: usize = 64;

/// What a body turns out to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A part begins.
    Part(Box<Head>),
    /// The next bytes of its content, never empty.
    Data(Bytes),
    /// It is complete.
    PartEnd,
    /// The body is complete.
    End,
}

/// A multipart body that is being taken apart.
#[derive(Debug)]
pub struct Multipart {
    /// A line break, two dashes and the boundary. Its line break is the only one in it, so no part of it
    /// but its beginning can begin another one.
    delimiter: Bytes,
    finder: Finder<'static>,
    state: State,
    input: Bytes,
    has_all: bool,
}

#[derive(Debug)]
enum State {
    /// Content, or what stands before the first part.
    Content(Content),
    /// Behind a delimiter: the rest of its line tells whether it is one.
    Line(Content, Vec<u8>),
    /// The headers of a part.
    Head(Vec<u8>),
    /// Behind the last delimiter.
    Epilogue,
}

#[derive(Clone, Copy, Debug)]
struct Content {
    /// Whether it belongs to a part.
    of_part: bool,
    /// How many bytes of the delimiter the input ended with.
    matched: usize,
    /// How many of them belong to the line before, and not to the content.
    before: usize,
}

impl Content {
    /// At the beginning of a line: a delimiter may stand here, its line break gone.
    fn new(of_part: bool) -> Self {
        Self {
            of_part,
            matched: 2,
            before: 2,
        }
    }
}

impl Multipart {
    /// A body whose parts are separated by `boundary`, which holds no line break.
    pub fn new(boundary: &[u8]) -> Self {
        let delimiter: Bytes = [b"\r\n--", boundary].concat().into();
        Self {
            finder: Finder::new(&delimiter).into_owned(),
            delimiter,
            state: State::Content(Content::new(false)),
            input: Bytes::new(),
            has_all: false,
        }
    }

    /// The next piece of the body, once [`event`](Self::event) wants it.
    pub fn push(&mut self, piece: Bytes) {
        self.input = piece;
    }

    /// There is no more.
    pub fn finish(&mut self) {
        self.has_all = true;
    }

    /// The next event; `None`: it takes another piece to tell.
    ///
    /// # Errors
    /// [`Kind::BadRequest`] when the body breaks off or a part's headers are broken or too large.
    pub fn event(&mut self) -> Result<Option<Event>> {
        loop {
            if self.input.is_empty() {
                return self.at_the_end();
            }
            let event = match std::mem::replace(&mut self.state, State::Epilogue) {
                State::Content(content) if content.matched > 0 => self.go_on(content),
                State::Content(content) => self.scan(content),
                State::Line(content, seen) => self.line(content, seen),
                State::Head(head) => self.head(head)?,
                State::Epilogue => {
                    self.input.clear();
                    None
                }
            };
            match event {
                Some(Event::Data(bytes)) if bytes.is_empty() => {}
                Some(event) => return Ok(Some(event)),
                None => {}
            }
        }
    }

    fn at_the_end(&self) -> Result<Option<Event>> {
        if !self.has_all {
            return Ok(None);
        }
        match &self.state {
            State::Epilogue => Ok(Some(Event::End)),
            // The last delimiter needs no line break.
            State::Head(_) => Err(bad("breaks off in the headers of a part")),
            State::Content(content) | State::Line(content, _) if content.of_part => {
                Err(bad("breaks off in the middle of a part"))
            }
            _ => Err(bad("breaks off before its first part")),
        }
    }

    /// The input so far ended with the beginning of a delimiter: does it go on?
    fn go_on(&mut self, content: Content) -> Option<Event> {
        let rest = &self.delimiter[content.matched..];
        let len = rest.len().min(self.input.len());
        if self.input[..len] != rest[..len] {
            // None of it was; a delimiter can only begin behind it.
            let held = self.delimiter.slice(content.before..content.matched);
            self.state = State::Content(Content {
                matched: 0,
                before: 0,
                ..content
            });
            return content.data(held);
        }
        let is_whole = len == rest.len();
        self.input.advance(len);
        let matched = content.matched + len;
        let content = Content { matched, ..content };
        self.state = if is_whole {
            State::Line(content, Vec::new())
        } else {
            State::Content(content)
        };
        None
    }

    /// Hands on what is no delimiter and cannot become one.
    fn scan(&mut self, content: Content) -> Option<Event> {
        let len = self.delimiter.len();
        if let Some(at) = self.finder.find(&self.input) {
            let data = self.input.split_to(at);
            self.input.advance(len);
            let matched = Content {
                matched: len,
                ..content
            };
            self.state = State::Line(matched, Vec::new());
            return content.data(data);
        }
        let tail = self.input.len() - self.input.len().min(len - 1);
        let start = memchr::memrchr(b'\r', &self.input[tail..]).map(|at| tail + at);
        let start = start.filter(|&at| self.delimiter.starts_with(&self.input[at..]));
        let data = self.input.split_to(start.unwrap_or(self.input.len()));
        let matched = self.input.len();
        self.input.clear();
        self.state = State::Content(Content { matched, ..content });
        content.data(data)
    }

    /// Looks at one more byte behind a delimiter. `seen` holds those before it.
    fn line(&mut self, content: Content, mut seen: Vec<u8>) -> Option<Event> {
        let byte = self.input[0];
        match (seen.last(), byte) {
            (Some(b'-'), b'-') | (Some(b'\r'), b'\n') => {
                self.input.advance(1);
                self.state = if byte == b'-' {
                    State::Epilogue
                } else {
                    State::Head(Vec::new())
                };
                return content.of_part.then_some(Event::PartEnd);
            }
            (None, b'-') | (None | Some(b' ' | b'\t'), b' ' | b'\t' | b'\r')
                if seen.len() < PADDING =>
            {
                self.input.advance(1);
                seen.push(byte);
                self.state = State::Line(content, seen);
                return None;
            }
            _ => {}
        }
        // A line that only begins like a delimiter is content.
        let held = [&self.delimiter[content.before..], &seen].concat();
        self.state = State::Content(Content {
            matched: 0,
            before: 0,
            ..content
        });
        content.data(held.into())
    }

    /// Gathers the headers of a part up to the empty line.
    fn head(&mut self, mut head: Vec<u8>) -> Result<Option<Event>> {
        let old = head.len();
        let taken = self.input.len().min(HEAD - old);
        head.extend_from_slice(&self.input[..taken]);
        let from = old.saturating_sub(3);
        let end = if head.starts_with(b"\r\n") {
            Some(0)
        } else {
            memmem::find(&head[from..], b"\r\n\r\n").map(|at| from + at + 2)
        };
        let Some(end) = end else {
            if head.len() == HEAD {
                return Err(bad(&format!(
                    "has a part whose headers are larger than {HEAD} bytes"
                )));
            }
            self.input.advance(taken);
            self.state = State::Head(head);
            return Ok(None);
        };
        self.input.advance(end + 2 - old);
        self.state = State::Content(Content::new(true));
        Ok(Some(Event::Part(Box::new(Head::parse(&head[..end])?))))
    }
}

impl Content {
    fn data(self, bytes: Bytes) -> Option<Event> {
        self.of_part.then_some(Event::Data(bytes))
    }
}

fn bad(what: &str) -> Error {
    Error::new(Kind::BadRequest, format!("the multipart body {what}"))
}
