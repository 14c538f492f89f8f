//! The transport as a protocol sees it, with an eye on whether it moves, and with a way past hyper
//! for interim responses.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::Connection;

/// Hands reads and writes on and notes when a writer waits for room.
pub(super) struct Watched<IO> {
    inner: IO,
    /// What was read before; the first reads give it back.
    begun: Bytes,
    /// What is left of the interim response that is being written.
    interim: Bytes,
    connection: Rc<Connection>,
}

impl<IO> Watched<IO> {
    pub(super) fn new(inner: IO, begun: Bytes, connection: Rc<Connection>) -> Self {
        Self {
            inner,
            begun,
            interim: Bytes::new(),
            connection,
        }
    }

    #[inline]
    fn watch<T>(&self, polled: Poll<T>) -> Poll<T> {
        self.connection.set_blocked(polled.is_pending());
        polled
    }
}

impl<IO: AsyncWrite + Unpin> Watched<IO> {
    /// Writes the rest of the interim response that was begun: nothing may come in between.
    fn poll_begun(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.interim.is_empty() {
            let written = match Pin::new(&mut self.inner).poll_write(cx, &self.interim) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(written) => written?,
                Poll::Pending => {
                    self.connection.set_blocked(true);
                    return Poll::Pending;
                }
            };
            self.interim.advance(written);
            if self.interim.is_empty() {
                self.connection.interim_sent();
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Writes the interim responses that wait. All of the replies before them is written.
    fn poll_interims(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_begun(cx))?;
        while let Some(next) = self.connection.next_interim() {
            self.interim = next;
            ready!(self.poll_begun(cx))?;
        }
        Poll::Ready(Ok(()))
    }
}

impl<IO: AsyncRead + Unpin> AsyncRead for Watched<IO> {
    #[inline]
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.begun.is_empty() {
            let len = self.begun.len().min(buf.remaining());
            buf.put_slice(&self.begun.split_to(len));
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.inner).poll_read(cx, buf)
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for Watched<IO> {
    #[inline]
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        if !self.interim.is_empty() {
            ready!(self.poll_begun(cx))?;
        }
        let polled = Pin::new(&mut self.inner).poll_write(cx, buf);
        self.watch(polled)
    }

    #[inline]
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if !self.interim.is_empty() {
            ready!(self.poll_begun(cx))?;
        }
        let polled = Pin::new(&mut self.inner).poll_write_vectored(cx, bufs);
        self.watch(polled)
    }

    #[inline]
    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    #[inline]
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_interims(cx))?;
        let polled = Pin::new(&mut self.inner).poll_flush(cx);
        self.watch(polled)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.connection.closes();
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
