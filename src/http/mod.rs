//! One connection, driven: requests in, replies out, framing, limits and deadlines.
//!
//! hyper speaks HTTP/1 here, and h2 HTTP/2. This room never sees a socket, a certificate or a worker:
//! it gets an IO, the facts about the peer, and a [`Handler`]. A handler's work is a future; it is
//! polled in place until it commits its reply, so that a reply that is made at once costs no task
//! and no channel, and it is moved to a task of its own only when it streams on.

mod budget;
mod client;
mod clock;
mod coded_body;
mod coded_head;
mod coded_request;
mod connection;
mod cookie;
mod date;
mod drain;
mod drive;
mod exchange;
mod field;
mod fields;
mod frames;
mod framing;
#[cfg(fuzzing)]
pub mod fuzzing;
mod head;
mod host;
mod http1;
mod http2;
mod interim;
mod io;
mod lent;
mod pace;
mod peer;
mod refusal;
mod reply;
mod reply_body;
mod reply_head;
mod reply_queue;
mod request_body;
mod respond;
mod serve;
mod service;
mod sniff;
mod stream;
mod strict;
mod terms;
mod weighed;

pub use clock::Clock;
pub use connection::{Connection, Deadline, Wire};
pub use cookie::Cookie;
pub use exchange::{Exchange, Fate, Informed};
pub use field::check_field;
pub use fields::{FieldValues, Fields};
pub use lent::{MOST_LENT, before_lent};
pub use peer::{Peer, Secure};
pub use reply::Reply;
pub use reply_body::ReplyBody;
pub use respond::Tasks;
pub use serve::{Protocol, serve};
pub use service::Service;
pub use terms::Terms;

use std::future::Future;
use std::rc::Rc;

/// What answers requests.
pub trait Handler: 'static {
    /// The work on one request. It runs to its end even when the client is gone: the exchange
    /// tells it so.
    type Work: Future<Output = ()> + Unpin + 'static;

    /// Begins the work on `exchange`. Nothing runs before the first poll.
    fn handle(&self, exchange: Rc<Exchange>) -> Self::Work;
}
