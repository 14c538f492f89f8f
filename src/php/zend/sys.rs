//! The functions of `shim.c` and its neighbours, as C declares them, and the few that need no type of their own.

use std::ffi::{CStr, c_char, c_int, c_void};

use ext_php_rs::ffi::{zend_execute_data, zend_object, zend_string};
use ext_php_rs::types::Zval;
use ext_php_rs::zend::ClassEntry;

use super::Text;

/// The C type is only ever behind a pointer here.
#[repr(C)]
pub(super) struct RawCallable {
    _opaque: [u8; 0],
}

pub(super) type WriteFloat = extern "C" fn(f64, *mut c_char) -> usize;
pub(crate) type Handler = extern "C" fn(*mut zend_execute_data, *mut Zval);

unsafe extern "C" {
    pub(super) fn sluice_fibers_init(handler: Handler) -> bool;
    pub(super) fn sluice_fiber_new() -> *mut zend_object;
    pub(super) fn sluice_fiber_start(fiber: *mut zend_object);
    pub(super) fn sluice_fiber_resume(fiber: *mut zend_object);
    pub(super) fn sluice_fiber_suspend();
    pub(super) fn sluice_fiber_current() -> *mut zend_object;
    pub(super) fn sluice_fiber_is_suspended(fiber: *mut zend_object) -> bool;
    pub(super) fn sluice_fiber_is_new(fiber: *mut zend_object) -> bool;
    pub(super) fn sluice_fiber_is_over(fiber: *mut zend_object) -> bool;
    pub(super) fn sluice_fiber_is_blocked() -> bool;
    pub(super) fn sluice_object_addref(object: *mut zend_object);
    pub(super) fn sluice_object_release(object: *mut zend_object);
    pub(super) fn sluice_object_is_untouched(object: *const zend_object) -> bool;
    pub(super) fn sluice_output_init();
    pub(super) fn sluice_output_end();
    pub(super) fn sluice_output_level() -> c_int;
    pub(super) fn sluice_output_end_to(level: c_int);
    pub(super) fn sluice_pending() -> c_int;
    pub(super) fn sluice_exception_take() -> *mut zend_object;
    pub(super) fn sluice_exception_throw(exception: *mut zend_object);
    pub(super) fn sluice_throw_exit();
    pub(super) fn sluice_exception_describe(exception: *mut zend_object) -> *mut zend_string;
    pub(super) fn sluice_recover(frame: *mut zend_execute_data);
    fn sluice_mark_destructed();
    pub(super) fn sluice_frame() -> *mut zend_execute_data;
    fn sluice_exit_status() -> c_int;
    fn sluice_set_exit_status(status: c_int);
    pub(super) fn sluice_exit_is_fatal() -> bool;
    fn sluice_last_error() -> *mut zend_string;
    pub(super) fn sluice_callable_new(callable: *const Zval) -> *mut RawCallable;
    pub(super) fn sluice_callable_free(callable: *mut RawCallable);
    pub(super) fn sluice_call(
        callable: *mut RawCallable,
        result: *mut Zval,
        count: u32,
        arguments: *mut Zval,
    );
    pub(super) fn sluice_iterate(
        iterable: *mut Zval,
        step: unsafe extern "C" fn(*mut Zval, *mut c_void) -> bool,
        context: *mut c_void,
    ) -> bool;
    pub(super) fn sluice_is_traversable(value: *const Zval) -> bool;
    pub(super) fn sluice_is_json_serializable(value: *const Zval) -> bool;
    pub(super) fn sluice_is_stringable(value: *const Zval) -> bool;
    pub(super) fn sluice_type_name(value: *const Zval) -> *const c_char;
    pub(super) fn sluice_json(value: *mut Zval, write: WriteFloat) -> *mut zend_string;
    pub(super) fn sluice_to_string(value: *mut Zval) -> *mut zend_string;
    pub(super) fn sluice_string_addref(string: *mut zend_string) -> *mut zend_string;
    pub(super) fn sluice_string_release(string: *mut zend_string);
    pub(super) fn sluice_string_is_interned(string: *const zend_string) -> bool;
    pub(super) fn sluice_string_bytes(string: *const zend_string) -> *const c_char;
    pub(super) fn sluice_string_len(string: *const zend_string) -> usize;
    pub(super) fn sluice_parse_query(bytes: *const c_char, len: usize, array: *mut Zval);
    fn sluice_forked(seed: i64);
    fn sluice_memory() -> usize;
    fn sluice_sapi() -> *const c_char;
    fn sluice_forbid_clone(handlers: *mut c_void);
    fn php_check_open_basedir_ex(path: *const c_char, warn: c_int) -> c_int;
    fn sluice_exceptions_init(classes: *mut *mut ClassEntry);
}

