//! `Content-Disposition` (RFC 6266), as a pure function.

use std::fmt::Write;

use http::HeaderValue;

use crate::error::{Error, Kind, Result};

/// The field that offers a body under a file name. Slashes and backslashes in the name become `_`, for a
/// name is no path. A name that is not plain ASCII is said twice: in an ASCII form for old clients, and as it
/// is (RFC 8187).
///
/// # Errors
/// Kind `Config`: the name is empty, is no UTF-8, or has a control character; the type is no token.
pub fn content_disposition(name: &[u8], kind: &[u8]) -> Result<HeaderValue> {
    let kind = check_type(kind)?;
    let name: String = check_name(name)?
        .chars()
        .map(|c| if matches!(c, '/' | '\\') { '_' } else { c })
        .collect();
    let is_plain = |c: char| matches!(c, ' '..='~') && !matches!(c, '"' | '%');
    let mut field = format!("{kind}; filename=\"");
    field.extend(name.chars().map(|c| match c {
        '"' => '\'',
        _ if is_plain(c) => c,
        _ => '_',
    }));
    field.push('"');
    if !name.chars().all(is_plain) {
        field.push_str("; filename*=UTF-8''");
        for &byte in name.as_bytes() {
            if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
                field.push(char::from(byte));
            } else {
                // Writing to a string does not fail.
                let _ = write!(field, "%{byte:02X}");
            }
        }
    }
    HeaderValue::try_from(field).map_err(|error| refused("it cannot be a header").caused_by(error))
}

fn check_name(name: &[u8]) -> Result<&str> {
    let Ok(name) = std::str::from_utf8(name) else {
        let shown = name.escape_ascii();
        return Err(refused(&format!("\"{shown}\" is not UTF-8")));
    };
    if name.is_empty() {
        return Err(refused("it is empty: leave the header away, or say a name"));
    }
    if name.chars().any(char::is_control) {
        let shown = name.escape_debug();
        return Err(refused(&format!(
            "\"{shown}\" has a control character; these are not allowed"
        )));
    }
    Ok(name)
}

fn check_type(kind: &[u8]) -> Result<&str> {
    let is_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    std::str::from_utf8(kind)
        .ok()
        .filter(|kind| !kind.is_empty() && kind.as_bytes().iter().all(is_token))
        .ok_or_else(|| {
            let shown = kind.escape_ascii();
            let message = format!(
                "the disposition \"{shown}\" is not a token: \"attachment\" and \"inline\" are the usual ones"
            );
            Error::new(Kind::Config, message)
        })
}

fn refused(why: &str) -> Error {
    Error::new(Kind::Config, format!("the file name to offer: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> String {
        let field = content_disposition(name.as_bytes(), b"attachment").unwrap();
        field.to_str().unwrap().to_owned()
    }

    #[test]
    fn a_plain_name_is_said_once() {
        assert_eq!(of("report 1.pdf"), "attachment; filename=\"report 1.pdf\"");
        assert_eq!(of("a;b=c.txt"), "attachment; filename=\"a;b=c.txt\"");
        let inline = content_disposition(b"x", b"inline").unwrap();
        assert_eq!(inline, "inline; filename=\"x\"");
    }

    #[test]
    fn any_other_name_is_said_twice() {
        assert_eq!(
            of("na\u{ef}ve \u{20ac}.txt"),
            "attachment; filename=\"na_ve _.txt\"; filename*=UTF-8''na%C3%AFve%20%E2%82%AC.txt"
        );
        assert_eq!(
            of("100%41 \"x\".txt"),
            "attachment; filename=\"100_41 'x'.txt\"; filename*=UTF-8''100%2541%20%22x%22.txt"
        );
    }

    #[test]
    fn a_name_is_no_path() {
        assert_eq!(
            of("../../etc/passwd"),
            "attachment; filename=\".._.._etc_passwd\""
        );
        assert_eq!(of("C:\\x"), "attachment; filename=\"C:_x\"");
    }

    #[test]
    fn what_could_break_a_header_is_refused() {
        for name in ["", "a\r\nX: y", "a\nb", "a\0b", "a\u{7f}", "a\u{85}b"] {
            let error = content_disposition(name.as_bytes(), b"attachment").unwrap_err();
            assert_eq!(error.kind(), Kind::Config, "{name:?}");
        }
        assert!(content_disposition(b"\xff", b"attachment").is_err());
        for kind in ["", "a b", "a;b", "a\"", "a\r\n"] {
            assert!(
                content_disposition(b"x", kind.as_bytes()).is_err(),
                "{kind:?}"
            );
        }
    }
}
