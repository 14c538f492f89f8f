//! Who accepts next, where several processes accept from the same sockets.
//!
//! The kernel wakes them all, and whoever is first takes what is there: without manners one process
//! would have all connections of a burst, whatever the others do.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::http::Connection;

/// What a process knows of the others.
pub trait Sharing {
    /// Whether another one that is ready has clearly fewer connections.
    fn is_heavier(&self) -> bool;
}

/// How often the socket of a new client is looked at for its first bytes, a few microseconds each.
const MOMENTS: usize = 10;
/// How long a process with more connections leaves the next ones to others, in steps.
const STEPS: usize = 3;
const STEP: Duration = Duration::from_millis(1);
/// After it was in vain, because the others are busy, it is not done again for so long.
const VAIN: Duration = Duration::from_millis(100);

/// The manners of this process.
pub(super) struct Turns {
    sharing: Option<Rc<dyn Sharing>>,
    vain: Cell<Option<Instant>>,
}

impl Turns {
    pub(super) fn new(sharing: Option<Rc<dyn Sharing>>) -> Self {
        Self {
            sharing,
            vain: Cell::new(None),
        }
    }

    /// Waits before the connection after `connection` is accepted. First for its client to speak: if
    /// the handler blocks this process, the next connection shall not wait here behind it. Then, if
    /// this process has more than its share, for others to take it.
    pub(super) async fn leave_the_next(&self, connection: &Connection) {
        let Some(sharing) = &self.sharing else { return };
        for _ in 0..MOMENTS {
            if !connection.is_silent() {
                break;
            }
            tokio::task::yield_now().await;
        }
        if self.vain.get().is_some_and(|vain| vain.elapsed() < VAIN) {
            return;
        }
        for _ in 0..STEPS {
            if !sharing.is_heavier() {
                return;
            }
            tokio::time::sleep(STEP).await;
        }
        self.vain.set(Some(Instant::now()));
    }
}
