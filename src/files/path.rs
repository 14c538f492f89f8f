//! From the path of a request to a name below a root, as pure functions.
//!
//! A path is decoded once, as a whole. What could mean anything but a plain name below the root (`..`, an
//! encoded slash, NUL, a backslash, an empty name) means nothing at all.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use smallvec::SmallVec;

/// A path below a root, ending with a NUL byte.
pub(super) type Name = SmallVec<[u8; 128]>;

/// What a path means below a root.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Meant<'a> {
    /// A name, without a slash at either end.
    Name(&'a [u8]),
    /// The folder of this name, which the path ends with a slash; empty for the root.
    Folder(&'a [u8]),
    /// The root itself, without a slash.
    Root,
    /// Nothing that could be there.
    Nothing,
}

/// The bytes that a path stands for; `None` if one of them is a slash that was encoded.
pub(super) fn decoded(path: &str) -> Option<Cow<'_, [u8]>> {
    if !path.contains('%') {
        return Some(Cow::Borrowed(path.as_bytes()));
    }
    let slashes = |bytes: &[u8]| bytes.iter().filter(|&&byte| byte == b'/').count();
    let decoded: Cow<'_, [u8]> = percent_decode_str(path).into();
    (slashes(&decoded) == slashes(path.as_bytes())).then_some(decoded)
}

/// What of a path lies below `prefix`, which has no slash at its end: a prefix ends where a name does.
pub(super) fn below<'a>(path: &'a [u8], prefix: &[u8]) -> Option<&'a [u8]> {
    let rest = path.strip_prefix(prefix)?;
    (rest.is_empty() || rest[0] == b'/').then_some(rest)
}

/// What the decoded rest of a path means. Names that begin with a dot are nothing without `dotfiles`, but for
/// `.well-known` (RFC 8615) at the top.
pub(super) fn meant(rest: &[u8], dotfiles: bool) -> Meant<'_> {
    let Some(inside) = rest.strip_prefix(b"/") else {
        return Meant::Root;
    };
    if inside.iter().any(|&byte| byte == 0 || byte == b'\\') {
        return Meant::Nothing;
    }
    if inside.is_empty() {
        return Meant::Folder(inside);
    }
    let (names, is_folder) = match inside.strip_suffix(b"/") {
        Some(names) => (names, true),
        None => (inside, false),
    };
    let is_hidden = |name: &[u8]| name.starts_with(b".") && !dotfiles;
    for (at, name) in names.split(|&byte| byte == b'/').enumerate() {
        let is_known = at == 0 && name == b".well-known";
        if name.is_empty() || name == b"." || name == b".." || (is_hidden(name) && !is_known) {
            return Meant::Nothing;
        }
    }
    if is_folder {
        Meant::Folder(names)
    } else {
        Meant::Name(names)
    }
}

/// Joins the parts to a name that the system takes.
pub(super) fn name(parts: &[&[u8]]) -> Name {
    let mut name = Name::new();
    for part in parts {
        name.extend_from_slice(part);
    }
    name.push(0);
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str) -> Option<String> {
        let decoded = decoded(path)?;
        match meant(below(&decoded, b"")?, false) {
            Meant::Name(name) => Some(String::from_utf8_lossy(name).into_owned()),
            Meant::Folder(name) => Some(format!("{}/", String::from_utf8_lossy(name))),
            Meant::Root => Some("root".into()),
            Meant::Nothing => None,
        }
    }

    #[test]
    fn a_path_is_decoded_once() {
        assert_eq!(of("/a%20b/c"), Some("a b/c".into()));
        assert_eq!(of("/a%2520b"), Some("a%20b".into()));
        assert_eq!(of("/a%2fb"), None);
        assert_eq!(of("/%252e%252e/x"), Some("%2e%2e/x".into()));
        assert_eq!(of("/a%zz"), Some("a%zz".into()));
    }

    #[test]
    fn what_could_leave_the_root_means_nothing() {
        for path in [
            "/..",
            "/../x",
            "/a/../x",
            "/a/..",
            "/.",
            "/./x",
            "/%2e%2e/x",
            "/%2E./x",
            "//x",
            "//",
            "/a//b",
            "/a%00b",
            "/a\\b",
            "/..%5cx",
            "/a%5c..%5cx",
            "/%2fetc/passwd",
        ] {
            assert_eq!(of(path), None, "{path}");
        }
        assert_eq!(of("/a..b/c.."), Some("a..b/c..".into()));
        assert_eq!(of("/"), Some("/".into()));
        assert_eq!(of("/a/"), Some("a/".into()));
    }

    #[test]
    fn names_with_a_dot_in_front_are_hidden_but_for_the_well_known() {
        for path in [
            "/.env",
            "/a/.git/x",
            "/%2eenv",
            "/a/.well-known/x",
            "/.well-known/.x",
        ] {
            assert_eq!(of(path), None, "{path}");
        }
        assert_eq!(of("/.well-known/x"), Some(".well-known/x".into()));
        assert_eq!(meant(b"/a/.b", true), Meant::Name(b"a/.b"));
        assert_eq!(meant(b"/a/..", true), Meant::Nothing);
    }

    #[test]
    fn a_prefix_ends_where_a_name_does() {
        assert_eq!(below(b"/static/x", b"/static"), Some(&b"/x"[..]));
        assert_eq!(below(b"/static", b"/static"), Some(&b""[..]));
        assert_eq!(below(b"/statics", b"/static"), None);
        assert_eq!(below(b"/x", b""), Some(&b"/x"[..]));
        assert_eq!(meant(b"", false), Meant::Root);
    }
}
