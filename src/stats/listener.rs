//! What one listener has seen since it was bound.

use std::fmt;
use std::rc::Rc;
use std::sync::atomic::AtomicU64;

use super::cells::{Number, Sets};
use super::{Board, Counter, Gauge, Max, Sum};
use crate::error::Result;

/// The numbers of one listener. Bytes are those on the wire, TLS records included.
///
/// What is counted and read here is this process's part; [`Listener::sum`] reads them all.
#[derive(Debug)]
pub struct Listener {
    /// The address that is really bound, as `tcp://127.0.0.1:8080` or `unix:///run/app.sock`.
    pub address: String,
    /// Whether its connections speak TLS.
    pub tls: bool,
    /// Connections that the system handed over, the refused ones among them.
    pub accepted: Counter,
    /// Connections closed at once because there were too many.
    pub refused: Counter,
    /// Connections that are open now.
    pub open: Gauge,
    /// TLS handshakes that were completed.
    pub handshakes_ok: Counter,
    /// TLS handshakes that failed, timed out, or were given up.
    pub handshakes_failed: Counter,
    /// How often new certificates have taken the place of others.
    pub certificates_renewed: Counter,
    /// How often new certificates were not good, so that those of before serve on.
    pub certificates_refused: Counter,
    /// Requests by HTTP/1.0.
    pub requests_10: Counter,
    /// Requests by HTTP/1.1.
    pub requests_11: Counter,
    /// Requests by HTTP/2.
    pub requests_2: Counter,
    /// Requests whose exchange is not complete yet.
    pub active: Gauge,
    /// Requests that were answered without a handler: malformed, or past a limit.
    pub requests_refused: Counter,
    /// Bytes read from clients.
    pub bytes_in: Counter,
    /// Bytes written to clients.
    pub bytes_out: Counter,
    /// The TLS ring; `None` on a plain listener.
    pub ring: Option<Ring>,
    /// How often each timeout ended a connection or a request.
    pub timeouts: TimeoutCounts,
    /// How often each limit refused a connection or a request.
    pub limits: LimitCounts,
    sets: Sets,
}

/// The TLS rings of one listener's connections.
#[derive(Debug)]
pub struct Ring {
    /// The size that is set, in bytes.
    pub capacity: usize,
    /// The most application ciphertext, in bytes, that one connection held at any time.
    pub high_water: Max,
    /// The most handshake ciphertext, in bytes, that one connection held at any time.
    pub handshake_high_water: Max,
    /// How often a writer found the ring and the socket full and had to wait.
    pub waits: Counter,
}

/// How often each timeout struck. The names are those of the settings.
#[derive(Debug)]
#[expect(missing_docs, reason = "documented at `config::Timeouts`")]
pub struct TimeoutCounts {
    pub handshake: Counter,
    pub head: Counter,
    pub idle: Counter,
    pub body: Counter,
    pub write: Counter,
    pub handler: Counter,
    pub age: Counter,
    pub rate: Counter,
}

/// How often each limit refused something. The names are those of the settings.
#[derive(Debug)]
#[expect(missing_docs, reason = "documented at `config::Limits`")]
pub struct LimitCounts {
    pub body: Counter,
    /// What the head's own parser finds too large, of its lines too many among it, counts here.
    pub head: Counter,
    pub headers: Counter,
    pub target: Counter,
    pub connections: Counter,
    pub per_address: Counter,
    pub queue: Counter,
    /// HTTP/2 clients that had too many streams reset before they were answered.
    pub resets: Counter,
    /// HTTP/2 clients that sent too much that brings nothing: frames, headers or windows.
    pub floods: Counter,
    /// TLS clients whose handshake did not get its turn in time.
    pub handshakes: Counter,
}

/// Keeps a gauge raised by one until it is dropped.
pub struct Hold {
    listener: Rc<Listener>,
    gauge: fn(&Listener) -> &Gauge,
}

impl Listener {
    /// All zero, in cells of its own, which are never freed: a listener lives as long as its process.
    /// `ring` is the size of the TLS ring in bytes; `None` says that there is no TLS.
    pub fn new(address: String, ring: Option<usize>) -> Self {
        Self::over(Sets::alone(), 0, address, ring)
    }

