//! One coarse clock for all deadlines.

use std::cell::Cell;
use std::time::Duration;

// Tests can make it stand still.
use tokio::time::Instant;

/// Milliseconds since the server started, as of the last tick. Reading it costs a load: no system
/// call per byte and no timer per connection. Deadlines allow for one tick of error, so that none
/// fires early.
#[derive(Debug)]
pub struct Clock {
    start: Instant,
    now: Cell<u64>,
    tick: Duration,
    interval: Cell<Duration>,
}

impl Clock {
    /// A clock that its owner ticks every `tick`.
    pub fn new(tick: Duration) -> Self {
        Self {
            start: Instant::now(),
            now: Cell::new(0),
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
        self.now.set(millis(self.start.elapsed()));
    }

    /// Whether at least `limit` has passed since `since`, whatever the error of the clock.
    pub fn has_passed(&self, since: u64, limit: Duration) -> bool {
        self.now().saturating_sub(since) >= millis(limit + self.tick)
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
