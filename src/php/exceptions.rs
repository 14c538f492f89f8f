//! Which PHP class each kind of error becomes, in one place.

use std::cell::OnceCell;

use ext_php_rs::exception::PhpException;
use ext_php_rs::zend::{ClassEntry, ce};

use super::zend::{Thrown, classes};
use crate::error::{Error, Kind};

/// The classes in the order in which `shim.c` registers them.
const ORDER: [Kind; 9] = [
    Kind::Server,
    Kind::Config,
    Kind::Bind,
    Kind::Tls,
    Kind::ClientGone,
    Kind::BodyTooLarge,
    Kind::BadRequest,
    Kind::Timeout,
    Kind::State,
];

thread_local! {
    static CLASSES: OnceCell<[&'static ClassEntry; ORDER.len()]> = const { OnceCell::new() };
}

/// Registers the exception classes; called once, at module startup.
pub(super) fn register() {
    CLASSES.with(|known| {
        known.get_or_init(classes::register_exceptions);
    });
}

impl From<Error> for PhpException {
    fn from(error: Error) -> Self {
        let class = ORDER
            .iter()
            .position(|&kind| kind == error.kind())
            .and_then(|at| CLASSES.with(|known| Some(known.get()?[at])));
        // A NUL byte cannot pass the engine's C interface.
        let message = error.to_string().replace('\0', "\\0");
        Self::new(message, 0, class.unwrap_or_else(ce::exception))
    }
}

/// Throws the error, if it is one; says whether it is none.
pub(super) fn throw_unless<T>(result: crate::error::Result<T>) -> bool {
    result
        .map_err(|error| PhpException::from(error).throw())
        .is_ok()
}

/// The kind of error that `thrown` is an exception for, if it is one of ours.
pub(super) fn kind_of(thrown: &Thrown) -> Option<Kind> {
    let classes = CLASSES.with(|known| known.get().copied())?;
    let class = thrown.object().get_class_entry();
    ORDER
        .iter()
        .zip(classes)
        .find(|(_, known)| std::ptr::eq(*known, class))
        .map(|(&kind, _)| kind)
}
