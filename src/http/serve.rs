//! Drives one connection from its first byte to its last.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite};

use super::http1::Http1;
use super::http2::Http2;
use super::io::Watched;
use super::sniff::sniff;
use super::{Connection, Fate, Handler, Service};

/// Which protocol a connection speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP/1.1 or 1.0, as ALPN chose.
    Http1,
    /// HTTP/2, as ALPN chose.
    Http2,
    /// Told by the first bytes: the HTTP/2 preface (RFC 9113 section 3.4) or anything else.
    Sniffed,
}

/// Serves one connection until it ends, a deadline passes, or it was told to drain and what was
/// begun is finished. Errors end the connection; there is nobody to tell.
///
/// The future is boxed by itself, so that a task holds no more than what the protocol at hand
/// needs.
pub fn serve<IO, H>(
    io: IO,
    protocol: Protocol,
    connection: Rc<Connection>,
    service: Rc<Service<H>>,
) -> Pin<Box<dyn Future<Output = ()>>>
where
    IO: AsyncRead + AsyncWrite + Unpin + 'static,
    H: Handler,
{
    match protocol {
        Protocol::Http1 => converse(io, Bytes::new(), false, connection, service),
        Protocol::Http2 => converse(io, Bytes::new(), true, connection, service),
        Protocol::Sniffed => Box::pin(sniff_and_converse(io, connection, service)),
    }
}

async fn sniff_and_converse<IO, H>(mut io: IO, connection: Rc<Connection>, service: Rc<Service<H>>)
where
    IO: AsyncRead + AsyncWrite + Unpin + 'static,
    H: Handler,
{
    let sniffed = connection.unless_overdue(sniff(&mut io)).await;
    if let Some(Ok((is_http2, begun))) = sniffed {
        converse(io, begun, is_http2, connection, service).await;
    }
}

fn converse<IO, H>(
    io: IO,
    begun: Bytes,
    is_http2: bool,
    connection: Rc<Connection>,
    service: Rc<Service<H>>,
) -> Pin<Box<dyn Future<Output = ()>>>
where
    IO: AsyncRead + AsyncWrite + Unpin + 'static,
    H: Handler,
{
    let io = Watched::new(io, begun, Rc::clone(&connection));
    if is_http2 {
        connection.multiplexes();
        let driver = Http2::new(io, Rc::clone(&connection), service);
        Box::pin(Drive::new(driver, connection))
    } else {
        let driver = Http1::new(io, Rc::clone(&connection), service);
        Box::pin(Drive::new(driver, connection))
    }
}

/// A connection of either protocol.
pub(super) trait Driver {
    /// Takes the connection as far as it goes now; ready when it is over.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()>;

    /// Ends the connection once what was begun is finished.
    fn graceful_shutdown(&mut self);

    /// Whether a request that is on its way when the client is told of the end is still answered:
    /// HTTP/2 has GOAWAY for that (RFC 9113 section 6.8).
    const TELLS_AHEAD: bool;
}

/// A connection that is being served. A struct and not an `async fn`: that would hold its
/// arguments twice.
struct Drive<D> {
    driver: D,
    connection: Rc<Connection>,
    /// The driver was told that this is the end.
    told: bool,
}

impl<D: Driver> Drive<D> {
    fn new(driver: D, connection: Rc<Connection>) -> Self {
        Self {
            driver,
            connection,
            told: false,
        }
    }

    /// A request that may be on its way is answered first where the client could not know that it
    /// was lost. The reply to it then says that it is the last.
    fn must_tell(&self) -> bool {
        let connection = &self.connection;
        let drains = connection.is_draining() && (D::TELLS_AHEAD || !connection.expects_request());
        !self.told && (drains || connection.is_retired())
    }
}

impl<D: Driver + Unpin> Future for Drive<D> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.connection.begin_turn();
        if self.connection.poll_overdue(cx).is_ready() {
            return Poll::Ready(());
        }
        if self.driver.poll(cx).is_ready() {
            return Poll::Ready(());
        }
        if self.must_tell() {
            self.told = true;
            self.driver.graceful_shutdown();
            return self.driver.poll(cx);
        }
        Poll::Pending
    }
}

impl<D> Drop for Drive<D> {
    fn drop(&mut self) {
        self.connection.end_exchanges(Fate::Gone);
    }
}
