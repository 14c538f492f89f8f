//! The `Host` field (RFC 9112 section 3.2, RFC 9110 section 7.2).

use super::case::{Case, case, got, only};

pub fn cases() -> Vec<Case> {
    let fine = [
        "x",
        "x.example",
        "X.EXAMPLE",
        "x:80",
        "x:",
        "x:65535",
        "127.0.0.1",
        "[::1]",
        "[::1]:8080",
        "a_b",
        "xn--bcher-kva",
        "",
    ];
    let bad = [
        "x:65536",
        "x:8a",
        "x:-1",
        "x:80:80",
        ":80",
        "x y",
        "x/y",
        "x\\y",
        "x?y",
        "x#y",
        "user@x",
        "user:secret@x",
        "[::1",
        "::1",
        "[::1]x",
        "[localhost]",
        "<x>",
        "x\"",
        "%zz",
        "ü",
        "http://x",
        "x\0",
        "x\x0b",
        "x, y@z",
    ];
    let hosted = |host: &str| only(&format!("Host: {host}\r\n"));
    let mut cases = vec![
        case("no host", "3.2", only("")).refused(&[400]),
        case("no host among other fields", "3.2", only("A: b\r\n")).refused(&[400]),
        case("one host twice", "3.2", only("Host: x\r\nHost: x\r\n")).refused(&[400]),
        case("two hosts", "3.2", only("Host: x\r\nHost: y\r\n")).refused(&[400]),
        case(
            "two hosts far from each other",
            "3.2",
            only("Host: x\r\nA: b\r\nhost: y\r\n"),
        )
        .refused(&[400]),
        case(
            "a host and an empty one",
            "3.2",
            only("Host: x\r\nHost:\r\n"),
        )
        .refused(&[400]),
        case(
            "two hosts in HTTP/1.0",
            "3.2",
            "GET / HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n",
        )
        .refused(&[400]),
        case(
            "a bad host in HTTP/1.0",
            "3.2",
            "GET / HTTP/1.0\r\nHost: x y\r\n\r\n",
        )
        .refused(&[400]),
        case("a folded host", "5.2", only("Host:\r\n x\r\n")).refused(&[400]),
        case(
            "a space before the colon of a host",
            "5.1",
            only("Host : x\r\n"),
        )
        .refused(&[400]),
        case(
            "a host behind other fields",
            "3.2",
            only("A: b\r\nHost: x\r\n"),
        )
        .served([got("/")]),
        case("a host in small letters", "5", only("host: x\r\n")).served([got("/")]),
    ];
    cases.extend(fine.iter().map(|host| {
        case(format!("the host \"{host}\""), "RFC 9110 7.2", hosted(host)).served([got("/")])
    }));
    cases.extend(bad.iter().map(|host| {
        let name = format!("the host \"{}\"", host.escape_debug());
        case(name, "3.2", hosted(host)).refused(&[400])
    }));
    cases
}
