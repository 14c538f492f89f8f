//! What the engine's certificates are for: a listener that answers challenges, and a log that can be waited for.

use std::cell::{Cell, RefCell};
use std::net::TcpListener;
use std::rc::Rc;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::server::Acceptor;
use rustls::sign::SingleCertAndKey;
use sluice::acme::{self, Settings};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio_rustls::LazyConfigAcceptor;

/// A listener on loopback that answers TLS-ALPN-01 and nothing else.
pub struct Site {
    listener: TcpListener,
    settings: RefCell<Vec<Settings>>,
    pub is_deaf: Cell<bool>,
    /// How many challenges it has answered.
    pub answered: Cell<u32>,
}

impl Site {
    pub fn new() -> Rc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        Rc::new(Self {
            listener,
            settings: RefCell::default(),
            is_deaf: Cell::new(false),
            answered: Cell::new(0),
        })
    }

    pub fn port(&self) -> u16 {
        self.listener.local_addr().unwrap().port()
    }

    /// Answers for the names of `settings` too.
    pub fn add(&self, settings: &Settings) {
        self.settings.borrow_mut().push(settings.clone());
    }

    pub async fn serve(self: Rc<Self>) {
        let listener = self.listener.try_clone().unwrap();
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let site = Rc::clone(&self);
            tokio::task::spawn_local(async move { site.answer(stream).await });
        }
    }

    async fn answer(&self, stream: TcpStream) -> Option<()> {
        if self.is_deaf.get() {
            return None;
        }
        let hello = LazyConfigAcceptor::new(Acceptor::default(), stream)
            .await
            .ok()?;
        let offered: Vec<_> = hello.client_hello().alpn()?.map(<[u8]>::to_vec).collect();
        if offered != [b"acme-tls/1"] {
            return None;
        }
        let name = hello.client_hello().server_name()?.to_owned();
        let settings = self.settings.borrow().clone();
        let key = settings
            .iter()
            .find_map(|settings| acme::challenge(settings, &name))?;
        let mut config =
            ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
                .with_safe_default_protocol_versions()
                .ok()?
                .with_no_client_auth()
                .with_cert_resolver(Arc::new(SingleCertAndKey::from((*key).clone())));
        config.alpn_protocols = vec![b"acme-tls/1".to_vec()];
        hello.into_stream(Arc::new(config)).await.ok()?;
        self.answered.set(self.answered.get() + 1);
        Some(())
    }
}

/// Lines that a test can wait for.
#[derive(Default)]
pub struct Log {
    lines: RefCell<Vec<String>>,
    more: Notify,
}

impl Log {
    pub fn new() -> Rc<Self> {
        Rc::new(Self::default())
    }

    pub fn say(&self, line: &str) {
        println!("log: {line}");
        self.lines.borrow_mut().push(line.to_owned());
        self.more.notify_waiters();
    }

    pub fn count(&self, part: &str) -> usize {
        self.lines
            .borrow()
            .iter()
            .filter(|line| line.contains(part))
            .count()
    }

    /// Waits for a line with `part` in it, and takes it and all before it away.
    pub async fn expect(&self, part: &str) -> String {
        loop {
            let more = self.more.notified();
            let found = self
                .lines
                .borrow()
                .iter()
                .position(|line| line.contains(part));
            if let Some(found) = found {
                return self.lines.borrow_mut().drain(..=found).next_back().unwrap();
            }
            more.await;
        }
    }
}
