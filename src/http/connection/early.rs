//! Early data: what comes before the client has completed the handshake may have been recorded and
//! sent again by somebody else (RFC 8446, section 8; RFC 8470, section 3).

use std::task::{Context, Poll};

use super::Connection;

impl Connection {
    /// Requests come before the handshake is complete.
    pub fn begin_early(&self) {
        self.early.set(true);
    }

    /// Whether the handshake is not complete, so that a request may be a replay.
    pub fn is_early(&self) -> bool {
        self.early.get()
    }

    /// The handshake is complete: what has come and what will come is from the client.
    pub fn confirm(&self) {
        self.early.set(false);
        // The bytes that completed it were no request's.
        self.head_since.set(None);
        self.changed.wake();
    }

    /// Ready when the handshake is complete.
    pub fn poll_confirmed(&self, cx: &Context<'_>) -> Poll<()> {
        if !self.is_early() {
            return Poll::Ready(());
        }
        self.changed.register(cx);
        Poll::Pending
    }
}
