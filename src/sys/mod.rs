//! The operating system, where std and tokio do not reach: unsafe island one.
#![allow(
    unsafe_code,
    reason = "signals, socket states and shared memory need libc; every block says why it is sound"
)]

mod memory;
mod signals;
mod socket;

pub use memory::SharedMemory;
pub use signals::StopSignals;
pub use socket::{has_closed, unsent};
