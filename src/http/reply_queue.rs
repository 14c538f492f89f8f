//! The body of a reply between its handler, who writes it, and its connection, which takes it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::Bytes;

use super::coded_body::CodedBody;
use crate::body::{End, Outgoing, Taken};
use crate::compress::Compressor;
use crate::config::Coding;
use crate::error::Result;

/// The queue of a reply, and what codes its bytes as they are taken. What a handler sees, such as
/// whether there is room, is of the raw bytes; what a connection sees is of those that it sends.
#[derive(Debug, Default)]
pub(super) struct ReplyQueue {
    raw: Outgoing,
    /// There is a coder, or was one: the others cost one look at this.
    is_coded: Cell<bool>,
    coder: RefCell<Option<Box<CodedBody>>>,
}

impl ReplyQueue {
    /// From now on bytes are coded as they are taken.
    ///
    /// # Errors
    /// As [`Compressor::lend`]; then nothing has changed.
    pub(super) fn code(&self, compressor: &Rc<Compressor>, coding: Coding) -> Result<()> {
        *self.coder.borrow_mut() = Some(Box::new(CodedBody::new(compressor, coding)?));
        self.is_coded.set(true);
        Ok(())
    }

    /// Whether bytes are coded as they are taken.
    pub(super) fn is_coded(&self) -> bool {
        self.is_coded.get()
    }

    /// As [`Outgoing::push`].
    #[inline]
    pub(super) fn push(&self, bytes: Bytes) {
        self.raw.push(bytes);
    }

    /// As [`Outgoing::admits`].
    #[inline]
    pub(super) fn admits(&self, len: usize) -> bool {
        self.raw.admits(len)
    }

    /// As [`Outgoing::poll_room`].
    #[inline]
    pub(super) fn poll_room(&self, cx: &Context<'_>) -> Poll<Option<End>> {
        self.raw.poll_room(cx)
    }

    /// As [`Outgoing::finish`].
    #[inline]
    pub(super) fn finish(&self, end: End) {
        self.raw.finish(end);
        if end == End::Gone
            && let Ok(mut coder) = self.coder.try_borrow_mut()
        {
            // Nobody will take any of it: a request that its handler keeps holds no coder.
            *coder = None;
        }
    }

    /// How the body ended, if it has; a coder that broke down has aborted it.
    #[inline]
    pub(super) fn end(&self) -> Option<End> {
        match self.raw.end() {
            Some(End::Complete) if self.ask(CodedBody::has_failed) == Some(true) => {
                Some(End::Aborted)
            }
            end => end,
        }
    }

    /// The connection's side: ready with how many bytes can be taken now, at least one, or with the
    /// end.
    #[inline]
    pub(super) fn poll_queued(&self, cx: &Context<'_>) -> Poll<std::result::Result<usize, End>> {
        if self.is_coded.get()
            && let Some(coder) = &mut *self.coder.borrow_mut()
        {
            return coder.poll_queued(&self.raw, cx);
        }
        self.raw.poll_queued(cx)
    }

    /// As [`Outgoing::should_yield`]; a coder knows by itself when to wait for more.
    #[inline]
    pub(super) fn should_yield(&self, wanted: usize) -> bool {
        !self.is_coded.get() && self.raw.should_yield(wanted)
    }

    /// The connection's side: the next bytes of at most `limit`, or the end.
    #[inline]
    pub(super) fn poll_take(&self, cx: &Context<'_>, limit: usize) -> Poll<Taken> {
        if self.is_coded.get()
            && let Some(coder) = &mut *self.coder.borrow_mut()
        {
            let queued = coder.poll_queued(&self.raw, cx);
            return queued.map(|queued| match queued {
                Ok(_) => Taken::Bytes(coder.take(limit).into()),
                Err(end) => Taken::End(end),
            });
        }
        self.raw.poll_take(cx, limit)
    }

    /// Whether the connection has taken all, and the body is complete.
    #[inline]
    pub(super) fn is_drained(&self) -> bool {
        self.raw.is_drained() && self.ask(CodedBody::is_drained).unwrap_or(true)
    }

    /// How many bytes wait, on either side of the coder.
    #[inline]
    pub(super) fn queued(&self) -> usize {
        self.raw.queued() + self.ask(CodedBody::queued).unwrap_or(0)
    }

    /// How many bytes the coder has made, where there is one.
    #[inline]
    pub(super) fn made(&self) -> Option<u64> {
        self.ask(CodedBody::made)
    }

    fn ask<T>(&self, question: impl FnOnce(&CodedBody) -> T) -> Option<T> {
        if !self.is_coded.get() {
            return None;
        }
        self.coder.borrow().as_deref().map(question)
    }
}
