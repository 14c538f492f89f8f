//! Where each thing on the board lies, counted in cells of 64 bits.
//!
//! The header, the addresses of the rows, the headers of the slots, then the listeners' sets: by row
//! and within a row by slot, so that a small server touches a page for each listener and few more.

use std::ops::Range;

use super::super::cells::{NUMBERS, SET};

/// How many processes can count at once: the workers of several generations.
pub(super) const SLOTS: usize = 2560;
/// How many addresses can be listened on.
pub(super) const LISTENERS: usize = 64;
/// The bytes of the longest address: a unix socket's path has 108 at most.
pub(super) const ADDRESS: usize = 128;

/// What the first cell says: the name, the version of this layout, how many numbers a listener has.
/// The version grows with every change to what a cell means.
pub(super) const MAGIC: u64 =
    u64::from_be_bytes([b's', b'l', b'u', b'i', b'c', b'e', VERSION, NUMBERS as u8]);
const VERSION: u8 = 1;

/// The cells of the header; the secret's follow.
#[derive(Clone, Copy)]
#[repr(usize)]
pub(super) enum Header {
    Magic,
    /// How many slots, from the first on, have ever been used.
    Used,
    /// How many rows are taken.
    Rows,
    StartedAt,
    Restarts,
    Reloads,
    Secret,
}

/// The cells of a slot's header.
#[derive(Clone, Copy)]
#[repr(usize)]
pub(super) enum Slot {
    Pid,
    State,
    Since,
    Generation,
    Requests,
    Memory,
}

const PAGE: usize = 4096 / size_of::<u64>();

/// A row: the length of its address, and the text.
const ROW: usize = 1 + ADDRESS / size_of::<u64>();
/// A slot's header: one cache line.
const SLOT: usize = 8;

const ADDRESSES_AT: usize = PAGE;
const SLOTS_AT: usize = (ADDRESSES_AT + LISTENERS * ROW).next_multiple_of(PAGE);
const SETS_AT: usize = SLOTS_AT + SLOTS * SLOT;
const CELLS: usize = SETS_AT + LISTENERS * SLOTS * SET;

/// All of it, in bytes.
pub(super) const SIZE: usize = CELLS * size_of::<u64>();

const _: () = assert!(secret(4) <= ADDRESSES_AT && (Slot::Memory as usize) < SLOT);
const _: () = assert!(SETS_AT.is_multiple_of(PAGE) && (SLOTS * SET).is_multiple_of(PAGE));

/// One of the four cells of the secret.
pub(super) const fn secret(part: usize) -> usize {
    Header::Secret as usize + part
}

pub(super) fn address(row: usize) -> Range<usize> {
    part(ADDRESSES_AT, row, ROW)
}

pub(super) fn slot(slot: usize) -> Range<usize> {
    assert!(slot < SLOTS, "there is no slot {slot}");
    part(SLOTS_AT, slot, SLOT)
}

/// The sets of all slots for a listener.
pub(super) fn sets(row: usize) -> Range<usize> {
    part(SETS_AT, row, SLOTS * SET)
}

fn part(at: usize, index: usize, size: usize) -> Range<usize> {
    at + index * size..at + (index + 1) * size
}
