//! The server's side of a broken exchange: what it is asked, and what must be left of it.

use std::cell::{Cell, RefCell};
use std::fmt::Debug;
use std::panic;
use std::rc::{Rc, Weak};
use std::sync::Once;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use sluice::config::Timeouts;
use sluice::error::Result;
use sluice::http::{Connection, Exchange, check_field};
use sluice::tls;
use tokio::io::{DuplexStream, duplex};
use tokio::runtime::{Builder, LocalOptions};

use super::wire::{Moved, Plan, Wire};
use crate::support::pipe::Rig;
use crate::support::{Work, body, hash, path, read_all, stream};

/// How long anything may wait for the client.
const PATIENCE: Duration = Duration::from_millis(1000);
/// When something is stuck. No wall time: the clock jumps to it when nothing else happens.
const STUCK: Duration = Duration::from_secs(600);

thread_local! {
    static PANICS: Cell<usize> = const { Cell::new(0) };
}

/// Runs a test on a clock that stands still while there is something to do and jumps when there is not.
pub fn run(test: impl Future<Output = ()>) {
    static COUNT: Once = Once::new();
    COUNT.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            PANICS.set(PANICS.get() + 1);
            usual(info);
        }));
    });
    let runtime = Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build_local(LocalOptions::default())
        .unwrap();
    runtime.block_on(test);
}

/// A server without sockets, and what it must not leave behind.
pub struct Bench {
    rig: Rig,
    exchanges: Rc<RefCell<Vec<Weak<Exchange>>>>,
    wrong: Rc<RefCell<Vec<String>>>,
}

impl Bench {
    pub fn plain() -> Self {
        Self::new(None)
    }

    pub fn tls(settings: tls::Settings) -> Self {
        Self::new(Some(settings))
    }

    fn new(settings: Option<tls::Settings>) -> Self {
        let exchanges = Rc::new(RefCell::new(Vec::new()));
        let wrong = Rc::new(RefCell::new(Vec::new()));
        let (begun, found) = (Rc::clone(&exchanges), Rc::clone(&wrong));
        let rig = Rig::new(move |exchange| -> Work {
            begun.borrow_mut().push(Rc::downgrade(&exchange));
            let found = Rc::clone(&found);
            Box::pin(async move {
                if let Err(error) = answer(&exchange, &found).await {
                    exchange.reply.abort();
                    drop(error);
                }
            })
        });
        let rig = rig.timeouts(Timeouts {
            handshake: PATIENCE,
            head: PATIENCE,
            idle: PATIENCE,
            body: PATIENCE,
            write: PATIENCE,
            drain: PATIENCE,
            // Those who stutter may be as slow as they are.
            rate: 0,
            ..Timeouts::DEFAULT
        });
        let rig = match settings {
            Some(settings) => rig.tls(settings),
            None => rig,
        };
        Self {
            rig,
            exchanges,
            wrong,
        }
    }

