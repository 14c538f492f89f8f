//! A listener's certificate and ring: what was said, and what it means.

mod early;

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;

use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::server::ParsedCertificate;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{InconsistentKeys, ServerConfig};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

pub use self::early::EARLY_DATA_BOUNDS;
use super::tickets::Tickets;
use super::{pem, self_signed};
use crate::error::{Error, Kind, Result};

/// The ring of a listener that was told none, in bytes: two full records and some room, as much as a
/// connection takes from a body at once. `bench/README.md` has the measurement.
pub const DEFAULT_RING: usize = 34_816;
/// The sizes that a ring can have, in bytes.
pub const RING_BOUNDS: RangeInclusive<usize> = 1024..=1_048_576;

/// TLS settings as they were said, not yet checked.
#[derive(Clone)]
pub struct Said {
    /// The certificate and, after it, those that lead to its root: PEM text or the path of a file.
    pub certificate: String,
    /// Its private key (RSA, ECDSA or Ed25519): PEM text or the path of a file.
    pub private_key: String,
    /// The ring, in bytes, within [`RING_BOUNDS`].
    pub ring: i64,
    /// How much early data a client may send, in bytes: 0 (none) or within [`EARLY_DATA_BOUNDS`].
    pub early_data: i64,
}

/// TLS settings that are good. A clone is cheap. Settings of one certificate open each other's session
/// tickets, in every process that has the secret of [`ticket_secret`](super::ticket_secret).
#[derive(Clone)]
pub struct Settings {
    shared: Arc<Shared>,
    ring: usize,
    /// What rustls is configured with where early data is taken.
    early: Option<Arc<ServerConfig>>,
}

struct Shared {
    config: Arc<ServerConfig>,
    chain: Vec<CertificateDer<'static>>,
}

impl Settings {
    /// Checks what was said and reads the files.
    ///
    /// # Errors
    /// One error with every mistake: [`Kind::Config`] if ring and early data are the only ones, else
    /// [`Kind::Tls`]. [`Kind::Server`] if the system has no memory to share for early data.
    pub fn parse(said: Said) -> Result<Self> {
        let mut mistakes = Vec::new();
        let chain = noted(
            &mut mistakes,
            "certificate",
            certificates(&said.certificate),
        );
        let key = noted(
            &mut mistakes,
            "private key",
            pem::private_key(&said.private_key),
        );
        let shared = match (chain, key) {
            (Some(chain), Some(key)) => match Shared::new(chain, key) {
                Ok(shared) => Some(shared),
                Err(mistake) => {
                    mistakes.push(mistake);
                    None
                }
            },
            // A readable key may still be none.
            (None, Some(key)) => {
                let parsed = aws_lc_rs::default_provider()
                    .key_provider
                    .load_private_key(key)
                    .map_err(|error| not_a_key(&error));
                mistakes.extend(parsed.err());
                None
            }
            _ => None,
        };
        let kind = if mistakes.is_empty() {
            Kind::Config
        } else {
            Kind::Tls
        };
        let ring = noted(&mut mistakes, "ring", ring(said.ring));
        let early_data = noted(&mut mistakes, "early data", early::check(said.early_data));
        match (shared, ring, early_data) {
            (Some(shared), Some(ring), Some(early_data)) => Ok(Self {
                early: early::config(&shared.config, early_data)?,
                shared: Arc::new(shared),
                ring,
            }),
            _ => Err(all(kind, &mistakes)),
        }
    }

    /// Settings with a new self-signed certificate for `names`: host names and IP addresses,
    /// `localhost`, `127.0.0.1` and `::1` if there are none. The ring is [`DEFAULT_RING`].
    ///
    /// It is for development: no client knows it. The key is P-256 and lives only in memory; the
    /// certificate is valid for a year.
    ///
    /// # Errors
    /// [`Kind::Tls`], with every name that cannot be in a certificate.
    pub fn self_signed(names: &[String]) -> Result<Self> {
        let made = if names.is_empty() {
            self_signed::make(&["localhost", "127.0.0.1", "::1"].map(String::from))
        } else {
            self_signed::make(names)
        };
        let (certificate, key) = made.map_err(|mistakes| all(Kind::Tls, &mistakes))?;
        let shared =
            Shared::new(vec![certificate], key).map_err(|mistake| all(Kind::Tls, &[mistake]))?;
        Ok(Self {
            shared: Arc::new(shared),
            ring: DEFAULT_RING,
            early: None,
        })
    }

