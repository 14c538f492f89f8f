//! The work: wait for the lock, then get a certificate whenever one is due.

use std::convert::Infallible;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use instant_acme::CertificateIdentifier;

use super::certificate::Certificate;
use super::client::Client;
use super::failures::Failures;
use super::lock::Lock;
use super::problem::Problem;
use super::renewal::Renewal;
use super::settings::Settings;
use super::{account, order, schedule, storage};
use crate::sys;

/// Gets the certificate of `settings` and renews it, for ever. It is dropped when the server stops: its lock and
/// its challenge certificates go with it.
///
/// At any time one process does the work, and in it one such future; all others wait for the lock. What has
/// happened is said to `log`, a line for each event, which names the names. Needs a tokio runtime of one thread or
/// more, whose threads [`keep_signals_away`](sys::keep_signals_away).
pub async fn run(settings: Settings, log: impl Fn(&str)) -> Infallible {
    let subject = settings.subject();
    let _lock = loop {
        let path = &settings.storage().lock;
        match Lock::wait(path, settings.pace().look).await {
            Ok(lock) => break lock,
            Err(error) => {
                let path = path.display();
                log(&format!("{subject}: the lock {path}: {error}"));
                tokio::time::sleep(settings.pace().retry).await;
            }
        }
    };
    // What a process has left behind that was killed.
    for name in settings.names() {
        storage::forget(&settings.storage().challenges.join(name));
    }
    let mut work = Work::new(settings, log);
    loop {
        let nap = work.step().await;
        tokio::time::sleep(nap).await;
    }
}

struct Work<L> {
    settings: Settings,
    log: L,
    renewal: Renewal,
    /// Failures that the file does not know, because it could not be read or written.
    unnoted: Failures,
    /// What has come and could not be written: the CA has counted it, and is not asked for another.
    unwritten: Option<Got>,
    /// This is not the first step: what is waited for has been said.
    has_begun: bool,
}

/// What a CA has sent.
struct Got {
    certificate: Certificate,
    /// With its key.
    pem: Arc<str>,
}

impl Got {
    fn is_young(&self) -> bool {
        SystemTime::now() < self.certificate.due()
    }
}

impl<L: Fn(&str)> Work<L> {
    fn new(settings: Settings, log: L) -> Self {
        Self {
            settings,
            log,
            renewal: Renewal::default(),
            unnoted: Failures::NONE,
            unwritten: None,
            has_begun: false,
        }
    }

    /// Does what is to be done now, and returns how long that was all.
    async fn step(&mut self) -> Duration {
        let now = SystemTime::now();
        let (present, failures) = match self.look(now).await {
            Ok(seen) => seen,
            Err(problem) => {
                self.unnoted = self.after(self.unnoted, None);
                return self.postpone(&problem, self.unnoted);
            }
        };
        self.renewal
            .look(&self.settings, present.as_ref(), now)
            .await;
        let due = self.renewal.due(present.as_ref());
        let start = due.max(failures.until);
        if now < due {
            self.unnoted = Failures::NONE;
        }
        let is_first = !std::mem::replace(&mut self.has_begun, true);
        if is_first
            && present
                .as_ref()
                .is_none_or(|present| present.is_self_signed())
        {
            self.say("no certificate yet: a self-signed one is served until it has come");
        }
        if now < start {
            if is_first && due <= now {
                let start = date(start);
                self.say(&format!(
                    "the last try has not succeeded, the next is on {start}"
                ));
            }
            let next = self.renewal.next_look(now).min(start);
            return schedule::nap(now, next);
        }
        match self.get(present.as_ref(), failures).await {
            Ok(()) => Duration::ZERO,
            Err(problem) => {
                // Before it is said: whoever reads the line may start the server again at once.
                let failures = self.after(failures, problem.wait_until);
                if let Err(unnoted) = self.note(failures).await
                    && unnoted.what != problem.what
                {
                    self.say(&format!("the failure is not noted: {}", unnoted.what));
                }
                self.postpone(&problem, failures)
            }
        }
    }

    /// What the files say. What cannot be read is no reason to ask the CA.
    async fn look(&self, now: SystemTime) -> Result<(Option<Certificate>, Failures), Problem> {
        let (settings, unnoted) = (self.settings.clone(), self.unnoted);
        sys::blocking(move || {
            let path = settings.certificate();
            let present = Certificate::read(path, settings.names())
                .map_err(|error| cannot("read", path, &error))?;
            let path = &settings.storage().failures;
            let failures =
                Failures::read(path, now).map_err(|error| cannot("read", path, &error))?;
            Ok((present, failures.max(unnoted)))
        })
        .await
    }

    /// One try, from the account to the file; or to write what has come before.
    async fn get(
        &mut self,
        present: Option<&Certificate>,
        failures: Failures,
    ) -> Result<(), Problem> {
        let got = match self.unwritten.take().filter(Got::is_young) {
            Some(got) => got,
            None => {
                // A process that dies meanwhile, again and again, asks no more often for that.
                self.note(self.after(failures, None)).await?;
                self.order(present, failures).await?
            }
        };
        if let Err(problem) = self.write(&got).await {
            self.unwritten = Some(got);
            return Err(problem);
        }
        let got = got.certificate;
        let now = SystemTime::now();
        self.renewal.look(&self.settings, Some(&got), now).await;
        let lasts = self.renewal.lasts(&got, now);
        if lasts.is_ok() {
            self.forget_failures().await;
        }
        let (issuer, until) = (got.issuer(), date(got.not_after));
        self.say(&format!("a certificate by {issuer} until {until}"));
        lasts
    }

