//! Worker processes: started, watched, replaced, reloaded.
//!
//! Three kinds of process, all in [`supervise`] when they are at work:
//!
//! - The *supervisor* is the process that called first, and keeps its id. It holds the listening
//!   sockets, heeds signals, and has one generation at work, perhaps one that starts, perhaps some
//!   that drain. It runs no code of the user's while it does.
//! - A *generation* is a process that has loaded the program once. It forks the workers, which share
//!   its memory pages, and replaces those that die. The first is a fork of the supervisor; a reload
//!   starts the program afresh, by exec, and hands it the sockets.
//! - A *worker* does the work. [`supervise`] returns in it, as `fork` does in a child.
//!
//! They talk over one channel each ([`Order`](message::Order) down, [`Report`](message::Report) up),
//! and each is killed by the kernel when the one above it ends. What the work is, nobody here knows.

mod backoff;
mod begin;
mod generation;
mod handover;
mod message;
mod pid_file;
mod plan;
mod supervisor;
mod watch;
mod worker;

pub use begin::{lead, supervise};
pub use handover::{Handover, Socket};
pub use message::Order;
pub use pid_file::PidFile;
pub use plan::{Ended, Plan, Program, Role};
pub use worker::Worker;
