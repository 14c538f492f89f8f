//! A multipart body, part by part as it arrives.

use std::task::{Context, Poll, ready};

use bytes::Bytes;

use super::reader::{Source, poll_event};
use super::{Event, Head, Multipart};
use crate::error::{Error, Result};

/// The parts of one body. Nothing is read ahead of whoever asks but one piece.
#[derive(Debug)]
pub(super) struct Parts {
    multipart: Box<Multipart>,
    /// The number of the present part; 0 before the first.
    number: u64,
    /// Of the present part more is to come.
    in_part: bool,
    /// What of the last piece nobody has taken.
    rest: Bytes,
    is_over: bool,
}

impl Parts {
    pub(super) fn new(boundary: &[u8]) -> Self {
        Self {
            multipart: Box::new(Multipart::new(boundary)),
            number: 0,
            in_part: false,
            rest: Bytes::new(),
            is_over: false,
        }
    }

    /// Ready with the head of part `number`, which is the next one, or with `None` behind the last. What
    /// is left of the part before it is thrown away.
    pub(super) fn poll_part(
        &mut self,
        cx: &mut Context<'_>,
        source: Source<'_>,
        number: u64,
    ) -> Poll<Result<Option<Head>>> {
        if number != self.number + 1 {
            return Poll::Ready(Err(moved_on()));
        }
        self.rest.clear();
        while !self.is_over {
            match ready!(poll_event(&mut self.multipart, cx, source))? {
                Event::Part(head) => {
                    self.number = number;
                    self.in_part = true;
                    return Poll::Ready(Ok(Some(*head)));
                }
                Event::Data(_) => {}
                Event::PartEnd => self.in_part = false,
                Event::End => self.is_over = true,
            }
        }
        Poll::Ready(Ok(None))
    }

    /// Ready with the next bytes of part `number`, at most `max`; `None` at its end.
    pub(super) fn poll_data(
        &mut self,
        cx: &mut Context<'_>,
        source: Source<'_>,
        number: u64,
        max: usize,
    ) -> Poll<Result<Option<Bytes>>> {
        if number != self.number {
            return Poll::Ready(Err(moved_on()));
        }
        while self.in_part && self.rest.is_empty() {
            match ready!(poll_event(&mut self.multipart, cx, source))? {
                Event::Data(bytes) => self.rest = bytes,
                _ => self.in_part = false,
            }
        }
        let len = self.rest.len().min(max.max(1));
        let bytes = self.rest.split_to(len);
        Poll::Ready(Ok((!bytes.is_empty()).then_some(bytes)))
    }
}

fn moved_on() -> Error {
    Error::state("the iteration has moved on to another part: a part is read before the next one")
}
