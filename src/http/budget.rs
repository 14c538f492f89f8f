//! What an HTTP/2 client may cost beyond its requests, and what it has spent of it.
//!
//! A frame that brings nothing is cheap for the client and not for us: it is read, judged and often
//! answered. A stream that is reset before its answer is worse, because the limit of concurrent
//! streams does not hold it (CVE-2023-44487), whichever side says the reset (CVE-2025-8671). So both
//! have budgets that time, and the traffic that they may belong to, fill again.

use std::collections::VecDeque;

use super::frames::{Frame, Kind};

/// How many frames that bring nothing a connection may send at once: `PING`, `PRIORITY`, empty `DATA`,
/// `CONTINUATION`, unknown ones, and windows that no data has asked for. `DATA` that moves, and
/// streams that are answered, allow more.
const FRAMES: u32 = 1_000;
/// How many more in each minute.
const FRAMES_PER_MINUTE: u32 = 6_000;
/// How many traffic may allow in advance: a client may answer late what was sent to it at once.
const FRAMES_EARNED: u32 = 16_000;
/// What `SETTINGS` cost of them: they are acknowledged, and may move the window of each stream.
const SETTINGS: u32 = 16;
/// What a piece of a reply costs that the client has made tiny by its window.
const SLIVER: u32 = 3;
/// A piece that leaves is a sliver if the window has cut it below so many bytes.
pub(super) const SLIVER_BELOW: usize = 256;
/// A window is opened for the bytes that have come. Each update counts as so many of them at least,
/// and so does each frame, because some clients open both windows for each frame.
const LEAST_UPDATE: u32 = 64;

/// What a client has done too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flood {
    /// Streams that were reset.
    Resets,
    /// Frames that bring nothing.
    Frames,
}

/// The budget of one connection. Times are in milliseconds.
#[derive(Debug)]
pub(super) struct Budget {
    resets: Bucket,
    frames: Bucket,
    /// The bytes of `DATA` that the client has not opened its windows for.
    unopened: u64,
    /// The streams that are not answered, in order.
    open: VecDeque<u32>,
    /// How many streams may be open.
    most_open: usize,
    /// The highest stream that was ever open.
    last: u32,
    /// Of the streams that were answered, those after the last that allowed a reset.
    answered: u32,
    flood: Option<Flood>,
}

impl Budget {
    /// Of a client that may have `streams` open.
    ///
    /// `resets` is how many of its streams may be reset before they are answered: so many at once, and as
    /// many again in each minute. Resets by us count where they were the client's fault. Four answered
    /// streams allow one more, so that a proxy may hand on what its own clients give up.
    pub(super) fn new(streams: u32, resets: u32, now: u64) -> Self {
        Self {
            resets: Bucket::full(resets, resets, resets, now),
            frames: Bucket::full(FRAMES, FRAMES_PER_MINUTE, FRAMES_EARNED, now),
            unopened: 0,
            open: VecDeque::new(),
            most_open: (streams + resets) as usize,
            last: 0,
            answered: 0,
            flood: None,
        }
    }

    /// What is spent, and more.
    pub(super) fn flood(&self) -> Option<Flood> {
        self.flood
    }

    /// The client has sent a frame.
    pub(super) fn received(&mut self, frame: &Frame, now: u64) {
        match frame.kind {
            Kind::Headers if frame.stream > self.last => {
                self.last = frame.stream;
                self.open.push_back(frame.stream);
                if self.open.len() > self.most_open {
                    // Resets that the client lets nobody send.
                    self.flood.get_or_insert(Flood::Resets);
                }
            }
            // The end of a request, with trailers or without.
            Kind::Headers | Kind::Data if frame.is_last() && self.is_open(frame.stream) => {}
            // What is still on its way of a body that nobody reads comes in whole pieces.
            Kind::Data if frame.length >= LEAST_UPDATE || self.has_more(frame) => {
                self.frames.fill(frame.length >> 10);
            }
            Kind::Reset if self.close(frame.stream) => self.spend(Flood::Resets, 1, now),
            Kind::Window => self.window(frame.value, now),
            Kind::Settings if !frame.is_last() => self.spend(Flood::Frames, SETTINGS, now),
            _ => self.spend(Flood::Frames, 1, now),
        }
    }

