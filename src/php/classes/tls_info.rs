//! `Sluice\TlsInfo`.

use ext_php_rs::exception::PhpResult;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;

use super::values;
use crate::http::Secure;

/// What the TLS handshake of a connection agreed on.
#[php_class]
#[php(name = "Sluice\\TlsInfo")]
#[php(flags = ClassFlags::Final.union(ClassFlags::NotSerializable))]
pub struct TlsInfo(pub(super) Secure);

#[php_impl]
impl TlsInfo {
    pub fn __construct() -> PhpResult<Self> {
        Err(values::not_constructible(
            "Sluice\\TlsInfo",
            "Request::getTls() gives it",
        ))
    }

    #[php(getter)]
    pub fn version(&self) -> String {
        self.0.version.into()
    }

    #[php(getter)]
    pub fn cipher(&self) -> String {
        self.0.cipher.clone()
    }

    #[php(getter)]
    pub fn alpn(&self) -> Option<String> {
        self.0.alpn.clone()
    }

    #[php(getter)]
    pub fn server_name(&self) -> Option<String> {
        self.0.server_name.clone()
    }
}
