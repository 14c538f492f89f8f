//! A CA that does what Pebble never does: it refuses each account and asks for patience, or is silent.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls_pki_types::PrivateKeyDer;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::spawn_local;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

pub struct Refusing {
    pub certificate: String,
    pub requests: Rc<Cell<u32>>,
    /// An order has come, of which it says nothing.
    pub ordered: Rc<Notify>,
    port: u16,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// No account is made for an hour.
    Patience,
    /// Accounts are made, and orders never answered.
    Silence,
    /// What stands in front of it finds it broken.
    Gateway,
}

impl Refusing {
    pub async fn new(manner: Manner) -> Self {
        let (certificate, key) = super::self_signed("localhost");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth();
        let der = rustls_pki_types::pem::PemObject::from_pem_slice(certificate.as_bytes()).unwrap();
        let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let config = config.with_single_cert(vec![der], key).unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let requests = Rc::new(Cell::new(0));
        let ordered = Rc::new(Notify::new());
        let (counted, told) = (Rc::clone(&requests), Rc::clone(&ordered));
        spawn_local(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let acceptor = acceptor.clone();
                let (counted, told) = (Rc::clone(&counted), Rc::clone(&told));
                spawn_local(async move {
                    let Ok(stream) = acceptor.accept(stream).await else {
                        return;
                    };
                    counted.set(counted.get() + 1);
                    answer(stream, manner, port, &told).await;
                });
            }
        });
        Self {
            certificate,
            requests,
            ordered,
            port,
        }
    }

    pub fn directory(&self) -> String {
        format!("https://localhost:{}/directory", self.port)
    }
}

async fn answer(stream: TlsStream<TcpStream>, manner: Manner, port: u16, ordered: &Notify) {
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head).await.unwrap_or(0) == 0 {
            return;
        }
    }
    let url = |path| format!("https://localhost:{port}/{path}");
    let (status, body) = if head.starts_with("GET /directory ") {
        let body = serde_json::json!({
            "newNonce": url("nonce"), "newAccount": url("account"), "newOrder": url("order"),
        });
        ("200 OK", body.to_string())
    } else if head.starts_with("HEAD /nonce ") {
        ("200 OK", String::new())
    } else if head.starts_with("POST /order ") {
        ordered.notify_one();
        return std::future::pending().await;
    } else if manner == Manner::Silence {
        ("201 Created\r\nLocation: https://localhost/1", "{}".into())
    } else if manner == Manner::Gateway {
        let page = "<html><h1>Bad Gateway</h1></html>";
        ("502 Bad Gateway\r\nRetry-After: 7200", page.into())
    } else {
        let body = serde_json::json!({
            "type": "urn:ietf:params:acme:error:rateLimited", "detail": "too many accounts",
        });
        (
            "429 Too Many Requests\r\nRetry-After: 5000",
            body.to_string(),
        )
    };
    let length = body.len();
    let reply = format!(
        "HTTP/1.1 {status}\r\nReplay-Nonce: abc\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    let _ = stream.write_all(reply.as_bytes()).await;
    let _ = stream.shutdown().await;
}
