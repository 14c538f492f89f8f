//! The numbers of a listener as they are read: over every process that serves its address.

use super::cells::{NUMBERS, Number};

/// What all processes have counted on one address. The fields are those of
/// [`Listener`](super::Listener): counters and gauges are summed, of maxima the highest stands.
///
/// It is read while others count: each number is exact for its own moment, and no counter is ever
/// lower than when it was read before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "documented at `Listener`")]
pub struct Sum {
    pub accepted: u64,
    pub refused: u64,
    pub open: u64,
    pub handshakes_ok: u64,
    pub handshakes_failed: u64,
    pub certificates_renewed: u64,
    pub certificates_refused: u64,
    pub requests_10: u64,
    pub requests_11: u64,
    pub requests_2: u64,
    pub active: u64,
    pub requests_refused: u64,
    pub bytes_in: u64,
    pub bytes_out: u64,
    pub ring: Option<RingSum>,
    pub timeouts: TimeoutSums,
    pub limits: LimitSums,
}

/// The TLS rings of all connections to one address. The fields are those of
/// [`Ring`](super::Ring); the capacity is that of the listener that was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "documented at `Ring`")]
pub struct RingSum {
    pub capacity: usize,
    pub high_water: u64,
    pub handshake_high_water: u64,
    pub waits: u64,
}

/// How often each timeout struck, in all processes. The names are those of the settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "documented at `config::Timeouts`")]
pub struct TimeoutSums {
    pub handshake: u64,
    pub head: u64,
    pub idle: u64,
    pub body: u64,
    pub write: u64,
    pub handler: u64,
    pub age: u64,
    pub rate: u64,
}

/// How often each limit refused something, in all processes. The names are those of the settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "documented at `config::Limits`")]
pub struct LimitSums {
    pub body: u64,
    pub head: u64,
    pub headers: u64,
    pub target: u64,
    pub connections: u64,
    pub per_address: u64,
    pub queue: u64,
    pub resets: u64,
    pub floods: u64,
    pub handshakes: u64,
}

impl Sum {
    /// Names the `totals`. `ring` is the size of the TLS ring in bytes, if there is TLS.
    pub(super) fn new(totals: &[u64; NUMBERS], ring: Option<usize>) -> Self {
        let of = |number: Number| totals[number as usize];
        Self {
            accepted: of(Number::Accepted),
            refused: of(Number::Refused),
            open: of(Number::Open),
            handshakes_ok: of(Number::HandshakesOk),
            handshakes_failed: of(Number::HandshakesFailed),
            certificates_renewed: of(Number::CertificatesRenewed),
            certificates_refused: of(Number::CertificatesRefused),
            requests_10: of(Number::Requests10),
            requests_11: of(Number::Requests11),
            requests_2: of(Number::Requests2),
            active: of(Number::Active),
            requests_refused: of(Number::RequestsRefused),
            bytes_in: of(Number::BytesIn),
            bytes_out: of(Number::BytesOut),
            ring: ring.map(|capacity| RingSum {
                capacity,
                high_water: of(Number::RingHighWater),
                handshake_high_water: of(Number::RingHandshakeHighWater),
                waits: of(Number::RingWaits),
            }),
            timeouts: TimeoutSums {
                handshake: of(Number::TimeoutHandshake),
                head: of(Number::TimeoutHead),
                idle: of(Number::TimeoutIdle),
                body: of(Number::TimeoutBody),
                write: of(Number::TimeoutWrite),
                handler: of(Number::TimeoutHandler),
                age: of(Number::TimeoutAge),
                rate: of(Number::TimeoutRate),
            },
            limits: LimitSums {
                body: of(Number::LimitBody),
                head: of(Number::LimitHead),
                headers: of(Number::LimitHeaders),
                target: of(Number::LimitTarget),
                connections: of(Number::LimitConnections),
                per_address: of(Number::LimitPerAddress),
                queue: of(Number::LimitQueue),
                resets: of(Number::LimitResets),
                floods: of(Number::LimitFloods),
                handshakes: of(Number::LimitHandshakes),
            },
        }
    }
}
