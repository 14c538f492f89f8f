//! Who accepts next, where several processes accept from the same sockets.
//!
//! The kernel wakes them all, and whoever is first takes what is there: without manners one process
//! would have all connections of a burst, whatever the others do.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use crate::http::Connection;

/// What a process knows of the others.
pub trait Sharing {
    /// How many connections this one has beyond its share: more than another one that is ready.
    fn excess(&self) -> u64;
}

/// How often the socket of a new client is looked at for its first bytes, a few microseconds each.
const MOMENTS: usize = 10;
/// So often a process with one connection too many looks whether another takes the next.
const GLANCES: usize = 50;
/// One with more than that sleeps, so that another can wake up where all processors are busy. Short
/// connections are held up by a sleep, and seldom make so much of a difference.
const SLEEPS: usize = 3;
const SLEEP: Duration = Duration::from_millis(1);
/// After it was in vain, because the others are busy, so many connections are accepted without it.
const VAIN: u32 = 4;

/// The manners of this process.
pub(super) struct Turns {
    sharing: Option<Rc<dyn Sharing>>,
    /// How many more connections are accepted without waiting for others.
    vain: Cell<u32>,
}

impl Turns {
    pub(super) fn new(sharing: Option<Rc<dyn Sharing>>) -> Self {
        Self {
            sharing,
            vain: Cell::new(0),
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
        if self.vain.get() > 0 {
            self.vain.set(self.vain.get() - 1);
            return;
        }
        for _ in 0..GLANCES {
            if sharing.excess() == 0 {
                return;
            }
            tokio::task::yield_now().await;
        }
        for _ in 0..SLEEPS {
            if sharing.excess() < 2 {
                return;
            }
            tokio::time::sleep(SLEEP).await;
        }
        self.vain.set(VAIN);
    }
}
