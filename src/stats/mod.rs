//! Plain counters for one thread, one set per listener.
//!
//! They are shared as `Rc<Listener>`: whoever does the counted thing counts it, and nobody takes a
//! lock for it.

mod counters;
mod listener;

pub use counters::{Counter, Gauge, Max};
pub use listener::{Hold, Listener, Ring, TimeoutCounts};
