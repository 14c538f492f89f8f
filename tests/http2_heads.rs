//! HTTP/2 heads, trailers and lengths that are malformed (RFC 9113 sections 8.1 to 8.3), and settings at
//! their ends: each costs its own stream and no other.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects by panicking"
)]

mod support;

use std::rc::Rc;

use bytes::Bytes;
use sluice::error::Result;
use sluice::http::Exchange;
use support::client::tcp;
use support::frames::*;
use support::server::{Plan, Server};
use support::{LONGEST, body, hash, path, read_all, run, stream, told};
use tokio::net::TcpStream;

/// `/long` streams the longest body; all else says the host and the length of the request's body.
async fn answer(exchange: Rc<Exchange>) -> Result<()> {
    if path(&exchange)[0] == "long" {
        return stream(&exchange, body(LONGEST), 65_536).await;
    }
    let length = read_all(&exchange).await?.len();
    let host = exchange.request.uri.host().unwrap_or("none").to_owned();
    exchange.reply.end(Bytes::from(format!("{host} {length}")))
}

fn server() -> Server {
    Server::start(Plan::new(&[None]), told(answer).0)
}

async fn client(server: &Server) -> Framed<TcpStream> {
    Framed::new(tcp(server.addresses[0], None).await).await
}

/// What became of a stream.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
    Status(u16),
    Reset(u32),
    GoAway(u32),
}

/// How `frames` end stream 1; if not with the connection, it serves another.
async fn fate(server: &Server, frames: Vec<u8>) -> Fate {
    let mut client = client(server).await;
    client.send(frames).await;
    loop {
        let next = client.frame().await.unwrap().unwrap();
        let fate = match next.kind {
            HEADERS => Fate::Status(next.status()),
            RST_STREAM => Fate::Reset(next.code()),
            GOAWAY => return Fate::GoAway(next.code()),
            _ => continue,
        };
        client.send(get(101, "/")).await;
        assert_eq!(client.wait_for(HEADERS, 101).await.status(), 200);
        return fate;
    }
}

type Fields = Vec<(&'static str, &'static str)>;

/// A GET with other fields in place of those of its name, and more at the end.
fn changed(change: &[(&'static str, Option<&'static str>)], more: &[(&str, &str)]) -> Vec<u8> {
    let mut said: Fields = vec![
        (":method", "GET"),
        (":scheme", "http"),
        (":path", "/"),
        (":authority", "localhost"),
    ];
    for (name, value) in change {
        said.retain(|field| field.0 != *name);
        said.extend(value.map(|value| (*name, value)));
    }
    let block = [fields(&said), fields(more)].concat();
    frame(HEADERS, END_HEADERS | END_STREAM, 1, &block)
}

#[test]
fn malformed_heads_cost_their_stream() {
    let more = |more: &[(&str, &str)]| changed(&[], more);
    let without = |name| changed(&[(name, None)], &[]);
    let with = |name, value| changed(&[(name, Some(value))], &[]);
    let cases = [
        ("no method", without(":method")),
        ("no scheme", without(":scheme")),
        ("no path", without(":path")),
        ("an empty path", with(":path", "")),
        ("a path that is none", with(":path", "not/a/path")),
        ("a scheme that is none", with(":scheme", "ht tp")),
        ("two paths", more(&[(":path", "/two")])),
        (
            "a late pseudo-header",
            more(&[("a", "b"), (":scheme", "http")]),
        ),
        ("a status", more(&[(":status", "200")])),
        ("an unasked protocol", more(&[(":protocol", "websocket")])),
        ("connection", more(&[("connection", "keep-alive")])),
        (
            "transfer-encoding",
            more(&[("transfer-encoding", "chunked")]),
        ),
        ("upgrade", more(&[("upgrade", "h2c")])),
        ("keep-alive", more(&[("keep-alive", "1")])),
        ("proxy-connection", more(&[("proxy-connection", "close")])),
        ("te", more(&[("te", "gzip")])),
        ("a length that is none", more(&[("content-length", "many")])),
        (
            "two lengths",
            more(&[("content-length", "0"), ("content-length", "1")]),
        ),
        ("a body that never comes", more(&[("content-length", "1")])),
    ];
    let server = server();
    run(async {
        for (name, frames) in cases {
            let fate = fate(&server, frames).await;
            let refused = matches!(fate, Fate::Reset(PROTOCOL_ERROR) | Fate::Status(400));
            assert!(refused, "{name}: {fate:?}");
        }
    });
}

