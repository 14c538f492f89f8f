//! The end of a connection: half-close, then read on until the client has closed too.
//!
//! A socket that is closed with unread bytes in it sends a reset, and a reset makes the client's
//! kernel throw away the reply that it has received but not yet read; what this side's kernel still
//! holds is thrown away too. So an early answer to a client that is still uploading would be lost, and
//! the end of a body whose client still sends window updates. The reading is bounded in bytes and in
//! time; a client that goes on taking what the kernel holds for it has more time.

use std::cell::Cell;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

use crate::{stats, sys};

/// How long a connection waits at its end for a client that neither closes nor takes anything. Shared
/// with the stream, so that whoever knows that the client has nothing more to say can make the end
/// short.
#[derive(Debug)]
pub struct Linger(Cell<Duration>);

impl Linger {
    /// Sets the longest wait, 2 s by default. At zero, what has arrived is still read and thrown
    /// away, but nothing is waited for. It counts from the half-close: later calls change nothing.
    pub fn set(&self, longest: Duration) {
        self.0.set(longest);
    }

    /// The longest wait.
    pub fn get(&self) -> Duration {
        self.0.get()
    }
}

impl Default for Linger {
    fn default() -> Self {
        Self(Cell::new(LONGEST))
    }
}

/// Where a stream is on its way to being closed.
#[derive(Debug)]
pub(super) enum Closing {
    /// Not closing; the setting is made when it is first asked for.
    Open(Option<Rc<Linger>>),
    /// The client was told that nothing more comes; its bytes are thrown away.
    Draining {
        left: usize,
        longest: Duration,
        wait: Option<Wait>,
    },
    Closed,
}

/// The wait for a client.
#[derive(Debug)]
pub(super) struct Wait {
    until: Pin<Box<Sleep>>,
    /// What the kernel held for the client when the wait began, in bytes.
    unsent: Option<u64>,
}

impl Wait {
    fn begin(io: &impl AsFd, longest: Duration) -> Self {
        Self {
            until: Box::pin(tokio::time::sleep(longest)),
            unsent: sys::unsent(io.as_fd().as_raw_fd()),
        }
    }
}

impl Closing {
    pub(super) fn linger(&mut self) -> Rc<Linger> {
        match self {
            Self::Open(linger) => Rc::clone(linger.get_or_insert_default()),
            Self::Draining { .. } | Self::Closed => Rc::default(),
        }
    }

    /// Takes the closing of `io` as far as it goes now; ready when it may be dropped.
    pub(super) fn poll<Io>(
        &mut self,
        io: &mut Io,
        meter: &stats::Listener,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>>
    where
        Io: AsyncRead + AsyncWrite + AsFd + Unpin,
    {
        if let Self::Open(linger) = self {
            match ready!(Pin::new(&mut *io).poll_shutdown(cx)) {
                Ok(()) => {}
                // The client was faster; there is nobody left to lose anything.
                Err(error) if error.kind() == io::ErrorKind::NotConnected => {
                    *self = Self::Closed;
                    return Poll::Ready(Ok(()));
                }
                Err(error) => {
                    *self = Self::Closed;
                    return Poll::Ready(Err(error));
                }
            }
            *self = Self::Draining {
                left: MOST,
                longest: linger.as_ref().map_or(LONGEST, |linger| linger.get()),
                wait: None,
            };
        }
        if let Self::Draining {
            left,
            longest,
            wait,
        } = self
        {
            while drain(io, left, meter, cx).is_pending() && !longest.is_zero() {
                let waiting = wait.get_or_insert_with(|| Wait::begin(io, *longest));
                ready!(waiting.until.as_mut().poll(cx));
                let again = Wait::begin(io, *longest);
                if again.unsent >= waiting.unsent {
                    break;
                }
                *wait = Some(again);
            }
            *self = Self::Closed;
        }
        Poll::Ready(Ok(()))
    }
}

/// Throws away what comes. Ready at the end of the stream, at an error, and after `left` bytes.
fn drain<Io>(
    io: &mut Io,
    left: &mut usize,
    meter: &stats::Listener,
    cx: &mut Context<'_>,
) -> Poll<()>
where
    Io: AsyncRead + Unpin,
{
    let mut space = [MaybeUninit::<u8>::uninit(); 8192];
    while *left > 0 {
        let mut buf = ReadBuf::uninit(&mut space);
        let read = match ready!(Pin::new(&mut *io).poll_read(cx, &mut buf)) {
            Ok(()) => buf.filled().len(),
            Err(_) => 0,
        };
        if read == 0 {
            break;
        }
        meter.bytes_in.add(read as u64);
        *left = left.saturating_sub(read);
    }
    Poll::Ready(())
}

/// The longest wait for the client's end, unless [`Linger::set`] says otherwise.
const LONGEST: Duration = Duration::from_secs(2);
/// The most that is read after the half-close, in bytes: well above what the kernels on both sides hold
/// for a client that cannot have seen the reply yet, which is 10 MiB by Linux's own defaults.
const MOST: usize = 64 << 20;
