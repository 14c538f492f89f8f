//! Request lines: methods and versions, and the bytes before them (RFC 9112 sections 2 and 3).

use super::case::{Case, asked, begins, case, get, got};

pub fn cases() -> Vec<Case> {
    [lines(), before(), methods(), versions(), preface()].concat()
}

fn lines() -> Vec<Case> {
    vec![
        case("a request", "3", get("")).served([got("/")]),
        case(
            "two spaces behind the method",
            "3",
            begins("GET  / HTTP/1.1"),
        )
        .refused(&[400]),
        case(
            "two spaces behind the target",
            "3",
            begins("GET /  HTTP/1.1"),
        )
        .refused(&[400]),
        case("a tab behind the method", "3", begins("GET\t/ HTTP/1.1")).refused(&[400]),
        case("a tab behind the target", "3", begins("GET /\tHTTP/1.1")).refused(&[400]),
        case("a space behind the version", "3", begins("GET / HTTP/1.1 ")).refused(&[400]),
        case("a word behind the version", "3", begins("GET / HTTP/1.1 x")).refused(&[400]),
        case("a space before the method", "3", begins(" GET / HTTP/1.1")).refused(&[400]),
        case(
            "a request line that is folded",
            "3",
            begins("GET /\r\n HTTP/1.1"),
        )
        .refused(&[400]),
        case(
            "a bare LF behind the request line",
            "2.2",
            "GET / HTTP/1.1\nHost: x\r\n\r\n",
        )
        .refused(&[400]),
        case(
            "a bare CR behind the request line",
            "2.2",
            "GET / HTTP/1.1\rHost: x\r\n\r\n",
        )
        .refused(&[400]),
        case(
            "a bare CR in the target",
            "2.2",
            begins("GET /a\rb HTTP/1.1"),
        )
        .refused(&[400]),
        case(
            "two CRs behind the request line",
            "2.2",
            "GET / HTTP/1.1\r\r\nHost: x\r\n\r\n",
        )
        .refused(&[400]),
        case("a head of bare LFs", "2.2", "GET / HTTP/1.1\nHost: x\n\n").refused(&[400]),
        case(
            "a head that ends in a bare LF",
            "2.2",
            "GET / HTTP/1.1\r\nHost: x\r\n\n",
        )
        .refused(&[400]),
        case("a request line alone", "3", "GET / HTTP/1.1\r\n\r\n").refused(&[400]),
        case("no words at all", "3", "hello\r\n\r\n").refused(&[400]),
        case(
            "a TLS hello",
            "3",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        )
        .refused(&[400]),
        case("a status line", "3", "HTTP/1.1 200 OK\r\nHost: x\r\n\r\n").refused(&[400]),
        case("zeros", "3", [0; 40]).refused(&[400]),
    ]
}

fn before() -> Vec<Case> {
    vec![
        case(
            "an empty line before the request",
            "2.2",
            format!("\r\n{}", get("")),
        )
        .served([got("/")]),
        case(
            "three empty lines before the request",
            "2.2",
            format!("\r\n\r\n\r\n{}", get("")),
        )
        .served([got("/")]),
        case(
            "empty lines between requests",
            "2.2",
            [get(""), get("")].join("\r\n\r\n"),
        )
        .served([got("/"), got("/")]),
        case(
            "a bare LF before the request",
            "2.2",
            format!("\n{}", get("")),
        )
        .refused(&[400]),
        case(
            "a bare CR before the request",
            "2.2",
            format!("\r{}", get("")),
        )
        .refused(&[400]),
        case(
            "a line of a space before the request",
            "2.2",
            format!(" \r\n{}", get("")),
        )
        .refused(&[400]),
        case(
            "a byte order mark before the request",
            "3",
            format!("\u{feff}{}", get("")),
        )
        .refused(&[400]),
        case("100 KiB of empty lines", "2.2", "\r\n".repeat(51_200)).refused(&[400, 431]),
    ]
}

