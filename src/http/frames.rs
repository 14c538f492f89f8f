//! The frames of one direction of an HTTP/2 connection (RFC 9113 section 4.1), seen as its bytes pass.
//!
//! h2 keeps its frames to itself, and it counts few of them. So the heads are read once more below
//! it: nine bytes of each frame, wherever reads and writes cut them; payloads are stepped over.

/// What a connection begins with from the client's side (section 3.4), in bytes.
pub(super) const PREFACE: usize = 24;

/// A frame whose head has passed, and the first four bytes of its payload where its kind has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) kind: Kind,
    /// The length of the payload, in bytes, padding among them.
    pub(super) length: u32,
    pub(super) flags: u8,
    pub(super) stream: u32,
    /// Of `RST_STREAM` the error code, of `WINDOW_UPDATE` the increment; of others 0.
    pub(super) value: u32,
}

/// The type of a frame (section 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Data,
    Headers,
    Reset,
    Settings,
    Window,
    /// All others, those that nobody knows among them.
    Other,
}

impl Frame {
    /// `END_STREAM` of `DATA` and `HEADERS`, `ACK` of `SETTINGS`: they are the same bit.
    pub(super) fn is_last(&self) -> bool {
        self.flags & 1 != 0
    }

    fn parse(head: &[u8; LONGEST]) -> Self {
        let number = |at: usize| {
            let bytes = [head[at], head[at + 1], head[at + 2], head[at + 3]];
            u32::from_be_bytes(bytes)
        };
        let (kind, length) = (Kind::of(head[3]), number(0) >> 8);
        Self {
            kind,
            length,
            flags: head[4],
            stream: number(5) & LOW_31,
            value: match (kind, kind.looks_at(length)) {
                (Kind::Reset, LONGEST) => number(HEAD),
                (Kind::Window, LONGEST) => number(HEAD) & LOW_31,
                _ => 0,
            },
        }
    }
}

impl Kind {
    fn of(byte: u8) -> Self {
        match byte {
            0 => Self::Data,
            1 => Self::Headers,
            3 => Self::Reset,
            4 => Self::Settings,
            8 => Self::Window,
            _ => Self::Other,
        }
    }

    /// How much of a frame with a payload of `length` bytes is looked at.
    fn looks_at(self, length: u32) -> usize {
        match self {
            // A frame of another length ends the connection; h2 sees to that.
            Self::Reset | Self::Window if length >= 4 => LONGEST,
            _ => HEAD,
        }
    }
}

/// Cuts the bytes of one direction into frames.
#[derive(Debug)]
pub(super) struct Frames {
    /// What has passed of the frame that is looked at.
    begun: [u8; LONGEST],
    filled: usize,
    /// How much passes that is not looked at.
    skip: usize,
}

impl Frames {
    /// The frames after `skip` bytes.
    pub(super) fn after(skip: usize) -> Self {
        Self {
            begun: [0; LONGEST],
            filled: 0,
            skip,
        }
    }

    /// The next frame in `bytes`, which are the next that pass; it takes from them what it has seen.
    /// `None` when all have passed.
    #[inline]
    pub(super) fn next(&mut self, bytes: &mut &[u8]) -> Option<Frame> {
        loop {
            let skipped = self.skip.min(bytes.len());
            *bytes = &bytes[skipped..];
            self.skip -= skipped;
            if bytes.is_empty() {
                return None;
            }
            if self.filled == 0
                && let Some(head) = bytes.first_chunk()
            {
                // All of it is at hand, as nearly always.
                let frame = Frame::parse(head);
                let looked_at = frame.kind.looks_at(frame.length);
                *bytes = &bytes[looked_at..];
                self.skip = frame.length as usize + HEAD - looked_at;
                return Some(frame);
            }
            let wanted = self.wanted();
            let taken = (wanted - self.filled).min(bytes.len());
            let (head, rest) = bytes.split_at(taken);
            self.begun[self.filled..][..taken].copy_from_slice(head);
            self.filled += taken;
            *bytes = rest;
            if self.filled < HEAD || self.filled < self.wanted() {
                continue;
            }
            let frame = Frame::parse(&self.begun);
            self.skip = frame.length as usize + HEAD - self.filled;
            self.filled = 0;
            return Some(frame);
        }
    }

