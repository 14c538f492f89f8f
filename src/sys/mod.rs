//! The operating system, where std and tokio do not reach: unsafe island one.
#![allow(
    unsafe_code,
    reason = "signal handlers need libc; every block says why it is sound"
)]

mod signals;

pub use signals::StopSignals;
