//! Sockets: what an address means, binding it, accepting from it, and one stream type for what is
//! accepted.
//!
//! Binding uses the standard library's and socket2's sockets and needs no runtime, so that a
//! [`Listener`] can be bound long before (and in another process than) the runtime that accepts from
//! it: [`Listener::adopt`] takes it over there. [`Listener::acceptor`] is the step into tokio.

mod acceptor;
mod access;
pub mod activation;
mod address;
mod inherited;
mod introduction;
mod linger;
mod listener;
pub mod proxy_header;
mod socket_file;
mod stream;
mod wanted;

pub use acceptor::{Acceptor, Endpoint, Peer};
pub use access::Access;
pub use address::Address;
pub use introduction::{Introduction, introduce};
pub use linger::Linger;
pub use listener::Listener;
pub use stream::Stream;
pub use wanted::Wanted;
