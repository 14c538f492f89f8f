//! Settings in two stages: what the user said ([`LimitsSaid`], [`TimeoutsSaid`]) and what it means
//! ([`Limits`], [`Timeouts`]).
//!
//! Parsing reports every mistake at once, each with the value that was said and the bounds that it
//! has to keep. What has been parsed is within its bounds and needs no second check.

mod limits;
mod timeouts;

pub use limits::{Limits, LimitsSaid};
pub use timeouts::{Timeouts, TimeoutsSaid};
