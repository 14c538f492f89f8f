//! The extension entry.

use ext_php_rs::prelude::*;
use ext_php_rs::zend::ModuleEntry;
use ext_php_rs::{info_table_end, info_table_row, info_table_start};

use super::classes::{
    Compression, EventStream, Files, Part, Parts, Proxies, Request, Response, Server, Tls,
    UploadedFile, Uploads, functions,
};
use super::exceptions;
use super::origin;
use super::zend::classes::forbid_clone;
use super::zend::{forget_buffers, register_values, sapi};

/// What PHP calls to learn what the extension has.
#[php_module]
#[php(startup = startup)]
pub fn get_module(module: ModuleBuilder) -> ModuleBuilder {
    functions::register(module)
        .name("sluice")
        .version(env!("CARGO_PKG_VERSION"))
        .info_function(info)
        .request_shutdown_function(request_shutdown)
        .class::<Server>()
        .class::<Tls>()
        .class::<Proxies>()
        .class::<Uploads>()
        .class::<Compression>()
        .class::<Files>()
        .class::<Request>()
        .class::<Response>()
        .class::<EventStream>()
        .class::<UploadedFile>()
        .class::<Parts>()
        .class::<Part>()
}

extern "C" fn startup(_: i32, _: i32) -> i32 {
    if sapi() == "cli" {
        origin::remember();
    }
    exceptions::register();
    register_values();
    forbid_clone::<Server>();
    forbid_clone::<Tls>();
    forbid_clone::<Proxies>();
    forbid_clone::<Uploads>();
    forbid_clone::<Compression>();
    forbid_clone::<Files>();
    forbid_clone::<Request>();
    forbid_clone::<Response>();
    forbid_clone::<EventStream>();
    forbid_clone::<UploadedFile>();
    forbid_clone::<Parts>();
    forbid_clone::<Part>();
    0
}

extern "C" fn request_shutdown(_: i32, _: i32) -> i32 {
    forget_buffers();
    0
}

/// `php --ri sluice`.
extern "C" fn info(_: *mut ModuleEntry) {
    info_table_start!();
    info_table_row!("sluice", env!("CARGO_PKG_VERSION"));
    info_table_row!("hyper", env!("SLUICE_HYPER"));
    info_table_row!("h2", env!("SLUICE_H2"));
    info_table_row!("tokio", env!("SLUICE_TOKIO"));
    info_table_row!("rustls", env!("SLUICE_RUSTLS"));
    info_table_row!(
        "crypto provider",
        concat!("aws-lc-rs ", env!("SLUICE_AWS_LC"))
    );
    info_table_row!("zlib-rs", env!("SLUICE_ZLIB_RS"));
    info_table_row!("brotli", env!("SLUICE_BROTLI"));
    info_table_row!("zstd", env!("SLUICE_ZSTD"));
    info_table_end!();
}
