//! A TLS connection, from its turn for a handshake to its end.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout, timeout_at};

use super::connections::Place;
use super::transport::Transport;
use crate::error::Result;
use crate::http::{Connection, Handler, Protocol, Secure, Service, serve};
use crate::{stats, tls};

/// Takes a connection through its handshake, which waits for one of the permits and has so long in all, and serves it.
pub(super) async fn secured<H: Handler>(
    transport: Transport,
    settings: tls::Settings,
    (handshakes, limit): (Rc<Semaphore>, Duration),
    connection: Rc<Connection>,
    service: Rc<Service<H>>,
    _place: Place,
) {
    let stats = connection.stats();
    let has_waited = Cell::new(false);
    // Boxed: a handshake needs much that the connection after it does not.
    let accept = Box::pin(async {
        has_waited.set(handshakes.available_permits() == 0);
        let _permit = handshakes.acquire().await;
        accept(settings, transport, Rc::clone(&stats)).await
    });
    connection.shakes_hands();
    let begun = Instant::now();
    let accepted = connection.unless_overdue(timeout(limit, accept)).await;
    let Some(accepted) = accepted else { return };
    let (mut stream, info) = match accepted {
        Ok(Ok(accepted)) => accepted,
        Ok(Err(_)) => return,
        // One that got its turn at last had the rest of its time alone.
        Err(_) if has_waited.get() => {
            stats.limits.handshakes.inc();
            return;
        }
        Err(_) => {
            stats.timeouts.handshake.inc();
            return;
        }
    };
    let protocol = match info.alpn.as_deref() {
        Some("h2") => Protocol::Http2,
        _ => Protocol::Http1,
    };
    connection.secured(Secure {
        version: info.version,
        cipher: info.cipher,
        alpn: info.alpn,
        server_name: info.server_name,
        client_certificate: info.client_certificate,
    });
    if !stream.is_early() {
        return serve(*stream, protocol, connection, service).await;
    }
    connection.begin_early();
    let confirmed = Rc::clone(&connection);
    stream.when_complete(move || confirmed.confirm());
    let served = serve(*stream, protocol, Rc::clone(&connection), service);
    unless_early_at(begun + limit, served, &connection).await;
}

/// Serves a connection that has begun with early data, unless the handshake is not complete at
/// `deadline`.
async fn unless_early_at(
    deadline: Instant,
    mut served: Pin<Box<dyn Future<Output = ()>>>,
    connection: &Connection,
) {
    let confirmed =
        async { timeout_at(deadline, poll_fn(|cx| connection.poll_confirmed(cx))).await };
    tokio::select! {
        biased;
        () = &mut served => return,
        confirmed = confirmed => if confirmed.is_err() {
            connection.stats().timeouts.handshake.inc();
            return;
        },
    }
    served.await;
}

async fn accept(
    settings: tls::Settings,
    transport: Transport,
    stats: Rc<stats::Listener>,
) -> Result<(Box<tls::Stream<Transport>>, tls::Info)> {
    let (stream, info) = tls::accept(&settings, transport, stats).await?;
    Ok((Box::new(stream), info))
}
