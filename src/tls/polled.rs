//! rustls reads and writes synchronously: an adapter for one poll of an asynchronous stream, where
//! pending is `WouldBlock`.

use std::io::{self, IoSlice, Read, Write};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// `io` for as long as one poll with `cx` lasts.
pub(super) struct Polled<'a, 'b, IO> {
    io: &'a mut IO,
    cx: &'a mut Context<'b>,
    /// How many of the slices of the last vectored write were not written, or not to their end.
    pub(super) left: usize,
}

impl<'a, 'b, IO> Polled<'a, 'b, IO> {
    #[inline]
    pub(super) fn new(io: &'a mut IO, cx: &'a mut Context<'b>) -> Self {
        Self { io, cx, left: 0 }
    }
}

impl<IO: AsyncRead + Unpin> Read for Polled<'_, '_, IO> {
    #[inline]
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let mut buf = ReadBuf::new(buf);
        match Pin::new(&mut *self.io).poll_read(self.cx, &mut buf) {
            Poll::Ready(done) => done.map(|()| buf.filled().len()),
            Poll::Pending => Err(io::ErrorKind::WouldBlock.into()),
        }
    }
}

impl<IO: AsyncWrite + Unpin> Write for Polled<'_, '_, IO> {
    #[inline]
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        or_would_block(Pin::new(&mut *self.io).poll_write(self.cx, buf))
    }

    #[inline]
    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        let mut written =
            or_would_block(Pin::new(&mut *self.io).poll_write_vectored(self.cx, bufs))?;
        let all = written;
        self.left = bufs.len();
        for buf in bufs {
            if written < buf.len() {
                break;
            }
            written -= buf.len();
            self.left -= 1;
        }
        Ok(all)
    }

    #[inline]
    fn flush(&mut self) -> io::Result<()> {
        or_would_block(Pin::new(&mut *self.io).poll_flush(self.cx))
    }
}

#[inline]
fn or_would_block<T>(polled: Poll<io::Result<T>>) -> io::Result<T> {
    match polled {
        Poll::Ready(done) => done,
        Poll::Pending => Err(io::ErrorKind::WouldBlock.into()),
    }
}
