//! The `Date` of a reply (RFC 9110 section 6.6.1), made once a second.

use std::cell::{Cell, RefCell};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderValue;

thread_local! {
    /// The highest second that [`is_set_back`] has seen.
    static HIGHEST: Cell<u64> = const { Cell::new(0) };
    static LATEST: RefCell<(u64, HeaderValue)> =
        const { RefCell::new((0, HeaderValue::from_static("Thu, 01 Jan 1970 00:00:00 GMT"))) };
}

/// The present date as an IMF-fixdate.
pub(super) fn now() -> HeaderValue {
    let second = second();
    LATEST.with_borrow_mut(|(latest, value)| {
        if *latest != second {
            let date = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(second));
            if let Ok(made) = HeaderValue::try_from(date) {
                (*latest, *value) = (second, made);
            }
        }
        value.clone()
    })
}

/// Whether the clock has shown a later time before: hyper keeps the date of then until it does again.
#[inline]
pub(super) fn is_set_back() -> bool {
    let second = second();
    let highest = HIGHEST.get();
    if second > highest {
        HIGHEST.set(second);
    }
    second < highest
}

fn second() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_that_of_this_second() {
        let before = SystemTime::now() - Duration::from_secs(1);
        let date = httpdate::parse_http_date(now().to_str().unwrap()).unwrap();
        assert!(before <= date && date <= SystemTime::now());
    }
}