#[test]
fn fields_that_no_http_has_cost_the_connection() {
    // h2 finds these while it decompresses.
    let cases = [
        ("an empty method", changed(&[(":method", Some(""))], &[])),
        ("upper case", changed(&[], &[("Upper", "case")])),
        (
            "a pseudo-header that nobody knows",
            changed(&[], &[(":fancy", "b")]),
        ),
        ("a space in a name", changed(&[], &[("a b", "c")])),
        ("an empty name", changed(&[], &[("", "c")])),
        ("a line in a value", changed(&[], &[("a", "b\r\nc: d")])),
        ("a nul in a value", changed(&[], &[("a", "b\0c")])),
    ];
    let server = server();
    run(async {
        for (name, frames) in cases {
            let fate = fate(&server, frames).await;
            assert_eq!(fate, Fate::GoAway(PROTOCOL_ERROR), "{name}");
        }
    });
}

#[test]
fn what_is_allowed_is_answered() {
    let more = |more: &[(&str, &str)]| changed(&[], more);
    let cases = [
        ("te: trailers", more(&[("te", "trailers")])),
        ("host that agrees", more(&[("host", "localhost")])),
        (
            "host alone",
            changed(&[(":authority", None)], &[("host", "localhost")]),
        ),
        (
            "a cookie in parts",
            more(&[("cookie", "a=1"), ("cookie", "b=2")]),
        ),
        (
            "an equal length twice",
            more(&[("content-length", "0"), ("content-length", "0")]),
        ),
    ];
    let server = server();
    run(async {
        for (name, frames) in cases {
            assert_eq!(fate(&server, frames).await, Fate::Status(200), "{name}");
        }
    });
}

#[test]
fn a_host_that_contradicts_the_authority_is_refused() {
    let server = server();
    let frames = changed(&[], &[("host", "elsewhere")]);
    run(async {
        assert_eq!(fate(&server, frames).await, Fate::Status(400));
    });
}

#[test]
fn bodies_that_are_not_as_long_as_they_say_cost_their_stream() {
    let post = |length| {
        let block = [head("POST", "/"), fields(&[("content-length", length)])].concat();
        frame(HEADERS, END_HEADERS, 1, &block)
    };
    let data = |flags, body: &[u8]| frame(DATA, flags, 1, body);
    let trailers = frame(HEADERS, END_HEADERS | END_STREAM, 1, &fields(&[("a", "b")]));
    let cases = [
        ("longer", [post("3"), data(END_STREAM, b"four")].concat()),
        ("shorter", [post("5"), data(END_STREAM, b"four")].concat()),
        (
            "shorter by trailers",
            [post("5"), data(0, b"four"), trailers].concat(),
        ),
        (
            "longer later",
            [post("5"), data(0, b"four"), data(0, b"more")].concat(),
        ),
    ];
    let server = server();
    run(async {
        for (name, frames) in cases {
            let fate = fate(&server, frames).await;
            assert_eq!(fate, Fate::Reset(PROTOCOL_ERROR), "{name}");
        }
        let exact = [post("4"), data(END_STREAM, b"four")].concat();
        assert_eq!(fate(&server, exact).await, Fate::Status(200));
    });
}

