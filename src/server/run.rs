//! The run of a server, from the first accept to the last byte.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use http::header::HeaderValue;
use tokio::io::AsyncWriteExt;
use tokio::runtime::{Builder, LocalOptions};
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, spawn_local};
use tokio::time::{sleep, timeout};

use super::addresses::Client;
use super::confirmed::Confirmed;
use super::connections::{Connections, Place};
use super::control::{Control, Phase};
use super::introduced::{Arrival, First};
use super::listening::Bound;
use super::mounted::Mounted;
use super::queued::Queued;
use super::renewal::{Renewed, renew};
use super::secured::secured;
use super::transport::Transport;
use super::turns::{Sharing, Turns};
use crate::config::{Proxies, Timeouts};
use crate::error::{Error, Kind, Result};
use crate::files::Mounts;
use crate::http::{Clock, Connection, Handler, Peer, Protocol, Service, Tasks, Terms, serve};
use crate::stats::{Counter, LimitCounts};
use crate::{net, stats, sys, tls};

/// What a server runs with.
#[derive(Clone)]
pub struct Settings {
    /// What all connections have in common.
    pub terms: Rc<Terms>,
    /// The folders whose files are served without the handler.
    pub mounts: Option<Rc<Mounts>>,
    /// What is known of other processes that accept from the same sockets; `None`: there are none.
    pub shares: Option<Rc<dyn Sharing>>,
    /// Gets a line for each thing an operator should know.
    pub log: fn(&str),
}

/// How a server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything that was begun was finished.
    Drained,
    /// The drain deadline cut this much off.
    Cut {
        /// Connections that were still busy.
        connections: usize,
        /// Handlers that were still at work.
        handlers: usize,
    },
}

/// Serves until `control` says stop, then drains. Runs on the calling thread, in a runtime of its
/// own that is gone when it returns, and with it whatever did not end. `orders` runs beside it: it
/// is what tells `control`, such as [`heed_signals`](super::heed_signals).
///
/// # Errors
/// Kind `Server` when the runtime or a listener cannot be set up.
pub fn run<H: Handler>(
    listeners: Vec<Bound>,
    handler: H,
    settings: Settings,
    control: Rc<Control>,
    orders: impl Future<Output = ()> + 'static,
) -> Result<Outcome> {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(sys::BLOCKING_THREADS)
        .on_thread_start(sys::keep_signals_away)
        .build_local(LocalOptions::default())
        .map_err(|error| {
            Error::new(Kind::Server, format!("no runtime: {error}")).caused_by(error)
        })?;
    let shared = Rc::new(Shared::new(handler, settings, Rc::clone(&control)));
    runtime.block_on(async {
        let renewed: Vec<Renewed> = listeners.iter().filter_map(Bound::renewed).collect();
        for listener in &renewed {
            // They may be older than this process: it can be a fork of one that has read them long ago.
            listener.read_again(shared.settings.log).await;
        }
        for listener in listeners {
            shared.listen(listener)?;
        }
        if !renewed.is_empty() {
            let log = shared.settings.log;
            spawn_local(renew(renewed, Rc::clone(&control), log));
        }
        spawn_local(sweep(Rc::clone(&shared)));
        control.advance(Phase::Serving);
        spawn_local(orders);
        control.reached(Phase::Draining).await;
        Ok(shared.drain().await)
    })
}

/// What all tasks of one server share.
pub(super) struct Shared<H: Handler> {
    pub(super) settings: Settings,
    control: Rc<Control>,
    connections: Rc<Connections>,
    tasks: Rc<Tasks>,
    service: Rc<Service<Mounted<Confirmed<Queued<H>>>>>,
    clock: Rc<Clock>,
    accepting: RefCell<Vec<JoinHandle<()>>>,
    turns: Turns,
    /// A permit for each handshake that may go on.
    handshakes: Rc<Semaphore>,
}

impl<H: Handler> Shared<H> {
    fn new(handler: H, settings: Settings, control: Rc<Control>) -> Self {
        let tasks = Rc::new(Tasks::default());
        let interval = tick(&settings.terms.timeouts);
        Self {
            service: Rc::new(Service::new(
                Mounted::new(
                    Confirmed::new(Queued::new(handler, &settings.terms.limits)),
                    settings.mounts.clone(),
                ),
                Rc::clone(&tasks),
            )),
            connections: Rc::new(Connections::new(settings.terms.limits.per_address > 0)),
            clock: Rc::new(Clock::new(interval)),
            turns: Turns::new(settings.shares.clone()),
            handshakes: Rc::new(Semaphore::new(settings.terms.limits.handshakes)),
            settings,
            control,
            tasks,
            accepting: RefCell::default(),
        }
    }

