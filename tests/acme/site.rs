//! What the engine's certificates are for: a listener that answers challenges, and a log that can be waited for.

use std::cell::{Cell, RefCell};
use std::net::TcpListener;
use std::rc::Rc;

use sluice::acme::{self, Settings};
use sluice::{stats, tls};
use tokio::net::TcpStream;
use tokio::sync::Notify;

/// A listener on loopback as the server's, which answers TLS-ALPN-01; nobody wants anything else of it.
pub struct Site {
    listener: TcpListener,
    settings: RefCell<Vec<Settings>>,
    pub is_deaf: Cell<bool>,
    /// How many challenges it has answered.
    pub answered: Cell<u32>,
    /// It has answered one more.
    pub more: Notify,
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
            more: Notify::new(),
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

    async fn answer(&self, stream: TcpStream) {
        if self.is_deaf.get() {
            return;
        }
        let ours = self.settings.borrow().clone();
        let find = move |name: &str| ours.iter().find_map(|ours| acme::challenge(ours, name));
        let (certificate, key) = super::self_signed("localhost");
        let settings = tls::Settings::parse(tls::Said {
            challenges: Some(tls::Challenges::new(find)),
            ..tls::Said::new(tls::Source::Pem {
                certificate,
                private_key: key.serialize_pem(),
                ocsp: None,
            })
        });
        let meter = Rc::new(stats::Listener::new("site".into(), None));
        let accepted = tls::accept(&settings.unwrap(), stream, meter).await;
        if accepted.is_err_and(|error| error.message().contains("has seen its challenge")) {
            self.answered.set(self.answered.get() + 1);
            self.more.notify_one();
        }
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
