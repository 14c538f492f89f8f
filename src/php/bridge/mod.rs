//! A PHP fiber is a Rust future.
//!
//! `Work` is the future: its poll resumes the fibers of one request that wait for something that
//! has come. [`wait`] is the other side: called from PHP code, it polls a Rust future with the
//! task's own waker; ready, it returns at once, with no switch; pending, it leaves the fiber, and so
//! the poll returns. tokio is the only scheduler.
//!
//! Three things follow from PHP's rules. A wait suspends whichever fiber runs now, which need not
//! be the handler's own. A fiber may be suspended and resumed by code that knows nothing of us, so
//! the poll resumes a fiber only if that fiber waits for us. And a fatal error jumps over all
//! frames of its fiber, so nothing whose drop matters lives there: the exchange, the waker and the
//! list of waits belong to the [`Job`], on this side.

mod app;
mod duty;
mod job;
mod objects;
mod pool;
mod reply;
mod wait;

pub(super) use app::{App, PhpHandler};
pub(super) use duty::{Duty, Post};
pub(super) use job::Job;
pub(super) use pool::init;
pub(super) use reply::{begin_events, end, inform, json, object, send_event, try_write, write};
pub(super) use wait::{Interrupted, wait};
