//! How plaintext is cut into records, so that the ring keeps its size. Pure arithmetic.

use std::io::{self, IoSlice};

/// The ciphertext that one connection holds between rustls and its socket.
#[derive(Debug)]
pub(super) struct Ring {
    capacity: usize,
    /// How much of the capacity is not for plaintext.
    reserved: usize,
    held: usize,
    records: usize,
}

impl Ring {
    /// An empty ring of `capacity` bytes, at least 1 KiB.
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            reserved: 0,
            held: 0,
            records: 0,
        }
    }

    /// Keeps `bytes` of the capacity, at most half of it, for what the session itself has to say.
    pub(super) fn reserve(&mut self, bytes: usize) {
        debug_assert!(bytes <= self.capacity / 2);
        self.reserved = bytes;
    }

    /// How many of `left` bytes of plaintext the next record takes; 0 when the ring has to drain
    /// first.
    ///
    /// A record is full, or it is all that is left: a gap is not filled with a small record, which
    /// would cost the client as much as a full one. Since an empty ring takes a full record of its
    /// size, this always goes on. Nor does the ring take more records than leave in one system call:
    /// a writer of single bytes would make it hold tens of thousands of them, and each has its own
    /// memory.
    #[inline]
    pub(super) fn next_piece(&self, left: usize) -> usize {
        let piece = left.min(RECORD_MOST.min(self.capacity - self.reserved - OVERHEAD));
        if self.records < RECORDS_MOST && self.fits(piece) {
            piece
        } else {
            0
        }
    }

    /// Whether a record of `plaintext` bytes fits now.
    #[inline]
    pub(super) fn fits(&self, plaintext: usize) -> bool {
        self.held + plaintext + OVERHEAD <= self.capacity - self.reserved
    }

    /// Counts a record of `plaintext` bytes, with the largest overhead that it can have, until
    /// [`Ring::hold`] says how large it is.
    #[inline]
    pub(super) fn seal(&mut self, plaintext: usize) {
        self.held += plaintext + OVERHEAD;
        self.records += 1;
    }

    /// Sets the number of bytes that are really held.
    #[inline]
    pub(super) fn hold(&mut self, ciphertext: usize) {
        self.held = ciphertext;
    }

    /// Counts `ciphertext` bytes that have left; `records` are still there, in part or whole.
    #[inline]
    pub(super) fn sent(&mut self, ciphertext: usize, records: usize) {
        self.held = self.held.saturating_sub(ciphertext);
        self.records = records;
    }

    /// The number of bytes that are held.
    #[inline]
    pub(super) fn held(&self) -> usize {
        self.held
    }
}

/// The plaintext of one write: slices, and how much of them has been taken.
pub(super) struct Source<'a> {
    /// The first slice has bytes left, unless there is none.
    bufs: &'a [IoSlice<'a>],
    /// How much of the first slice has been taken.
    taken: usize,
    left: usize,
}

