//! From `start()` to its return: alone in this process, or with workers.

use std::cell::RefCell;
use std::future::Future;
use std::hash::{BuildHasher, Hasher};
use std::pin::pin;
use std::rc::Rc;

use ext_php_rs::exception::{PhpException, PhpResult};

use super::bridge::{App, Duty, Interrupted, PhpHandler, Post};
use super::origin;
use super::zend::{
    Callable, Pending, Thrown, forked, last_error, protect, retire, set_exit_status, throw_exit,
};
use crate::config::Workers;
use crate::error::Result;
use crate::files::{self, Mounts};
use crate::forms::Storage;
use crate::http::Terms;
use crate::server::{self, Bound, Control, Outcome, Sharing};
use crate::stats::{self, Board};
use crate::workers::{self, Order, Plan, Role, Socket, Worker};
use crate::{net, sys, tls};

/// How a process ends that had to cut something off.
const CUT: i32 = 1;

/// What can be asked of a server while it runs.
#[derive(Debug, Default)]
pub(super) struct Live {
    /// What stops it.
    pub(super) control: RefCell<Rc<Control>>,
    /// The certificates of each listener, where it has any.
    pub(super) tls: RefCell<Vec<Option<tls::Settings>>>,
    /// Its numbers.
    pub(super) listeners: RefCell<Vec<Rc<stats::Listener>>>,
    /// How many handlers have run in this process.
    pub(super) duty: RefCell<Rc<Duty>>,
    /// What this process is, if it is a worker.
    pub(super) worker: RefCell<Option<Rc<Worker>>>,
    /// The numbers of all workers, if there are any.
    pub(super) board: RefCell<Option<Rc<Board>>>,
}

/// What the user has given to be called.
pub(super) struct Callbacks {
    pub(super) handler: Callable,
    pub(super) on_error: Option<Callable>,
    pub(super) on_start: Option<Callable>,
    pub(super) on_stop: Option<Callable>,
}

/// A server that is about to start.
pub(super) struct Serving<'a> {
    pub(super) callbacks: Callbacks,
    pub(super) terms: Rc<Terms>,
    pub(super) storage: Rc<Storage>,
    pub(super) mounts: Vec<files::Settings>,
    pub(super) workers: &'a Workers,
    pub(super) live: &'a Live,
}

/// A listener, and the address as the user asked for it.
pub(super) struct Asked {
    pub(super) said: String,
    pub(super) bound: Bound,
}

