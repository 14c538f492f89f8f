//! Whether somebody who is waited for does enough in the time.

use std::cell::Cell;
use std::time::Duration;

use super::clock::millis;

/// The time that was spent waiting, and what had moved when it began. It is looked at from one span of
/// waiting to the next, so that what a client did long ago is no credit for doing nothing now. A span is
/// twice the deadline for those that do nothing at all.
#[derive(Debug, Default)]
pub(super) struct Pace {
    waited: Cell<u64>,
    before: Cell<u64>,
}

impl Pace {
    /// The wait went on for `step` more milliseconds, and `moved` bytes have moved in all. Whether, at the
    /// end of a span of waiting, that was less than `rate` bytes per second; 0 demands nothing. `still` is
    /// the deadline for standing still.
    pub(super) fn is_too_slow(&self, step: u64, moved: u64, still: Duration, rate: u32) -> bool {
        let waited = self.waited.get() + step;
        self.waited.set(waited);
        if rate == 0 || waited < millis(still * 2) {
            return false;
        }
        self.waited.set(0);
        let moved = moved.saturating_sub(self.before.replace(moved));
        moved.saturating_mul(1000) < u64::from(rate) * waited
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STILL: Duration = Duration::from_secs(5);

    #[test]
    fn nobody_is_too_slow_before_a_span_is_over() {
        let pace = Pace::default();
        for _ in 0..19 {
            assert!(!pace.is_too_slow(500, 0, STILL, 240));
        }
        assert!(pace.is_too_slow(500, 0, STILL, 240));
    }

    #[test]
    fn each_span_counts_by_itself() {
        let pace = Pace::default();
        assert!(!pace.is_too_slow(10_000, 1_000_000, STILL, 240));
        assert!(!pace.is_too_slow(10_000, 1_002_400, STILL, 240));
        assert!(pace.is_too_slow(10_000, 1_004_799, STILL, 240));
    }

    #[test]
    fn a_rate_of_zero_demands_nothing() {
        let pace = Pace::default();
        assert!(!pace.is_too_slow(u64::from(u32::MAX), 0, STILL, 0));
    }
}
