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
        present: &Certificate,
        now: SystemTime,
    ) {
        let Ok(id) = CertificateIdentifier::try_from(present.leaf()) else {
            return;
        };
        if self.id.as_ref() != Some(&id) {
            *self = Self {
                id: Some(id.clone().into_owned()),
                ..Self::default()
            };
        }
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

    /// When to look again, at the latest in an hour.
    pub(super) fn next_look(&self, now: SystemTime) -> SystemTime {
        self.next.unwrap_or(now + HOUR)
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
    fn what_is_not_there_is_due_at_once() {
        assert_eq!(Renewal::default().due(None), UNIX_EPOCH);
    }
}
