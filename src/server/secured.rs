//! A TLS connection, from its turn for a handshake to its end.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Poll, ready};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout, timeout_at};

use super::connections::Place;
use super::transport::Transport;
use crate::error::Error;
use crate::http::{Connection, Handler, Protocol, Secure, Service, serve};
use crate::tls;

/// Takes a connection through its handshake, which waits for one of the permits and has so long in all, and serves it.
///
/// No `async fn`, which would keep room for all that the handshake needs for as long as the connection lives.
pub(super) fn secured<H: Handler>(
    transport: Transport,
    settings: tls::Settings,
    handshake: (Rc<Semaphore>, Duration),
    connection: Rc<Connection>,
    service: Rc<Service<H>>,
    place: Place,
) -> impl Future<Output = ()> {
    let begun = Instant::now();
    let limit = handshake.1;
    let handshake = shake_hands(transport, settings, handshake, Rc::clone(&connection));
    debug_assert!(size_of_val(&handshake) <= HANDSHAKE_MOST);
    let mut handshake = Some(Box::pin(handshake));
    let mut served: Option<Pin<Box<dyn Future<Output = ()>>>> = None;
    poll_fn(move |cx| {
        let _place = &place;
        if let Some(shaking) = &mut handshake {
            let shaken = ready!(shaking.as_mut().poll(cx));
            handshake = None;
            let Some((stream, protocol)) = shaken else {
                return Poll::Ready(());
            };
            served = Some(begin(
                stream,
                protocol,
                begun + limit,
                &connection,
                &service,
            ));
        }
        match &mut served {
            Some(served) => served.as_mut().poll(cx),
            None => Poll::Ready(()),
        }
    })
}

/// The most that the future of a handshake may take, in bytes; what rustls keeps elsewhere for its session comes on top. A
/// future that is moved into another one has room in both: by that it was a hundred thousand once, copied several times.
const HANDSHAKE_MOST: usize = 10 * 1024;

type Secured = (Box<tls::Stream<Transport>>, Protocol);

/// The handshake; `None` when nothing came of it.
async fn shake_hands(
    transport: Transport,
    settings: tls::Settings,
    (handshakes, limit): (Rc<Semaphore>, Duration),
    connection: Rc<Connection>,
) -> Option<Secured> {
    let stats = connection.stats();
    let has_waited = Cell::new(false);
    // Pinned before it is handed on: each hand would have room of its own for it.
    let accept = pin!(async {
        has_waited.set(handshakes.available_permits() == 0);
        let _permit = handshakes.acquire().await;
        let (stream, info) = tls::accept(&settings, transport, Rc::clone(&stats)).await?;
        Ok::<_, Error>((Box::new(stream), info))
    });
    connection.shakes_hands();
    let accepted = connection.unless_overdue(timeout(limit, accept)).await?;
    let (stream, info) = match accepted {
        Ok(accepted) => accepted.ok()?,
        // One that got its turn at last had the rest of its time alone.
        Err(_) if has_waited.get() => {
            stats.limits.handshakes.inc();
            return None;
        }
        Err(_) => {
            stats.timeouts.handshake.inc();
            return None;
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
    Some((stream, protocol))
}

/// Begins to serve. No future, as that would keep the stream's box for as long as it lives.
fn begin<H: Handler>(
    mut stream: Box<tls::Stream<Transport>>,
    protocol: Protocol,
    deadline: Instant,
    connection: &Rc<Connection>,
    service: &Rc<Service<H>>,
) -> Pin<Box<dyn Future<Output = ()>>> {
    let unfinished = Rc::new(Cell::new(false));
    stream.get_mut().heed(Rc::clone(&unfinished));
    stream.tell_unfinished(unfinished);
    let is_early = stream.is_early();
    if is_early {
        connection.begin_early();
        let confirmed = Rc::clone(connection);
        stream.when_complete(move || confirmed.confirm());
    }
    let served = serve(*stream, protocol, Rc::clone(connection), Rc::clone(service));
    if !is_early {
        return served;
    }
    let connection = Rc::clone(connection);
    Box::pin(async move { unless_early_at(deadline, served, &connection).await })
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
