//! TLS settings as they were said, not yet checked.

use std::fmt;
use std::path::PathBuf;

use super::early::EarlyData;
use super::identity::Source;
use super::policy::PolicySaid;
use super::settings::DEFAULT_RING;
use super::tickets::TicketSecret;

/// TLS settings as they were said. What is not said is as in [`Said::new`].
#[derive(Clone)]
pub struct Said {
    /// The certificate for clients that name none of `others`.
    pub first: Source,
    /// Certificates by name, which come before the first for theirs.
    pub others: Vec<Named>,
    /// A client that asks for a name that no certificate is for is refused with the alert `unrecognized_name`.
    pub strict_names: bool,
    /// The ring, in bytes, within [`RING_BOUNDS`](super::RING_BOUNDS).
    pub ring: i64,
    /// Versions, cipher suites, groups, protocols.
    pub policy: PolicySaid,
    /// How many session tickets a TLS 1.3 client gets; none at all, and no resumption, with 0.
    pub tickets: usize,
    /// The secret of the tickets; `None`: that of the process, see [`ticket_secret`](super::ticket_secret).
    pub ticket_secret: Option<TicketSecret>,
    /// Early data is taken; then sessions are kept by the process instead of tickets.
    pub early_data: Option<EarlyData>,
    /// Secrets of the sessions are written to the file that the variable `SSLKEYLOGFILE` names, if it names one.
    pub key_log: bool,
}

/// A certificate that was given for names.
#[derive(Clone, Debug)]
pub struct Named {
    /// Host names in lower case, and wildcards such as `*.shop.example`.
    pub names: Vec<String>,
    /// The certificate and its key.
    pub source: Source,
}

impl Said {
    /// One certificate, the default ring, two tickets, the default policy, no early data.
    pub fn new(first: Source) -> Self {
        Self {
            first,
            others: Vec::new(),
            strict_names: false,
            ring: DEFAULT_RING as i64,
            policy: PolicySaid::default(),
            tickets: 2,
            ticket_secret: None,
            early_data: None,
            key_log: false,
        }
    }

    /// The files that are read, so that they can be watched.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        let others = self.others.iter().map(|other| &other.source);
        let sources = std::iter::once(&self.first).chain(others);
        sources.flat_map(Source::files).collect()
    }
}

impl fmt::Debug for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // No key is shown.
        f.debug_struct("Said")
            .field("others", &self.others)
            .field("ring", &self.ring)
            .finish_non_exhaustive()
    }
}
