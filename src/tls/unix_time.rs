//! The time as certificates, lists and tickets tell it.

use std::time::SystemTime;

/// The present time in seconds of unix time; 0 on a clock that is set to before 1970.
pub(super) fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}
