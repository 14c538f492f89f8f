//! A CA at a listener that asks more of its clients than a CA can give.

use std::fs;
use std::rc::Rc;
use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use sluice::acme;
use sluice::error::Error;
use sluice::{stats, tls};
use tokio::io::AsyncReadExt;
use tokio_rustls::TlsConnector;

use super::{PACE, Scratch, alone, self_signed, within};

#[test]
fn a_challenge_is_answered_whatever_the_listener_asks_of_its_clients() {
    within(async {
        let folder = Scratch::new("asks");
        let ours = alone::unreachable(&folder, PACE);
        ours.prepare().unwrap();
        let (proof, key) = self_signed("a.test");
        let challenges = folder.0.join("challenges");
        fs::create_dir(&challenges).unwrap();
        fs::write(challenges.join("a.test"), key.serialize_pem() + &proof).unwrap();
        let path = ours.certificate().to_str().unwrap().to_owned();
        let find = move |name: &str| acme::challenge(&ours, name);
        let plain = tls::Settings::parse(tls::Said {
            challenges: Some(tls::Challenges::new(find)),
            ..tls::Said::new(tls::Source::Pem {
                certificate: path.clone(),
                private_key: path,
                ocsp: None,
            })
        })
        .unwrap();
        let asking = plain.with_clients(tls::ClientsSaid::new(authority()));
        let asking = asking.unwrap();
        let strict = plain.with_strict_names().unwrap();
        let early = plain.with_early_data(16_384).unwrap();
        let all = asking.with_strict_names().unwrap();
        let all = all.with_early_data(16_384).unwrap();
        let proof = CertificateDer::from_pem_slice(proof.as_bytes()).unwrap();
        for settings in [&plain, &asking, &strict, &early, &all] {
            let (accepted, seen) = visit(settings, "acme-tls/1", &proof).await;
            let error = accepted.unwrap_err();
            assert!(
                error.message().contains("has seen its challenge"),
                "{error}"
            );
            let (shown, protocol) = seen.unwrap();
            assert_eq!(shown, proof);
            assert_eq!(protocol, b"acme-tls/1");
        }
        let own = &plain.chain()[0];
        for (settings, is_let_in) in [(&early, true), (&asking, false), (&all, false)] {
            let (accepted, _) = visit(settings, "http/1.1", own).await;
            assert_eq!(accepted.is_ok(), is_let_in, "{accepted:?}");
        }
    });
}

/// What a client has seen: the certificate and the protocol.
type Seen = (CertificateDer<'static>, Vec<u8>);

/// What comes of a client that offers `protocol` for a.test and trusts `root`, on both sides.
async fn visit(
    settings: &tls::Settings,
    protocol: &str,
    root: &CertificateDer<'static>,
) -> (Result<(), Error>, std::io::Result<Seen>) {
    let mut roots = RootCertStore::empty();
    roots.add(root.clone()).unwrap();
    let mut client = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    client.alpn_protocols = vec![protocol.into()];
    let (near, far) = tokio::io::duplex(65_536);
    let meter = Rc::new(stats::Listener::new("here".into(), None));
    let server = async {
        let accepted = tls::accept(settings, near, meter).await;
        accepted.map(|_| ())
    };
    let client = async {
        let connector = TlsConnector::from(Arc::new(client));
        let name = "a.test".try_into().unwrap();
        let mut stream = connector.connect(name, far).await?;
        let _ = stream.read_u8().await;
        let session = stream.get_ref().1;
        let shown = session.peer_certificates().unwrap()[0].clone().into_owned();
        Ok((shown, session.alpn_protocol().unwrap_or_default().to_vec()))
    };
    tokio::join!(server, client)
}

fn authority() -> String {
    let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let key = rcgen::KeyPair::generate().unwrap();
    params.self_signed(&key).unwrap().pem()
}
