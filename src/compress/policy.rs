//! Which responses are worth a coding, and which must not have one.

use http::StatusCode;
use http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_RANGE, CONTENT_TYPE, HeaderName, HeaderValue,
};

use crate::config::{Compression, essence};

/// Whether a response may be coded if its client likes that. `fields` are its headers, `length` is
/// that of its body as far as it is known.
///
/// What never is: a part of something, what has a coding or a digest of its bytes already, what the
/// handler forbids to transform (RFC 9111 section 5.2.2.6), and what has no body.
pub fn may_code<'a>(
    settings: &Compression,
    status: StatusCode,
    fields: impl Iterator<Item = (&'a HeaderName, &'a HeaderValue)>,
    length: Option<u64>,
) -> bool {
    let has_whole_body = !matches!(status.as_u16(), ..200 | 204 | 205 | 206 | 304);
    let is_small = length.is_some_and(|length| length < settings.min_size.max(1));
    if !has_whole_body || is_small || settings.codings.is_empty() {
        return false;
    }
    let mut kind = None;
    for (name, value) in fields {
        if *name == CONTENT_TYPE {
            kind.get_or_insert(value.as_bytes());
        } else if stays(name, value) {
            return false;
        }
    }
    kind.is_some_and(|kind| is_wanted(settings, kind))
}

/// Whether a response speaks of one that may be coded without being it: a part of one, or the word that it has
/// not changed (RFC 9110 section 15.4.5). A type that is not told may be one that is coded.
pub fn speaks_of_coded<'a>(
    settings: &Compression,
    status: StatusCode,
    fields: impl Iterator<Item = (&'a HeaderName, &'a HeaderValue)>,
) -> bool {
    let speaks = matches!(status.as_u16(), 206 | 304);
    if !speaks || settings.codings.is_empty() {
        return false;
    }
    let mut kind = None;
    for (name, value) in fields {
        if *name == CONTENT_TYPE {
            kind.get_or_insert(value.as_bytes());
        } else if *name != CONTENT_RANGE && stays(name, value) {
            return false;
        }
    }
    kind.is_none_or(|kind| {
        essence(kind).eq_ignore_ascii_case(b"multipart/byteranges") || is_wanted(settings, kind)
    })
}

fn stays(name: &HeaderName, value: &HeaderValue) -> bool {
    *name == CONTENT_ENCODING
        || *name == CONTENT_RANGE
        || is_digest(name)
        || (*name == CACHE_CONTROL && forbids(value))
}

fn is_wanted(settings: &Compression, kind: &[u8]) -> bool {
    if essence(kind).eq_ignore_ascii_case(b"text/event-stream") {
        return settings.events;
    }
    settings.types.fit(kind)
}

fn forbids(value: &HeaderValue) -> bool {
    let mut directives = value.as_bytes().split(|&byte| byte == b',');
    directives.any(|name| name.trim_ascii().eq_ignore_ascii_case(b"no-transform"))
}

/// Fields that vouch for the bytes of the body (RFC 9530, RFC 3230, RFC 2616 section 14.15).
fn is_digest(name: &HeaderName) -> bool {
    matches!(
        name.as_str(),
        "content-digest" | "repr-digest" | "digest" | "content-md5"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::CompressionSaid;

    fn settings(change: impl FnOnce(&mut CompressionSaid)) -> Compression {
        let mut said = CompressionSaid::default();
        change(&mut said);
        Compression::parse(&said).unwrap()
    }

    fn fields(lines: &[(&str, &str)]) -> Vec<(HeaderName, HeaderValue)> {
        let parse = |(name, value): &(&str, &str)| (name.parse().unwrap(), value.parse().unwrap());
        lines.iter().map(parse).collect()
    }

    fn may(
        settings: &Compression,
        status: u16,
        lines: &[(&str, &str)],
        length: Option<u64>,
    ) -> bool {
        let (status, fields) = (StatusCode::from_u16(status).unwrap(), fields(lines));
        let fields = fields.iter().map(|(name, value)| (name, value));
        may_code(settings, status, fields, length)
    }

    const HTML: (&str, &str) = ("content-type", "text/html; charset=utf-8");

    #[test]
    fn a_body_of_a_type_that_shrinks_may_be_coded_from_the_least_size_on() {
        let settings = settings(|_| {});
        assert!(may(&settings, 200, &[HTML], Some(1024)));
        assert!(!may(&settings, 200, &[HTML], Some(1023)));
        assert!(may(&settings, 200, &[HTML], None));
        assert!(may(&settings, 500, &[HTML], None));
        assert!(!may(&settings, 200, &[("content-type", "image/png")], None));
        assert!(!may(&settings, 200, &[], None));
    }

    #[test]
    fn nothing_is_coded_where_there_is_no_body_or_a_part_of_one() {
        let settings = settings(|said| said.min_size = 0);
        for status in [204, 205, 206, 304] {
            assert!(!may(&settings, status, &[HTML], None), "{status}");
        }
        assert!(!may(&settings, 200, &[HTML], Some(0)));
        assert!(may(&settings, 200, &[HTML], Some(1)));
    }

    #[test]
    fn what_is_coded_partial_vouched_for_or_not_to_be_transformed_stays_as_it_is() {
        let settings = settings(|_| {});
        for field in [
            ("content-encoding", "gzip"),
            ("content-encoding", "identity"),
            ("content-range", "bytes 0-99/200"),
            ("cache-control", "public, No-Transform"),
            ("content-digest", "sha-256=:AA==:"),
            ("repr-digest", "sha-256=:AA==:"),
            ("content-md5", "AA=="),
        ] {
            assert!(!may(&settings, 200, &[HTML, field], None), "{field:?}");
            assert!(!may(&settings, 200, &[field, HTML], None), "{field:?}");
        }
        assert!(may(
            &settings,
            200,
            &[HTML, ("cache-control", "public, max-age=5")],
            None
        ));
    }

    #[test]
    fn a_part_and_not_modified_speak_of_what_may_be_coded() {
        let settings = settings(|_| {});
        let speaks = |status: u16, lines: &[(&str, &str)]| {
            let (status, fields) = (StatusCode::from_u16(status).unwrap(), fields(lines));
            let fields = fields.iter().map(|(name, value)| (name, value));
            speaks_of_coded(&settings, status, fields)
        };
        let range = ("content-range", "bytes 0-9/5000");
        let parts = ("content-type", "multipart/byteranges; boundary=x");
        assert!(speaks(206, &[HTML, range]) && speaks(206, &[parts]) && speaks(304, &[]));
        assert!(!speaks(206, &[("content-type", "image/png"), range]));
        assert!(!speaks(200, &[HTML]) && !speaks(204, &[]));
        assert!(!speaks(206, &[HTML, ("content-encoding", "br")]));
        assert!(!speaks(304, &[("cache-control", "no-transform")]));
    }

    #[test]
    fn event_streams_are_coded_only_when_asked_for() {
        let stream = [("content-type", "Text/Event-Stream; charset=utf-8")];
        assert!(!may(&settings(|_| {}), 200, &stream, None));
        assert!(may(
            &settings(|said| said.events = true),
            200,
            &stream,
            None
        ));
        let none = settings(|said| {
            said.events = true;
            said.codings.clear();
        });
        assert!(!may(&none, 200, &stream, None));
    }
}
