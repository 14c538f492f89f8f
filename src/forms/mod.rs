//! Forms and uploads: what a body is by its type, taken apart as it arrives.
//!
//! [`Multipart`] is the syntax, with no socket and no clock: bytes in, events out, never holding more
//! than the head of one part. [`Intake`] is what becomes of one request's body: a [`Form`] whose files
//! lie in memory while they are small and else on disk in files without a name, or its parts, one by
//! one. It belongs to the exchange, so that all of it is gone when the request's work is over, however
//! that ends. Nothing here knows PHP: names and values are bytes as the client sent them.

mod body_type;
mod disposition;
mod excess;
mod form;
#[cfg(fuzzing)]
pub mod fuzzing;
mod head;
mod intake;
mod multipart;
mod parts;
mod reader;
mod spool;
mod upload;
mod urlencoded;

pub use body_type::BodyType;
pub use form::{Field, Form};
pub use head::Head;
pub use intake::{Intake, Taken};
pub use multipart::{Event, Multipart};
pub use reader::Source;
pub use spool::Storage;
pub use upload::{Content, Upload};
