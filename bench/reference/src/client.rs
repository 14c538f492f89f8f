//! A small HTTP/1.1 client over TCP or TLS for loads that wrk and h2load cannot make: connections that are new for each
//! request, and connections that do nothing.
//!
//! It checks no certificate. The servers under test are on loopback with a certificate made for the run, and each
//! microsecond that the client saves is one more in which the server is the one that is measured.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::{ClientConfig, DigitallySignedStruct, HandshakeKind, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// What a complete answer to `GET /hello` ends with.
pub const HELLO: &[u8] = b"Hello, World!";

/// An open connection, whatever is below HTTP.
pub trait Connection: AsyncRead + AsyncWrite + Unpin {}
impl<T: AsyncRead + AsyncWrite + Unpin> Connection for T {}

/// How to connect: where to, over TLS or not, with which receive buffer.
#[derive(Clone)]
pub struct Client {
    address: SocketAddr,
    tls: Option<TlsConnector>,
    name: ServerName<'static>,
    receive_buffer: Option<u32>,
}

impl Client {
    pub fn plain(address: SocketAddr) -> Self {
        Self {
            address,
            tls: None,
            name: localhost(),
            receive_buffer: None,
        }
    }

    /// A TLS client that offers `http/1.1` by ALPN. With `resume` it keeps the server's tickets and uses them, else each
    /// handshake is a full one.
    pub fn tls(address: SocketAddr, resume: bool) -> Self {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .expect("the provider supports TLS 1.2 and 1.3")
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Anyone(provider)))
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        if !resume {
            config.resumption = Resumption::disabled();
        }
        Self {
            address,
            tls: Some(TlsConnector::from(Arc::new(config))),
            name: localhost(),
            receive_buffer: None,
        }
    }

    /// Sets the kernel's receive buffer in bytes (the kernel doubles it), so that little fits below a client that does not read.
    pub fn with_receive_buffer(mut self, bytes: u32) -> Self {
        self.receive_buffer = Some(bytes);
        self
    }

    /// Asks for this name in the handshake, not for `localhost`.
    pub fn asking_for(mut self, name: ServerName<'static>) -> Self {
        self.name = name;
        self
    }

    /// Connects. The second value tells whether the TLS session was resumed (`false` on a plain connection).
    pub async fn connect(&self) -> io::Result<(Box<dyn Connection>, bool)> {
        let tcp = self.connect_tcp().await?;
        let Some(tls) = &self.tls else {
            return Ok((Box::new(tcp), false));
        };
        let stream = tls.connect(self.name.clone(), tcp).await?;
        let resumed = is_resumed(&stream);
        Ok((Box::new(stream), resumed))
    }

    /// Connects, shakes hands, says goodbye, and reads what the server has to say (tickets) up to its end. Tells whether
    /// the session was resumed.
    pub async fn shake_hands(&self) -> io::Result<bool> {
        let Some(tls) = &self.tls else {
            return Err(io::ErrorKind::Unsupported.into());
        };
        let tcp = self.connect_tcp().await?;
        let mut stream = tls.connect(self.name.clone(), tcp).await?;
        stream.shutdown().await?;
        match stream.read(&mut [0; 64]).await {
            Ok(0) => Ok(is_resumed(&stream)),
            Ok(_) => Err(io::Error::other("an answer that was not asked for")),
            // Some servers just close.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(is_resumed(&stream)),
            Err(error) => Err(error),
        }
    }

    async fn connect_tcp(&self) -> io::Result<TcpStream> {
        let socket = match self.address {
            SocketAddr::V4(_) => TcpSocket::new_v4()?,
            SocketAddr::V6(_) => TcpSocket::new_v6()?,
        };
        if let Some(bytes) = self.receive_buffer {
            socket.set_recv_buffer_size(bytes)?;
        }
        let tcp = socket.connect(self.address).await?;
        tcp.set_nodelay(true)?;
        Ok(tcp)
    }
}

fn localhost() -> ServerName<'static> {
    ServerName::try_from("localhost").expect("a valid name")
}

fn is_resumed(stream: &TlsStream<TcpStream>) -> bool {
    stream.get_ref().1.handshake_kind() == Some(HandshakeKind::Resumed)
}

/// Sends `GET path`; `connection` is the value of the Connection header.
pub async fn request(stream: &mut dyn Connection, path: &str, connection: &str) -> io::Result<()> {
    let head =
        format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: {connection}\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    stream.flush().await
}

/// Reads the answer to `GET /hello` up to its last byte. Errors: a status other than 200, an answer that ends early.
pub async fn read_hello(stream: &mut dyn Connection) -> io::Result<()> {
    let mut answer = Vec::with_capacity(512);
    while !answer.ends_with(HELLO) {
        if stream.read_buf(&mut answer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    if answer.starts_with(b"HTTP/1.1 200 ") {
        Ok(())
    } else {
        Err(io::Error::other(
            String::from_utf8_lossy(&answer).into_owned(),
        ))
    }
}

/// Accepts every certificate and every signature.
#[derive(Debug)]
struct Anyone(Arc<CryptoProvider>);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