impl Serving<'_> {
    /// Serves in this process until it is stopped.
    pub(super) fn alone(self, asked: Vec<Asked>) -> PhpResult<()> {
        let control = Rc::new(Control::default());
        let has_files =
            |tls: &Option<tls::Settings>| tls.as_ref().is_some_and(|tls| !tls.files().is_empty());
        let renews = self.live.tls.borrow().iter().any(has_files);
        let stop = server::heed_signals(Rc::clone(&control), renews, log)?;
        let orders = async {
            tokio::join!(stop, beat());
        };
        let duty = Rc::new(Duty::default());
        self.live.begin(&control, &duty);
        let settings = self.settings()?;
        let storage = self.storage;
        let callbacks = self.callbacks;
        call(callbacks.on_start.as_ref())?;
        notify("READY=1");
        let app = app(
            callbacks.handler,
            callbacks.on_error,
            &control,
            duty,
            storage,
        );
        let bound = asked.into_iter().map(|asked| asked.bound).collect();
        let ended = serve(bound, &app, settings, control, orders);
        notify("STOPPING=1");
        if ended? != Outcome::Drained {
            set_exit_status(CUT);
        }
        call(callbacks.on_stop.as_ref())?;
        if app.fatal().is_some() {
            drop((app, callbacks.on_stop));
            retire();
        }
        Ok(())
    }

    /// Serves with workers under a supervisor. Returns in this process when all have ended, and in each
    /// worker with its end pending.
    pub(super) fn supervised(self, asked: Vec<Asked>) -> PhpResult<()> {
        let handover = origin::handover()?;
        let board = Rc::new(match &handover {
            Some(handover) => {
                let board = Board::adopt(handover.board()?)?;
                tls::set_ticket_secret(board.secret())?;
                board
            }
            None => Board::create(tls::ticket_secret()?)?,
        });
        let (sockets, bound) = sockets(asked, &board)?;
        let plan = Plan {
            workers: self.workers.count,
            sockets,
            board: Rc::clone(&board),
            drain: self.terms.timeouts.drain,
            watch: self.workers.watch.clone(),
            program: origin::again()?,
            log,
            notify,
            watchdog: sys::watchdog_interval(),
        };
        let numbers = bound
            .iter()
            .map(|bound| bound.counted_on(&board, 0))
            .collect::<Result<Vec<_>>>()?;
        let role = match handover {
            Some(handover) => {
                let (worker, bound) = workers::lead(plan, bound, handover)?;
                Role::Worker(worker, bound)
            }
            None => workers::supervise(plan, bound)?,
        };
        *self.live.board.borrow_mut() = Some(Rc::clone(&board));
        match role {
            Role::Worker(worker, bound) => self.work(worker, bound, &board),
            Role::Done(ended) => {
                *self.live.listeners.borrow_mut() = numbers;
                if ended.cut {
                    set_exit_status(CUT);
                }
                Ok(())
            }
        }
    }

    /// In a worker: from its first step to its last.
    fn work(self, worker: Worker, mut bound: Vec<Bound>, board: &Rc<Board>) -> PhpResult<()> {
        forked();
        let worker = Rc::new(worker);
        let control = Rc::new(Control::default());
        let duty = Rc::new(Duty::of(Post {
            worker: Rc::clone(&worker),
            board: Rc::clone(board),
            max_requests: self.workers.max_requests.map(a_tenth_less_at_most),
            max_memory: self.workers.max_memory,
        }));
        for bound in &mut bound {
            bound.count_on(board, worker.slot)?;
        }
        self.live.begin(&control, &duty);
        *self.live.listeners.borrow_mut() = bound.iter().map(Bound::stats).collect();
        *self.live.worker.borrow_mut() = Some(Rc::clone(&worker));
        let settings = match self.settings() {
            Ok(settings) => settings,
            Err(error) => {
                worker.failed(&error.to_string());
                return Err(end(1));
            }
        };
        let settings = server::Settings {
            shares: (self.workers.count > 1).then(|| {
                let board = Rc::clone(board);
                let slot = worker.slot;
                Rc::new(Crew { board, slot }) as Rc<dyn Sharing>
            }),
            ..settings
        };
        let storage = self.storage;
        let callbacks = self.callbacks;
        if let Err(reason) = attempt(callbacks.on_start.as_ref()) {
            worker.failed(&format!("onStart: {reason}"));
            return Err(end(1));
        }
        if !worker.ready() {
            return Err(end(0));
        }
        let app = app(
            callbacks.handler,
            callbacks.on_error,
            &control,
            Rc::clone(&duty),
            storage,
        );
        let orders = follow(worker, Rc::clone(&control), duty);
        let status = match serve(bound, &app, settings, control, orders) {
            Ok(Outcome::Drained) => 0,
            Ok(Outcome::Cut { .. }) => CUT,
            Err(error) => {
                log(&error.to_string());
                CUT
            }
        };
        if let Err(reason) = attempt(callbacks.on_stop.as_ref()) {
            log(&format!("onStop: {reason}"));
        }
        if app.fatal().is_some() {
            drop((app, callbacks.on_stop));
            retire();
        }
        Err(end(status))
    }

    /// Opens the roots of the mounts: each process has descriptors of its own.
    fn settings(&self) -> Result<server::Settings> {
        let mounts = if self.mounts.is_empty() {
            None
        } else {
            Some(Rc::new(Mounts::open(&self.mounts)?))
        };
        Ok(server::Settings {
            terms: Rc::clone(&self.terms),
            mounts,
            shares: None,
            log,
        })
    }
}

/// The workers of this generation, as one of them sees them.
struct Crew {
    board: Rc<Board>,
    slot: usize,
}

impl Sharing for Crew {
    fn excess(&self) -> u64 {
        self.board.excess(self.slot)
    }
}

impl Live {
    fn begin(&self, control: &Rc<Control>, duty: &Rc<Duty>) {
        *self.control.borrow_mut() = Rc::clone(control);
        *self.duty.borrow_mut() = Rc::clone(duty);
    }
}

fn app(
    handler: Callable,
    on_error: Option<Callable>,
    control: &Rc<Control>,
    duty: Rc<Duty>,
    storage: Rc<Storage>,
) -> Rc<App> {
    Rc::new(App::new(
        handler,
        on_error,
        Rc::clone(control),
        duty,
        storage,
        log,
    ))
}

