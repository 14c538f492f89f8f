//! The numbers of each listener, and of the worker processes that serve it.
//!
//! They are shared as `Rc<Listener>`: whoever does the counted thing counts it, and nobody takes a
//! lock for it. The cells behind them are the process's own, or a slot of the [`Board`]: memory that
//! all workers share, so that any of them can tell what all have counted.

mod board;
mod cells;
mod counters;
mod listener;
mod sum;

pub use board::{Board, State, Worker};
pub use counters::{Counter, Gauge, Max};
pub use listener::{Hold, LimitCounts, Listener, Ring, TimeoutCounts};
pub use sum::{LimitSums, RingSum, Sum, TimeoutSums};
