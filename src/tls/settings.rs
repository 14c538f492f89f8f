//! A listener's certificates and ring: what was said, and what it means.

mod early;

use std::fmt;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use rustls::ServerConfig;
use rustls_pki_types::CertificateDer;

use super::certificate::Certificate;
use super::challenge::Challenges;
use super::clients::{Clients, ClientsSaid};
use super::files::Files;
use super::identity::{Made, Source};
use super::loaded::{Checked, Kept, Loaded};
use super::mistakes::Mistakes;
use super::names::ByName;
use super::policy::PolicySaid;
use super::revocation;
use super::said::{Named, Said};
use super::self_signed;
use super::sessions::Sessions;
use super::tickets::TicketSecret;
use crate::error::Result;

/// The ring of a listener that was told none, in bytes: two full records and some room, as much as a
/// connection takes from a body at once. `bench/README.md` has the measurement.
pub const DEFAULT_RING: usize = 34_816;
/// The sizes that a ring can have, in bytes.
pub const RING_BOUNDS: RangeInclusive<usize> = 1024..=1_048_576;
pub use self::early::EARLY_DATA_BOUNDS;
pub(super) use self::early::TICKETS_MOST;

/// How many session tickets a TLS 1.3 client can be given.
pub const TICKETS_BOUNDS: RangeInclusive<i64> = 0..=8;

/// TLS settings that are good. A clone is cheap and changes with what it was cloned from when files are read anew.
/// Settings for the same names open each other's session tickets, in every process that has the secret of
/// [`ticket_secret`](super::ticket_secret), or the one that was set.
#[derive(Clone)]
pub struct Settings {
    shared: Arc<Shared>,
    ring: usize,
}

struct Shared {
    said: Said,
    kept: Kept,
    now: RwLock<Arc<Loaded>>,
}

impl Settings {
    /// Checks what was said and reads the files.
    ///
    /// # Errors
    /// One error with every mistake: [`Kind::Tls`](crate::error::Kind::Tls) if any is about a certificate or a key,
    /// else [`Kind::Config`](crate::error::Kind::Config).
    pub fn parse(said: Said) -> Result<Self> {
        Self::parsed(said, Vec::new(), None)
    }

    /// With mistakes about certificates that are known before, and the sessions of the settings that these are made of.
    fn parsed(said: Said, wrong: Vec<String>, sessions: Option<&Arc<Sessions>>) -> Result<Self> {
        let mut mistakes = Mistakes::tls(wrong);
        let checked = Checked::load(&said, &Files::read(said.files()));
        let checked = checked.map_err(|more| mistakes.append(more)).ok();
        mistakes.config.extend(early::contradictions(&said));
        let ring = ring(said.ring);
        let ring = ring.map_err(|mistake| mistakes.config.push(format!("ring: {mistake}")));
        let (Some(checked), Ok(ring), true) = (checked, ring, mistakes.is_empty()) else {
            return Err(mistakes.into());
        };
        let kept = Kept::new(&said, early::sessions(&said, sessions)?);
        let loaded = checked.put_together(&said, &kept)?;
        Ok(Self {
            shared: Arc::new(Shared {
                said,
                kept,
                now: RwLock::new(Arc::new(loaded)),
            }),
            ring,
        })
    }

    /// Settings with a new self-signed certificate for `names`: host names and IP addresses,
    /// `localhost`, `127.0.0.1` and `::1` if there are none. The ring is [`DEFAULT_RING`].
    ///
    /// It is for development: no client knows it. The key is P-256 and lives only in memory; the
    /// certificate is valid for a year.
    ///
    /// # Errors
    /// [`Kind::Tls`](crate::error::Kind::Tls), with every name that cannot be in a certificate.
    pub fn self_signed(names: &[String]) -> Result<Self> {
        let made = if names.is_empty() {
            self_signed::make(&["localhost", "127.0.0.1", "::1"].map(String::from))
        } else {
            self_signed::make(names)
        };
        let (certificate, key) = made.map_err(Mistakes::tls)?;
        Self::parse(Said::new(Source::Made(Arc::new(Made { certificate, key }))))
    }

