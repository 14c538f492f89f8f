//! What the CA suggests for renewals (ARI, RFC 9773): it may want a certificate replaced early.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use instant_acme::CertificateIdentifier;

use super::account;
use super::certificate::Certificate;
use super::problem::Problem;
use super::run::{chance, client};
use super::schedule::{self, HOUR};
use super::settings::Settings;

/// What is known of a certificate's renewal.
#[derive(Debug, Default)]
pub(super) struct Renewal {
    /// Which certificate it is about.
    id: Option<CertificateIdentifier<'static>>,
    suggested: Option<Suggested>,
    /// When to ask again.
    next: Option<SystemTime>,
}

#[derive(Debug)]
struct Suggested {
    window: (SystemTime, SystemTime),
    moment: SystemTime,
}

impl Renewal {
    /// Asks the CA about `present`, if it is time for that. A CA that does not answer changes nothing.
    pub(super) async fn look(
        &mut self,
        settings: &Settings,
        present: Option<&Certificate>,
        now: SystemTime,
    ) {
        let Some(id) = self.turn_to(present) else {
            return;
        };
        if self.next.is_some_and(|next| now < next) {
            return;
        }
        match ask(settings, &id).await {
            Ok((window, wait)) => {
                self.take(window, chance());
                self.next = Some(now + wait.clamp(HOUR, 24 * HOUR));
            }
            Err(_) => self.next = Some(now + 6 * HOUR),
        }
    }

    /// Forgets what is known of any certificate but `present`. Returns what the CA calls that one, if it is a CA's.
    fn turn_to(&mut self, present: Option<&Certificate>) -> Option<CertificateIdentifier<'static>> {
        let id = present
            .filter(|present| !present.is_self_signed())
            .and_then(|present| CertificateIdentifier::try_from(present.leaf()).ok())
            .map(CertificateIdentifier::into_owned);
        if self.id != id {
            *self = Self {
                id: id.clone(),
                ..Self::default()
            };
        }
        id
    }

    /// The moment stays while the window does.
    fn take(&mut self, window: (SystemTime, SystemTime), chance: f64) {
        if self
            .suggested
            .as_ref()
            .is_none_or(|old| old.window != window)
        {
            let moment = schedule::moment(window.0, window.1, chance);
            self.suggested = Some(Suggested { window, moment });
        }
    }

    /// Whether the CA has suggested something, and so knows what it is that an order replaces.
    pub(super) fn is_offered(&self) -> bool {
        self.suggested.is_some()
    }

    /// When `present` is due: as the CA suggests, and no later than by its own age. At once if there is none.
    pub(super) fn due(&self, present: Option<&Certificate>) -> SystemTime {
        let Some(present) = present else {
            return UNIX_EPOCH;
        };
        match &self.suggested {
            Some(suggested) if !present.is_self_signed() => suggested.moment.min(present.due()),
            _ => present.due(),
        }
    }

    /// Whether `got`, which has just come, is not due already: the next order would follow at once, and the next.
    pub(super) fn lasts(&self, got: &Certificate, now: SystemTime) -> Result<(), Problem> {
        if now < self.due(Some(got)) {
            return Ok(());
        }
        Err(Problem::new(
            "the one that has come is due again at once: its dates, the CA's suggestion or this machine's clock is wrong",
        ))
    }

    /// When to look again: after `now`, and in an hour if nothing is known.
    pub(super) fn next_look(&self, now: SystemTime) -> SystemTime {
        self.next.filter(|next| *next > now).unwrap_or(now + HOUR)
    }
}

async fn ask(
    settings: &Settings,
    id: &CertificateIdentifier<'_>,
) -> Result<((SystemTime, SystemTime), Duration), Problem> {
    let client = client(settings).await?;
    let account = account::stored(settings, &client)
        .await?
        .ok_or_else(|| Problem::new("there is no account"))?;
    let (info, wait) = account
        .renewal_info(id)
        .await
        .map_err(|error| Problem::of("asking when to renew", &error))?;
    let window = info.suggested_window;
    Ok(((window.start.into(), window.end.into()), wait))
}

#[cfg(test)]
mod tests {
    use super::super::certificate;
    use super::*;

    #[test]
    fn the_moment_stays_while_the_window_does() {
        let at = |hours| UNIX_EPOCH + hours * HOUR;
        let mut renewal = Renewal::default();
        assert!(!renewal.is_offered());
        renewal.take((at(10), at(20)), 0.5);
        renewal.take((at(10), at(20)), 0.9);
        assert_eq!(renewal.suggested.as_ref().unwrap().moment, at(15));
        renewal.take((at(2), at(4)), 0.5);
        assert_eq!(renewal.suggested.as_ref().unwrap().moment, at(3));
        assert!(renewal.is_offered());
    }

    #[test]
    fn what_was_known_of_another_certificate_is_forgotten() {
        let at = |hours| UNIX_EPOCH + hours * HOUR;
        let names = ["a.test".to_owned()];
        let temporary = certificate::temporary(&names).unwrap();
        let temporary = Certificate::parse(temporary.as_bytes()).unwrap();
        for present in [None, Some(&temporary)] {
            let id = CertificateIdentifier {
                authority_key_identifier: "a".into(),
                serial: "1".into(),
            };
            let mut renewal = Renewal {
                id: Some(id),
                next: Some(at(1)),
                ..Renewal::default()
            };
            renewal.take((at(1), at(2)), 0.5);
            assert!(renewal.turn_to(present).is_none());
            assert!(!renewal.is_offered());
            assert_eq!(renewal.next_look(at(0)), at(1), "as for one that is new");
        }
    }

    #[test]
    fn the_next_look_is_never_now() {
        let now = UNIX_EPOCH + 9 * HOUR;
        for (next, look) in [
            (None, now + HOUR),
            (Some(now - HOUR), now + HOUR),
            (Some(now), now + HOUR),
            (Some(now + 2 * HOUR), now + 2 * HOUR),
        ] {
            let renewal = Renewal {
                next,
                ..Renewal::default()
            };
            assert_eq!(renewal.next_look(now), look);
        }
    }

    #[test]
    fn a_new_certificate_that_is_due_already_is_a_problem() {
        let got = certificate::tests::of_a_ca();
        let got = Certificate::parse(got.as_bytes()).unwrap();
        let soon = got.not_before + HOUR;
        let mut renewal = Renewal::default();
        renewal.lasts(&got, soon).unwrap();
        // A clock that is ahead.
        let problem = renewal.lasts(&got, got.not_after - 24 * HOUR).unwrap_err();
        assert!(problem.what.contains("due again at once"), "{problem:?}");
        renewal.take((soon - 2 * HOUR, soon - HOUR), 0.5);
        renewal.lasts(&got, soon).unwrap_err();
    }

    #[test]
    fn what_is_not_there_is_due_at_once() {
        assert_eq!(Renewal::default().due(None), UNIX_EPOCH);
    }
}