impl<'a> Source<'a> {
    #[inline]
    pub(super) fn new(bufs: &'a [IoSlice<'a>]) -> Self {
        Self {
            bufs,
            taken: 0,
            left: bufs.iter().map(|buf| buf.len()).sum(),
        }
    }

    /// How many bytes have not been taken.
    #[inline]
    pub(super) fn left(&self) -> usize {
        self.left
    }

    /// Passes the next `most` bytes to `write`, fewer if they lie in very many slices, and takes as
    /// many of them as it accepts.
    #[inline]
    pub(super) fn take(
        &mut self,
        most: usize,
        write: impl FnOnce(&[IoSlice<'_>]) -> io::Result<usize>,
    ) -> io::Result<usize> {
        self.skip(0);
        let Some(first) = self.bufs.first() else {
            return Ok(0);
        };
        let first = &first[self.taken..];
        let accepted = if first.len() >= most || self.bufs.len() == 1 {
            write(&[IoSlice::new(&first[..most.min(first.len())])])?
        } else {
            self.take_many(most, write)?
        };
        self.skip(accepted);
        Ok(accepted)
    }

    fn take_many(
        &self,
        most: usize,
        write: impl FnOnce(&[IoSlice<'_>]) -> io::Result<usize>,
    ) -> io::Result<usize> {
        let mut window = [IoSlice::new(&[]); WINDOW];
        let mut left = most;
        let mut taken = self.taken;
        let mut filled = 0;
        for buf in self.bufs {
            if left == 0 || filled == WINDOW {
                break;
            }
            let rest = &buf[taken..];
            taken = 0;
            if !rest.is_empty() {
                let part = &rest[..rest.len().min(left)];
                left -= part.len();
                window[filled] = IoSlice::new(part);
                filled += 1;
            }
        }
        write(&window[..filled])
    }

    /// Steps over `n` bytes and over the slices that have none left.
    #[inline]
    fn skip(&mut self, n: usize) {
        debug_assert!(n <= self.left);
        self.left -= n;
        self.taken += n;
        while let Some(first) = self.bufs.first() {
            if self.taken < first.len() {
                break;
            }
            self.taken -= first.len();
            self.bufs = &self.bufs[1..];
        }
    }
}

/// The most plaintext that a record can hold (RFC 8446, section 5.1).
const RECORD_MOST: usize = 16_384;
/// The most that a record adds to its plaintext: header 5, explicit nonce 8 and tag 16 for TLS 1.2
/// with AES-GCM (RFC 5288, section 3). TLS 1.3 adds 22: header 5, content type 1, tag 16.
const OVERHEAD: usize = 29;
/// The most records that are held. rustls passes so many to one vectored write; the largest ring has
/// room for 63 full ones.
const RECORDS_MOST: usize = 64;
/// The most slices that go into one record.
const WINDOW: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    /// The pieces that a write of `left` bytes is cut into before the ring has to drain.
    fn pieces(capacity: usize, mut left: usize) -> Vec<usize> {
        let mut ring = Ring::new(capacity);
        let mut pieces = Vec::new();
        loop {
            match ring.next_piece(left) {
                0 => return pieces,
                piece => {
                    ring.seal(piece);
                    left -= piece;
                    pieces.push(piece);
                }
            }
        }
    }

    #[test]
    fn a_ring_below_one_record_takes_one_record_of_its_own_size() {
        assert_eq!(pieces(1024, 100_000), [995]);
        assert_eq!(pieces(1024, 995), [995]);
        assert_eq!(pieces(1024, 994), [994]);
        assert_eq!(pieces(4096, 100_000), [4067]);
    }

    #[test]
    fn a_ring_above_one_record_takes_as_many_full_ones_as_fit() {
        assert_eq!(pieces(17_408, 100_000), [16_384]);
        assert_eq!(pieces(65_536, 100_000), [16_384; 3]);
        assert_eq!(pieces(1 << 20, 10 << 20).len(), 63);
    }

    #[test]
    fn what_is_reserved_stays_free_for_as_long_as_it_is() {
        let mut ring = Ring::new(1024);
        ring.reserve(256);
        assert_eq!(ring.next_piece(100_000), 739);
        ring.seal(739);
        assert_eq!(ring.next_piece(1), 0);
        ring.reserve(0);
        assert_eq!(ring.next_piece(227), 227);
    }

    #[test]
    fn the_rest_of_a_body_fills_a_gap_if_it_fits_whole() {
        assert_eq!(pieces(17_408, 16_384 + 900), [16_384, 900]);
        assert_eq!(pieces(17_408, 16_384 + 966), [16_384, 966]);
        assert_eq!(pieces(17_408, 16_384 + 967), [16_384]);
        assert_eq!(pieces(65_536, 50_000), [16_384, 16_384, 16_384, 848]);
    }

    #[test]
    fn no_bytes_make_no_record() {
        assert_eq!(pieces(1024, 0), [0; 0]);
    }

    #[test]
    fn every_ring_goes_on_when_it_is_empty_and_never_exceeds_its_size() {
        for capacity in 1024..=40_000 {
            for left in [1, capacity - 1, capacity, capacity + 1, 16_384, 1 << 20] {
                let pieces = pieces(capacity, left);
                assert!(!pieces.is_empty());
                let held: usize = pieces.iter().map(|piece| piece + OVERHEAD).sum();
                assert!(held <= capacity, "{held} in {capacity}");
                assert!(pieces.iter().all(|piece| *piece <= RECORD_MOST));
            }
        }
    }

    #[test]
    fn what_was_sent_makes_room() {
        let mut ring = Ring::new(1024);
        ring.seal(995);
        ring.hold(995 + 22);
        assert_eq!(ring.next_piece(500), 0);
        ring.sent(500, 1);
        assert_eq!(ring.held(), 517);
        assert_eq!(ring.next_piece(479), 0);
        assert_eq!(ring.next_piece(478), 478);
        ring.sent(1000, 0);
        assert_eq!(ring.held(), 0);
    }

    #[test]
    fn small_records_are_bounded_in_number_until_some_have_left() {
        let mut ring = Ring::new(1 << 20);
        let mut records = 0;
        while ring.next_piece(1) > 0 {
            ring.seal(1);
            records += 1;
        }
        assert_eq!(records, RECORDS_MOST);
        assert_eq!(ring.next_piece(16_384), 0);
        ring.sent(30, RECORDS_MOST - 1);
        assert_eq!(ring.next_piece(16_384), 16_384);
    }

    /// Takes everything out of `parts` in pieces of `most`, of which `accept` are taken each time.
    fn taken(parts: &[&[u8]], most: usize, accept: usize) -> Vec<u8> {
        let bufs: Vec<_> = parts.iter().map(|part| IoSlice::new(part)).collect();
        let mut source = Source::new(&bufs);
        let mut all = Vec::new();
        while source.left() > 0 {
            let before = source.left();
            let n = source
                .take(most, |bufs| {
                    assert!(bufs.iter().all(|buf| !buf.is_empty()));
                    let joined = bufs.iter().flat_map(|buf| buf.to_vec()).collect::<Vec<_>>();
                    assert!(!joined.is_empty() && joined.len() <= most);
                    let n = joined.len().min(accept);
                    all.extend_from_slice(&joined[..n]);
                    Ok(n)
                })
                .unwrap();
            assert_eq!(source.left(), before - n);
        }
        assert_eq!(source.take(most, |_| panic!("nothing is left")).unwrap(), 0);
        all
    }

    #[test]
    fn slices_are_taken_in_order_wherever_they_are_cut() {
        let parts: [&[u8]; 7] = [b"", b"head", b"", b"", b"chunk", b"x", b""];
        for most in 1..12 {
            for accept in 1..=most {
                assert_eq!(taken(&parts, most, accept), b"headchunkx");
            }
        }
    }

    #[test]
    fn more_slices_than_one_record_takes_all_arrive() {
        let bytes: Vec<u8> = (0..200).collect();
        let parts: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(taken(&parts, 16_384, usize::MAX), bytes);
        assert_eq!(taken(&parts, 3, 2), bytes);
    }

    #[test]
    fn a_piece_within_one_slice_is_one_slice() {
        let bufs = [IoSlice::new(b"0123456789"), IoSlice::new(b"abc")];
        let mut source = Source::new(&bufs);
        let sizes = |bufs: &[IoSlice<'_>]| bufs.iter().map(|buf| buf.len()).collect::<Vec<_>>();
        for expected in [vec![4], vec![4], vec![2, 2], vec![1]] {
            source
                .take(4, |bufs| {
                    assert_eq!(sizes(bufs), expected);
                    Ok(expected.iter().sum())
                })
                .unwrap();
        }
        assert_eq!(source.left(), 0);
    }
}
