//! A reply's body that gets a content coding, on the connection's side of the queue.
//!
//! The handler writes raw bytes into the queue and waits for it as ever; the connection takes code.
//! In between there is at most what one turn makes of what one turn takes, and what the coder's
//! window holds. Whatever was written can be decoded once the queue is empty: the coder is flushed
//! then, unless the writer was just woken and is about to write more.

use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};

use crate::body::{End, Outgoing, Taken};
use crate::compress::{Compressor, Encoder};
use crate::config::Coding;
use crate::error::Result;

/// How much is coded, in bytes, before others have their turn.
const TURN: usize = 32 * 1024;

/// A body that is coded as the connection takes it.
#[derive(Debug)]
pub(super) struct CodedBody {
    /// `None` once its work is done, or has failed.
    encoder: Option<Encoder>,
    compressor: Rc<Compressor>,
    /// Code that waits for the connection.
    ready: Bytes,
    /// How much code was made.
    made: u64,
    /// The coder holds something back.
    holds: bool,
    /// Raw bytes coded since others had their turn.
    coded: usize,
    failed: bool,
}

impl CodedBody {
    pub(super) fn new(compressor: &Rc<Compressor>, coding: Coding) -> Result<Self> {
        Ok(Self {
            encoder: Some(compressor.lend(coding)?),
            compressor: Rc::clone(compressor),
            ready: Bytes::new(),
            made: 0,
            holds: false,
            coded: 0,
            failed: false,
        })
    }

    /// How many bytes of code can be taken now, at least one, or the end.
    pub(super) fn poll_queued(
        &mut self,
        raw: &Outgoing,
        cx: &Context<'_>,
    ) -> Poll<std::result::Result<usize, End>> {
        loop {
            if !self.ready.is_empty() {
                return Poll::Ready(Ok(self.ready.len()));
            }
            if self.failed {
                return Poll::Ready(Err(End::Aborted));
            }
            if self.coded >= TURN {
                return self.pause(cx);
            }
            match raw.poll_take(cx, TURN - self.coded) {
                Poll::Ready(Taken::Bytes(pieces)) => self.code(pieces, raw),
                Poll::Ready(Taken::End(End::Complete)) if self.encoder.is_some() => self.finish(),
                Poll::Ready(Taken::End(End::Aborted)) if self.holds => self.flush(),
                Poll::Ready(Taken::End(end)) => return Poll::Ready(Err(end)),
                Poll::Pending if !self.holds => return Poll::Pending,
                Poll::Pending if raw.take_expected() => return self.pause(cx),
                Poll::Pending => self.flush(),
            }
        }
    }

    /// The next code, of at most `limit` bytes. To be called when there is some.
    pub(super) fn take(&mut self, limit: usize) -> Bytes {
        self.ready.split_to(limit.min(self.ready.len()))
    }

    /// How many bytes of code wait to be taken.
    pub(super) fn queued(&self) -> usize {
        self.ready.len()
    }

    /// How many bytes of code were made.
    pub(super) fn made(&self) -> u64 {
        self.made
    }

    /// Whether the connection has all of it, once the raw body is through.
    pub(super) fn is_drained(&self) -> bool {
        self.encoder.is_none() && !self.failed && self.ready.is_empty()
    }

    /// Whether the coder broke down.
    pub(super) fn has_failed(&self) -> bool {
        self.failed
    }

    fn pause(&mut self, cx: &Context<'_>) -> Poll<std::result::Result<usize, End>> {
        self.coded = 0;
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Codes what was taken. Where nothing more is in sight, what the coder holds back goes into the
    /// same piece.
    fn code(&mut self, mut pieces: impl Buf, raw: &Outgoing) {
        self.holds = true;
        self.coded += pieces.remaining();
        let is_last = raw.queued() == 0;
        let is_complete = is_last && raw.end() == Some(End::Complete);
        let is_idle = is_last && !raw.expects_more();
        self.run(|encoder, out| {
            while pieces.has_remaining() {
                let chunk = pieces.chunk();
                let len = chunk.len();
                encoder.push(chunk, out)?;
                pieces.advance(len);
            }
            match (is_complete, is_idle) {
                (true, _) => encoder.finish(out),
                (false, true) => encoder.flush(out),
                (false, false) => Ok(()),
            }
        });
        if is_complete {
            self.retire();
        } else if is_idle {
            self.holds = false;
        }
    }

    fn flush(&mut self) {
        self.holds = false;
        self.run(Encoder::flush);
    }

    fn finish(&mut self) {
        self.run(Encoder::finish);
        self.retire();
    }

    fn run(&mut self, work: impl FnOnce(&mut Encoder, &mut Vec<u8>) -> Result<()>) {
        let Some(encoder) = &mut self.encoder else {
            return;
        };
        let mut out = Vec::new();
        if work(encoder, &mut out).is_ok() {
            self.made += out.len() as u64;
            self.ready = out.into();
        } else {
            self.encoder = None;
            self.failed = true;
        }
    }

    /// The coder has finished the body, unless it has failed.
    fn retire(&mut self) {
        self.holds = false;
        if let Some(encoder) = self.encoder.take() {
            self.compressor.take_back(encoder);
        }
    }
}

#[cfg(test)]
mod tests;
