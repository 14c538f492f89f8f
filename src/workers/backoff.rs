//! When to try again what has just failed.

use std::time::Duration;

/// A life that ended sooner than this after its start was none.
const SHORT: Duration = Duration::from_secs(1);
/// The pause after the second short life in a row; it doubles with each one more.
const LEAST: Duration = Duration::from_millis(100);
/// The longest pause.
const MOST: Duration = Duration::from_secs(10);
/// So many short lives in a row are a loop.
const LOOP: u32 = 5;

/// Short lives in a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Backoff {
    short: u32,
}

impl Backoff {
    /// Something has died that was at work for `lived`, or that never came to work (`None`). Returns
    /// how long to wait before it is started again: nothing the first time.
    pub(super) fn died(&mut self, lived: Option<Duration>) -> Duration {
        if lived.is_some_and(|lived| lived >= SHORT) {
            self.short = 0;
            return Duration::ZERO;
        }
        self.short += 1;
        let doublings = self.short.saturating_sub(2).min(16);
        if self.short < 2 {
            return Duration::ZERO;
        }
        (LEAST * 2_u32.pow(doublings)).min(MOST)
    }

    /// How many have died in a row, once these are a loop and not an accident.
    pub(super) fn in_loop(&self) -> Option<u32> {
        (self.short >= LOOP).then_some(self.short)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_death_costs_no_time_and_the_next_ones_more_and_more() {
        let mut backoff = Backoff::default();
        let pauses: Vec<u128> = (0..11).map(|_| backoff.died(None).as_millis()).collect();
        let expected = [
            0, 100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000,
        ];
        assert_eq!(pauses, expected);
    }

    #[test]
    fn a_long_life_makes_up_for_all_short_ones() {
        let mut backoff = Backoff::default();
        backoff.died(Some(Duration::from_millis(999)));
        assert_eq!(backoff.died(None), LEAST);
        assert_eq!(backoff.died(Some(SHORT)), Duration::ZERO);
        assert_eq!(backoff.died(None), Duration::ZERO);
    }

    #[test]
    fn five_in_a_row_are_a_loop() {
        let mut backoff = Backoff::default();
        for _ in 0..4 {
            backoff.died(None);
            assert_eq!(backoff.in_loop(), None);
        }
        backoff.died(None);
        assert_eq!(backoff.in_loop(), Some(5));
    }
}
