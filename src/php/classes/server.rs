//! `Sluice\Server`.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Instant;

use ext_php_rs::exception::PhpResult;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendClassObject, ZendHashTable, Zval};
use ext_php_rs::zend::ce;

use super::values::Array;
use super::{Tls, stats, values};
use crate::php::arguments::{AnyCallable, Bytes, LimitsArg, Seconds, TimeoutsArg};
use crate::php::bridge::{self, App, PhpHandler};
use crate::php::zend::{Callable, Fiber, own_buffers_per_fiber, retire, sapi, type_name};
use crate::server::{self, Bound, Control, Outcome, Phase};
use crate::{config, stats as numbers};

/// A server: its listeners, its handler, its run.
#[php_class]
#[php(name = "Sluice\\Server")]
#[php(flags = ClassFlags::Final.union(ClassFlags::NotSerializable))]
pub struct Server {
    limits: Rc<config::Limits>,
    timeouts: Rc<config::Timeouts>,
    bound: RefCell<Vec<Bound>>,
    stats: RefCell<Vec<Rc<numbers::Listener>>>,
    handler: RefCell<Option<Zval>>,
    on_error: RefCell<Option<Zval>>,
    control: RefCell<Rc<Control>>,
    since: Instant,
}

#[php_impl]
impl Server {
    pub fn __construct(
        limits: Option<LimitsArg>,
        timeouts: Option<TimeoutsArg>,
    ) -> PhpResult<Self> {
        let limits = limits.map_or(Ok(config::Limits::DEFAULT), |said| {
            config::Limits::parse(said.0)
        })?;
        let timeouts = timeouts.map_or(Ok(config::Timeouts::DEFAULT), |said| {
            config::Timeouts::parse(said.0)
        })?;
        Ok(Self {
            limits: Rc::new(limits),
            timeouts: Rc::new(timeouts),
            bound: RefCell::default(),
            stats: RefCell::default(),
            handler: RefCell::default(),
            on_error: RefCell::default(),
            control: RefCell::default(),
            since: Instant::now(),
        })
    }

    pub fn listen(&self, address: Bytes, tls: Option<&ZendClassObject<Tls>>) -> PhpResult<String> {
        self.check_not_started("listen()")?;
        let tls = tls.map(|tls| tls.0.clone());
        let bound = Bound::bind(&address.0.to_lossy(), tls)?;
        let address = bound.address().to_owned();
        self.stats.borrow_mut().push(bound.stats());
        self.bound.borrow_mut().push(bound);
        Ok(address)
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

    pub fn start(&self) -> PhpResult<()> {
        self.check_can_start()?;
        own_buffers_per_fiber();
        bridge::init()?;
        let control = Rc::new(Control::default());
        *self.control.borrow_mut() = Rc::clone(&control);
        let app = Rc::new(App::new(
            self.callable(&self.handler)?.ok_or_else(no_handler)?,
            self.callable(&self.on_error)?,
            Rc::clone(&control),
            log,
        ));
        let settings = server::Settings {
            limits: Rc::clone(&self.limits),
            timeouts: Rc::clone(&self.timeouts),
            log,
        };
        let bound = self.bound.take();
        let ended = server::run(bound, PhpHandler(Rc::clone(&app)), settings, control);
        app.close();
        if let Outcome::Cut {
            connections,
            handlers,
        } = ended?
        {
            log(&format!(
                "the drain timeout cut off {connections} connections and {handlers} handlers"
            ));
        }
        if app.fatal().is_some() {
            drop(app);
            retire();
        }
        Ok(())
    }

    pub fn stop(&self, grace: Option<Seconds>) -> PhpResult<()> {
        let grace = grace.map(|grace| grace.duration("the grace")).transpose()?;
        let control = Rc::clone(&self.control.borrow());
        if control.phase() == Phase::Ready {
            return Err(values::state("the server is not running: start() it first"));
        }
        control.stop(grace);
        Ok(())
    }

    pub fn stats(&self) -> Array {
        let mut listeners = ZendHashTable::new();
        for listener in self.stats.borrow().iter() {
            let _ = listeners.push(stats::listener(listener));
        }
        let mut table = ZendHashTable::new();
        let _ = table.insert("uptime", self.since.elapsed().as_secs_f64());
        let _ = table.insert("listeners", values::array(listeners));
        Array(values::array(table))
    }
}

impl Server {
    fn is_running(&self) -> bool {
        let phase = self.control.borrow().phase();
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
        if self.bound.borrow().is_empty() {
            return Err(values::state(
                "the server listens nowhere: call listen() before start()",
            ));
        }
        Ok(())
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

fn no_handler() -> PhpException {
    values::state("the server has no handler: call handle() before start()")
}

/// Operators read the standard error of the process.
fn log(line: &str) {
    use std::io::Write;
    // One record is one line, whatever a message brings along.
    let line = line.replace(|c: char| c.is_control(), " ");
    // Nobody is left to tell when this fails.
    let _ = writeln!(std::io::stderr(), "[sluice] {line}");
}
