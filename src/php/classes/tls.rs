//! `Sluice\Tls`.
#![allow(non_snake_case, reason = "parameters are named as PHP code names them")]

use ext_php_rs::error::php_error;
use ext_php_rs::exception::PhpResult;
use ext_php_rs::flags::{ClassFlags, ErrorType};
use ext_php_rs::prelude::*;
use ext_php_rs::types::Zval;

use crate::error::{Error, Kind};
use crate::php::arguments::Bytes;
use crate::tls::{PolicySaid, Said, Settings, Source};

/// One listener's certificates, keys and ring.
#[php_class]
#[php(name = "Sluice\\Tls")]
#[php(flags = ClassFlags::Final.union(ClassFlags::NotSerializable))]
pub struct Tls(pub(super) Settings);

#[php_impl]
impl Tls {
    #[php(defaults(ring = 34_816))]
    #[php(optional = ring)]
    pub fn __construct(
        certificate: Bytes,
        privateKey: Bytes,
        ring: i64,
        ocsp: Option<Bytes>,
    ) -> PhpResult<Self> {
        let said = said(&certificate, &privateKey, ring, ocsp.as_ref());
        Ok(made(Settings::parse(said)?))
    }

    #[php(defaults(ring = 34_816))]
    #[php(optional = ring)]
    pub fn modern(
        certificate: Bytes,
        privateKey: Bytes,
        ring: i64,
        ocsp: Option<Bytes>,
    ) -> PhpResult<Self> {
        let mut said = said(&certificate, &privateKey, ring, ocsp.as_ref());
        said.policy = PolicySaid::modern();
        Ok(made(Settings::parse(said)?))
    }

    #[php(defaults(ring = 34_816))]
    #[php(optional = ring)]
    pub fn intermediate(
        certificate: Bytes,
        privateKey: Bytes,
        ring: i64,
        ocsp: Option<Bytes>,
    ) -> PhpResult<Self> {
        let said = said(&certificate, &privateKey, ring, ocsp.as_ref());
        Ok(made(Settings::parse(said)?))
    }

    pub fn self_signed(names: &[&Zval]) -> PhpResult<Self> {
        let names = names
            .iter()
            .map(|name| name.string().ok_or("a name is a string"))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self(Settings::self_signed(&names)?))
    }

    pub fn with(
        &self,
        names: &Zval,
        certificate: Bytes,
        privateKey: Bytes,
        ocsp: Option<Bytes>,
    ) -> PhpResult<Self> {
        let names = match names.array() {
            Some(_) => strings("names", names)?,
            None => vec![names.string().ok_or_else(|| no_strings("names"))?],
        };
        let source = source(&certificate, &privateKey, ocsp.as_ref());
        Ok(made(self.0.with(&names, source)?))
    }

    pub fn with_strict_names(&self) -> PhpResult<Self> {
        Ok(Self(self.0.with_strict_names()?))
    }

    pub fn with_ring(&self, ring: i64) -> PhpResult<Self> {
        Ok(Self(self.0.with_ring(ring)?))
    }

    pub fn with_policy(
        &self,
        minimumVersion: Option<Bytes>,
        ciphers: Option<&Zval>,
        groups: Option<&Zval>,
        alpn: Option<&Zval>,
    ) -> PhpResult<Self> {
        let before = self.0.policy().clone();
        let list =
            |name, said: Option<&Zval>, before| said.map_or(Ok(before), |said| strings(name, said));
        Ok(Self(
            self.0.with_policy(PolicySaid {
                minimum_version: minimumVersion
                    .map(|said| said.0.to_lossy())
                    .or(before.minimum_version),
                ciphers: list("ciphers", ciphers, before.ciphers)?,
                groups: list("groups", groups, before.groups)?,
                alpn: list("alpn", alpn, before.alpn)?,
            })?,
        ))
    }

    pub fn with_tickets(&self, count: i64, secret: Option<Bytes>) -> PhpResult<Self> {
        let secret = secret.as_ref().map(|secret| secret.0.as_bytes());
        Ok(Self(self.0.with_tickets(count, secret)?))
    }

    #[php(defaults(bytes = 16_384))]
    pub fn with_early_data(&self, bytes: i64) -> PhpResult<Self> {
        Ok(Self(self.0.with_early_data(bytes)?))
    }

    pub fn with_key_log(&self) -> PhpResult<Self> {
        Ok(Self(self.0.with_key_log()?))
    }
}

/// Settings out of files, with what an operator should know of them said as PHP's warnings.
fn made(settings: Settings) -> Tls {
    for warning in settings.warnings() {
        php_error(&ErrorType::Warning, &format!("Tls: {warning}"));
    }
    Tls(settings)
}

fn said(certificate: &Bytes, private_key: &Bytes, ring: i64, ocsp: Option<&Bytes>) -> Said {
    Said {
        ring,
        ..Said::new(source(certificate, private_key, ocsp))
    }
}

fn source(certificate: &Bytes, private_key: &Bytes, ocsp: Option<&Bytes>) -> Source {
    Source::Pem {
        certificate: certificate.0.to_lossy(),
        private_key: private_key.0.to_lossy(),
        ocsp: ocsp.map(|path| path.0.to_lossy()),
    }
}

fn strings(name: &str, said: &Zval) -> PhpResult<Vec<String>> {
    let list = said.array().ok_or_else(|| no_strings(name))?;
    let strings = list
        .values()
        .map(|value| value.string().ok_or_else(|| no_strings(name)));
    Ok(strings.collect::<Result<_, _>>()?)
}

fn no_strings(name: &str) -> Error {
    Error::new(
        Kind::Config,
        format!("Tls: {name}: it must be a list of strings"),
    )
}