    /// Asks the CA.
    async fn order(
        &self,
        present: Option<&Certificate>,
        failures: Failures,
    ) -> Result<Got, Problem> {
        let client = client(&self.settings).await?;
        let got = async {
            let account = account::account(&self.settings, &client).await?;
            // A CA may refuse an order for what it replaces: the second try does not say that.
            let replaces = present
                .filter(|_| failures.count == 0 && self.renewal.is_offered())
                .and_then(|present| CertificateIdentifier::try_from(present.leaf()).ok());
            let most = self.settings.pace().order;
            let ordered = order::order(&self.settings, &account, replaces);
            let ordered = tokio::time::timeout(most, ordered).await;
            let ordered = ordered.unwrap_or_else(|_| {
                let what = format!("ordering: the CA has not finished in {most:?}");
                Err(Problem::new(what))
            });
            if let Err(problem) = &ordered
                && problem.is("accountDoesNotExist")
            {
                account::forget(&self.settings, &account).await;
            }
            ordered
        };
        let pem = got.await.map_err(|problem| Problem {
            wait_until: problem.wait_until.max(client.wait_until()),
            ..problem
        })?;
        let certificate = Certificate::parse(pem.as_bytes())
            .and_then(|got| {
                got.serves(self.settings.names(), SystemTime::now())
                    .map(|()| got)
            })
            .map_err(|why| Problem::new(format!("the CA's certificate cannot be used: {why}")))?;
        let pem = pem.into();
        Ok(Got { certificate, pem })
    }

    /// Puts it where it is served from.
    async fn write(&self, got: &Got) -> Result<(), Problem> {
        let (settings, pem) = (self.settings.clone(), Arc::clone(&got.pem));
        sys::blocking(move || {
            let path = settings.certificate();
            storage::write(path, pem.as_bytes()).map_err(|error| cannot("written", path, &error))
        })
        .await
    }

    async fn forget_failures(&mut self) {
        self.unnoted = Failures::NONE;
        let path = self.settings.storage().failures.clone();
        sys::blocking(move || storage::forget(&path)).await;
    }

    /// One failure more than `before`, and when the next try may be.
    fn after(&self, before: Failures, wait_until: Option<SystemTime>) -> Failures {
        let count = before.count.saturating_add(1);
        let backoff = SystemTime::now() + self.settings.pace().backoff(count, chance());
        let until = wait_until.map_or(backoff, |wait| wait.max(backoff));
        Failures { count, until }
    }

    /// Keeps failures in the file, or in memory if that fails.
    async fn note(&mut self, failures: Failures) -> Result<(), Problem> {
        let path = self.settings.storage().failures.clone();
        let written = sys::blocking(move || {
            let written = failures.write(&path);
            written.map_err(|error| cannot("written", &path, &error))
        });
        let written = written.await;
        self.unnoted = match written {
            Ok(()) => Failures::NONE,
            Err(_) => failures,
        };
        written
    }

    /// Says why there is no certificate, and returns how long to wait.
    fn postpone(&self, problem: &Problem, failures: Failures) -> Duration {
        let (what, until) = (&problem.what, date(failures.until));
        self.say(&format!(
            "no certificate: {what}; the next try is on {until}"
        ));
        schedule::nap(SystemTime::now(), failures.until)
    }

    fn say(&self, what: &str) {
        (self.log)(&format!("{}: {what}", self.settings.subject()));
    }
}

/// A client with the roots that there are now.
pub(super) async fn client(settings: &Settings) -> Result<Client, Problem> {
    let settings = settings.clone();
    sys::blocking(move || Client::new(settings.roots())).await
}

/// A number from 0 to 1 that nobody can foresee.
pub(super) fn chance() -> f64 {
    let mut bytes = [0; 4];
    // It fails nowhere that TLS works.
    let _ = aws_lc_rs::rand::fill(&mut bytes);
    f64::from(u32::from_ne_bytes(bytes)) / f64::from(u32::MAX)
}

fn cannot(what: &str, path: &Path, error: &io::Error) -> Problem {
    Problem::new(format!("{} cannot be {what}: {error}", path.display()))
}

fn date(when: SystemTime) -> String {
    httpdate::fmt_http_date(when)
}

#[cfg(test)]
mod tests {
    use super::super::settings::Said;
    use super::*;

    #[tokio::test(flavor = "current_thread")]
    async fn waits_grow_also_where_nothing_can_be_noted() {
        let name = format!("sluice-acme-{}-unnoted", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let said = Said {
            directory: "https://localhost:1/directory".into(),
            contacts: Vec::new(),
            names: vec!["a.test".into()],
            storage: folder.clone(),
            directory_ca: None,
        };
        let settings = Settings::parse(said).unwrap();
        // No file can be made below it.
        std::os::unix::fs::symlink("/nowhere/to", folder.join("certificates")).unwrap();
        let mut work = Work::new(settings, |line: &str| println!("{line}"));
        for (count, minutes) in (1..).zip([1, 3, 9, 27]) {
            let nap = work.step().await.as_secs();
            assert!((minutes * 59..=minutes * 75).contains(&nap), "{nap}");
            assert_eq!(work.unnoted.count, count);
            work.unnoted.until = SystemTime::UNIX_EPOCH;
        }
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
