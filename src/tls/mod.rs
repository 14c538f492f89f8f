//! TLS: a stream in, a stream out. It never sees what the stream carries.
//!
//! # The ring
//! tokio-rustls flushes after every write and so holds one record at a time, whatever its buffer
//! limit is. [`Stream`] therefore drives `rustls::ServerConnection` itself, and so does the handshake
//! before it. The ring is rustls's own queue of sealed records. Plaintext is sealed only when
//! its record fits into what is free of N bytes, the queue leaves with one vectored write, and what
//! was not accepted stays with the caller, who waits for the socket. So every N carries every body,
//! nothing is ever dropped, and a connection never holds more than N and one record's overhead.
//!
//! The trade-off: an N below 16 413 bytes (one full record) cuts smaller records, of N - 29 bytes,
//! each with its own overhead and system call; a larger N gains only where the writer has more than
//! one record at hand.

mod certificate;
mod challenge;
mod clients;
mod files;
mod handshake;
mod identity;
mod loaded;
mod measured;
mod mistakes;
mod names;
mod pem;
mod policy;
mod polled;
mod revocation;
mod ring;
mod said;
mod self_signed;
mod sessions;
mod settings;
mod stream;
mod tickets;
mod unix_time;

pub use certificate::Certificate;
pub use challenge::Challenges;
pub use clients::ClientsSaid;
pub use handshake::{Info, accept};
pub use identity::{Made, Source};
pub use policy::PolicySaid;
pub use said::{Named, Said};
pub use settings::{DEFAULT_RING, EARLY_DATA_BOUNDS, RING_BOUNDS, Settings, TICKETS_BOUNDS};
pub use stream::Stream;
pub use tickets::{TicketSecret, set_ticket_secret, ticket_secret};