    /// The same settings with another ring.
    ///
    /// # Errors
    /// [`Kind::Config`](crate::error::Kind::Config) if it is out of [`RING_BOUNDS`].
    pub fn with_ring(&self, size: i64) -> Result<Self> {
        match ring(size) {
            Ok(ring) => Ok(Self {
                shared: Arc::clone(&self.shared),
                ring,
            }),
            Err(mistake) => Err(Mistakes::config(vec![format!("ring: {mistake}")]).into()),
        }
    }

    /// The same settings with one more certificate, which clients are shown that ask for one of `names`: host
    /// names and wildcards (`*.shop.example`, for one label), without regard to case. A name can have one
    /// certificate with an RSA key beside one with another kind of key; the client's signature schemes decide.
    ///
    /// # Errors
    /// [`Kind::Tls`](crate::error::Kind::Tls) with everything that is wrong: names that cannot be, that the
    /// certificate is not for, or that have such a certificate; what [`Settings::parse`] finds.
    pub fn with(&self, names: &[String], source: Source) -> Result<Self> {
        let mut wrong = Vec::new();
        if names.is_empty() {
            wrong.push("a certificate needs a name that it is for".into());
        }
        let names = names.iter().map(|name| name.to_ascii_lowercase());
        let (names, others): (Vec<String>, Vec<String>) =
            names.partition(|name| self_signed::is_host_name(name));
        wrong.extend(others.iter().map(|name| {
            format!("{name:?} is not a host name as clients ask for it: letters, digits, hyphens and dots")
        }));
        let mut said = self.said();
        said.others.push(Named { names, source });
        Self::parsed(said, wrong, self.shared.kept.sessions.as_ref())
    }

    /// The same settings, which refuse clients that ask for a name that no certificate is for (RFC 6066 section 3:
    /// `unrecognized_name`). A client that names none is shown the first certificate.
    ///
    /// # Errors
    /// Those of [`Settings::parse`].
    pub fn with_strict_names(&self) -> Result<Self> {
        self.changed(|said| said.strict_names = true)
    }

    /// The same settings with another policy.
    ///
    /// # Errors
    /// [`Kind::Config`](crate::error::Kind::Config) with everything that is wrong with it.
    pub fn with_policy(&self, policy: PolicySaid) -> Result<Self> {
        self.changed(|said| said.policy = policy)
    }

    /// The policy as it was said.
    pub fn policy(&self) -> &PolicySaid {
        &self.shared.said.policy
    }

    /// The same settings, which ask clients for a certificate. Sessions that began under other rules are not resumed.
    ///
    /// # Errors
    /// [`Kind::Tls`](crate::error::Kind::Tls) if a CA or a revocation list cannot be read or used, else
    /// [`Kind::Config`](crate::error::Kind::Config) if a name is none, with everything that is wrong.
    pub fn with_clients(&self, clients: ClientsSaid) -> Result<Self> {
        self.changed(|said| said.clients = Some(clients))
    }

    /// The same settings with so many session tickets for a TLS 1.3 client, of [`TICKETS_BOUNDS`], by a secret that
    /// other machines have too if there is one. With none no session is resumed.
    ///
    /// # Errors
    /// [`Kind::Config`](crate::error::Kind::Config) if there are too many, for early data too, or the secret is too short.
    pub fn with_tickets(&self, count: i64, secret: Option<&[u8]>) -> Result<Self> {
        let mut wrong = Vec::new();
        let bounds = TICKETS_BOUNDS;
        if !bounds.contains(&count) {
            let (least, most) = bounds.into_inner();
            wrong.push(format!(
                "tickets: it must be {least} to {most}, not {count}"
            ));
        }
        let secret = secret.map(TicketSecret::new).transpose();
        let secret = secret.map_err(|mistake| wrong.push(format!("ticket secret: {mistake}")));
        match secret {
            Ok(secret) if wrong.is_empty() => self.changed(|said| {
                said.tickets = usize::try_from(count).unwrap_or_default();
                said.ticket_secret = secret;
            }),
            _ => Err(Mistakes::config(wrong).into()),
        }
    }

