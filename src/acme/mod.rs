//! Certificates that come and are renewed by themselves: ACME (RFC 8555) with the challenge TLS-ALPN-01
//! (RFC 8737). It sees neither a listener nor a connection of ours.
//!
//! # The storage folder
//! All that matters lies in files, so that worker processes, and machines that share the folder, serve what one
//! of them has got: the account, the key and chain of each certificate in one file, and the challenge certificates
//! of orders under way. [`run`] does the work in the one process that has the certificate's lock; in the others it
//! waits for the lock. A file is written whole and put in its place, so readers see an old one or a new one.
//!
//! Until the first certificate has come its place holds a self-signed one, see [`Settings::prepare`].
//!
//! # Why instant-acme
//! It is the protocol alone: the HTTP client is ours (one connection for each request, no task left behind, the
//! system's roots or one that was said), and so are the storage and the pace. rustls-acme brings all of these
//! itself, its acceptor too, and each process would order for itself.

mod account;
mod certificate;
mod challenge;
mod client;
mod failures;
mod lock;
mod order;
mod problem;
mod renewal;
mod run;
mod said;
mod schedule;
mod settings;
mod storage;

pub use challenge::challenge;
pub use run::run;
pub use schedule::Pace;
pub use settings::{Said, Settings};
