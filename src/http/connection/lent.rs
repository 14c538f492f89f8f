//! The parts of files that the kernel sends on a connection without TLS.

use std::fs::File;
use std::rc::Rc;

use bytes::Bytes;

use super::Connection;

impl Connection {
    /// The transport sends parts of files that were lent to it. Without TLS alone can it.
    pub fn takes_files(&self) {
        self.lends.set(true);
    }

    /// Whether [`lend_file`](Self::lend_file) may be called: bytes reach the transport as they are.
    pub fn lends_files(&self) -> bool {
        self.lends.get() && !self.multiplexed.get()
    }

    /// Bytes that stand for a part of a file, of at most [`MOST_LENT`](crate::http::MOST_LENT) bytes. They are
    /// written to the reply at once, by themselves, and nobody looks at them.
    pub fn lend_file(&self, file: Rc<File>, offset: u64, len: usize) -> Bytes {
        self.lent.get_or_init(Box::default).add(file, offset, len)
    }

    /// Whether parts of files are on their way to the transport.
    pub fn has_lent(&self) -> bool {
        self.lent.get().is_some_and(|lent| !lent.is_empty())
    }

    /// The transport's side: which file comes next, where its part begins, and how long it is.
    pub fn next_lent(&self) -> Option<(Rc<File>, u64, usize)> {
        self.lent.get()?.next()
    }

    /// The transport's side: so many bytes of the next part are sent.
    pub fn lent_sent(&self, bytes: usize) {
        if let Some(lent) = self.lent.get() {
            lent.sent(bytes);
        }
    }
}
