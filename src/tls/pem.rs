//! Certificates and keys out of PEM (RFC 7468), given as text or as the path of a file.

use std::borrow::Cow;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use rustls_pki_types::pem::{Error as PemError, PemObject, SectionKind};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

/// The certificates in `said`, the server's own first. An error says what is wrong, in words that
/// follow "certificate: ".
pub(super) fn certificates(said: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let text = text(said)?;
    let mut chain = Vec::new();
    for certificate in CertificateDer::pem_slice_iter(&text) {
        chain.push(certificate.map_err(broken)?);
    }
    if chain.is_empty() {
        return Err(if kinds(&text).any(is_key) {
            "it holds a private key and no certificate; were the two exchanged?".into()
        } else {
            "it holds no \"-----BEGIN CERTIFICATE-----\"".into()
        });
    }
    Ok(chain)
}

/// The first private key in `said`: PKCS #8, PKCS #1 (RSA) or SEC 1 (EC), not encrypted. An error
/// says what is wrong, in words that follow "private key: ", and never shows a key.
pub(super) fn private_key(said: &str) -> Result<PrivateKeyDer<'static>, String> {
    let text = text(said)?;
    match PrivateKeyDer::from_pem_slice(&text) {
        Ok(key) => Ok(key),
        Err(PemError::NoItemsFound) if contains(&text, "-----BEGIN ENCRYPTED PRIVATE KEY-----") => {
            Err("it is encrypted; decrypt it first, as with \"openssl pkey\"".into())
        }
        Err(PemError::NoItemsFound)
            if kinds(&text).any(|kind| kind == SectionKind::Certificate) =>
        {
            Err("it holds a certificate and no private key; were the two exchanged?".into())
        }
        Err(PemError::NoItemsFound) => Err("it holds no \"-----BEGIN PRIVATE KEY-----\"".into()),
        Err(error) => Err(broken(error)),
    }
}

/// Whether what was said is PEM itself, and not the path of a file.
pub(super) fn is_text(said: &str) -> bool {
    said.contains("-----BEGIN")
}

/// What was said itself if it is PEM, else the contents of the file that it names.
fn text(said: &str) -> Result<Cow<'_, [u8]>, String> {
    if is_text(said) {
        return Ok(Cow::Borrowed(said.as_bytes()));
    }
    if said.is_empty() {
        return Err("it is empty; give PEM text or the path of a PEM file".into());
    }
    // It may be the inside of a key: what is no path is not shown.
    if said.contains(['\n', '\r', '\0']) || said.len() > PATH_MOST {
        return Err("it is neither PEM text nor the path of a file".into());
    }
    let mut bytes = Vec::new();
    let read = File::open(Path::new(said))
        .and_then(|file| file.take(FILE_MOST + 1).read_to_end(&mut bytes));
    match read {
        Err(error) => Err(format!("cannot read the file {said:?}: {error}")),
        Ok(_) if bytes.len() as u64 > FILE_MOST => Err(format!(
            "the file {said:?} is larger than {FILE_MOST} bytes and so no PEM file"
        )),
        Ok(_) if !contains(&bytes, "-----BEGIN") => Err(format!(
            "the file {said:?} is not PEM: it has no \"-----BEGIN\""
        )),
        Ok(_) => Ok(Cow::Owned(bytes)),
    }
}

/// The kinds of the sections in `text` that can be read.
fn kinds(text: &[u8]) -> impl Iterator<Item = SectionKind> {
    <(SectionKind, Vec<u8>)>::pem_slice_iter(text)
        .map_while(Result::ok)
        .map(|(kind, _)| kind)
}

fn is_key(kind: SectionKind) -> bool {
    matches!(
        kind,
        SectionKind::PrivateKey | SectionKind::RsaPrivateKey | SectionKind::EcPrivateKey
    )
}

fn contains(text: &[u8], what: &str) -> bool {
    text.windows(what.len())
        .any(|window| window == what.as_bytes())
}

/// The error without the bytes that it found, which may be a key's.
fn broken(error: PemError) -> String {
    let why = match error {
        PemError::MissingSectionEnd { .. } => "a section has no end",
        PemError::IllegalSectionStart { .. } => "a section has no proper begin",
        PemError::Base64Decode(_) => "a section is not Base64",
        _ => "it cannot be read",
    };
    format!("the PEM is broken: {why}")
}

/// The longest path of a file on Linux, in bytes.
const PATH_MOST: usize = 4096;
/// The largest file that is read, in bytes.
const FILE_MOST: u64 = 1 << 20;
