//! A request body, its codings taken off one after the other.

use std::fmt;

use bytes::Bytes;

use super::layer::{Flaw, Layer, RequestCoding};
use crate::error::{Error, Kind, Result};

/// Takes the codings off a body. It never makes more than [`PIECE`] bytes ahead of who reads: each
/// coding is read by the next as far as that needs it.
pub struct Decoder {
    /// The coding that was put on last comes first.
    stages: Vec<Stage>,
    limit: u64,
    /// No more raw bytes will come.
    is_fed: bool,
}

struct Stage {
    coding: RequestCoding,
    layer: Layer,
    /// What it has not used up.
    input: Bytes,
    /// It was given something.
    begun: bool,
    /// It had no room for all that it had.
    is_full: bool,
    /// How many bytes it has made.
    made: u64,
}

/// What a decoder has for its reader.
#[derive(Debug, PartialEq, Eq)]
pub enum Decoded {
    /// The next bytes, never empty.
    Bytes(Bytes),
    /// Nothing before it is [fed](Decoder::feed) more, or told that there is no more.
    Hungry,
    /// Nothing yet, after work enough for one turn: ask again when others have had theirs.
    Later,
    /// The body is complete.
    End,
}

/// The most that is decoded at once, in bytes.
const PIECE: usize = 32 * 1024;

/// The most codings on one body: more is nothing that a client needs, and each costs memory.
const MOST: usize = 3;

/// How many pieces a coding takes from the one below without making anything of them, in one turn.
const ROUNDS: usize = 4;

/// By how much the coded form of a body may be larger than the limit of the body itself, in bytes.
const SLACK: u64 = 64 * 1024;

impl Decoder {
    /// A decoder for a body with these `Content-Encoding` lines, of which at most `limit` bytes are
    /// read. `None` where there is no coding, or any that is not known, or more than three: such a
    /// body stays as it is.
    pub fn new<'a>(lines: impl IntoIterator<Item = &'a [u8]>, limit: u64) -> Option<Self> {
        let mut stages = Vec::new();
        for name in lines
            .into_iter()
            .flat_map(|line| line.split(|&byte| byte == b','))
        {
            let name = name.trim_ascii();
            if name.is_empty() || name.eq_ignore_ascii_case(b"identity") {
                continue;
            }
            stages.push(Stage::new(RequestCoding::named(name)?, limit));
        }
        stages.reverse();
        (1..=MOST).contains(&stages.len()).then_some(Self {
            stages,
            limit,
            is_fed: false,
        })
    }

    /// Gives it the next raw bytes, once it is hungry.
    pub fn feed(&mut self, bytes: Bytes) {
        debug_assert!(self.stages[0].input.is_empty());
        self.stages[0].give(bytes);
    }

    /// Tells it that the raw body is complete.
    pub fn finish(&mut self) {
        self.is_fed = true;
    }

    /// The next bytes.
    ///
    /// # Errors
    /// [`Kind::BadRequest`] where the body is not what its codings say, is cut short, or goes on
    /// behind its end; [`Kind::BodyTooLarge`] where its window, or what lies between two codings, is larger
    /// than the limit allows. A body with no byte at all is empty, whatever its codings are.
    pub fn decode(&mut self) -> Result<Decoded> {
        let last = self.stages.len() - 1;
        self.pull(last)
    }

    fn pull(&mut self, at: usize) -> Result<Decoded> {
        for _ in 0..ROUNDS {
            let stage = &mut self.stages[at];
            let bytes = stage.run()?;
            if !bytes.is_empty() {
                return Ok(Decoded::Bytes(bytes));
            }
            let below = match at.checked_sub(1) {
                Some(below) => self.pull(below)?,
                None if self.is_fed => Decoded::End,
                None => Decoded::Hungry,
            };
            match below {
                Decoded::Bytes(bytes) => {
                    if self.stages[at - 1].made > self.limit.saturating_add(SLACK) {
                        return Err(Error::body_too_large(self.limit));
                    }
                    self.stages[at].give(bytes);
                }
                Decoded::End => return self.stages[at].end(),
                wait => return Ok(wait),
            }
        }
        Ok(Decoded::Later)
    }
}

impl Stage {
    fn new(coding: RequestCoding, limit: u64) -> Self {
        Self {
            coding,
            layer: Layer::new(coding, limit),
            input: Bytes::new(),
            begun: false,
            is_full: false,
            made: 0,
        }
    }

    fn give(&mut self, bytes: Bytes) {
        self.begun |= !bytes.is_empty();
        self.input = bytes;
    }

    /// What it makes of its input: nothing once that is used up.
    fn run(&mut self) -> Result<Bytes> {
        let mut out = Vec::new();
        while out.is_empty() && (!self.input.is_empty() || self.is_full) {
            out.reserve_exact(PIECE);
            let before = self.input.len();
            self.layer
                .run(&mut self.input, &mut out)
                .map_err(|flaw| self.flawed(flaw))?;
            self.is_full = out.len() == out.capacity();
            if out.is_empty() && self.input.len() == before && before > 0 {
                return Err(self.flawed("it is corrupt".into()));
            }
        }
        self.made += out.len() as u64;
        if out.len() < PIECE / 2 {
            out.shrink_to_fit();
        }
        Ok(out.into())
    }

    fn end(&self) -> Result<Decoded> {
        if !self.begun || self.layer.is_over() {
            return Ok(Decoded::End);
        }
        Err(self.flawed("it is cut short".into()))
    }

    fn flawed(&self, flaw: Flaw) -> Error {
        let name = self.coding.name();
        match flaw {
            Flaw::Broken(what) => Error::new(
                Kind::BadRequest,
                format!(
                    "the request body is not the {name} that its Content-Encoding says: {what}"
                ),
            ),
            Flaw::Large(what) => Error::new(
                Kind::BodyTooLarge,
                format!("the request body needs too much memory to be decoded from {name}: {what}"),
            ),
        }
    }
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let codings = self.stages.iter().map(|stage| stage.coding);
        f.debug_list().entries(codings).finish()
    }
}

#[cfg(test)]
mod tests;
