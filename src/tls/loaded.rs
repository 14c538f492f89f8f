//! What settings come to once their files are read: a whole that is served, or mistakes.

use std::sync::Arc;

use rustls::server::NoServerSessionStorage;
use rustls::{KeyLogFile, ServerConfig};
use rustls_pki_types::CertificateDer;

use super::certificate::Certificate;
use super::clients::Clients;
use super::files::Files;
use super::identity::Identity;
use super::mistakes::Mistakes;
use super::names::{ByName, Entry};
use super::policy::Policy;
use super::said::Said;
use super::sessions::Sessions;
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
    /// What clients' certificates are held against, if they are asked for any.
    pub(super) clients: Option<Arc<Clients>>,
    /// What an operator should know, each with the setting that it is about.
    pub(super) warnings: Vec<String>,
    /// Differs when what the files hold differs.
    pub(super) seen: Vec<u8>,
}

/// What settings keep while their files change.
pub(super) struct Kept {
    /// The sessions that early data can come with.
    pub(super) sessions: Option<Arc<Sessions>>,
    /// Where the secrets of sessions are written. It asks for a variable when it is made: files are read again on
    /// another thread, where that is not safe beside a `putenv()` of PHP's.
    pub(super) key_log: Option<Arc<KeyLogFile>>,
}

impl Kept {
    /// What `said` needs, with the `sessions` that it has.
    pub(super) fn new(said: &Said, sessions: Option<Arc<Sessions>>) -> Self {
        Self {
            sessions,
            key_log: said.key_log.then(|| Arc::new(KeyLogFile::new())),
        }
    }
}

/// Settings with their files read and checked, before anything is made of them.
pub(super) struct Checked {
    policy: Policy,
    first: Identity,
    others: Vec<Entry>,
    names: Arc<ByName>,
    clients: Option<Arc<Clients>>,
    seen: Vec<u8>,
}

impl Checked {
    /// Checks what `said` and its `files` hold. On any thread.
    pub(super) fn load(said: &Said, files: &Files) -> Result<Self, Mistakes> {
        let mut mistakes = Mistakes::default();
        let policy = Policy::parse(&said.policy);
        let provider = match &policy {
            Ok(policy) => Arc::clone(&policy.provider),
            Err(_) => Arc::new(rustls::crypto::aws_lc_rs::default_provider()),
        };
        let first = Identity::load(&said.first, &provider, files);
        let first = first.map_err(|wrong| mistakes.tls.extend(wrong)).ok();
        let clients = said.clients.as_ref();
        let clients = clients.map(|said| Clients::load(said, &provider, files));
        let clients = clients.transpose().map_err(|wrong| mistakes.append(wrong));
        let mut others = Vec::new();
        for other in &said.others {
            match Identity::load(&other.source, &provider, files) {
                Ok(identity) => {
                    mistakes.tls.extend(uncovered(&other.names, &identity));
                    others.push(Entry {
                        names: other.names.clone(),
                        identity,
                    });
                }
                Err(wrong) => {
                    let names = other.names.join(", ");
                    let named = |mistake| match names.as_str() {
                        "" => mistake,
                        names => format!("{names}: {mistake}"),
                    };
                    mistakes.tls.extend(wrong.into_iter().map(named));
                }
            }
        }
        let policy = policy.map_err(|wrong| mistakes.config.extend(wrong)).ok();
        let (Some(first), Some(policy), Ok(clients)) = (first, policy, clients) else {
            return Err(mistakes);
        };
        let names = ByName::new(&first, &others).map_err(|wrong| mistakes.tls.extend(wrong));
        let (Ok(names), true) = (names, mistakes.is_empty()) else {
            return Err(mistakes);
        };
        Ok(Self {
            policy,
            first,
            others,
            names: Arc::new(names),
            clients: clients.map(Arc::new),
            seen: files.hash(),
        })
    }

    /// Puts all together with what is `kept`. `said` is what was loaded.
    pub(super) fn put_together(self, said: &Said, kept: &Kept) -> Result<Loaded, Mistakes> {
        let (first, others, clients) = (self.first, self.others, self.clients);
        let config = configured(said, self.policy, &self.names, (kept, clients.as_ref()));
        let config = config.map_err(|mistake| Mistakes::tls(vec![mistake]))?;
        Ok(Loaded {
            config: Arc::new(config),
            names: self.names,
            chain: first.shown.cert.clone(),
            warnings: warnings(&first, &others, clients.as_deref()),
            clients,
            certificates: facts(first, others),
            seen: self.seen,
        })
    }
}

fn configured(
    said: &Said,
    policy: Policy,
    names: &Arc<ByName>,
    (kept, clients): (&Kept, Option<&Arc<Clients>>),
) -> Result<ServerConfig, String> {
    let broken = |error| format!("rustls refuses the settings: {error}");
    let builder = ServerConfig::builder_with_provider(policy.provider)
        .with_protocol_versions(policy.versions)
        .map_err(broken)?;
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(clients) => builder.with_client_cert_verifier(Arc::clone(clients) as Arc<_>),
    };
    let mut config = builder.with_cert_resolver(Arc::clone(names) as Arc<_>);
    config.alpn_protocols = policy.alpn;
    // Who names suites has an order in mind; else the client knows best what is fast on it.
    config.ignore_client_order = !said.policy.ciphers.is_empty();
    config.send_tls13_tickets = said.tickets;
    let context = context(names, clients.map(Arc::as_ref));
    if let Some(sessions) = &kept.sessions {
        config.max_early_data_size = said.early_data;
        // The reply to it need not wait for the client's end of the handshake.
        config.send_half_rtt_data = true;
        // rustls takes early data only of sessions that it can use up, and so there is no ticketer.
        // A client may send as much as it was told when its session began.
        let context = [&context[..], &said.early_data.to_be_bytes()].concat();
        config.session_storage = Arc::new(sessions.within(&context));
    } else if said.tickets > 0 {
        config.ticketer = Arc::new(Tickets::new(&context, said.ticket_secret.clone()));
    } else {
        config.session_storage = Arc::new(NoServerSessionStorage {});
    }
    if let Some(key_log) = &kept.key_log {
        config.key_log = Arc::clone(key_log) as Arc<_>;
    }
    Ok(config)
}

/// What a resumed session speaks for: the names that are served and the rules for clients' certificates. Certificates
/// of the server that are renewed keep their tickets.
fn context(names: &ByName, clients: Option<&Clients>) -> Vec<u8> {
    let mut context = names.all().join("\n").into_bytes();
    if let Some(clients) = clients {
        // No name has a zero in it.
        context.push(0);
        context.extend_from_slice(clients.context());
    }
    context
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

fn warnings(first: &Identity, others: &[Entry], clients: Option<&Clients>) -> Vec<String> {
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
    warnings.extend(
        clients
            .into_iter()
            .flat_map(|clients| clients.warnings.clone()),
    );
    warnings
}

fn facts(first: Identity, others: Vec<Entry>) -> Vec<Certificate> {
    let others = others.into_iter().map(|other| other.identity.facts);
    std::iter::once(first.facts).chain(others).collect()
}
