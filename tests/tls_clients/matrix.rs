//! Every ring with the largest flights of certificates that are in use: four with RSA-4096 keys from the server, one from
//! the client.

use std::rc::Rc;
use std::sync::Arc;
use std::thread;

use bytes::Bytes;
use rcgen::{DnType, KeyPair, PKCS_RSA_SHA256, RsaKeySize, SanType};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use sluice::http::Exchange;
use sluice::tls::{ClientsSaid, Said, Settings, Source};
use tokio_rustls::TlsConnector;

use super::authority::{Authority, Identity, again};
use super::support::client::{Client, Speaks};
use super::support::pipe::Rig;
use super::support::{Work, body, hash, path, read_all, run, stream};
use super::tls_support::{TLS12, TLS13};

const RINGS: [usize; 4] = [1024, 4096, 17_408, 65_536];

/// Answers `/<size>` at once, `/<piece>/<size>` in pieces, and a body with itself.
fn reply(exchange: Rc<Exchange>) -> Work {
    Box::pin(async move {
        let path = path(&exchange);
        let numbers: Vec<usize> = path.iter().filter_map(|part| part.parse().ok()).collect();
        let done = match numbers[..] {
            [size] => exchange.reply.end(body(size)),
            [piece, size] => stream(&exchange, body(size), piece).await,
            _ => {
                let whole = read_all(&exchange).await.unwrap();
                exchange.reply.end(Bytes::from(whole))
            }
        };
        done.unwrap();
    })
}

fn sizes(ring: usize) -> Vec<usize> {
    let mut sizes = vec![
        0, 1, 16_383, 16_384, 16_385, 65_535, 65_536, 65_537, 300_001,
    ];
    sizes.extend([
        ring - 30,
        ring - 29,
        ring - 28,
        ring - 1,
        ring,
        ring + 1,
        2 * ring + 1,
    ]);
    sizes.sort_unstable();
    sizes.dedup();
    sizes
}

/// The server's chain, its root and the client's certificate.
fn identities() -> (Identity, Authority, Identity) {
    let [one, other] = [(); 2].map(|()| {
        thread::spawn(|| KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_4096).unwrap())
    });
    let (one, other) = (one.join().unwrap(), other.join().unwrap());
    let root = Authority::root_with("root", again(&one));
    let below = root.under("below", again(&other));
    let last = below.under("last", again(&one));
    let server = last.issue(again(&other), |leaf| {
        leaf.subject_alt_names = vec![SanType::DnsName("localhost".try_into().unwrap())];
    });
    let client = root.issue(again(&one), |leaf| {
        leaf.distinguished_name.push(DnType::CommonName, "client");
    });
    (server, root, client)
}

#[test]
fn every_body_arrives_whole_over_every_ring_with_large_certificates_on_both_sides() {
    let (server, root, client) = identities();
    assert_eq!((server.chain.len(), client.chain.len()), (4, 2));
    let settings = Settings::parse(Said {
        clients: Some(ClientsSaid::new(root.pem())),
        ..Said::new(Source::Pem {
            certificate: server.pem,
            private_key: server.key_pem,
            ocsp: None,
        })
    });
    let settings = settings.unwrap();
    let connector = |version: &'static SupportedProtocolVersion, alpn: &[u8]| {
        let mut roots = RootCertStore::empty();
        roots.add(root.der()).unwrap();
        let mut config = ClientConfig::builder_with_protocol_versions(&[version])
            .with_root_certificates(roots)
            .with_client_auth_cert(client.chain[..1].to_vec(), client.key.clone_key())
            .unwrap();
        config.alpn_protocols = vec![alpn.to_vec()];
        TlsConnector::from(Arc::new(config))
    };
    run(async {
        for ring in RINGS {
            for version in [TLS12, TLS13] {
                for (speaks, alpn) in [(Speaks::H1, &b"http/1.1"[..]), (Speaks::H2, b"h2")] {
                    let rig = Rig::new(reply).tls(settings.with_ring(ring as i64).unwrap());
                    let connector = connector(version, alpn);
                    // The first is a full handshake, the second resumes it.
                    for round in 0..2 {
                        let name = "localhost".try_into().unwrap();
                        let (pipe, connection) = rig.drained_pipe();
                        let io = connector.connect(name, pipe).await.unwrap();
                        let mut http = Client::over(io, speaks).await;
                        for size in sizes(ring) {
                            check(&mut http, ring, size).await;
                        }
                        let seen = connection.secure().unwrap().client_certificate.as_deref();
                        assert_eq!(seen, Some(client.leaf()), "round {round}");
                    }
                    let stats = rig.stats.ring.as_ref().unwrap();
                    let flight = stats.handshake_high_water.get();
                    assert!(flight > 4 * 1200, "the chain was sent: {flight}");
                    assert!(stats.high_water.get() <= (ring + 29) as u64);
                    assert_eq!(rig.stats.handshakes_ok.get(), 2);
                }
            }
        }
    });
}

/// A body down at once, down in pieces, and up and down again.
async fn check(http: &mut Client, ring: usize, size: usize) {
    let expected = hash(&body(size));
    for path in [format!("/{size}"), format!("/1000/{size}")] {
        let got = http.fetch(&path).await.unwrap();
        assert!(hash(got.body()) == expected, "{path} over {ring}");
    }
    let echo = http.request("POST", "/echo", body(size));
    let got = http.send(echo).await.unwrap();
    let got = http_body_util::BodyExt::collect(got.into_body())
        .await
        .unwrap();
    assert!(
        hash(&got.to_bytes()) == expected,
        "{size} up and down over {ring}"
    );
}
