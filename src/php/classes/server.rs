//! `Sluice\Server`.
#![allow(non_snake_case, reason = "PHP code names the constructor's arguments")]

use std::cell::RefCell;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Instant;

use ext_php_rs::exception::PhpResult;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendClassObject, ZendHashTable, Zval};
use ext_php_rs::zend::ce;
use http::header::HeaderValue;

use super::values::Array;
use super::{Compression, Files, Proxies, Tls, Uploads, stats, uploads, values};
use crate::compress::Compressor;
use crate::error::{Error, Kind, Result};
use crate::http::{Terms, check_field};
use crate::php::arguments::{AnyCallable, Bytes, LimitsArg, Seconds, TimeoutsArg};
use crate::php::serving::{Asked, Callbacks, Live, Serving, log};
use crate::php::zend::{Callable, Fiber, own_buffers_per_fiber, sapi, take_shortcuts, type_name};
use crate::php::{bridge, origin};
use crate::server::{Bound, Phase};
use crate::workers::PidFile;
use crate::{acme, config, files, net};

/// A server: its listeners, its handler, its run.
#[php_class]
#[php(name = "Sluice\\Server")]
#[php(flags = ClassFlags::Final.union(ClassFlags::NotSerializable))]
pub struct Server {
    terms: Rc<Terms>,
    uploads: config::Uploads,
    workers: config::Workers,
    pid_file: Option<PathBuf>,
    asked: RefCell<Vec<Asked>>,
    automatic: RefCell<Vec<acme::Settings>>,
    mounts: RefCell<Vec<files::Settings>>,
    handler: RefCell<Option<Zval>>,
    on_error: RefCell<Option<Zval>>,
    on_start: RefCell<Option<Zval>>,
    on_stop: RefCell<Option<Zval>>,
    live: Live,
    since: Instant,
}

#[php_impl]
impl Server {
    #[php(defaults(workers = 1, supervise = false, inflate = true))]
    #[php(optional = workers)]
    #[expect(clippy::too_many_arguments, reason = "PHP code names them")]
    pub fn __construct(
        workers: i64,
        limits: Option<LimitsArg>,
        timeouts: Option<TimeoutsArg>,
        supervise: bool,
        maxRequests: Option<i64>,
        maxMemory: Option<i64>,
        pidFile: Option<Bytes>,
        watch: Option<Vec<Bytes>>,
        serverHeader: Option<Bytes>,
        uploads: Option<&ZendClassObject<Uploads>>,
        compression: Option<&ZendClassObject<Compression>>,
        inflate: bool,
    ) -> PhpResult<Self> {
        let path = |bytes: &Bytes| PathBuf::from(OsStr::from_bytes(bytes.0.as_bytes()));
        let workers = config::Workers::parse(config::WorkersSaid {
            count: workers,
            supervise,
            max_requests: maxRequests,
            max_memory: maxMemory,
            watch: watch.iter().flatten().map(path).collect(),
        })?;
        let limits = limits.map_or(Ok(config::Limits::DEFAULT), |said| {
            config::Limits::parse(said.0)
        })?;
        let timeouts = timeouts.map_or(Ok(config::Timeouts::DEFAULT), |said| {
            config::Timeouts::parse(said.0)
        })?;
        Ok(Self {
            terms: Rc::new(Terms {
                limits,
                timeouts,
                server: serverHeader.map(server_header).transpose()?,
                compressor: compression.map(|said| Rc::new(Compressor::new(said.0.clone()))),
                inflate,
            }),
            uploads: uploads.map_or(config::Uploads::DEFAULT, |uploads| uploads.0.clone()),
            workers,
            pid_file: pidFile.as_ref().map(path),
            asked: RefCell::default(),
            automatic: RefCell::default(),
            mounts: RefCell::default(),
            handler: RefCell::default(),
            on_error: RefCell::default(),
            on_start: RefCell::default(),
            on_stop: RefCell::default(),
            live: Live::default(),
            since: Instant::now(),
        })
    }

