//! Files that the kernel sends, past hyper.
//!
//! hyper takes bodies as bytes in memory. On a plain connection it never looks at them: it hands their
//! places to the transport. So bytes of a file may be stood in for by a place in a [`window`] that nobody
//! reads, and the transport has the kernel send that part of the file in their stead. This spares a large
//! file both copies: a MiB costs the server about 90 µs of processor time and not 500.
//!
//! On one connection they are sent in the order in which they were lent: HTTP/1 has one reply at a time, and
//! one that breaks off ends the connection.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fs::File;
use std::io::IoSlice;
use std::rc::Rc;

use bytes::Bytes;

/// The most of a file that is lent at once, in bytes.
pub const MOST_LENT: usize = 1024 * 1024;

/// Parts of files that are on their way to the transport.
#[derive(Debug, Default)]
pub(super) struct Lent(RefCell<VecDeque<Part>>);

#[derive(Debug)]
struct Part {
    file: Rc<File>,
    offset: u64,
    left: usize,
}

impl Lent {
    /// Takes a part of a file over; the bytes stand in for it.
    pub(super) fn add(&self, file: Rc<File>, offset: u64, len: usize) -> Bytes {
        let bytes = Bytes::from_static(&window()[..len]);
        let left = bytes.len();
        let part = Part { file, offset, left };
        self.0.borrow_mut().push_back(part);
        bytes
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// Which file comes next, where its part begins, and how long it is.
    pub(super) fn next(&self) -> Option<(Rc<File>, u64, usize)> {
        let parts = self.0.borrow();
        let part = parts.front()?;
        Some((Rc::clone(&part.file), part.offset, part.left))
    }

    /// So many bytes of the next part were sent.
    pub(super) fn sent(&self, bytes: usize) {
        let mut parts = self.0.borrow_mut();
        if let Some(part) = parts.front_mut() {
            part.offset += bytes as u64;
            part.left -= bytes;
            if part.left == 0 {
                parts.pop_front();
            }
        }
    }
}

/// How many of `bufs` come before the first that stands in for a part of a file.
pub fn before_lent(bufs: &[IoSlice<'_>]) -> usize {
    let window = window().as_ptr_range();
    let first = bufs
        .iter()
        .position(|buf| window.contains(&buf.as_ptr()) && !buf.is_empty());
    first.unwrap_or(bufs.len())
}

/// Memory that is never touched, so that the kernel never makes it.
fn window() -> &'static [u8] {
    thread_local! {
        static WINDOW: &'static [u8] = Box::leak(vec![0; MOST_LENT].into_boxed_slice());
    }
    WINDOW.with(|window| *window)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_for_files_is_told_apart_and_comes_in_order() {
        let file = Rc::new(File::open("/dev/null").unwrap());
        let lent = Lent::default();
        let first = lent.add(Rc::clone(&file), 100, 1000);
        let second = lent.add(file, 7, 50);
        let bufs = [
            IoSlice::new(b"head"),
            IoSlice::new(&first[10..]),
            IoSlice::new(b"tail"),
            IoSlice::new(&second),
        ];
        assert_eq!(before_lent(&bufs), 1);
        assert_eq!(before_lent(&bufs[2..]), 1);
        assert_eq!(before_lent(&bufs[..1]), 1);
        let place = |lent: &Lent| lent.next().map(|(_, offset, left)| (offset, left));
        lent.sent(10);
        assert_eq!(place(&lent), Some((110, 990)));
        lent.sent(990);
        assert_eq!(place(&lent), Some((7, 50)));
        lent.sent(50);
        assert!(lent.is_empty());
    }
}