#[test]
fn trailers_are_fields_and_nothing_else() {
    let trailers =
        |flags, said: &[(&str, &str)]| frame(HEADERS, END_HEADERS | flags, 1, &fields(said));
    let cases = [
        (
            "connection",
            trailers(END_STREAM, &[("connection", "close")]),
        ),
        ("no end", trailers(0, &[("a", "b")])),
    ];
    let server = server();
    run(async {
        for (name, trailers) in cases {
            let frames = [post(1, "/"), frame(DATA, 0, 1, b"body"), trailers].concat();
            let fate = fate(&server, frames).await;
            assert_eq!(fate, Fate::Reset(PROTOCOL_ERROR), "{name}");
        }
        let good = trailers(END_STREAM, &[("a", "b")]);
        let frames = [post(1, "/"), frame(DATA, 0, 1, b"body"), good].concat();
        assert_eq!(fate(&server, frames).await, Fate::Status(200));
    });
}

#[test]
fn heads_past_the_limits_are_431_and_414() {
    let long: &'static str = "x".repeat(34_000).leak();
    let path: &'static str = format!("/{}", "x".repeat(9_000)).leak();
    let many: Vec<_> = (0..101).map(|_| ("a", "b")).collect();
    // Longer than a frame: the rest comes as CONTINUATION.
    let large = {
        let block = [head("GET", "/"), fields(&[("a", long)])].concat();
        let mut parts = block.chunks(16_000);
        let mut frames = frame(HEADERS, END_STREAM, 1, parts.next().unwrap());
        frames.extend(frame(CONTINUATION, 0, 1, parts.next().unwrap()));
        frames.extend(frame(CONTINUATION, END_HEADERS, 1, parts.next().unwrap()));
        frames
    };
    let cases = [
        ("large", large, 431),
        ("many", changed(&[], &many), 431),
        ("path", changed(&[(":path", Some(path))], &[]), 414),
    ];
    let server = server();
    run(async {
        for (name, frames, status) in cases {
            assert_eq!(fate(&server, frames).await, Fate::Status(status), "{name}");
        }
    });
}

#[test]
fn settings_at_their_ends_are_obeyed_or_end_the_connection() {
    let server = server();
    run(async {
        // Header table, push, streams, window, frame size, header list: small, large, unknown.
        let good: [&[(u16, u32)]; 7] = [
            &[(1, 0)],
            &[(1, u32::MAX)],
            &[(2, 0), (3, 0), (6, 0)],
            &[(3, u32::MAX), (6, u32::MAX)],
            &[(4, 0x7fff_ffff)],
            &[(5, 16_384), (5, 16_777_215)],
            &[(0xff, u32::MAX)],
        ];
        for said in good {
            assert_eq!(
                fate(&server, [settings(said), get(1, "/")].concat()).await,
                Fate::Status(200),
                "{said:?}"
            );
        }
        // h2 has one code for all, also where section 6.5.2 names FLOW_CONTROL_ERROR.
        let bad = [(2, 2), (4, 0x8000_0000), (5, 16_383), (5, 16_777_216)];
        for said in bad {
            let fate = fate(&server, settings(&[said])).await;
            assert_eq!(fate, Fate::GoAway(PROTOCOL_ERROR), "{said:?}");
        }
    });
}

#[test]
fn a_client_that_wants_frames_of_16_mib_gets_small_ones_and_all_of_them() {
    let server = server();
    run(async {
        let socket = tcp(server.addresses[0], None).await;
        let huge = [(5, 16_777_215), (4, 0x7fff_ffff)];
        let mut client = Framed::saying(socket, &huge).await;
        client
            .send([window(0, 0x7fff_0000), get(1, "/long")].concat())
            .await;
        let mut whole = Vec::new();
        loop {
            let data = client.wait_for(DATA, 1).await;
            assert!(data.payload.len() <= 16_384);
            whole.extend_from_slice(&data.payload);
            if data.is_last() {
                break;
            }
        }
        assert_eq!(hash(&whole), hash(&body(LONGEST)));
    });
}
