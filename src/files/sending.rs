//! The bytes of a file on their way to the connection.
//!
//! A piece that is in the page cache is read when the connection has room for it, and by this thread: that
//! costs less than asking another. One that is not is read on a thread, and the next while it is sent. So a
//! reply holds two pieces at most beside what its queue may hold anyway, however large the file is.

use std::fs::File;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use smallvec::smallvec;

use super::piece::{self, PIECE};
use super::plan::{self, Segment, Segments};
use super::ranges::Part;
use crate::error::Error;
use crate::http::{Exchange, MOST_LENT, Reply};
use crate::sys::{self, Blocking};

/// Why not all of a file was sent.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The system could not read it.
    Unreadable(io::Error),
    /// It has become shorter than it was.
    Shrunk,
    /// The exchange does not go on.
    Over(Error),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Over(error)
    }
}

/// A body that is read and sent.
#[derive(Debug)]
pub(super) struct Sending {
    /// `None` while a thread has it.
    file: Option<File>,
    segments: Segments,
    /// The segment that comes next, and how much of it was read.
    next: usize,
    done: u64,
    length: u64,
    /// Read, and not yet queued.
    piece: Option<Bytes>,
    reading: Option<Blocking<Read>>,
    /// The last piece had to be waited for.
    waits: bool,
    /// What the file system can tell.
    tells: Tells,
    /// A descriptor that outlives this, once parts of the file were lent to the connection.
    lent: Option<Rc<File>>,
    /// Where the last of these parts ends in the file.
    lent_to: u64,
}

/// What is no longer is read: that costs less than to ask whether the kernel holds it.
const LONGEST_READ: usize = PIECE;

/// Whether a read can be known not to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tells {
    /// The kernel says so.
    Kernel,
    /// All of the file is in memory.
    Memory,
    /// No.
    Nothing,
}

/// What comes back from a thread.
type Read = (File, io::Result<Vec<u8>>);

impl Sending {
    /// Sends `segments` of a file.
    pub(super) fn new(file: File, segments: Segments) -> Self {
        Self {
            file: Some(file),
            length: plan::length(&segments),
            segments,
            next: 0,
            done: 0,
            piece: None,
            reading: None,
            waits: false,
            tells: Tells::Kernel,
            lent: None,
            lent_to: 0,
        }
    }

