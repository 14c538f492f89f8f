//! One coarse clock for all deadlines.

use std::cell::Cell;
use std::time::Duration;

// Tests can make it stand still.
use tokio::time::Instant;

/// Milliseconds since the server started, as of the last tick. Reading it costs a load: no system
/// call per byte and no timer per connection. Deadlines allow for one tick of error, so that none
/// fires early.
///
/// Time in which the server itself stood still, because a handler held up its thread, does not count: no
/// client could be heard then.
#[derive(Debug)]
pub struct Clock {
    start: Instant,
    real: Cell<u64>,
    now: Cell<u64>,
    step: Cell<u64>,
    tick: Duration,
    interval: Cell<Duration>,
}

impl Clock {
    /// A clock that its owner ticks every `tick`.
    pub fn new(tick: Duration) -> Self {
        Self {
            start: Instant::now(),
            real: Cell::new(0),
            now: Cell::new(0),
            step: Cell::new(0),
            tick,
            interval: Cell::new(tick),
        }
    }

    /// The time of the last tick, in milliseconds.
    pub fn now(&self) -> u64 {
        self.now.get()
    }

    /// How long to wait between two ticks.
    pub fn interval(&self) -> Duration {
        self.interval.get()
    }

    /// Is ticked more often from now on, and at once.
    pub fn quicken(&self, interval: Duration) {
        self.tick();
        self.interval.set(self.interval.get().min(interval));
    }

    /// Reads the real time.
    pub fn tick(&self) {
        self.advance(millis(self.start.elapsed()));
    }

    fn advance(&self, real: u64) {
        let passed = real.saturating_sub(self.real.replace(real));
        let most = millis(self.interval.get() * 4).max(STANDS_STILL);
        self.step.set(passed.min(most));
        self.now.set(self.now.get() + self.step.get());
    }

    /// How far the last tick took it, in milliseconds.
    pub(super) fn step(&self) -> u64 {
        self.step.get()
    }

    /// Whether at least `limit` has passed since `since`, whatever the error of the clock.
    pub fn has_passed(&self, since: u64, limit: Duration) -> bool {
        self.now().saturating_sub(since) >= millis(limit + self.tick)
    }
}

/// A tick that comes later than this, in milliseconds, says that the server stood still.
const STANDS_STILL: u64 = 1000;

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_in_which_the_server_stood_still_does_not_count() {
        let clock = Clock::new(Duration::from_millis(500));
        clock.advance(500);
        clock.advance(2500);
        assert_eq!((clock.now(), clock.step()), (2500, 2000));
        clock.advance(62_500);
        assert_eq!((clock.now(), clock.step()), (4500, 2000));
        clock.advance(63_000);
        assert_eq!((clock.now(), clock.step()), (5000, 500));
        let quick = Clock::new(Duration::from_millis(5));
        quick.advance(900);
        assert_eq!(quick.now(), 900);
        quick.advance(9000);
        assert_eq!(quick.now(), 1900);
    }
}