    /// Lets `client` talk over a wire with a fault; gives what it has seen, and what went over the wire, when the
    /// server has nothing left of it.
    pub async fn meet<C, S>(&self, plan: Plan, client: C) -> (S, Rc<Moved>)
    where
        C: AsyncFnOnce(DuplexStream) -> S,
    {
        let panics = PANICS.get();
        let (near, far) = duplex(16 * 1024);
        let drained: Rc<RefCell<Weak<Connection>>> = Rc::default();
        let asked = Rc::clone(&drained);
        let (wire, moved) = Wire::new(far, plan, move || {
            if let Some(connection) = asked.borrow().upgrade() {
                connection.drain();
            }
        });
        let connection = Rc::downgrade(&self.rig.attach(wire));
        *drained.borrow_mut() = connection.clone();
        let met = async {
            let seen = client(near).await;
            while self.is_left(&connection) {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            seen
        };
        let Ok(seen) = tokio::time::timeout(STUCK, met).await else {
            let alive = self
                .exchanges
                .borrow()
                .iter()
                .filter(|e| e.strong_count() > 0)
                .count();
            panic!(
                "{plan:?}: it hangs: {} handlers, {alive} exchanges, {} active, {} connections",
                self.rig.tasks.running(),
                self.rig.stats.active.get(),
                connection.strong_count(),
            );
        };
        assert_eq!(PANICS.get(), panics, "{plan:?}: the server panicked");
        let wrong = self.wrong.take();
        assert!(wrong.is_empty(), "{plan:?}: {wrong:?}");
        self.exchanges.borrow_mut().clear();
        (seen, moved)
    }

    /// How often a deadline has passed.
    pub fn timeouts(&self) -> u64 {
        let timeouts = &self.rig.stats.timeouts;
        let counts = [
            &timeouts.head,
            &timeouts.idle,
            &timeouts.body,
            &timeouts.write,
        ];
        counts.map(|count| count.get()).iter().sum()
    }

    /// Whether the server still has something of the connection.
    fn is_left(&self, connection: &Weak<Connection>) -> bool {
        let exchanges = self.exchanges.borrow();
        connection.strong_count() > 0
            || self.rig.tasks.running() > 0
            || self.rig.stats.active.get() > 0
            || exchanges.iter().any(|exchange| exchange.strong_count() > 0)
    }
}

/// `/size/9` is nine bytes at once, `/stream/9/2` nine in pieces of two; `/upload/9` takes nine and says `taken`, with
/// a trailer; `/hint` comes after an early hint.
async fn answer(exchange: &Exchange, wrong: &RefCell<Vec<String>>) -> Result<()> {
    let path = path(exchange);
    let number = |at: usize| path[at].parse::<usize>().unwrap();
    match path[0].as_str() {
        "size" => exchange.reply.end(body(number(1))),
        "stream" => stream(exchange, body(number(1)), number(2)).await,
        "upload" => {
            let got = read_all(exchange).await?;
            if hash(&got) != hash(&body(number(1))) {
                let said = format!("a body of {} bytes ends after {}", number(1), got.len());
                wrong.borrow_mut().push(said);
            }
            let (name, value) = check_field(b"x-sum", b"right")?;
            exchange.reply.set_trailer(name, value)?;
            exchange.reply.write(Bytes::from_static(b"tak"))?;
            exchange.reply.end(Bytes::from_static(b"en"))
        }
        "hint" => {
            let mut headers = HeaderMap::new();
            headers.insert(
                header::LINK,
                HeaderValue::from_static("</a.css>; rel=preload"),
            );
            let informed = exchange.inform(103, headers)?;
            std::future::poll_fn(|cx| exchange.poll_informed(cx, informed)).await?;
            exchange.reply.end(body(number(1)))
        }
        other => unreachable!("{other}"),
    }
}

/// What the reply to a path must be when it is complete.
pub fn expected(path: &str) -> Bytes {
    let mut parts = path.split('/').skip(1);
    match (parts.next().unwrap(), parts.next().unwrap().parse()) {
        ("upload", _) => Bytes::from_static(b"taken"),
        (_, Ok(size)) => body(size),
        other => unreachable!("{other:?}"),
    }
}

/// Checks a body that its client takes for whole.
pub fn check_whole(path: &str, got: &[u8], what: &impl Debug) {
    let whole = hash(got) == hash(&expected(path));
    assert!(whole, "{what:?}: {path}: {} bytes look whole", got.len());
}

/// Which positions of `len` bytes to break at: all of the first and the last, then so many more, those beside the
/// sizes of buffers and records among them.
pub fn positions(len: usize, all: usize, step: usize) -> impl Iterator<Item = usize> {
    (0..=len).filter(move |&at| {
        let near = |size: usize| (at + 1) % size <= 2;
        at <= all || at + all / 4 >= len || at % step == 0 || near(16_384) || near(8192)
    })
}
