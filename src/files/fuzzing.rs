//! What the fuzzers in `fuzz/` ask of this room: each gives a parser any input and checks what must hold for all.

use http::header::{
    ACCEPT_ENCODING, CONTENT_TYPE, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE,
    IF_UNMODIFIED_SINCE, RANGE,
};
use http::{HeaderMap, HeaderValue};

use super::coding::{self, Coding};
use super::conditional::{Asked, Current};
use super::path::{self, Meant};
use super::{content_disposition, ranges, types};

/// No path leads out of its root, or to a name that the system reads differently.
pub fn request_path(input: &str) {
    let Some(decoded) = path::decoded(input) else {
        return;
    };
    for prefix in [&b""[..], b"/a"] {
        let Some(rest) = path::below(&decoded, prefix) else {
            continue;
        };
        for dotfiles in [false, true] {
            let (Meant::Name(name) | Meant::Folder(name)) = path::meant(rest, dotfiles) else {
                continue;
            };
            assert!(!name.contains(&0) && !name.contains(&b'\\'));
            assert!(!name.starts_with(b"/") && !name.ends_with(b"/"));
            let mut names = name.split(|byte| *byte == b'/');
            assert!(name.is_empty() || names.all(|name| !matches!(name, b"" | b"." | b"..")));
            let whole = path::name(&[name]);
            assert_eq!(whole.iter().filter(|byte| **byte == 0).count(), 1);
        }
    }
}

/// The parts lie in the file, are not empty, and do not overlap.
pub fn byte_ranges(input: &[u8], size: u64) {
    let ranges::Asked::Parts(mut parts) = ranges::parse(input, size) else {
        return;
    };
    assert!(!parts.is_empty());
    parts.sort_unstable_by_key(|part| part.start);
    let mut end = 0;
    for part in parts {
        assert!(part.length > 0 && part.start >= end);
        end = part.start.checked_add(part.length).unwrap_or(u64::MAX);
        assert!(end <= size);
    }
}

/// Conditions and codings: any value of each of the fields, one a line.
pub fn conditions(input: &[u8]) {
    let names = [
        IF_MATCH,
        IF_NONE_MATCH,
        IF_MODIFIED_SINCE,
        IF_UNMODIFIED_SINCE,
        IF_RANGE,
        RANGE,
        ACCEPT_ENCODING,
    ];
    let mut headers = HeaderMap::new();
    for (at, line) in input.split(|byte| *byte == b'\n').enumerate().take(20) {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append(names[at % names.len()].clone(), value);
        }
    }
    let asked = Asked::of(&headers);
    let tag = HeaderValue::from_static("\"a-1\"");
    for (tag, date) in [(None, None), (Some(&tag), Some(1_000_000_000))] {
        let current = Current { tag, date };
        asked.verdict(current);
        asked.range_holds(current, 2_000_000_000);
    }
    let offered = coding::acceptable(&headers, &Coding::ALL);
    assert!(offered.len() <= Coding::ALL.len());
}

/// A name to save a body under comes out as one field that splits nothing, and only for a name that can be one.
pub fn disposition_of_reply(input: &[u8]) {
    let Ok(field) = content_disposition(input, b"attachment") else {
        return;
    };
    let field = field.as_bytes();
    assert!(field.is_ascii() && field.starts_with(b"attachment; filename=\""));
    assert_eq!(field.iter().filter(|byte| **byte == b'"').count(), 2);
    assert!(!field.contains(&b'/') && !field.contains(&b'\\'));
}

/// Any name has a type that can be sent.
pub fn type_of_name(input: &[u8]) {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, types::content_type(input, &[]));
    let own = [(String::from("js"), HeaderValue::from_static("x/y"))];
    types::content_type(input, &own);
}
