//! What a handshake has the socket take: its flights are whole, whatever the ring is, and counted apart.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::stats;

/// A transport that remembers the most ciphertext that rustls had for it at one time.
pub(super) struct Measured<IO> {
    pub(super) io: IO,
    most: usize,
}

impl<IO> Measured<IO> {
    pub(super) fn new(io: IO) -> Self {
        Self { io, most: 0 }
    }

    /// Tells the listener's numbers.
    pub(super) fn report(&self, meter: &stats::Listener) {
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