    /// Goes on with what `slot` of the board has counted on this address; [`Listener::new`] has the
    /// rest. The slot's earlier process counts no more.
    ///
    /// # Errors
    /// Those of [`Board::row`]; [`Kind::Server`](crate::error::Kind::Server) if there is no such slot.
    pub fn on_board(
        board: &Board,
        slot: usize,
        address: String,
        ring: Option<usize>,
    ) -> Result<Self> {
        let sets = board.sets(slot, &address)?;
        Ok(Self::over(sets, slot, address, ring))
    }

    fn over(sets: Sets, slot: usize, address: String, ring: Option<usize>) -> Self {
        let set = sets.of(slot);
        let counter = |number: Number| Counter::new(&set[number as usize]);
        let gauge = |number: Number| Gauge::new(&set[number as usize]);
        Self {
            address,
            tls: ring.is_some(),
            accepted: counter(Number::Accepted),
            refused: counter(Number::Refused),
            open: gauge(Number::Open),
            handshakes_ok: counter(Number::HandshakesOk),
            handshakes_failed: counter(Number::HandshakesFailed),
            certificates_renewed: counter(Number::CertificatesRenewed),
            certificates_refused: counter(Number::CertificatesRefused),
            requests_10: counter(Number::Requests10),
            requests_11: counter(Number::Requests11),
            requests_2: counter(Number::Requests2),
            active: gauge(Number::Active),
            requests_refused: counter(Number::RequestsRefused),
            bytes_in: counter(Number::BytesIn),
            bytes_out: counter(Number::BytesOut),
            ring: ring.map(|capacity| Ring::new(capacity, set)),
            timeouts: TimeoutCounts {
                handshake: counter(Number::TimeoutHandshake),
                head: counter(Number::TimeoutHead),
                idle: counter(Number::TimeoutIdle),
                body: counter(Number::TimeoutBody),
                write: counter(Number::TimeoutWrite),
                handler: counter(Number::TimeoutHandler),
                age: counter(Number::TimeoutAge),
                rate: counter(Number::TimeoutRate),
            },
            limits: LimitCounts {
                body: counter(Number::LimitBody),
                head: counter(Number::LimitHead),
                headers: counter(Number::LimitHeaders),
                target: counter(Number::LimitTarget),
                connections: counter(Number::LimitConnections),
                per_address: counter(Number::LimitPerAddress),
                queue: counter(Number::LimitQueue),
                resets: counter(Number::LimitResets),
                floods: counter(Number::LimitFloods),
                handshakes: counter(Number::LimitHandshakes),
            },
            sets,
        }
    }

    /// What every slot of the board has counted on this address; without a board, what this process
    /// has.
    pub fn sum(&self) -> Sum {
        let ring = self.ring.as_ref().map(|ring| ring.capacity);
        Sum::new(&self.sets.totals(), ring)
    }

    /// Raises one of the gauges for as long as the answer lives, however its owner ends:
    /// `let _open = listener.hold(|listener| &listener.open);`
    #[must_use]
    pub fn hold(self: &Rc<Self>, gauge: fn(&Self) -> &Gauge) -> Hold {
        gauge(self).inc();
        Hold {
            listener: Rc::clone(self),
            gauge,
        }
    }
}

impl Ring {
    fn new(capacity: usize, set: &'static [AtomicU64]) -> Self {
        Self {
            capacity,
            high_water: Max::new(&set[Number::RingHighWater as usize]),
            handshake_high_water: Max::new(&set[Number::RingHandshakeHighWater as usize]),
            waits: Counter::new(&set[Number::RingWaits as usize]),
        }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        (self.gauge)(&self.listener).dec();
    }
}

