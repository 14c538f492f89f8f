//! Where a connection goes on and where it ends (RFC 9112 section 9), and what it does not turn into.

use super::case::{Case, case, get, got, post, posted};

pub fn cases() -> Vec<Case> {
    [options(), old(), pipelined(), upgrades()].concat()
}

fn options() -> Vec<Case> {
    let with = |value: &str| get(&format!("Connection: {value}\r\n"));
    vec![
        case("no option", "9.3", get("")).served([got("/")]),
        case("close", "9.6", with("close")).last([got("/")]),
        case("close in capitals", "9.6", with("CLOSE")).last([got("/")]),
        case("close among others", "9.6", with("a, close ,b")).last([got("/")]),
        case(
            "close in quotes is another option",
            "RFC 9110 7.6.1",
            with("\"close\""),
        )
        .served([got("/")]),
        case("closed is another option", "RFC 9110 7.6.1", with("closed")).served([got("/")]),
        case("close and keep-alive", "9.3", with("close, keep-alive")).last([got("/")]),
        case("keep-alive and close", "9.3", with("keep-alive, close")).last([got("/")]),
        case(
            "close and keep-alive on two lines",
            "9.3",
            get("Connection: close\r\nConnection: keep-alive\r\n"),
        )
        .last([got("/")]),
        case("keep-alive", "9.3", with("keep-alive")).served([got("/")]),
        case("an empty option", "RFC 9110 7.6.1", with("")).served([got("/")]),
        case("commas", "RFC 9110 5.6.1", with(",,close,,")).last([got("/")]),
        case(
            "an option that names the length",
            "RFC 9110 7.6.1",
            post(
                "Connection: content-length\r\nContent-Length: 5\r\n",
                "hello",
            ),
        )
        .served([posted("hello")]),
        case(
            "an option that names the coding",
            "RFC 9110 7.6.1",
            post(
                "Connection: transfer-encoding\r\nTransfer-Encoding: chunked\r\n",
                "5\r\nhello\r\n0\r\n\r\n",
            ),
        )
        .served([posted("hello")]),
        case(
            "close with a body",
            "9.6",
            post("Connection: close\r\nContent-Length: 5\r\n", "hello"),
        )
        .last([posted("hello")]),
    ]
}

fn old() -> Vec<Case> {
    let old = |fields: &str| format!("GET / HTTP/1.0\r\n{fields}\r\n");
    vec![
        case("HTTP/1.0 is not kept", "9.3", old("")).last([got("/")]),
        case(
            "HTTP/1.0 that asks to be kept",
            "9.3",
            old("Connection: keep-alive\r\n"),
        )
        .served([got("/")]),
        case(
            "HTTP/1.0 that asks in capitals",
            "9.3",
            old("Connection: Keep-Alive\r\n"),
        )
        .served([got("/")]),
        case(
            "HTTP/1.0 that asks and closes",
            "9.3",
            old("Connection: keep-alive, close\r\n"),
        )
        .last([got("/")]),
        case(
            "HTTP/1.0 with a Keep-Alive field alone",
            "9.3",
            old("Keep-Alive: timeout=5\r\n"),
        )
        .last([got("/")]),
        case(
            "HTTP/1.0 behind HTTP/1.1",
            "9.3",
            [get(""), old("")].concat(),
        )
        .last([got("/"), got("/")]),
    ]
}

/// An error in the middle ends it all, behind the answers that were owed.
fn pipelined() -> Vec<Case> {
    let twice = || [got("/"), got("/")];
    let behind = |bad: &str| [&get(""), &get(""), bad, &get("")].concat();
    vec![
        case("ten requests", "9.3.2", get("").repeat(10)).served((0..10).map(|_| got("/"))),
        case("bodies and none by turns", "9.3.2", [post("Content-Length: 2\r\n", "ab"), get(""), post("Content-Length: 1\r\n", "c")].concat()).served([posted("ab"), got("/"), posted("c")]),
        case("a broken field behind two requests", "9.3.2", behind("GET / HTTP/1.1\r\nHost x\r\n\r\n")).then_refused(twice(), &[400]),
        case("two framings behind two requests", "9.3.2", behind("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")).then_refused(twice(), &[400]),
        case("a bare LF behind two requests", "9.3.2", behind("GET / HTTP/1.1\nHost: x\r\n\r\n")).then_refused(twice(), &[400]),
        case("no host behind two requests", "9.3.2", behind("GET / HTTP/1.1\r\n\r\n")).then_refused(twice(), &[400]),
        case("CONNECT behind two requests", "9.3.2", behind("CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n")).then_refused(twice(), &[501]),
        case("nonsense behind two requests", "9.3.2", behind("\0\0\0\r\n\r\n")).then_refused(twice(), &[400]),
    ]
}

fn upgrades() -> Vec<Case> {
    let h2c = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n";
    vec![
        case("an upgrade to h2c is not taken", "RFC 9110 7.8", get(h2c)).served([got("/")]),
        case(
            "an upgrade to h2c with a body",
            "RFC 9110 7.8",
            post(&format!("{h2c}Content-Length: 5\r\n"), "hello"),
        )
        .served([posted("hello")]),
        case(
            "an upgrade to a WebSocket is not taken",
            "RFC 9110 7.8",
            get("Connection: Upgrade\r\nUpgrade: websocket\r\n"),
        )
        .served([got("/")]),
        case(
            "an upgrade to TLS is not taken",
            "RFC 9110 7.8",
            get("Connection: Upgrade\r\nUpgrade: TLS/1.2\r\n"),
        )
        .served([got("/")]),
        case(
            "an upgrade without its option",
            "RFC 9110 7.8",
            get("Upgrade: h2c\r\n"),
        )
        .served([got("/")]),
        case(
            "an upgrade in HTTP/1.0",
            "RFC 9110 7.8",
            "GET / HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n",
        )
        .last([got("/")]),
        case(
            "an upgrade with a framing too many",
            "RFC 9110 7.8",
            post(
                &format!("{h2c}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"),
                "0\r\n\r\n",
            ),
        )
        .refused(&[400]),
    ]
}
