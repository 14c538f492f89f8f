//! What all worker processes of a server count, in memory that they share.
//!
//! Each worker has a slot and counts there; whoever reads adds up the slots. A slot outlives its
//! process: the next one goes on counting where the last one stopped, so that no sum ever goes back.
//! The memory outlives the program as well: another one that is started in its place adopts it.
//!
//! One process, the supervisor, hands out the slots. A worker writes to its own slot alone, and so
//! nothing is locked.

mod layout;
mod rows;

use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use std::time::{SystemTime, UNIX_EPOCH};

use self::layout::{Header, LISTENERS, MAGIC, SIZE, SLOTS, Slot};
use super::cells::{GAUGES, Number, Sets};
use crate::error::{Error, Kind, Result};
use crate::sys::SharedMemory;

/// The memory that the workers of one server count in.
///
/// A slot that a method is given exists: it is below [`Board::SLOTS`], else the method panics.
#[derive(Debug)]
pub struct Board {
    memory: SharedMemory,
}

/// What the process of a slot is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// There is none.
    Free,
    /// It does not accept yet.
    Starting,
    /// It accepts.
    Ready,
    /// It finishes what it has begun, and ends.
    Draining,
}

/// The process of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Worker {
    /// Which slot it has.
    pub slot: usize,
    /// Its process id, 0 before it is known.
    pub pid: u32,
    /// What it is doing.
    pub state: State,
    /// Which start or reload of the server it belongs to.
    pub generation: u64,
    /// When it got the slot, in milliseconds of unix time.
    pub since: u64,
    /// The requests that it has begun, as it last said.
    pub requests: u64,
    /// The memory that it uses in bytes, as it last said.
    pub memory: u64,
}

impl Board {
    /// How many slots there are.
    pub const SLOTS: usize = SLOTS;
    /// How many listeners there can be.
    pub const LISTENERS: usize = LISTENERS;

    /// An empty board. Of its 42 MB only the pages that are used cost memory: a few for a server with a
    /// few workers. `secret` is for every process that adopts it, and for nobody else.
    ///
    /// # Errors
    /// [`Kind::Server`] if the system has no memory to share.
    pub fn create(secret: [u8; 32]) -> Result<Self> {
        let board = Self {
            memory: SharedMemory::create(SIZE)?,
        };
        let (parts, _) = secret.as_chunks();
        for (part, bytes) in parts.iter().enumerate() {
            board
                .secret_cell(part)
                .store(u64::from_ne_bytes(*bytes), Relaxed);
        }
        board.header(Header::StartedAt).store(now(), Relaxed);
        board.header(Header::Magic).store(MAGIC, Release);
        Ok(board)
    }

    /// The board of an earlier program, or of another process, by its descriptor.
    ///
    /// # Errors
    /// [`Kind::Server`] if it is no board, or that of a version that lays it out in another way.
    pub fn adopt(fd: OwnedFd) -> Result<Self> {
        let refused = |why: &str| {
            let message =
                format!("the workers' statistics that were handed over cannot be used: {why}");
            Error::new(Kind::Server, message)
        };
        let memory = SharedMemory::adopt(fd, SIZE)
            .map_err(|error| refused(error.message()).caused_by(error))?;
        let board = Self { memory };
        if board.header(Header::Magic).load(Acquire) != MAGIC {
            return Err(refused("another version of Sluice has laid them out"));
        }
        Ok(board)
    }

    /// The descriptor, for a process that is to adopt the board. It is closed on exec.
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.memory.fd()
    }

    /// The secret that it was made with.
    pub fn secret(&self) -> [u8; 32] {
        let mut secret = [0; 32];
        let (parts, _) = secret.as_chunks_mut();
        for (part, bytes) in parts.iter_mut().enumerate() {
            *bytes = self.secret_cell(part).load(Relaxed).to_ne_bytes();
        }
        secret
    }

    /// When the board was made, in milliseconds of unix time.
    pub fn started_at(&self) -> u64 {
        self.header(Header::StartedAt).load(Relaxed)
    }

    /// How many workers had to be started again.
    pub fn restarts(&self) -> u64 {
        self.header(Header::Restarts).load(Relaxed)
    }

    /// Counts one worker that had to be started again.
    pub fn count_restart(&self) {
        self.header(Header::Restarts).fetch_add(1, Relaxed);
    }

    /// How often the server was reloaded.
    pub fn reloads(&self) -> u64 {
        self.header(Header::Reloads).load(Relaxed)
    }

    /// Counts one reload.
    pub fn count_reload(&self) {
        self.header(Header::Reloads).fetch_add(1, Relaxed);
    }
}

