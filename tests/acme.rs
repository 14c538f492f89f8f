//! Automatic certificates against Pebble: ordered, proved, renewed, and what is said when that fails.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects by panicking"
)]

#[path = "acme/alone.rs"]
mod alone;
#[path = "acme/challenged.rs"]
mod challenged;
#[path = "acme/pebble.rs"]
mod pebble;
#[path = "acme/refusing.rs"]
mod refusing;
#[path = "acme/site.rs"]
mod site;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use pebble::Pebble;
use refusing::{Manner, Refusing};
use rustls::crypto::aws_lc_rs;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use site::{Log, Site};
use sluice::acme::{self, Pace, Said, Settings};
use tokio::task::{JoinHandle, spawn_local};
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// Fast, so that no test waits out what a public CA is owed.
const PACE: Pace = Pace {
    look: Duration::from_millis(20),
    retry: Duration::from_millis(500),
    retry_most: Duration::from_secs(1),
    order: Duration::from_secs(30),
};

const GOT: &str = ": a certificate by ";

#[test]
fn a_certificate_comes_for_all_names_and_can_be_served() {
    test("comes", async |bench| {
        let settings = bench.settings(&["b.test", "a.test", "c.d.test"]);
        assert!(settings.prepare().unwrap());
        let temporary = fs::read_to_string(settings.certificate()).unwrap();
        let log = Log::new();
        let work = bench.run(&settings, &log);
        log.expect(
            "acme: a.test, b.test, c.d.test: no certificate yet: a self-signed one is served",
        )
        .await;
        let line = log.expect(GOT).await;
        assert!(
            line.contains("CN=Pebble Intermediate CA") && line.ends_with(" GMT"),
            "{line}"
        );
        assert!(!settings.prepare().unwrap());
        assert_ne!(
            fs::read_to_string(settings.certificate()).unwrap(),
            temporary
        );
        for name in settings.names() {
            assert_served(settings.certificate(), name).await;
            assert!(acme::challenge(&settings, name).is_none(), "{name}");
        }
        assert!(bench.site.answered.get() >= 3);
        assert_eq!(modes(&bench.storage()), [0o600, 0o700]);
        let left = fs::read_dir(bench.storage().join("challenges")).unwrap();
        assert_eq!(left.count(), 0);
        work.abort();
    });
}

#[test]
fn one_does_the_work_and_another_takes_over_when_it_is_gone() {
    test("one", async |bench| {
        let settings = bench.settings(&["a.test"]);
        let logs = [Log::new(), Log::new()];
        let first = bench.run(&settings, &logs[0]);
        logs[0].expect(GOT).await;
        let second = bench.run(&settings, &logs[1]);
        fs::remove_file(settings.certificate()).unwrap();
        first.abort();
        logs[1].expect(GOT).await;
        assert_served(settings.certificate(), "a.test").await;
        assert_eq!(logs[0].count(""), 0);
        second.abort();
    });
}

#[test]
fn a_certificate_that_is_good_is_left_alone_by_whoever_comes_next() {
    test("good", async |bench| {
        let settings = bench.settings(&["a.test"]);
        let log = Log::new();
        let first = bench.run(&settings, &log);
        log.expect(GOT).await;
        first.abort();
        let before = fs::read(settings.certificate()).unwrap();
        let (silent, other) = (Log::new(), bench.settings(&["a.test", "b.test"]));
        bench.run(&settings, &silent);
        // Has begun later and has far more to do.
        bench.run(&other, &log);
        log.expect(GOT).await;
        assert_eq!(silent.count(""), 0);
        assert_eq!(fs::read(settings.certificate()).unwrap(), before);
        assert_eq!(accounts(&bench.storage()), 1);
    });
}

#[test]
fn one_that_is_nearly_over_or_has_expired_is_renewed() {
    test("old", async |bench| {
        let settings = bench.settings(&["a.test"]);
        settings.prepare().unwrap();
        for left in [29, -1] {
            fs::write(settings.certificate(), aged("a.test", left)).unwrap();
            assert!(!settings.prepare().unwrap());
            let log = Log::new();
            let work = bench.run(&settings, &log);
            let line = log.expect(": ").await;
            assert!(line.contains(GOT), "{line}");
            assert_served(settings.certificate(), "a.test").await;
            work.abort();
        }
    });
}

#[test]
fn one_that_the_ca_wants_replaced_is_renewed_at_once() {
    test("suggested", async |bench| {
        let settings = bench.settings(&["a.test"]);
        let log = Log::new();
        let first = bench.run(&settings, &log);
        log.expect(GOT).await;
        first.abort();
        let before = fs::read_to_string(settings.certificate()).unwrap();
        bench.pebble.suggest_renewal(&before).await;
        bench.run(&settings, &log);
        log.expect(GOT).await;
        assert_ne!(fs::read_to_string(settings.certificate()).unwrap(), before);
        assert_served(settings.certificate(), "a.test").await;
    });
}

