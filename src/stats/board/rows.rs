//! Rows, one for each address that is listened on.

use std::array;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use std::thread;

use super::super::cells::Sets;
use super::Board;
use super::layout::{ADDRESS, Header, LISTENERS, SLOTS};
use crate::error::{Error, Kind, Result};

impl Board {
    /// The row of `address`, a new one if it has none. Any process may ask.
    ///
    /// # Errors
    /// [`Kind::Server`] if all [`Board::LISTENERS`] rows have other addresses, or if the address is
    /// longer than 128 bytes.
    pub fn row(&self, address: &str) -> Result<usize> {
        if address.len() > ADDRESS {
            let message = format!(
                "statistics have room for addresses of {ADDRESS} bytes, not for {address:?}"
            );
            return Err(Error::new(Kind::Server, message));
        }
        loop {
            let taken = self.rows();
            if let Some(row) = (0..taken).find(|row| self.has_address(*row, address)) {
                return Ok(row);
            }
            if taken == LISTENERS {
                let message = format!(
                    "statistics have room for {LISTENERS} addresses, and all are taken: none is left for {address:?}"
                );
                return Err(Error::new(Kind::Server, message));
            }
            // Taken means that every row was looked at, so that no address gets two.
            let rows = self.header(Header::Rows);
            let (now, next) = (taken as u64, taken as u64 + 1);
            if rows.compare_exchange(now, next, AcqRel, Relaxed).is_ok() {
                self.name(taken, address);
                return Ok(taken);
            }
        }
    }

    /// The cells of every slot for `address`. The slot counts as used from now on.
    pub(in crate::stats) fn sets(&self, slot: usize, address: &str) -> Result<Sets> {
        if slot >= SLOTS {
            let message = format!("statistics have {SLOTS} slots, and none is number {slot}");
            return Err(Error::new(Kind::Server, message));
        }
        let row = self.row(address)?;
        self.header(Header::Used)
            .fetch_max(slot as u64 + 1, Relaxed);
        Ok(self.sets_of(row))
    }

    fn name(&self, row: usize, address: &str) {
        let (length, text) = self.address(row);
        for (cell, bytes) in text.iter().zip(address.as_bytes().chunks(8)) {
            let padded = array::from_fn(|at| bytes.get(at).copied().unwrap_or(0));
            cell.store(u64::from_ne_bytes(padded), Relaxed);
        }
        length.store(address.len() as u64 + 1, Release);
    }

    /// Whether the row's address is this one. Waits if another process is just about to write it;
    /// one that died over it has left a row without an address.
    fn has_address(&self, row: usize, address: &str) -> bool {
        let (length, text) = self.address(row);
        let mut patience = 10_000;
        while length.load(Acquire) == 0 && patience > 0 {
            thread::yield_now();
            patience -= 1;
        }
        length.load(Acquire) == address.len() as u64 + 1
            && address
                .as_bytes()
                .chunks(8)
                .zip(text)
                .all(|(bytes, cell)| cell.load(Relaxed).to_ne_bytes().starts_with(bytes))
    }
}
