//! The application: what its handlers are, and what became of the process they run in.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use super::Duty;
use super::job::Work;
use super::objects::Objects;
use super::pool::Slot;
use crate::forms::Storage;
use crate::http::{Exchange, Handler};
use crate::php::classes::forget_literals;
use crate::php::zend::{Callable, Text, last_error, protect};
use crate::server::Control;

/// The PHP side of one server.
pub(crate) struct App {
    pub(super) handler: Callable,
    pub(super) on_error: Option<Callable>,
    control: Rc<Control>,
    pub(super) duty: Rc<Duty>,
    pub(super) storage: Rc<Storage>,
    fatal: RefCell<Option<String>>,
    log: fn(&str),
}

impl App {
    /// `storage` is for the forms of its requests; `log` gets a line for each exception that nobody handled.
    pub(crate) fn new(
        handler: Callable,
        on_error: Option<Callable>,
        control: Rc<Control>,
        duty: Rc<Duty>,
        storage: Rc<Storage>,
        log: fn(&str),
    ) -> Self {
        Self {
            handler,
            on_error,
            control,
            duty,
            storage,
            fatal: RefCell::new(None),
            log,
        }
    }

    /// The fatal error that retired this process, if one did.
    pub(crate) fn fatal(&self) -> Option<String> {
        self.fatal.borrow().clone()
    }

    /// Gives up what is kept for the next request. The server has ended.
    pub(crate) fn close(&self) {
        let _ = protect(|| {
            Slot::clear();
            Objects::clear();
        });
        forget_literals();
    }

    pub(super) fn log(&self, line: &str) {
        (self.log)(line);
    }

    /// After a fatal error the engine is fit to finish what is under way and not for more: the
    /// process accepts nothing new, and ends when the rest is through.
    pub(super) fn retire(&self) {
        let error = last_error().map_or_else(
            || String::from("a fatal error of unknown cause"),
            |text: Text| text.to_lossy(),
        );
        self.log(&format!(
            "fatal error: {error}; this process finishes its other requests and ends"
        ));
        self.duty.retire(&format!("fatal error: {error}"));
        self.fatal.borrow_mut().get_or_insert(error);
        self.control.stop(None);
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("fatal", &self.fatal)
            .finish_non_exhaustive()
    }
}

/// Hands requests to PHP.
pub(crate) struct PhpHandler(pub(crate) Rc<App>);

impl Handler for PhpHandler {
    type Work = Work;

    fn handle(&self, exchange: Rc<Exchange>) -> Work {
        Work::new(&self.0, exchange)
    }
}
