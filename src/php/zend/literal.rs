//! Strings that stand in the code of the application.

use bytes::Bytes;

/// The bytes of an interned PHP string, such as a literal: it stays where it is, as it is, to the end of the PHP
/// request, and with it longer than any server. So it needs no copy and no count, and where it is says what it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Literal(&'static [u8]);

impl Literal {
    /// # Safety
    /// `bytes` are those of an interned string of the engine.
    pub(super) unsafe fn new(bytes: &[u8]) -> Self {
        // SAFETY: the engine frees interned strings when the PHP request ends, and nothing of a server outlives
        // its `start()`.
        Self(unsafe { std::mem::transmute::<&[u8], &'static [u8]>(bytes) })
    }

    /// The bytes.
    pub(crate) fn as_bytes(self) -> &'static [u8] {
        self.0
    }

    /// The bytes as the network wants them, where they are.
    pub(crate) fn into_bytes(self) -> Bytes {
        Bytes::from_static(self.0)
    }

    /// The same for two literals that are one string, and for no others.
    pub(crate) fn address(self) -> usize {
        self.0.as_ptr().addr()
    }
}
