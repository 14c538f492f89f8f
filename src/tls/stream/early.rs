//! A stream that has begun before its handshake is complete, since it carries early data.
//!
//! Whoever reads or writes also takes the handshake on: a writer that nobody reads beside would
//! otherwise wait for its end in vain.

use std::io::{self, Read};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::super::handshake::Attempt;
use super::super::settings::TICKETS_MOST;
use super::Stream;

/// A handshake that is not complete, or whose early data was not read to its end.
pub(super) struct Early {
    /// `None` when the handshake is complete.
    attempt: Option<Attempt>,
    then: Option<Box<dyn FnOnce()>>,
}

impl<IO> Stream<IO> {
    /// Begins in the middle of the handshake, after the server's Finished. It counts as a failed one
    /// until the client's comes.
    pub(in crate::tls) fn begin_early(&mut self, attempt: Attempt) {
        self.ring.reserve(TICKETS);
        self.early = Some(Box::new(Early {
            attempt: Some(attempt),
            then: None,
        }));
    }

    /// Whether the handshake is not complete: all that was read so far is early data, which whoever has
    /// seen it can send again.
    pub fn is_early(&self) -> bool {
        let early = self.early.as_ref();
        early.is_some_and(|early| early.attempt.is_some())
    }

    /// Calls `then` once the handshake of a stream that is early is complete, and never if it fails.
    pub fn when_complete(&mut self, then: impl FnOnce() + 'static) {
        if let Some(early) = &mut self.early {
            early.then = Some(Box::new(then));
        }
    }

    /// What the client has sent was processed: the handshake may be complete by now.
    pub(super) fn look_at_handshake(&mut self) {
        if let Some(early) = &mut self.early
            && !self.session.is_handshaking()
            && let Some(attempt) = early.attempt.take()
        {
            attempt.succeeded();
            self.ring.reserve(0);
            if let Some(ring) = &self.meter.ring {
                ring.high_water.see(self.ring.held() as u64);
            }
            if let Some(then) = early.then.take() {
                then();
            }
        }
    }

    /// Copies early data that is at hand. When the last of it was read, and the handshake is complete,
    /// the stream is like any other.
    pub(super) fn read_early(&mut self, buf: &mut ReadBuf<'_>) -> io::Result<()> {
        if buf.remaining() == 0 {
            return Ok(());
        }
        if let Some(mut data) = self.session.early_data() {
            let read = data.read(buf.initialize_unfilled())?;
            buf.advance(read);
            if read > 0 {
                return Ok(());
            }
        }
        if !self.is_early() {
            self.early = None;
        }
        Ok(())
    }
}

impl<IO> Stream<IO>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    /// Takes the handshake as far as what has come allows; pending while it is not complete. Early data
    /// that comes with it stays with rustls, which takes no more than the settings allow.
    pub(super) fn poll_complete(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.is_early() {
            match self.poll_ciphertext(cx) {
                Poll::Ready(Ok(0)) if self.is_early() => {
                    return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
                }
                Poll::Ready(Ok(_)) => {}
                Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => return Poll::Pending,
            }
        }
        Poll::Ready(Ok(()))
    }

    /// The same for whoever has something else to wait for.
    pub(super) fn go_on(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        match self.poll_complete(cx) {
            Poll::Ready(done) => done,
            Poll::Pending => Ok(()),
        }
    }
}

/// The room in the ring, in bytes, for what the end of the handshake brings: session tickets, each in a record.
const TICKETS: usize = TICKETS_MOST * 128;
