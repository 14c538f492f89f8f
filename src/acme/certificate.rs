//! A certificate with its key in one PEM file: read, checked, and made where no CA is asked.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{
    CertificateParams, CustomExtension, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
};
use rustls::crypto::aws_lc_rs;
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use super::schedule;
use crate::tls::Certificate as Facts;

/// A certificate that can be served.
#[derive(Clone, Debug)]
pub(super) struct Certificate {
    pub(super) not_before: SystemTime,
    pub(super) not_after: SystemTime,
    leaf: CertificateDer<'static>,
    facts: Facts,
}

impl Certificate {
    /// The certificate in the file at `path`; `None` if there is no such file, or what it holds cannot be served for
    /// all of `names`. One that has expired is due, and not gone.
    ///
    /// # Errors
    /// The file cannot be read now: there may well be a good one.
    pub(super) fn read(path: &Path, names: &[String]) -> io::Result<Option<Self>> {
        let pem = match std::fs::read(path) {
            Ok(pem) => pem,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let serves = |present: &Self| present.serves(names, UNIX_EPOCH).is_ok();
        Ok(Self::parse(&pem).ok().filter(serves))
    }

    /// A chain, and the key of its first certificate, in any order. An error says what is wrong, and never shows a key.
    pub(super) fn parse(pem: &[u8]) -> Result<Self, String> {
        let (chain, key) = sections(pem)?;
        let leaf = &chain[0];
        let facts =
            Facts::of(leaf).map_err(|error| format!("it is no X.509 certificate: {error}"))?;
        let key = CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider())
            .map_err(|error| format!("its key and its certificate do not go together: {error}"))?;
        Ok(Self {
            leaf: key.cert[0].clone(),
            not_before: time(facts.not_before),
            not_after: time(facts.not_after),
            facts,
        })
    }

    /// The server's own certificate.
    pub(super) fn leaf(&self) -> &CertificateDer<'static> {
        &self.leaf
    }

    /// Who has signed it, as a line of text.
    pub(super) fn issuer(&self) -> &str {
        &self.facts.issuer
    }

    /// Whether it stands in for one that has yet to come.
    pub(super) fn is_self_signed(&self) -> bool {
        self.facts.is_self_issued
    }

    /// When the next one is to be there: at once for one that stands in.
    pub(super) fn due(&self) -> SystemTime {
        if self.is_self_signed() {
            UNIX_EPOCH
        } else {
            schedule::due(self.not_before, self.not_after)
        }
    }

    /// Whether it can be served for all of `names` at `now`, and no CA's answer was something else.
    pub(super) fn serves(&self, names: &[String], now: SystemTime) -> Result<(), String> {
        if let Some(name) = names.iter().find(|name| !self.facts.covers(name)) {
            return Err(format!("it is not for {name}"));
        }
        if self.not_after <= now {
            return Err("it has expired".into());
        }
        Ok(())
    }
}

/// The challenge certificate in the file at `path`, to be served. It is not looked into: rustls's parser does not
/// know the critical extension that makes it one.
pub(super) fn read_challenge(path: &Path) -> Option<Arc<CertifiedKey>> {
    let (chain, key) = sections(&std::fs::read(path).ok()?).ok()?;
    let provider = aws_lc_rs::default_provider().key_provider;
    let key = provider.load_private_key(key).ok()?;
    Some(Arc::new(CertifiedKey::new(chain, key)))
}

/// At least one certificate, and the key.
fn sections(
    pem: &[u8],
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), &'static str> {
    let chain: Vec<_> = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(|_| "it is broken PEM")?;
    let key = PrivateKeyDer::from_pem_slice(pem).map_err(|_| "it has no private key")?;
    if chain.is_empty() {
        return Err("it has no certificate");
    }
    Ok((chain, key))
}

/// A new P-256 key.
pub(super) fn new_key() -> Result<KeyPair, rcgen::Error> {
    KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)
}

/// The request that a CA signs (RFC 8555, section 7.4): DER, with the names and nothing else.
pub(super) fn request(names: &[String], key: &KeyPair) -> Result<Vec<u8>, rcgen::Error> {
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name = DistinguishedName::new();
    Ok(params.serialize_request(key)?.der().to_vec())
}

/// What is served until the first certificate has come: key and certificate, as PEM.
pub(super) fn temporary(names: &[String]) -> Result<String, rcgen::Error> {
    self_signed(names, "Sluice temporary certificate", Vec::new(), 365)
}

/// What proves to the CA that `name` leads here (RFC 8737, section 3): key and certificate, as PEM.
pub(super) fn of_challenge(name: &str, digest: &[u8]) -> Result<String, rcgen::Error> {
    let proof = CustomExtension::new_acme_identifier(digest);
    self_signed(&[name.to_owned()], "Sluice challenge", vec![proof], 7)
}

