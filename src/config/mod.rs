//! Settings in two stages: what the user said ([`LimitsSaid`] and its like) and what it means
//! ([`Limits`]).
//!
//! Parsing reports every mistake at once, each with the value that was said and the bounds that it
//! has to keep. What has been parsed is within its bounds and needs no second check.

mod compression;
mod limits;
mod proxies;
mod timeouts;
mod uploads;
mod workers;

pub use compression::{Coding, Compression, CompressionSaid, MediaTypes, essence};
pub use limits::{Limits, LimitsSaid};
pub use proxies::{Proxies, ProxiesSaid, ProxyHeaders, ProxyProtocol, Trusted};
pub use timeouts::{Timeouts, TimeoutsSaid};
pub use uploads::{Uploads, UploadsSaid};
pub use workers::{Workers, WorkersSaid};