    /// How many bytes of the frame that has begun are looked at, as far as is known.
    #[inline]
    fn wanted(&self) -> usize {
        if self.filled < HEAD {
            return HEAD;
        }
        let [a, b, c, kind, ..] = self.begun;
        Kind::of(kind).looks_at(u32::from_be_bytes([0, a, b, c]))
    }
}

/// The head of a frame, in bytes.
const HEAD: usize = 9;
/// A head, and the number that some kinds carry.
const LONGEST: usize = HEAD + 4;
/// One bit of stream identifiers and increments is reserved (sections 4.1 and 6.9).
const LOW_31: u32 = 0x7fff_ffff;

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        let mut bytes = length[1..].to_vec();
        bytes.extend([kind, flags]);
        bytes.extend(stream.to_be_bytes());
        bytes.extend(payload);
        bytes
    }

    fn passed(frames: &mut Frames, mut bytes: &[u8]) -> Vec<Frame> {
        std::iter::from_fn(|| frames.next(&mut bytes)).collect()
    }

    fn all() -> (Vec<u8>, Vec<Frame>) {
        let bytes = [
            frame(4, 0, 0, &[0, 4, 0, 0, 0, 0]),
            frame(1, 5, 1, b"head"),
            frame(0, 0, 1, &[7; 70_000]),
            frame(8, 0, 0x8000_0001, &[0x80, 0, 1, 2]),
            frame(3, 0, 3, &[0, 0, 0, 8]),
            frame(3, 0, 3, b"odd"),
            frame(6, 1, 0, b"12345678"),
            frame(0xff, 0xff, 0, b""),
            frame(4, 1, 0, b""),
        ];
        let frame = |kind, length, flags, stream, value| Frame {
            kind,
            length,
            flags,
            stream,
            value,
        };
        let frames = vec![
            frame(Kind::Settings, 6, 0, 0, 0),
            frame(Kind::Headers, 4, 5, 1, 0),
            frame(Kind::Data, 70_000, 0, 1, 0),
            frame(Kind::Window, 4, 0, 1, 258),
            frame(Kind::Reset, 4, 0, 3, 8),
            frame(Kind::Reset, 3, 0, 3, 0),
            frame(Kind::Other, 8, 1, 0, 0),
            frame(Kind::Other, 0, 0xff, 0, 0),
            frame(Kind::Settings, 0, 1, 0, 0),
        ];
        (bytes.concat(), frames)
    }

    #[test]
    fn frames_are_seen_wherever_the_bytes_are_cut() {
        let (bytes, expected) = all();
        for size in [1, 2, 3, 8, 9, 10, 13, 14, 4096, bytes.len()] {
            let mut frames = Frames::after(0);
            let parts = bytes.chunks(size);
            let seen: Vec<_> = parts.flat_map(|part| passed(&mut frames, part)).collect();
            assert_eq!(seen, expected, "in parts of {size}");
        }
    }

    #[test]
    fn what_comes_before_the_first_frame_is_stepped_over() {
        let (bytes, expected) = all();
        let bytes = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".as_slice(), &bytes].concat();
        let mut frames = Frames::after(PREFACE);
        assert_eq!(passed(&mut frames, &bytes[..20]), []);
        assert_eq!(passed(&mut frames, &bytes[20..]).len(), expected.len());
    }

    #[test]
    fn the_first_bit_of_the_flags_is_the_end_or_the_acknowledgement() {
        let (bytes, _) = all();
        let seen = passed(&mut Frames::after(0), &bytes);
        let last: Vec<_> = seen.iter().map(Frame::is_last).collect();
        assert_eq!(
            last,
            [false, true, false, false, false, false, true, true, true]
        );
    }
}
