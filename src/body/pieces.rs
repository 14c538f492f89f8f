//! Byte strings that are sent as one, without being copied together.

use std::io::IoSlice;

use bytes::{Buf, Bytes};
use smallvec::SmallVec;

/// What a connection takes from a body at once: one string nearly always, several where they are
/// short of what fits.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Pieces {
    /// The next byte is the first of the first string, unless there is none.
    list: SmallVec<[Bytes; 2]>,
    left: usize,
}

impl Pieces {
    /// Adds a string at the end.
    pub(super) fn push(&mut self, bytes: Bytes) {
        if !bytes.is_empty() {
            self.left += bytes.len();
            self.list.push(bytes);
        }
    }

    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.left
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.left == 0
    }
}

impl From<Bytes> for Pieces {
    fn from(bytes: Bytes) -> Self {
        let mut pieces = Self::default();
        pieces.push(bytes);
        pieces
    }
}

impl Buf for Pieces {
    #[inline]
    fn remaining(&self) -> usize {
        self.left
    }

    #[inline]
    fn chunk(&self) -> &[u8] {
        self.list.first().map_or(&[], |first| first)
    }

    fn chunks_vectored<'a>(&'a self, into: &mut [IoSlice<'a>]) -> usize {
        for (slice, bytes) in into.iter_mut().zip(&self.list) {
            *slice = IoSlice::new(bytes);
        }
        into.len().min(self.list.len())
    }

    fn advance(&mut self, mut count: usize) {
        assert!(count <= self.left, "{count} of {} bytes", self.left);
        self.left -= count;
        if self.left == 0 {
            // As nearly always.
            self.list.clear();
            return;
        }
        while count > 0 {
            let first = &mut self.list[0];
            if count < first.len() {
                first.advance(count);
                return;
            }
            count -= first.len();
            self.list.remove(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(strings: &[&'static str]) -> Pieces {
        let mut pieces = Pieces::default();
        for string in strings {
            pieces.push(Bytes::from_static(string.as_bytes()));
        }
        pieces
    }

    #[test]
    fn bytes_come_in_order_however_they_are_taken() {
        for step in 1..=7 {
            let mut left = pieces(&["ab", "", "cde", "f", "g"]);
            let mut seen = Vec::new();
            while left.has_remaining() {
                let taken = step.min(left.chunk().len());
                seen.extend_from_slice(&left.chunk()[..taken]);
                left.advance(taken);
            }
            assert_eq!(seen, b"abcdefg");
            assert!(left.is_empty() && left.chunk().is_empty());
        }
    }

    #[test]
    fn an_advance_may_end_anywhere() {
        for count in 0..=7 {
            let mut left = pieces(&["ab", "cde", "fg"]);
            left.advance(count);
            assert_eq!(left.len(), 7 - count);
            assert_eq!(left.copy_to_bytes(7 - count), &b"abcdefg"[count..]);
        }
    }

    #[test]
    fn the_slices_are_the_strings_or_as_many_as_there_is_room_for() {
        let three = pieces(&["ab", "cde", "fg"]);
        let mut room = [IoSlice::new(&[]); 2];
        assert_eq!(three.chunks_vectored(&mut room), 2);
        assert_eq!((&*room[0], &*room[1]), (&b"ab"[..], &b"cde"[..]));
        let mut room = [IoSlice::new(&[]); 5];
        assert_eq!(three.chunks_vectored(&mut room), 3);
        assert_eq!(&*room[2], b"fg");
    }
}
