//! Exceptions and fatal errors of the engine, as values.

use std::panic::AssertUnwindSafe;
use std::ptr::NonNull;

use ext_php_rs::ffi::zend_object;
use ext_php_rs::types::{ZendObject, Zval};
use ext_php_rs::zend::{CatchError, try_catch};

use super::fiber::Frame;
use super::{Text, sys};

/// What is pending after PHP code has run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pending {
    /// Nothing: it returned.
    Nothing,
    /// An exception that PHP code could catch.
    Throwable,
    /// `exit()`.
    Exit,
    /// A fatal error that unwinds the stack as `exit()` does.
    Fatal,
    /// The fiber is being destroyed: return at once.
    Unwind,
}

impl Pending {
    /// What is pending now.
    pub(crate) fn now() -> Self {
        // SAFETY: reads a global of the engine on its thread.
        match unsafe { sys::sluice_pending() } {
            0 => Self::Nothing,
            1 => Self::Throwable,
            // SAFETY: as above.
            2 if unsafe { sys::sluice_exit_is_fatal() } => Self::Fatal,
            2 => Self::Exit,
            _ => Self::Unwind,
        }
    }
}

/// An exception taken out of the engine.
#[derive(Debug)]
pub(crate) struct Thrown(NonNull<zend_object>);

impl Thrown {
    /// Takes the pending exception, of whatever kind.
    pub(crate) fn take() -> Option<Self> {
        // SAFETY: the reference that the shim adds is ours.
        NonNull::new(unsafe { sys::sluice_exception_take() }).map(Self)
    }

    /// Class, message, file and line, for a log.
    pub(crate) fn describe(&self) -> String {
        // SAFETY: the object is a live Throwable; the string is new and ours.
        let text = unsafe { Text::from_owned(sys::sluice_exception_describe(self.0.as_ptr())) };
        text.map_or_else(String::new, |text| text.to_lossy())
    }

    /// Throws it again, here.
    pub(crate) fn throw(self) {
        let object = std::mem::ManuallyDrop::new(self);
        // SAFETY: our reference goes to the engine.
        unsafe { sys::sluice_exception_throw(object.0.as_ptr()) }
    }

    /// The object, as an argument for a call.
    pub(crate) fn to_zval(&self) -> Zval {
        let mut value = Zval::new();
        // SAFETY: the object is live; `set_object` takes a reference of its own.
        value.set_object(unsafe { &mut *self.0.as_ptr().cast::<ZendObject>() });
        value
    }

    /// The object.
    pub(crate) fn object(&self) -> &ZendObject {
        // SAFETY: the object is live as long as we hold our reference.
        unsafe { &*self.0.as_ptr().cast::<ZendObject>() }
    }
}

impl Drop for Thrown {
    fn drop(&mut self) {
        // SAFETY: one reference is ours.
        unsafe { sys::sluice_object_release(self.0.as_ptr()) }
    }
}

/// After a fatal error that unwound the stack: makes the engine fit to go on.
pub(crate) fn recover() {
    drop(Thrown::take());
    // SAFETY: the frame is the one that runs.
    unsafe { sys::sluice_recover(Frame::current().0) };
}

/// Throws what `exit()` throws, here.
pub(crate) fn throw_exit() {
    // SAFETY: sets the pending exception of the engine on its thread.
    unsafe { sys::sluice_throw_exit() }
}

/// Runs `run`, which may call PHP code, and catches a fatal error: `Err` says that one happened.
/// The engine is then fit to finish what else is under way, and not for more.
///
/// `run` must not hold anything whose drop matters: a fatal error jumps over it. A Rust panic in
/// it goes on here.
pub(crate) fn protect<R>(run: impl FnOnce() -> R) -> Result<R, ()> {
    let frame = Frame::current();
    match try_catch(AssertUnwindSafe(run)) {
        Ok(result) => Ok(result),
        Err(CatchError::Panic(message)) => panic!("{message}"),
        Err(_) => {
            // SAFETY: the frame was current when the protected call began, and this function has
            // not returned to it yet.
            unsafe { sys::sluice_recover(frame.0) };
            Err(())
        }
    }
}
