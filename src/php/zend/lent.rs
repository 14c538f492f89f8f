//! A closure on the stack of a suspended fiber, called from another stack.

use std::ptr::NonNull;
use std::task::Context;

type Poll<'a> = dyn FnMut(&mut Context<'_>) -> bool + 'a;

/// A closure that lies in a frame of a suspended fiber. Whoever holds one also holds a reference to
/// that fiber, so that its stack is there.
#[derive(Debug)]
pub(crate) struct Lent(NonNull<Poll<'static>>);

impl Lent {
    /// Lends `poll` for as long as `body` runs; `body` has taken the loan back from wherever it
    /// put it when it returns.
    pub(crate) fn during(poll: &mut Poll<'_>, body: impl FnOnce(Self)) {
        let pointer: NonNull<Poll<'_>> = NonNull::from(poll);
        // SAFETY: only the lifetime changes. `call` is used while the fiber is suspended inside
        // `body`, which is when the frame that owns the closure is alive and not running.
        let pointer: NonNull<Poll<'static>> = unsafe { std::mem::transmute(pointer) };
        body(Self(pointer));
    }

    /// Calls it.
    pub(crate) fn call(&mut self, cx: &mut Context<'_>) -> bool {
        // SAFETY: see `during`: the closure is alive, and as its fiber is suspended nobody else
        // uses it.
        unsafe { (*self.0.as_ptr())(cx) }
    }
}
