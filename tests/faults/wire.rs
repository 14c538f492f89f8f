//! A transport that breaks where it is told to, and moves as badly as a transport may.

use std::cell::{Cell, RefCell};
use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

/// Which bytes are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From the client.
    In,
    /// To the client.
    Out,
}

/// What happens at a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The client says nothing more (inward), or is gone (outward).
    End,
    /// The client is gone, and its system says so.
    Reset,
    /// Nothing moves that way any more.
    Stall,
    /// The server is told to drain, and all goes on.
    Drain,
}

/// How bytes move until then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// As they come.
    Straight,
    /// One at a time.
    Bytes,
    /// Each move after some milliseconds.
    Slow,
    /// Any number at a time, and reads, writes and flushes are ready in any order.
    Shuffled(u64),
}

/// One fault, and the way to it.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub pace: Pace,
    /// After so many bytes that way.
    pub fault: Option<(Way, usize, Fault)>,
}

/// What has gone over a [`Wire`].
#[derive(Debug, Default)]
pub struct Moved {
    pub inward: Cell<usize>,
    pub outward: Cell<usize>,
    polls: Cell<usize>,
}

/// The server's end of a connection.
pub struct Wire<IO> {
    /// `None` when it is broken: the client sees its end.
    io: Option<IO>,
    plan: Plan,
    moved: Rc<Moved>,
    random: u64,
    /// Reading has come to its end, writing has not.
    is_deaf: bool,
    is_reset: bool,
    /// Of reads, of writes, of flushes and of the close.
    gates: [Gate; 4],
    /// Written since the last flush: the next one takes its time.
    is_unsettled: bool,
    /// The close has taken its time.
    is_closing: bool,
    /// Who waits for the other direction hears of the end too.
    waiting: RefCell<[Option<Waker>; 2]>,
    drain: Option<Box<dyn FnOnce()>>,
}

#[derive(Default)]
struct Gate {
    sleep: Option<Pin<Box<Sleep>>>,
    /// It was shut; the next time it is open.
    was_shut: bool,
}

const FLUSHES: usize = 2;
const CLOSE: usize = 3;

/// More polls than any exchange needs: somebody spins.
const SPINS: usize = 2_000_000;

impl<IO> Wire<IO> {
    /// `drain` is what [`Fault::Drain`] does.
    pub fn new(io: IO, plan: Plan, drain: impl FnOnce() + 'static) -> (Self, Rc<Moved>) {
        let moved = Rc::new(Moved::default());
        let random = match plan.pace {
            Pace::Shuffled(seed) => seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
            _ => 1,
        };
        let wire = Self {
            io: Some(io),
            plan,
            moved: Rc::clone(&moved),
            random,
            is_deaf: false,
            is_reset: false,
            gates: Default::default(),
            is_unsettled: false,
            is_closing: false,
            waiting: RefCell::default(),
            drain: Some(Box::new(drain)),
        };
        (wire, moved)
    }