#[test]
fn a_challenge_that_fails_is_said_with_the_ca_s_reason_and_tried_again() {
    test("fails", async |bench| {
        bench.site.is_deaf.set(true);
        let settings = bench.settings(&["a.test", "b.test"]);
        let log = Log::new();
        bench.run(&settings, &log);
        let line = log.expect("no certificate: ").await;
        assert!(
            line.starts_with("acme: a.test, b.test: no certificate: "),
            "{line}"
        );
        assert!(line.contains(".test: the CA says: "), "{line}");
        assert!(line.contains("; the next try is on "), "{line}");
        bench.site.is_deaf.set(false);
        log.expect(GOT).await;
        assert_served(settings.certificate(), "b.test").await;
        let failures = settings.certificate().with_extension("failures");
        assert!(!failures.exists());
    });
}

#[test]
fn a_certificate_that_cannot_be_written_is_kept_and_written_later() {
    test("unwritten", async |bench| {
        let settings = bench.settings(&["a.test"]);
        let log = Log::new();
        bench.run(&settings, &log);
        bench.site.more.notified().await;
        // By the time that the certificate comes, something else lies in its place.
        fs::create_dir(settings.certificate()).unwrap();
        log.expect(".pem cannot be written: ").await;
        let answered = bench.site.answered.get();
        fs::remove_dir(settings.certificate()).unwrap();
        log.expect(GOT).await;
        assert_served(settings.certificate(), "a.test").await;
        assert_eq!(bench.site.answered.get(), answered, "no second order");
        assert!(!settings.certificate().with_extension("failures").exists());
    });
}

#[test]
fn a_name_that_the_ca_refuses_is_named() {
    test("refused", async |bench| {
        let settings = bench.settings(&["a.test", "blocked.test"]);
        let log = Log::new();
        bench.run(&settings, &log);
        let line = log.expect("no certificate: ").await;
        assert!(
            line.contains("the CA says: ") && line.contains("(rejectedIdentifier)"),
            "{line}"
        );
        assert!(line.contains("blocked.test"), "{line}");
    });
}

#[test]
fn an_account_that_the_ca_has_lost_is_replaced() {
    test("lost", async |bench| {
        let settings = bench.settings(&["a.test"]);
        let log = Log::new();
        let first = bench.run(&settings, &log);
        log.expect(GOT).await;
        first.abort();
        bench.pebble.restart();
        let others = [bench.settings(&["b.test"]), bench.settings(&["c.test"])];
        for other in &others {
            bench.run(other, &log);
        }
        log.expect("(accountDoesNotExist)").await;
        for _ in &others {
            log.expect(GOT).await;
        }
        assert_served(others[0].certificate(), "b.test").await;
        assert_served(others[1].certificate(), "c.test").await;
        assert_eq!(accounts(&bench.storage()), 1);
    });
}

#[test]
fn sets_of_names_that_share_a_folder_share_an_account() {
    test("sets", async |bench| {
        let log = Log::new();
        let sets = [&["a.test"][..], &["b.test", "c.test"], &["d.test"]];
        let sets = sets.map(|names| bench.settings(names));
        for settings in &sets {
            bench.run(settings, &log);
        }
        for _ in &sets {
            log.expect(GOT).await;
        }
        for settings in &sets {
            for name in settings.names() {
                assert_served(settings.certificate(), name).await;
            }
        }
        assert_eq!(accounts(&bench.storage()), 1);
    });
}

#[test]
fn a_directory_that_cannot_be_trusted_is_not_spoken_to() {
    test("untrusted", async |bench| {
        let (other, _) = self_signed("localhost");
        let settings = Settings::with_pace(
            Said {
                directory_ca: Some(other),
                ..bench.said(&["a.test"])
            },
            PACE,
        );
        let log = Log::new();
        bench.run(&settings.unwrap(), &log);
        let line = log.expect("no certificate: ").await;
        assert!(
            line.contains("localhost: invalid peer certificate"),
            "{line}"
        );
        assert_eq!(accounts(&bench.storage()), 0);
    });
}

#[test]
fn a_ca_that_asks_for_patience_gets_it_also_from_a_server_that_is_started_again() {
    within(async {
        let ca = Refusing::new(Manner::Patience).await;
        let folder = Scratch::new("patience");
        let said = Said {
            directory: ca.directory(),
            contacts: Vec::new(),
            names: vec!["a.test".into()],
            storage: folder.0.clone(),
            directory_ca: Some(ca.certificate.clone()),
        };
        let settings = Settings::with_pace(said, PACE).unwrap();
        let (first, second) = (Log::new(), Log::new());
        let before = SystemTime::now();
        let work = run(&settings, &first);
        let line = first.expect("no certificate: ").await;
        assert!(
            line.contains("the CA says: too many accounts (rateLimited)"),
            "{line}"
        );
        let asked = ca.requests.get();
        work.abort();
        let work = run(&settings, &second);
        let line = second
            .expect("the last try has not succeeded, the next is on ")
            .await;
        let date = line.split(" is on ").nth(1).unwrap();
        let wait = httpdate::parse_http_date(date)
            .unwrap()
            .duration_since(before)
            .unwrap();
        assert!((5000..5100).contains(&wait.as_secs()), "{wait:?}");
        assert_eq!(ca.requests.get(), asked);
        work.abort();
    });
}