    fn listen(self: &Rc<Self>, bound: Bound) -> Result<()> {
        let stats = bound.stats();
        let log = self.settings.log;
        let acceptor = bound.listener.acceptor(Rc::clone(&stats), log)?;
        let served = Rc::new(Served {
            tls: bound.tls,
            proxies: bound.proxies,
            stats,
        });
        let accepting = spawn_local(Rc::clone(self).accept(acceptor, served));
        self.accepting.borrow_mut().push(accepting);
        Ok(())
    }

    async fn accept(self: Rc<Self>, acceptor: net::Acceptor, served: Rc<Served>) {
        let mut draining = pin!(self.control.reached(Phase::Draining));
        loop {
            // What has arrived before the drain is served: only an empty queue ends the loop.
            let mut next = pin!(acceptor.accept());
            let accepted = poll_fn(|cx| match next.as_mut().poll(cx) {
                Poll::Ready(accepted) => Poll::Ready(Some(accepted)),
                Poll::Pending => draining.as_mut().poll(cx).map(|()| None),
            })
            .await;
            let Some((stream, peer)) = accepted else {
                return;
            };
            let connection = self.admit(stream, &peer, &served);
            if let Some(connection) = connection
                && self.control.phase() == Phase::Serving
            {
                self.turns.leave_the_next(&connection).await;
            }
        }
    }

    fn admit(
        self: &Rc<Self>,
        stream: net::Stream,
        peer: &net::Peer,
        served: &Rc<Served>,
    ) -> Option<Rc<Connection>> {
        let first = First::of(served.proxies.as_deref(), peer.remote.ip());
        if first == First::Nobody {
            served.stats.proxy_headers_failed.inc();
            return None;
        }
        // Whose connection a proxy brings is not known yet.
        let client = peer.remote.ip().filter(|_| first == First::Client);
        let client = client.map(Client::of);
        if let Some(limit) = self.limit_passed(client) {
            self.turn_away(stream, served, limit);
            return None;
        }
        let connection = Rc::new(Connection::new(
            facts(peer, served),
            Rc::clone(&self.settings.terms),
            Rc::clone(&served.stats),
            Rc::clone(&self.clock),
        ));
        let place = self.connections.enter(&connection, client);
        let arrival = Arrival {
            stream,
            peer: *peer,
            connection: Rc::clone(&connection),
            place,
            served: Rc::clone(served),
        };
        match first {
            First::Proxy { is_required } => {
                spawn_local(Rc::clone(self).introduce(arrival, is_required));
            }
            _ => self.open(arrival, self.settings.terms.timeouts.handshake),
        }
        Some(connection)
    }

    /// Begins TLS, which has so long for its handshake, or HTTP.
    pub(super) fn open(&self, arrival: Arrival, handshake: Duration) {
        let Arrival {
            stream,
            connection,
            place,
            served,
            ..
        } = arrival;
        let transport = Transport::new(stream, Rc::clone(&connection));
        let service = Rc::clone(&self.service);
        match &served.tls {
            None => {
                connection.takes_files();
                let served = serve(transport, Protocol::Sniffed, connection, service);
                spawn_local(plain(served, place));
            }
            Some(settings) => {
                spawn_local(secured(
                    transport,
                    settings.clone(),
                    (Rc::clone(&self.handshakes), handshake),
                    connection,
                    service,
                    place,
                ));
            }
        }
    }

    /// Does not let a connection in, because it is one too many.
    pub(super) fn turn_away(
        &self,
        stream: net::Stream,
        served: &Served,
        limit: fn(&LimitCounts) -> &Counter,
    ) {
        served.stats.refused.inc();
        limit(&served.stats.limits).inc();
        if served.tls.is_none() {
            spawn_local(refuse(stream, self.settings.terms.server.clone()));
        }
    }

    /// The limit that keeps one more connection of this client out.
    fn limit_passed(&self, client: Option<Client>) -> Option<fn(&LimitCounts) -> &Counter> {
        if self.connections.count() >= self.settings.terms.limits.connections {
            return Some(|limits| &limits.connections);
        }
        self.address_limit_passed(client)
    }

