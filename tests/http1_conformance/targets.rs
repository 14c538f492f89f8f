//! Request targets (RFC 9112 section 3.2).

use super::case::{Case, asked, begins, case, gets, got, longest_target};

pub fn cases() -> Vec<Case> {
    [paths(), broken(), absolute(), others()].concat()
}

/// What is a path, and comes to the handler as it is.
fn paths() -> Vec<Case> {
    let fine = [
        ("a path", "/a/b.c"),
        ("a query", "/a?b=c&d"),
        ("an empty query", "/?"),
        ("a question in a query", "/a?b?c"),
        ("two slashes", "//evil.example/a"),
        ("dots in a path", "/a/../b/./c"),
        ("a colon in a path", "/a:b"),
        ("an at sign in a path", "/a@b"),
        ("a URI in a path", "/http://x/"),
        ("percent-encoding", "/a%20b%C3%BC"),
        ("an encoded NUL", "/a%00b"),
        ("an encoded slash", "/a%2Fb"),
        ("a percent sign and no digits", "/a%zz?100%"),
        ("signs that should be encoded but are sent", "/a|b\"{c}"),
        ("a backslash", "/a\\b"),
    ];
    let mut cases: Vec<_> = fine
        .iter()
        .map(|(name, target)| case(*name, "3.2.1", gets(target)).served([got(target)]))
        .collect();
    cases.push(case("raw UTF-8", "3.2", gets("/ü")).served([got("/ü")]));
    cases
}

fn broken() -> Vec<Case> {
    let with = |bytes: &[u8]| [b"GET /a", bytes, b"b HTTP/1.1\r\nHost: x\r\n\r\n"].concat();
    vec![
        case("a fragment", "3.2", gets("/a#b")).refused(&[400]),
        case("a fragment behind a query", "3.2", gets("/a?b#c")).refused(&[400]),
        case("an empty fragment", "3.2", gets("/a#")).refused(&[400]),
        case("a fragment of a whole URI", "3.2", gets("http://x/a#b")).refused(&[400]),
        case("a fragment alone", "3.2", gets("#")).refused(&[400]),
        case("a space in a target", "3.2", gets("/a b")).refused(&[400]),
        case("a tab in a target", "3.2", gets("/a\tb")).refused(&[400]),
        case("NUL in a target", "3.2", with(b"\0")).refused(&[400]),
        case("SOH in a target", "3.2", with(b"\x01")).refused(&[400]),
        case("ESC in a target", "3.2", with(b"\x1b")).refused(&[400]),
        case("DEL in a target", "3.2", with(b"\x7f")).refused(&[400]),
        case("VT in a target", "3.2", with(b"\x0b")).refused(&[400]),
        case("a byte that is no UTF-8", "3.2", with(b"\xff")).refused(&[400]),
        case("half of a UTF-8 character", "3.2", with(b"\xc3")).refused(&[400]),
        case("an angle bracket in a path", "3.2", gets("/a<b>")).refused(&[400]),
        case("a path without its slash", "3.2.1", gets("a/b")).refused(&[400]),
        case("a query without a path", "3.2.1", gets("?a")).refused(&[400]),
        case("a backslash for a slash", "3.2.1", gets("\\a")).refused(&[400]),
        case("dots for a target", "3.2.1", gets("..")).refused(&[400]),
        case("no target", "3", begins("GET HTTP/1.1")).refused(&[400]),
        case("an empty target", "3", begins("GET  HTTP/1.1")).refused(&[400]),
    ]
}

fn absolute() -> Vec<Case> {
    vec![
        case("a whole URI", "3.2.2", gets("http://x/a?b")).served([got("http://x/a?b")]),
        case("a whole URI without a path", "3.2.2", gets("http://x")).served([got("http://x/")]),
        case("a whole URI with a port", "3.2.2", gets("http://x:8080/"))
            .served([got("http://x:8080/")]),
        case(
            "a whole URI with a scheme in capitals",
            "3.2.2",
            gets("HTTP://x/"),
        )
        .served([got("http://x/")]),
        case(
            "a whole URI of another host than the Host field",
            "3.2.2",
            gets("http://other/"),
        )
        .served([got("http://other/")]),
        case(
            "a whole URI of an address",
            "3.2.2",
            gets("http://[::1]:80/"),
        )
        .served([got("http://[::1]:80/")]),
        case(
            "a whole URI with a user",
            "RFC 9110 4.2.4",
            gets("http://user@x/"),
        )
        .refused(&[400]),
        case(
            "a whole URI with a user and a secret",
            "RFC 9110 4.2.4",
            gets("http://user:secret@x/"),
        )
        .refused(&[400]),
        case(
            "a whole URI without a host",
            "RFC 9110 4.2.1",
            gets("http:///a"),
        )
        .refused(&[400]),
        case(
            "a whole URI with a port alone",
            "RFC 9110 4.2.1",
            gets("http://:80/"),
        )
        .refused(&[400]),
        case(
            "a whole URI with a port that is none",
            "3.2.2",
            gets("http://x:port/"),
        )
        .refused(&[400]),
        case(
            "a whole URI with a port past the last",
            "3.2.2",
            gets("http://x:65536/"),
        )
        .refused(&[400]),
        case("a whole URI with one slash", "3.2.2", gets("http:/x/")).refused(&[400]),
        case(
            "a whole URI of https on a plain connection",
            "RFC 9110 7.4",
            gets("https://x/"),
        )
        .refused(&[421]),
        case("a whole URI of ftp", "RFC 9110 7.4", gets("ftp://x/")).refused(&[400]),
        case("a URI of a script", "3.2.2", gets("javascript:alert(1)")).refused(&[400]),
        case("a URI of a file", "3.2.2", gets("file:///etc/passwd")).refused(&[400]),
        case(
            "a whole URI with no Host field",
            "3.2",
            "GET http://x/ HTTP/1.1\r\n\r\n",
        )
        .refused(&[400]),
    ]
}

fn others() -> Vec<Case> {
    vec![
        case("an authority for GET", "3.2.3", gets("x:80")).refused(&[400]),
        case("a host for GET", "3.2.3", gets("x")).refused(&[400]),
        case(
            "an asterisk for OPTIONS",
            "3.2.4",
            begins("OPTIONS * HTTP/1.1"),
        )
        .served([asked("OPTIONS", "*", "")]),
        case("a path for OPTIONS", "3.2.4", begins("OPTIONS /a HTTP/1.1"))
            .served([asked("OPTIONS", "/a", "")]),
        case("an asterisk for GET", "3.2.4", gets("*")).refused(&[400]),
        case("two asterisks", "3.2.4", begins("OPTIONS ** HTTP/1.1")).refused(&[400]),
        case("a path of an asterisk", "3.2.1", gets("/*")).served([got("/*")]),
        case("a target of the limit", "3", gets(&longest_target()))
            .served([got(&longest_target())]),
        case(
            "a target past the limit",
            "RFC 9110 15.5.15",
            gets(&format!("{}a", longest_target())),
        )
        .refused(&[414]),
        case(
            "a target of 70,000 bytes",
            "RFC 9110 15.5.15",
            gets(&format!("/{}", "a".repeat(70_000))),
        )
        .refused(&[414, 431]),
    ]
}
