//! A server: listeners, TLS, HTTP and a handler put together, from start to the last byte.
//!
//! A [`Control`] says which phase the server is in, and everything watches it: it serves, it
//! drains (no new connections, what was begun is finished) until a deadline, it ends. The log line
//! at the end says which of the two ended the drain.

mod addresses;
mod confirmed;
mod connections;
mod control;
mod introduced;
mod listening;
mod mounted;
mod queued;
mod renewal;
mod run;
mod secured;
mod transport;
mod turns;

pub use control::{Control, Phase, heed_signals};
pub use listening::Bound;
pub use run::{Outcome, Settings, run};
pub use turns::Sharing;