    pub fn listen(
        &self,
        address: Bytes,
        tls: Option<&ZendClassObject<Tls>>,
        proxies: Option<&ZendClassObject<Proxies>>,
    ) -> PhpResult<String> {
        self.check_not_started("listen()")?;
        let acme = tls.and_then(|tls| tls.acme.clone());
        let tls = tls.map(|tls| tls.settings.clone());
        let said = address.0.to_lossy();
        let bound = match origin::socket(&said) {
            Some(socket) => Bound::from_listener(net::Listener::adopt(socket)?, tls),
            None => Bound::bind(&said, tls)?,
        };
        let bound = match proxies {
            Some(proxies) => bound.behind(proxies.0.clone()),
            None => bound,
        };
        let address = bound.address().to_owned();
        self.live.listeners.borrow_mut().push(bound.stats());
        self.live.tls.borrow_mut().push(bound.tls().cloned());
        self.asked.borrow_mut().push(Asked { said, bound });
        let mut automatic = self.automatic.borrow_mut();
        let acme = acme.filter(|acme| !automatic.iter().any(|other| other.is_same(acme)));
        automatic.extend(acme);
        Ok(address)
    }

    pub fn mount<'a>(
        self_: &'a mut ZendClassObject<Server>,
        files: &ZendClassObject<Files>,
    ) -> PhpResult<&'a mut ZendClassObject<Server>> {
        self_.check_not_started("mount()")?;
        files::check_beside(&files.0, &self_.mounts.borrow())?;
        self_.mounts.borrow_mut().push(files.0.clone());
        Ok(self_)
    }

    pub fn handle(
        self_: &mut ZendClassObject<Server>,
        handler: AnyCallable,
    ) -> PhpResult<&mut ZendClassObject<Server>> {
        self_.check_not_started("handle()")?;
        *self_.handler.borrow_mut() = Some(callable("handle", handler)?);
        Ok(self_)
    }

    pub fn on_error(
        self_: &mut ZendClassObject<Server>,
        handler: AnyCallable,
    ) -> PhpResult<&mut ZendClassObject<Server>> {
        self_.check_not_started("onError()")?;
        *self_.on_error.borrow_mut() = Some(callable("onError", handler)?);
        Ok(self_)
    }

    pub fn on_start(
        self_: &mut ZendClassObject<Server>,
        callback: AnyCallable,
    ) -> PhpResult<&mut ZendClassObject<Server>> {
        self_.check_not_started("onStart()")?;
        *self_.on_start.borrow_mut() = Some(callable("onStart", callback)?);
        Ok(self_)
    }

    pub fn on_stop(
        self_: &mut ZendClassObject<Server>,
        callback: AnyCallable,
    ) -> PhpResult<&mut ZendClassObject<Server>> {
        self_.check_not_started("onStop()")?;
        *self_.on_stop.borrow_mut() = Some(callable("onStop", callback)?);
        Ok(self_)
    }

    pub fn start(&self) -> PhpResult<()> {
        self.check_can_start()?;
        own_buffers_per_fiber();
        take_shortcuts();
        bridge::init()?;
        let _pid_file = match &self.pid_file {
            Some(path) if !origin::is_generation() => Some(PidFile::write(path)?),
            _ => None,
        };
        let serving = Serving {
            callbacks: self.callbacks()?,
            terms: Rc::clone(&self.terms),
            storage: uploads::storage(&self.uploads)?,
            automatic: self.automatic.take(),
            mounts: self.mounts.borrow().clone(),
            workers: &self.workers,
            live: &self.live,
        };
        let unused = net::activation::unused();
        if !unused.is_empty() {
            log(&format!(
                "systemd handed over what is not listened on: {}",
                unused.join(", ")
            ));
        }
        let asked = self.asked.take();
        // A supervisor that has started this process for a reload waits for it, whatever the new code says.
        if self.workers.supervised || origin::is_generation() {
            serving.supervised(asked)
        } else {
            serving.alone(asked)
        }
    }

    pub fn stop(&self, grace: Option<Seconds>) -> PhpResult<()> {
        let grace = grace.map(|grace| grace.duration("the grace")).transpose()?;
        if let Some(worker) = &*self.live.worker.borrow() {
            worker.stop_all(grace);
            return Ok(());
        }
        let control = Rc::clone(&self.live.control.borrow());
        if control.phase() == Phase::Ready {
            return Err(values::state("the server is not running: start() it first"));
        }
        control.stop(grace);
        Ok(())
    }

    pub fn reload(&self) -> PhpResult<()> {
        match &*self.live.worker.borrow() {
            Some(worker) => {
                worker.reload();
                Ok(())
            }
            None if self.workers.supervised || origin::is_generation() => {
                Err(values::state("the server is not running: start() it first"))
            }
            None => Err(values::state(
                "a server without a supervisor cannot be reloaded: make it with supervise: true, or more workers",
            )),
        }
    }

    pub fn reload_certificates(&self) -> PhpResult<()> {
        let (tls, listeners) = (self.live.tls.borrow(), self.live.listeners.borrow());
        let wrong: Vec<String> = tls
            .iter()
            .zip(listeners.iter())
            .filter_map(|(tls, listener)| {
                let error = tls.as_ref()?.reload().err()?;
                Some(format!("{}: {error}", listener.address))
            })
            .collect();
        // What is good of it serves here already: it is counted and told, and the others shall have it too.
        match &*self.live.worker.borrow() {
            Some(worker) => worker.renew(),
            None => self.live.control.borrow().renew(),
        }
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(Error::new(Kind::Tls, wrong.join("; ")).into())
        }
    }

    pub fn cpu_count() -> i64 {
        // Where the system does not say there is one at least.
        let count = std::thread::available_parallelism().map_or(1, usize::from);
        i64::try_from(count).unwrap_or(1)
    }

    pub fn stats(&self) -> Array {
        let mut listeners = ZendHashTable::new();
        let tls = self.live.tls.borrow();
        for (listener, tls) in self.live.listeners.borrow().iter().zip(tls.iter()) {
            let _ = listeners.push(stats::listener(listener, tls.as_ref()));
        }
        let mut table = ZendHashTable::new();
        let board = self.live.board.borrow();
        match &*board {
            Some(board) => stats::board(&mut table, board),
            None => stats::alone(&mut table, self.since, self.live.duty.borrow().served()),
        }
        let _ = table.insert("listeners", values::array(listeners));
        Array(values::array(table))
    }
}

