//! The socket as the rooms above see it: every byte that moves is noted for the deadlines.

use std::cell::Cell;
use std::io::{self, IoSlice};
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::http::{Connection, Wire, before_lent};
use crate::net::{Linger, Stream};
use crate::sys;

/// A stream below TLS that tells its connection of progress. A flush that moves a megabyte in
/// small steps is not stalled; only here can that be seen.
pub(super) struct Transport {
    stream: Stream,
    linger: Rc<Linger>,
    connection: Rc<Connection>,
    /// What is written is followed by more at once.
    unfinished: Option<Rc<Cell<bool>>>,
}

/// The socket of a live transport, for the sweep.
struct Socket(RawFd);

impl Wire for Socket {
    fn has_closed(&self) -> bool {
        sys::has_closed(self.0)
    }

    fn has_input(&self) -> bool {
        sys::has_input(self.0)
    }

    fn unsent(&self) -> Option<u64> {
        sys::unsent(self.0)
    }
}

impl Transport {
    pub(super) fn new(mut stream: Stream, connection: Rc<Connection>) -> Self {
        connection.set_wire(Some(Rc::new(Socket(stream.as_fd().as_raw_fd()))));
        Self {
            linger: stream.linger(),
            stream,
            connection,
            unfinished: None,
        }
    }

    /// While `unfinished` is true, the kernel may wait for more before it sends what does not fill a packet. With a ring
    /// of 4 KiB that saves most of the packets, and a third of the time that a large body takes.
    pub(super) fn heed(&mut self, unfinished: Rc<Cell<bool>>) {
        self.unfinished = Some(unfinished);
    }

    fn is_unfinished(&self) -> bool {
        self.unfinished.as_ref().is_some_and(|is| is.get())
    }

    /// Writes what comes before the next lent part of a file, or sends of that.
    fn poll_write_or_send(
        &mut self,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let before = before_lent(bufs);
        let next = self.connection.next_lent().filter(|_| before == 0);
        let Some((file, offset, left)) = next else {
            if before == bufs.len() {
                return Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
            }
            return self.stream.poll_write_ahead(cx, &bufs[..before]);
        };
        let len = left.min(bufs[0].len());
        let sent = ready!(self.stream.poll_send_file(cx, &file, offset, len))?;
        if sent == 0 {
            let shrunk = "the file has become shorter while it was sent";
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::UnexpectedEof, shrunk)));
        }
        self.connection.lent_sent(sent);
        Poll::Ready(Ok(sent))
    }

    fn note(&self, polled: &Poll<io::Result<usize>>) {
        if let Poll::Ready(Ok(written)) = polled
            && *written > 0
        {
            self.connection.sent(*written);
        }
    }
}

impl AsyncRead for Transport {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buf);
        if buf.filled().len() > before {
            self.connection.received();
        }
        polled
    }
}

impl AsyncWrite for Transport {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.note(&polled);
        polled
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = if self.connection.has_lent() {
            self.poll_write_or_send(cx, bufs)
        } else if self.is_unfinished() {
            self.stream.poll_write_ahead(cx, bufs)
        } else {
            Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
        };
        self.note(&polled);
        polled
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.connection.has_unread() {
            // The client has nothing more to say, so there is nothing to wait for.
            self.linger.set(Duration::ZERO);
        }
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl Drop for Transport {
    fn drop(&mut self) {
        self.connection.set_wire(None);
        if self.connection.must_reset() {
            // An orderly end would make a broken reply of unknown length look whole.
            self.stream.reset_on_drop();
        }
    }
}
