//! Sessions that are resumed: every way there is, and every body over every ring on them.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects by panicking"
)]

mod tls_support;

use std::pin::Pin;
use std::task::Poll;

use rustls::client::{Resumption, Tls12Resumption};
use rustls::{ClientConfig, HandshakeKind};
use sha2::{Digest, Sha256};
use sluice::tls::{ClientsSaid, Settings};
use tls_support::{
    Accepts, OVERHEAD, Pair, Server, TLS12, TLS13, body, poll_once, run, settings, trusting,
};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};

const RINGS: [usize; 5] = [1024, 4096, 17_408, 34_816, 65_536];

/// How a client comes to its session.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// A ticket of TLS 1.3 (RFC 8446, section 2.2).
    Ticket13,
    /// A ticket of TLS 1.2 (RFC 5077).
    Ticket12,
    /// A session id of TLS 1.2 (RFC 5246, section 7.3): the client takes no tickets.
    Id12,
    /// A session of TLS 1.3 that the server keeps, since it takes early data.
    Kept13,
    /// The same of TLS 1.2: there are no tickets then.
    Kept12,
}

const WAYS: [Way; 5] = [
    Way::Ticket13,
    Way::Ticket12,
    Way::Id12,
    Way::Kept13,
    Way::Kept12,
];

impl Way {
    fn settings(self, ring: usize) -> Settings {
        let settings = settings(ring);
        match self {
            Self::Ticket13 | Self::Ticket12 | Self::Id12 => settings,
            Self::Kept13 | Self::Kept12 => settings.with_early_data(16_384).unwrap(),
        }
    }

    fn client(self, settings: &Settings) -> ClientConfig {
        let version = match self {
            Self::Ticket13 | Self::Kept13 => TLS13,
            Self::Ticket12 | Self::Id12 | Self::Kept12 => TLS12,
        };
        let mut config = trusting(settings, version);
        let resumption = Resumption::in_memory_sessions(16);
        config.resumption = match self {
            Self::Id12 => resumption.tls12_resumption(Tls12Resumption::SessionIdOnly),
            _ => resumption,
        };
        config
    }
}

/// Sends both ways, closes, and reads to the end. The body comes back by its hash.
async fn transfer(pair: &mut Pair, sent: &[u8]) -> [u8; 32] {
    let mut received = Vec::new();
    let serving = async {
        let mut got = [0; 4];
        pair.server.read_exact(&mut got).await?;
        assert_eq!(&got, b"ping");
        pair.server.write_all(sent).await?;
        pair.server.shutdown().await
    };
    let asking = async {
        pair.client.write_all(b"ping").await?;
        pair.client.flush().await?;
        pair.client.read_to_end(&mut received).await
    };
    let (served, asked) = tokio::join!(serving, asking);
    served.unwrap();
    asked.unwrap();
    assert_eq!(received.len(), sent.len());
    Sha256::digest(received).into()
}

fn sizes(ring: usize) -> [usize; 14] {
    [
        0,
        1,
        ring - 30,
        ring - 29,
        ring - 1,
        ring,
        ring + 1,
        16_383,
        16_384,
        16_385,
        65_535,
        65_536,
        65_537,
        262_145,
    ]
}

#[test]
fn every_way_to_resume_carries_every_body_over_every_ring() {
    run(async {
        for ring in RINGS {
            for way in WAYS {
                let settings = way.settings(ring);
                let config = way.client(&settings);
                let mut first = Pair::of(&settings, config.clone(), 65_536).await;
                let kind = first.client.get_ref().1.handshake_kind();
                assert_eq!(kind, Some(HandshakeKind::Full), "{way:?}");
                transfer(&mut first, b"").await;
                for size in sizes(ring) {
                    let mut pair = Pair::of(&settings, config.clone(), 65_536).await;
                    let kind = pair.client.get_ref().1.handshake_kind();
                    assert_eq!(kind, Some(HandshakeKind::Resumed), "{way:?}");
                    let sent = body(size);
                    let expected: [u8; 32] = Sha256::digest(&sent).into();
                    let got = transfer(&mut pair, &sent).await;
                    assert!(got == expected, "{size} bytes over {ring}, {way:?}");
                    let high = pair.ring().high_water.get();
                    assert!(high <= (ring + OVERHEAD) as u64, "{high} in {ring}");
                }
            }
        }
    });
}

#[test]
fn a_session_that_the_server_keeps_is_known_to_these_settings_alone() {
    run(async {
        for way in [Way::Kept13, Way::Kept12] {
            let settings = way.settings(1024);
            let config = way.client(&settings);
            let mut first = Pair::of(&settings, config.clone(), 65_536).await;
            transfer(&mut first, b"").await;
            // The same certificate, as after a restart or on another machine.
            let mut second = Pair::of(&way.settings(1024), config.clone(), 65_536).await;
            let kind = second.client.get_ref().1.handshake_kind();
            assert_eq!(kind, Some(HandshakeKind::Full), "{way:?}");
            transfer(&mut second, b"").await;
        }
    });
}

