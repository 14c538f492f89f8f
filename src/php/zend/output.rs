//! PHP's output buffers, one stack per fiber (the mechanics are in `output.c`).

use super::sys;

/// From now on each fiber has output buffers of its own.
pub(crate) fn own_buffers_per_fiber() {
    // SAFETY: registers observers with the engine, once.
    unsafe { sys::sluice_output_init() }
}

/// The PHP request is over: what is kept for its main program goes.
pub(crate) fn forget_buffers() {
    // SAFETY: frees what is the main program's, on the engine's thread; no fiber runs any more.
    unsafe { sys::sluice_output_end() }
}

/// How many output buffers are active here.
pub(crate) fn buffer_level() -> i32 {
    // SAFETY: reads a global of the engine on its thread.
    unsafe { sys::sluice_output_level() }
}

/// Ends the buffers above `level`; their text goes where `echo` would go without them. May run
/// PHP code: an exception can be pending afterwards.
pub(crate) fn end_buffers_to(level: i32) {
    // SAFETY: calls the engine on its thread, outside of any output callback.
    unsafe { sys::sluice_output_end_to(level) }
}