fn self_signed(
    names: &[String],
    common_name: &str,
    extensions: Vec<CustomExtension>,
    days: u32,
) -> Result<String, rcgen::Error> {
    let key = new_key()?;
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.custom_extensions = extensions;
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    params.not_before = epoch + now.saturating_sub(DAY);
    params.not_after = epoch + now + DAY * days;
    let certificate = params.self_signed(&key)?;
    Ok(key.serialize_pem() + &certificate.pem())
}

fn time(seconds: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
}

const DAY: Duration = Duration::from_secs(86_400);

#[cfg(test)]
pub(super) mod tests {
    use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    /// A certificate of a CA for a.test, with its key and chain: from 2026-01-01 to 2026-04-01, by "A root".
    pub(in super::super) fn of_a_ca() -> String {
        let issuer = rcgen::CertifiedIssuer::self_signed(
            {
                let mut params = CertificateParams::new(Vec::new()).unwrap();
                params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
                params.distinguished_name.push(DnType::CommonName, "A root");
                params
            },
            new_key().unwrap(),
        )
        .unwrap();
        let key = new_key().unwrap();
        let mut params = CertificateParams::new(names(&["a.test"])).unwrap();
        params.not_before = rcgen::date_time_ymd(2026, 1, 1);
        params.not_after = rcgen::date_time_ymd(2026, 4, 1);
        let leaf = params.signed_by(&key, &issuer).unwrap();
        leaf.pem() + &issuer.pem() + &key.serialize_pem()
    }

    #[test]
    fn a_temporary_certificate_serves_its_names_and_is_due_at_once() {
        let names = names(&["a.test", "b.test"]);
        let pem = temporary(&names).unwrap();
        let certificate = Certificate::parse(pem.as_bytes()).unwrap();
        let now = SystemTime::now();
        assert!(certificate.is_self_signed());
        assert!(certificate.due() <= now);
        certificate.serves(&names, now).unwrap();
        let other = certificate.serves(&["c.test".to_owned()], now).unwrap_err();
        assert_eq!(other, "it is not for c.test");
        let late = certificate.serves(&names, now + DAY * 366).unwrap_err();
        assert_eq!(late, "it has expired");
        assert_eq!(certificate.issuer(), "CN=Sluice temporary certificate");
    }

    #[test]
    fn a_challenge_certificate_has_the_digest_in_a_critical_extension() {
        let digest: Vec<u8> = (0..32).collect();
        let pem = of_challenge("a.test", &digest).unwrap();
        let (chain, _) = sections(pem.as_bytes()).unwrap();
        let (_, parsed) = X509Certificate::from_der(&chain[0]).unwrap();
        let proof = parsed
            .extensions()
            .iter()
            .find(|extension| extension.oid.to_id_string() == "1.3.6.1.5.5.7.1.31")
            .unwrap();
        assert!(proof.critical);
        assert_eq!(proof.value, [&[0x04, 32], &digest[..]].concat());
        let names = &parsed.subject_alternative_name().unwrap().unwrap().value;
        assert_eq!(names.general_names, [GeneralName::DNSName("a.test")]);
    }

    #[test]
    fn a_certificate_of_a_ca_is_due_before_its_end() {
        let pem = of_a_ca();
        let leaf = CertificateDer::from_pem_slice(pem.as_bytes()).unwrap();
        let certificate = Certificate::parse(pem.as_bytes()).unwrap();
        assert!(!certificate.is_self_signed());
        assert!(certificate.issuer().contains("A root"), "{certificate:?}");
        assert_eq!(certificate.due(), certificate.not_after - DAY * 30);
        assert_eq!(*certificate.leaf(), leaf);
    }

    #[test]
    fn what_cannot_be_served_says_why() {
        let one = temporary(&names(&["a.test"])).unwrap();
        let other = temporary(&names(&["a.test"])).unwrap();
        let (key, certificate) = one.split_at(one.find("-----BEGIN CERT").unwrap());
        let foreign = &other[other.find("-----BEGIN CERT").unwrap()..];
        for (pem, why) in [
            (String::new(), "no private key"),
            (key.to_owned(), "no certificate"),
            (certificate.to_owned(), "no private key"),
            (one[..one.len() - 40].to_owned(), "broken PEM"),
            ([key, foreign].concat(), "do not go together"),
        ] {
            let error = Certificate::parse(pem.as_bytes()).unwrap_err();
            assert!(error.contains(why), "{why}: {error}");
        }
    }
}
