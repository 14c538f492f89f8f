//! When: pure arithmetic on times, with chance as an argument.

use std::time::{Duration, SystemTime};

/// How fast [`run`](super::run) goes about its work. The default is for a public CA; tests have a faster one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// How often a process that waits for the lock looks whether it is free: 2 s.
    pub look: Duration,
    /// How long the first failure is waited out: 1 min. Each further one three times as long: five tries in the
    /// first hour, which is as many failed validations as Let's Encrypt allows.
    pub retry: Duration,
    /// The longest wait after a failure: 1 h. A CA's `Retry-After` may be longer, and counts.
    pub retry_most: Duration,
    /// How long one order may take at the CA, from the names to the chain: 3 min.
    pub order: Duration,
}

impl Pace {
    /// The pace of a server that was told none.
    pub const DEFAULT: Self = Self {
        look: Duration::from_secs(2),
        retry: Duration::from_secs(60),
        retry_most: HOUR,
        order: Duration::from_secs(180),
    };

    /// How long to wait after so many failures in a row. `chance`, 0 to 1, adds up to a quarter, so that many
    /// servers that a CA's trouble has hit do not come back together.
    pub(super) fn backoff(&self, failures: u32, chance: f64) -> Duration {
        let factor = 3_u32.saturating_pow(failures.saturating_sub(1));
        let wait = self.retry.saturating_mul(factor).min(self.retry_most);
        wait + wait.mul_f64(chance / 4.0)
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// When a certificate is due that is good from the one time to the other: when a third of its life is left.
pub(super) fn due(not_before: SystemTime, not_after: SystemTime) -> SystemTime {
    let life = not_after.duration_since(not_before).unwrap_or_default();
    not_after - life / 3
}

/// The moment in a window of time that `chance`, 0 to 1, has picked (RFC 9773, section 4.2).
pub(super) fn moment(start: SystemTime, end: SystemTime, chance: f64) -> SystemTime {
    start
        + end
            .duration_since(start)
            .unwrap_or_default()
            .mul_f64(chance)
}

/// How long to sleep until `when`. Never longer than an hour: a machine that sleeps too, or whose clock is set,
/// is noticed then.
pub(super) fn nap(now: SystemTime, when: SystemTime) -> Duration {
    when.duration_since(now).unwrap_or_default().min(HOUR)
}

/// What a CA says of waiting is believed up to so long. Let's Encrypt counts over a week at most.
pub(super) const WAIT_MOST: Duration = Duration::from_secs(7 * 24 * 3600);
pub(super) const HOUR: Duration = Duration::from_secs(3600);

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    fn at(days: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(days * 86_400)
    }

    #[test]
    fn a_certificate_is_due_with_a_third_of_its_life_left() {
        for (life, left) in [(90, 30), (45, 15), (6, 2)] {
            assert_eq!(due(at(100), at(100 + life)), at(100 + life - left));
        }
        assert_eq!(due(at(9), at(8)), at(8));
    }

    #[test]
    fn waits_grow_from_a_minute_to_an_hour_and_no_further() {
        let minutes = [1, 3, 9, 27, 60, 60, 60];
        for (failures, minutes) in (1..).zip(minutes) {
            let wait = Pace::DEFAULT.backoff(failures, 0.0);
            assert_eq!(wait, Duration::from_secs(minutes * 60), "{failures}");
            let most = Pace::DEFAULT.backoff(failures, 1.0);
            assert_eq!(most, Duration::from_secs(minutes * 75), "{failures}");
        }
        assert_eq!(Pace::DEFAULT.backoff(u32::MAX, 0.0), HOUR);
        assert_eq!(Pace::DEFAULT.backoff(0, 0.0), Duration::from_secs(60));
    }

    #[test]
    fn no_hour_has_more_than_five_tries() {
        let mut times = vec![0];
        for failures in 1..20 {
            let wait = Pace::DEFAULT.backoff(failures, 0.0).as_secs();
            times.push(times.last().unwrap() + wait);
        }
        for start in &times {
            let tries = times
                .iter()
                .filter(|time| (*start..start + 3600).contains(time));
            assert!(tries.count() <= 5, "from {start}");
        }
    }

    #[test]
    fn a_moment_lies_in_its_window() {
        assert_eq!(moment(at(10), at(20), 0.0), at(10));
        assert_eq!(moment(at(10), at(20), 0.5), at(15));
        assert_eq!(moment(at(10), at(20), 1.0), at(20));
        assert_eq!(moment(at(10), at(9), 0.5), at(10));
    }

    #[test]
    fn a_nap_is_an_hour_at_most_and_none_for_what_is_past() {
        assert_eq!(nap(at(1), at(9)), HOUR);
        assert_eq!(nap(at(1), at(1) + HOUR / 2), HOUR / 2);
        assert_eq!(nap(at(2), at(1)), Duration::ZERO);
    }
}