    /// The limit on connections of one client, if it has as many.
    pub(super) fn address_limit_passed(
        &self,
        client: Option<Client>,
    ) -> Option<fn(&LimitCounts) -> &Counter> {
        let most = self.settings.terms.limits.per_address;
        let is_full = most > 0 && self.connections.count_of(client) >= most;
        is_full.then_some(|limits| &limits.per_address)
    }

    async fn drain(&self) -> Outcome {
        let grace = self
            .control
            .grace()
            .unwrap_or(self.settings.terms.timeouts.drain);
        self.clock.quicken(DRAINING_TICK);
        self.connections.drain();
        let finished = async {
            tokio::select! {
                () = self.finished() => true,
                () = self.control.reached(Phase::Ending) => false,
            }
        };
        if timeout(grace, finished).await == Ok(true) {
            self.control.advance(Phase::Ending);
            return Outcome::Drained;
        }
        let (connections, handlers) = (self.connections.under_way(), self.tasks.running());
        self.control.advance(Phase::Ending);
        self.connections.end();
        // Handlers see an exception now and run their `finally` blocks; these may not wait.
        let _ = timeout(LAST_WORDS, self.handlers_done()).await;
        if connections == 0 && handlers == 0 {
            return Outcome::Drained;
        }
        Outcome::Cut {
            connections,
            handlers,
        }
    }

    async fn finished(&self) {
        // The accept loops take what is left in the kernel's queue first.
        for accepting in self.accepting.take() {
            let _ = accepting.await;
        }
        poll_fn(|cx| self.connections.poll_empty(cx)).await;
        self.handlers_done().await;
    }

    async fn handlers_done(&self) {
        poll_fn(|cx| self.tasks.poll_idle(cx)).await;
    }
}

/// How long handlers have for their `finally` blocks once the drain deadline has passed.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// What one listener's connections share.
pub(super) struct Served {
    tls: Option<tls::Settings>,
    proxies: Option<Rc<Proxies>>,
    pub(super) stats: Rc<stats::Listener>,
}

impl Served {
    /// Whose fields tell of the client of this connection.
    fn believed(&self, peer: &net::Peer) -> Option<Rc<Proxies>> {
        let proxies = self.proxies.as_ref()?;
        let is_believed = proxies.headers.is_some() && proxies.trusted.contains(peer.remote.ip());
        is_believed.then(|| Rc::clone(proxies))
    }
}

async fn sweep<H: Handler>(shared: Rc<Shared<H>>) {
    let mut draining = pin!(shared.control.reached(Phase::Draining));
    let mut is_draining = false;
    loop {
        tokio::select! {
            () = sleep(shared.clock.interval()) => {}
            () = &mut draining, if !is_draining => is_draining = true,
        }
        shared.clock.tick();
        shared.connections.sweep(shared.clock.interval() / 4).await;
        sys::give_back_memory();
    }
}

/// How often connections are looked at while the server drains.
const DRAINING_TICK: Duration = Duration::from_millis(50);

/// Several ticks for the shortest deadline, but no more than a few per second without need.
fn tick(timeouts: &Timeouts) -> Duration {
    let shortest = timeouts
        .head
        .min(timeouts.idle)
        .min(timeouts.body)
        .min(timeouts.write);
    (shortest / 8).clamp(Duration::from_millis(5), Duration::from_millis(500))
}

async fn plain(served: Pin<Box<dyn Future<Output = ()>>>, _place: Place) {
    served.await;
}

/// Tells a client of a plain listener that there are too many connections.
async fn refuse(mut stream: net::Stream, server: Option<HeaderValue>) {
    const REPLY: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n";
    let mut reply = REPLY.to_vec();
    if let Some(server) = &server {
        reply.extend_from_slice(&[b"server: ", server.as_bytes(), b"\r\n"].concat());
    }
    reply.extend_from_slice(b"\r\n");
    let said = async {
        stream.write_all(&reply).await?;
        stream.shutdown().await
    };
    let _ = timeout(Duration::from_secs(1), said).await;
}

/// What HTTP knows of whoever is at the other end.
pub(super) fn facts(peer: &net::Peer, served: &Served) -> Peer {
    let address = |endpoint: &net::Endpoint| match endpoint {
        net::Endpoint::Tcp(address) => Some(*address),
        net::Endpoint::Unix => None,
    };
    Peer {
        remote: address(&peer.remote),
        local: address(&peer.local).map_or_else(
            || served.stats.address.clone(),
            |local| format!("tcp://{local}"),
        ),
        proxies: served.believed(peer),
    }
}
