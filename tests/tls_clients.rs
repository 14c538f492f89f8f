//! Clients' certificates: which are taken, how the others are refused, what a resumed session keeps, and every ring with
//! chains of large ones.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects by panicking"
)]

#[path = "tls_clients/authority.rs"]
mod authority;
#[path = "tls_clients/matrix.rs"]
mod matrix;
mod support;
mod tls_support;

use std::io;
use std::rc::Rc;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, SystemTime};

use authority::{Authority, Identity, in_days, san};
use rcgen::{DnType, ExtendedKeyUsagePurpose, SanType};
use rustls::client::ResolvesClientCert;
use rustls::sign::CertifiedKey;
use rustls::{
    AlertDescription, ClientConfig, HandshakeKind, SignatureScheme, SupportedProtocolVersion,
};
use sluice::error::Kind;
use sluice::tls::{self, Certificate, ClientsSaid, Settings};
use tls_support::{Pair, TLS12, TLS13, meter, run, settings, trusting};
use tokio::io::AsyncReadExt;
use tokio_rustls::TlsConnector;

const RING: usize = 17_408;

static CA: LazyLock<Authority> = LazyLock::new(|| Authority::root("clients"));

fn required() -> ClientsSaid {
    ClientsSaid::new(CA.pem())
}

fn optional() -> ClientsSaid {
    ClientsSaid {
        required: false,
        ..required()
    }
}

fn asking(clients: ClientsSaid) -> Settings {
    settings(RING).with_clients(clients).unwrap()
}

/// A client that shows a certificate.
fn showing(identity: &Identity, version: &'static SupportedProtocolVersion) -> ClientConfig {
    let mut config = trusting(&settings(RING), version);
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let key = provider
        .key_provider
        .load_private_key(identity.key.clone_key())
        .unwrap();
    config.client_auth_cert_resolver = Arc::new(Shows(Arc::new(CertifiedKey::new(
        identity.chain.clone(),
        key,
    ))));
    config
}

/// Shows its certificate whoever asks, with a key that need not belong to it.
#[derive(Debug)]
struct Shows(Arc<CertifiedKey>);

