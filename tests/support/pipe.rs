//! Connections without a server: HTTP over pipes and sockets of the test's making, with handler
//! and client on one thread.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use sluice::config::{Limits, Timeouts};
use sluice::http::{
    Clock, Connection, Exchange, Handler, Peer, Protocol, Secure, Service, Tasks, Terms, serve,
};
use sluice::{stats, tls};
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf, duplex};
use tokio::net::{TcpListener, TcpSocket};
use tokio::task::spawn_local;

use super::Work;

/// What a server has apart from its sockets. Lives in the runtime of the test.
pub struct Rig {
    pub stats: Rc<stats::Listener>,
    pub tasks: Rc<Tasks>,
    terms: Rc<Terms>,
    clock: Rc<Clock>,
    service: Rc<Service<Answers>>,
    ring: Option<tls::Settings>,
}

struct Answers(Box<dyn Fn(Rc<Exchange>) -> Work>);

impl Handler for Answers {
    type Work = Work;

    fn handle(&self, exchange: Rc<Exchange>) -> Work {
        (self.0)(exchange)
    }
}

impl Rig {
    pub fn new(handler: impl Fn(Rc<Exchange>) -> Work + 'static) -> Self {
        let tasks = Rc::new(Tasks::default());
        let service = Service::new(Answers(Box::new(handler)), Rc::clone(&tasks));
        Self {
            stats: Rc::new(stats::Listener::new("pipe".into(), None)),
            tasks,
            terms: Rc::default(),
            clock: Rc::new(Clock::new(Duration::from_millis(5))),
            service: Rc::new(service),
            ring: None,
        }
    }

    /// Connections speak TLS.
    pub fn tls(mut self, settings: tls::Settings) -> Self {
        let ring = Some(settings.ring());
        self.stats = Rc::new(stats::Listener::new("pipe".into(), ring));
        self.ring = Some(settings);
        self
    }

    pub fn limits(mut self, limits: Limits) -> Self {
        Rc::get_mut(&mut self.terms).unwrap().limits = limits;
        self
    }

    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        Rc::get_mut(&mut self.terms).unwrap().timeouts = timeouts;
        self
    }

    /// Serves what is at the other end of `io`, in a task.
    pub fn attach<IO>(&self, io: IO) -> Rc<Connection>
    where
        IO: AsyncRead + AsyncWrite + Unpin + 'static,
    {
        let connection = Rc::new(Connection::new(
            Peer::default(),
            Rc::clone(&self.terms),
            Rc::clone(&self.stats),
            Rc::clone(&self.clock),
        ));
        let given = Rc::clone(&connection);
        let service = Rc::clone(&self.service);
        let io = Noted { io, connection };
        match self.ring.clone() {
            None => spawn_local(serve(io, Protocol::Sniffed, Rc::clone(&given), service)),
            Some(settings) => {
                let limit = self.terms.timeouts.handshake;
                spawn_local(secured(io, settings, limit, Rc::clone(&given), service))
            }
        };
        let (clock, swept) = (Rc::clone(&self.clock), Rc::downgrade(&given));
        spawn_local(async move {
            while let Some(connection) = swept.upgrade() {
                clock.tick();
                connection.sweep();
                connection.rest();
                drop(connection);
                tokio::time::sleep(clock.interval()).await;
            }
        });
        given
    }

    /// The client's end of a pipe to a new connection.
    pub fn pipe(&self) -> DuplexStream {
        self.drained_pipe().0
    }

    /// The same, with the connection to look at and to drain.
    pub fn drained_pipe(&self) -> (DuplexStream, Rc<Connection>) {
        let (client, server) = duplex(64 * 1024);
        let connection = self.attach(server);
        (client, connection)
    }

    /// Serves a TCP port whose sockets keep little in the kernel: what a client does not read
    /// stays with the server.
    pub fn listen(self: Rc<Self>, buffer: u32) -> SocketAddr {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        socket.set_send_buffer_size(buffer).unwrap();
        let listener: TcpListener = socket.listen(1024).unwrap();
        let address = listener.local_addr().unwrap();
        spawn_local(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // Inherited from the listener, but not on every system.
                let socket = SockRef::from(&stream);
                socket.set_send_buffer_size(buffer as usize).unwrap();
                stream.set_nodelay(true).unwrap();
                self.attach(stream);
            }
        });
        address
    }
}

async fn secured<IO>(
    io: IO,
    settings: tls::Settings,
    limit: Duration,
    connection: Rc<Connection>,
    service: Rc<Service<Answers>>,
) where
    IO: AsyncRead + AsyncWrite + Unpin + 'static,
{
    let stats = connection.stats();
    connection.shakes_hands();
    let accepted = tokio::time::timeout(limit, tls::accept(&settings, io, stats)).await;
    let Ok(Ok((io, info))) = accepted else {
        return;
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
    serve(io, protocol, connection, service).await;
}

/// Tells the connection of bytes that move, as the server's own transport does.
struct Noted<IO> {
    io: IO,
    connection: Rc<Connection>,
}

impl<IO: AsyncRead + Unpin> AsyncRead for Noted<IO> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.io).poll_read(cx, buf);
        if buf.filled().len() > before {
            self.connection.received();
        }
        polled
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for Noted<IO> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.io).poll_write(cx, buf);
        if let Poll::Ready(Ok(written)) = polled
            && written > 0
        {
            self.connection.sent(written);
        }
        polled
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
