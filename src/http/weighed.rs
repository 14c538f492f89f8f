//! The transport below h2, where the frames that pass are weighed.

use std::cell::RefCell;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::Connection;
use super::budget::Budget;
use super::frames::{Frames, PREFACE};

/// Hands reads and writes on and charges the frames in them to the client's budget. When that is spent
/// nothing is read any more.
pub(super) struct Weighed<IO> {
    inner: IO,
    inward: Frames,
    outward: Frames,
    budget: Rc<RefCell<Budget>>,
    connection: Rc<Connection>,
}

impl<IO> Weighed<IO> {
    pub(super) fn new(inner: IO, budget: Rc<RefCell<Budget>>, connection: Rc<Connection>) -> Self {
        Self {
            inner,
            inward: Frames::after(PREFACE),
            outward: Frames::after(0),
            budget,
            connection,
        }
    }

    fn received(&mut self, mut bytes: &[u8]) {
        let now = self.connection.clock.now();
        let mut budget = self.budget.borrow_mut();
        while let Some(frame) = self.inward.next(&mut bytes) {
            budget.received(&frame, now);
        }
    }

    fn sent(&mut self, mut bytes: &[u8]) {
        let now = self.connection.clock.now();
        let mut budget = self.budget.borrow_mut();
        while let Some(frame) = self.outward.next(&mut bytes) {
            budget.sent(&frame, now);
        }
    }
}

impl<IO: AsyncRead + Unpin> AsyncRead for Weighed<IO> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.budget.borrow().flood().is_some() {
            // Nobody is woken: who polled h2 looks at the budget next.
            return Poll::Pending;
        }
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(cx, buf))?;
        self.received(&buf.filled()[before..]);
        Poll::Ready(Ok(()))
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for Weighed<IO> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.inner).poll_write(cx, buf))?;
        self.sent(&buf[..written]);
        Poll::Ready(Ok(written))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.inner).poll_write_vectored(cx, bufs))?;
        let mut left = written;
        for buf in bufs {
            let part = left.min(buf.len());
            self.sent(&buf[..part]);
            left -= part;
            if left == 0 {
                break;
            }
        }
        Poll::Ready(Ok(written))
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
