//! PHP fibers, as far as the bridge needs them.

use std::ptr::NonNull;

use ext_php_rs::ffi::{zend_execute_data, zend_object};

use super::sys;
use crate::error::{Error, Kind, Result};

/// A counted reference to a PHP `Fiber`. While it is held the fiber, and with it the stack of a
/// suspended one, cannot be freed.
#[derive(Debug)]
pub(crate) struct Fiber(NonNull<zend_object>);

impl Fiber {
    /// Makes `main` the function that the fibers of [`Fiber::new`] run.
    ///
    /// # Errors
    /// Kind `Server` if this PHP has no fibers as Sluice knows them.
    pub(crate) fn init(main: sys::Handler) -> Result<()> {
        // SAFETY: the function has the signature of an internal function and lives as long as
        // the process.
        if unsafe { sys::sluice_fibers_init(main) } {
            return Ok(());
        }
        Err(Error::new(
            Kind::Server,
            "this PHP has no usable Fiber class",
        ))
    }

    /// A new fiber that has not started; `None` when the engine cannot make one, with an
    /// exception pending.
    pub(crate) fn new() -> Option<Self> {
        // SAFETY: the object is new and its one reference is ours.
        NonNull::new(unsafe { sys::sluice_fiber_new() }).map(Self)
    }

    /// The fiber that runs now, with a reference of its own; `None` in the main program.
    pub(crate) fn current() -> Option<Self> {
        let fiber = Self::current_ptr()?;
        // SAFETY: the running fiber is a live object; the count that we add is ours.
        unsafe { sys::sluice_object_addref(fiber.as_ptr()) };
        Some(Self(fiber))
    }

    /// The identity of the fiber that runs now.
    pub(crate) fn current_ptr() -> Option<NonNull<zend_object>> {
        // SAFETY: reads a global of the engine on its thread.
        NonNull::new(unsafe { sys::sluice_fiber_current() })
    }

    /// Which fiber this is.
    pub(crate) fn ptr(&self) -> NonNull<zend_object> {
        self.0
    }

    /// Runs it from its beginning to its first suspension or its end.
    pub(crate) fn start(&self) {
        // SAFETY: the object is a live fiber; the engine itself refuses one that has started.
        unsafe { sys::sluice_fiber_start(self.0.as_ptr()) }
    }

    /// Runs it on to its next suspension or its end.
    pub(crate) fn resume(&self) {
        // SAFETY: the object is a live fiber; the engine itself refuses one that is not suspended.
        unsafe { sys::sluice_fiber_resume(self.0.as_ptr()) }
    }

    /// Whether it waits to be resumed.
    pub(crate) fn is_suspended(&self) -> bool {
        // SAFETY: the object is a live fiber.
        unsafe { sys::sluice_fiber_is_suspended(self.0.as_ptr()) }
    }

    /// Whether it has not run at all.
    pub(crate) fn is_new(&self) -> bool {
        // SAFETY: the object is a live fiber.
        unsafe { sys::sluice_fiber_is_new(self.0.as_ptr()) }
    }

    /// Whether it has run to its end.
    pub(crate) fn is_over(&self) -> bool {
        // SAFETY: the object is a live fiber.
        unsafe { sys::sluice_fiber_is_over(self.0.as_ptr()) }
    }

    /// Leaves the running fiber; returns when somebody resumes it. An exception may be pending
    /// then: it comes first.
    pub(crate) fn suspend() {
        // SAFETY: the engine itself refuses outside of fibers and where it cannot switch. No Rust
        // borrow is held across it by the callers in `bridge`.
        unsafe { sys::sluice_fiber_suspend() }
    }

    /// Whether the engine forbids to leave the running fiber here.
    pub(crate) fn is_blocked() -> bool {
        // SAFETY: reads a global of the engine on its thread.
        unsafe { sys::sluice_fiber_is_blocked() }
    }
}

impl Drop for Fiber {
    fn drop(&mut self) {
        // SAFETY: one reference is ours. Dropping the last one of a suspended fiber unwinds it,
        // which runs PHP code: callers hold no borrow here.
        unsafe { sys::sluice_object_release(self.0.as_ptr()) }
    }
}

/// The engine's current call frame, to be put back after a bailout.
#[derive(Clone, Copy)]
pub(crate) struct Frame(pub(super) *mut zend_execute_data);

impl Frame {
    /// The frame that runs now.
    pub(crate) fn current() -> Self {
        // SAFETY: reads a global of the engine on its thread.
        Self(unsafe { sys::sluice_frame() })
    }
}
