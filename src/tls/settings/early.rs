//! Early data (RFC 8446, section 2.3): whether it is taken, and how much of it.

use std::ops::RangeInclusive;
use std::sync::Arc;

use super::{Mistakes, Said, Sessions, Settings};
use crate::error::Result;

/// How much early data can be taken of a connection, in bytes, where any is.
pub const EARLY_DATA_BOUNDS: RangeInclusive<usize> = 1024..=65_536;

/// How many session tickets a client can be given beside early data: the ring keeps room for them.
pub(in crate::tls) const TICKETS_MOST: usize = 2;

impl Settings {
    /// The same settings with another amount of early data, in bytes within [`EARLY_DATA_BOUNDS`]; 0
    /// takes none.
    ///
    /// Who takes it gives up session tickets: sessions are kept by this process and those that it
    /// forks from now on, 32,768 of them for these settings and all that are made of them, and each
    /// is used once, so that nothing is replayed.
    ///
    /// # Errors
    /// [`Kind::Config`](crate::error::Kind::Config) if it is out of bounds, or there are no tickets, or more than
    /// two, or a secret for them; [`Kind::Server`](crate::error::Kind::Server) if the system has no memory to share.
    pub fn with_early_data(&self, bytes: i64) -> Result<Self> {
        match u32::try_from(bytes) {
            Ok(bytes) if bytes == 0 || EARLY_DATA_BOUNDS.contains(&(bytes as usize)) => {
                self.changed(|said| said.early_data = bytes)
            }
            _ => Err(Mistakes::config(vec![format!(
                "early data: it must be 0 (none) or {} to {} bytes, not {bytes}",
                EARLY_DATA_BOUNDS.start(),
                EARLY_DATA_BOUNDS.end()
            )])
            .into()),
        }
    }

    /// How much early data is taken of a connection, in bytes; 0 is none.
    pub fn early_data(&self) -> usize {
        self.shared.said.early_data as usize
    }
}

/// The sessions that early data can come with. Settings share those of the settings that they were made of: the memory
/// is mapped for good, and what is of other names, rules or amounts is not found in it.
///
/// # Errors
/// [`Kind::Server`](crate::error::Kind::Server) if the system has no memory to share.
pub(super) fn sessions(
    said: &Said,
    before: Option<&Arc<Sessions>>,
) -> Result<Option<Arc<Sessions>>> {
    match (said.early_data, before) {
        (0, _) => Ok(None),
        (_, Some(before)) => Ok(Some(Arc::clone(before))),
        (_, None) => Ok(Some(Arc::new(Sessions::create()?))),
    }
}

/// What was said besides and makes no sense with early data.
pub(super) fn contradictions(said: &Said) -> impl Iterator<Item = String> {
    let takes = said.early_data > 0;
    let none_resumed = takes && said.tickets == 0;
    let too_many = takes && said.tickets > TICKETS_MOST;
    let has_secret = takes && said.ticket_secret.is_some();
    [
        none_resumed.then(|| {
            "it comes with a session that is resumed, and with 0 tickets none is".to_owned()
        }),
        too_many.then(|| {
            format!(
                "the end of its handshake has room for {TICKETS_MOST} tickets at most, not for {}",
                said.tickets
            )
        }),
        has_secret.then(|| {
            "its sessions are kept in memory, where a ticket secret is for nothing: many machines resume by tickets, or one takes early data".to_owned()
        }),
    ]
    .into_iter()
    .flatten()
    .map(|mistake| format!("early data: {mistake}"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{pair, source};
    use super::*;
    use crate::error::Kind;
    use crate::tls::{ClientsSaid, PolicySaid};

    #[test]
    fn early_data_needs_sessions_that_the_server_keeps() {
        let settings = Settings::self_signed(&[]).unwrap();
        let takes = settings.with_early_data(1024).unwrap();
        let secret = Some(&[7; 32][..]);
        for (count, secret, expected) in [
            (0, None, "with 0 tickets none is"),
            (2, secret, "a ticket secret is for nothing"),
            (3, None, "room for 2 tickets at most, not for 3"),
            (8, None, "room for 2 tickets at most, not for 8"),
        ] {
            let first = takes.with_tickets(count, secret).unwrap_err();
            let other = settings.with_tickets(count, secret).unwrap();
            let last = other.with_early_data(1024).unwrap_err();
            assert_eq!(first.kind(), Kind::Config);
            assert!(first.message().contains(expected), "{first}");
            assert_eq!(first.message(), last.message());
        }
        takes.with_tickets(1, None).unwrap();
        takes.with_tickets(2, None).unwrap();
    }

    #[test]
    fn settings_that_take_early_data_say_how_much() {
        let settings = Settings::self_signed(&[]).unwrap();
        assert_eq!(settings.early_data(), 0);
        for bytes in [0, 1024, 16_384, 65_536] {
            let settings = settings.with_early_data(bytes).unwrap();
            assert_eq!(settings.early_data() as i64, bytes);
            assert_eq!(settings.with_ring(1024).unwrap().early_data() as i64, bytes);
            assert_eq!(settings.with_early_data(0).unwrap().early_data(), 0);
        }
        for bytes in [-1, 1, 1023, 65_537, i64::MAX] {
            let error = settings.with_early_data(bytes).unwrap_err();
            let expected =
                format!("early data: it must be 0 (none) or 1024 to 65536 bytes, not {bytes}");
            assert!(error.message().ends_with(&expected), "{error}");
        }
    }

    #[test]
    fn settings_that_are_made_of_others_share_the_memory_of_their_sessions() {
        let settings = Settings::self_signed(&[]).unwrap();
        assert!(settings.shared.kept.sessions.is_none());
        let first = settings.with_early_data(1024).unwrap();
        let (certificate, key) = pair();
        let names = ["localhost".to_owned()];
        for made in [
            first.with_ring(4096),
            first.with_tickets(1, None),
            first.with_early_data(2048),
            first.with(&names, source(&certificate, &key)),
            first.with_strict_names(),
            first.with_policy(PolicySaid::modern()),
            first.with_clients(ClientsSaid::new(certificate.clone())),
        ] {
            let sessions = made.unwrap().shared.kept.sessions.clone().unwrap();
            assert!(Arc::ptr_eq(
                &sessions,
                first.shared.kept.sessions.as_ref().unwrap()
            ));
        }
        let other = settings.with_early_data(1024).unwrap();
        let [one, other] = [&first, &other].map(|one| one.shared.kept.sessions.as_ref().unwrap());
        assert!(!Arc::ptr_eq(one, other));
        let none = first.with_early_data(0).unwrap();
        assert!(none.shared.kept.sessions.is_none());
    }
}
