//! `Sluice\Tls`.
#![allow(non_snake_case, reason = "parameters are named as PHP code names them")]

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use ext_php_rs::error::php_error;
use ext_php_rs::exception::PhpResult;
use ext_php_rs::flags::{ClassFlags, ErrorType};
use ext_php_rs::prelude::*;
use ext_php_rs::types::Zval;

use crate::acme;
use crate::error::{Error, Kind};
use crate::php::arguments::{Bytes, Names};
use crate::tls::{Challenges, ClientsSaid, PolicySaid, Said, Settings, Source};

/// One listener's certificates, keys and ring, and how the first of them is got if it is got automatically.
#[php_class]
#[php(name = "Sluice\\Tls")]
#[php(flags = ClassFlags::Final.union(ClassFlags::NotSerializable))]
pub struct Tls {
    pub(super) settings: Settings,
    pub(super) acme: Option<acme::Settings>,
}

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
        // It is the default.
        Self::__construct(certificate, privateKey, ring, ocsp)
    }

    pub fn acme(
        directory: Bytes,
        contacts: Names,
        names: Names,
        storage: Bytes,
        directoryCa: Option<Bytes>,
    ) -> PhpResult<Self> {
        let acme = acme::Settings::parse(acme::Said {
            directory: directory.0.to_lossy(),
            contacts: contacts.0,
            names: names.0,
            storage: OsStr::from_bytes(storage.0.as_bytes()).into(),
            directory_ca: directoryCa.map(|ca| ca.0.to_lossy()),
        })?;
        acme.prepare()?;
        let path = acme.certificate().to_string_lossy().into_owned();
        let first = Source::Pem {
            certificate: path.clone(),
            private_key: path,
            ocsp: None,
        };
        let ours = acme.clone();
        let settings = Settings::parse(Said {
            challenges: Some(Challenges::new(move |name| acme::challenge(&ours, name))),
            ..Said::new(first)
        })?;
        let acme = Some(acme);
        Ok(Self {
            acme,
            ..made(settings)
        })
    }

    pub fn self_signed(names: &[&Zval]) -> PhpResult<Self> {
        let names = names
            .iter()
            .map(|name| name.string().ok_or_else(|| no_strings("names")))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Settings::self_signed(&names)?.into())
    }

    pub fn with(
        &self,
        names: &Zval,
        certificate: Bytes,
        privateKey: Bytes,
        ocsp: Option<Bytes>,
    ) -> PhpResult<Self> {
        let names = any("names", names)?;
        let source = source(&certificate, &privateKey, ocsp.as_ref());
        let with = self.settings.with(&names, source)?;
        warn(&with, &self.settings.warnings());
        Ok(self.changed(with))
    }

    pub fn with_strict_names(&self) -> PhpResult<Self> {
        Ok(self.changed(self.settings.with_strict_names()?))
    }

    pub fn with_ring(&self, ring: i64) -> PhpResult<Self> {
        Ok(self.changed(self.settings.with_ring(ring)?))
    }

    pub fn with_policy(
        &self,
        minimumVersion: Option<Bytes>,
        ciphers: Option<&Zval>,
        groups: Option<&Zval>,
        alpn: Option<&Zval>,
    ) -> PhpResult<Self> {
        let before = self.settings.policy().clone();
        let list = |name, said: Option<&Zval>, before| match said {
            Some(said) if !said.is_null() => strings(name, said),
            _ => Ok(before),
        };
        Ok(self.changed(
            self.settings.with_policy(PolicySaid {
                minimum_version: minimumVersion
                    .map(|said| said.0.to_lossy())
                    .or(before.minimum_version),
                ciphers: list("ciphers", ciphers, before.ciphers)?,
                groups: list("groups", groups, before.groups)?,
                alpn: list("alpn", alpn, before.alpn)?,
            })?,
        ))
    }

    #[php(defaults(required = true))]
    #[php(optional = required)]
    pub fn with_client_ca(
        &self,
        ca: Bytes,
        required: bool,
        crl: Option<Bytes>,
        names: Option<&Zval>,
    ) -> PhpResult<Self> {
        let names = match names.filter(|names| !names.is_null()) {
            Some(names) => one_or_more("client names", names)?,
            None => Vec::new(),
        };
        let with = self.settings.with_clients(ClientsSaid {
            ca: ca.0.to_lossy(),
            required,
            crl: crl.map(|said| said.0.to_lossy()),
            names,
        })?;
        warn(&with, &self.settings.warnings());
        Ok(self.changed(with))
    }

    pub fn with_tickets(&self, count: i64, secret: Option<Bytes>) -> PhpResult<Self> {
        let secret = secret.as_ref().map(|secret| secret.0.as_bytes());
        Ok(self.changed(self.settings.with_tickets(count, secret)?))
    }

    #[php(defaults(bytes = 16_384))]
    pub fn with_early_data(&self, bytes: i64) -> PhpResult<Self> {
        Ok(self.changed(self.settings.with_early_data(bytes)?))
    }

    pub fn with_key_log(&self) -> PhpResult<Self> {
        Ok(self.changed(self.settings.with_key_log()?))
    }
}

impl Tls {
    /// A copy with other settings, whose certificate comes from where this one's does.
    fn changed(&self, settings: Settings) -> Self {
        let acme = self.acme.clone();
        Self { settings, acme }
    }
}

impl From<Settings> for Tls {
    fn from(settings: Settings) -> Self {
        let acme = None;
        Self { settings, acme }
    }
}

/// Settings out of files, with what an operator should know of them said as PHP's warnings.
fn made(settings: Settings) -> Tls {
    warn(&settings, &[]);
    settings.into()
}

/// Says what an operator should know, but for what was said before.
fn warn(settings: &Settings, before: &[String]) {
    let warnings = settings.warnings();
    for warning in warnings.iter().filter(|warning| !before.contains(warning)) {
        php_error(&ErrorType::Warning, &format!("Tls: {warning}"));
    }
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

/// One string, or a list of them.
fn any(name: &str, said: &Zval) -> PhpResult<Vec<String>> {
    match said.array() {
        Some(_) => strings(name, said),
        None => Ok(vec![said.string().ok_or_else(|| no_strings(name))?]),
    }
}

/// One string, or a list of them that is not empty.
fn one_or_more(name: &str, said: &Zval) -> PhpResult<Vec<String>> {
    let all = any(name, said)?;
    if all.is_empty() {
        let mistake = format!("Tls: {name}: the list is empty");
        return Err(Error::new(Kind::Config, mistake).into());
    }
    Ok(all)
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
