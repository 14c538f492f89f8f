//! How long the server waits for a client.

use std::time::Duration;

use crate::error::{Error, Result};

/// Timeouts that are within their bounds: 0.01 s to one day, unless said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// From the accept to the end of the TLS handshake: 10 s by default.
    pub handshake: Duration,
    /// From the first byte of a request head to its end: 15 s by default.
    pub head: Duration,
    /// How long a connection may be idle between two requests: 60 s by default. Each idle
    /// connection counts against `Limits::connections`.
    pub idle: Duration,
    /// The longest pause between two pieces of a request body: 30 s by default.
    pub body: Duration,
    /// How long a client may read nothing while there is something to send: 30 s by default. A
    /// stuck client holds its handler and its buffers for this long.
    pub write: Duration,
    /// How long running requests have to finish when the server stops: 0 to one day, 10 s by default.
    pub drain: Duration,
    /// How long a handler may take from its beginning to the end of its reply; `None`, the default:
    /// as long as it likes. Event streams are not bounded by it.
    pub handler: Option<Duration>,
    /// How old a connection may get, up to a tenth less: then it ends after what was begun. `None`,
    /// the default: as old as it likes.
    pub age: Option<Duration>,
    /// How many bytes per second a client has to send of a body that is waited for, and to take of
    /// a reply, on the average of each span in which it was waited for twice as long as `body` or
    /// `write`: 0 to 1,000,000, 240 by default; 0 is no limit.
    pub rate: u32,
}

/// Timeouts as they were said, in seconds, not yet checked. The fields are those of [`Timeouts`].
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "documented at `Timeouts`")]
pub struct TimeoutsSaid {
    pub handshake: f64,
    pub head: f64,
    pub idle: f64,
    pub body: f64,
    pub write: f64,
    pub drain: f64,
    pub handler: f64,
    pub age: f64,
    pub rate: f64,
}

impl Timeouts {
    /// The timeouts of a server that was told none.
    pub const DEFAULT: Self = Self {
        handshake: Duration::from_secs(10),
        head: Duration::from_secs(15),
        idle: Duration::from_secs(60),
        body: Duration::from_secs(30),
        write: Duration::from_secs(30),
        drain: Duration::from_secs(10),
        handler: None,
        age: None,
        rate: 240,
    };

