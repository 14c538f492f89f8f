//! Which certificate a client is shown: by the name that it asks for (RFC 6066 section 3) and by the signatures
//! that it knows.

use std::collections::HashMap;
use std::sync::Arc;

use rustls::SignatureScheme;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::identity::Identity;

/// Certificates for one name, those that clients should rather have first.
type Candidates = Vec<Arc<CertifiedKey>>;

/// The certificates of one listener by name.
#[derive(Debug)]
pub(super) struct ByName {
    /// For a client that names none, or none that is known.
    fallback: Candidates,
    exact: HashMap<String, Candidates>,
    /// By what comes behind the `*.`, which stands for one label.
    wildcard: HashMap<String, Candidates>,
}

/// A certificate with the names that it was given for; the listener's first one has none but its own.
pub(super) struct Entry {
    pub(super) names: Vec<String>,
    pub(super) identity: Identity,
}

impl ByName {
    /// Of `first`, which is for every name of its own and all others, and of `others`, which come before it
    /// for theirs. A mistake names two certificates with the same kind of key for the same name.
    pub(super) fn new(first: &Identity, others: &[Entry]) -> Result<Self, Vec<String>> {
        let mut all = Self {
            fallback: Vec::new(),
            exact: HashMap::new(),
            wildcard: HashMap::new(),
        };
        let mut mistakes = Vec::new();
        for entry in others {
            for name in &entry.names {
                if !all.add(name, &entry.identity) {
                    mistakes.push(format!(
                        "{name} has two certificates with {}: one is enough",
                        kind(entry.identity.is_rsa())
                    ));
                }
            }
        }
        for name in &first.facts.names {
            all.add(name, first);
        }
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        // Where the first certificate has one with another kind of key beside it, so has its stead.
        let beside = first.facts.names.iter().find_map(|name| {
            let candidates = all.of(name)?;
            let is_beside = candidates.iter().any(|one| Arc::ptr_eq(one, &first.shown));
            (is_beside && candidates.len() > 1).then(|| candidates.clone())
        });
        all.fallback = beside.unwrap_or_else(|| vec![Arc::clone(&first.shown)]);
        Ok(all)
    }

    /// Whether a certificate is for this name, given in lower case.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.of(name).is_some()
    }

    /// Every name, in order.
    pub(super) fn all(&self) -> Vec<String> {
        let wildcards = self.wildcard.keys().map(|parent| format!("*.{parent}"));
        let mut all: Vec<String> = self.exact.keys().cloned().chain(wildcards).collect();
        all.sort_unstable();
        all
    }

    fn of(&self, name: &str) -> Option<&Candidates> {
        self.exact.get(name).or_else(|| {
            let (_, parent) = name.split_once('.')?;
            self.wildcard.get(parent)
        })
    }

    /// Whether the name had no certificate of this kind.
    fn add(&mut self, name: &str, identity: &Identity) -> bool {
        let candidates = match name.strip_prefix("*.") {
            Some(parent) => self.wildcard.entry(parent.to_owned()).or_default(),
            None => self.exact.entry(name.to_owned()).or_default(),
        };
        let is_rsa =
            |one: &Arc<CertifiedKey>| one.key.algorithm() == rustls::SignatureAlgorithm::RSA;
        if candidates
            .iter()
            .any(|one| is_rsa(one) == identity.is_rsa())
        {
            return false;
        }
        // The smaller and faster kind is for whoever knows it.
        let at = if identity.is_rsa() {
            candidates.len()
        } else {
            0
        };
        candidates.insert(at, Arc::clone(&identity.shown));
        true
    }
}

impl ResolvesServerCert for ByName {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let candidates = hello.server_name().and_then(|name| self.of(name));
        let candidates = candidates.unwrap_or(&self.fallback);
        choose(candidates, hello.signature_schemes()).cloned()
    }
}

/// The first certificate that the client can verify; the first of all, with which the handshake fails as it
/// should, if there is none.
fn choose<'a>(
    candidates: &'a Candidates,
    known: &[SignatureScheme],
) -> Option<&'a Arc<CertifiedKey>> {
    let verifiable = candidates
        .iter()
        .find(|one| one.key.choose_scheme(known).is_some());
    verifiable.or_else(|| candidates.first())
}

fn kind(is_rsa: bool) -> &'static str {
    if is_rsa {
        "an RSA key"
    } else {
        "an elliptic key"
    }
}