    /// Ready when the last piece was handed to the connection and the reply has ended. After a failure the reply
    /// is as it was: committed if a piece was handed over before.
    pub(super) fn poll(
        &mut self,
        exchange: &Exchange,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Trouble>> {
        let reply = &exchange.reply;
        if self.segments.is_empty() {
            return Poll::Ready(Ok(reply.end(Bytes::new())?));
        }
        loop {
            // A piece that is at hand anyway may as well be read while there is no room.
            if self.piece.is_none() && (self.reading.is_some() || self.waits) {
                self.piece = Some(ready!(self.poll_piece(cx))?);
            }
            if reply.is_committed() {
                ready!(exchange.poll_writable(cx)).map_err(|error| self.explain(error))?;
            }
            let piece = match self.piece.take() {
                Some(piece) => piece,
                None => match self.lend(exchange)? {
                    Some(piece) => piece,
                    None => ready!(self.poll_piece(cx))?,
                },
            };
            if self.next == self.segments.len() {
                return Poll::Ready(Ok(reply.end(piece)?));
            }
            self.write(reply, piece)?;
            if self.waits {
                self.read_ahead()?;
            }
        }
    }

    /// Writes a piece that is not the last; the first one is preceded by the length of all.
    fn write(&self, reply: &Reply, piece: Bytes) -> Result<(), Trouble> {
        if !reply.is_committed() {
            reply.set_header(CONTENT_LENGTH, smallvec![self.length.into()])?;
        }
        Ok(reply.write(piece)?)
    }

    /// The next piece as a place in the file, where the connection can have the kernel send it without a
    /// wait. The head goes first, which settles whether the body is coded.
    fn lend(&mut self, exchange: &Exchange) -> Result<Option<Bytes>, Trouble> {
        let connection = exchange.connection();
        let (Some(file), Segment::Part(part)) = (&self.file, &self.segments[self.next]) else {
            return Ok(None);
        };
        let part = *part;
        let (offset, len) = wanted(part, self.done, MOST_LENT);
        let is_long = len > LONGEST_READ;
        if !connection.lends_files() || !is_long || !sys::is_cached(file, offset, len as u64) {
            return Ok(None);
        }
        if !exchange.reply.is_committed() {
            self.write(&exchange.reply, Bytes::new())?;
        }
        if !exchange.reply.is_sent_as_written() {
            return Ok(None);
        }
        let lent = match &self.lent {
            Some(lent) => Rc::clone(lent),
            None => Rc::new(file.try_clone().map_err(Trouble::Unreadable)?),
        };
        self.lent = Some(Rc::clone(&lent));
        self.lent_to = self.lent_to.max(offset + len as u64);
        self.count(part, len as u64);
        Ok(Some(connection.lend_file(lent, offset, len)))
    }

    /// Why the exchange does not go on. That a lent part has become too short is found by the kernel, which
    /// ends the connection: this looks as a client that has gone.
    fn explain(&self, error: Error) -> Trouble {
        let is_short = |file: &Rc<File>| {
            let about = file.metadata();
            about.is_ok_and(|about| about.len() < self.lent_to)
        };
        if self.lent.as_ref().is_some_and(is_short) {
            return Trouble::Shrunk;
        }
        Trouble::Over(error)
    }

    /// Begins to read the next piece while the last is sent.
    fn read_ahead(&mut self) -> Result<(), Trouble> {
        self.piece = self.read_now()?;
        if self.piece.is_none() {
            self.begin_read();
        }
        Ok(())
    }

    /// The next piece, from a thread if it has to be waited for.
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Result<Bytes, Trouble>> {
        if self.reading.is_none() {
            if let Some(piece) = self.read_now()? {
                return Poll::Ready(Ok(piece));
            }
            self.begin_read();
        }
        let Some(reading) = &mut self.reading else {
            return Poll::Ready(Err(Trouble::Shrunk));
        };
        let (file, read) = ready!(Pin::new(reading).poll(cx));
        self.reading = None;
        self.file = Some(file);
        let buffer = read.map_err(Trouble::Unreadable)?;
        Poll::Ready(self.take(buffer))
    }

    /// The next piece, if it can be read without a wait.
    fn read_now(&mut self) -> Result<Option<Bytes>, Trouble> {
        let (part, file) = match (&mut self.segments[self.next], &self.file) {
            (Segment::Text(text), _) => {
                self.next += 1;
                return Ok(Some(std::mem::take(text)));
            }
            (Segment::Part(part), Some(file)) => (*part, file),
            (Segment::Part(_), None) => return Ok(None),
        };
        let (offset, most) = wanted(part, self.done, PIECE);
        let mut buffer = piece::buffer(most);
        // What is in memory in part only comes in more than one read.
        while buffer.len() < most {
            let (len, at) = (buffer.len(), offset + buffer.len() as u64);
            let read = match self.tells {
                Tells::Kernel => sys::read_cached(file, &mut buffer, most - len, at),
                Tells::Memory => sys::read_at(file, &mut buffer, most - len, at),
                Tells::Nothing => Err(io::ErrorKind::WouldBlock.into()),
            };
            match read {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                    self.tells = if sys::lies_in_memory(file) {
                        Tells::Memory
                    } else {
                        Tells::Nothing
                    };
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    if len > 0 {
                        break;
                    }
                    self.waits = true;
                    piece::give_back(buffer);
                    return Ok(None);
                }
                Err(error) => return Err(Trouble::Unreadable(error)),
            }
        }
        self.waits = false;
        self.take(buffer).map(Some)
    }

    /// Reads the next piece on a thread.
    fn begin_read(&mut self) {
        let Some(file) = self.file.take() else { return };
        let Segment::Part(part) = self.segments[self.next] else {
            self.file = Some(file);
            return;
        };
        let (offset, most) = wanted(part, self.done, PIECE);
        let mut buffer = piece::buffer(most);
        self.reading = Some(sys::blocking(move || {
            while buffer.len() < most {
                let (left, at) = (most - buffer.len(), offset + buffer.len() as u64);
                match sys::read_at(&file, &mut buffer, left, at) {
                    Ok(0) => break,
                    Ok(_) => {}
                    Err(error) => return (file, Err(error)),
                }
            }
            (file, Ok(buffer))
        }));
    }

    /// Takes what was read. Nothing is the end of a file that was longer.
    fn take(&mut self, buffer: Vec<u8>) -> Result<Bytes, Trouble> {
        if buffer.is_empty() {
            return Err(Trouble::Shrunk);
        }
        if let Segment::Part(part) = self.segments[self.next] {
            self.count(part, buffer.len() as u64);
        }
        Ok(piece::bytes(buffer))
    }

    fn count(&mut self, part: Part, bytes: u64) {
        self.done += bytes;
        if part.length == self.done {
            self.next += 1;
            self.done = 0;
        }
    }
}

/// Where the next piece of at most `most` bytes begins, and how long it is.
fn wanted(part: Part, done: u64, most: usize) -> (u64, usize) {
    let left = part.length - done;
    let len = usize::try_from(left).unwrap_or(usize::MAX).min(most);
    (part.start + done, len)
}
