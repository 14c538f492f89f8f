//! PHP callables, resolved once and called often.

use std::ptr::NonNull;

use ext_php_rs::types::Zval;

use super::sys;

/// A callable that was resolved once: a call costs no lookup.
pub(crate) struct Callable(NonNull<sys::RawCallable>);

impl Callable {
    /// Resolves `value`; `None` if it cannot be called.
    pub(crate) fn new(value: &Zval) -> Option<Self> {
        // SAFETY: the shim checks the value and takes a reference of its own.
        NonNull::new(unsafe { sys::sluice_callable_new(value) }).map(Self)
    }

    /// Calls it. The result is undefined (`is_null` is false for it too) when an exception is
    /// pending afterwards: look there first.
    pub(crate) fn call<const N: usize>(&self, mut arguments: [Zval; N]) -> Zval {
        let mut result = Zval::new();
        // SAFETY: the callable is valid, and the arguments are N valid values that live through
        // the call, which copies what it keeps.
        unsafe {
            sys::sluice_call(
                self.0.as_ptr(),
                &raw mut result,
                u32::try_from(N).unwrap_or(0),
                arguments.as_mut_ptr(),
            );
        }
        result
    }
}

impl Drop for Callable {
    fn drop(&mut self) {
        // SAFETY: made by `sluice_callable_new` and freed once, on the PHP thread.
        unsafe { sys::sluice_callable_free(self.0.as_ptr()) }
    }
}
