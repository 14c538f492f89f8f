//! A file that has arrived.

use std::cell::RefCell;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::{Buf, Bytes};

use super::Head;
use crate::error::{Error, Kind, Result};
use crate::sys::{self, Blocking, Nameless};

/// What a file holds, and where.
#[derive(Clone, Debug)]
pub enum Content {
    /// In memory.
    Memory(Bytes),
    /// On disk.
    Disk(Arc<Nameless>),
}

/// One file of a form. Its content is gone with it, unless it was moved.
#[derive(Debug)]
pub struct Upload {
    /// As the client calls it, without a path; `None` when nothing was chosen.
    pub filename: Option<Vec<u8>>,
    /// What the client says that it is, without parameters.
    pub media_type: Option<Vec<u8>>,
    /// In bytes.
    pub size: u64,
    content: RefCell<State>,
}

#[derive(Debug)]
enum State {
    /// Nothing was chosen in the form.
    Missing,
    Here(Content),
    Moving(Content),
    Moved,
}

impl Upload {
    pub(super) fn new(head: &Head, size: u64, content: Content) -> Self {
        Self {
            filename: head.client_filename().map(<[u8]>::to_vec),
            media_type: head.media_type().map(<[u8]>::to_vec),
            size,
            content: RefCell::new(State::Here(content)),
        }
    }

    /// What an input gives that was left empty.
    pub(super) fn missing() -> Self {
        Self {
            filename: None,
            media_type: None,
            size: 0,
            content: RefCell::new(State::Missing),
        }
    }

    /// Whether nothing was chosen.
    pub fn is_missing(&self) -> bool {
        matches!(*self.content.borrow(), State::Missing)
    }

    /// The content, for reading.
    ///
    /// # Errors
    /// [`Kind::State`] when there is none, or it was moved.
    pub fn content(&self) -> Result<Content> {
        match &*self.content.borrow() {
            State::Here(content) => Ok(content.clone()),
            State::Moving(_) | State::Moved => Err(Error::state(
                "the uploaded file was moved already: it is read where it was moved to",
            )),
            State::Missing => Err(Error::state(
                "no file was uploaded here: look at getError() first (UPLOAD_ERR_NO_FILE)",
            )),
        }
    }

    /// Begins to move the content to `target`, on another thread; `mode` becomes its permissions. Whoever
    /// has waited for the work says by [`settle`](Self::settle) how it went; until then it counts as moved.
    ///
    /// # Errors
    /// As [`content`](Self::content). The work itself fails with [`Kind::Server`].
    pub fn move_to(&self, target: PathBuf, mode: u32) -> Result<Blocking<Result<()>>> {
        let content = self.content()?;
        *self.content.borrow_mut() = State::Moving(content.clone());
        Ok(sys::blocking(move || {
            let moved = match content {
                Content::Memory(bytes) => sys::write_file(&target, mode, &mut bytes.reader()),
                Content::Disk(file) => file.publish(&target, mode),
            };
            moved.map_err(|error| {
                let what = format!("cannot move an upload to {}: {error}", target.display());
                Error::new(Kind::Server, what).caused_by(error)
            })
        }))
    }

    /// What was being moved is gone from here, or is here as before.
    pub fn settle(&self, has_moved: bool) {
        let mut content = self.content.borrow_mut();
        *content = match std::mem::replace(&mut *content, State::Moved) {
            State::Moving(content) if !has_moved => State::Here(content),
            State::Moving(_) => State::Moved,
            other => other,
        };
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        // The system takes its time to free a large file.
        if let State::Here(content) = self.content.replace(State::Missing) {
            content.give_up();
        }
    }
}

impl Content {
    /// Gives up the content; on disk that is another thread's business.
    pub(super) fn give_up(self) {
        if let Self::Disk(file) = self {
            sys::drop_elsewhere(file);
        }
    }

    /// The file on disk once more, for reading from its beginning; `None`: it is in memory.
    ///
    /// # Errors
    /// [`Kind::Server`] when the system refuses.
    pub fn reopen(&self) -> Result<Option<File>> {
        let Self::Disk(file) = self else {
            return Ok(None);
        };
        let file = file.reopen().map_err(|error| {
            Error::new(Kind::Server, format!("cannot open an upload: {error}")).caused_by(error)
        })?;
        Ok(Some(file))
    }
}
