//! The handshake: tokio-rustls drives it, this measures and counts it. Where there may be early data, it
//! is driven here: tokio-rustls knows no stream that begins before the handshake is complete.

use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use rustls::server::Acceptor;
use rustls::{ProtocolVersion, ServerConnection};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio_rustls::{Accept, LazyConfigAcceptor, StartHandshake, TlsAcceptor};

use super::polled::Polled;
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
    pub cipher: String,
    /// The protocol that ALPN (RFC 7301) chose: `h2`, `http/1.1`, or none if the client offered none.
    pub alpn: Option<String>,
    /// The name that the client asked for (RFC 6066, section 3), in lower case.
    pub server_name: Option<String>,
}

/// Takes a client through the handshake.
///
/// There is no timeout in here: the caller owns it, and drops the future when it is over. The
/// handshake is counted in `meter` as ok or, also when it is dropped, as failed. After a failure the
/// client is sent an alert, and `io` is shut down in an orderly way so that the alert arrives.
///
/// Where the settings take early data and the client sends some, the stream is
/// [early](Stream::is_early): the client has still to complete the handshake, and is counted when it
/// has, or when the stream is dropped. The caller bounds the time for that too.
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
    let attempt = Attempt::new(&meter);
    let ring = settings.ring();
    let shaken = shake(settings, Measured { io, most: 0 }, ring).await;
    match shaken {
        Ok((io, session)) => {
            io.report(&meter);
            let info = Info::of(&session);
            let is_early = session.is_handshaking();
            let mut stream = Stream::new(io.io, session, ring, meter);
            if is_early {
                stream.begin_early(attempt);
            } else {
                attempt.succeeded();
            }
            Ok((stream, info))
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

/// The handshake, or what kept it from its end, and the transport if it is still there.
type Shaken<IO> = std::result::Result<(IO, ServerConnection), (io::Error, Option<IO>)>;

/// Takes the client to the end of the handshake, or to where its early data can be read.
async fn shake<IO>(settings: &Settings, io: IO, ring: usize) -> Shaken<IO>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    let takes_early_data = settings.early_data() > 0;
    let bound = |session: &mut ServerConnection| session.set_buffer_limit(Some(ring));
    let Some(names) = settings.strict_names() else {
        if takes_early_data {
            return match ServerConnection::new(settings.config()) {
                Ok(session) => drive(session, io, ring).await,
                Err(error) => Err((io::Error::other(error), Some(io))),
            };
        }
        let acceptor = TlsAcceptor::from(settings.config());
        return shaken(acceptor.accept_with(io, bound)).await;
    };
    let mut beginning = LazyConfigAcceptor::new(Acceptor::default(), io);
    let begun = match (&mut beginning).await {
        Ok(begun) => begun,
        Err(error) => return Err((error, beginning.take_io())),
    };
    let hello = begun.client_hello();
    match hello.server_name().filter(|name| !names.knows(name)) {
        None if takes_early_data => {
            let StartHandshake {
                accepted, mut io, ..
            } = begun;
            match accepted.into_connection(settings.config()) {
                Ok(session) => drive(session, io, ring).await,
                Err((error, mut alert)) => {
                    let mut bytes = Vec::new();
                    let _ = alert.write_all(&mut bytes);
                    let _ = io.write_all(&bytes).await;
                    Err((io::Error::new(io::ErrorKind::InvalidData, error), Some(io)))
                }
            }
        }
        None => shaken(begun.into_stream_with(settings.config(), bound)).await,
        Some(name) => {
            let error = format!("no certificate is for {name:?}, which the client asked for");
            let mut io = begun.io;
            // A client that does not take it is told nothing.
            let _ = io.write_all(&UNRECOGNIZED_NAME).await;
            Err((io::Error::new(io::ErrorKind::InvalidData, error), Some(io)))
        }
    }
}

async fn shaken<IO>(shaking: Accept<IO>) -> Shaken<IO>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    match shaking.into_fallible().await {
        Ok(stream) => Ok(stream.into_inner()),
        Err((error, io)) => Err((error, Some(io))),
    }
}

/// Drives the handshake to its end, or to where the server's part of it is made and early data can be
/// read. What the socket has not taken of that part then leaves with the stream.
async fn drive<IO>(mut session: ServerConnection, mut io: IO, ring: usize) -> Shaken<IO>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    session.set_buffer_limit(Some(ring));
    // What has come with the ClientHello may not have been looked at.
    let mut has_read = true;
    match poll_fn(|cx| poll_drive(&mut session, &mut io, &mut has_read, cx)).await {
        Ok(()) => Ok((io, session)),
        Err(error) => Err((error, Some(io))),
    }
}

fn poll_drive<IO>(
    session: &mut ServerConnection,
    io: &mut IO,
    has_read: &mut bool,
    cx: &mut Context<'_>,
) -> Poll<io::Result<()>>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        // Not without need: each time, rustls counts early data anew that it was to skip.
        if std::mem::take(has_read)
            && let Err(error) = session.process_new_packets()
        {
            // The client should learn why, if the socket takes the alert now.
            let _ = poll_send(session, io, cx);
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, error)));
        }
        let sent = poll_send(session, io, cx)?;
        if !session.is_handshaking() {
            ready!(sent);
            return Pin::new(io).poll_flush(cx);
        }
        if session.early_data().is_some() {
            return Poll::Ready(Ok(()));
        }
        match session.read_tls(&mut Polled::new(io, cx)) {
            Ok(0) => return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into())),
            Ok(_) => *has_read = true,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Poll::Pending,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Poll::Ready(Err(error)),
        }
    }
}

fn poll_send<IO>(
    session: &mut ServerConnection,
    io: &mut IO,
    cx: &mut Context<'_>,
) -> Poll<io::Result<()>>
where
    IO: AsyncWrite + Unpin,
{
    while session.wants_write() {
        match session.write_tls(&mut Polled::new(io, cx)) {
            Ok(0) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Poll::Pending,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Poll::Ready(Err(error)),
        }
    }
    Poll::Ready(Ok(()))
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
                .unwrap_or_default()
                .to_owned(),
            alpn: session
                .alpn_protocol()
                .map(|protocol| String::from_utf8_lossy(protocol).into_owned()),
            server_name: session.server_name().map(str::to_owned),
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
pub(super) struct Attempt {
    meter: Rc<stats::Listener>,
    has_succeeded: bool,
}

impl Attempt {
    fn new(meter: &Rc<stats::Listener>) -> Self {
        Self {
            meter: Rc::clone(meter),
            has_succeeded: false,
        }
    }

    pub(super) fn succeeded(mut self) {
        self.has_succeeded = true;
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if self.has_succeeded {
            self.meter.handshakes_ok.inc();
        } else {
            self.meter.handshakes_failed.inc();
        }
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
