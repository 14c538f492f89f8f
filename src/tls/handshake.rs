//! The handshake: tokio-rustls drives it, this measures and counts it.

use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use rustls::server::Acceptor;
use rustls::{HandshakeKind, ProtocolVersion, ServerConnection};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio_rustls::server::TlsStream;
use tokio_rustls::{LazyConfigAcceptor, TlsAcceptor};

use super::settings::Settings;
use super::stream::Stream;
use crate::error::{Error, Kind, Result};
use crate::stats;

/// What a handshake has agreed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info {
    /// `TLSv1.3` or `TLSv1.2`.
    pub version: &'static str,
    /// The cipher suite by its IANA name as rustls spells it, such as `TLS13_AES_128_GCM_SHA256`.
    pub cipher: &'static str,
    /// The protocol that ALPN (RFC 7301) chose: `h2`, `http/1.1`, or none if the client offered none.
    pub alpn: Option<String>,
    /// The name that the client asked for (RFC 6066, section 3), in lower case.
    pub server_name: Option<String>,
    /// The certificate by which the client has shown who it is, in DER: [`Certificate::of`](super::Certificate::of) has
    /// its facts. A resumed session has that of the first one. `None`: it was asked for none, or has shown none.
    pub client_certificate: Option<Box<[u8]>>,
}

/// Takes a client through the handshake.
///
/// There is no timeout in here: the caller owns it, and drops the future when it is over. The
/// handshake is counted in `meter` as ok or, also when it is dropped, as failed. After a failure the
/// client is sent an alert, and `io` is shut down in an orderly way so that the alert arrives.
///
/// # Errors
/// [`Kind::ClientGone`] if the client went away, [`Kind::Tls`] if the two could not agree.
pub async fn accept<IO>(
    settings: &Settings,
    io: IO,
    meter: Rc<stats::Listener>,
) -> Result<(Stream<IO>, Info)>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    let attempt = Attempt(&meter);
    let ring = settings.ring();
    let shaken = match shake(settings, Measured { io, most: 0 }, ring).await {
        Ok(stream) => checked(settings, stream).await,
        failed => failed,
    };
    match shaken {
        Ok(stream) => {
            attempt.succeeded();
            let (io, session) = stream.into_inner();
            io.report(&meter);
            let info = Info::of(&session);
            Ok((Stream::new(io.io, session, ring, meter), info))
        }
        Err((error, io)) => {
            drop(attempt);
            if let Some(mut io) = io {
                io.report(&meter);
                if error.kind() == io::ErrorKind::InvalidData {
                    let _ = poll_fn(|cx| Pin::new(&mut io.io).poll_shutdown(cx)).await;
                }
            }
            Err(failed(error))
        }
    }
}

/// The handshake, or what kept it from its end.
async fn shake<IO>(
    settings: &Settings,
    io: IO,
    ring: usize,
) -> Result<TlsStream<IO>, (io::Error, Option<IO>)>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    let bound = |session: &mut ServerConnection| session.set_buffer_limit(Some(ring));
    let Some(names) = settings.strict_names() else {
        let acceptor = TlsAcceptor::from(settings.config());
        let shaken = acceptor.accept_with(io, bound).into_fallible().await;
        return shaken.map_err(|(error, io)| (error, Some(io)));
    };
    let mut beginning = LazyConfigAcceptor::new(Acceptor::default(), io);
    let begun = match (&mut beginning).await {
        Ok(begun) => begun,
        Err(error) => return Err((error, beginning.take_io())),
    };
    let hello = begun.client_hello();
    match hello.server_name().filter(|name| !names.knows(name)) {
        None => {
            let shaking = begun.into_stream_with(settings.config(), bound);
            let shaken = shaking.into_fallible().await;
            shaken.map_err(|(error, io)| (error, Some(io)))
        }
        Some(name) => {
            let error = format!("no certificate is for {name:?}, which the client asked for");
            let mut io = begun.io;
            // A client that does not take it is told nothing.
            let _ = io.write_all(&UNRECOGNIZED_NAME).await;
            Err((io::Error::new(io::ErrorKind::InvalidData, error), Some(io)))
        }
    }
}

/// A resumed session whose client's certificate is still good. rustls offers no alert after the handshake: one that is
/// not is closed.
async fn checked<IO>(
    settings: &Settings,
    mut stream: TlsStream<IO>,
) -> Result<TlsStream<IO>, (io::Error, Option<IO>)>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    let session = stream.get_ref().1;
    let is_full = matches!(
        session.handshake_kind(),
        Some(HandshakeKind::Full | HandshakeKind::FullWithHelloRetryRequest)
    );
    let Some(chain) = session.peer_certificates().filter(|_| !is_full) else {
        return Ok(stream);
    };
    let taken = match settings.clients() {
        Some(clients) => clients.still_take(chain),
        // No ticket of others opens here, so this is never met; it would be nobody's certificate.
        None => Err(rustls::Error::NoCertificatesPresented),
    };
    match taken {
        Ok(()) => Ok(stream),
        Err(error) => {
            let error = io::Error::new(io::ErrorKind::InvalidData, error);
            let _ = stream.shutdown().await;
            Err((error, Some(stream.into_inner().0)))
        }
    }
}

/// A fatal alert in a record of its own, before anything is encrypted (RFC 8446 sections 5.1 and 6.2).
const UNRECOGNIZED_NAME: [u8; 7] = [21, 3, 3, 0, 2, 2, 112];

impl Info {
    fn of(session: &ServerConnection) -> Self {
        Self {
            version: match session.protocol_version() {
                Some(ProtocolVersion::TLSv1_3) => "TLSv1.3",
                _ => "TLSv1.2",
            },
            cipher: session
                .negotiated_cipher_suite()
                .and_then(|suite| suite.suite().as_str())
                .unwrap_or_default(),
            alpn: session
                .alpn_protocol()
                .map(|protocol| String::from_utf8_lossy(protocol).into_owned()),
            server_name: session.server_name().map(str::to_owned),
            client_certificate: session
                .peer_certificates()
                .and_then(<[_]>::first)
                .map(|leaf| leaf.as_ref().into()),
        }
    }
}

fn failed(error: io::Error) -> Error {
    if error.kind() != io::ErrorKind::InvalidData {
        return Error::new(
            Kind::ClientGone,
            "the client went away during the TLS handshake",
        )
        .caused_by(error);
    }
    Error::new(Kind::Tls, format!("the TLS handshake failed: {error}")).caused_by(error)
}

/// A handshake that has failed unless it says otherwise.
struct Attempt<'a>(&'a stats::Listener);

impl Attempt<'_> {
    fn succeeded(self) {
        self.0.handshakes_ok.inc();
        std::mem::forget(self);
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        self.0.handshakes_failed.inc();
    }
}

/// A transport that remembers the most ciphertext that rustls had for it at one time.
struct Measured<IO> {
    io: IO,
    most: usize,
}

impl<IO> Measured<IO> {
    fn report(&self, meter: &stats::Listener) {
        if let Some(ring) = &meter.ring {
            ring.handshake_high_water.see(self.most as u64);
        }
    }
}

impl<IO: AsyncRead + Unpin> AsyncRead for Measured<IO> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_read(cx, buf)
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for Measured<IO> {
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
        this.most = this.most.max(bufs.iter().map(|buf| buf.len()).sum());
        Pin::new(&mut this.io).poll_write_vectored(cx, bufs)
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
