//! One accepted connection.

use std::fs::File;
use std::io::{self, IoSlice};
use std::os::fd::{AsFd, BorrowedFd};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes};
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::{TcpStream, UnixStream};

use super::linger::{Closing, Linger};
use crate::stats::{self, Hold};
use crate::sys;

/// The bytes of one connection, over TCP (without Nagle's delay) or a unix socket.
///
/// It counts its bytes, and itself as open for as long as it lives. `poll_shutdown` half-closes and
/// then lingers: it reads and throws away what still comes until the client closes, or 64 MiB, or
/// 2 s, so that the last reply is not lost to a reset. See [`Linger`].
#[derive(Debug)]
pub struct Stream {
    socket: Socket,
    /// Bytes that were read and given back.
    ahead: Bytes,
    meter: Rc<stats::Listener>,
    closing: Closing,
    _open: Hold,
}

#[derive(Debug)]
enum Socket {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Stream {
    pub(super) fn tcp(stream: TcpStream, meter: &Rc<stats::Listener>) -> Self {
        Self::new(Socket::Tcp(stream), meter)
    }

    pub(super) fn unix(stream: UnixStream, meter: &Rc<stats::Listener>) -> Self {
        Self::new(Socket::Unix(stream), meter)
    }

    fn new(socket: Socket, meter: &Rc<stats::Listener>) -> Self {
        meter.accepted.inc();
        Self {
            socket,
            ahead: Bytes::new(),
            meter: Rc::clone(meter),
            closing: Closing::Open(None),
            _open: meter.hold(|meter| &meter.open),
        }
    }

    /// Makes the end of this connection a reset, not an orderly close: what a client has of a reply
    /// whose end is the end of the connection must not look whole to it.
    pub fn reset_on_drop(&self) {
        if let Socket::Tcp(stream) = &self.socket {
            // On a connection that is gone already there is nothing to reset.
            let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
        }
    }

    /// The numbers of the listener that it came by.
    pub(super) fn meter(&self) -> Rc<stats::Listener> {
        Rc::clone(&self.meter)
    }

    /// Gives back what was read too much: it comes first out of the next read.
    pub(super) fn put_back(&mut self, bytes: Bytes) {
        self.ahead = bytes;
    }

    /// How long the end of this connection may take, to be changed while others own the stream.
    pub fn linger(&mut self) -> Rc<Linger> {
        self.closing.linger()
    }
}

impl AsFd for Stream {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match &self.socket {
            Socket::Tcp(stream) => stream.as_fd(),
            Socket::Unix(stream) => stream.as_fd(),
        }
    }
}

/// Runs one call on whichever socket it is.
macro_rules! on {
    ($socket:expr, $method:ident($($argument:expr),*)) => {
        match $socket {
            Socket::Tcp(stream) => Pin::new(stream).$method($($argument),*),
            Socket::Unix(stream) => Pin::new(stream).$method($($argument),*),
        }
    };
}

impl AsyncRead for Stream {
    #[inline]
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.ahead.is_empty() {
            this.read_ahead(buf);
            return Poll::Ready(Ok(()));
        }
        let before = buf.filled().len();
        let polled = on!(&mut this.socket, poll_read(cx, buf));
        this.meter
            .bytes_in
            .add((buf.filled().len() - before) as u64);
        polled
    }
}

impl AsyncWrite for Stream {
    #[inline]
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let polled = on!(&mut this.socket, poll_write(cx, buf));
        this.count_out(&polled);
        polled
    }

    #[inline]
    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let polled = on!(&mut this.socket, poll_write_vectored(cx, bufs));
        this.count_out(&polled);
        polled
    }

    #[inline]
    fn is_write_vectored(&self) -> bool {
        true
    }

    #[inline]
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        // The kernel has what was written: there is nothing between it and this.
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        match &mut this.socket {
            Socket::Tcp(stream) => this.closing.poll(stream, &this.meter, cx),
            Socket::Unix(stream) => this.closing.poll(stream, &this.meter, cx),
        }
    }
}

impl Stream {
    /// Reads of what was given back. It was counted when it came.
    #[cold]
    fn read_ahead(&mut self, buf: &mut ReadBuf<'_>) {
        let len = self.ahead.len().min(buf.remaining());
        buf.put_slice(&self.ahead[..len]);
        self.ahead.advance(len);
        if self.ahead.is_empty() {
            // Its memory goes with it.
            self.ahead = Bytes::new();
        }
    }

    /// Has the kernel send at most `len` bytes of a file from `offset` on; ready with how many. 0 is the
    /// end of the file.
    pub fn poll_send_file(
        &self,
        cx: &mut Context<'_>,
        file: &File,
        offset: u64,
        len: usize,
    ) -> Poll<io::Result<usize>> {
        self.poll_send(cx, || sys::send_file(self.as_fd(), file, offset, len))
    }

    /// As a vectored write of what must not leave by itself: what is sent next shares its packets.
    pub fn poll_write_ahead(
        &self,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let socket = SockRef::from(self);
        self.poll_send(cx, || {
            socket.send_vectored_with_flags(bufs, libc::MSG_MORE | libc::MSG_NOSIGNAL)
        })
    }

    /// Ready with what `send` has sent, once the socket takes something.
    fn poll_send(
        &self,
        cx: &mut Context<'_>,
        mut send: impl FnMut() -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        loop {
            let sent = match &self.socket {
                Socket::Tcp(stream) => {
                    ready!(stream.poll_write_ready(cx))?;
                    stream.try_io(Interest::WRITABLE, &mut send)
                }
                Socket::Unix(stream) => {
                    ready!(stream.poll_write_ready(cx))?;
                    stream.try_io(Interest::WRITABLE, &mut send)
                }
            };
            if sent
                .as_ref()
                .is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
            {
                continue;
            }
            let polled = Poll::Ready(sent);
            self.count_out(&polled);
            return polled;
        }
    }

    #[inline]
    fn count_out(&self, polled: &Poll<io::Result<usize>>) {
        if let Poll::Ready(Ok(written)) = polled {
            self.meter.bytes_out.add(*written as u64);
        }
    }
}
