//! Clients: hyper's, over sockets and TLS of other people's making.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::client::Resumption;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, Sleep};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::server::identity;

/// Which protocol a client speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaks {
    H1,
    H2,
}

impl Speaks {
    fn alpn(self) -> &'static [u8] {
        match self {
            Self::H1 => b"http/1.1",
            Self::H2 => b"h2",
        }
    }
}

/// A TCP connection whose kernel keeps at most `buffer` unread bytes, where it is given.
pub async fn tcp(address: SocketAddr, buffer: Option<u32>) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    if let Some(buffer) = buffer {
        socket.set_recv_buffer_size(buffer).unwrap();
    }
    let stream = socket.connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// A TLS client that trusts the tests' certificate and offers one protocol.
pub fn trusting(speaks: Speaks) -> Arc<ClientConfig> {
    trusting_with(speaks, rustls::DEFAULT_VERSIONS)
}

fn trusting_with(
    speaks: Speaks,
    versions: &[&'static SupportedProtocolVersion],
) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(root()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![speaks.alpn().to_vec()];
    Arc::new(config)
}

/// A TLS client of one version that resumes no session.
pub fn connector(speaks: Speaks, version: &'static SupportedProtocolVersion) -> TlsConnector {
    let mut config = ClientConfig::clone(&trusting_with(speaks, &[version]));
    config.resumption = Resumption::disabled();
    Arc::new(config).into()
}

/// Names the certificate, in hexadecimal, of a server in another process.
pub const ROOT: &str = "SLUICE_TEST_ROOT";

fn root() -> CertificateDer<'static> {
    let Ok(hex) = std::env::var(ROOT) else {
        let identity = identity(sluice::tls::DEFAULT_RING);
        return identity.chain().last().unwrap().clone();
    };
    let bytes = (0..hex.len()).step_by(2);
    let bytes = bytes.map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap());
    bytes.collect::<Vec<u8>>().into()
}

/// TLS over `io`, after its handshake.
pub async fn tls<IO>(io: IO, speaks: Speaks) -> TlsStream<IO>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    let name = "localhost".try_into().unwrap();
    let connector = TlsConnector::from(trusting(speaks));
    let stream = connector.connect(name, io).await.unwrap();
    let chosen = stream.get_ref().1.alpn_protocol();
    assert_eq!(chosen, Some(speaks.alpn()));
    stream
}

/// A request body.
pub type Upload = UnsyncBoxBody<Bytes, Infallible>;

/// hyper's client on one connection.
#[derive(Debug)]
pub enum Client {
    H1(http1::SendRequest<Upload>),
    H2(http2::SendRequest<Upload>),
}

impl Client {
    /// Speaks HTTP over `io`; a task drives the connection.
    pub async fn over<IO>(io: IO, speaks: Speaks) -> Self
    where
        IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let io = TokioIo::new(io);
        match speaks {
            Speaks::H1 => {
                let (client, connection) = http1::handshake(io).await.unwrap();
                tokio::spawn(connection);
                Self::H1(client)
            }
            Speaks::H2 => {
                let builder = http2::Builder::new(TokioExecutor::new());
                let (client, connection) = builder.handshake(io).await.unwrap();
                tokio::spawn(connection);
                Self::H2(client)
            }
        }
    }

    /// Connects by TLS.
    pub async fn secure(address: SocketAddr, speaks: Speaks) -> Self {
        Self::over(tls(tcp(address, None).await, speaks).await, speaks).await
    }

    /// Connects without TLS.
    pub async fn plain(address: SocketAddr, speaks: Speaks) -> Self {
        Self::over(tcp(address, None).await, speaks).await
    }

    pub async fn send(&mut self, request: Request<Upload>) -> hyper::Result<Response<Incoming>> {
        match self {
            Self::H1(client) => {
                client.ready().await?;
                client.send_request(request).await
            }
            Self::H2(client) => {
                client.ready().await?;
                client.send_request(request).await
            }
        }
    }

    pub async fn get(&mut self, path: &str) -> hyper::Result<Response<Incoming>> {
        let request = self.request("GET", path, Bytes::new());
        self.send(request).await
    }

    /// The whole reply to a GET.
    pub async fn fetch(&mut self, path: &str) -> hyper::Result<Response<Bytes>> {
        let (head, body) = self.get(path).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok(Response::from_parts(head, body))
    }

    /// A request with a body of known length.
    pub fn request(&self, method: &str, path: &str, body: Bytes) -> Request<Upload> {
        let uri = match self {
            Self::H1(_) => path.to_owned(),
            Self::H2(_) => format!("https://localhost{path}"),
        };
        let mut request = Request::builder().method(method).uri(uri);
        if matches!(self, Self::H1(_)) {
            request = request.header("host", "localhost");
        }
        request.body(Full::new(body).boxed_unsync()).unwrap()
    }
}

/// Reads at most 8 KiB at a time, every few milliseconds unless told otherwise.
pub struct Slow<IO> {
    io: IO,
    length: Duration,
    pause: Pin<Box<Sleep>>,
}

impl<IO> Slow<IO> {
    pub fn new(io: IO) -> Self {
        Self::pausing(io, PAUSE)
    }

    /// With so long a pause between two reads.
    pub fn pausing(io: IO, length: Duration) -> Self {
        Self {
            io,
            length,
            pause: Box::pin(tokio::time::sleep(Duration::ZERO)),
        }
    }
}

const PAUSE: Duration = Duration::from_millis(3);

impl<IO: AsyncRead + Unpin> AsyncRead for Slow<IO> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(self.pause.as_mut().poll(cx));
        let mut space = [0; 8192];
        let room = buf.remaining().min(space.len());
        let mut part = ReadBuf::new(&mut space[..room]);
        ready!(Pin::new(&mut self.io).poll_read(cx, &mut part))?;
        buf.put_slice(part.filled());
        let next = Instant::now() + self.length;
        self.pause.as_mut().reset(next);
        Poll::Ready(Ok(()))
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for Slow<IO> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
