//! The transport as a protocol sees it, with an eye on whether it moves, with a way past hyper
//! for interim responses, and with one write for the replies to requests that came together.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::Connection;

/// Hands reads and writes on and notes when a writer waits for room.
pub(super) struct Watched<IO> {
    inner: IO,
    /// What was read before; the first reads give it back.
    begun: Bytes,
    /// Short replies that leave with the next one.
    held: Vec<u8>,
    /// Since when the first of them waits.
    held_since: Option<Instant>,
    /// What is left of the interim response that is being written.
    interim: Bytes,
    connection: Rc<Connection>,
}

impl<IO> Watched<IO> {
    pub(super) fn new(inner: IO, begun: Bytes, connection: Rc<Connection>) -> Self {
        Self {
            inner,
            begun,
            held: Vec::new(),
            held_since: None,
            interim: Bytes::new(),
            connection,
        }
    }

    /// Gives back what was read: the next reads give it again.
    pub(super) fn put_back(&mut self, bytes: Bytes) {
        // An empty buffer is one too.
        self.begun = if bytes.is_empty() {
            Bytes::new()
        } else {
            bytes
        };
    }

    #[inline]
    fn watch<T>(&self, polled: Poll<T>) -> Poll<T> {
        self.connection.set_blocked(polled.is_pending());
        polled
    }
}

/// The most of a reply that waits for the next one, and of all replies that wait, in bytes.
const SHORT: usize = 4 * 1024;
const HELD: usize = 16 * 1024;

/// How long replies are held, while the handlers of the requests behind them run. As on HTTP/2: many quick replies
/// share a write, a slow one does not wait for those after it.
const TURN: Duration = Duration::from_micros(500);

impl<IO: AsyncWrite + Unpin> Watched<IO> {
    /// Keeps what fits into the next write, if there will be one soon: a client that sends its requests together
    /// gets the replies together, for one system call and not one for each.
    #[inline]
    fn hold(&mut self, bufs: &[IoSlice<'_>]) -> Option<usize> {
        if !self.connection.goes_on() {
            return None;
        }
        let len = bufs.iter().map(|buf| buf.len()).sum();
        if len > SHORT || self.held.len() + len > HELD {
            return None;
        }
        self.held_since.get_or_insert_with(Instant::now);
        for buf in bufs {
            self.held.extend_from_slice(buf);
        }
        Some(len)
    }

    /// Writes what was held.
    #[inline]
    pub(super) fn poll_held(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.held_since.is_none() {
            return Poll::Ready(Ok(()));
        }
        self.poll_write_held(cx)
    }

    fn poll_write_held(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.held.is_empty() {
            let polled = Pin::new(&mut self.inner).poll_write(cx, &self.held);
            match ready!(self.watch(polled))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                written => drop(self.held.drain(..written)),
            }
        }
        self.held = Vec::new();
        self.held_since = None;
        Poll::Ready(Ok(()))
    }

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
        if let Some(held) = self.hold(&[IoSlice::new(buf)]) {
            return Poll::Ready(Ok(held));
        }
        ready!(self.poll_held(cx))?;
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
        if let Some(held) = self.hold(bufs) {
            return Poll::Ready(Ok(held));
        }
        ready!(self.poll_held(cx))?;
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
        if self.held_since.is_some_and(|since| since.elapsed() < TURN) && self.connection.goes_on()
        {
            // Whatever becomes of the request that was to come: this is asked again.
            cx.waker().wake_by_ref();
            return Poll::Ready(Ok(()));
        }
        ready!(self.poll_held(cx))?;
        ready!(self.poll_interims(cx))?;
        let polled = Pin::new(&mut self.inner).poll_flush(cx);
        self.watch(polled)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_held(cx))?;
        self.connection.closes();
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
