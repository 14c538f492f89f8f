//! What handlers return, and what requests carry, as PHP values.

use std::ffi::{CStr, c_char, c_void};
use std::ptr;

use ext_php_rs::types::{ZendObject, Zval};

use super::{Text, sys};

/// Whether one reference is all that is left of an object that nobody has put anything on.
pub(crate) fn is_untouched(object: &ZendObject) -> bool {
    // SAFETY: the object is live.
    unsafe { sys::sluice_object_is_untouched(object) }
}

/// Whether `foreach` can run over this object.
pub(crate) fn is_traversable(value: &Zval) -> bool {
    // SAFETY: the value is valid.
    unsafe { sys::sluice_is_traversable(value) }
}

/// Whether the value says itself what its JSON is.
pub(crate) fn is_json(value: &Zval) -> bool {
    // SAFETY: the value is valid.
    unsafe { sys::sluice_is_json_serializable(value) }
}

/// Whether `(string)` works on this object.
pub(crate) fn is_stringable(value: &Zval) -> bool {
    // SAFETY: the value is valid.
    unsafe { sys::sluice_is_stringable(value) }
}

/// The type of a value as PHP's own messages name it; the class of an object.
pub(crate) fn type_name(value: &Zval) -> String {
    if let Some(object) = value.object() {
        return object.get_class_name().unwrap_or_default();
    }
    // SAFETY: the value is valid, the name a NUL-terminated string.
    let name = unsafe { CStr::from_ptr(sys::sluice_type_name(value)) };
    name.to_string_lossy().into_owned()
}

/// The JSON text of a value; `None` with an exception pending.
pub(crate) fn json(value: &mut Zval) -> Option<Text> {
    // SAFETY: the value is valid, the function is as C declares it, and the string is new and ours.
    unsafe { Text::from_owned(sys::sluice_json(value, write_float)) }
}

/// Writes the shortest form of a finite float, with a fraction.
extern "C" fn write_float(value: f64, into: *mut c_char) -> usize {
    let mut buffer = zmij::Buffer::new();
    let digits = buffer.format_finite(value);
    // SAFETY: C has room for 32 bytes there, which is more than the buffer has.
    unsafe { std::ptr::copy_nonoverlapping(digits.as_ptr(), into.cast(), digits.len()) };
    digits.len()
}

/// The value as `(string)` makes it; `None` with an exception pending.
pub(crate) fn to_text(value: &mut Zval) -> Option<Text> {
    // SAFETY: the value is valid, the string is new and ours.
    unsafe { Text::from_owned(sys::sluice_to_string(value)) }
}

/// Runs `step` for each value of an array or Traversable until it says false or an exception is
/// pending. False if the value is neither. `step` may suspend: it holds no borrow.
pub(crate) fn for_each(iterable: &mut Zval, mut step: impl FnMut(&mut Zval) -> bool) -> bool {
    unsafe extern "C" fn call<F: FnMut(&mut Zval) -> bool>(
        value: *mut Zval,
        step: *mut c_void,
    ) -> bool {
        // SAFETY: the shim hands through the pointer to `step` below, which lives until the
        // iteration is over, and a valid value that it keeps alive for the call.
        unsafe { (*step.cast::<F>())(&mut *value) }
    }
    fn caller<F: FnMut(&mut Zval) -> bool>(
        _: &F,
    ) -> unsafe extern "C" fn(*mut Zval, *mut c_void) -> bool {
        call::<F>
    }
    let call = caller(&step);
    // SAFETY: the value is valid and the callback matches its context.
    unsafe { sys::sluice_iterate(iterable, call, ptr::from_mut(&mut step).cast()) }
}

/// A query string as PHP's `$_GET` would show it.
pub(crate) fn parse_query(query: &str) -> Zval {
    let mut array = Zval::new();
    // SAFETY: the shim copies the bytes and writes an array into the value.
    unsafe { sys::sluice_parse_query(query.as_ptr().cast(), query.len(), &raw mut array) };
    array
}
