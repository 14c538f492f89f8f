//! `Sluice\TlsInfo` and `Sluice\ClientCertificate`.

use ext_php_rs::convert::IntoZval;
use ext_php_rs::flags::DataType;
use ext_php_rs::types::{ZendHashTable, Zval};
use rustls_pki_types::CertificateDer;

use super::values;
use crate::error::{Error, Kind, Result};
use crate::http::Secure;
use crate::php::zend::{client_certificate, tls_info};
use crate::tls::Certificate;

/// A result that PHP sees as `Sluice\TlsInfo`.
pub struct TlsInfo(Zval);

impl IntoZval for TlsInfo {
    const TYPE: DataType = DataType::object("Sluice\\TlsInfo");
    const NULLABLE: bool = false;

    fn set_zval(self, zv: &mut Zval, _: bool) -> ext_php_rs::error::Result<()> {
        *zv = self.0;
        Ok(())
    }
}

impl TlsInfo {
    /// Made anew for each that asks: a connection keeps the bytes of the client's certificate alone.
    pub(super) fn of(secure: &Secure) -> Result<Self> {
        let optional = |name: &Option<String>| name.as_deref().map_or_else(Zval::null, text);
        let certificate = match secure.client_certificate.as_deref() {
            Some(der) => certificate(der)?,
            None => Zval::null(),
        };
        Ok(Self(tls_info([
            text(secure.version),
            text(secure.cipher),
            optional(&secure.alpn),
            optional(&secure.server_name),
            certificate,
        ])))
    }
}

fn certificate(der: &[u8]) -> Result<Zval> {
    // The handshake has read it already.
    let facts = Certificate::of(&CertificateDer::from(der)).map_err(|error| {
        Error::new(
            Kind::Tls,
            format!("the client's certificate cannot be read: {error}"),
        )
    })?;
    let mut names = ZendHashTable::new();
    for name in &facts.names {
        // Pushing onto a fresh list cannot overflow its index.
        let _ = names.push(text(name));
    }
    let values = [
        text(&facts.subject),
        text(&facts.issuer),
        values::array(names),
        text(&facts.serial),
        text(&facts.fingerprint),
        number(facts.not_before),
        number(facts.not_after),
    ];
    Ok(client_certificate(values, der))
}

fn text(text: &str) -> Zval {
    values::bytes(text.as_bytes())
}

fn number(number: i64) -> Zval {
    let mut value = Zval::new();
    value.set_long(number);
    value
}
