//! TLS sessions from the handshake to the end: versions, certificates, both directions at once, key
//! updates, alerts and the two ways to end.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects by panicking"
)]

mod tls_support;

use std::cell::Cell;
use std::io::ErrorKind;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, IsCa, Issuer, KeyPair, PKCS_RSA_SHA256,
    RsaKeySize,
};
use rustls::HandshakeKind;
use sluice::error::Kind;
use sluice::tls::{self, Said, Settings, Source};
use tls_support::{
    Accepts, OVERHEAD, Pair, RINGS, TLS12, TLS13, Tap, body, meter, poll_once, run, settings,
    trusting,
};
use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio_rustls::TlsConnector;

/// Settings with the certificate of `key`, which `padding` bytes of an extension make longer.
fn certified(key: &KeyPair, padding: usize, ring: usize) -> Settings {
    let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    if padding > 0 {
        let oid = [1, 3, 6, 1, 4, 1, 99_999, 1];
        let extension = CustomExtension::from_oid_content(&oid, vec![5; padding]);
        params.custom_extensions.push(extension);
    }
    Settings::parse(Said {
        ring: ring as i64,
        ..Said::new(Source::Pem {
            certificate: params.self_signed(key).unwrap().pem(),
            private_key: key.serialize_pem(),
            ocsp: None,
        })
    })
    .unwrap()
}

/// Sends both ways and closes both ends.
async fn greet(pair: &mut Pair) {
    pair.client.write_all(b"ping").await.unwrap();
    pair.client.flush().await.unwrap();
    let mut got = [0; 4];
    pair.server.read_exact(&mut got).await.unwrap();
    assert_eq!(&got, b"ping");
    pair.server.write_all(b"pong").await.unwrap();
    pair.server.shutdown().await.unwrap();
    let mut rest = Vec::new();
    pair.client.read_to_end(&mut rest).await.unwrap();
    assert_eq!(rest, b"pong");
}

#[test]
fn handshakes_complete_over_every_ring_with_every_version_and_kind_of_key() {
    let p256 = KeyPair::generate().unwrap();
    let rsa = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
    run(async {
        for ring in RINGS {
            for (key, kind) in [(&p256, "ECDSA"), (&rsa, "RSA")] {
                let settings = certified(key, 0, ring);
                for (version, name) in [(TLS12, "TLSv1.2"), (TLS13, "TLSv1.3")] {
                    let config = trusting(&settings, version);
                    let mut pair = Pair::of(&settings, config, 65_536).await;
                    assert_eq!(pair.info.version, name);
                    assert_eq!(pair.info.server_name.as_deref(), Some("localhost"));
                    let suite = match name {
                        "TLSv1.3" => "TLS13_AES_".to_owned(),
                        _ => format!("TLS_ECDHE_{kind}_WITH_AES_"),
                    };
                    assert!(pair.info.cipher.starts_with(&suite), "{}", pair.info.cipher);
                    greet(&mut pair).await;
                    assert_eq!(pair.meter.handshakes_ok.get(), 1);
                    assert_eq!(pair.meter.handshakes_failed.get(), 0);
                }
            }
        }
    });
}

#[test]
fn a_handshake_flight_larger_than_the_ring_is_held_whole_and_counted_apart() {
    let key = KeyPair::generate().unwrap();
    run(async {
        for version in [TLS12, TLS13] {
            let settings = certified(&key, 20_000, 1024);
            // A pipe that takes less than the flight too.
            let config = trusting(&settings, version);
            let mut pair = Pair::of(&settings, config, 512).await;
            let flight = pair.ring().handshake_high_water.get();
            assert!((20_000..24_000).contains(&flight), "{flight}");
            assert_eq!(pair.ring().high_water.get(), 0);
            greet(&mut pair).await;
            assert!(pair.ring().high_water.get() <= (1024 + OVERHEAD) as u64);
        }
    });
}

#[test]
fn alpn_chooses_h2_before_http_1_1_and_none_where_none_is_offered() {
    run(async {
        let settings = settings(17_408);
        for (offered, chosen) in [
            (vec!["http/1.1", "h2"], Some("h2")),
            (vec!["http/1.1"], Some("http/1.1")),
            (vec![], None),
        ] {
            let mut config = trusting(&settings, TLS13);
            config.alpn_protocols = offered.into_iter().map(Vec::from).collect();
            let pair = Pair::of(&settings, config, 65_536).await;
            assert_eq!(pair.info.alpn.as_deref(), chosen);
        }
    });
}

