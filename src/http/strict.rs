//! Keeps from hyper what it would forgive.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::Connection;
use super::framing::Framing;

/// Hands on what the client sends until a line comes that [`Framing`] refuses. In a head hyper reads [`NONSENSE`] in
/// its place, a bad request that it answers when its turn comes; in a body it reads the end, and the body was
/// broken off.
pub(super) struct Strict<IO> {
    inner: IO,
    framing: Framing,
    /// What is left to read once something was refused.
    nonsense: Option<&'static [u8]>,
    connection: Rc<Connection>,
}

/// No line of a head may have a NUL, and hyper looks at a head when it seems complete.
const NONSENSE: &[u8] = b"\0\r\n\r\n";

impl<IO> Strict<IO> {
    pub(super) fn new(inner: IO, connection: Rc<Connection>) -> Self {
        Self {
            inner,
            framing: Framing::default(),
            nonsense: None,
            connection,
        }
    }

    #[cold]
    fn refuse(&mut self, buf: &mut ReadBuf<'_>, passed: usize) {
        buf.set_filled(passed);
        self.connection.set_unread();
        // No body may get it: it could be the end of one.
        let nonsense = if self.framing.is_in_head() {
            NONSENSE
        } else {
            b""
        };
        self.nonsense = Some(nonsense);
        self.give_nonsense(buf);
    }

    fn give_nonsense(&mut self, buf: &mut ReadBuf<'_>) {
        if let Some(left) = &mut self.nonsense {
            let (given, rest) = left.split_at(left.len().min(buf.remaining()));
            buf.put_slice(given);
            *left = rest;
        }
    }
}

impl<IO: AsyncRead + Unpin> AsyncRead for Strict<IO> {
    #[inline]
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.nonsense.is_some() {
            self.give_nonsense(buf);
            return Poll::Ready(Ok(()));
        }
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(cx, buf))?;
        if let Err(at) = self.framing.check(&buf.filled()[before..]) {
            self.refuse(buf, before + at);
        }
        Poll::Ready(Ok(()))
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for Strict<IO> {
    #[inline]
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }

    #[inline]
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(cx, bufs)
    }

    #[inline]
    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    #[inline]
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
