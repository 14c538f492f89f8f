//! Application data over an established TLS connection, through the ring.

mod early;

use std::cell::Cell;
use std::fmt;
use std::io::{self, BufRead, IoSlice, Write};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use rustls::ServerConnection;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use self::early::Early;
use super::polled::Polled;
use super::ring::{Ring, Source};
use crate::stats;

/// A TLS connection after its handshake, or, where there is early data, from the server's end of it on.
///
/// - A write seals what fits into the ring and sends it. It is ready with the number of bytes that
///   were accepted, and pending only when the ring and the socket are both full; what was accepted
///   is never lost. Sealed bytes that the socket did not take leave with the next write or flush.
/// - Reads never wait for writes. The end of the stream is clean only after the client's
///   `close_notify`; without it, it is `UnexpectedEof` (RFC 8446, section 6.1).
/// - A shutdown sends `close_notify` after all data, flushes, and shuts the transport down. The read
///   half stays open until then. After an error there is no `close_notify`.
/// - An error is final.
pub struct Stream<IO> {
    io: IO,
    session: ServerConnection,
    ring: Ring,
    meter: Rc<stats::Listener>,
    /// A writer has found the ring full, and has been counted for that.
    waiting: bool,
    /// A writer's last attempt left bytes in the ring: the writer has its waker at the socket.
    blocked: bool,
    /// Reading has made something to write, such as an alert.
    owing: bool,
    /// Whether more of a write follows at once, for a transport that wants to know.
    unfinished: Option<Rc<Cell<bool>>>,
    /// `close_notify` has been queued, or will never be.
    closing: bool,
    /// The session has met an error, or the client's fatal alert.
    failed: bool,
    /// The handshake, while there is still something of it.
    early: Option<Box<Early>>,
}

