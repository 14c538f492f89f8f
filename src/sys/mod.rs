//! The operating system, where std and tokio do not reach: unsafe island one.
#![allow(
    unsafe_code,
    reason = "signals and socket states need libc; every block says why it is sound"
)]

mod signals;
mod socket;

pub use signals::StopSignals;
pub use socket::{has_closed, unsent};