#[test]
fn a_client_that_comes_again_resumes_its_session() {
    run(async {
        let settings = settings(17_408);
        for version in [TLS12, TLS13] {
            let config = trusting(&settings, version);
            for expected in [HandshakeKind::Full, HandshakeKind::Resumed] {
                let mut pair = Pair::of(&settings, config.clone(), 65_536).await;
                assert_eq!(pair.client.get_ref().1.handshake_kind(), Some(expected));
                greet(&mut pair).await;
            }
        }
    });
}

#[test]
fn a_session_is_resumed_by_whoever_has_the_certificate_and_the_secret() {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let certificate = params.self_signed(&key).unwrap().pem();
    // As two workers read it, or one before and one after a reload.
    let worker = || {
        Settings::parse(Said {
            ring: 17_408,
            ..Said::new(Source::Pem {
                certificate: certificate.clone(),
                private_key: key.serialize_pem(),
                ocsp: None,
            })
        })
        .unwrap()
    };
    run(async {
        for version in [TLS12, TLS13] {
            let config = trusting(&worker(), version);
            for expected in [HandshakeKind::Full, HandshakeKind::Resumed] {
                let mut pair = Pair::of(&worker(), config.clone(), 65_536).await;
                assert_eq!(pair.client.get_ref().1.handshake_kind(), Some(expected));
                greet(&mut pair).await;
            }
        }
    });
}

#[test]
fn a_session_is_resumed_under_a_renewed_certificate_and_not_under_one_for_other_names() {
    let authority = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = params.self_signed(&authority).unwrap();
    let issuer = Issuer::new(params, authority);
    let renewed = |names: &[&str]| {
        let key = KeyPair::generate().unwrap();
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let params = CertificateParams::new(names).unwrap();
        let leaf = params.signed_by(&key, &issuer).unwrap();
        Settings::parse(Said {
            ring: 17_408,
            ..Said::new(Source::Pem {
                certificate: leaf.pem() + &root.pem(),
                private_key: key.serialize_pem(),
                ocsp: None,
            })
        })
        .unwrap()
    };
    run(async {
        for version in [TLS12, TLS13] {
            let config = trusting(&renewed(&["localhost"]), version);
            for (names, expected) in [
                (&["localhost"][..], HandshakeKind::Full),
                (&["localhost"], HandshakeKind::Resumed),
                (&["localhost", "shop.example"], HandshakeKind::Full),
            ] {
                let mut pair = Pair::of(&renewed(names), config.clone(), 65_536).await;
                let kind = pair.client.get_ref().1.handshake_kind();
                assert_eq!(kind, Some(expected), "{names:?}");
                greet(&mut pair).await;
            }
        }
    });
}

#[test]
fn reads_go_on_while_writes_are_blocked() {
    run(async {
        let upload = body(1 << 20);
        for ring in RINGS {
            let mut pair = Pair::new(ring, TLS13).await;
            pair.tap.accept(Accepts::Nothing);
            let piece = vec![7; 100_000];
            while let Poll::Ready(n) =
                poll_once(|cx| Pin::new(&mut pair.server).poll_write(cx, &piece))
            {
                assert!(n.unwrap() > 0);
            }
            let held = pair.server.held();
            let mut received = vec![0; upload.len()];
            let (sent, read) = tokio::join!(
                async {
                    pair.client.write_all(&upload).await?;
                    pair.client.flush().await
                },
                pair.server.read_exact(&mut received)
            );
            sent.unwrap();
            read.unwrap();
            assert!(received == upload, "over a ring of {ring}");
            assert_eq!(pair.tap.written.get(), 0);
            assert_eq!(pair.server.held(), held);
        }
    });
}

