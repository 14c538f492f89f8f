//! The classes that PHP code sees. Each is thin: it turns arguments into what the engine takes and
//! answers into PHP values; the rules are the engine's.

mod compression;
mod event_stream;
mod files;
mod form;
pub(super) mod functions;
mod known_headers;
mod part;
mod proxies;
mod request;
mod response;
mod server;
mod stats;
mod tls;
mod tls_info;
mod uploaded_file;
mod uploads;
mod values;

pub(super) use compression::Compression;
pub(super) use event_stream::EventStream;
pub(super) use files::Files;
pub(super) use known_headers::forget as forget_literals;
pub(super) use part::{Part, Parts};
pub(super) use proxies::Proxies;
pub(super) use request::Request;
pub(super) use response::Response;
pub(super) use server::Server;
pub(super) use tls::Tls;
pub(super) use uploaded_file::UploadedFile;
pub(super) use uploads::Uploads;
