//! The handshake, which is driven, measured and counted here: tokio-rustls knows no stream that begins before it is
//! complete, as early data needs it, and sends the session tickets in packets of their own.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use rustls::server::Acceptor;
use rustls::{HandshakeKind, ProtocolVersion, ServerConnection};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio_rustls::{LazyConfigAcceptor, StartHandshake};

use super::challenge;
use super::measured::Measured;
use super::names::ByName;
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
/// Where the settings take early data and the client sends some, the stream is
/// [early](Stream::is_early): the client has still to complete the handshake, and is counted when it
/// has, or when the stream is dropped. The caller bounds the time for that too.
///
/// # Errors
/// [`Kind::ClientGone`] if the client went away, or was a CA that has seen its challenge certificate, which is all
/// that it wants; [`Kind::Tls`] if the two could not agree.
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
    let shaken = match shake(settings, Measured::new(io)).await {
        Ok((io, session)) => match check(settings, &session) {
            Ok(()) => Ok((io, session)),
            Err(error) => Box::pin(close(io, session, error)).await,
        },
        failed => failed,
    };
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
                stream.owe_tickets();
            }
            if stream.get_ref().1.alpn_protocol() == Some(challenge::PROTOCOL) {
                let _ = Box::new(stream).shutdown().await;
                let what = "a CA has seen its challenge certificate";
                return Err(Error::new(Kind::ClientGone, what));
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

/// Whether the client's certificate is still good, if a session with one was resumed.
fn check(
    settings: &Settings,
    session: &ServerConnection,
) -> std::result::Result<(), rustls::Error> {
    let is_full = matches!(
        session.handshake_kind(),
        Some(HandshakeKind::Full | HandshakeKind::FullWithHelloRetryRequest)
    );
    let Some(chain) = session.peer_certificates().filter(|_| !is_full) else {
        return Ok(());
    };
    match settings.clients() {
        Some(clients) => clients.still_take(chain),
        // No ticket of others opens here, so this is never met; it would be nobody's certificate.
        None => Err(rustls::Error::NoCertificatesPresented),
    }
}

/// rustls offers no alert once the server's part of the handshake is made: one that is not taken is closed.
async fn close<IO>(mut io: IO, mut session: ServerConnection, error: rustls::Error) -> Shaken<IO>
where
    IO: AsyncWrite + Unpin,
{
    session.send_close_notify();
    // A client that does not take it is told nothing.
    let _ = poll_fn(|cx| poll_send(&mut session, &mut io, cx)).await;
    Err((io::Error::new(io::ErrorKind::InvalidData, error), Some(io)))
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

/// What a handshake comes to, or why it came to nothing, with the transport if it is still there.
type Shaken<IO> = std::result::Result<(IO, ServerConnection), (io::Error, Option<IO>)>;

/// Goes through the handshake, or, where there is early data, to where the server's part of it is made. What the
/// socket has not taken of that part then leaves with the stream, as do the tickets of TLS 1.3.
async fn shake<IO>(settings: &Settings, io: IO) -> Shaken<IO>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    let ring = settings.ring();
    if settings.strict_names().is_some() || settings.challenges().is_some() {
        // Boxed, as its state is larger than that of the plain handshake.
        return match Box::pin(begin(settings, io)).await {
            Ok((io, session)) => drive(session, io, ring).await,
            failed => failed,
        };
    }
    match ServerConnection::new(settings.config()) {
        Ok(session) => drive(session, io, ring).await,
        Err(error) => Err((io::Error::other(error), Some(io))),
    }
}

/// Begins with what the client asks for.
async fn begin<IO>(settings: &Settings, io: IO) -> Shaken<IO>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    let asked = ask(settings.strict_names().as_deref(), io).await?;
    let challenge = settings
        .challenges()
        .and_then(|challenges| challenges.answer(&asked.client_hello()));
    let config = challenge.unwrap_or_else(|| settings.config());
    let mut io = asked.io;
    match asked.accepted.into_connection(config) {
        Ok(session) => Ok((io, session)),
        Err((error, mut alert)) => {
            let mut text = Vec::new();
            if alert.write(&mut text).is_ok() {
                let _ = io.write_all(&text).await;
            }
            Err((io::Error::new(io::ErrorKind::InvalidData, error), Some(io)))
        }
    }
}

/// What the client asks for, if that is known where it has to be.
async fn ask<IO>(
    names: Option<&ByName>,
    io: IO,
) -> std::result::Result<StartHandshake<IO>, (io::Error, Option<IO>)>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    let mut beginning = LazyConfigAcceptor::new(Acceptor::default(), io);
    let begun = match (&mut beginning).await {
        Ok(begun) => begun,
        Err(error) => return Err((error, beginning.take_io())),
    };
    let hello = begun.client_hello();
    let is_unknown = |name: &&str| names.is_some_and(|names| !names.knows(name));
    let Some(name) = hello.server_name().filter(is_unknown) else {
        return Ok(begun);
    };
    let error = format!("no certificate is for {name:?}, which the client asked for");
    let mut io = begun.io;
    // A client that does not take it is told nothing.
    let _ = io.write_all(&UNRECOGNIZED_NAME).await;
    Err((io::Error::new(io::ErrorKind::InvalidData, error), Some(io)))
}

/// Drives a session that may hold what has come with the ClientHello and was not looked at.
async fn drive<IO>(mut session: ServerConnection, mut io: IO, ring: usize) -> Shaken<IO>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    session.set_buffer_limit(Some(ring));
    let mut has_read = true;
    match poll_fn(|cx| poll_shake(&mut session, &mut io, &mut has_read, cx)).await {
        Ok(()) => Ok((io, session)),
        Err(error) => Err((error, Some(io))),
    }
}

fn poll_shake<IO>(
    session: &mut ServerConnection,
    io: &mut IO,
    has_read: &mut bool,
    cx: &mut Context<'_>,
) -> Poll<io::Result<()>>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        // Not without need: each time, rustls counts anew what it skips of early data that was refused.
        if std::mem::take(has_read)
            && let Err(error) = session.process_new_packets()
        {
            // The client should learn why, if the socket takes the alert now.
            let _ = poll_send(session, io, cx);
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, error)));
        }
        if !session.is_handshaking() && session.protocol_version() == Some(ProtocolVersion::TLSv1_3)
        {
            // What is left to send is tickets, for which nobody waits.
            return Poll::Ready(Ok(()));
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
