//! A whole server on a thread of its own, as a user runs it.

use std::cell::RefCell;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::rc::Rc;
use std::sync::{LazyLock, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use sluice::compress::Compressor;
use sluice::config::{Compression, Limits, Proxies, Timeouts};
use sluice::http::{Exchange, Handler, Terms};
use sluice::server::{Bound, Control, Outcome, Settings, run};
use sluice::{files, stats, tls};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::Work;

/// Tests that start a server take turns: their deadlines count on the cores.
static TURN: Mutex<()> = Mutex::new(());

static IDENTITY: LazyLock<tls::Settings> =
    LazyLock::new(|| tls::Settings::self_signed(&[]).unwrap());

/// TLS settings with a certificate for localhost, the same for all tests of a file.
pub fn identity(ring: usize) -> tls::Settings {
    IDENTITY.with_ring(ring as i64).unwrap()
}

/// What a server listens on and is bounded by. `None` is a plain listener, a number a ring.
pub struct Plan {
    pub listeners: Vec<Option<usize>>,
    pub limits: Limits,
    pub timeouts: Timeouts,
    pub compression: Option<Compression>,
    /// Who stands in front of the listeners.
    pub proxies: Option<Proxies>,
    pub mounts: Vec<files::Settings>,
    /// Mounts are looked through name by name.
    pub walks: bool,
    /// How much early data the TLS listeners take, in bytes.
    pub early_data: i64,
    /// Which certificates of clients the TLS listeners take; `None` asks for none.
    pub clients: Option<tls::ClientsSaid>,
}

impl Plan {
    pub fn new(listeners: &[Option<usize>]) -> Self {
        Self {
            listeners: listeners.to_vec(),
            limits: Limits {
                body: 1 << 30,
                ..Limits::DEFAULT
            },
            timeouts: Timeouts::DEFAULT,
            compression: None,
            proxies: None,
            mounts: Vec::new(),
            walks: false,
            early_data: 0,
            clients: None,
        }
    }

    pub fn write_timeout(mut self, write: Duration) -> Self {
        self.timeouts.write = write;
        self
    }
}

/// What can be looked at on the server's thread.
pub struct Inside {
    pub control: Rc<Control>,
    pub listeners: Vec<Rc<stats::Listener>>,
}

type Call = Box<dyn FnOnce(&Inside) + Send>;

/// A running server. Dropping it ends it at once.
pub struct Server {
    /// Where it listens, in the order of the plan.
    pub addresses: Vec<SocketAddr>,
    calls: UnboundedSender<Call>,
    thread: Mutex<Option<JoinHandle<Outcome>>>,
}

impl Server {
    /// Starts a server that answers with `handler`, once no other test has one.
    pub fn start<H>(plan: Plan, handler: H) -> Self
    where
        H: Fn(Rc<Exchange>) -> Work + Send + 'static,
    {
        let (calls, received) = unbounded_channel();
        let (bound, addresses) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
            serve(plan, handler, received, &bound)
        });
        let mut addresses: Vec<SocketAddr> = addresses.recv().unwrap();
        knock(addresses.pop().unwrap());
        Self {
            addresses,
            calls,
            thread: Mutex::new(Some(thread)),
        }
    }

    /// What `look` sees on the server's thread.
    pub fn look<T: Send + 'static>(&self, look: impl FnOnce(&Inside) -> T + Send + 'static) -> T {
        self.try_look(look).expect("the server runs")
    }

    /// The same; `None` when the server has ended.
    fn try_look<T, F>(&self, look: F) -> Option<T>
    where
        T: Send + 'static,
        F: FnOnce(&Inside) -> T + Send + 'static,
    {
        let (answer, answered) = mpsc::channel();
        // Whoever asked waits for the answer.
        let call: Call = Box::new(move |inside| answer.send(look(inside)).unwrap());
        self.calls.send(call).ok()?;
        answered.recv().ok()
    }

    /// What `look` sees of a listener's numbers.
    pub fn stats<T, F>(&self, listener: usize, look: F) -> T
    where
        T: Send + 'static,
        F: FnOnce(&stats::Listener) -> T + Send + 'static,
    {
        self.look(move |inside| look(&inside.listeners[listener]))
    }

    /// Asks the server to stop, as a handler would; returns once its connections know.
    pub fn stop(&self, grace: Option<Duration>) {
        self.look(move |inside| inside.control.stop(grace));
        // The server heeds it in its next turn, and each connection in the one after.
        for _ in 0..3 {
            self.try_look(|_| ());
        }
    }

    /// How the server ended. Waits for it.
    pub fn outcome(self) -> Outcome {
        let thread = self.thread.lock().unwrap().take();
        thread.unwrap().join().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let end: Call = Box::new(|inside| inside.control.stop(Some(Duration::ZERO)));
        // It may have ended already.
        let _ = self.calls.send(end);
        let thread = self.thread.lock().ok().and_then(|mut thread| thread.take());
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

fn serve<H>(
    plan: Plan,
    handler: H,
    calls: UnboundedReceiver<Call>,
    bound: &mpsc::Sender<Vec<SocketAddr>>,
) -> Outcome
where
    H: Fn(Rc<Exchange>) -> Work + 'static,
{
    let early_data = plan.early_data;
    let secure = |ring: usize| {
        let settings = identity(ring).with_early_data(early_data).unwrap();
        match &plan.clients {
            Some(clients) => settings.with_clients(clients.clone()).unwrap(),
            None => settings,
        }
    };
    let bind = |ring: Option<usize>| Bound::bind("127.0.0.1:0", ring.map(secure)).unwrap();
    let behind = |bound: Bound| match &plan.proxies {
        Some(proxies) => bound.behind(proxies.clone()),
        None => bound,
    };
    let wanted = plan.listeners.iter().map(|ring| behind(bind(*ring)));
    let listeners: Vec<Bound> = wanted.chain([bind(None)]).collect();
    let addresses = listeners
        .iter()
        .map(|bound| {
            bound
                .address()
                .strip_prefix("tcp://")
                .unwrap()
                .parse()
                .unwrap()
        })
        .collect();
    let control = Rc::new(Control::default());
    let inside = Inside {
        control: Rc::clone(&control),
        listeners: listeners.iter().map(Bound::stats).collect(),
    };
    let door = Door {
        handler,
        calls: RefCell::new(Some((calls, inside))),
    };
    let open = if plan.walks {
        files::Mounts::open_walking
    } else {
        files::Mounts::open
    };
    let settings = Settings {
        terms: Rc::new(Terms {
            limits: plan.limits,
            timeouts: plan.timeouts,
            compressor: plan
                .compression
                .map(|meant| Rc::new(Compressor::new(meant))),
            ..Terms::default()
        }),
        mounts: (!plan.mounts.is_empty()).then(|| Rc::new(open(&plan.mounts).unwrap())),
        shares: None,
        log: |line| println!("{line}"),
    };
    bound.send(addresses).unwrap();
    run(listeners, door, settings, control, std::future::pending()).unwrap()
}

/// The test's handler, and a door to the server's thread that the first knock opens.
struct Door<H> {
    handler: H,
    calls: RefCell<Option<(UnboundedReceiver<Call>, Inside)>>,
}

impl<H: Fn(Rc<Exchange>) -> Work + 'static> Handler for Door<H> {
    type Work = Work;

    fn handle(&self, exchange: Rc<Exchange>) -> Work {
        if exchange.request.uri.path() != "/knock" {
            return (self.handler)(exchange);
        }
        if let Some((mut calls, inside)) = self.calls.take() {
            tokio::task::spawn_local(async move {
                while let Some(call) = calls.recv().await {
                    call(&inside);
                }
            });
        }
        Box::pin(async move { exchange.reply.end(Bytes::new()).unwrap() })
    }
}

/// Opens the door by a request to the server's last listener, which tests do not see.
fn knock(address: SocketAddr) {
    let mut socket = TcpStream::connect(address).unwrap();
    let head = "GET /knock HTTP/1.1\r\nhost: door\r\nconnection: close\r\n\r\n";
    socket.write_all(head.as_bytes()).unwrap();
    let mut reply = String::new();
    socket.read_to_string(&mut reply).unwrap();
    assert!(reply.starts_with("HTTP/1.1 200"), "{reply}");
}
