//! Clients that show a certificate and resume: theirs goes with the session, where the session is small enough to be
//! kept, and is looked at before a handler sees what came early.

use std::net::TcpStream;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use rcgen::{CertificateParams, DnType, KeyPair, PKCS_ED25519};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{AlertDescription, ClientConfig, HandshakeKind};
use sluice::http::Exchange;
use sluice::tls::{Certificate, ClientsSaid};

use super::authority::{Authority, Identity, san};
use super::support::client::Speaks;
use super::support::server::{Plan, Server};
use super::support::{Work, run};
use super::{Asked, Client, RING, config, plan, request};

/// A CA with a short key, as its clients have.
fn authority() -> Authority {
    Authority::root_with("ca", KeyPair::generate_for(&PKCS_ED25519).unwrap())
}

fn small(authority: &Authority, change: impl FnOnce(&mut CertificateParams)) -> Identity {
    let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    authority.issue(key, |params| {
        params.serial_number = Some(5.into());
        params.distinguished_name.push(DnType::CommonName, "alice");
        change(params);
    })
}

fn showing(identity: &Identity) -> Arc<ClientConfig> {
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let key = provider.key_provider;
    let key = key.load_private_key(identity.key.clone_key()).unwrap();
    let shown = CertifiedKey::new(identity.chain[..1].to_vec(), key);
    let mut config = ClientConfig::clone(&config(Speaks::H1));
    config.client_auth_cert_resolver = Arc::new(SingleCertAndKey::from(shown));
    Arc::new(config)
}

/// Notes who has asked, and when.
fn start(clients: ClientsSaid) -> (Server, Asked) {
    let asked = Asked::default();
    let noted = Arc::clone(&asked);
    let plan = Plan {
        clients: Some(clients),
        ..plan(&[RING])
    };
    let server = Server::start(plan, move |exchange| answer(exchange, &noted));
    (server, asked)
}

fn answer(exchange: Rc<Exchange>, asked: &Mutex<Vec<String>>) -> Work {
    let when = if exchange.is_early() { "early" } else { "late" };
    let secure = exchange.connection().secure().unwrap();
    let shown = secure.client_certificate.as_deref().unwrap();
    let who = Certificate::of(&shown.into()).unwrap().subject;
    let said = format!("{who} {when}.");
    asked.lock().unwrap().push(said.clone());
    Box::pin(async move {
        let _ = exchange.reply.end(said.into());
    })
}

/// One with a session, which has asked once.
fn known(server: &Server, config: &Arc<ClientConfig>, asked: &Asked) -> Client {
    let mut first = Client::new(server, 0, config);
    first.complete();
    first.say(&request("GET", "/"));
    first.until("late.");
    assert_eq!(*asked.lock().unwrap(), ["CN=alice late."]);
    asked.lock().unwrap().clear();
    Client::new(server, 0, config)
}

#[test]
fn an_early_request_is_seen_with_the_certificate_of_the_session() {
    let ca = authority();
    let (server, asked) = start(ClientsSaid::new(ca.pem()));
    let mut client = known(&server, &showing(&small(&ca, |_| ())), &asked);
    client.early(&request("GET", "/"));
    assert!(client.until("early.").contains("CN=alice early."));
    assert!(client.is_early());
    client.complete();
    client.say(&request("GET", "/"));
    assert!(client.until("late.").contains("CN=alice late."));
}

#[test]
fn an_early_request_is_not_handled_when_its_certificate_has_expired() {
    let ca = authority();
    let (server, asked) = start(ClientsSaid::new(ca.pem()));
    let end = SystemTime::now() + Duration::from_secs(2);
    let alice = small(&ca, |params| params.not_after = end.into());
    let mut client = known(&server, &showing(&alice), &asked);
    // The certificate tells whole seconds.
    let over = end + Duration::from_secs(1);
    while let Ok(left) = over.duration_since(SystemTime::now()) {
        run(async move { tokio::time::sleep(left).await });
    }
    client.early(&request("GET", "/"));
    while client.receive() > 0 {}
    assert!(client.session.is_early_data_accepted(), "it was resumed");
    let state = client.session.process_new_packets().unwrap();
    assert!(state.peer_has_closed(), "close_notify");
    let failed = server.stats(0, |stats| stats.handshakes_failed.get());
    assert_eq!(failed, 1);
    assert_eq!(*asked.lock().unwrap(), [""; 0]);
}

#[test]
fn an_early_request_is_not_handled_when_a_new_list_revokes_its_certificate() {
    let ca = authority();
    let alice = showing(&small(&ca, |_| ()));
    let file = std::env::temp_dir().join(format!("sluice-early-{}.crl", std::process::id()));
    // Connections that have come before are under the old rules until their certificate is looked at.
    for came_before in [false, true] {
        std::fs::write(&file, ca.list(&[], 1)).unwrap();
        let (server, asked) = start(ClientsSaid {
            crl: Some(file.to_str().unwrap().into()),
            ..ClientsSaid::new(ca.pem())
        });
        let mut client = known(&server, &alice, &asked);
        while server.stats(0, |stats| stats.accepted.get()) < 2 {}
        // It is under way in the turn after the one in which it was accepted.
        server.look(|_| ());
        std::fs::write(&file, ca.list(&[5], 1)).unwrap();
        server.look(|inside| inside.control.renew());
        while server.stats(0, |stats| stats.certificates_renewed.get()) < 1 {}
        if !came_before {
            client.socket = TcpStream::connect(server.addresses[0]).unwrap();
        }
        client.early(&request("GET", "/"));
        let refused = loop {
            if client.session.read_tls(&mut client.socket).unwrap() == 0 {
                break None;
            }
            if let Err(error) = client.session.process_new_packets() {
                break Some(error);
            }
            if !client.session.is_early_data_accepted() {
                client.send();
            }
        };
        assert_eq!(client.session.is_early_data_accepted(), came_before);
        let revoked = rustls::Error::AlertReceived(AlertDescription::CertificateRevoked);
        assert_eq!(refused, (!came_before).then_some(revoked));
        assert_eq!(*asked.lock().unwrap(), [""; 0]);
    }
    std::fs::remove_file(&file).unwrap();
}

#[test]
fn a_session_with_a_large_certificate_is_not_kept() {
    let ca = authority();
    let (server, asked) = start(ClientsSaid::new(ca.pem()));
    let large = small(&ca, |params| {
        let names = (0..9).map(|at| san("dns", &format!("worker-{at}.shop.example")));
        params.subject_alt_names = names.collect();
    });
    let mut client = known(&server, &showing(&large), &asked);
    assert!(client.session.early_data().is_none());
    client.complete();
    assert_eq!(client.session.handshake_kind(), Some(HandshakeKind::Full));
    client.say(&request("GET", "/"));
    assert!(client.until("late.").contains("CN=alice late."));
}
