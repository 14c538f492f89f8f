//! Encoders that wait for their next body.

use std::cell::RefCell;

use super::Encoder;
use crate::config::{Coding, Compression};
use crate::error::Result;

/// What the responses of a server share: the settings, and a few encoders to use again.
#[derive(Debug)]
pub struct Compressor {
    settings: Compression,
    idle: RefCell<Vec<Encoder>>,
}

/// How many encoders are kept: making one costs about what coding a page of text does.
const KEPT: usize = 4;

impl Compressor {
    /// For responses that are coded by these rules.
    pub fn new(settings: Compression) -> Self {
        Self {
            settings,
            idle: RefCell::default(),
        }
    }

    /// The rules.
    pub fn settings(&self) -> &Compression {
        &self.settings
    }

    /// An encoder that has nothing under way.
    pub fn lend(&self, coding: Coding) -> Result<Encoder> {
        let mut idle = self.idle.borrow_mut();
        match idle.iter().position(|encoder| encoder.coding() == coding) {
            Some(at) => Ok(idle.swap_remove(at)),
            None => Encoder::new(coding, &self.settings),
        }
    }

    /// Takes an encoder back that has finished its body. One that has not, or has failed, is
    /// dropped by whoever has it.
    pub fn take_back(&self, encoder: Encoder) {
        let mut idle = self.idle.borrow_mut();
        if idle.len() < KEPT {
            idle.extend(encoder.again());
        }
    }

    /// How many encoders wait.
    #[cfg(test)]
    pub(crate) fn idle(&self) -> usize {
        self.idle.borrow().len()
    }

    /// Codes a whole body at once; `None` where that makes it no smaller.
    pub fn whole(&self, coding: Coding, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut encoder = self.lend(coding).ok()?;
        let coded = encoder.whole(bytes).ok()?;
        self.take_back(encoder);
        (coded.len() < bytes.len()).then_some(coded)
    }
}
