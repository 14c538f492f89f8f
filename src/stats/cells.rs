//! Where the numbers of a listener lie: a set of cells for each process that counts.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

/// The numbers of a listener, in the order of their cells.
#[derive(Clone, Copy, Debug)]
#[repr(usize)]
pub(super) enum Number {
    Accepted,
    Refused,
    Open,
    HandshakesOk,
    HandshakesFailed,
    Requests10,
    Requests11,
    Requests2,
    Active,
    RequestsRefused,
    BytesIn,
    BytesOut,
    RingHighWater,
    RingHandshakeHighWater,
    RingWaits,
    TimeoutHandshake,
    TimeoutHead,
    TimeoutIdle,
    TimeoutBody,
    TimeoutWrite,
    TimeoutHandler,
    TimeoutAge,
    TimeoutRate,
    LimitBody,
    LimitHead,
    LimitHeaders,
    LimitTarget,
    LimitConnections,
    LimitPerAddress,
    LimitQueue,
    LimitResets,
    LimitFloods,
    LimitHandshakes,
    CertificatesRenewed,
    CertificatesRefused,
}

/// How many numbers there are.
pub(super) const NUMBERS: usize = Number::CertificatesRefused as usize + 1;

/// Those that are gone when their process is.
pub(super) const GAUGES: [Number; 2] = [Number::Open, Number::Active];

/// Those of which the highest counts, not the sum.
const MAXIMA: [Number; 2] = [Number::RingHighWater, Number::RingHandshakeHighWater];

/// The cells of a set, some of them spare: 512 bytes, so that no two processes write to one cache
/// line, nor to two that a processor fetches as a pair.
pub(super) const SET: usize = 64;

const _: () = assert!(NUMBERS <= SET);

/// The sets of one listener, one for each slot.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sets {
    cells: &'static [AtomicU64],
    /// How many slots, from the first on, have ever been used.
    used: &'static AtomicU64,
}

impl Sets {
    /// The sets in `cells`, [`SET`] cells for each slot.
    pub(super) fn new(cells: &'static [AtomicU64], used: &'static AtomicU64) -> Self {
        Self { cells, used }
    }

    /// One set in memory of its own. It is never freed: a listener lives as long as its process.
    pub(super) fn alone() -> Self {
        static ONE: AtomicU64 = AtomicU64::new(1);
        let cells = Box::leak(Box::new([const { AtomicU64::new(0) }; SET]));
        Self::new(cells, &ONE)
    }

    /// The set of a slot that exists.
    pub(super) fn of(&self, slot: usize) -> &'static [AtomicU64] {
        &self.cells[slot * SET..][..SET]
    }

    /// Each number over all used slots, in the order of [`Number`].
    pub(super) fn totals(&self) -> [u64; NUMBERS] {
        let used = usize::try_from(self.used.load(Relaxed)).unwrap_or(usize::MAX);
        let mut totals = [0_u64; NUMBERS];
        for set in self.cells.chunks_exact(SET).take(used) {
            for (total, cell) in totals.iter_mut().zip(set) {
                *total = total.wrapping_add(cell.load(Relaxed));
            }
        }
        for maximum in MAXIMA {
            let seen = self.cells.chunks_exact(SET).take(used);
            let seen = seen.map(|set| set[maximum as usize].load(Relaxed));
            totals[maximum as usize] = seen.max().unwrap_or(0);
        }
        totals
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_unused_slots_do_not_count() {
        let cells = Box::leak(Box::new([const { AtomicU64::new(7) }; 3 * SET]));
        let used = Box::leak(Box::new(AtomicU64::new(2)));
        let totals = Sets::new(cells, used).totals();
        assert_eq!(totals[Number::BytesIn as usize], 14);
        assert_eq!(totals[Number::RingHighWater as usize], 7);
    }

    #[test]
    fn a_count_of_slots_that_makes_no_sense_reads_no_more_than_there_is() {
        let cells = Box::leak(Box::new([const { AtomicU64::new(7) }; SET]));
        let used = Box::leak(Box::new(AtomicU64::new(u64::MAX)));
        assert_eq!(Sets::new(cells, used).totals()[0], 7);
    }
}