#[test]
fn a_kept_session_is_resumed_by_copies_for_the_same_names_and_as_much_early_data() {
    run(async {
        for way in [Way::Kept13, Way::Kept12] {
            let settings = way.settings(1024);
            let config = way.client(&settings);
            for (copy, expected) in [
                (settings.with_early_data(1024), HandshakeKind::Full),
                (settings.with_clients(anybody()), HandshakeKind::Full),
                (settings.with_tickets(1, None), HandshakeKind::Resumed),
            ] {
                let mut first = Pair::of(&settings, config.clone(), 65_536).await;
                transfer(&mut first, b"").await;
                let mut second = Pair::of(&copy.unwrap(), config.clone(), 65_536).await;
                let kind = second.client.get_ref().1.handshake_kind();
                assert_eq!(kind, Some(expected), "{way:?}");
                transfer(&mut second, b"").await;
            }
        }
    });
}

/// Asks for a certificate and takes none, too.
fn anybody() -> ClientsSaid {
    let key = rcgen::KeyPair::generate().unwrap();
    let ca = rcgen::CertificateParams::new(["ca".to_owned()]).unwrap();
    ClientsSaid {
        required: false,
        ..ClientsSaid::new(ca.self_signed(&key).unwrap().pem())
    }
}

#[test]
fn a_copy_with_another_ring_resumes_what_the_original_has_begun() {
    run(async {
        for way in WAYS {
            let settings = way.settings(1024);
            let config = way.client(&settings);
            let mut first = Pair::of(&settings, config.clone(), 65_536).await;
            transfer(&mut first, b"").await;
            let copy = settings.with_ring(4096).unwrap();
            let second = Pair::of(&copy, config, 65_536).await;
            let kind = second.client.get_ref().1.handshake_kind();
            assert_eq!(kind, Some(HandshakeKind::Resumed), "{way:?}");
        }
    });
}

/// A pair whose tickets have not left.
async fn with_tickets(ring: usize) -> Pair {
    let settings = settings(ring);
    let client = trusting(&settings, TLS13);
    Pair::with_tickets(&settings, client, 65_536).await
}

#[test]
fn tickets_leave_with_the_first_reply() {
    run(async {
        let mut pair = with_tickets(17_408).await;
        pair.client.write_all(b"ping").await.unwrap();
        let mut got = [0; 4];
        pair.server.read_exact(&mut got).await.unwrap();
        assert_eq!(pair.tap.writes.get(), 0, "nobody waits for them");
        pair.server.write_all(b"pong").await.unwrap();
        pair.server.flush().await.unwrap();
        assert_eq!(pair.tap.writes.get(), 1);
        pair.client.read_exact(&mut got).await.unwrap();
        assert_eq!(&got, b"pong");
        assert_eq!(pair.client.get_ref().1.tls13_tickets_received(), 2);
    });
}

#[test]
fn tickets_leave_when_the_client_says_nothing() {
    run(async {
        let mut pair = with_tickets(17_408).await;
        let mut space = [0; 4];
        let mut buf = ReadBuf::new(&mut space);
        let read = poll_once(|cx| Pin::new(&mut pair.server).poll_read(cx, &mut buf));
        assert!(read.is_pending());
        assert_eq!((pair.tap.writes.get(), pair.server.held()), (1, 0));
        let read = poll_once(|cx| Pin::new(&mut pair.client).poll_read(cx, &mut buf));
        assert!(read.is_pending());
        assert_eq!(pair.client.get_ref().1.tls13_tickets_received(), 2);
    });
}

#[test]
fn tickets_that_wait_are_within_the_ring_and_cost_nothing_of_what_follows() {
    run(async {
        for ring in RINGS {
            let mut pair = with_tickets(ring).await;
            pair.tap.accept(Accepts::Nothing);
            assert!(pair.server.held() > 0);
            let sent = body(100_000);
            let write = |server: &mut Server, from: usize| {
                poll_once(|cx| Pin::new(server).poll_write(cx, &sent[from..]))
            };
            let mut taken = 0;
            while let Poll::Ready(n) = write(&mut pair.server, taken) {
                taken += n.unwrap();
            }
            let held = pair.server.held();
            assert!(held <= ring + OVERHEAD, "{held} in {ring}");
            assert_eq!(pair.tap.offered.get(), held, "in {ring}");
            pair.tap.accept(Accepts::Few(1000));
            let mut received = vec![0; sent.len()];
            let (written, read) = tokio::join!(
                async {
                    pair.server.write_all(&sent[taken..]).await?;
                    pair.server.flush().await
                },
                pair.client.read_exact(&mut received),
            );
            written.unwrap();
            read.unwrap();
            assert!(received == sent, "over a ring of {ring}");
            assert_eq!(pair.client.get_ref().1.tls13_tickets_received(), 2);
        }
    });
}