#[test]
fn two_ends_that_both_send_before_they_read_both_finish() {
    run(async {
        let sent = body(3 << 20);
        for ring in RINGS {
            let settings = settings(ring);
            let config = trusting(&settings, TLS13);
            let pair = Pair::of(&settings, config, 4096).await;
            let (mut from_client, mut to_client) = tokio::io::split(pair.server);
            let (mut from_server, mut to_server) = tokio::io::split(pair.client);
            let upload = sent.clone();
            let download = sent.clone();
            // Four tasks: readers and writers of one stream have wakers of their own.
            let tasks = [
                tokio::task::spawn_local(async move {
                    to_client.write_all(&download).await.unwrap();
                    to_client.flush().await.unwrap();
                    None
                }),
                tokio::task::spawn_local(async move {
                    to_server.write_all(&upload).await.unwrap();
                    to_server.flush().await.unwrap();
                    None
                }),
                tokio::task::spawn_local(async move {
                    let mut received = vec![0; 3 << 20];
                    from_client.read_exact(&mut received).await.unwrap();
                    Some(received)
                }),
                tokio::task::spawn_local(async move {
                    let mut received = vec![0; 3 << 20];
                    from_server.read_exact(&mut received).await.unwrap();
                    Some(received)
                }),
            ];
            for task in tasks {
                if let Some(received) = task.await.unwrap() {
                    assert!(received == sent, "over a ring of {ring}");
                }
            }
        }
    });
}

#[test]
fn a_key_update_is_followed_in_both_directions() {
    run(async {
        let sent = body(50_000);
        for ring in RINGS {
            let mut pair = Pair::new(ring, TLS13).await;
            for _ in 0..3 {
                // Asks the server to update its keys too.
                pair.client.get_mut().1.refresh_traffic_keys().unwrap();
                pair.client.write_all(b"new keys").await.unwrap();
                pair.client.flush().await.unwrap();
                let mut got = [0; 8];
                pair.server.read_exact(&mut got).await.unwrap();
                assert_eq!(&got, b"new keys");
                let mut received = vec![0; sent.len()];
                let (written, read) = tokio::join!(
                    async {
                        pair.server.write_all(&sent).await?;
                        pair.server.flush().await
                    },
                    pair.client.read_exact(&mut received)
                );
                written.unwrap();
                read.unwrap();
                assert!(received == sent, "over a ring of {ring}");
            }
            let high = pair.ring().high_water.get();
            assert!(high <= (ring + OVERHEAD) as u64, "{high} in {ring}");
        }
    });
}

#[test]
fn key_updates_while_writes_are_blocked_do_not_grow_the_ring() {
    run(async {
        let piece = vec![7; 100_000];
        for ring in RINGS {
            let mut pair = Pair::new(ring, TLS13).await;
            pair.tap.accept(Accepts::Nothing);
            for round in 0..100 {
                let _ = poll_once(|cx| Pin::new(&mut pair.server).poll_write(cx, &piece));
                pair.client.get_mut().1.refresh_traffic_keys().unwrap();
                pair.client.write_all(&[round]).await.unwrap();
                pair.client.flush().await.unwrap();
                assert_eq!(pair.server.read_u8().await.unwrap(), round);
            }
            assert!(pair.tap.offered.get() <= ring + OVERHEAD);
            let high = pair.ring().high_water.get();
            assert!(high <= (ring + OVERHEAD) as u64, "{high} in {ring}");
        }
    });
}

#[test]
fn close_notify_comes_after_all_data_however_slow_the_transport_is() {
    run(async {
        let sent = body(100_000);
        for ring in RINGS {
            for version in [TLS12, TLS13] {
                let mut pair = Pair::new(ring, version).await;
                pair.tap.accept(Accepts::Nothing);
                let first = poll_once(|cx| Pin::new(&mut pair.server).poll_write(cx, &sent));
                let Poll::Ready(Ok(taken)) = first else {
                    panic!("{first:?}");
                };
                let closing = poll_once(|cx| Pin::new(&mut pair.server).poll_shutdown(cx));
                assert!(closing.is_pending());
                assert!(pair.tap.offered.get() <= ring + OVERHEAD);
                pair.tap.accept(Accepts::Few(1000));
                let mut received = Vec::new();
                let (closed, read) = tokio::join!(
                    pair.server.shutdown(),
                    pair.client.read_to_end(&mut received)
                );
                closed.unwrap();
                // Without close_notify this would be UnexpectedEof.
                assert_eq!(read.unwrap(), taken);
                assert!(received == sent[..taken], "over a ring of {ring}");
                let late = pair.server.write(b"late").await.unwrap_err();
                assert_eq!(late.kind(), ErrorKind::BrokenPipe);
            }
        }
    });
}

