//! What `Server::stats()` shows.

use ext_php_rs::types::{ZendHashTable, Zval};

use super::values::{array, bytes};
use crate::stats::{Listener, RingSum};

/// One listener's numbers as an array: those of every worker that serves its address.
pub(super) fn listener(stats: &Listener) -> Zval {
    let sum = stats.sum();
    let timeouts = &sum.timeouts;
    let mut table = ZendHashTable::new();
    let mut put = |name: &str, value: Zval| {
        let _ = table.insert(name, value);
    };
    put("address", bytes(stats.address.as_bytes()));
    put("tls", boolean(stats.tls));
    put(
        "connections",
        numbers(&[
            ("accepted", sum.accepted),
            ("open", sum.open),
            ("refused", sum.refused),
        ]),
    );
    put(
        "handshakes",
        numbers(&[("ok", sum.handshakes_ok), ("failed", sum.handshakes_failed)]),
    );
    put(
        "requests",
        numbers(&[
            ("1.0", sum.requests_10),
            ("1.1", sum.requests_11),
            ("2", sum.requests_2),
            ("active", sum.active),
            ("refused", sum.requests_refused),
        ]),
    );
    put(
        "bytes",
        numbers(&[("in", sum.bytes_in), ("out", sum.bytes_out)]),
    );
    put("ring", ring(sum.ring.as_ref()));
    put(
        "timeouts",
        numbers(&[
            ("handshake", timeouts.handshake),
            ("head", timeouts.head),
            ("idle", timeouts.idle),
            ("body", timeouts.body),
            ("write", timeouts.write),
        ]),
    );
    array(table)
}

fn ring(sum: Option<&RingSum>) -> Zval {
    match sum {
        None => Zval::null(),
        Some(ring) => numbers(&[
            ("capacity", ring.capacity as u64),
            ("highWater", ring.high_water),
            ("handshakeHighWater", ring.handshake_high_water),
            ("waits", ring.waits),
        ]),
    }
}

fn numbers(pairs: &[(&str, u64)]) -> Zval {
    let mut table = ZendHashTable::new();
    for &(name, number) in pairs {
        let mut value = Zval::new();
        value.set_long(i64::try_from(number).unwrap_or(i64::MAX));
        let _ = table.insert(name, value);
    }
    array(table)
}

fn boolean(value: bool) -> Zval {
    let mut zval = Zval::new();
    zval.set_bool(value);
    zval
}
