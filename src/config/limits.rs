//! How much of everything one server takes in: sizes in bytes, the rest in counts.

use std::ops::RangeInclusive;

use crate::error::{Error, Result};

/// Limits that are within their bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest request body, in bytes: 0 to 1 TiB, 16 MiB by default. It bounds what one
    /// request can make a handler hold with `getBody()`; a streaming `read()` holds far less.
    pub body: u64,
    /// The largest request head (request line and headers), in bytes: 8 KiB to 1 MiB, 32 KiB by
    /// default. Every connection that is reading a head can hold this much.
    pub head: usize,
    /// The most header lines in one request: 1 to 1000, 100 by default.
    pub headers: usize,
    /// The longest request target, in bytes: 64 to `head`, 8 KiB by default.
    pub target: usize,
    /// The most connections at one time: 1 to 1,000,000, 10,000 by default. Each needs a file
    /// descriptor (`ulimit -n`) and some kilobytes.
    pub connections: usize,
    /// The most concurrent streams of one HTTP/2 connection: 1 to 10,000, 128 by default. One
    /// client can have this many handlers running over one connection.
    pub streams: u32,
    /// The most connections of one client address at one time, of an IPv6 network of 64 bits where
    /// it has one: 0 to 1,000,000, 1,000 by default; 0 is no limit of its own. Clients of a unix
    /// socket have no address.
    pub per_address: usize,
    /// The most requests in a handler at one time: 1 to 1,000,000, 10,000 by default. What a mount
    /// answers does not count.
    pub requests: usize,
    /// The most requests that wait for one of those to end: 0 to 1,000,000, 1,000 by default.
    pub queue: usize,
    /// The most streams of one HTTP/2 connection that may be reset before they are answered: so many at
    /// once, and as many again in each minute; 1 to 100,000, 200 by default.
    pub resets: u32,
    /// The most TLS handshakes at one time: 1 to 1,000,000, 1,000 by default. Further clients wait for
    /// their turn, no longer than the handshake timeout.
    pub handshakes: usize,
}

/// Limits as they were said, not yet checked. The fields are those of [`Limits`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "documented at `Limits`")]
pub struct LimitsSaid {
    pub body: i64,
    pub head: i64,
    pub headers: i64,
    pub target: i64,
    pub connections: i64,
    pub streams: i64,
    pub per_address: i64,
    pub requests: i64,
    pub queue: i64,
    pub resets: i64,
    pub handshakes: i64,
}

impl Limits {
    /// The limits of a server that was told none.
    pub const DEFAULT: Self = Self {
        body: 16 * 1024 * 1024,
        head: 32 * 1024,
        headers: 100,
        target: 8 * 1024,
        connections: 10_000,
        streams: 128,
        per_address: 1000,
        requests: 10_000,
        queue: 1000,
        resets: 200,
        handshakes: 1000,
    };

