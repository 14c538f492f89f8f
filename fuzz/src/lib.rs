//! What the targets share: one connection on bytes that come in pieces, and pieces themselves.

mod connection;
mod input;

pub use connection::{Seen, converse};
pub use input::{cut, split};
