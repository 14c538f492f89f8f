//! What the TLS tests share: a server and a client over a pipe, and a transport that can be stuck.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses a part of it"
)]

use std::cell::{Cell, RefCell};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use sluice::stats;
use sluice::tls::{self, Info, Settings};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

pub const RINGS: [usize; 6] = [1024, 4096, 17_408, 34_816, 65_536, 1_048_576];
/// The most that one TLS record adds to its plaintext.
pub const OVERHEAD: usize = 29;
pub static TLS12: &SupportedProtocolVersion = &rustls::version::TLS12;
pub static TLS13: &SupportedProtocolVersion = &rustls::version::TLS13;

pub type Server = tls::Stream<Tap>;
pub type Client = TlsStream<DuplexStream>;

static P256: LazyLock<Settings> = LazyLock::new(|| Settings::self_signed(&[]).unwrap());

/// Settings with a P-256 certificate for localhost.
pub fn settings(ring: usize) -> Settings {
    P256.with_ring(ring as i64).unwrap()
}

/// Runs a test in a runtime of the kind that the server uses; what is stuck fails.
pub fn run<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let tasks = tokio::task::LocalSet::new();
    tasks.block_on(&runtime, async {
        tokio::time::timeout(Duration::from_secs(120), test)
            .await
            .expect("the test is stuck")
    })
}

/// Bytes that depend on their position, so that a lost, doubled or moved record shows.
pub fn body(size: usize) -> Vec<u8> {
    (0..size as u64)
        .map(|i| (i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8)
        .collect()
}

pub fn meter(ring: usize) -> Rc<stats::Listener> {
    Rc::new(stats::Listener::new("pipe".into(), Some(ring)))
}

/// A client that trusts the server's certificate.
pub fn trusting(settings: &Settings, version: &'static SupportedProtocolVersion) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(settings.chain().last().unwrap().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}

/// A server and a client after their handshake.
pub struct Pair {
    pub server: Server,
    pub client: Client,
    pub info: Info,
    pub tap: Rc<Control>,
    pub meter: Rc<stats::Listener>,
}

impl Pair {
    pub async fn new(ring: usize, version: &'static SupportedProtocolVersion) -> Self {
        let settings = settings(ring);
        let config = trusting(&settings, version);
        Self::of(&settings, config, 65_536).await
    }

    /// Both ends are joined by a pipe of `pipe` bytes each way. The tickets have left.
    pub async fn of(settings: &Settings, client: ClientConfig, pipe: usize) -> Self {
        let mut pair = Self::with_tickets(settings, client, pipe).await;
        pair.server.flush().await.unwrap();
        pair.tap.forget();
        pair
    }

    /// The same, and the server still has the tickets of TLS 1.3.
    pub async fn with_tickets(settings: &Settings, client: ClientConfig, pipe: usize) -> Self {
        let (near, far) = tokio::io::duplex(pipe);
        let (io, tap) = Tap::new(near);
        let meter = meter(settings.ring());
        let name = "localhost".try_into().unwrap();
        let (server, client) = tokio::join!(
            tls::accept(settings, io, Rc::clone(&meter)),
            TlsConnector::from(Arc::new(client)).connect(name, far),
        );
        let (server, info) = server.unwrap();
        tap.forget();
        Self {
            server,
            client: client.unwrap(),
            info,
            tap,
            meter,
        }
    }

    pub fn ring(&self) -> &stats::Ring {
        self.meter.ring.as_ref().unwrap()
    }
}

/// A transport whose writes can be held back, and that counts what it is offered.
pub struct Tap {
    io: DuplexStream,
    control: Rc<Control>,
}

/// What a [`Tap`] does with writes.
#[derive(Clone, Copy, Debug, Default)]
pub enum Accepts {
    #[default]
    All,
    Nothing,
    /// So many bytes in every other write, and nothing in those between.
    Few(usize),
}

#[derive(Default)]
pub struct Control {
    accepts: Cell<Accepts>,
    rest: Cell<bool>,
    stuck: RefCell<Option<Waker>>,
    /// The most bytes that one write offered: all that its owner held.
    pub offered: Cell<usize>,
    pub writes: Cell<usize>,
    /// Whether more follows, and what that was at each write.
    pub unfinished: Rc<Cell<bool>>,
    pub told: RefCell<Vec<bool>>,
    pub written: Cell<usize>,
}

impl Control {
    pub fn accept(&self, accepts: Accepts) {
        self.accepts.set(accepts);
        if let Some(waker) = self.stuck.take() {
            waker.wake();
        }
    }

    /// Starts to count anew.
    pub fn forget(&self) {
        self.offered.set(0);
        self.writes.set(0);
        self.written.set(0);
    }
}

impl Tap {
    pub fn new(io: DuplexStream) -> (Self, Rc<Control>) {
        let control = Rc::new(Control::default());
        let tap = Self {
            io,
            control: Rc::clone(&control),
        };
        (tap, control)
    }
}

impl AsyncRead for Tap {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_read(cx, buf)
    }
}

impl AsyncWrite for Tap {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(buf)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let control = &this.control;
        let offered = bufs.iter().map(|buf| buf.len()).sum();
        control.offered.set(control.offered.get().max(offered));
        control.writes.set(control.writes.get() + 1);
        control.told.borrow_mut().push(control.unfinished.get());
        let io = Pin::new(&mut this.io);
        let polled = match control.accepts.get() {
            Accepts::All => io.poll_write_vectored(cx, bufs),
            Accepts::Few(few) if control.rest.replace(!control.rest.get()) => {
                let first = bufs.iter().find(|buf| !buf.is_empty()).unwrap();
                io.poll_write(cx, &first[..first.len().min(few)])
            }
            Accepts::Few(_) => {
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Accepts::Nothing => {
                *control.stuck.borrow_mut() = Some(cx.waker().clone());
                Poll::Pending
            }
        };
        if let Poll::Ready(Ok(n)) = polled {
            control.written.set(control.written.get() + n);
        }
        polled
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_shutdown(cx)
    }
}

/// Polls once, with a waker that does nothing.
pub fn poll_once<T>(poll: impl FnOnce(&mut Context<'_>) -> Poll<T>) -> Poll<T> {
    poll(&mut Context::from_waker(Waker::noop()))
}
