//! What `Server::stats()` shows.

use ext_php_rs::types::{ZendHashTable, Zval};

use super::values::{array, bytes};
use crate::stats::Listener;

/// One listener's numbers as an array.
pub(super) fn listener(stats: &Listener) -> Zval {
    let timeouts = &stats.timeouts;
    let mut table = ZendHashTable::new();
    let mut put = |name: &str, value: Zval| {
        let _ = table.insert(name, value);
    };
    put("address", bytes(stats.address.as_bytes()));
    put("tls", boolean(stats.tls));
    put(
        "connections",
        numbers(&[
            ("accepted", stats.accepted.get()),
            ("open", stats.open.get()),
            ("refused", stats.refused.get()),
        ]),
    );
    put(
        "handshakes",
        numbers(&[
            ("ok", stats.handshakes_ok.get()),
            ("failed", stats.handshakes_failed.get()),
        ]),
    );
    put(
        "requests",
        numbers(&[
            ("1.0", stats.requests_10.get()),
            ("1.1", stats.requests_11.get()),
            ("2", stats.requests_2.get()),
            ("active", stats.active.get()),
            ("refused", stats.requests_refused.get()),
        ]),
    );
    put(
        "bytes",
        numbers(&[("in", stats.bytes_in.get()), ("out", stats.bytes_out.get())]),
    );
    put("ring", ring(stats));
    put(
        "timeouts",
        numbers(&[
            ("handshake", timeouts.handshake.get()),
            ("head", timeouts.head.get()),
            ("idle", timeouts.idle.get()),
            ("body", timeouts.body.get()),
            ("write", timeouts.write.get()),
        ]),
    );
    array(table)
}

fn ring(stats: &Listener) -> Zval {
    match &stats.ring {
        None => Zval::null(),
        Some(ring) => numbers(&[
            ("capacity", ring.capacity as u64),
            ("highWater", ring.high_water.get()),
            ("handshakeHighWater", ring.handshake_high_water.get()),
            ("waits", ring.waits.get()),
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
