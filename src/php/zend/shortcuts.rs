//! The functions behind the shortcuts of `shortcuts.c`, which says why there are any.

use std::panic::{AssertUnwindSafe, catch_unwind};

use ext_php_rs::class::RegisteredClass;
use ext_php_rs::ffi::{zend_object, zend_string};
use ext_php_rs::types::ZendClassObject;
use ext_php_rs::zend::ClassEntry;

use super::{Literal, Text, sys};
use crate::php::classes::{Request, Response};

/// Bytes of a PHP string, or of a request.
#[repr(C)]
struct Slice {
    bytes: *const u8,
    len: usize,
    /// It lives as long as the PHP request.
    is_literal: bool,
}

#[repr(C)]
struct Shortcuts {
    method: extern "C" fn(*const zend_object, *mut Slice) -> bool,
    path: extern "C" fn(*const zend_object, *mut Slice) -> bool,
    header_line: extern "C" fn(*const zend_object, *const Slice, *mut Slice) -> bool,
    set_header: extern "C" fn(*const zend_object, *const Slice, *const Slice) -> bool,
    end: extern "C" fn(*const zend_object, *mut zend_string) -> bool,
}

unsafe extern "C" {
    fn sluice_shortcuts_init(
        request: *mut ClassEntry,
        response: *mut ClassEntry,
        functions: *const Shortcuts,
    );
}

/// From now on the shortcuts are taken.
pub(crate) fn take_shortcuts() {
    let functions = Shortcuts {
        method,
        path,
        header_line,
        set_header,
        end,
    };
    let class = |ce: &'static ClassEntry| std::ptr::from_ref(ce).cast_mut();
    // SAFETY: the classes are registered and have the methods that C names, each of the functions has
    // the signature that C declares.
    unsafe {
        sluice_shortcuts_init(
            class(Request::get_metadata().ce()),
            class(Response::get_metadata().ce()),
            &raw const functions,
        );
    }
}

extern "C" fn method(request: *const zend_object, found: *mut Slice) -> bool {
    let method = |request: &Request| give(request.method(), found);
    with(request, method)
}

extern "C" fn path(request: *const zend_object, found: *mut Slice) -> bool {
    let path = |request: &Request| request.plain_path().is_some_and(|path| give(path, found));
    with(request, path)
}

extern "C" fn header_line(
    request: *const zend_object,
    name: *const Slice,
    found: *mut Slice,
) -> bool {
    with(request, |request: &Request| {
        let line = match literal(name) {
            Some(name) => request.literal_header_line(name),
            None => request.plain_header_line(taken(name)),
        };
        line.is_some_and(|line| give(line, found))
    })
}

extern "C" fn set_header(
    response: *const zend_object,
    name: *const Slice,
    value: *const Slice,
) -> bool {
    with(response, |response: &Response| {
        match (literal(name), literal(value)) {
            (Some(name), Some(value)) => response.set_literal_header(name, value),
            _ => response.set_plain_header(taken(name), taken(value)),
        }
    })
}

extern "C" fn end(response: *const zend_object, body: *mut zend_string) -> bool {
    with(response, |response: &Response| {
        // SAFETY: the string is the argument of the call; the count that is added is ours.
        let body = unsafe { Text::from_owned(sys::sluice_string_addref(body)) };
        body.is_some_and(|body| response.end_at_once(body))
    })
}

/// Asks the Rust side of an object. A panic is left to the long way, which tells of it.
fn with<T: RegisteredClass>(object: *const zend_object, ask: impl FnOnce(&T) -> bool) -> bool {
    // SAFETY: it is the `$this` of the method that is being called.
    let object = unsafe { &*object };
    let Some(object) = ZendClassObject::<T>::from_zend_obj(object) else {
        return false;
    };
    catch_unwind(AssertUnwindSafe(|| ask(object))).unwrap_or(false)
}

/// Gives bytes to C, which copies them at once.
fn give(bytes: &[u8], found: *mut Slice) -> bool {
    let slice = Slice {
        bytes: bytes.as_ptr(),
        len: bytes.len(),
        is_literal: false,
    };
    // SAFETY: it lies in the frame of the C function that asks.
    unsafe { found.write(slice) };
    true
}

/// The bytes of an argument, for the time of the call.
fn taken<'a>(slice: *const Slice) -> &'a [u8] {
    // SAFETY: both lie in the frame of the method call, which lasts longer than what is done with them here.
    unsafe { std::slice::from_raw_parts((*slice).bytes, (*slice).len) }
}

fn literal(slice: *const Slice) -> Option<Literal> {
    // SAFETY: as above, and C has looked whether the string is interned.
    unsafe { (*slice).is_literal.then(|| Literal::new(taken(slice))) }
}