    /// Checks what was said.
    ///
    /// # Errors
    /// One [`Kind::Config`](crate::error::Kind::Config) error that lists every value out of bounds.
    pub fn parse(said: LimitsSaid) -> Result<Self> {
        let mut mistakes = Vec::new();
        let mut check = |name, unit, value, bounds| {
            if let Some(mistake) = outside(name, unit, value, bounds) {
                mistakes.push(mistake);
            }
        };
        check("body", " bytes", said.body, BODY);
        check("head", " bytes", said.head, HEAD);
        check("headers", "", said.headers, HEADERS);
        // A head out of bounds is a mistake of its own, and no measure for the target.
        let longest = if HEAD.contains(&said.head) {
            said.head
        } else {
            *HEAD.end()
        };
        check(
            "target",
            " bytes (no more than head)",
            said.target,
            TARGET_LEAST..=longest,
        );
        check("connections", "", said.connections, CONNECTIONS);
        check("streams", "", said.streams, STREAMS);
        check(
            "connectionsPerAddress",
            "",
            said.per_address,
            0..=*CONNECTIONS.end(),
        );
        check("requests", "", said.requests, REQUESTS);
        check("queue", "", said.queue, QUEUE);
        check("resets", "", said.resets, RESETS);
        check("handshakes", "", said.handshakes, HANDSHAKES);
        match Error::all("Limits", &mistakes) {
            Some(error) => Err(error),
            None => Ok(Self {
                body: said.body.cast_unsigned(),
                head: count(said.head),
                headers: count(said.headers),
                target: count(said.target),
                connections: count(said.connections),
                streams: u32::try_from(said.streams).unwrap_or(u32::MAX),
                per_address: count(said.per_address),
                requests: count(said.requests),
                queue: count(said.queue),
                resets: u32::try_from(said.resets).unwrap_or(u32::MAX),
                handshakes: count(said.handshakes),
            }),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Default for LimitsSaid {
    fn default() -> Self {
        Self::from(&Limits::DEFAULT)
    }
}

impl From<&Limits> for LimitsSaid {
    fn from(limits: &Limits) -> Self {
        let said = |value: usize| i64::try_from(value).unwrap_or(i64::MAX);
        Self {
            body: i64::try_from(limits.body).unwrap_or(i64::MAX),
            head: said(limits.head),
            headers: said(limits.headers),
            target: said(limits.target),
            connections: said(limits.connections),
            streams: i64::from(limits.streams),
            per_address: said(limits.per_address),
            requests: said(limits.requests),
            queue: said(limits.queue),
            resets: i64::from(limits.resets),
            handshakes: said(limits.handshakes),
        }
    }
}

fn outside(name: &str, unit: &str, value: i64, bounds: RangeInclusive<i64>) -> Option<String> {
    (!bounds.contains(&value)).then(|| {
        format!(
            "{name} must be {} to {}{unit}, not {value}",
            bounds.start(),
            bounds.end()
        )
    })
}

/// A value that was checked: it is in its bounds, and these fit into 32 bits.
fn count(value: i64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

const BODY: RangeInclusive<i64> = 0..=1 << 40;
/// hyper reads a head into a buffer that cannot be made smaller than 8 KiB.
const HEAD: RangeInclusive<i64> = 8192..=1 << 20;
const HEADERS: RangeInclusive<i64> = 1..=1000;
const TARGET_LEAST: i64 = 64;
const CONNECTIONS: RangeInclusive<i64> = 1..=1_000_000;
const STREAMS: RangeInclusive<i64> = 1..=10_000;
const REQUESTS: RangeInclusive<i64> = 1..=1_000_000;
const QUEUE: RangeInclusive<i64> = 0..=1_000_000;
const RESETS: RangeInclusive<i64> = 1..=100_000;
const HANDSHAKES: RangeInclusive<i64> = 1..=1_000_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    #[test]
    fn the_defaults_parse_to_the_defaults() {
        assert_eq!(
            Limits::parse(LimitsSaid::default()).unwrap(),
            Limits::DEFAULT
        );
        assert_eq!(Limits::default().body, 16_777_216);
    }

    #[test]
    fn both_ends_of_every_bound_are_accepted() {
        let least = LimitsSaid {
            body: 0,
            head: 8192,
            headers: 1,
            target: 64,
            connections: 1,
            streams: 1,
            per_address: 0,
            requests: 1,
            queue: 0,
            resets: 1,
            handshakes: 1,
        };
        let most = LimitsSaid {
            body: 1 << 40,
            head: 1 << 20,
            headers: 1000,
            target: 1 << 20,
            connections: 1_000_000,
            streams: 10_000,
            per_address: 1_000_000,
            requests: 1_000_000,
            queue: 1_000_000,
            resets: 100_000,
            handshakes: 1_000_000,
        };
        for said in [least, most] {
            let limits = Limits::parse(said.clone()).unwrap();
            assert_eq!(LimitsSaid::from(&limits), said);
        }
    }

    #[test]
    fn one_step_past_either_end_is_refused_with_the_value_and_the_bounds() {
        type Change = fn(&mut LimitsSaid);
        let cases: [(Change, &str); 21] = [
            (
                |s| s.body = -1,
                "body must be 0 to 1099511627776 bytes, not -1",
            ),
            (|s| s.body = (1 << 40) + 1, "not 1099511627777"),
            (
                |s| s.head = 8191,
                "head must be 8192 to 1048576 bytes, not 8191",
            ),
            (|s| s.head = (1 << 20) + 1, "not 1048577"),
            (|s| s.headers = 0, "headers must be 1 to 1000, not 0"),
            (|s| s.headers = 1001, "not 1001"),
            (|s| s.target = 63, "target must be 64 to 32768 bytes"),
            (|s| s.target = 32769, "not 32769"),
            (
                |s| s.connections = 0,
                "connections must be 1 to 1000000, not 0",
            ),
            (|s| s.connections = 1_000_001, "not 1000001"),
            (|s| s.streams = 0, "streams must be 1 to 10000, not 0"),
            (|s| s.streams = i64::MAX, "not 9223372036854775807"),
            (
                |s| s.per_address = -1,
                "connectionsPerAddress must be 0 to 1000000, not -1",
            ),
            (|s| s.per_address = 1_000_001, "not 1000001"),
            (|s| s.requests = 0, "requests must be 1 to 1000000, not 0"),
            (|s| s.queue = -1, "queue must be 0 to 1000000, not -1"),
            (|s| s.queue = 1_000_001, "not 1000001"),
            (|s| s.resets = 0, "resets must be 1 to 100000, not 0"),
            (|s| s.resets = 100_001, "not 100001"),
            (
                |s| s.handshakes = 0,
                "handshakes must be 1 to 1000000, not 0",
            ),
            (|s| s.handshakes = 1_000_001, "not 1000001"),
        ];
        for (change, expected) in cases {
            let mut said = LimitsSaid::default();
            change(&mut said);
            let error = Limits::parse(said).unwrap_err();
            assert_eq!(error.kind(), Kind::Config);
            assert!(error.message().contains(expected), "{error}");
            assert!(!error.message().contains("mistakes"), "{error}");
        }
    }

    #[test]
    fn every_mistake_is_in_one_message() {
        let error = Limits::parse(LimitsSaid {
            body: -5,
            head: 1,
            headers: 0,
            target: 2_000_000,
            connections: -1,
            streams: 0,
            per_address: -1,
            requests: 0,
            queue: -1,
            resets: 0,
            handshakes: 0,
        })
        .unwrap_err();
        assert!(
            error.message().starts_with("Limits: 11 mistakes: "),
            "{error}"
        );
        for name in [
            "body",
            "head",
            "headers",
            "target",
            "connections",
            "streams",
            "connectionsPerAddress",
            "requests",
            "queue",
            "resets",
            "handshakes",
        ] {
            assert!(
                error.message().contains(&format!("{name} must be")),
                "{error}"
            );
        }
    }

    #[test]
    fn the_target_may_fill_the_head_and_no_more() {
        let said = |target| LimitsSaid {
            head: 8192,
            target,
            ..LimitsSaid::default()
        };
        assert_eq!(Limits::parse(said(8192)).unwrap().target, 8192);
        let error = Limits::parse(said(8193)).unwrap_err();
        assert!(
            error
                .message()
                .contains("64 to 8192 bytes (no more than head), not 8193")
        );
    }
}
