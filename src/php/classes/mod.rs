//! The classes that PHP code sees. Each is thin: it turns arguments into what the engine takes and
//! answers into PHP values; the rules are the engine's.

pub(super) mod functions;
mod limits;
mod request;
mod response;
mod server;
mod stats;
mod timeouts;
mod tls;
mod tls_info;
mod values;

pub(super) use limits::Limits;
pub(super) use request::Request;
pub(super) use response::Response;
pub(super) use server::Server;
pub(super) use timeouts::Timeouts;
pub(super) use tls::Tls;
pub(super) use tls_info::TlsInfo;