impl fmt::Debug for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hold")
            .field("now", &(self.gauge)(&self.listener).get())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::cells::GAUGES;
    use super::super::{LimitSums, RingSum, TimeoutSums};
    use super::*;

    #[test]
    fn a_plain_listener_has_no_ring() {
        let listener = Listener::new("tcp://127.0.0.1:80".into(), None);
        assert!(!listener.tls);
        assert!(listener.ring.is_none());
        assert_eq!(listener.address, "tcp://127.0.0.1:80");
    }

    #[test]
    fn a_tls_listener_knows_the_size_of_its_ring() {
        let listener = Listener::new("tcp://[::1]:443".into(), Some(4096));
        assert!(listener.tls);
        assert_eq!(listener.ring.unwrap().capacity, 4096);
    }

    #[test]
    fn a_hold_raises_its_gauge_until_it_is_dropped() {
        let listener = Rc::new(Listener::new(String::new(), None));
        let first = listener.hold(|listener| &listener.open);
        let second = listener.hold(|listener| &listener.open);
        let third = listener.hold(|listener| &listener.active);
        assert_eq!((listener.open.get(), listener.active.get()), (2, 1));
        drop(first);
        assert_eq!(listener.open.get(), 1);
        drop((second, third));
        assert_eq!((listener.open.get(), listener.active.get()), (0, 0));
    }

    #[test]
    fn every_number_has_a_cell_of_its_own_and_comes_back_under_its_name() {
        let listener = Listener::new(String::new(), Some(4096));
        let ring = listener.ring.as_ref().unwrap();
        let (timeouts, limits) = (&listener.timeouts, &listener.limits);
        let counters = [
            &listener.accepted,
            &listener.refused,
            &listener.handshakes_ok,
            &listener.handshakes_failed,
            &listener.requests_10,
            &listener.requests_11,
            &listener.requests_2,
            &listener.requests_refused,
            &listener.bytes_in,
            &listener.bytes_out,
            &ring.waits,
            &timeouts.handshake,
            &timeouts.head,
            &timeouts.idle,
            &timeouts.body,
            &timeouts.write,
            &timeouts.handler,
            &timeouts.age,
            &timeouts.rate,
            &limits.body,
            &limits.head,
            &limits.headers,
            &limits.target,
            &limits.connections,
            &limits.per_address,
            &limits.queue,
            &limits.resets,
            &limits.floods,
            &limits.handshakes,
            &listener.certificates_renewed,
            &listener.certificates_refused,
        ];
        for (counter, n) in counters.into_iter().zip(101..) {
            counter.add(n);
        }
        listener.open.inc();
        listener.active.inc();
        listener.active.inc();
        ring.high_water.see(201);
        ring.handshake_high_water.see(202);
        let expected = Sum {
            accepted: 101,
            refused: 102,
            open: 1,
            handshakes_ok: 103,
            handshakes_failed: 104,
            certificates_renewed: 130,
            certificates_refused: 131,
            requests_10: 105,
            requests_11: 106,
            requests_2: 107,
            active: 2,
            requests_refused: 108,
            bytes_in: 109,
            bytes_out: 110,
            ring: Some(RingSum {
                capacity: 4096,
                high_water: 201,
                handshake_high_water: 202,
                waits: 111,
            }),
            timeouts: TimeoutSums {
                handshake: 112,
                head: 113,
                idle: 114,
                body: 115,
                write: 116,
                handler: 117,
                age: 118,
                rate: 119,
            },
            limits: LimitSums {
                body: 120,
                head: 121,
                headers: 122,
                target: 123,
                connections: 124,
                per_address: 125,
                queue: 126,
                resets: 127,
                floods: 128,
                handshakes: 129,
            },
        };
        assert_eq!(listener.sum(), expected);
    }

    #[test]
    fn the_gauges_are_known_as_such() {
        let listener = Listener::new(String::new(), None);
        listener.open.inc();
        listener.active.inc();
        let mut totals = listener.sets.totals();
        for gauge in GAUGES {
            assert_eq!(std::mem::take(&mut totals[gauge as usize]), 1);
        }
        assert!(totals.iter().all(|total| *total == 0));
    }

    #[test]
    fn listeners_without_a_board_count_apart() {
        let one = Listener::new("tcp://127.0.0.1:80".into(), None);
        let two = Listener::new("tcp://127.0.0.1:80".into(), None);
        one.accepted.inc();
        assert_eq!((one.sum().accepted, two.sum().accepted), (1, 0));
    }
}