#[test]
fn a_client_that_closes_its_half_still_gets_its_answer() {
    run(async {
        for version in [TLS12, TLS13] {
            let mut pair = Pair::new(1024, version).await;
            pair.client.write_all(b"all I say").await.unwrap();
            pair.client.get_mut().1.send_close_notify();
            pair.client.flush().await.unwrap();
            let mut said = Vec::new();
            pair.server.read_to_end(&mut said).await.unwrap();
            assert_eq!(said, b"all I say");
            let sent = body(100_000);
            let mut received = vec![0; sent.len()];
            let (written, read) = tokio::join!(
                async {
                    pair.server.write_all(&sent).await?;
                    pair.server.flush().await
                },
                pair.client.read_exact(&mut received)
            );
            written.unwrap();
            read.unwrap();
            assert!(received == sent);
        }
    });
}

#[test]
fn an_end_without_close_notify_is_an_unexpected_end() {
    run(async {
        for version in [TLS12, TLS13] {
            let mut pair = Pair::new(1024, version).await;
            pair.client.write_all(b"and then").await.unwrap();
            pair.client.flush().await.unwrap();
            drop(pair.client);
            let mut said = Vec::new();
            let error = pair.server.read_to_end(&mut said).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
            assert_eq!(said, b"and then");
        }
    });
}

#[test]
fn a_broken_record_is_answered_with_an_alert_and_ends_both_directions() {
    run(async {
        let mut pair = Pair::new(1024, TLS13).await;
        let record = [23, 3, 3, 0, 20];
        let pipe = pair.client.get_mut().0;
        pipe.write_all(&record).await.unwrap();
        pipe.write_all(&[0; 20]).await.unwrap();
        let error = pair.server.read_u8().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionAborted);
        let error = pair.client.read_u8().await.unwrap_err();
        assert!(error.to_string().contains("BadRecordMac"), "{error}");
        let error = pair.server.write(b"more").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData);
        pair.server.shutdown().await.unwrap();
    });
}

#[test]
fn a_client_that_speaks_no_tls_gets_an_alert_and_an_orderly_end() {
    run(async {
        let (near, mut far) = tokio::io::duplex(65_536);
        let (io, _) = Tap::new(near);
        let meter = meter(1024);
        far.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
        let error = tls::accept(&settings(1024), io, Rc::clone(&meter))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), Kind::Tls);
        assert!(
            error.message().starts_with("the TLS handshake failed: "),
            "{error}"
        );
        let mut alert = Vec::new();
        far.read_to_end(&mut alert).await.unwrap();
        assert_eq!(alert[0], 21, "an alert record");
        assert_eq!(meter.handshakes_failed.get(), 1);
        assert_eq!(meter.handshakes_ok.get(), 0);
    });
}

#[test]
fn a_client_that_refuses_the_certificate_is_a_failed_handshake() {
    run(async {
        let other = Settings::self_signed(&[]).unwrap();
        let config = trusting(&other, TLS13);
        let (near, far) = tokio::io::duplex(65_536);
        let (io, _) = Tap::new(near);
        let meter = meter(1024);
        let server = settings(1024);
        let connector = TlsConnector::from(Arc::new(config));
        let (accepted, refused) = tokio::join!(
            tls::accept(&server, io, Rc::clone(&meter)),
            connector.connect("localhost".try_into().unwrap(), far)
        );
        assert!(refused.is_err());
        assert_eq!(accepted.unwrap_err().kind(), Kind::Tls);
        assert_eq!(meter.handshakes_failed.get(), 1);
    });
}

#[test]
fn a_client_that_leaves_during_the_handshake_is_gone() {
    run(async {
        let (near, mut far) = tokio::io::duplex(65_536);
        let (io, _) = Tap::new(near);
        let meter = meter(1024);
        far.write_all(&[22, 3, 1]).await.unwrap();
        drop(far);
        let error = tls::accept(&settings(1024), io, Rc::clone(&meter))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), Kind::ClientGone);
        assert_eq!(meter.handshakes_failed.get(), 1);
    });
}

#[test]
fn a_handshake_that_its_caller_gives_up_counts_as_failed() {
    run(async {
        let (near, _far) = tokio::io::duplex(65_536);
        let (io, _) = Tap::new(near);
        let meter = meter(1024);
        let gave_up = Cell::new(false);
        let server = settings(1024);
        tokio::select! {
            biased;
            _ = tls::accept(&server, io, Rc::clone(&meter)) => panic!("nobody is there"),
            () = tokio::task::yield_now() => gave_up.set(true),
        }
        assert!(gave_up.get());
        assert_eq!(meter.handshakes_failed.get(), 1);
    });
}