    /// xorshift64*.
    fn random(&mut self, below: u64) -> u64 {
        self.random ^= self.random >> 12;
        self.random ^= self.random << 25;
        self.random ^= self.random >> 27;
        (self.random.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % below
    }

    /// Whether the transport is ready for a move of the pace.
    fn poll_gate(&mut self, at: usize, cx: &mut Context<'_>) -> Poll<()> {
        self.moved.polls.set(self.moved.polls.get() + 1);
        assert!(self.moved.polls.get() < SPINS, "somebody spins");
        if let Some(sleep) = &mut self.gates[at].sleep {
            ready!(sleep.as_mut().poll(cx));
            self.gates[at].sleep = None;
            return Poll::Ready(());
        }
        if std::mem::take(&mut self.gates[at].was_shut) {
            return Poll::Ready(());
        }
        let pause = match self.plan.pace {
            Pace::Straight | Pace::Bytes => return Poll::Ready(()),
            Pace::Slow => 3,
            Pace::Shuffled(_) => match self.random(8) {
                0 => 1 + self.random(20),
                1..4 => {
                    self.gates[at].was_shut = true;
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                _ => return Poll::Ready(()),
            },
        };
        let mut sleep = Box::pin(tokio::time::sleep(Duration::from_millis(pause)));
        let polled = sleep.as_mut().poll(cx);
        self.gates[at].sleep = Some(sleep);
        polled
    }

    /// How many of `len` bytes may move now. None may where the fault is; then it happens.
    fn room(&mut self, way: Way, len: usize) -> usize {
        let most = match self.plan.pace {
            Pace::Straight | Pace::Slow => len,
            Pace::Bytes => 1,
            Pace::Shuffled(_) => [1, 2, 7, 100, 4096, len][self.random(6) as usize],
        };
        let moved = self.moved(way).get();
        let left = match self.plan.fault {
            Some((faulty, at, _)) if faulty == way => at - moved,
            _ => usize::MAX,
        };
        if left == 0 {
            self.strike(way);
        }
        len.min(most).min(left)
    }

    fn moved(&self, way: Way) -> &Cell<usize> {
        match way {
            Way::In => &self.moved.inward,
            Way::Out => &self.moved.outward,
        }
    }

    fn strike(&mut self, way: Way) {
        let Some((_, _, fault)) = self.plan.fault else {
            return;
        };
        match (fault, way) {
            (Fault::End, Way::In) => self.is_deaf = true,
            (Fault::End, Way::Out) => self.io = None,
            (Fault::Reset, _) => (self.io, self.is_reset) = (None, true),
            (Fault::Stall, _) => return,
            (Fault::Drain, _) => {
                self.plan.fault = None;
                if let Some(drain) = self.drain.take() {
                    drain();
                }
                return;
            }
        }
        for waker in self.waiting.take().into_iter().flatten() {
            waker.wake();
        }
    }

    fn stalls(&self, way: Way) -> bool {
        let fault = self.plan.fault;
        fault.is_some_and(|(faulty, at, fault)| {
            faulty == way && fault == Fault::Stall && self.moved(way).get() == at
        })
    }

    fn note_waiting(&self, way: Way, cx: &Context<'_>) {
        self.waiting.borrow_mut()[way as usize] = Some(cx.waker().clone());
    }
}

impl<IO: AsyncRead + Unpin> AsyncRead for Wire<IO> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        this.note_waiting(Way::In, cx);
        ready!(this.poll_gate(Way::In as usize, cx));
        // Twice, because a drain lets it go on.
        let room = match this.room(Way::In, buf.remaining()) {
            0 => this.room(Way::In, buf.remaining()),
            room => room,
        };
        if this.stalls(Way::In) {
            return Poll::Pending;
        }
        let Some(io) = this.io.as_mut().filter(|_| !this.is_deaf) else {
            return Poll::Ready(if this.is_reset { reset() } else { Ok(()) });
        };
        let mut part = buf.take(room);
        let polled = Pin::new(io).poll_read(cx, &mut part);
        let read = part.filled().len();
        // `part` is the beginning of what `buf` has room for, and is initialised so far.
        let bytes = part.filled().to_vec();
        buf.put_slice(&bytes);
        this.moved.inward.set(this.moved.inward.get() + read);
        polled
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for Wire<IO> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        this.note_waiting(Way::Out, cx);
        ready!(this.poll_gate(Way::Out as usize, cx));
        let room = match this.room(Way::Out, bytes.len()) {
            0 => this.room(Way::Out, bytes.len()),
            room => room,
        };
        if this.stalls(Way::Out) {
            return Poll::Pending;
        }
        let Some(io) = &mut this.io else {
            return Poll::Ready(if this.is_reset { reset() } else { gone() });
        };
        let written = ready!(Pin::new(io).poll_write(cx, &bytes[..room]))?;
        this.moved.outward.set(this.moved.outward.get() + written);
        this.is_unsettled = true;
        Poll::Ready(Ok(written))
    }

    /// Takes what it takes across the slices, as a socket does.
    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let bytes: Vec<u8> = slices
            .iter()
            .flat_map(|slice| slice.iter().copied())
            .collect();
        self.poll_write(cx, &bytes)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.is_unsettled {
            ready!(self.poll_gate(FLUSHES, cx));
            self.is_unsettled = false;
        }
        match &mut self.io {
            Some(io) => Pin::new(io).poll_flush(cx),
            None => Poll::Ready(gone()),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.is_closing {
            ready!(self.poll_gate(CLOSE, cx));
            self.is_closing = true;
        }
        match &mut self.io {
            Some(io) => Pin::new(io).poll_shutdown(cx),
            None => Poll::Ready(gone()),
        }
    }
}

fn reset<T>() -> io::Result<T> {
    Err(ErrorKind::ConnectionReset.into())
}

fn gone<T>() -> io::Result<T> {
    Err(ErrorKind::BrokenPipe.into())
}