fn methods() -> Vec<Case> {
    let with = |method: &str| begins(&format!("{method} / HTTP/1.1"));
    let long = "M".repeat(1000);
    vec![
        case("a method of another kind", "RFC 9110 9", with("BREW"))
            .served([asked("BREW", "/", "")]),
        case(
            "a method in small letters is another method",
            "RFC 9110 9.1",
            with("get"),
        )
        .served([asked("get", "/", "")]),
        case(
            "a method of signs",
            "RFC 9110 5.6.2",
            with("!$%&'*+-.^_`|~1"),
        )
        .served([asked("!$%&'*+-.^_`|~1", "/", "")]),
        case("a method of 1,000 letters", "3", with(&long)).served([asked(&long, "/", "")]),
        case("a method of 64 KiB", "3", with(&"M".repeat(65_536))).refused(&[400, 414, 431, 501]),
        case(
            "TRACE is the handler's business",
            "RFC 9110 9.3.8",
            with("TRACE"),
        )
        .served([asked("TRACE", "/", "")]),
        case("a method with an at sign", "RFC 9110 5.6.2", with("G@T")).refused(&[400]),
        case("a method with a slash", "RFC 9110 5.6.2", with("GE/T")).refused(&[400]),
        case("a method with a colon", "RFC 9110 5.6.2", with("GET:")).refused(&[400]),
        case("a method in quotes", "RFC 9110 5.6.2", with("\"GET\"")).refused(&[400]),
        case("a method with NUL", "RFC 9110 5.6.2", with("G\0T")).refused(&[400]),
        case("a method in UTF-8", "RFC 9110 5.6.2", with("GÉT")).refused(&[400]),
        case("no method", "3", begins(" / HTTP/1.1")).refused(&[400]),
        case(
            "CONNECT",
            "RFC 9110 9.3.6",
            begins("CONNECT x:443 HTTP/1.1"),
        )
        .refused(&[501]),
        case("CONNECT of a path", "3.2.3", begins("CONNECT / HTTP/1.1")).refused(&[400, 501]),
        case(
            "CONNECT with a length",
            "RFC 9110 9.3.6",
            "CONNECT x:443 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
        )
        .refused(&[501]),
    ]
}

fn versions() -> Vec<Case> {
    let with = |version: &str| begins(&format!("GET / {version}"));
    let wrong = [
        "HTTP/0.9",
        "HTTP/1.2",
        "HTTP/1.10",
        "HTTP/1.",
        "HTTP/1",
        "HTTP/.1",
        "HTTP/2.0",
        "HTTP/2",
        "HTTP/3",
        "HTTP/9.9",
        "HTTP/01.1",
        "HTTP/1.01",
        "HTTP/11",
        "HTTP/1,1",
        "HTTP /1.1",
        "HTTP/ 1.1",
        "HTTP/1 .1",
        "HTTP/+1.1",
        "HTTP/-1.1",
        "HTTP/1.1.1",
        "http/1.1",
        "Http/1.1",
        "HTP/1.1",
        "HTTPS/1.1",
        "ICY/1.1",
        "HTTP",
        "HTTP/1.1\0",
        "HTTP/1.1\x0b",
        "HTTP/1.1\u{a0}",
    ];
    let mut cases: Vec<_> = wrong
        .iter()
        .map(|version| {
            case(
                format!("the version {}", version.escape_debug()),
                "2.3",
                with(version),
            )
            .refused(&[400, 505])
        })
        .collect();
    cases.extend([
        case("no version, as HTTP/0.9", "RFC 9110 2.5", "GET /\r\n\r\n").refused(&[400, 505]),
        case("a space for a version", "2.3", begins("GET / ")).refused(&[400, 505]),
        case("HTTP/1.0", "2.3", with("HTTP/1.0")).last([got("/")]),
        case("HTTP/1.0 without a host", "2.3", "GET / HTTP/1.0\r\n\r\n").last([got("/")]),
    ]);
    cases
}

/// What begins like HTTP/2 on a port where the first bytes tell (RFC 9113 section 3.4).
fn preface() -> Vec<Case> {
    vec![
        case(
            "the preface of HTTP/2 in HTTP/1.1",
            "RFC 9113 3.4",
            "PRI * HTTP/1.1\r\n\r\nSM\r\n\r\n",
        )
        .refused(&[400, 505]),
        case(
            "the preface without its end",
            "RFC 9113 3.4",
            "PRI * HTTP/2.0\r\n\r\n",
        )
        .refused(&[400, 505]),
        case(
            "the preface with another end",
            "RFC 9113 3.4",
            "PRI * HTTP/2.0\r\n\r\nMS\r\n\r\n",
        )
        .refused(&[400, 505]),
        case(
            "the preface with a field",
            "RFC 9113 3.4",
            "PRI * HTTP/2.0\r\nHost: x\r\n\r\nSM\r\n\r\n",
        )
        .refused(&[400, 505]),
        case(
            "the preface in small letters",
            "RFC 9113 3.4",
            "pri * http/2.0\r\n\r\nsm\r\n\r\n",
        )
        .refused(&[400, 505]),
        case("half a preface", "RFC 9113 3.4", "PRI * HT")
            .closed()
            .and_ends(),
        case(
            "a method that begins like the preface",
            "RFC 9113 3.4",
            begins("PRINT / HTTP/1.1"),
        )
        .served([asked("PRINT", "/", "")]),
        case(
            "the preface behind a request",
            "RFC 9113 3.4",
            [&get(""), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"].concat(),
        )
        .then_closed([got("/")]),
    ]
}
