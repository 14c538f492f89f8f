//! Sluice: an async HTTP/1.1, HTTP/2 and TLS server inside stock PHP.
//!
//! A request handler is a PHP closure that runs in a fiber; a fiber is a Rust future; tokio is the
//! only scheduler, on one thread. The rooms, from the bottom up:
//!
//! - [`error`]: one error type: kind, message, cause.
//! - [`config`]: what was said, and what it means; every mistake reported at once.
//! - [`sys`]: signals, processes, shared memory, what was handed over; the one place below PHP that
//!   may be unsafe.
//! - [`stats`]: counters, gauges and maxima of each listener, over all worker processes.
//! - [`net`]: addresses, bind or adopt, accept, the transport with its lingering close.
//! - [`tls`]: certificates, handshakes, and the ring: the bounded ciphertext of a connection.
//! - [`acme`]: certificates that come and are renewed by themselves.
//! - [`body`]: bodies bounded in bytes, both ways.
//! - [`compress`]: content codings, both ways: bytes in, bytes out.
//! - [`sse`]: server-sent events as bytes.
//! - [`http`]: one connection, driven: framing, limits, deadlines.
//! - [`forms`]: forms and uploads: their bodies taken apart, their files kept until somebody wants them.
//! - [`files`]: files as replies: mounts, and one file that a handler sends.
//! - [`server`]: listeners, TLS, HTTP and a handler put together; start, drain, stop.
//! - [`workers`]: the supervisor, its generations and their worker processes; it never sees what they do.
//! - `php`: everything that knows PHP: classes, the fiber bridge, zend wrappers.
//!
//! Imports point upwards in this list and never down; nothing imports `php`. `tests/arch.rs`
//! holds the table.

pub mod acme;
pub mod body;
pub mod compress;
pub mod config;
pub mod error;
pub mod files;
pub mod forms;
pub mod http;
pub mod net;
pub mod server;
pub mod sse;
pub mod stats;
pub mod sys;
pub mod tls;
pub mod workers;

#[cfg(feature = "php")]
mod php;
