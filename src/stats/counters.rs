//! The three kinds of number: one that only grows, one that goes up and down, one that keeps the
//! highest value seen.

use std::cell::Cell;

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(Cell<u64>);

impl Counter {
    /// Counts `n` more.
    #[inline]
    pub fn add(&self, n: u64) {
        self.0.set(self.0.get().wrapping_add(n));
    }

    /// Counts one more.
    #[inline]
    pub fn inc(&self) {
        self.add(1);
    }

    /// The count since the start.
    #[inline]
    pub fn get(&self) -> u64 {
        self.0.get()
    }
}

/// How many there are now. [`Listener::hold`](super::Listener::hold) keeps the two ends together.
#[derive(Debug, Default)]
pub struct Gauge(Cell<u64>);

impl Gauge {
    /// One more is there.
    #[inline]
    pub fn inc(&self) {
        self.0.set(self.0.get() + 1);
    }

    /// One has gone. A gauge never goes below zero.
    #[inline]
    pub fn dec(&self) {
        debug_assert!(
            self.0.get() > 0,
            "a gauge was lowered more often than raised"
        );
        self.0.set(self.0.get().saturating_sub(1));
    }

    /// How many there are.
    #[inline]
    pub fn get(&self) -> u64 {
        self.0.get()
    }
}

/// The highest value seen.
#[derive(Debug, Default)]
pub struct Max(Cell<u64>);

impl Max {
    /// Looks at one value.
    #[inline]
    pub fn see(&self, n: u64) {
        if n > self.0.get() {
            self.0.set(n);
        }
    }

    /// The highest value seen so far, 0 before the first.
    #[inline]
    pub fn get(&self) -> u64 {
        self.0.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_sums_what_it_is_given() {
        let counter = Counter::default();
        counter.add(40);
        counter.inc();
        counter.inc();
        assert_eq!(counter.get(), 42);
    }

    #[test]
    fn a_gauge_follows_what_is_there() {
        let gauge = Gauge::default();
        gauge.inc();
        gauge.inc();
        gauge.dec();
        assert_eq!(gauge.get(), 1);
    }

    #[test]
    fn a_maximum_keeps_the_highest_value() {
        let max = Max::default();
        assert_eq!(max.get(), 0);
        for value in [3, 9, 4] {
            max.see(value);
        }
        assert_eq!(max.get(), 9);
    }
}
