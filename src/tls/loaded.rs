//! What settings come to once their files are read: a whole that is served, or mistakes.

use std::sync::Arc;

use aws_lc_rs::digest;
use rustls::server::NoServerSessionStorage;
use rustls::{KeyLogFile, ServerConfig};
use rustls_pki_types::CertificateDer;

use super::certificate::Certificate;
use super::early;
use super::identity::Identity;
use super::names::{ByName, Entry};
use super::policy::Policy;
use super::said::Said;
use super::tickets::Tickets;

/// Settings with their files read and checked. It never changes: files that have changed make another one.
pub(super) struct Loaded {
    /// What rustls is configured with.
    pub(super) config: Arc<ServerConfig>,
    pub(super) names: Arc<ByName>,
    /// The first certificate with its chain.
    pub(super) chain: Vec<CertificateDer<'static>>,
    /// The certificates that clients may be shown, the first one first.
    pub(super) certificates: Vec<Certificate>,
    /// What an operator should know, each with the setting that it is about.
    pub(super) warnings: Vec<String>,
    /// Differs when anything that was read differs.
    pub(super) seen: Vec<u8>,
}

/// What is wrong with settings.
#[derive(Debug, Default)]
pub(super) struct Mistakes {
    /// About certificates and keys.
    pub(super) tls: Vec<String>,
    /// About the rest.
    pub(super) config: Vec<String>,
}

impl Loaded {
    /// Reads the files that `said` names and puts all together.
    pub(super) fn load(said: &Said) -> Result<Self, Mistakes> {
        let mut mistakes = Mistakes::default();
        let policy = Policy::parse(&said.policy);
        let provider = match &policy {
            Ok(policy) => Arc::clone(&policy.provider),
            Err(_) => Arc::new(rustls::crypto::aws_lc_rs::default_provider()),
        };
        let mut seen = digest::Context::new(&digest::SHA256);
        let first = Identity::load(&said.first, &provider, &mut seen);
        let first = first.map_err(|wrong| mistakes.tls.extend(wrong)).ok();
        let mut others = Vec::new();
        for other in &said.others {
            match Identity::load(&other.source, &provider, &mut seen) {
                Ok(identity) => {
                    mistakes.tls.extend(uncovered(&other.names, &identity));
                    others.push(Entry {
                        names: other.names.clone(),
                        identity,
                    });
                }
                Err(wrong) => {
                    let named = |mistake| format!("{}: {mistake}", other.names.join(", "));
                    mistakes.tls.extend(wrong.into_iter().map(named));
                }
            }
        }
        let policy = policy.map_err(|wrong| mistakes.config.extend(wrong)).ok();
        mistakes.config.extend(early::contradictions(said));
        let (Some(first), Some(policy), true) = (first, policy, mistakes.config.is_empty()) else {
            return Err(mistakes);
        };
        let names = ByName::new(&first, &others).map_err(|wrong| mistakes.tls.extend(wrong));
        let (Ok(names), true) = (names, mistakes.tls.is_empty()) else {
            return Err(mistakes);
        };
        let names = Arc::new(names);
        match configured(said, policy, &names) {
            Ok(config) => Ok(Self {
                config: Arc::new(config),
                names,
                chain: first.shown.cert.clone(),
                warnings: warnings(&first, &others),
                certificates: facts(first, others),
                seen: seen.finish().as_ref().to_vec(),
            }),
            Err(mistake) => {
                mistakes.tls.push(mistake);
                Err(mistakes)
            }
        }
    }
}

impl Mistakes {
    pub(super) fn tls(tls: Vec<String>) -> Self {
        Self {
            tls,
            config: Vec::new(),
        }
    }

    pub(super) fn config(config: Vec<String>) -> Self {
        Self {
            tls: Vec::new(),
            config,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tls.is_empty() && self.config.is_empty()
    }
}

fn configured(said: &Said, policy: Policy, names: &Arc<ByName>) -> Result<ServerConfig, String> {
    let broken = |error| format!("rustls refuses the settings: {error}");
    let mut config = ServerConfig::builder_with_provider(policy.provider)
        .with_protocol_versions(policy.versions)
        .map_err(broken)?
        .with_no_client_auth()
        .with_cert_resolver(Arc::clone(names) as Arc<_>);
    config.alpn_protocols = policy.alpn;
    config.send_tls13_tickets = said.tickets;
    if let Some(early_data) = &said.early_data {
        early_data.configure(&mut config, &context(names));
    } else if said.tickets > 0 {
        config.ticketer = Arc::new(Tickets::new(&context(names), said.ticket_secret.clone()));
    } else {
        config.session_storage = Arc::new(NoServerSessionStorage {});
    }
    if said.key_log {
        config.key_log = Arc::new(KeyLogFile::new());
    }
    Ok(config)
}

/// What a resumed session speaks for: the names that are served. Certificates that are renewed keep their
/// tickets, and their sessions where early data is taken.
fn context(names: &ByName) -> Vec<u8> {
    names.all().join("\n").into_bytes()
}

/// The names that a certificate was given for and does not have.
fn uncovered(names: &[String], identity: &Identity) -> Vec<String> {
    let facts = &identity.facts;
    let uncovered = names.iter().filter(|name| !facts.covers(name));
    uncovered
        .map(|name| match &facts.names[..] {
            [] => format!("{name}: the certificate has no names"),
            own => format!(
                "{name}: the certificate is for {}, not for it",
                own.join(", ")
            ),
        })
        .collect()
}

fn warnings(first: &Identity, others: &[Entry]) -> Vec<String> {
    let of = |identity: &Identity, whose: &str| -> Vec<String> {
        let warnings = identity.warnings.iter();
        warnings
            .map(|warning| format!("{whose}: {warning}"))
            .collect()
    };
    let mut warnings = of(first, "certificate");
    for other in others {
        warnings.extend(of(&other.identity, &other.names.join(", ")));
    }
    warnings
}

fn facts(first: Identity, others: Vec<Entry>) -> Vec<Certificate> {
    let others = others.into_iter().map(|other| other.identity.facts);
    std::iter::once(first.facts).chain(others).collect()
}
