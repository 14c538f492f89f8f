//! Keeps from hyper what it would forgive.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::Connection;
use super::framing::Framing;

/// Hands on what the client sends until a line comes that [`Framing`] refuses. In a head hyper reads [`NONSENSE`] in
/// its place, a bad request that it answers when its turn comes; in a body reading fails as it does where hyper
/// itself finds it malformed.
pub(super) struct Strict<IO> {
    inner: IO,
    framing: Framing,
    refused: Option<Refused>,
    connection: Rc<Connection>,
}

/// What there is to read where a line was refused.
#[derive(Clone, Copy)]
enum Refused {
    /// In a head: what is left of [`NONSENSE`].
    Head(&'static [u8]),
    /// In a body: nothing, which could be its end, but an error.
    Body,
}

/// No line of a head may have a NUL, and hyper looks at a head when it seems complete.
const NONSENSE: &[u8] = b"\0\r\n\r\n";

impl<IO> Strict<IO> {
    pub(super) fn new(inner: IO, connection: Rc<Connection>) -> Self {
        Self {
            inner,
            framing: Framing::default(),
            refused: None,
            connection,
        }
    }

    /// The transport below.
    pub(super) fn into_inner(self) -> IO {
        self.inner
    }

    #[cold]
    fn refuse(&mut self) {
        self.connection.set_unread();
        self.refused = Some(if self.framing.is_in_head() {
            Refused::Head(NONSENSE)
        } else {
            Refused::Body
        });
    }

    #[cold]
    fn read_refused(&mut self, refused: Refused, buf: &mut ReadBuf<'_>) -> io::Result<()> {
        match refused {
            Refused::Head(left) => {
                let (given, rest) = left.split_at(left.len().min(buf.remaining()));
                buf.put_slice(given);
                self.refused = Some(Refused::Head(rest));
                Ok(())
            }
            Refused::Body => Err(io::ErrorKind::InvalidInput.into()),
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
        if let Some(refused) = self.refused {
            return Poll::Ready(self.read_refused(refused, buf));
        }
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(cx, buf))?;
        let checked = self.framing.check(&buf.filled()[before..]);
        let heads = self.framing.take_heads();
        self.connection.heads_came(heads);
        if let Err(at) = checked {
            buf.set_filled(before + at);
            self.refuse();
            if at == 0 {
                return self.poll_read(cx, buf);
            }
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
