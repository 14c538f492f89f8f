//! What one listener has seen since it was bound.

use std::fmt;
use std::rc::Rc;

use super::{Counter, Gauge, Max};

/// The numbers of one listener. Bytes are those on the wire, TLS records included.
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
#[derive(Debug, Default)]
#[expect(missing_docs, reason = "documented at `config::Timeouts`")]
pub struct TimeoutCounts {
    pub handshake: Counter,
    pub head: Counter,
    pub idle: Counter,
    pub body: Counter,
    pub write: Counter,
}

/// Keeps a gauge raised by one until it is dropped.
pub struct Hold {
    listener: Rc<Listener>,
    gauge: fn(&Listener) -> &Gauge,
}

impl Listener {
    /// All zero. `ring` is the size of the TLS ring in bytes; `None` says that there is no TLS.
    pub fn new(address: String, ring: Option<usize>) -> Self {
        Self {
            address,
            tls: ring.is_some(),
            accepted: Counter::default(),
            refused: Counter::default(),
            open: Gauge::default(),
            handshakes_ok: Counter::default(),
            handshakes_failed: Counter::default(),
            requests_10: Counter::default(),
            requests_11: Counter::default(),
            requests_2: Counter::default(),
            active: Gauge::default(),
            requests_refused: Counter::default(),
            bytes_in: Counter::default(),
            bytes_out: Counter::default(),
            ring: ring.map(Ring::new),
            timeouts: TimeoutCounts::default(),
        }
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
    fn new(capacity: usize) -> Self {
        Self {
            capacity,
            high_water: Max::default(),
            handshake_high_water: Max::default(),
            waits: Counter::default(),
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
}
