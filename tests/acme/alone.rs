//! What a server does by itself: with its folder, and with a CA that nobody reaches.

use std::fs;
use std::os::unix::fs::symlink;
use std::time::{Duration, SystemTime};

use sluice::acme::{Pace, Said, Settings};
use sluice::sys::WatchedFolders;

use super::refusing::{Manner, Refusing};
use super::{Log, PACE, Scratch, run, within};

#[test]
fn whoever_waits_for_the_lock_touches_nothing_where_certificates_are_watched() {
    within(async {
        let folder = Scratch::new("waiting");
        let settings = unreachable(&folder, PACE);
        settings.prepare().unwrap();
        let log = Log::new();
        let first = run(&unreachable(&folder, ONCE), &log);
        log.expect("no certificate: ").await;
        let certificates = watch(&folder, "certificates");
        let locks = watch(&folder, "locks");
        let second = run(&settings, &Log::new());
        let looks = async {
            for _ in 0..5 {
                locks.changed().await;
            }
        };
        tokio::select! {
            () = looks => {}
            () = certificates.changed() => panic!("something has changed beside the certificates"),
        }
        first.abort();
        second.abort();
    });
}

#[test]
fn a_certificate_that_cannot_be_read_is_no_reason_to_ask_the_ca() {
    within(async {
        let ca = Refusing::new(Manner::Patience).await;
        let folder = Scratch::new("unreadable");
        let settings = at(&ca.directory(), &ca.certificate, &folder, PACE);
        fs::create_dir_all(settings.certificate()).unwrap();
        let log = Log::new();
        let work = run(&settings, &log);
        for _ in 0..2 {
            let line = log.expect("no certificate: ").await;
            assert!(line.contains(" cannot be read: Is a directory"), "{line}");
            assert!(line.contains("; the next try is on "), "{line}");
        }
        assert_eq!(ca.requests.get(), 0);
        fs::remove_dir(settings.certificate()).unwrap();
        log.expect("the CA says: too many accounts").await;
        work.abort();
    });
}

#[test]
fn a_server_that_dies_in_the_middle_of_an_order_waits_when_it_is_started_again() {
    within(async {
        let ca = Refusing::new(Manner::Silence).await;
        let folder = Scratch::new("dies");
        let settings = at(&ca.directory(), &ca.certificate, &folder, ONCE);
        let log = Log::new();
        let work = run(&settings, &log);
        ca.ordered.notified().await;
        work.abort();
        let asked = ca.requests.get();
        let work = run(&settings, &log);
        log.expect("the last try has not succeeded, the next is on ")
            .await;
        assert_eq!(ca.requests.get(), asked);
        work.abort();
    });
}

#[test]
fn an_order_that_takes_too_long_is_given_up() {
    within(async {
        let ca = Refusing::new(Manner::Silence).await;
        let folder = Scratch::new("long");
        let pace = Pace {
            order: Duration::from_millis(100),
            ..ONCE
        };
        let log = Log::new();
        let work = run(&at(&ca.directory(), &ca.certificate, &folder, pace), &log);
        let line = log.expect("no certificate: ").await;
        assert!(
            line.contains("ordering: the CA has not finished in 100ms"),
            "{line}"
        );
        work.abort();
    });
}

#[test]
fn a_page_in_the_ca_s_stead_is_said_by_its_status_and_its_wait_is_kept() {
    within(async {
        let ca = Refusing::new(Manner::Gateway).await;
        let folder = Scratch::new("page");
        let settings = at(&ca.directory(), &ca.certificate, &folder, PACE);
        let before = SystemTime::now();
        let log = Log::new();
        let work = run(&settings, &log);
        let line = log.expect("no certificate: ").await;
        let why = "making an account: localhost: it has answered 502 Bad Gateway; ";
        assert!(line.contains(why), "{line}");
        let date = line.split(" is on ").nth(1).unwrap();
        let until = httpdate::parse_http_date(date).unwrap();
        assert!(until >= before + Duration::from_secs(7199), "{line}");
        work.abort();
    });
}

#[test]
fn what_a_killed_process_has_left_of_challenges_is_removed() {
    within(async {
        let folder = Scratch::new("left");
        let settings = unreachable(&folder, ONCE);
        let challenges = folder.0.join("challenges");
        fs::create_dir_all(&challenges).unwrap();
        for name in ["a.test", "b.test"] {
            fs::write(challenges.join(name), "left").unwrap();
        }
        let log = Log::new();
        let work = run(&settings, &log);
        log.expect("no certificate yet: ").await;
        assert!(!challenges.join("a.test").exists());
        assert!(challenges.join("b.test").exists(), "another's");
        work.abort();
    });
}

#[test]
fn a_ca_is_not_asked_where_that_cannot_be_noted() {
    within(async {
        let ca = Refusing::new(Manner::Patience).await;
        let folder = Scratch::new("unnoted");
        let settings = at(&ca.directory(), &ca.certificate, &folder, PACE);
        let certificates = folder.0.join("certificates");
        symlink("/nowhere/to", &certificates).unwrap();
        let log = Log::new();
        let work = run(&settings, &log);
        for _ in 0..2 {
            let line = log.expect("no certificate: ").await;
            assert!(line.contains(".failures cannot be written: "), "{line}");
        }
        assert_eq!(ca.requests.get(), 0);
        fs::remove_file(&certificates).unwrap();
        log.expect("the CA says: too many accounts").await;
        work.abort();
    });
}

/// No second try.
const ONCE: Pace = Pace {
    retry: Duration::from_secs(3600),
    ..PACE
};

/// Settings whose CA is not there.
pub fn unreachable(folder: &Scratch, pace: Pace) -> Settings {
    let directory = "https://localhost:1/directory";
    at(directory, &super::self_signed("localhost").0, folder, pace)
}

fn at(directory: &str, directory_ca: &str, folder: &Scratch, pace: Pace) -> Settings {
    let said = Said {
        directory: directory.into(),
        contacts: Vec::new(),
        names: vec!["a.test".into()],
        storage: folder.0.clone(),
        directory_ca: Some(directory_ca.into()),
    };
    Settings::with_pace(said, pace).unwrap()
}

fn watch(folder: &Scratch, below: &str) -> WatchedFolders {
    WatchedFolders::new([&folder.0.join(below)]).unwrap()
}