    /// The same settings, which write the secrets of the sessions to the file that the environment variable
    /// `SSLKEYLOGFILE` names. Whoever has that file can read what was recorded on the way.
    ///
    /// # Errors
    /// Those of [`Settings::parse`].
    pub fn with_key_log(&self) -> Result<Self> {
        self.changed(|said| said.key_log = true)
    }

    fn changed(&self, change: impl FnOnce(&mut Said)) -> Result<Self> {
        let mut said = self.said();
        change(&mut said);
        Self::parsed(said, Vec::new(), self.shared.kept.sessions.as_ref())
    }

    fn said(&self) -> Said {
        Said {
            ring: self.ring as i64,
            ..self.shared.said.clone()
        }
    }

    /// Reads the files again. What they hold serves from now on, in all clones too, if all of it is good;
    /// connections that are there go on. Returns whether anything has changed.
    ///
    /// # Errors
    /// Those of [`Settings::parse`], and [`Kind::Tls`](crate::error::Kind::Tls) for a new certificate or a new
    /// revocation list that is out of date. What was there serves on then.
    pub fn reload(&self) -> Result<bool> {
        let before = self.now();
        let said = &self.shared.said;
        let files = Files::read(said.files());
        if files.hash() == before.seen {
            return Ok(false);
        }
        let loaded = Checked::load(said, &files)?.put_together(said, &self.shared.kept)?;
        let stale = loaded.certificates.iter().filter_map(|certificate| {
            let is_new = !before.certificates.contains(certificate);
            let why = certificate.is_out_of_date().filter(|_| is_new)?;
            Some(format!("{}: {why}", certificate.subject))
        });
        let known = before.clients.iter().flat_map(|clients| &clients.lists);
        let known: Vec<_> = known.collect();
        let lists = loaded.clients.iter().map(|clients| &clients.lists[..]);
        let lists = lists.flat_map(revocation::in_force).filter_map(|list| {
            let why = list.is_out_of_date()?;
            (!known.contains(&list)).then(|| format!("revocation list: {why}"))
        });
        let stale: Vec<String> = stale.chain(lists).collect();
        if !stale.is_empty() {
            return Err(Mistakes::tls(stale).into());
        }
        let mut now = self
            .shared
            .now
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *now = Arc::new(loaded);
        Ok(true)
    }

    /// Differs when what the files hold differs.
    pub fn seen(&self) -> Vec<u8> {
        self.now().seen.clone()
    }

    /// The files that are read, none for what was given as text.
    pub fn files(&self) -> Vec<PathBuf> {
        self.shared.said.files()
    }

    /// What an operator should know of the certificates as they are now, a line each.
    pub fn warnings(&self) -> Vec<String> {
        self.now().warnings.clone()
    }

    /// The facts of all certificates that clients may be shown now, the first one first.
    pub fn certificates(&self) -> Vec<Certificate> {
        self.now().certificates.clone()
    }

    /// The ring of each connection, in bytes.
    pub fn ring(&self) -> usize {
        self.ring
    }

    /// The certificates that clients are shown who name none, the server's own first.
    pub fn chain(&self) -> Vec<CertificateDer<'static>> {
        self.now().chain.clone()
    }

    /// What rustls is configured with now.
    pub(super) fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.now().config)
    }

    /// Who answers challenges.
    pub(super) fn challenges(&self) -> Option<&Challenges> {
        self.shared.said.challenges.as_ref()
    }

    /// What clients' certificates are held against now, if they are asked for any.
    pub(super) fn clients(&self) -> Option<Arc<Clients>> {
        self.now().clients.clone()
    }

    /// The names that are known, where others are refused.
    pub(super) fn strict_names(&self) -> Option<Arc<ByName>> {
        let is_strict = self.shared.said.strict_names;
        is_strict.then(|| Arc::clone(&self.now().names))
    }

    fn now(&self) -> Arc<Loaded> {
        let now = self.shared.now.read();
        Arc::clone(&now.unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("certificates", &self.certificates())
            .field("ring", &self.ring)
            .finish_non_exhaustive()
    }
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

#[cfg(test)]
mod tests;
