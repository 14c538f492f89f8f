//! PHP strings, held by reference.

use std::ptr::NonNull;

use bytes::Bytes;
use ext_php_rs::ffi::zend_string;
use ext_php_rs::types::{ZendStr, Zval};

use super::{Literal, sys};

/// A counted reference to a PHP string: bytes of any kind, not necessarily text.
pub(crate) struct Text(NonNull<zend_string>);

// SAFETY: `Bytes` wants its owners to be Send and Sync, but a `Text` never leaves the PHP thread:
// the runtime that the bytes travel through is current-thread, and it is dropped, with every
// buffer in it, on that thread.
unsafe impl Send for Text {}
// SAFETY: as above.
unsafe impl Sync for Text {}

impl Text {
    /// Takes over one reference; `None` for a null pointer.
    ///
    /// # Safety
    /// `string` is null or a valid string of which the caller owns one reference.
    pub(super) unsafe fn from_owned(string: *mut zend_string) -> Option<Self> {
        NonNull::new(string).map(Self)
    }

    /// The string in `value`, with a reference of its own; `None` if it is no string.
    pub(crate) fn of(value: &Zval) -> Option<Self> {
        let string = value.zend_str()?;
        // SAFETY: the reference is valid, and the call adds the count that we own.
        let string = unsafe { sys::sluice_string_addref(std::ptr::from_ref(string).cast_mut()) };
        NonNull::new(string).map(Self)
    }

    /// A new string.
    pub(crate) fn copied(bytes: &[u8]) -> Self {
        let string = ZendStr::new(bytes, false).into_raw();
        // SAFETY: the engine's allocator gives a string or ends the process.
        Self(unsafe { NonNull::new_unchecked(string) })
    }

    /// The bytes.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        // SAFETY: the pointer is valid as long as we hold our reference, the bytes do not change
        // while it is held (PHP separates shared strings), and their number is stated.
        unsafe {
            let bytes = sys::sluice_string_bytes(self.0.as_ptr());
            std::slice::from_raw_parts(bytes.cast(), sys::sluice_string_len(self.0.as_ptr()))
        }
    }

    /// The bytes as the network wants them. Literals are taken where they are; other short strings are
    /// copied, which is cheaper than a reference that somebody must give back; long ones are lent.
    pub(crate) fn into_bytes(self) -> Bytes {
        /// Up to here a copy costs less than the owner's allocation and its two calls.
        const COPIED: usize = 4096;
        // SAFETY: reads a flag of a valid string.
        if unsafe { sys::sluice_string_is_interned(self.0.as_ptr()) } {
            // SAFETY: it is interned.
            return unsafe { Literal::new(self.as_bytes()) }.into_bytes();
        }
        if self.as_bytes().len() <= COPIED {
            return Bytes::copy_from_slice(self.as_bytes());
        }
        Bytes::from_owner(self)
    }

    /// The text, with whatever is not UTF-8 replaced.
    pub(crate) fn to_lossy(&self) -> String {
        String::from_utf8_lossy(self.as_bytes()).into_owned()
    }
}

impl AsRef<[u8]> for Text {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl Drop for Text {
    fn drop(&mut self) {
        // SAFETY: we own one reference, on the PHP thread.
        unsafe { sys::sluice_string_release(self.0.as_ptr()) }
    }
}
