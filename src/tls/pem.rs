//! Certificates, keys and revocation lists out of PEM (RFC 7468), given as text or as the path of a file.

use rustls_pki_types::pem::{Error as PemError, PemObject, SectionKind};
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};

use super::files::Files;

/// The certificates in `said`, the server's own first. An error says what is wrong, in words that
/// follow "certificate: ".
pub(super) fn certificates(
    said: &str,
    files: &Files,
) -> Result<Vec<CertificateDer<'static>>, String> {
    let text = text(said, files)?;
    let mut chain = Vec::new();
    for certificate in CertificateDer::pem_slice_iter(text) {
        chain.push(certificate.map_err(broken)?);
    }
    if chain.is_empty() {
        return Err(if kinds(text).any(is_key) {
            "it holds a private key and no certificate; were the two exchanged?".into()
        } else {
            "it holds no \"-----BEGIN CERTIFICATE-----\"".into()
        });
    }
    Ok(chain)
}

/// The first private key in `said`: PKCS #8, PKCS #1 (RSA) or SEC 1 (EC), not encrypted. An error
/// says what is wrong, in words that follow "private key: ", and never shows a key.
pub(super) fn private_key(said: &str, files: &Files) -> Result<PrivateKeyDer<'static>, String> {
    let text = text(said, files)?;
    match PrivateKeyDer::from_pem_slice(text) {
        Ok(key) => Ok(key),
        Err(PemError::NoItemsFound) if contains(text, "-----BEGIN ENCRYPTED PRIVATE KEY-----") => {
            Err("it is encrypted; decrypt it first, as with \"openssl pkey\"".into())
        }
        Err(PemError::NoItemsFound) if kinds(text).any(|kind| kind == SectionKind::Certificate) => {
            Err("it holds a certificate and no private key; were the two exchanged?".into())
        }
        Err(PemError::NoItemsFound) => Err("it holds no \"-----BEGIN PRIVATE KEY-----\"".into()),
        Err(error) => Err(broken(error)),
    }
}

/// The revocation lists in `said`; a file may be one in DER too. An error says what is wrong, in words that follow
/// "revocation list: ".
pub(super) fn revocation_lists(
    said: &str,
    files: &Files,
) -> Result<Vec<CertificateRevocationListDer<'static>>, String> {
    let bytes = bytes(said, files, Files::MOST)?;
    // A sequence: no text begins with it.
    if bytes.starts_with(&[0x30]) && !contains(bytes, "-----BEGIN") {
        return Ok(vec![bytes.to_vec().into()]);
    }
    let mut lists = Vec::new();
    for list in CertificateRevocationListDer::pem_slice_iter(bytes) {
        lists.push(list.map_err(broken)?);
    }
    if lists.is_empty() {
        return Err("it holds no \"-----BEGIN X509 CRL-----\" and is not one in DER".into());
    }
    Ok(lists)
}

/// Whether what was said is PEM itself, and not the path of a file.
pub(super) fn is_text(said: &str) -> bool {
    said.contains("-----BEGIN")
}

/// The PEM that was said, or that is in the file that was named.
fn text<'a>(said: &'a str, files: &'a Files) -> Result<&'a [u8], String> {
    let text = bytes(said, files, FILE_MOST)?;
    if !contains(text, "-----BEGIN") {
        return Err(format!(
            "the file {said:?} is not PEM: it has no \"-----BEGIN\""
        ));
    }
    Ok(text)
}

/// What was said itself if it is PEM, else the contents of the file that it names, at most so many bytes.
fn bytes<'a>(said: &'a str, files: &'a Files, most: u64) -> Result<&'a [u8], String> {
    if is_text(said) {
        return Ok(said.as_bytes());
    }
    if said.is_empty() {
        return Err("it is empty; give PEM text or the path of a PEM file".into());
    }
    // It may be the inside of a key: what is no path is not shown.
    if said.contains(['\n', '\r', '\0']) || said.len() > PATH_MOST {
        return Err("it is neither PEM text nor the path of a file".into());
    }
    let bytes = files.bytes(said)?;
    if bytes.len() as u64 > most {
        return Err(format!(
            "the file {said:?} is larger than {most} bytes and so no PEM file"
        ));
    }
    Ok(bytes)
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
/// The largest file with certificates or a key, in bytes.
const FILE_MOST: u64 = 1 << 20;
