//! What tells one state of a file from another: its entity tag and its date (RFC 9110 section 8.8).

use std::fmt::Write;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderValue;

/// When a file was modified last, since the epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Modified {
    pub(super) seconds: i64,
    pub(super) nanos: i64,
}

/// A file that was modified so lately may change again under the same time: clocks of file systems are
/// coarse.
const LATELY: i64 = 2;

/// The entity tag of a file: its size and its time. It is weak while the file may change unseen. `coding` tells
/// files apart that hold the same content.
pub(super) fn entity_tag(
    size: u64,
    modified: Modified,
    coding: Option<&str>,
    now: i64,
) -> HeaderValue {
    let mut tag = String::with_capacity(48);
    let weak = if modified.seconds > now - LATELY {
        "W/"
    } else {
        ""
    };
    let Modified { seconds, nanos } = modified;
    let (dash, coding) = coding.map_or(("", ""), |coding| ("-", coding));
    // Writing to a string does not fail.
    let _ = write!(
        tag,
        "{weak}\"{size:x}-{seconds:x}.{nanos:x}{dash}{coding}\""
    );
    HeaderValue::try_from(tag).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

/// The date of a file in whole seconds, never later than `now`; `None` if no date can say it.
pub(super) fn date(modified: Modified, now: i64) -> Option<u64> {
    /// The last second of the year 9999.
    const LAST: u64 = 253_402_300_799;
    let seconds = u64::try_from(modified.seconds.min(now)).ok()?;
    (seconds <= LAST).then_some(seconds)
}

/// A date as a `Last-Modified` says it. `seconds` comes of [`date`].
pub(super) fn last_modified(seconds: u64) -> HeaderValue {
    let date = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds));
    HeaderValue::try_from(date).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// The seconds of a date in a header field; `None` if it is none.
pub(super) fn parse_date(value: &HeaderValue) -> Option<u64> {
    let date = httpdate::parse_http_date(value.to_str().ok()?).ok()?;
    Some(date.duration_since(UNIX_EPOCH).ok()?.as_secs())
}

/// The present time in seconds since the epoch.
pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const THEN: Modified = Modified {
        seconds: 1_000_000,
        nanos: 5,
    };

    #[test]
    fn a_tag_differs_by_size_time_and_coding_and_is_weak_while_the_file_is_fresh() {
        let tag = |size, modified, coding| entity_tag(size, modified, coding, 2_000_000);
        let tags = [
            tag(1, THEN, None),
            tag(2, THEN, None),
            tag(1, Modified { nanos: 6, ..THEN }, None),
            tag(1, THEN, Some("br")),
        ];
        assert_eq!(tags[0], "\"1-f4240.5\"");
        for (at, tag) in tags.iter().enumerate() {
            assert!(!tags[at + 1..].contains(tag));
        }
        assert_eq!(entity_tag(1, THEN, None, 1_000_001), "W/\"1-f4240.5\"");
        assert_eq!(entity_tag(1, THEN, None, 1_000_002), "\"1-f4240.5\"");
        assert_eq!(entity_tag(1, THEN, None, 900_000), "W/\"1-f4240.5\"");
    }

    #[test]
    fn a_date_is_never_of_the_future_nor_before_the_epoch() {
        assert_eq!(date(THEN, 2_000_000), Some(1_000_000));
        assert_eq!(date(THEN, 900_000), Some(900_000));
        let before = Modified {
            seconds: -1,
            nanos: 0,
        };
        assert_eq!(date(before, 900_000), None);
        let value = last_modified(784_111_777);
        assert_eq!(value, "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(parse_date(&value), Some(784_111_777));
        assert_eq!(parse_date(&HeaderValue::from_static("yesterday")), None);
    }
}
