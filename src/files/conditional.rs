//! Conditional requests (RFC 9110 section 13), as pure functions.

use http::header::{
    ACCEPT_ENCODING, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE,
    RANGE,
};
use http::{HeaderMap, HeaderValue};

use super::validators::parse_date;

/// The fields of a request that decide what of a file is sent.
#[derive(Debug, Default)]
pub(super) struct Asked<'a> {
    if_match: Option<Tags<'a>>,
    if_none_match: Option<Tags<'a>>,
    if_modified_since: Option<&'a HeaderValue>,
    if_unmodified_since: Option<&'a HeaderValue>,
    if_range: Option<&'a HeaderValue>,
    /// `None` too when there is more than one, which says nothing.
    pub(super) range: Option<&'a HeaderValue>,
    pub(super) accepts_codings: bool,
}

/// The lines of a field that lists entity tags.
#[derive(Clone, Copy, Debug)]
struct Tags<'a> {
    first: &'a HeaderValue,
    /// All headers, if there is more than one line.
    all: Option<&'a HeaderMap>,
}

/// What tells the present state of the file. The tag is as the field says it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Current<'a> {
    pub(super) tag: Option<&'a HeaderValue>,
    pub(super) date: Option<u64>,
}

/// What the conditions of a request come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// They hold.
    Send,
    /// The client has it: 304.
    NotModified,
    /// 412.
    Failed,
}

impl<'a> Asked<'a> {
    /// Looks through the headers once: looking each field up would hash its name.
    pub(super) fn of(headers: &'a HeaderMap) -> Self {
        let mut asked = Self::default();
        let mut ranges = 0;
        for (name, value) in headers {
            if *name == IF_NONE_MATCH {
                Tags::note(&mut asked.if_none_match, value, headers);
            } else if *name == IF_MODIFIED_SINCE {
                asked.if_modified_since = Some(value);
            } else if *name == RANGE {
                ranges += 1;
                asked.range = (ranges == 1).then_some(value);
            } else if *name == IF_RANGE {
                asked.if_range = Some(value);
            } else if *name == IF_MATCH {
                Tags::note(&mut asked.if_match, value, headers);
            } else if *name == IF_UNMODIFIED_SINCE {
                asked.if_unmodified_since = Some(value);
            } else if *name == ACCEPT_ENCODING {
                asked.accepts_codings = true;
            }
        }
        asked
    }

    /// Weighs the conditions of a GET or HEAD in the order of section 13.2.2.
    pub(super) fn verdict(&self, current: Current<'_>) -> Verdict {
        if let Some(tags) = self.if_match {
            let own = current.tag.map(HeaderValue::as_bytes);
            if !tags.any(IF_MATCH, |tag| own.is_some_and(|own| is_same(own, tag))) {
                return Verdict::Failed;
            }
        } else if let (Some(since), Some(date)) =
            (self.if_unmodified_since.and_then(parse_date), current.date)
            && date > since
        {
            return Verdict::Failed;
        }
        if let Some(tags) = self.if_none_match {
            let own = current.tag.map(HeaderValue::as_bytes);
            if tags.any(IF_NONE_MATCH, |tag| {
                own.is_some_and(|own| is_alike(own, tag))
            }) {
                return Verdict::NotModified;
            }
        } else if let (Some(since), Some(date)) =
            (self.if_modified_since.and_then(parse_date), current.date)
            && date <= since
        {
            return Verdict::NotModified;
        }
        Verdict::Send
    }

    /// Whether the `Range` counts: `If-Range` is not there, or names the present state beyond doubt
    /// (section 13.1.5).
    pub(super) fn range_holds(&self, current: Current<'_>, now: i64) -> bool {
        let Some(condition) = self.if_range else {
            return true;
        };
        let said = condition.as_bytes().trim_ascii();
        if said.starts_with(b"\"") || said.starts_with(b"W/") {
            let own = current.tag.map(HeaderValue::as_bytes);
            return own.is_some_and(|own| is_same(own, said));
        }
        // A date is exact only when it is no longer of the present second (section 8.8.2.2).
        let is_past = |date: u64| i64::try_from(date).is_ok_and(|date| date < now - 1);
        parse_date(condition).is_some_and(|date| current.date == Some(date) && is_past(date))
    }
}

impl<'a> Tags<'a> {
    fn note(noted: &mut Option<Self>, value: &'a HeaderValue, headers: &'a HeaderMap) {
        match noted {
            None => {
                *noted = Some(Self {
                    first: value,
                    all: None,
                });
            }
            Some(tags) => tags.all = Some(headers),
        }
    }

    /// Whether the field is `*`, or one of its tags `matches`.
    fn any(&self, name: http::HeaderName, matches: impl Fn(&[u8]) -> bool) -> bool {
        let holds = |value: &HeaderValue| {
            let value = value.as_bytes().trim_ascii();
            value == b"*" || tags(value).any(&matches)
        };
        match self.all {
            None => holds(self.first),
            Some(headers) => headers.get_all(name).iter().any(holds),
        }
    }
}

