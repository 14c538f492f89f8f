//! Files as replies: a mount that answers without PHP, and one file that a handler sends.
//!
//! What is decided by names, dates and numbers is pure: `path` says which file a path means, `conditional`
//! and `ranges` what of it the client gets. `plan` makes that the head of a reply; `sending` brings the bytes
//! to the connection as fast as it takes them, in pieces of bounded size. A read that would wait for a disk
//! happens on a thread; all others happen at once, in the poll that needs them.

mod coding;
mod conditional;
mod disposition;
mod found;
#[cfg(fuzzing)]
pub mod fuzzing;
mod mount;
mod path;
mod piece;
mod plan;
mod ranges;
mod send;
mod sending;
mod serve;
mod settings;
mod types;
mod validators;

pub use disposition::content_disposition;
pub use mount::{Mounts, check_beside};
pub use send::SendFile;
pub use serve::{Serve, Served};
pub use settings::{Said, Settings};
