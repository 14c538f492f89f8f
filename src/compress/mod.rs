//! Content codings: which one a response gets, and the work itself, both ways.
//!
//! Pure: bytes in, bytes out, with bounds on both; no HTTP message, socket or clock. [`choose`] and
//! [`may_code`] say what happens to a response. An [`Encoder`] codes its body piece by piece, a
//! [`Decoder`] takes the codings of a request body off again.
//!
//! zlib-rs (by flate2) makes and reads gzip: half the time of zlib for the same size. brotli and
//! zstd are held to windows of 512 and 128 KiB and to blocks of 32 KiB, so that a response that is
//! being coded holds 0.4 MiB (gzip), 0.6 MiB (zstd) or 2.1 MiB (brotli) and not several times that.

mod decoder;
mod encoder;
mod layer;
mod negotiate;
mod policy;
mod pool;

pub use decoder::{Decoded, Decoder};
pub use encoder::Encoder;
pub use negotiate::choose;
pub use policy::{may_code, speaks_of_coded};
pub use pool::Compressor;
