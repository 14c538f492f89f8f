//! One certificate with its key: read, checked, and ready to be shown.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;
use rustls::{InconsistentKeys, SignatureAlgorithm};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use super::certificate::{Certificate, is_issued_by};
use super::files::Files;
use super::mistakes::noted;
use super::pem;

/// Where a certificate and its key come from.
#[derive(Clone)]
pub enum Source {
    /// PEM texts, or the paths of PEM files.
    Pem {
        /// The certificate and, after it, those that lead to its root.
        certificate: String,
        /// Its private key (RSA, ECDSA or Ed25519).
        private_key: String,
        /// The path of a file with an OCSP response in DER (RFC 6960), which is stapled to the handshake.
        ocsp: Option<String>,
    },
    /// Made by this process and kept nowhere else.
    Made(Arc<Made>),
}

/// A certificate that this process has made, and its key.
pub struct Made {
    pub(super) certificate: CertificateDer<'static>,
    pub(super) key: PrivateKeyDer<'static>,
}

/// A certificate and its key as clients are shown them.
pub(super) struct Identity {
    pub(super) shown: Arc<CertifiedKey>,
    pub(super) facts: Certificate,
    /// What an operator should know of it.
    pub(super) warnings: Vec<String>,
}

impl Source {
    /// The files that it is read from.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        let Self::Pem {
            certificate,
            private_key,
            ocsp,
        } = self
        else {
            return Vec::new();
        };
        let said = [certificate, private_key].into_iter().chain(ocsp);
        let files = said.filter(|said| !pem::is_text(said));
        files.map(PathBuf::from).collect()
    }
}

impl Identity {
    /// Reads what `source` names, out of `files`. Each mistake begins with the name of its setting.
    pub(super) fn load(
        source: &Source,
        provider: &CryptoProvider,
        files: &Files,
    ) -> Result<Self, Vec<String>> {
        let mut mistakes = Vec::new();
        let (chain, key, ocsp) = match source {
            Source::Pem {
                certificate,
                private_key,
                ocsp,
            } => (
                noted(
                    &mut mistakes,
                    "certificate",
                    certificates(certificate, files),
                ),
                noted(
                    &mut mistakes,
                    "private key",
                    pem::private_key(private_key, files),
                ),
                ocsp.as_ref()
                    .and_then(|path| noted(&mut mistakes, "OCSP response", response(path, files))),
            ),
            Source::Made(made) => (
                Some(vec![made.certificate.clone()]),
                Some(made.key.clone_key()),
                None,
            ),
        };
        let key = key.and_then(|key| {
            let loaded = provider.key_provider.load_private_key(key);
            let mistake =
                |error| format!("it is not an RSA, ECDSA or Ed25519 key that can be used: {error}");
            noted(&mut mistakes, "private key", loaded.map_err(mistake))
        });
        let (Some(chain), Some(key)) = (chain, key) else {
            return Err(mistakes);
        };
        let mut shown = CertifiedKey::new(chain, key);
        shown.ocsp = ocsp;
        match check(&shown) {
            Ok(facts) if mistakes.is_empty() => Ok(Self {
                warnings: warnings(&facts, &shown.cert),
                shown: Arc::new(shown),
                facts,
            }),
            Ok(_) => Err(mistakes),
            Err(mistake) => {
                mistakes.push(mistake);
                Err(mistakes)
            }
        }
    }

    /// Whether its key is an RSA key, which is larger and slower than the others, but every client knows it.
    pub(super) fn is_rsa(&self) -> bool {
        self.shown.key.algorithm() == SignatureAlgorithm::RSA
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The key is not shown.
        f.debug_struct("Source").finish_non_exhaustive()
    }
}

fn certificates(said: &str, files: &Files) -> Result<Vec<CertificateDer<'static>>, String> {
    let chain = pem::certificates(said, files)?;
    for (at, certificate) in chain.iter().enumerate() {
        let which = if at == 0 {
            "it is".to_owned()
        } else {
            format!("number {} of its chain is", at + 1)
        };
        // Of what is behind the first, such as an old root, rustls has to understand nothing.
        let usable = match at {
            0 => ParsedCertificate::try_from(certificate).map(drop),
            _ => Ok(()),
        };
        let parsed = usable.map_err(|error| error.to_string());
        parsed
            .and_then(|()| Certificate::of(certificate))
            .map_err(|error| format!("{which} not an X.509 certificate: {error}"))?;
    }
    Ok(chain)
}

/// An OCSP response that says `successful` (RFC 6960 section 4.2.1).
fn response(path: &str, files: &Files) -> Result<Vec<u8>, String> {
    let bytes = files.bytes(path)?;
    let status = match bytes {
        // A sequence of more than 255 or 127 bytes, and the status as its first element.
        [0x30, 0x82, _, _, 0x0a, 1, status, ..]
        | [0x30, 0x81, _, 0x0a, 1, status, ..]
        | [0x30, _, 0x0a, 1, status, ..] => *status,
        _ => return Err(format!("the file {path:?} is not an OCSP response in DER")),
    };
    match status {
        0 => Ok(bytes.to_vec()),
        other => Err(format!(
            "the file {path:?} holds the answer of a responder that had none (status {other})"
        )),
    }
}

fn check(shown: &CertifiedKey) -> Result<Certificate, String> {
    match shown.keys_match() {
        // Unknown: a kind of key whose public half cannot be asked for.
        Ok(()) | Err(rustls::Error::InconsistentKeys(InconsistentKeys::Unknown)) => {
            Certificate::of(&shown.cert[0]).map_err(|error| format!("certificate: {error}"))
        }
        Err(rustls::Error::InconsistentKeys(_)) => Err(match owner(shown) {
            Some(at) => format!(
                "the private key belongs to number {} in the chain and not to the first certificate: the server's own comes first",
                at + 1
            ),
            None => "the private key does not belong to the certificate".into(),
        }),
        Err(error) => Err(format!("certificate: it cannot be used: {error}")),
    }
}

/// Which of the other certificates the key belongs to.
fn owner(shown: &CertifiedKey) -> Option<usize> {
    (1..shown.cert.len()).find(|at| {
        let alone = vec![shown.cert[*at].clone()];
        CertifiedKey::new(alone, Arc::clone(&shown.key))
            .keys_match()
            .is_ok()
    })
}

fn warnings(facts: &Certificate, chain: &[CertificateDer<'_>]) -> Vec<String> {
    let mut warnings: Vec<String> = facts.is_out_of_date().into_iter().collect();
    for (at, pair) in chain.windows(2).enumerate() {
        if !is_issued_by(&pair[0], &pair[1]) {
            warnings.push(format!(
                "its chain is out of order: number {} is not the issuer of number {}",
                at + 2,
                at + 1
            ));
        }
    }
    if facts.names.is_empty() {
        warnings.push("it has no subject alternative name, and browsers take no other name".into());
    }
    warnings
}
