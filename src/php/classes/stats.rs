//! What `Server::stats()` shows.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use ext_php_rs::boxed::ZBox;
use ext_php_rs::types::{ZendHashTable, Zval};

use super::values::{array, bytes};
use crate::php::zend::memory;
use crate::stats::{Board, Listener, RingSum, State, Sum};
use crate::tls;

/// One listener's numbers as an array: those of every worker that serves its address.
pub(super) fn listener(stats: &Listener, tls: Option<&tls::Settings>) -> Zval {
    let sum = stats.sum();
    let (timeouts, limits) = (&sum.timeouts, &sum.limits);
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
        "certificates",
        tls.map_or_else(Zval::null, |tls| certificates(tls, &sum)),
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
            ("handler", timeouts.handler),
            ("age", timeouts.age),
            ("rate", timeouts.rate),
        ]),
    );
    put(
        "limits",
        numbers(&[
            ("body", limits.body),
            ("head", limits.head),
            ("headers", limits.headers),
            ("target", limits.target),
            ("connections", limits.connections),
            ("connectionsPerAddress", limits.per_address),
            ("queue", limits.queue),
            ("resets", limits.resets),
            ("floods", limits.floods),
            ("handshakes", limits.handshakes),
        ]),
    );
    array(table)
}

/// The certificates that this process shows now, and what has become of new ones in all of them.
fn certificates(tls: &tls::Settings, sum: &Sum) -> Zval {
    let mut served = ZendHashTable::new();
    for certificate in tls.certificates() {
        let mut names = ZendHashTable::new();
        for name in &certificate.names {
            let _ = names.push(bytes(name.as_bytes()));
        }
        let mut one = ZendHashTable::new();
        let _ = one.insert("names", array(names));
        let texts = [
            ("subject", &certificate.subject),
            ("issuer", &certificate.issuer),
            ("serial", &certificate.serial),
            ("fingerprint", &certificate.fingerprint),
        ];
        for (name, text) in texts {
            let _ = one.insert(name, bytes(text.as_bytes()));
        }
        let _ = one.insert("notBefore", certificate.not_before);
        let _ = one.insert("notAfter", certificate.not_after);
        let _ = served.push(array(one));
    }
    let mut table = ZendHashTable::new();
    let _ = table.insert("renewed", sum.certificates_renewed);
    let _ = table.insert("refused", sum.certificates_refused);
    let _ = table.insert("served", array(served));
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

/// The numbers of the whole server, as all its workers have written them down.
pub(super) fn board(table: &mut ZendHashTable, board: &Board) {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let since = |millis: u64| {
        now.saturating_sub(Duration::from_millis(millis))
            .as_secs_f64()
    };
    let mut workers = ZendHashTable::new();
    for worker in board.workers() {
        let state = match worker.state {
            State::Free | State::Starting => "starting",
            State::Ready => "ready",
            State::Draining => "draining",
        };
        let uptime = since(worker.since);
        let _ = workers.push(process(
            worker.pid,
            state,
            worker.generation,
            uptime,
            worker.requests,
            worker.memory,
        ));
    }
    whole(
        table,
        since(board.started_at()),
        workers,
        board.restarts(),
        board.reloads(),
    );
}

/// The same for a server without workers: this process is the one.
pub(super) fn alone(table: &mut ZendHashTable, since: Instant, served: u64) {
    let uptime = since.elapsed().as_secs_f64();
    let mut workers = ZendHashTable::new();
    let _ = workers.push(process(
        std::process::id(),
        "ready",
        1,
        uptime,
        served,
        memory(),
    ));
    whole(table, uptime, workers, 0, 0);
}

fn whole(
    table: &mut ZendHashTable,
    uptime: f64,
    workers: ZBox<ZendHashTable>,
    restarts: u64,
    reloads: u64,
) {
    let _ = table.insert("uptime", uptime);
    let _ = table.insert("workers", array(workers));
    let _ = table.insert("restarts", long(restarts));
    let _ = table.insert("reloads", long(reloads));
}

fn process(
    pid: u32,
    state: &str,
    generation: u64,
    uptime: f64,
    requests: u64,
    memory: u64,
) -> Zval {
    let mut table = ZendHashTable::new();
    let _ = table.insert("pid", long(pid.into()));
    let _ = table.insert("state", state);
    let _ = table.insert("generation", long(generation));
    let _ = table.insert("uptime", uptime);
    let _ = table.insert("requests", long(requests));
    let _ = table.insert("memory", long(memory));
    array(table)
}

fn long(number: u64) -> Zval {
    let mut value = Zval::new();
    value.set_long(i64::try_from(number).unwrap_or(i64::MAX));
    value
}