    /// A frame has left for the client.
    pub(super) fn sent(&mut self, frame: &Frame, now: u64) {
        match frame.kind {
            Kind::Data => {
                self.unopened += 2 * u64::from(frame.length.max(LEAST_UPDATE));
                self.frames.fill(1 + (frame.length >> 10));
            }
            Kind::Reset => {
                self.close(frame.stream);
                if is_clients_fault(frame.value) {
                    self.spend(Flood::Resets, 1, now);
                }
            }
            _ => {}
        }
        if matches!(frame.kind, Kind::Data | Kind::Headers) && frame.is_last() {
            self.answer(frame.stream);
        }
    }

    /// A piece of a reply was made tiny by the client's window.
    pub(super) fn slivered(&mut self, now: u64) {
        self.spend(Flood::Frames, SLIVER, now);
    }

    fn answer(&mut self, stream: u32) {
        if !self.close(stream) {
            return;
        }
        self.frames.fill(1);
        self.answered += 1;
        if self.answered == 4 {
            self.answered = 0;
            self.resets.fill(1);
        }
    }

    fn window(&mut self, increment: u32, now: u64) {
        let bytes = u64::from(increment.max(LEAST_UPDATE));
        match self.unopened.checked_sub(bytes) {
            Some(unopened) => self.unopened = unopened,
            None => self.spend(Flood::Frames, 1, now),
        }
    }

    /// Whether a frame brings a part of a body that may be read.
    fn has_more(&self, frame: &Frame) -> bool {
        frame.length > 0 && self.is_open(frame.stream)
    }

    fn is_open(&self, stream: u32) -> bool {
        self.open.binary_search(&stream).is_ok()
    }

    /// Whether the stream was open.
    fn close(&mut self, stream: u32) -> bool {
        let found = self.open.binary_search(&stream);
        found.map(|at| self.open.remove(at)).is_ok()
    }

    fn spend(&mut self, what: Flood, units: u32, now: u64) {
        let bucket = match what {
            Flood::Resets => &mut self.resets,
            Flood::Frames => &mut self.frames,
        };
        if !bucket.take(units, now) {
            self.flood.get_or_insert(what);
        }
    }
}

/// Whether an error code with which we reset a stream says that the client has made a mistake, or more
/// streams than it may (RFC 9113 section 7).
fn is_clients_fault(code: u32) -> bool {
    const PROTOCOL_ERROR: u32 = 1;
    const FLOW_CONTROL_ERROR: u32 = 3;
    const STREAM_CLOSED: u32 = 5;
    const FRAME_SIZE_ERROR: u32 = 6;
    const REFUSED_STREAM: u32 = 7;
    matches!(
        code,
        PROTOCOL_ERROR | FLOW_CONTROL_ERROR | STREAM_CLOSED | FRAME_SIZE_ERROR | REFUSED_STREAM
    )
}

/// A number of units that time fills again, up to where it began, and traffic up to another number.
#[derive(Debug)]
struct Bucket {
    /// In parts of a unit, of which [`MINUTE`] are one.
    left: u64,
    most: u64,
    most_earned: u64,
    per_minute: u32,
    seen: u64,
}

impl Bucket {
    fn full(units: u32, per_minute: u32, earned: u32, now: u64) -> Self {
        let most = u64::from(units) * MINUTE;
        Self {
            left: most,
            most,
            most_earned: u64::from(earned) * MINUTE,
            per_minute,
            seen: now,
        }
    }

    fn fill(&mut self, units: u32) {
        let filled = self.left + u64::from(units) * MINUTE;
        self.left = self.most_earned.min(filled);
    }

    /// Whether there were so many.
    fn take(&mut self, units: u32, now: u64) -> bool {
        let passed = now.saturating_sub(self.seen).min(MINUTE);
        self.seen = now;
        if self.left < self.most {
            let filled = self.left + passed * u64::from(self.per_minute);
            self.left = self.most.min(filled);
        }
        let left = self.left.checked_sub(u64::from(units) * MINUTE);
        self.left = left.unwrap_or(0);
        left.is_some()
    }
}

/// In milliseconds.
const MINUTE: u64 = 60_000;

#[cfg(test)]
mod tests;