fn serve(
    bound: Vec<Bound>,
    app: &Rc<App>,
    settings: server::Settings,
    control: Rc<Control>,
    orders: impl Future<Output = ()> + 'static,
) -> Result<Outcome> {
    let ended = server::run(bound, PhpHandler(Rc::clone(app)), settings, control, orders);
    app.close();
    if let Ok(Outcome::Cut {
        connections,
        handlers,
    }) = &ended
    {
        log(&format!(
            "the drain timeout cut off {connections} connections and {handlers} handlers"
        ));
    }
    ended
}

/// The sockets for the supervisor, which owns their files, and for the workers.
fn sockets(asked: Vec<Asked>, board: &Board) -> Result<(Vec<Socket>, Vec<Bound>)> {
    let mut sockets = Vec::new();
    let mut all = Vec::new();
    for Asked { said, mut bound } in asked {
        board.row(bound.address())?;
        let mut listener = net::Listener::adopt(bound.try_clone_fd().map_err(no_descriptor)?)?;
        if bound.leave_file() {
            listener.own_file()?;
        }
        sockets.push(Socket { said, listener });
        all.push(bound);
    }
    Ok((sockets, all))
}

fn no_descriptor(error: std::io::Error) -> crate::error::Error {
    crate::error::Error::new(
        crate::error::Kind::Server,
        format!("no descriptor for the workers: {error}"),
    )
    .caused_by(error)
}

/// Does what the supervisor says. SIGTERM to one worker replaces it.
async fn follow(worker: Rc<Worker>, control: Rc<Control>, duty: Rc<Duty>) {
    let mut terminated = pin!(worker.terminated());
    let mut asked = false;
    loop {
        tokio::select! {
            order = worker.order() => match order {
                Ok(Order::Go) => {}
                Ok(Order::Drain(grace)) => control.stop(grace),
                Ok(Order::Renew) => control.renew(),
                Ok(Order::End) | Err(_) => break,
            },
            () = &mut terminated, if !asked => {
                asked = true;
                duty.retire("SIGTERM");
            }
        }
    }
    control.end();
}

/// Calls a callback; an exception that it throws is pending then.
fn call(callback: Option<&Callable>) -> PhpResult<()> {
    if let Some(callback) = callback {
        drop(callback.call([]));
        if Pending::now() != Pending::Nothing {
            return Err(Interrupted::Pending.into());
        }
    }
    Ok(())
}

/// Calls a callback; the error says why it did not return.
fn attempt(callback: Option<&Callable>) -> Result<(), String> {
    let Some(callback) = callback else {
        return Ok(());
    };
    if protect(|| drop(callback.call([]))).is_err() {
        let error = last_error().map(|text| text.to_lossy());
        return Err(error.unwrap_or_else(|| "a fatal error".into()));
    }
    match Pending::now() {
        Pending::Nothing => Ok(()),
        Pending::Exit => {
            drop(Thrown::take());
            Err("exit() was called".into())
        }
        _ => Err(Thrown::take().map_or_else(String::new, |thrown| thrown.describe())),
    }
}

/// The end of this process as by `exit()`: what returns from here unwinds the script.
fn end(status: i32) -> PhpException {
    set_exit_status(status);
    throw_exit();
    Interrupted::Pending.into()
}

/// So that the workers of a server do not all go at once.
fn a_tenth_less_at_most(most: u64) -> u64 {
    let mut random = std::hash::RandomState::new().build_hasher();
    random.write_u32(std::process::id());
    most - random.finish() % (most / 10 + 1)
}

/// Operators read the standard error of the process.
pub(super) fn log(line: &str) {
    use std::io::Write;
    // One record is one line, whatever a message brings along, and one write: the records of several
    // processes do not mix.
    let line = line.replace(|c: char| c.is_control(), " ");
    let record = format!("[sluice] {line}\n");
    // Nobody is left to tell when this fails.
    let _ = std::io::stderr().write_all(record.as_bytes());
}

/// Tells the service manager, if there is one.
fn notify(state: &str) {
    let told = match state {
        // systemd asks for the time, to tell one reload from another.
        "RELOADING=1" => sys::notify(&format!(
            "{state}\nMONOTONIC_USEC={}",
            sys::monotonic_micros()
        )),
        _ => sys::notify(state),
    };
    if let Err(error) = told {
        log(&error.to_string());
    }
}

/// Tells the service manager that all is well, as often as it wants to hear it.
async fn beat() {
    let Some(interval) = sys::watchdog_interval() else {
        return std::future::pending().await;
    };
    loop {
        notify("WATCHDOG=1");
        tokio::time::sleep(interval / 2).await;
    }
}
