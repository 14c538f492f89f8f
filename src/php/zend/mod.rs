//! Safe names for what the engine offers through `shim.c`: unsafe island two.
//!
//! All of it belongs to the PHP thread. The server runs on that thread alone, so nothing here is
//! ever reached from another one.
#![allow(
    unsafe_code,
    reason = "the engine is C; every block says which of its rules it keeps"
)]

mod callable;
mod exception;
mod fiber;
mod forms;
mod lent;
mod literal;
mod output;
mod shortcuts;
mod sys;
mod text;
mod value;
mod value_classes;

pub(super) use callable::Callable;
pub(super) use exception::{Pending, Thrown, protect, recover, throw_exit};
pub(super) use fiber::Fiber;
pub(super) use forms::{
    Variables, is_allowed, stream_of_bytes, stream_of_file, temporary_directory, upload_directory,
};
pub(super) use lent::Lent;
pub(super) use literal::Literal;
pub(super) use output::{buffer_level, end_buffers_to, forget_buffers, own_buffers_per_fiber};
pub(super) use shortcuts::take_shortcuts;
pub(super) use sys::{
    classes, exit_status, forked, last_error, may_open, memory, retire, sapi, set_exit_status,
};
pub(super) use text::Text;
pub(super) use value::{
    for_each, is_json, is_stringable, is_traversable, is_untouched, json, parse_query, to_text,
    type_name,
};
pub(super) use value_classes::{
    client_certificate, limits_of, register as register_values, timeouts_of, tls_info,
};
