//! The pieces that files are read in, and the buffers that they lie in.
//!
//! A buffer that was sent is used again: a fresh one of this size would be zeroed by the kernel, page by page,
//! each time.

use std::cell::RefCell;

use bytes::Bytes;

/// How much of a file is read at once, at most.
pub(super) const PIECE: usize = 64 * 1024;

/// Pieces up to this size get a buffer of their own size.
const SMALL: usize = 16 * 1024;

/// How many idle buffers are kept for the next file.
const IDLE: usize = 16;

thread_local! {
    static POOL: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

/// An empty buffer with room for `size` bytes, [`PIECE`] at most.
pub(super) fn buffer(size: usize) -> Vec<u8> {
    if size <= SMALL {
        return Vec::with_capacity(size);
    }
    let kept = POOL.with_borrow_mut(Vec::pop);
    kept.unwrap_or_else(|| Vec::with_capacity(PIECE))
}

/// The bytes in a buffer, for sending. They are not copied, and the buffer comes back when they are sent.
pub(super) fn bytes(buffer: Vec<u8>) -> Bytes {
    if buffer.capacity() < PIECE {
        return Bytes::from(buffer);
    }
    Bytes::from_owner(Lent(buffer))
}

struct Lent(Vec<u8>);

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        give_back(std::mem::take(&mut self.0));
    }
}

/// Keeps a buffer of [`PIECE`] for the next file.
pub(super) fn give_back(mut buffer: Vec<u8>) {
    // The thread may be at its end, and the pool gone before it.
    let _ = POOL.try_with(|pool| {
        let mut pool = pool.borrow_mut();
        if pool.len() < IDLE && buffer.capacity() == PIECE {
            buffer.clear();
            pool.push(buffer);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_buffer_is_used_again_once_all_of_it_was_sent() {
        let mut first = buffer(PIECE);
        first.extend_from_slice(b"abcdef");
        let place = first.as_ptr();
        let mut sent = bytes(first);
        let half = sent.split_to(3);
        drop(sent);
        let second = buffer(PIECE);
        assert_ne!(second.as_ptr(), place);
        drop(half);
        let again = buffer(PIECE);
        assert_eq!((again.as_ptr(), again.len()), (place, 0));
    }

    #[test]
    fn a_small_buffer_has_its_own_size() {
        let mut small = buffer(10);
        assert_eq!(small.capacity(), 10);
        small.extend_from_slice(&[7; 10]);
        assert_eq!(bytes(small), vec![7; 10]);
    }
}