/// A CA, a listener where it validates, and a storage folder.
struct Bench {
    pebble: Pebble,
    site: Rc<Site>,
}

impl Bench {
    fn storage(&self) -> PathBuf {
        self.pebble.folder.join("storage")
    }

    fn said(&self, names: &[&str]) -> Said {
        Said {
            directory: self.pebble.directory(),
            contacts: vec!["admin@example.com".into()],
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            storage: self.storage(),
            directory_ca: Some(self.pebble.directory_ca.clone()),
        }
    }

    fn settings(&self, names: &[&str]) -> Settings {
        let settings = Settings::with_pace(self.said(names), PACE).unwrap();
        self.site.add(&settings);
        settings
    }

    fn run(&self, settings: &Settings, log: &Rc<Log>) -> JoinHandle<()> {
        run(settings, log)
    }
}

fn run(settings: &Settings, log: &Rc<Log>) -> JoinHandle<()> {
    let (settings, log) = (settings.clone(), Rc::clone(log));
    spawn_local(async move {
        acme::run(settings, |line| log.say(line)).await;
    })
}

fn test(name: &str, test: impl AsyncFnOnce(&mut Bench)) {
    let site = Site::new();
    let Some(pebble) = Pebble::start(name, site.port()) else {
        return;
    };
    within(async {
        spawn_local(Rc::clone(&site).serve());
        test(&mut Bench { pebble, site }).await;
    });
}

/// In a runtime of the kind that the server uses; what is stuck fails.
fn within(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .on_thread_start(sluice::sys::keep_signals_away)
        .build()
        .unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, async {
        tokio::time::timeout(Duration::from_secs(90), test)
            .await
            .expect("the test is stuck");
    });
}

/// Takes a client that trusts the issuer through a handshake with what lies at `path`.
async fn assert_served(path: &Path, name: &str) {
    let pem = fs::read(path).unwrap();
    let chain: Vec<_> = CertificateDer::pem_slice_iter(&pem)
        .map(Result::unwrap)
        .collect();
    let key = PrivateKeyDer::from_pem_slice(&pem).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(chain[1].clone()).unwrap();
    let provider = Arc::new(aws_lc_rs::default_provider());
    let key = CertifiedKey::from_der(chain, key, &provider).unwrap();
    let server = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(key)));
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let (near, far) = tokio::io::duplex(65_536);
    let name = name.to_owned().try_into().unwrap();
    let (server, client) = tokio::join!(
        TlsAcceptor::from(Arc::new(server)).accept(near),
        TlsConnector::from(Arc::new(client)).connect(name, far),
    );
    server.unwrap();
    client.unwrap();
}

/// Key and certificate of some CA for `name`, 91 days old, with so many days left.
fn aged(name: &str, left: i32) -> String {
    let mut root = rcgen::CertificateParams::new(Vec::new()).unwrap();
    root.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let key = || rcgen::KeyPair::generate().unwrap();
    let root = rcgen::CertifiedIssuer::self_signed(root, key()).unwrap();
    let mut params = rcgen::CertificateParams::new([name.to_owned()]).unwrap();
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, "aged");
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap();
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    let day = Duration::from_secs(86_400);
    params.not_before = epoch + now - day * 91;
    params.not_after = params.not_before + day * (91 + left).unsigned_abs();
    let key = key();
    let leaf = params.signed_by(&key, &root).unwrap();
    key.serialize_pem() + &leaf.pem() + &root.pem()
}

fn self_signed(name: &str) -> (String, rcgen::KeyPair) {
    let key = rcgen::KeyPair::generate().unwrap();
    let params = rcgen::CertificateParams::new([name.to_owned()]).unwrap();
    (params.self_signed(&key).unwrap().pem(), key)
}

/// How many accounts there are in a storage folder.
fn accounts(storage: &Path) -> usize {
    let Ok(files) = fs::read_dir(storage.join("accounts")) else {
        return 0;
    };
    let is_account = |path: PathBuf| path.extension().is_some_and(|end| end == "json");
    files
        .filter(|file| is_account(file.as_ref().unwrap().path()))
        .count()
}

/// Each mode that there is in a folder, its own too.
fn modes(folder: &Path) -> Vec<u32> {
    let mut modes = vec![fs::metadata(folder).unwrap().permissions().mode() & 0o7777];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            modes.extend(self::modes(&path));
        } else {
            modes.push(fs::metadata(&path).unwrap().permissions().mode() & 0o7777);
        }
    }
    modes.sort_unstable();
    modes.dedup();
    modes
}

/// A folder that goes when it is dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let name = format!("sluice-acme-{}-{name}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