/// The status that the process will exit with.
pub(crate) fn exit_status() -> i32 {
    // SAFETY: reads a global of the engine on its thread.
    unsafe { sluice_exit_status() }
}

/// Sets the status that the process will exit with.
pub(crate) fn set_exit_status(status: i32) {
    // SAFETY: writes a global of the engine on its thread.
    unsafe { sluice_set_exit_status(status) }
}

/// Ends the script as the fatal error that was put off would have ended it. Never returns; the
/// caller has given up everything whose drop matters.
pub(crate) fn retire() -> ! {
    // SAFETY: walks the engine's object store on its thread, while no PHP code runs; then jumps to
    // the innermost catch point, which is that of the method call we are in.
    unsafe {
        sluice_mark_destructed();
        sluice_set_exit_status(255);
        ext_php_rs::zend::bailout()
    }
}

/// To be called in a worker process right after the fork: random numbers differ from those of its
/// siblings, output that the parent has buffered is the parent's to send, and so are the destructors
/// of objects that exist.
pub(crate) fn forked() {
    use std::hash::{BuildHasher, Hasher};
    // Keys of a hash map are random; the process id makes them differ after a fork.
    let mut hasher = std::hash::RandomState::new().build_hasher();
    hasher.write_u32(std::process::id());
    // SAFETY: calls the engine on its thread, outside of any output callback.
    unsafe { sluice_forked(hasher.finish().cast_signed()) }
}

/// How much memory PHP has taken from the system, in bytes.
pub(crate) fn memory() -> u64 {
    // SAFETY: reads a number of the engine on its thread.
    unsafe { sluice_memory() as u64 }
}

/// The last error that PHP reported, with its place.
pub(crate) fn last_error() -> Option<Text> {
    // SAFETY: the string is new and ours.
    unsafe { Text::from_owned(sluice_last_error()) }
}

/// The name of the SAPI, such as `cli`.
pub(crate) fn sapi() -> &'static str {
    // SAFETY: the name is a NUL-terminated string that lives as long as the process.
    let name = unsafe { CStr::from_ptr(sluice_sapi()) };
    name.to_str().unwrap_or("unknown")
}

/// Whether PHP's `open_basedir` lets the script open the file at `path`.
pub(crate) fn may_open(path: &CStr) -> bool {
    // SAFETY: the path is NUL-terminated; the engine reads its own settings, on its thread.
    unsafe { php_check_open_basedir_ex(path.as_ptr(), 0) == 0 }
}

/// Classes whose making needs the engine's own functions.
pub(crate) mod classes {
    use std::ptr;

    use ext_php_rs::class::RegisteredClass;
    use ext_php_rs::zend::ClassEntry;

    /// Registers `count` exception classes; the order is that of `shim.c`.
    pub(crate) fn register_exceptions<const N: usize>() -> [&'static ClassEntry; N] {
        let mut entries = [ptr::null_mut(); N];
        // SAFETY: called once, at module startup; the shim writes one entry per class it knows,
        // which is N, and class entries of modules live as long as the process.
        unsafe {
            super::sluice_exceptions_init(entries.as_mut_ptr());
            entries.map(|entry| &*entry)
        }
    }

    /// Makes `clone` of a `T` an Error.
    pub(crate) fn forbid_clone<T: RegisteredClass>() {
        let handlers = ptr::from_ref(T::get_metadata().handlers()).cast_mut();
        // SAFETY: the table belongs to T alone and is changed once, at module startup, before any
        // object of the class exists.
        unsafe { super::sluice_forbid_clone(handlers.cast()) }
    }
}
