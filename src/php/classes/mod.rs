//! The classes that PHP code sees. Each is thin: it turns arguments into what the engine takes and
//! answers into PHP values; the rules are the engine's.

mod event_stream;
pub(super) mod functions;
mod request;
mod response;
mod server;
mod stats;
mod tls;
mod values;

pub(super) use event_stream::EventStream;
pub(super) use request::Request;
pub(super) use response::Response;
pub(super) use server::Server;
pub(super) use tls::Tls;
