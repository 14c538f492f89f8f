//! The open connections of a server: swept for deadlines, drained and counted.

use std::cell::RefCell;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::task::yield_now;
use tokio::time::Instant;

use super::addresses::{Addresses, Client};
use crate::body::Wakers;
use crate::http::{Connection, Fate};

/// How many connections are looked at in a row: a tenth of a millisecond if all of them go to rest.
const IN_A_ROW: usize = 128;

/// All open connections.
#[derive(Debug, Default)]
pub(super) struct Connections {
    open: RefCell<slab::Slab<Rc<Connection>>>,
    /// Counted where there is a limit.
    addresses: Option<Addresses>,
    draining: std::cell::Cell<bool>,
    changed: Wakers,
}

/// A connection's place among the open ones; dropping it gives the place up.
pub(super) struct Place {
    connections: Rc<Connections>,
    key: usize,
    client: Option<Client>,
}

impl Connections {
    /// None yet. `by_address` counts them by their clients too.
    pub(super) fn new(by_address: bool) -> Self {
        Self {
            addresses: by_address.then(Addresses::default),
            ..Self::default()
        }
    }

    /// How many are open.
    pub(super) fn count(&self) -> usize {
        self.open.borrow().len()
    }

    /// How many of them are from this client, where that is counted.
    pub(super) fn count_of(&self, client: Option<Client>) -> usize {
        let addresses = self.addresses.as_ref().zip(client);
        addresses.map_or(0, |(addresses, client)| addresses.count(client))
    }

    /// How many have something under way.
    pub(super) fn under_way(&self) -> usize {
        let open = self.open.borrow();
        open.iter().filter(|(_, one)| one.is_under_way()).count()
    }

    /// Enters a connection. One that comes while the server drains is drained with the others.
    pub(super) fn enter(
        self: &Rc<Self>,
        connection: &Rc<Connection>,
        client: Option<Client>,
    ) -> Place {
        if self.draining.get() {
            connection.drain();
        }
        let key = self.open.borrow_mut().insert(Rc::clone(connection));
        if let Some((addresses, client)) = self.addresses.as_ref().zip(client) {
            addresses.enter(client);
        }
        Place {
            connections: Rc::clone(self),
            key,
            client,
        }
    }

    /// Looks at every deadline, and has those rest that are idle. A crowd does not hold up the others: they have
    /// their turn after some of it. Where turns are long the clock is more important, so all of that is over after
    /// `leisure` and one turn.
    pub(super) async fn sweep(&self, leisure: Duration) {
        let begun = Instant::now();
        for from in (0..).step_by(IN_A_ROW) {
            if from > 0 && begun.elapsed() < leisure {
                yield_now().await;
            }
            let open = self.open.borrow();
            for key in from..from + IN_A_ROW {
                if let Some(connection) = open.get(key) {
                    connection.sweep();
                    connection.rest();
                }
            }
            if from + IN_A_ROW >= open.capacity() {
                break;
            }
        }
    }

    /// Asks every connection to end when what was begun is finished.
    pub(super) fn drain(&self) {
        self.draining.set(true);
        for (_, connection) in &*self.open.borrow() {
            connection.drain();
        }
    }

    /// Breaks off whatever still runs.
    pub(super) fn end(&self) {
        for (_, connection) in &*self.open.borrow() {
            connection.end_exchanges(Fate::Stopping);
        }
    }

    /// Ready when none is open.
    pub(super) fn poll_empty(&self, cx: &Context<'_>) -> Poll<()> {
        if self.count() == 0 {
            return Poll::Ready(());
        }
        self.changed.register(cx);
        Poll::Pending
    }
}

impl Place {
    /// The connection is this client's, and counts as one of its own from now on.
    pub(super) fn belongs_to(&mut self, client: Client) {
        if let Some(addresses) = &self.connections.addresses {
            if let Some(before) = self.client.replace(client) {
                addresses.leave(before);
            }
            addresses.enter(client);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let left = self.connections.open.borrow_mut().try_remove(self.key);
        drop(left);
        if let Some((addresses, client)) = self.connections.addresses.as_ref().zip(self.client) {
            addresses.leave(client);
        }
        if self.connections.count() == 0 {
            self.connections.changed.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, poll_fn};
    use std::pin::pin;
    use std::task::Waker;

    use tokio::runtime::Builder;
    use tokio::time::advance;

    use super::*;
    use crate::http::{Clock, Peer, Terms};
    use crate::stats;

    const CROWD: usize = 4 * IN_A_ROW;

    /// A crowd that has said nothing for too long, and the places that it holds.
    async fn crowd(connections: &Rc<Connections>) -> Vec<(Rc<Connection>, Place)> {
        let terms = Rc::new(Terms::default());
        let stats = Rc::new(stats::Listener::new("crowd".into(), None));
        let clock = Rc::new(Clock::new(Duration::from_millis(500)));
        let enter = |_| {
            let (terms, stats, clock) = (Rc::clone(&terms), Rc::clone(&stats), Rc::clone(&clock));
            let connection = Rc::new(Connection::new(Peer::default(), terms, stats, clock));
            let place = connections.enter(&connection, None);
            (connection, place)
        };
        let crowd = (0..CROWD).map(enter).collect();
        for _ in 0..100 {
            advance(Duration::from_secs(1)).await;
            clock.tick();
        }
        crowd
    }

    async fn is_overdue(connection: &Connection) -> bool {
        let now = async { connection.unless_overdue(pending::<()>()).await };
        let mut now = pin!(now);
        poll_fn(|cx| Poll::Ready(now.as_mut().poll(cx).is_ready())).await
    }

    fn check(leisure: Duration, polls: usize) {
        let mut builder = Builder::new_current_thread();
        let runtime = builder.enable_time().start_paused(true).build();
        runtime.unwrap().block_on(async {
            let connections = Rc::new(Connections::new(false));
            let crowd = crowd(&connections).await;
            let mut sweep = pin!(connections.sweep(leisure));
            let mut cx = Context::from_waker(Waker::noop());
            for _ in 1..polls {
                assert!(sweep.as_mut().poll(&mut cx).is_pending());
            }
            assert!(sweep.as_mut().poll(&mut cx).is_ready());
            for (connection, _) in &crowd {
                assert!(is_overdue(connection).await);
            }
        });
    }

    #[test]
    fn others_have_their_turns_while_a_crowd_is_swept() {
        check(Duration::from_secs(1), 4);
    }

    #[test]
    fn a_sweep_that_has_no_leisure_ends_at_once() {
        check(Duration::ZERO, 1);
    }
}
