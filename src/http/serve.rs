//! Serves one connection, whichever protocol its client speaks.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite};

use super::drive::Drive;
use super::http1::Http1;
use super::http2::Http2;
use super::io::Watched;
use super::sniff::sniff;
use super::{Connection, Handler, Service};

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
