//! The handshake of a CA that looks whether a name leads here: TLS-ALPN-01 (RFC 8737).

use std::fmt;
use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::server::{ClientHello, NoServerSessionStorage};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ServerConfig, version};

/// Who knows the challenge certificates of orders under way, by name.
#[derive(Clone)]
pub struct Challenges(Arc<Find>);

type Find = dyn Fn(&str) -> Option<Arc<CertifiedKey>> + Send + Sync;

impl Challenges {
    /// `find` is asked with the name that a client has asked for, which may be any.
    pub fn new(find: impl Fn(&str) -> Option<Arc<CertifiedKey>> + Send + Sync + 'static) -> Self {
        Self(Arc::new(find))
    }

    /// What to shake hands with if this is such a client: one that offers the one protocol `acme-tls/1` for a name
    /// whose order is under way. It is asked for no certificate of its own, and gets no ticket.
    pub(super) fn answer(&self, hello: &ClientHello<'_>) -> Option<Arc<ServerConfig>> {
        let mut offered = hello.alpn()?;
        if (offered.next(), offered.next()) != (Some(PROTOCOL), None) {
            return None;
        }
        let shown = (self.0)(hello.server_name()?)?;
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&version::TLS13, &version::TLS12])
            .ok()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(SingleCertAndKey::from((*shown).clone())));
        config.alpn_protocols = vec![PROTOCOL.to_vec()];
        config.send_tls13_tickets = 0;
        config.session_storage = Arc::new(NoServerSessionStorage {});
        Some(Arc::new(config))
    }
}

impl fmt::Debug for Challenges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Challenges")
    }
}

/// Its name in ALPN (RFC 8737, section 6.2).
pub(super) const PROTOCOL: &[u8] = b"acme-tls/1";