impl<IO> Stream<IO>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    /// Takes over a session that has completed its handshake, or at least the server's part of it.
    pub(super) fn new(
        io: IO,
        session: ServerConnection,
        ring: usize,
        meter: Rc<stats::Listener>,
    ) -> Self {
        Self {
            io,
            session,
            ring: Ring::new(ring),
            meter,
            waiting: false,
            blocked: false,
            owing: false,
            unfinished: None,
            closing: false,
            failed: false,
            early: None,
        }
    }

    /// Tickets that the handshake has left wait for the first reply, and share a packet with it; or they leave when
    /// there is nothing to read.
    pub(super) fn owe_tickets(&mut self) {
        if self.session.wants_write()
            && let Ok(state) = self.session.process_new_packets()
        {
            self.owing = true;
            self.ring.hold(state.tls_bytes_to_write());
        }
    }

    /// The transport, and the session as rustls knows it.
    pub fn get_ref(&self) -> (&IO, &ServerConnection) {
        (&self.io, &self.session)
    }

    /// Has `unfinished` be true while a write has more than the ring takes: what is sent of it then is followed by more
    /// at once, and a transport may wait with what does not fill a packet.
    pub fn tell_unfinished(&mut self, unfinished: Rc<Cell<bool>>) {
        self.unfinished = Some(unfinished);
    }

    /// The transport.
    pub fn get_mut(&mut self) -> &mut IO {
        &mut self.io
    }

    fn set_unfinished(&self, is_unfinished: bool) {
        if let Some(unfinished) = &self.unfinished {
            unfinished.set(is_unfinished);
        }
    }

    /// The ciphertext that is held now, in bytes.
    pub fn held(&self) -> usize {
        self.ring.held()
    }

    fn poll_accept(
        &mut self,
        cx: &mut Context<'_>,
        source: &mut Source<'_>,
    ) -> Poll<io::Result<usize>> {
        let wanted = source.left();
        if self.early.is_some() {
            self.go_on(cx)?;
        }
        if self.closing {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        while source.left() > 0 {
            self.seal(source)?;
            let until = if source.left() > 0 {
                Until::Room
            } else {
                Until::Empty
            };
            self.set_unfinished(until == Until::Room);
            let sent = self.poll_send(cx, until);
            self.set_unfinished(false);
            if sent?.is_pending() {
                break;
            }
        }
        let accepted = wanted - source.left();
        if accepted == 0 && wanted > 0 {
            if !self.waiting {
                self.waiting = true;
                if let Some(ring) = &self.meter.ring {
                    ring.waits.inc();
                }
            }
            return Poll::Pending;
        }
        self.waiting = false;
        Poll::Ready(Ok(accepted))
    }

    /// Seals records while they fit.
    fn seal(&mut self, source: &mut Source<'_>) -> io::Result<()> {
        let before = self.ring.held();
        let left = source.left();
        loop {
            let piece = self.ring.next_piece(source.left());
            if piece == 0 {
                break;
            }
            let mut writer = self.session.writer();
            let taken = source.take(piece, |bufs| match bufs {
                [buf] => writer.write(buf),
                bufs => writer.write_vectored(bufs),
            })?;
            if taken == 0 {
                break;
            }
            self.ring.seal(taken);
        }
        let sealed = left - source.left();
        if sealed == 0 && !self.session.wants_write() {
            // An empty ring takes a record: a session that does not would keep the writer for ever.
            return Err(io::ErrorKind::WriteZero.into());
        }
        if sealed > 0 {
            self.measure()?;
            // rustls takes what it can no longer encrypt and throws it away: with TLS 1.2 the keys
            // of a connection end after so many records.
            if self.ring.held() < before + sealed {
                return Err(io::Error::new(
                    io::ErrorKind::BrokenPipe,
                    "the TLS 1.2 keys of this connection are used up",
                ));
            }
        }
        Ok(())
    }

    /// Asks rustls how much it really holds. All input has been processed, so this is all it does.
    fn measure(&mut self) -> io::Result<()> {
        let state = self.session.process_new_packets().map_err(broken)?;
        self.ring.hold(state.tls_bytes_to_write());
        if let Some(ring) = &self.meter.ring {
            ring.high_water.see(self.ring.held() as u64);
        }
        Ok(())
    }

    /// Sends for a writer, and remembers whether it was stopped.
    fn poll_send(&mut self, cx: &mut Context<'_>, until: Until) -> Poll<io::Result<()>> {
        let polled = self.poll_drain(cx, until);
        self.blocked = polled.is_pending();
        polled
    }

    /// Writes what is held to the socket.
    fn poll_drain(&mut self, cx: &mut Context<'_>, until: Until) -> Poll<io::Result<()>> {
        while self.session.wants_write() {
            let mut socket = Polled::new(&mut self.io, cx);
            match self.session.write_tls(&mut socket) {
                Ok(0) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Ok(sent) => self.ring.sent(sent, socket.left),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Poll::Pending,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Poll::Ready(Err(error)),
            }
            if until == Until::Room {
                break;
            }
        }
        if !self.session.wants_write() {
            self.ring.hold(0);
        }
        Poll::Ready(Ok(()))
    }

    /// Copies plaintext that is at hand. Pending, with no waker, says that there is none.
    #[inline]
    fn poll_plaintext(&mut self, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        if self.early.is_some() {
            self.read_early(buf)?;
            if self.early.is_some() {
                return if buf.filled().len() > before {
                    Poll::Ready(Ok(()))
                } else {
                    Poll::Pending
                };
            }
        }
        let mut reader = self.session.reader();
        while buf.remaining() > 0 {
            match reader.fill_buf() {
                // The client has said that nothing more comes.
                Ok([]) => return Poll::Ready(Ok(())),
                Ok(plaintext) => {
                    let n = plaintext.len().min(buf.remaining());
                    buf.put_slice(&plaintext[..n]);
                    reader.consume(n);
                }
                Err(_) if buf.filled().len() > before => return Poll::Ready(Ok(())),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Poll::Pending,
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Reads ciphertext from the socket, once, and decrypts it. Ready with the number of bytes, 0 at
    /// the end of what the client sends.
    #[inline]
    fn poll_ciphertext(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let read = match self.session.read_tls(&mut Polled::new(&mut self.io, cx)) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Poll::Pending,
            Err(error) => return Poll::Ready(Err(error)),
        };
        match self.session.process_new_packets() {
            Ok(state) => {
                let held = state.tls_bytes_to_write();
                self.owing |= held > self.ring.held();
                self.ring.hold(held);
                if self.early.is_some() {
                    self.look_at_handshake();
                }
                Poll::Ready(Ok(read))
            }
            Err(error) => {
                self.failed = true;
                // The client should learn why, if the socket takes the alert now.
                let _ = self.poll_drain(cx, Until::Empty);
                Poll::Ready(Err(broken(error)))
            }
        }
    }

    /// Sends what reading has made, and nobody's reply has taken along, as far as the socket takes it now. A blocked
    /// writer sends it in its turn: the writer's waker at the socket must not be replaced by the reader's.
    #[inline]
    fn pay(&mut self, cx: &mut Context<'_>) {
        if self.owing && !self.blocked {
            // An error shows again at the next write; what was read is good.
            self.owing = self.poll_drain(cx, Until::Empty).is_pending();
        }
    }
}

impl<IO> AsyncRead for Stream<IO>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let polled = loop {
            if let Poll::Ready(done) = this.poll_plaintext(buf) {
                break Poll::Ready(done);
            }
            match this.poll_ciphertext(cx) {
                Poll::Ready(Ok(0)) if this.is_early() => {
                    break Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
                }
                Poll::Ready(Ok(_)) => {}
                Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                Poll::Ready(Err(error)) => break Poll::Ready(Err(error)),
                Poll::Pending => break Poll::Pending,
            }
        };
        if !matches!(polled, Poll::Ready(Ok(()))) {
            this.pay(cx);
        }
        polled
    }
}

