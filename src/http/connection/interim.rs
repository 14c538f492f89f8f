//! Interim responses on an HTTP/1 connection, on their way past hyper.

use std::task::{Context, Poll};

use bytes::Bytes;

use super::Connection;

impl Connection {
    /// Queues a head as it goes onto the wire.
    pub(in crate::http) fn inform(&self, head: Bytes) -> u64 {
        let number = self.interims.get_or_init(Default::default).push(head);
        // Whoever resumed the fiber need not be the connection itself.
        self.changed.wake();
        number
    }

    /// Ready when the head of that number was handed to the transport.
    pub(in crate::http) fn poll_informed(&self, cx: &Context<'_>, number: u64) -> Poll<()> {
        match self.interims.get() {
            Some(interims) => interims.poll_until(cx, number),
            None => Poll::Ready(()),
        }
    }

    /// Ready when none is on its way.
    #[inline]
    pub(in crate::http) fn poll_all_informed(&self, cx: &Context<'_>) -> Poll<()> {
        match self.interims.get() {
            Some(interims) => interims.poll_idle(cx),
            None => Poll::Ready(()),
        }
    }

    /// The transport's side: the next head.
    #[inline]
    pub(in crate::http) fn next_interim(&self) -> Option<Bytes> {
        self.interims.get()?.next()
    }

    /// The transport's side: the head has left.
    pub(in crate::http) fn interim_sent(&self) {
        if let Some(interims) = self.interims.get() {
            interims.handed_over();
        }
    }
}
