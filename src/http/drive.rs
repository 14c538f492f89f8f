//! Drives one connection from its first byte to its last.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use super::{Connection, Fate};

/// A connection of either protocol.
pub(super) trait Driver {
    /// Takes the connection as far as it goes now; ready when it is over.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()>;

    /// Ends the connection once what was begun is finished.
    fn graceful_shutdown(&mut self);

    /// Whether a request that is on its way when the client is told of the end is still answered:
    /// HTTP/2 has GOAWAY for that (RFC 9113 section 6.8).
    const TELLS_AHEAD: bool;
}

/// A connection that is being served. A struct and not an `async fn`: that would hold its
/// arguments twice.
pub(super) struct Drive<D> {
    driver: D,
    connection: Rc<Connection>,
    /// The driver was told that this is the end.
    told: bool,
}

impl<D: Driver> Drive<D> {
    pub(super) fn new(driver: D, connection: Rc<Connection>) -> Self {
        Self {
            driver,
            connection,
            told: false,
        }
    }

    /// A request that may be on its way is answered first where the client could not know that it
    /// was lost. The reply to it then says that it is the last.
    fn must_tell(&self) -> bool {
        let connection = &self.connection;
        let drains = connection.is_draining() && (D::TELLS_AHEAD || !connection.expects_request());
        !self.told && (drains || connection.is_retired())
    }
}

impl<D: Driver + Unpin> Future for Drive<D> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.connection.begin_turn();
        if self.connection.poll_overdue(cx).is_ready() {
            return Poll::Ready(());
        }
        if self.driver.poll(cx).is_ready() {
            return Poll::Ready(());
        }
        if self.must_tell() {
            self.told = true;
            self.driver.graceful_shutdown();
            return self.driver.poll(cx);
        }
        Poll::Pending
    }
}

impl<D> Drop for Drive<D> {
    fn drop(&mut self) {
        self.connection.end_exchanges(Fate::Gone);
    }
}
