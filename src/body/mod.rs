//! Bodies, bounded in bytes.
//!
//! [`Outgoing`] is the queue between a handler that writes and a connection that sends: a writer
//! waits while more than [`MARK`] bytes are queued, so that a client that stops reading stops its
//! handler and nothing else. [`Incoming`] is a request body, read piece by piece: what is not read
//! stays with the client. Both know bytes and wakers; neither knows HTTP, sockets or PHP.

mod incoming;
mod outgoing;
mod pieces;
mod wakers;

pub use incoming::{Incoming, Piece};
pub use outgoing::{End, MARK, Outgoing, Taken};
pub use pieces::Pieces;
pub use wakers::Wakers;