impl ResolvesClientCert for Shows {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// How a client that is refused learns of it.
async fn refusal(settings: &Settings, client: ClientConfig) -> io::Error {
    let (near, far) = tokio::io::duplex(65_536);
    let meter = meter(settings.ring());
    let connector = TlsConnector::from(Arc::new(client));
    let (server, told) = tokio::join!(tls::accept(settings, near, Rc::clone(&meter)), async {
        match connector
            .connect("localhost".try_into().unwrap(), far)
            .await
        {
            Err(error) => error,
            // With TLS 1.3 a client is done before the server has looked at its certificate.
            Ok(mut stream) => stream.read_u8().await.unwrap_err(),
        }
    });
    let error = server.map(|_| ()).expect_err("the client is refused");
    assert_eq!(error.kind(), Kind::Tls, "{error}");
    assert_eq!(meter.handshakes_failed.get(), 1);
    assert_eq!(meter.handshakes_ok.get(), 0);
    told
}

async fn alert(settings: &Settings, client: ClientConfig) -> AlertDescription {
    let told = refusal(settings, client).await;
    let inner = told.get_ref().and_then(|inner| inner.downcast_ref());
    match inner {
        Some(rustls::Error::AlertReceived(alert)) => *alert,
        _ => panic!("{told}"),
    }
}

/// The certificate that the server has seen.
async fn seen(settings: &Settings, client: ClientConfig) -> Option<Box<[u8]>> {
    let pair = Pair::of(settings, client, 65_536).await;
    assert_eq!(pair.meter.handshakes_ok.get(), 1);
    pair.info.client_certificate
}

#[test]
fn a_certificate_is_required_or_welcome() {
    run(async {
        let client = CA.client(1);
        for version in [TLS12, TLS13] {
            for clients in [required(), optional()] {
                let seen = seen(&asking(clients), showing(&client, version))
                    .await
                    .unwrap();
                assert_eq!(&*seen, client.leaf());
                let facts = Certificate::of(&seen.as_ref().into()).unwrap();
                assert_eq!(facts.subject, "CN=client");
                assert_eq!(facts.serial, "01");
            }
            let nobody = || trusting(&settings(RING), version);
            assert_eq!(seen(&asking(optional()), nobody()).await, None);
            let refused = alert(&asking(required()), nobody()).await;
            assert_eq!(refused, AlertDescription::CertificateRequired);
            // Nobody is asked.
            assert_eq!(seen(&settings(RING), showing(&client, version)).await, None);
        }
    });
}

#[test]
fn each_bad_certificate_ends_in_its_alert_and_the_next_client_is_served() {
    let stranger = Authority::root("strangers");
    let namesake = Authority::root("clients");
    let good = CA.client(1);
    let stolen = Identity {
        key: CA.client(1).key,
        ..CA.client(1)
    };
    let bad = [
        (stranger.client(1), AlertDescription::UnknownCA),
        (namesake.client(1), AlertDescription::DecryptError),
        (
            CA.client_with(2, |client| client.not_after = in_days(-1).into()),
            AlertDescription::CertificateExpired,
        ),
        (
            CA.client_with(3, |client| client.not_before = in_days(1).into()),
            AlertDescription::CertificateExpired,
        ),
        (
            CA.client_with(4, |client| {
                client.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
            }),
            AlertDescription::UnsupportedCertificate,
        ),
        (CA.client(5), AlertDescription::CertificateRevoked),
        (
            CA.client_with(6, |client| {
                client
                    .distinguished_name
                    .push(DnType::CommonName, "mallory");
            }),
            AlertDescription::AccessDenied,
        ),
        (stolen, AlertDescription::DecryptError),
    ];
    run(async {
        for required in [true, false] {
            let settings = asking(ClientsSaid {
                required,
                crl: Some(CA.list(&[5], 1)),
                names: vec!["client".into()],
                ca: CA.pem(),
            });
            for version in [TLS12, TLS13] {
                for (client, expected) in &bad {
                    let refused = alert(&settings, showing(client, version)).await;
                    assert_eq!(refused, *expected, "{version:?}");
                    assert!(seen(&settings, showing(&good, version)).await.is_some());
                }
            }
        }
    });
}

#[test]
fn with_lists_each_certificate_of_the_chain_needs_one_that_is_in_date() {
    let root = Authority::root("root");
    let below = root.under("below", rcgen::KeyPair::generate().unwrap());
    let client = below.client(1);
    let with = |crl: Option<String>| {
        asking(ClientsSaid {
            crl,
            ..ClientsSaid::new(root.pem())
        })
    };
    run(async {
        for version in [TLS12, TLS13] {
            for good in [None, Some(root.list(&[9], 1) + &below.list(&[9], 1))] {
                assert!(seen(&with(good), showing(&client, version)).await.is_some());
            }
            for (lists, expected) in [
                (root.list(&[], 1), AlertDescription::UnknownCA),
                (below.list(&[], 1), AlertDescription::UnknownCA),
                (
                    root.list(&[], 1) + &below.list(&[], -1),
                    AlertDescription::UnknownCA,
                ),
                (
                    root.list(&[], -1) + &below.list(&[], 1),
                    AlertDescription::UnknownCA,
                ),
                (
                    root.list(&[], 1) + &below.list(&[1], 1),
                    AlertDescription::CertificateRevoked,
                ),
            ] {
                let refused = alert(&with(Some(lists)), showing(&client, version)).await;
                assert_eq!(refused, expected);
            }
        }
    });
}

#[test]
fn a_name_is_found_among_those_of_every_kind() {
    let client = CA.client_with(1, |client| {
        client
            .distinguished_name
            .push(DnType::CommonName, "Alice Smith");
        client.subject_alt_names = [
            ("dns", "Worker-1.Example"),
            ("mail", "Alice@example.org"),
            ("uri", "spiffe://shop/alice"),
            ("ip", "192.0.2.7"),
            ("ip", "2001:db8::7"),
        ]
        .map(|(kind, name)| san(kind, name))
        .to_vec();
    });
    run(async {
        for version in [TLS12, TLS13] {
            for (name, is_its) in [
                ("worker-1.EXAMPLE", true),
                ("Alice@example.org", true),
                ("spiffe://shop/alice", true),
                ("192.0.2.7", true),
                ("2001:DB8:0::7", true),
                // Beside the others the common name is the client's own word.
                ("Alice Smith", false),
                ("alice@example.org", false),
                ("worker-2.example", false),
                ("*.example", false),
                ("192.0.2.8", false),
                ("Alice", false),
            ] {
                let settings = asking(ClientsSaid {
                    names: vec!["nobody.example".into(), name.into()],
                    ..required()
                });
                let client = showing(&client, version);
                if is_its {
                    assert!(seen(&settings, client).await.is_some(), "{name}");
                } else {
                    let refused = alert(&settings, client).await;
                    assert_eq!(refused, AlertDescription::AccessDenied, "{name}");
                }
            }
        }
    });
}

#[test]
fn a_common_name_counts_where_there_is_no_other_name() {
    let alice = |names: &[SanType]| {
        CA.client_with(1, |client| {
            let common = (DnType::CommonName, "Alice Smith");
            client.distinguished_name.push(common.0, common.1);
            client.subject_alt_names = names.to_vec();
        })
    };
    let other = SanType::OtherName((vec![1, 3, 6, 1], "x".into()));
    run(async {
        for version in [TLS12, TLS13] {
            for (name, names, is_its) in [
                ("Alice Smith", &[][..], true),
                ("Alice", &[], false),
                ("CN=Alice Smith", &[], false),
                ("Alice Smith", &[san("mail", "mallory@example.org")], false),
                // One of a kind that is not looked at.
                ("Alice Smith", std::slice::from_ref(&other), false),
            ] {
                let settings = asking(ClientsSaid {
                    names: vec![name.into()],
                    ..required()
                });
                let client = showing(&alice(names), version);
                if is_its {
                    assert!(seen(&settings, client).await.is_some(), "{name} {names:?}");
                } else {
                    let refused = alert(&settings, client).await;
                    assert_eq!(refused, AlertDescription::AccessDenied, "{name} {names:?}");
                }
            }
        }
    });
}

#[test]
fn one_of_two_common_names_is_not_enough() {
    let client = CA.client_with(1, |client| {
        client.distinguished_name = rcgen::DistinguishedName::new();
        client.distinguished_name.push(DnType::CommonName, "alice");
        client
            .distinguished_name
            .push(DnType::CustomDnType(vec![2, 5, 4, 3]), "mallory");
    });
    run(async {
        for name in ["alice", "mallory"] {
            let settings = asking(ClientsSaid {
                names: vec![name.into()],
                ..required()
            });
            let refused = alert(&settings, showing(&client, TLS13)).await;
            assert_eq!(refused, AlertDescription::AccessDenied, "{name}");
        }
    });
}

#[test]
fn a_resumed_session_keeps_its_certificate_and_one_without_stays_without() {
    run(async {
        let client = CA.client(1);
        for version in [TLS12, TLS13] {
            for (config, expected) in [
                (showing(&client, version), Some(client.leaf())),
                (trusting(&settings(RING), version), None),
            ] {
                // Each of them made anew, as in two workers.
                for kind in [
                    HandshakeKind::Full,
                    HandshakeKind::Resumed,
                    HandshakeKind::Resumed,
                ] {
                    let mut pair = Pair::of(&asking(optional()), config.clone(), 65_536).await;
                    assert_eq!(pair.client.get_ref().1.handshake_kind(), Some(kind));
                    assert_eq!(pair.info.client_certificate.as_deref(), expected);
                    take_tickets(&mut pair).await;
                }
            }
        }
    });
}

/// Tickets of TLS 1.3 come with the first bytes.
async fn take_tickets(pair: &mut Pair) {
    use tokio::io::AsyncWriteExt;
    pair.server.write_all(b"x").await.unwrap();
    pair.server.flush().await.unwrap();
    assert_eq!(pair.client.read_u8().await.unwrap(), b'x');
}

#[test]
fn no_session_is_resumed_under_other_rules_for_clients() {
    let other = Authority::root("other");
    let rules = [
        None,
        Some(optional()),
        Some(required()),
        Some(ClientsSaid {
            ca: CA.pem() + &other.pem(),
            ..required()
        }),
        Some(ClientsSaid {
            names: vec!["client".into()],
            ..required()
        }),
        Some(ClientsSaid {
            crl: Some(CA.list(&[7], 1)),
            ..required()
        }),
    ];
    let under = |rules: &Option<ClientsSaid>| match rules {
        Some(clients) => asking(clients.clone()),
        None => settings(RING),
    };
    let client = CA.client(1);
    run(async {
        for version in [TLS12, TLS13] {
            for (from, first) in rules.iter().enumerate() {
                for (to, second) in rules.iter().enumerate() {
                    let config = showing(&client, version);
                    let mut pair = Pair::of(&under(first), config.clone(), 65_536).await;
                    take_tickets(&mut pair).await;
                    let pair = Pair::of(&under(second), config, 65_536).await;
                    let expected = if from == to {
                        HandshakeKind::Resumed
                    } else {
                        HandshakeKind::Full
                    };
                    let kind = pair.client.get_ref().1.handshake_kind();
                    assert_eq!(kind, Some(expected), "from {from} to {to}");
                    assert_eq!(pair.info.client_certificate.is_some(), second.is_some());
                }
            }
        }
    });
}

#[test]
fn a_session_is_not_resumed_when_its_certificate_has_expired() {
    run(async {
        let settings = asking(optional());
        let end = SystemTime::now() + Duration::from_secs(3);
        let client = CA.client_with(1, |client| client.not_after = end.into());
        let configs = [TLS12, TLS13].map(|version| showing(&client, version));
        for config in &configs {
            let mut pair = Pair::of(&settings, config.clone(), 65_536).await;
            take_tickets(&mut pair).await;
        }
        // The certificate tells whole seconds.
        let over = end + Duration::from_secs(1);
        while let Ok(left) = over.duration_since(SystemTime::now()) {
            tokio::time::sleep(left).await;
        }
        for config in configs {
            let told = refusal(&settings, config).await;
            // An orderly end, which tells it from a connection that was cut.
            assert_eq!(told.kind(), io::ErrorKind::UnexpectedEof, "{told}");
            assert!(!told.to_string().contains("close_notify"), "{told}");
        }
    });
}

#[test]
fn a_list_that_is_renewed_holds_for_sessions_that_would_be_resumed_and_a_stale_one_is_not_taken() {
    let file = std::env::temp_dir().join(format!("sluice-clients-{}.crl", std::process::id()));
    let write = |list: String| std::fs::write(&file, list).unwrap();
    write(CA.list(&[], 1));
    let settings = asking(ClientsSaid {
        crl: Some(file.to_str().unwrap().into()),
        ..required()
    });
    assert_eq!(settings.files(), std::slice::from_ref(&file));
    let clients = [TLS12, TLS13].map(|version| showing(&CA.client(5), version));
    run(async {
        for client in &clients {
            let mut pair = Pair::of(&settings, client.clone(), 65_536).await;
            take_tickets(&mut pair).await;
        }
        assert!(!settings.reload().unwrap());
        write(CA.list(&[5], 1));
        assert!(settings.reload().unwrap());
        for client in &clients {
            let refused = alert(&settings, client.clone()).await;
            assert_eq!(refused, AlertDescription::CertificateRevoked);
        }
        for (bad, why) in [
            (CA.list(&[], -1), "revocation list: that of CN=clients"),
            ("-----BEGIN X509 CRL-----\n".into(), "the PEM is broken"),
        ] {
            write(bad);
            let error = settings.reload().unwrap_err();
            assert_eq!(error.kind(), Kind::Tls);
            assert!(error.message().contains(why), "{error}");
            let refused = alert(&settings, clients[1].clone()).await;
            assert_eq!(refused, AlertDescription::CertificateRevoked);
        }
        // An old one beside it takes nothing from a new one.
        let old = CA.list_of(&[], (-20, -12));
        write(old + &CA.list(&[6], 1));
        assert!(settings.reload().unwrap());
        assert!(
            seen(&settings, clients[1].clone()).await.is_some(),
            "5 is good again"
        );
    });
    std::fs::remove_file(&file).unwrap();
}

#[test]
fn every_mistake_comes_with_those_about_the_rest() {
    let clients = ClientsSaid {
        names: vec![String::new()],
        ..ClientsSaid::new("/nowhere/ca.pem")
    };
    let error = settings(RING).with_clients(clients).unwrap_err();
    assert_eq!(error.kind(), Kind::Tls);
    let message = error.message();
    assert!(
        message.starts_with("Tls: 2 mistakes: client CA: cannot read"),
        "{message}"
    );
    assert!(
        message.contains("; client names: \"\" is no name"),
        "{message}"
    );
    let clients = ClientsSaid {
        names: vec![String::new()],
        ..required()
    };
    let error = settings(RING).with_clients(clients).unwrap_err();
    assert_eq!(error.kind(), Kind::Config);
}
