//! The three kinds of number: one that only grows, one that goes up and down, one that keeps the
//! highest value seen.
//!
//! Each counts in a cell that anybody may read and one thread of one process writes. So a count is a
//! load and a store, never a locked instruction, and none is lost.

use std::cell::Cell;
use std::marker::PhantomData;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

/// A number that only grows.
#[derive(Debug)]
pub struct Counter(&'static AtomicU64, OneThread);

impl Counter {
    pub(super) fn new(cell: &'static AtomicU64) -> Self {
        Self(cell, PhantomData)
    }

    /// Counts `n` more.
    #[inline]
    pub fn add(&self, n: u64) {
        self.0.store(self.get().wrapping_add(n), Relaxed);
    }

    /// Counts one more.
    #[inline]
    pub fn inc(&self) {
        self.add(1);
    }

    /// The count since the start.
    #[inline]
    pub fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// How many there are now. [`Listener::hold`](super::Listener::hold) keeps the two ends together.
#[derive(Debug)]
pub struct Gauge(&'static AtomicU64, OneThread);

impl Gauge {
    pub(super) fn new(cell: &'static AtomicU64) -> Self {
        Self(cell, PhantomData)
    }

    /// One more is there.
    #[inline]
    pub fn inc(&self) {
        self.0.store(self.get() + 1, Relaxed);
    }

    /// One has gone. A gauge never goes below zero.
    #[inline]
    pub fn dec(&self) {
        let now = self.get();
        debug_assert!(now > 0, "a gauge was lowered more often than raised");
        self.0.store(now.saturating_sub(1), Relaxed);
    }

    /// How many there are.
    #[inline]
    pub fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// The highest value seen.
#[derive(Debug)]
pub struct Max(&'static AtomicU64, OneThread);

impl Max {
    pub(super) fn new(cell: &'static AtomicU64) -> Self {
        Self(cell, PhantomData)
    }

    /// Looks at one value.
    #[inline]
    pub fn see(&self, n: u64) {
        if n > self.get() {
            self.0.store(n, Relaxed);
        }
    }

    /// The highest value seen so far, 0 before the first.
    #[inline]
    pub fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// What has it can move to another thread, and be used by one at a time.
type OneThread = PhantomData<Cell<()>>;

#[cfg(test)]
mod tests {
    use super::*;

    fn cell() -> &'static AtomicU64 {
        Box::leak(Box::default())
    }

    #[test]
    fn a_counter_sums_what_it_is_given() {
        let counter = Counter::new(cell());
        counter.add(40);
        counter.inc();
        counter.inc();
        assert_eq!(counter.get(), 42);
    }

    #[test]
    fn a_gauge_follows_what_is_there() {
        let gauge = Gauge::new(cell());
        gauge.inc();
        gauge.inc();
        gauge.dec();
        assert_eq!(gauge.get(), 1);
    }

    #[test]
    fn a_maximum_keeps_the_highest_value() {
        let max = Max::new(cell());
        assert_eq!(max.get(), 0);
        for value in [3, 9, 4] {
            max.see(value);
        }
        assert_eq!(max.get(), 9);
    }

    #[test]
    fn a_number_goes_on_where_its_cell_stands() {
        let cell = cell();
        Counter::new(cell).add(40);
        let later = Counter::new(cell);
        later.add(2);
        assert_eq!(later.get(), 42);
    }
}
