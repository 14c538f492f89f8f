//! One file on its way in: in memory while it is small, then on disk.
//!
//! Blocks are written by other threads. To write them here is as fast while the disk is (32 uploads of 20 MB at a
//! time took the same, with a fifth less processor time), and stops every request where it is not.

use std::io::{self, Write};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};

use super::upload::Content;
use crate::config::Uploads;
use crate::error::{Error, Kind, Result};
use crate::sys::{self, Blocking, Nameless};

/// How much is written to disk at a time. While one such block is being written the next is gathered.
const BLOCK: usize = 64 * 1024;

/// What forms are held to, and where their files may lie.
#[derive(Debug)]
pub struct Storage {
    /// The bounds.
    pub limits: Uploads,
    /// The folders for files, in the order in which they are tried.
    pub directories: Arc<[PathBuf]>,
}

/// A file that is being received. The disk is another thread's business: whoever writes waits for it only
/// when it is a block behind.
#[derive(Debug)]
pub(super) struct Spool {
    storage: Rc<Storage>,
    gathered: Vec<u8>,
    spare: Vec<u8>,
    /// It does not fit into memory.
    on_disk: bool,
    file: Option<Arc<Nameless>>,
    writing: Option<Blocking<Written>>,
}

impl Drop for Spool {
    fn drop(&mut self) {
        if let Some(file) = self.file.take() {
            Content::Disk(file).give_up();
        }
    }
}

#[derive(Debug)]
struct Written {
    file: Result<Arc<Nameless>>,
    block: Vec<u8>,
}

impl Spool {
    pub(super) fn new(storage: &Rc<Storage>) -> Self {
        Self {
            on_disk: storage.limits.memory == 0,
            storage: Rc::clone(storage),
            gathered: Vec::new(),
            spare: Vec::new(),
            file: None,
            writing: None,
        }
    }

    /// Ready when all of `data` is taken; what is taken is gone from it.
    ///
    /// # Errors
    /// [`Kind::Server`] when the disk does not take it.
    pub(super) fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        data: &mut Bytes,
    ) -> Poll<Result<()>> {
        while data.has_remaining() {
            let limit = if self.on_disk {
                BLOCK
            } else {
                self.storage.limits.memory
            };
            let taken = data.len().min(limit - self.gathered.len().min(limit));
            self.gathered.extend_from_slice(&data.split_to(taken));
            if data.has_remaining() {
                self.on_disk = true;
                ready!(self.poll_written(cx))?;
                self.write();
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Ready with the content when all of it is where it belongs.
    ///
    /// # Errors
    /// As [`poll_write`](Self::poll_write).
    pub(super) fn poll_finish(&mut self, cx: &mut Context<'_>) -> Poll<Result<Content>> {
        if !self.on_disk {
            return Poll::Ready(Ok(Content::Memory(
                std::mem::take(&mut self.gathered).into(),
            )));
        }
        loop {
            ready!(self.poll_written(cx))?;
            match self.file.take() {
                Some(file) if self.gathered.is_empty() => {
                    return Poll::Ready(Ok(Content::Disk(file)));
                }
                file => {
                    self.file = file;
                    self.write();
                }
            }
        }
    }

    /// Ready when no block is being written.
    fn poll_written(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        if let Some(writing) = &mut self.writing {
            let written = ready!(std::pin::Pin::new(writing).poll(cx));
            self.writing = None;
            self.spare = written.block;
            self.file = Some(written.file?);
        }
        Poll::Ready(Ok(()))
    }

    fn write(&mut self) {
        let mut block = std::mem::replace(&mut self.gathered, std::mem::take(&mut self.spare));
        let file = self.file.take();
        let directories = Arc::clone(&self.storage.directories);
        self.writing = Some(sys::blocking(move || {
            let file = file.map_or_else(|| create(&directories), Ok);
            let file = file.and_then(|file| write(&file, &block).map(|()| file));
            block.clear();
            // The first block can be larger than those that follow.
            block.shrink_to(BLOCK);
            Written { file, block }
        }));
    }
}

fn write(file: &Nameless, block: &[u8]) -> Result<()> {
    let mut to = file.file();
    to.write_all(block)
        .map_err(|error| refused("write an upload to disk", error))
}

/// In the first folder that takes it.
fn create(directories: &[PathBuf]) -> Result<Arc<Nameless>> {
    let mut refusal = None;
    for directory in directories {
        match Nameless::create(directory) {
            Ok(file) => return Ok(Arc::new(file)),
            Err(error) => {
                let what = format!("keep an upload in {}", directory.display());
                refusal.get_or_insert_with(|| refused(&what, error));
            }
        }
    }
    Err(refusal.unwrap_or_else(|| {
        Error::new(
            Kind::Server,
            "there is no folder that uploads can be kept in",
        )
    }))
}

fn refused(what: &str, error: io::Error) -> Error {
    Error::new(Kind::Server, format!("cannot {what}: {error}")).caused_by(error)
}
