//! What a client still sends after its answer.
//!
//! HTTP/2 would reset the stream of a request whose body nobody reads. Clients that meet the reset
//! while they still upload take the whole exchange for failed and lose the answer (RFC 9113 section
//! 8.1 allows to stop them, but not all understand it). So the rest is read and thrown away for a
//! bounded time and length; on HTTP/1 the lingering close does the same.

use std::future::poll_fn;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::timeout;

/// The most that is thrown away, in bytes.
const MOST: usize = 1 << 20;
/// The longest that it takes.
const LONGEST: Duration = Duration::from_secs(2);

/// Reads the rest of a request body whose answer is made. `read` says how many bytes it has thrown
/// away, 0 at the end.
pub(super) fn spawn(read: impl FnMut(&mut Context<'_>) -> Poll<usize> + 'static) {
    if tokio::runtime::Handle::try_current().is_ok() {
        tokio::task::spawn_local(timeout(LONGEST, discard(read)));
    }
}

async fn discard(mut read: impl FnMut(&mut Context<'_>) -> Poll<usize>) {
    let mut left = MOST;
    while left > 0 {
        match poll_fn(&mut read).await {
            0 => return,
            bytes => left = left.saturating_sub(bytes),
        }
    }
}