impl<IO> AsyncWrite for Stream<IO>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.get_mut()
            .poll_accept(cx, &mut Source::new(&[IoSlice::new(buf)]))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.get_mut().poll_accept(cx, &mut Source::new(bufs))
    }

    #[inline]
    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.early.is_some() {
            this.go_on(cx)?;
        }
        ready!(this.poll_send(cx, Until::Empty))?;
        Pin::new(&mut this.io).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.is_early() && !this.closing && !this.failed {
            // The client gets its tickets, and the handshake its end.
            ready!(this.poll_send(cx, Until::Empty))?;
            this.failed |= ready!(this.poll_complete(cx)).is_err();
        }
        if !this.closing {
            if !this.ring.fits(CLOSE_NOTIFY) {
                ready!(this.poll_send(cx, Until::Empty))?;
            }
            this.closing = true;
            // After a fatal error nothing follows the alert, whoever has sent it (RFC 8446, section
            // 6.2), and there is nothing to measure.
            if !this.failed {
                this.session.send_close_notify();
                let _ = this.measure();
            }
        }
        ready!(this.poll_send(cx, Until::Empty))?;
        Pin::new(&mut this.io).poll_shutdown(cx)
    }
}

impl<IO> fmt::Debug for Stream<IO> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream")
            .field("ring", &self.ring)
            .field("blocked", &self.blocked)
            .field("closing", &self.closing)
            .finish_non_exhaustive()
    }
}

/// When to stop sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Until {
    /// The socket has taken something: there may be room for a record.
    Room,
    /// Nothing is held any more.
    Empty,
}

/// Of a connection that cannot go on; invalid is what a client sends inside of it.
fn broken(error: rustls::Error) -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionAborted, error)
}

/// The plaintext of an alert, in bytes, and the answer to a key update that may go before it.
const CLOSE_NOTIFY: usize = 2 + 27;