    /// The same settings with another ring.
    ///
    /// # Errors
    /// [`Kind::Config`] if it is out of [`RING_BOUNDS`].
    pub fn with_ring(&self, size: i64) -> Result<Self> {
        match ring(size) {
            Ok(ring) => Ok(Self {
                ring,
                ..self.clone()
            }),
            Err(mistake) => Err(all(Kind::Config, &[format!("ring: {mistake}")])),
        }
    }

    /// The ring of each connection, in bytes.
    pub fn ring(&self) -> usize {
        self.ring
    }

    /// The certificates that clients are shown, the server's own first.
    pub fn chain(&self) -> &[CertificateDer<'static>] {
        &self.shared.chain
    }

    /// What rustls is configured with.
    pub(super) fn config(&self) -> &Arc<ServerConfig> {
        self.early.as_ref().unwrap_or(&self.shared.config)
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("certificates", &self.chain().len())
            .field("ring", &self.ring)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The key is not shown.
        f.debug_struct("Said")
            .field("ring", &self.ring)
            .finish_non_exhaustive()
    }
}

impl Shared {
    /// TLS 1.2 and 1.3, ALPN for HTTP/2 and HTTP/1.1, stateless session tickets.
    fn new(
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
    ) -> Result<Self, String> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let certified = certified(chain.clone(), key, &provider)?;
        let broken = |error| format!("rustls refuses the settings: {error}");
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
            .map_err(broken)?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(certified)));
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        config.ticketer = Arc::new(Tickets::new(&chain[0], None));
        Ok(Self {
            config: Arc::new(config),
            chain,
        })
    }
}

fn certificates(said: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let chain = pem::certificates(said)?;
    match ParsedCertificate::try_from(&chain[0]) {
        Ok(_) => Ok(chain),
        Err(error) => Err(format!("it is not an X.509 certificate: {error}")),
    }
}

fn certified(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    provider: &CryptoProvider,
) -> Result<CertifiedKey, String> {
    let key = provider
        .key_provider
        .load_private_key(key)
        .map_err(|error| not_a_key(&error))?;
    let certified = CertifiedKey::new(chain, key);
    match certified.keys_match() {
        // Unknown: a kind of key whose public half cannot be asked for.
        Ok(()) | Err(rustls::Error::InconsistentKeys(InconsistentKeys::Unknown)) => Ok(certified),
        Err(rustls::Error::InconsistentKeys(_)) => {
            Err("the private key does not belong to the certificate".into())
        }
        Err(error) => Err(format!("certificate: it cannot be used: {error}")),
    }
}

fn not_a_key(error: &rustls::Error) -> String {
    format!("private key: it is not an RSA, ECDSA or Ed25519 key that can be used: {error}")
}

fn ring(size: i64) -> Result<usize, String> {
    usize::try_from(size)
        .ok()
        .filter(|size| RING_BOUNDS.contains(size))
        .ok_or_else(|| {
            format!(
                "it must be {} to {} bytes, not {size}",
                RING_BOUNDS.start(),
                RING_BOUNDS.end()
            )
        })
}

/// Notes a mistake under the name of its setting.
fn noted<T>(mistakes: &mut Vec<String>, name: &str, checked: Result<T, String>) -> Option<T> {
    checked
        .map_err(|mistake| mistakes.push(format!("{name}: {mistake}")))
        .ok()
}

fn all(kind: Kind, mistakes: &[String]) -> Error {
    let joined = Error::all("Tls", mistakes);
    let message = joined.map_or_else(String::new, |error| error.message().to_owned());
    Error::new(kind, message)
}

#[cfg(test)]
mod tests;
