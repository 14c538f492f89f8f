//! The value classes of `values.c`.

use ext_php_rs::types::Zval;

use crate::config::{LimitsSaid, TimeoutsSaid};

/// How many values the classes have, as `values.c` knows it.
const LIMITS: usize = 11;
const TIMEOUTS: usize = 9;

type CheckLimits = extern "C" fn(*const i64) -> bool;
type CheckTimeouts = extern "C" fn(*const f64) -> bool;

unsafe extern "C" {
    fn sluice_values_init(limits: CheckLimits, timeouts: CheckTimeouts);
    fn sluice_limits_read(value: *const Zval, values: *mut i64) -> bool;
    fn sluice_timeouts_read(value: *const Zval, values: *mut f64) -> bool;
    fn sluice_tls_info_new(made: *mut Zval, values: *mut Zval);
}

/// Registers the classes. Called once, at module startup.
pub(crate) fn register() {
    // SAFETY: the functions have the signatures that C declares and live as long as the process.
    unsafe { sluice_values_init(check_limits, check_timeouts) }
}

/// What a `Sluice\Limits` holds; `None` if `value` is none.
pub(crate) fn limits_of(value: &Zval) -> Option<LimitsSaid> {
    let mut values = [0; LIMITS];
    // SAFETY: the value is valid, and so many numbers are written.
    unsafe { sluice_limits_read(value, values.as_mut_ptr()) }.then(|| limits(values))
}

/// What a `Sluice\Timeouts` holds; `None` if `value` is none.
pub(crate) fn timeouts_of(value: &Zval) -> Option<TimeoutsSaid> {
    let mut values = [0.0; TIMEOUTS];
    // SAFETY: the value is valid, and so many numbers are written.
    unsafe { sluice_timeouts_read(value, values.as_mut_ptr()) }.then(|| timeouts(values))
}

/// A `Sluice\TlsInfo` of version, cipher, ALPN and server name: strings, the last two or null.
pub(crate) fn tls_info(values: [Zval; 4]) -> Zval {
    let mut made = Zval::new();
    let mut values = std::mem::ManuallyDrop::new(values);
    // SAFETY: the four values go to the object.
    unsafe { sluice_tls_info_new(&raw mut made, values.as_mut_ptr()) };
    made
}

extern "C" fn check_limits(values: *const i64) -> bool {
    // SAFETY: the constructor hands over all of its numbers.
    let values = unsafe { *values.cast::<[i64; LIMITS]>() };
    crate::php::exceptions::throw_unless(crate::config::Limits::parse(limits(values)))
}

extern "C" fn check_timeouts(values: *const f64) -> bool {
    // SAFETY: as above.
    let values = unsafe { *values.cast::<[f64; TIMEOUTS]>() };
    crate::php::exceptions::throw_unless(crate::config::Timeouts::parse(timeouts(values)))
}

fn limits(values: [i64; LIMITS]) -> LimitsSaid {
    let [
        body,
        head,
        headers,
        target,
        connections,
        streams,
        per_address,
        requests,
        queue,
        resets,
        handshakes,
    ] = values;
    LimitsSaid {
        body,
        head,
        headers,
        target,
        connections,
        streams,
        per_address,
        requests,
        queue,
        resets,
        handshakes,
    }
}

fn timeouts(values: [f64; TIMEOUTS]) -> TimeoutsSaid {
    let [
        handshake,
        head,
        idle,
        body,
        write,
        drain,
        handler,
        age,
        rate,
    ] = values;
    TimeoutsSaid {
        handshake,
        head,
        idle,
        body,
        write,
        drain,
        handler,
        age,
        rate,
    }
}