/// The entity tags of a list, up to where it makes no sense any more. A tag may hold commas.
fn tags(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = list;
    std::iter::from_fn(move || {
        while let [b' ' | b'\t' | b',', more @ ..] = rest {
            rest = more;
        }
        let inner = opaque(rest).strip_prefix(b"\"")?;
        let end = inner.iter().position(|&byte| byte == b'"')?;
        let (tag, more) = rest.split_at(rest.len() - inner.len() + end + 1);
        rest = more;
        Some(tag)
    })
}

/// The strong comparison of section 8.8.3.2.
fn is_same(own: &[u8], other: &[u8]) -> bool {
    own == other && !own.starts_with(b"W/")
}

/// The weak comparison.
fn is_alike(own: &[u8], other: &[u8]) -> bool {
    opaque(own) == opaque(other)
}

fn opaque(tag: &[u8]) -> &[u8] {
    tag.strip_prefix(b"W/").unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATE: u64 = 784_111_777;
    const ON: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
    const BEFORE: &str = "Sun, 06 Nov 1994 08:49:36 GMT";
    const AFTER: &str = "Sun, 06 Nov 1994 08:49:38 GMT";

    fn headers(fields: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(*name, HeaderValue::from_static(value));
        }
        headers
    }

    fn verdict(tag: &'static str, fields: &[(&'static str, &'static str)]) -> Verdict {
        let tag = HeaderValue::from_static(tag);
        let current = Current {
            tag: Some(&tag),
            date: Some(DATE),
        };
        Asked::of(&headers(fields)).verdict(current)
    }

    #[test]
    fn conditions_are_weighed_as_rfc_9110_says() {
        use Verdict::{Failed, NotModified, Send};
        let table: &[(&[(&str, &str)], Verdict)] = &[
            (&[], Send),
            (&[("if-none-match", "\"a\"")], NotModified),
            (&[("if-none-match", "W/\"a\"")], NotModified),
            (&[("if-none-match", "\"b\"")], Send),
            (&[("if-none-match", "*")], NotModified),
            (&[("if-none-match", "\"b\", \"a\"")], NotModified),
            (&[("if-none-match", "\"x,y\",W/\"a\"")], NotModified),
            (
                &[("if-none-match", "\"b\""), ("if-none-match", "\"a\"")],
                NotModified,
            ),
            (&[("if-none-match", "a")], Send),
            (&[("if-none-match", "\"a")], Send),
            (&[("if-match", "\"a\"")], Send),
            (&[("if-match", "W/\"a\"")], Failed),
            (&[("if-match", "\"b\"")], Failed),
            (&[("if-match", "*")], Send),
            (&[("if-match", "\"b\", \"a\"")], Send),
            (&[("if-modified-since", ON)], NotModified),
            (&[("if-modified-since", AFTER)], NotModified),
            (&[("if-modified-since", BEFORE)], Send),
            (&[("if-modified-since", "yesterday")], Send),
            (&[("if-unmodified-since", ON)], Send),
            (&[("if-unmodified-since", BEFORE)], Failed),
            (&[("if-unmodified-since", "tomorrow")], Send),
            // A tag says more than a date.
            (
                &[("if-none-match", "\"b\""), ("if-modified-since", ON)],
                Send,
            ),
            (
                &[("if-match", "\"a\""), ("if-unmodified-since", BEFORE)],
                Send,
            ),
            // A failed If-Match comes first.
            (&[("if-match", "\"b\""), ("if-none-match", "\"a\"")], Failed),
            (
                &[("if-match", "\"a\""), ("if-none-match", "\"a\"")],
                NotModified,
            ),
            (
                &[("if-unmodified-since", BEFORE), ("if-none-match", "\"a\"")],
                Failed,
            ),
        ];
        for (fields, expected) in table {
            assert_eq!(verdict("\"a\"", fields), *expected, "{fields:?}");
        }
        // A weak tag of our own never matches strongly.
        assert_eq!(verdict("W/\"a\"", &[("if-match", "W/\"a\"")]), Failed);
        assert_eq!(verdict("W/\"a\"", &[("if-match", "*")]), Send);
        assert_eq!(
            verdict("W/\"a\"", &[("if-none-match", "\"a\"")]),
            NotModified
        );
    }

    #[test]
    fn a_range_counts_only_for_the_state_that_the_client_has() {
        let now = i64::try_from(DATE).unwrap() + 100;
        let holds = |tag: &'static str, said: &'static str, now| {
            let tag = HeaderValue::from_static(tag);
            let current = Current {
                tag: Some(&tag),
                date: Some(DATE),
            };
            Asked::of(&headers(&[("if-range", said)])).range_holds(current, now)
        };
        assert!(holds("\"a\"", "\"a\"", now));
        assert!(!holds("\"a\"", "\"b\"", now));
        assert!(!holds("\"a\"", "W/\"a\"", now));
        assert!(!holds("W/\"a\"", "W/\"a\"", now));
        assert!(holds("\"a\"", ON, now));
        assert!(!holds("\"a\"", BEFORE, now));
        assert!(!holds("\"a\"", AFTER, now));
        assert!(!holds("\"a\"", ON, now - 100));
        assert!(!holds("\"a\"", "a", now));
    }

    #[test]
    fn two_range_fields_say_nothing() {
        let two = headers(&[("range", "bytes=0-1"), ("range", "bytes=2-3")]);
        assert!(Asked::of(&two).range.is_none());
    }
}
