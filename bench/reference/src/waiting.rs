//! `/delay` waits, `/waiting` tells how many do.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// So long that ten thousand have come before the first is over.
const DELAY: Duration = Duration::from_secs(60);

static WAITING: AtomicUsize = AtomicUsize::new(0);

/// Counts as one that waits while it lives: a client that leaves drops the future that holds it.
struct Waiting;

pub async fn delay() {
    let _waiting = Waiting::new();
    tokio::time::sleep(DELAY).await;
}

pub fn count() -> usize {
    WAITING.load(Ordering::Relaxed)
}

impl Waiting {
    fn new() -> Self {
        WAITING.fetch_add(1, Ordering::Relaxed);
        Self
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        WAITING.fetch_sub(1, Ordering::Relaxed);
    }
}