    /// Checks what was said.
    ///
    /// # Errors
    /// One [`Kind::Config`](crate::error::Kind::Config) error that lists every value out of bounds,
    /// NaN and infinities among them.
    pub fn parse(said: TimeoutsSaid) -> Result<Self> {
        let mut mistakes = Vec::new();
        let mut check = |name, value, least| {
            seconds(name, value, least).unwrap_or_else(|mistake| {
                mistakes.push(mistake);
                Duration::ZERO
            })
        };
        let mut timeouts = Self {
            handshake: check("handshake", said.handshake, LEAST),
            head: check("head", said.head, LEAST),
            idle: check("idle", said.idle, LEAST),
            body: check("body", said.body, LEAST),
            write: check("write", said.write, LEAST),
            drain: check("drain", said.drain, 0.0),
            handler: (said.handler != 0.0).then(|| check("handler (or 0)", said.handler, LEAST)),
            age: (said.age != 0.0).then(|| check("age (or 0)", said.age, LEAST)),
            rate: 0,
        };
        if (0.0..=FASTEST).contains(&said.rate) {
            // Whole numbers are all that anybody can tell apart here.
            timeouts.rate = said.rate.ceil() as u32;
        } else {
            mistakes.push(format!(
                "rate must be 0 to {FASTEST} bytes per second, not {}",
                said.rate
            ));
        }
        match Error::all("Timeouts", &mistakes) {
            Some(error) => Err(error),
            None => Ok(timeouts),
        }
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Default for TimeoutsSaid {
    fn default() -> Self {
        Self::from(&Timeouts::DEFAULT)
    }
}

impl From<&Timeouts> for TimeoutsSaid {
    fn from(timeouts: &Timeouts) -> Self {
        Self {
            handshake: timeouts.handshake.as_secs_f64(),
            head: timeouts.head.as_secs_f64(),
            idle: timeouts.idle.as_secs_f64(),
            body: timeouts.body.as_secs_f64(),
            write: timeouts.write.as_secs_f64(),
            drain: timeouts.drain.as_secs_f64(),
            handler: timeouts.handler.unwrap_or_default().as_secs_f64(),
            age: timeouts.age.unwrap_or_default().as_secs_f64(),
            rate: timeouts.rate.into(),
        }
    }
}

fn seconds(name: &str, value: f64, least: f64) -> Result<Duration, String> {
    // NaN is in no range, so that it is refused here too.
    if (least..=MOST).contains(&value) {
        Ok(Duration::from_secs_f64(value.abs()))
    } else {
        Err(format!(
            "{name} must be {least} to {MOST} seconds, not {value}"
        ))
    }
}

/// The smallest timeout, in seconds: below it the timer's own grain of a millisecond shows.
const LEAST: f64 = 0.01;
/// The largest timeout, in seconds: one day.
const MOST: f64 = 86_400.0;
/// The highest rate that can be demanded, in bytes per second.
const FASTEST: f64 = 1_000_000.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    #[test]
    fn the_defaults_parse_to_the_defaults() {
        assert_eq!(
            Timeouts::parse(TimeoutsSaid::default()).unwrap(),
            Timeouts::DEFAULT
        );
    }

    #[test]
    fn both_ends_of_the_bounds_are_accepted() {
        let least = TimeoutsSaid {
            handshake: 0.01,
            head: 0.01,
            idle: 0.01,
            body: 0.01,
            write: 0.01,
            drain: 0.0,
            handler: 0.0,
            age: 0.0,
            rate: 0.0,
        };
        let timeouts = Timeouts::parse(least).unwrap();
        assert_eq!(timeouts.handshake, Duration::from_millis(10));
        assert_eq!(timeouts.drain, Duration::ZERO);
        assert_eq!(
            (timeouts.handler, timeouts.age, timeouts.rate),
            (None, None, 0)
        );
        let most = TimeoutsSaid {
            idle: 86_400.0,
            drain: 86_400.0,
            handler: 86_400.0,
            age: 0.01,
            rate: 1_000_000.0,
            ..TimeoutsSaid::default()
        };
        let timeouts = Timeouts::parse(most).unwrap();
        assert_eq!(timeouts.idle, Duration::from_secs(86_400));
        assert_eq!(timeouts.drain, Duration::from_secs(86_400));
        assert_eq!(timeouts.handler, Some(Duration::from_secs(86_400)));
        assert_eq!(timeouts.age, Some(Duration::from_millis(10)));
        assert_eq!(timeouts.rate, 1_000_000);
    }

    #[test]
    fn a_negative_zero_drain_is_zero() {
        let said = TimeoutsSaid {
            drain: -0.0,
            ..TimeoutsSaid::default()
        };
        assert_eq!(Timeouts::parse(said).unwrap().drain, Duration::ZERO);
    }

    #[test]
    fn what_is_no_usable_time_is_refused_with_the_value_and_the_bounds() {
        let cases = [
            (f64::NAN, "not NaN"),
            (f64::INFINITY, "not inf"),
            (f64::NEG_INFINITY, "not -inf"),
            (0.0, "not 0"),
            (-1.5, "not -1.5"),
            (0.009, "not 0.009"),
            (86_400.5, "not 86400.5"),
        ];
        for (value, expected) in cases {
            let said = TimeoutsSaid {
                head: value,
                ..TimeoutsSaid::default()
            };
            let error = Timeouts::parse(said).unwrap_err();
            assert_eq!(error.kind(), Kind::Config);
            assert_eq!(
                error.message(),
                format!("Timeouts: head must be 0.01 to 86400 seconds, {expected}")
            );
        }
    }

    #[test]
    fn every_mistake_is_in_one_message() {
        let error = Timeouts::parse(TimeoutsSaid {
            handshake: 0.0,
            head: -1.0,
            idle: f64::NAN,
            body: f64::INFINITY,
            write: 1e9,
            drain: -0.5,
            handler: 0.001,
            age: -1.0,
            rate: f64::NAN,
        })
        .unwrap_err();
        assert!(
            error.message().starts_with("Timeouts: 9 mistakes: "),
            "{error}"
        );
        assert!(
            error
                .message()
                .contains("drain must be 0 to 86400 seconds, not -0.5")
        );
        for message in [
            "handler (or 0) must be 0.01 to 86400 seconds, not 0.001",
            "age (or 0) must be 0.01 to 86400 seconds, not -1",
            "rate must be 0 to 1000000 bytes per second, not NaN",
        ] {
            assert!(error.message().contains(message), "{error}");
        }
        for name in ["handshake", "head", "idle", "body", "write"] {
            assert!(
                error.message().contains(&format!("{name} must be 0.01")),
                "{error}"
            );
        }
    }
}
