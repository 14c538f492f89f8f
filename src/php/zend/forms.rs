//! The functions of `forms.c`.

use std::ffi::{CStr, CString, OsStr, c_char, c_int};
use std::fs::File;
use std::os::fd::IntoRawFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use ext_php_rs::ffi::zend_string;
use ext_php_rs::types::{ZendHashTable, ZendStr, Zval};

unsafe extern "C" {
    fn sluice_variable_add(name: *const c_char, value: *const c_char, len: usize, array: *mut Zval);
    fn sluice_variable_add_value(name: *const c_char, value: *mut Zval, array: *mut Zval);
    fn sluice_upload_directory() -> *const c_char;
    fn sluice_temporary_directory() -> *const c_char;
    fn sluice_is_allowed(path: *const c_char) -> bool;
    fn sluice_stream_of_file(fd: c_int, made: *mut Zval) -> bool;
    fn sluice_stream_of_bytes(bytes: *mut zend_string, made: *mut Zval) -> bool;
}

/// An array of variables, named and nested as PHP's own are.
pub(crate) struct Variables(Zval);

impl Variables {
    /// None yet.
    pub(crate) fn new() -> Self {
        let mut array = Zval::new();
        array.set_hashtable(ZendHashTable::new());
        Self(array)
    }

    /// Adds a string.
    pub(crate) fn add(&mut self, name: &[u8], value: &[u8]) {
        let name = until_nul(name);
        let (bytes, len) = (value.as_ptr().cast(), value.len());
        // SAFETY: the name ends with NUL, the bytes are read only, and the array is ours alone.
        unsafe { sluice_variable_add(name.as_ptr(), bytes, len, &raw mut self.0) }
    }

    /// Adds a value of any type.
    pub(crate) fn add_value(&mut self, name: &[u8], value: Zval) {
        let name = until_nul(name);
        let mut value = std::mem::ManuallyDrop::new(value);
        // SAFETY: as above; our reference goes to the array.
        unsafe { sluice_variable_add_value(name.as_ptr(), &raw mut *value, &raw mut self.0) }
    }

    /// The array.
    pub(crate) fn into_array(self) -> Zval {
        self.0
    }
}

/// PHP's names of variables end at a NUL byte.
fn until_nul(name: &[u8]) -> CString {
    let end = name.iter().position(|&byte| byte == 0);
    CString::new(&name[..end.unwrap_or(name.len())]).unwrap_or_default()
}

/// `upload_tmp_dir` of php.ini, if it is set.
pub(crate) fn upload_directory() -> Option<PathBuf> {
    // SAFETY: reads a setting of the engine on its thread.
    unsafe { path(sluice_upload_directory()) }
}

/// The system's folder for temporary files.
pub(crate) fn temporary_directory() -> Option<PathBuf> {
    // SAFETY: as above.
    unsafe { path(sluice_temporary_directory()) }
}

/// # Safety
/// `text` is null or a string that ends with NUL.
unsafe fn path(text: *const c_char) -> Option<PathBuf> {
    if text.is_null() {
        return None;
    }
    // SAFETY: the caller says so.
    let bytes = unsafe { CStr::from_ptr(text) }.to_bytes();
    (!bytes.is_empty()).then(|| OsStr::from_bytes(bytes).into())
}

/// Whether `open_basedir` lets PHP code use the path.
pub(crate) fn is_allowed(path: &Path) -> bool {
    let Ok(path) = CString::new(path.as_os_str().as_bytes()) else {
        return false;
    };
    // SAFETY: the path ends with NUL and is read only.
    unsafe { sluice_is_allowed(path.as_ptr()) }
}

/// A stream resource that reads `file`; `None` when the engine cannot make one.
pub(crate) fn stream_of_file(file: File) -> Option<Zval> {
    let mut made = Zval::new();
    // SAFETY: the descriptor is open and goes to the stream; the value is written when it is true.
    unsafe { sluice_stream_of_file(file.into_raw_fd(), &raw mut made) }.then_some(made)
}

/// A stream resource that reads these bytes; `None` when the engine cannot make one.
pub(crate) fn stream_of_bytes(bytes: &[u8]) -> Option<Zval> {
    let mut made = Zval::new();
    let mut text = ZendStr::new(bytes, false);
    // SAFETY: the string is valid and the stream takes a reference of its own; the value is written when
    // it is true.
    unsafe { sluice_stream_of_bytes(&raw mut *text, &raw mut made) }.then_some(made)
}