impl Server {
    fn is_running(&self) -> bool {
        let phase = self.live.control.borrow().phase();
        phase == Phase::Serving || phase == Phase::Draining
    }

    fn check_not_started(&self, what: &str) -> PhpResult<()> {
        if self.is_running() {
            return Err(values::state(format!(
                "the server is running: {what} comes before start()"
            )));
        }
        Ok(())
    }

    fn check_can_start(&self) -> PhpResult<()> {
        if sapi() != "cli" {
            return Err(values::state(format!(
                "Sluice serves from the CLI: run this script with `php`, not under {}",
                sapi()
            )));
        }
        if Fiber::current_ptr().is_some() {
            return Err(values::state(
                "start() blocks until the server has stopped: call it outside of fibers",
            ));
        }
        self.check_not_started("another start()")?;
        if self.handler.borrow().is_none() {
            return Err(no_handler());
        }
        if self.asked.borrow().is_empty() {
            return Err(values::state(
                "the server listens nowhere: call listen() before start()",
            ));
        }
        Ok(())
    }

    fn callbacks(&self) -> PhpResult<Callbacks> {
        Ok(Callbacks {
            handler: self.callable(&self.handler)?.ok_or_else(no_handler)?,
            on_error: self.callable(&self.on_error)?,
            on_start: self.callable(&self.on_start)?,
            on_stop: self.callable(&self.on_stop)?,
        })
    }

    fn callable(&self, value: &RefCell<Option<Zval>>) -> PhpResult<Option<Callable>> {
        let Some(value) = value.borrow().as_ref().map(Zval::shallow_clone) else {
            return Ok(None);
        };
        Callable::new(&value).map(Some).ok_or_else(|| {
            PhpException::new("the handler cannot be called".into(), 0, ce::type_error())
        })
    }
}

fn callable(method: &str, handler: AnyCallable) -> PhpResult<Zval> {
    if handler.0.is_callable() {
        return Ok(handler.0);
    }
    Err(PhpException::new(
        format!(
            "Sluice\\Server::{method}(): Argument #1 ($handler) must be a valid callback, {} given",
            type_name(&handler.0)
        ),
        0,
        ce::type_error(),
    ))
}

fn server_header(said: Bytes) -> Result<HeaderValue> {
    let said = said.0.as_bytes();
    if said.trim_ascii().is_empty() {
        return Err(Error::new(
            Kind::Config,
            "serverHeader is empty: null sends no Server header",
        ));
    }
    Ok(check_field(b"server", said)?.1)
}

fn no_handler() -> PhpException {
    values::state("the server has no handler: call handle() before start()")
}