/// Slots and their processes.
impl Board {
    /// Takes the lowest slot that has no process for one that is about to start: its gauges are zero,
    /// as are its requests and its memory; counters and maxima go on. Whoever forks says by
    /// [`Board::set_pid`] which process that is. `None` when all are taken.
    pub fn claim(&self, generation: u64) -> Option<usize> {
        let slot = (0..SLOTS).find(|slot| {
            // Two generations may look for one at the same time.
            self.field(*slot, Slot::State)
                .compare_exchange(State::Free as u64, State::Starting as u64, AcqRel, Relaxed)
                .is_ok()
        })?;
        self.zero_gauges(slot);
        let fields = [
            (Slot::Pid, 0),
            (Slot::Generation, generation),
            (Slot::Since, now()),
            (Slot::Requests, 0),
            (Slot::Memory, 0),
        ];
        for (field, value) in fields {
            self.field(slot, field).store(value, Relaxed);
        }
        self.header(Header::Used)
            .fetch_max(slot as u64 + 1, Relaxed);
        Some(slot)
    }

    /// The slot's process has ended: its gauges are zero; counters and maxima stay.
    pub fn vacate(&self, slot: usize) {
        self.set_pid(slot, 0);
        self.zero_gauges(slot);
        self.set_state(slot, State::Free);
    }

    /// Says which process has the slot. Either side of a fork may say it.
    pub fn set_pid(&self, slot: usize, pid: u32) {
        self.field(slot, Slot::Pid).store(pid.into(), Relaxed);
    }

    /// Says what the slot's process is doing.
    pub fn set_state(&self, slot: usize, state: State) {
        self.field(slot, Slot::State).store(state as u64, Release);
    }

    /// What the slot's process is doing.
    pub fn state(&self, slot: usize) -> State {
        match self.field(slot, Slot::State).load(Acquire) {
            0 => State::Free,
            1 => State::Starting,
            2 => State::Ready,
            _ => State::Draining,
        }
    }

    /// Says how many requests the slot's process has begun.
    pub fn set_requests(&self, slot: usize, requests: u64) {
        self.field(slot, Slot::Requests).store(requests, Relaxed);
    }

    /// Says how much memory the slot's process uses, in bytes.
    pub fn set_memory(&self, slot: usize, bytes: u64) {
        self.field(slot, Slot::Memory).store(bytes, Relaxed);
    }

    /// The processes of all slots that have one, by slot; those that are being made are left out. One
    /// whose slot changes hands just then may show something of both.
    pub fn workers(&self) -> Vec<Worker> {
        (0..self.used())
            .map(|slot| (slot, self.state(slot)))
            .filter(|(_, state)| *state != State::Free)
            .map(|(slot, state)| {
                let field = |field| self.field(slot, field).load(Relaxed);
                Worker {
                    slot,
                    pid: u32::try_from(field(Slot::Pid)).unwrap_or(0),
                    state,
                    generation: field(Slot::Generation),
                    since: field(Slot::Since),
                    requests: field(Slot::Requests),
                    memory: field(Slot::Memory),
                }
            })
            .filter(|worker| worker.pid != 0)
            .collect()
    }

    /// How many open connections the slot's process has beyond an eighth more than another one of its
    /// generation that is ready.
    pub fn excess(&self, slot: usize) -> u64 {
        let generation = |slot| self.field(slot, Slot::Generation).load(Relaxed);
        let own = generation(slot);
        let others = (0..self.used()).filter(|other| {
            *other != slot && self.state(*other) == State::Ready && generation(*other) == own
        });
        let least = others.map(|other| self.open(other)).min();
        least.map_or(0, |least| self.open(slot).saturating_sub(least + least / 8))
    }

    fn open(&self, slot: usize) -> u64 {
        let open = |row| self.sets_of(row).of(slot)[Number::Open as usize].load(Relaxed);
        (0..self.rows()).map(open).sum()
    }

    fn zero_gauges(&self, slot: usize) {
        for row in 0..self.rows() {
            let set = self.sets_of(row).of(slot);
            for gauge in GAUGES {
                set[gauge as usize].store(0, Relaxed);
            }
        }
    }
}

/// Cells by their names.
impl Board {
    fn cells(&self) -> &'static [AtomicU64] {
        self.memory.cells()
    }

    fn header(&self, field: Header) -> &'static AtomicU64 {
        &self.cells()[field as usize]
    }

    fn secret_cell(&self, part: usize) -> &'static AtomicU64 {
        &self.cells()[layout::secret(part)]
    }

    /// The length of a row's address plus one, 0 before it is written; and its text.
    fn address(&self, row: usize) -> (&'static AtomicU64, &'static [AtomicU64]) {
        let cells = &self.cells()[layout::address(row)];
        (&cells[0], &cells[1..])
    }

    fn field(&self, slot: usize, field: Slot) -> &'static AtomicU64 {
        &self.cells()[layout::slot(slot)][field as usize]
    }

    fn sets_of(&self, row: usize) -> Sets {
        Sets::new(&self.cells()[layout::sets(row)], self.header(Header::Used))
    }

    fn rows(&self) -> usize {
        self.header(Header::Rows)
            .load(Acquire)
            .min(LISTENERS as u64) as usize
    }

    fn used(&self) -> usize {
        self.header(Header::Used).load(Relaxed).min(SLOTS as u64) as usize
    }
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    })
}

#[cfg(test)]
mod tests;
