//! The type of a file, by the ending of its name.

use std::borrow::Cow;

use http::HeaderValue;

/// Types that are sent most, and those that tables of types know by older names.
const COMMON: [(&str, &str); 22] = [
    ("avif", "image/avif"),
    ("css", "text/css; charset=utf-8"),
    ("gif", "image/gif"),
    ("htm", "text/html; charset=utf-8"),
    ("html", "text/html; charset=utf-8"),
    ("ico", "image/x-icon"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("js", "text/javascript; charset=utf-8"),
    ("json", "application/json"),
    ("map", "application/json"),
    ("md", "text/markdown; charset=utf-8"),
    ("mjs", "text/javascript; charset=utf-8"),
    ("mp4", "video/mp4"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("svg", "image/svg+xml"),
    ("txt", "text/plain; charset=utf-8"),
    ("wasm", "application/wasm"),
    ("webp", "image/webp"),
    ("woff", "font/woff"),
    ("woff2", "font/woff2"),
];

/// The ending of a file's name: what follows its last dot, if that is not its first character.
pub(super) fn ending(path: &[u8]) -> Option<&[u8]> {
    let name = path.rsplit(|&byte| byte == b'/').next()?;
    let dot = name.iter().rposition(|&byte| byte == b'.')?;
    (dot > 0 && dot + 1 < name.len()).then(|| &name[dot + 1..])
}

/// The type of the file at `path`: that of `own`, else the usual one. Text is said to be UTF-8.
pub(super) fn content_type(path: &[u8], own: &[(String, HeaderValue)]) -> HeaderValue {
    const UNKNOWN: HeaderValue = HeaderValue::from_static("application/octet-stream");
    let Some(ending) = ending(path).and_then(|ending| std::str::from_utf8(ending).ok()) else {
        return UNKNOWN;
    };
    let known = own
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(ending));
    if let Some((_, content_type)) = known {
        return content_type.clone();
    }
    let common = COMMON
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(ending));
    if let Some((_, content_type)) = common {
        return HeaderValue::from_static(content_type);
    }
    match mime_guess::from_ext(ending).first_raw().map(with_charset) {
        Some(Cow::Borrowed(content_type)) => HeaderValue::from_static(content_type),
        Some(Cow::Owned(content_type)) => HeaderValue::try_from(content_type).unwrap_or(UNKNOWN),
        None => UNKNOWN,
    }
}

fn with_charset(content_type: &'static str) -> Cow<'static, str> {
    if content_type.starts_with("text/") {
        Cow::Owned(format!("{content_type}; charset=utf-8"))
    } else {
        Cow::Borrowed(content_type)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_goes_by_the_ending_in_any_case() {
        let of = |path: &str| content_type(path.as_bytes(), &[]);
        assert_eq!(of("a/b.HTML"), "text/html; charset=utf-8");
        assert_eq!(of("x.min.js"), "text/javascript; charset=utf-8");
        assert_eq!(of("x.csv"), "text/csv; charset=utf-8");
        assert_eq!(of("x.tar.gz"), "application/gzip");
        assert_eq!(of("x.json"), "application/json");
        for unknown in ["x", "x.", "a.b/x", ".html", "x.doesnotexist", "x.\u{e9}"] {
            assert_eq!(of(unknown), "application/octet-stream", "{unknown}");
        }
    }

    #[test]
    fn types_of_ones_own_come_first() {
        let own = [(String::from("js"), HeaderValue::from_static("x/y"))];
        assert_eq!(content_type(b"a.JS", &own), "x/y");
        assert_eq!(content_type(b"a.css", &own), "text/css; charset=utf-8");
    }

    #[test]
    fn common_types_are_listed_once_and_valid() {
        for (at, (ending, content_type)) in COMMON.iter().enumerate() {
            assert!(COMMON[at + 1..].iter().all(|(other, _)| other != ending));
            assert!(HeaderValue::try_from(*content_type).is_ok());
        }
    }
}
