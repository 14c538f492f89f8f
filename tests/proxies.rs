//! Proxies in front: the PROXY protocol before TLS and HTTP in any pieces, and the fields that tell of a client.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects by panicking"
)]

mod support;

use std::fmt::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use sluice::config::{Limits, Proxies, ProxiesSaid};
use sluice::http::Exchange;
use support::client::{Client, Speaks, tcp, tls};
use support::frames::{DATA, Framed, get};
use support::raw::Raw;
use support::server::{Plan, Server};
use support::{Work, body, hash, read_all, run, within};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::{TcpSocket, TcpStream};

/// Answers with what it knows of the client, and with the hash of the body.
fn telling(exchange: Rc<Exchange>) -> Work {
    Box::pin(async move {
        let mut told = match (exchange.remote_address(), exchange.remote_port()) {
            (Some(address), Some(port)) => SocketAddr::new(address, port).to_string(),
            (Some(address), None) => address.to_string(),
            (None, _) => "nobody".into(),
        };
        let scheme = if exchange.is_secure() {
            "https"
        } else {
            "http"
        };
        let (host, local) = (exchange.host(), &exchange.connection().peer().local);
        write!(told, " {scheme} {host} {local}").unwrap();
        match read_all(&exchange).await {
            Ok(body) if !body.is_empty() => write!(told, " {}", hex(&hash(&body))).unwrap(),
            _ => {}
        }
        let _ = exchange.reply.end(Bytes::from(told));
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

fn proxies(trusted: &str, protocol: Option<&str>, headers: Option<&str>) -> Proxies {
    Proxies::parse(&ProxiesSaid {
        trusted: vec![trusted.into()],
        protocol: protocol.map(Into::into),
        headers: headers.map(Into::into),
    })
    .unwrap()
}

/// A plain listener and one with TLS, behind the proxies of this machine or others.
fn plan(proxies: Proxies) -> Plan {
    let mut plan = Plan::new(&[None, Some(sluice::tls::DEFAULT_RING)]);
    plan.proxies = Some(proxies);
    plan
}

fn start(protocol: &str) -> Server {
    Server::start(plan(proxies("127.0.0.0/8", Some(protocol), None)), telling)
}

const LINE: &[u8] = b"PROXY TCP4 192.0.2.7 198.51.100.2 12345 443\r\n";
const TOLD: &str = "192.0.2.7:12345";
const REACHED: &str = "tcp://198.51.100.2:443";

/// Version 2, with as many bytes behind the addresses.
fn binary(command: u8, family: u8, addresses: &[u8], extensions: usize) -> Vec<u8> {
    let length = u16::try_from(addresses.len() + extensions).unwrap();
    let mut header = b"\r\n\r\n\0\r\nQUIT\n".to_vec();
    header.extend([command, family]);
    header.extend(length.to_be_bytes());
    header.extend(addresses);
    header.extend(body(extensions));
    header
}

const FOUR: [u8; 12] = [192, 0, 2, 7, 198, 51, 100, 2, 0x30, 0x39, 0x01, 0xbb];

/// The headers of both versions that tell of the same client.
fn headers() -> [Vec<u8>; 3] {
    [
        LINE.to_vec(),
        binary(0x21, 0x11, &FOUR, 0),
        binary(0x21, 0x11, &FOUR, 100),
    ]
}

const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";

/// Sends pieces so that each has been read when the next is sent.
async fn send_apart(server: &Server, listener: usize, io: &mut TcpStream, pieces: &[&[u8]]) {
    let taken = || server.stats(listener, |stats| stats.bytes_in.get());
    let mut expected = taken();
    for piece in pieces {
        io.write_all(piece).await.unwrap();
        expected += piece.len() as u64;
        while taken() < expected {
            tokio::task::yield_now().await;
        }
    }
}

/// A reply to `GET`, or to what stands in its place.
async fn reply(io: TcpStream) -> String {
    let reply = Raw::new(io).reply().await;
    assert_eq!(reply.status(), 200, "{reply:?}");
    reply.text().to_owned()
}

/// How many headers were taken, and how many connections ended for want of one.
fn counts(server: &Server, listener: usize) -> (u64, u64) {
    server.stats(listener, |stats| {
        (
            stats.proxy_headers_ok.get(),
            stats.proxy_headers_failed.get(),
        )
    })
}

#[test]
fn a_header_may_be_cut_anywhere_before_a_plain_request() {
    for protocol in ["required", "optional"] {
        let server = start(protocol);
        run(async {
            for header in headers() {
                let all = [&header[..], GET].concat();
                for cut in (1..header.len() + 3).chain([all.len()]) {
                    let mut io = tcp(server.addresses[0], None).await;
                    let (first, second) = all.split_at(cut);
                    send_apart(&server, 0, &mut io, &[first]).await;
                    io.write_all(second).await.unwrap();
                    let expected = format!("{TOLD} http x {REACHED}");
                    assert_eq!(reply(io).await, expected, "cut at {cut}");
                }
            }
        });
        assert_eq!(counts(&server, 0).1, 0);
    }
}

#[test]
fn a_header_may_come_byte_by_byte() {
    let server = start("required");
    run(async {
        for header in headers() {
            let mut io = tcp(server.addresses[0], None).await;
            let pieces: Vec<&[u8]> = header.chunks(1).collect();
            send_apart(&server, 0, &mut io, &pieces).await;
            io.write_all(GET).await.unwrap();
            assert_eq!(reply(io).await, format!("{TOLD} http x {REACHED}"));
        }
    });
    assert_eq!(counts(&server, 0), (3, 0));
}

#[test]
fn not_a_byte_behind_a_header_is_lost() {
    let server = start("optional");
    run(async {
        for header in [LINE.to_vec(), binary(0x21, 0x11, &FOUR, 4096 - 28)] {
            for size in [1, 500, 5000, 300_000] {
                let upload = body(size);
                let head = format!("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: {size}\r\n\r\n");
                let all = [&header[..], head.as_bytes(), &upload].concat();
                let mut io = tcp(server.addresses[0], None).await;
                io.write_all(&all).await.unwrap();
                let expected = format!("{TOLD} http x {REACHED} {}", hex(&hash(&upload)));
                assert_eq!(reply(io).await, expected, "{size}");
            }
        }
    });
}

#[test]
fn http2_follows_a_header_by_prior_knowledge() {
    let server = start("optional");
    run(async {
        for header in headers() {
            // Together with the preface, and before it.
            for is_flushed in [false, true] {
                let mut io = BufStream::new(tcp(server.addresses[0], None).await);
                io.write_all(&header).await.unwrap();
                if is_flushed {
                    io.flush().await.unwrap();
                }
                let mut client = Framed::new(io).await;
                client.send(get(1, "/")).await;
                let said = client.wait_for(DATA, 1).await.payload;
                let expected = format!("{TOLD} http localhost {REACHED}");
                assert_eq!(String::from_utf8(said).unwrap(), expected);
            }
        }
    });
}

#[test]
fn tls_follows_a_header_that_is_cut_anywhere() {
    let server = start("required");
    run(async {
        for header in headers() {
            for cut in (1..header.len()).step_by(7) {
                let mut io = tcp(server.addresses[1], None).await;
                send_apart(&server, 1, &mut io, &[&header[..cut]]).await;
                // The rest shares a packet with the first of TLS.
                let mut io = BufStream::new(io);
                io.write_all(&header[cut..]).await.unwrap();
                let speaks = if cut % 2 == 0 { Speaks::H1 } else { Speaks::H2 };
                let mut client = Client::over(tls(io, speaks).await, speaks).await;
                let upload = body(40_000);
                let request = client.request("POST", "/", upload.clone());
                let reply = client.send(request).await.unwrap();
                let said = http_body_util::BodyExt::collect(reply).await.unwrap();
                let expected = format!("{TOLD} https localhost {REACHED} {}", hex(&hash(&upload)));
                assert_eq!(said.to_bytes(), expected);
            }
        }
    });
    assert_eq!(counts(&server, 1).1, 0);
}

#[test]
fn whoever_needs_no_header_is_told_apart_by_its_first_bytes() {
    let server = start("optional");
    run(async {
        let from = |io: &TcpStream| io.local_addr().unwrap();
        for head in [
            "GET / HTTP/1.1\r\nhost: x\r\n\r\n",
            "PUT / HTTP/1.1\r\nhost: x\r\n\r\n",
            "PROPFIND / HTTP/1.1\r\nhost: x\r\n\r\n",
            "\r\nGET / HTTP/1.1\r\nhost: x\r\n\r\n",
        ] {
            for cut in 1..10 {
                let mut io = tcp(server.addresses[0], None).await;
                let (first, second) = head.as_bytes().split_at(cut);
                send_apart(&server, 0, &mut io, &[first]).await;
                io.write_all(second).await.unwrap();
                let from = from(&io);
                let said = reply(io).await;
                assert!(said.starts_with(&format!("{from} http x")), "{said}");
            }
        }
        let io = tcp(server.addresses[0], None).await;
        let client_end = from(&io);
        let mut client = Client::over(io, Speaks::H2).await;
        let said = client.fetch("/").await.unwrap();
        assert!(said.body().starts_with(client_end.to_string().as_bytes()));
        for speaks in [Speaks::H1, Speaks::H2] {
            let mut client = Client::secure(server.addresses[1], speaks).await;
            let said = client.fetch("/").await.unwrap();
            assert!(said.body().starts_with(b"127.0.0.1:"));
        }
        // One that only knocks has done nothing wrong.
        let mut io = tcp(server.addresses[0], None).await;
        io.shutdown().await.unwrap();
        assert_eq!(io.read(&mut [0; 1]).await.unwrap(), 0);
    });
    assert_eq!((counts(&server, 0), counts(&server, 1)), ((0, 0), (0, 0)));
}

#[test]
fn a_header_that_tells_of_nobody_leaves_the_connection_the_proxys_own() {
    let server = start("required");
    let nobody = [
        b"PROXY UNKNOWN\r\n".to_vec(),
        b"PROXY UNKNOWN 192.0.2.7 192.0.2.8 1 2\r\n".to_vec(),
        binary(0x20, 0x00, &[], 0),
        binary(0x20, 0x11, &FOUR, 0),
        binary(0x21, 0x00, &[], 30),
    ];
    run(async {
        for header in nobody {
            let mut io = tcp(server.addresses[0], None).await;
            io.write_all(&[&header[..], GET].concat()).await.unwrap();
            let own = format!(
                "{} http x tcp://{}",
                io.local_addr().unwrap(),
                server.addresses[0]
            );
            assert_eq!(reply(io).await, own);
        }
        // A client of the proxy's unix socket has no address.
        let unix = binary(0x21, 0x31, &[7; 216], 0);
        let mut io = tcp(server.addresses[0], None).await;
        io.write_all(&[&unix[..], GET].concat()).await.unwrap();
        assert!(reply(io).await.starts_with("nobody http x"));
        let six: [u8; 36] = std::array::from_fn(|at| at as u8);
        let mut io = tcp(server.addresses[0], None).await;
        let header = binary(0x21, 0x21, &six, 0);
        io.write_all(&[&header[..], GET].concat()).await.unwrap();
        let said = reply(io).await;
        let told = "[1:203:405:607:809:a0b:c0d:e0f]:8225 http x";
        assert!(said.starts_with(told), "{said}");
    });
}

/// The end of a connection that has said `bytes`, without an answer.
async fn ends(address: SocketAddr, bytes: &[u8]) {
    let mut raw = Raw::new(tcp(address, None).await);
    // It may have been closed by the first of them.
    let _ = raw.io.write_all(bytes).await;
    assert!(raw.ends().await, "{}", bytes.escape_ascii());
}

#[test]
fn without_a_right_header_a_connection_ends_and_is_counted() {
    let long = format!("PROXY UNKNOWN {}\r\n", "x".repeat(200));
    let wrong = [
        b"PROXY TCP4 192.0.2.7 198.51.100.2 12345\r\n".to_vec(),
        b"PROXY TCP4 192.0.2.7 198.51.100.2 12345 443\n".to_vec(),
        b"PROXY /x HTTP/1.1\r\n".to_vec(),
        long.into_bytes(),
        binary(0x22, 0x11, &FOUR, 0),
        binary(0x21, 0x13, &FOUR, 0),
        binary(0x21, 0x11, &FOUR[..11], 0),
        binary(0x21, 0x11, &FOUR, 5000),
    ];
    for protocol in ["required", "optional"] {
        let server = start(protocol);
        run(async {
            for (at, header) in wrong.iter().enumerate() {
                for listener in [0, 1] {
                    let bytes = [&header[..], GET].concat();
                    ends(server.addresses[listener], &bytes).await;
                    assert_eq!(counts(&server, listener), (0, at as u64 + 1));
                }
            }
            // One that ends in it.
            let mut io = tcp(server.addresses[0], None).await;
            io.write_all(&LINE[..20]).await.unwrap();
            io.shutdown().await.unwrap();
            assert!(Raw::new(io).ends().await);
            assert_eq!(counts(&server, 0).1, wrong.len() as u64 + 1);
        });
    }
    let server = start("required");
    run(async {
        ends(server.addresses[0], GET).await;
        ends(server.addresses[0], b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
        ends(server.addresses[0], b"\x16\x03\x01").await;
        let mut io = tcp(server.addresses[0], None).await;
        io.shutdown().await.unwrap();
        assert!(Raw::new(io).ends().await);
    });
    assert_eq!(counts(&server, 0), (0, 4));
    assert_eq!(server.stats(0, |stats| stats.requests_refused.get()), 0);
}

#[test]
fn a_header_that_does_not_end_is_cut_off_with_the_handshake() {
    for protocol in ["required", "optional"] {
        let mut plan = plan(proxies("127.0.0.1", Some(protocol), None));
        plan.timeouts.handshake = Duration::from_millis(300);
        let server = Server::start(plan, telling);
        run(async {
            let header = binary(0x21, 0x11, &FOUR, 4000);
            let mut late = 0;
            for begun in [&b""[..], b"\r", &LINE[..7], &header[..2000]] {
                for listener in [0, 1] {
                    let mut raw = Raw::new(tcp(server.addresses[listener], None).await);
                    raw.send(begun).await;
                    let ends = within(Duration::from_secs(20), raw.ends()).await;
                    assert!(ends, "{}", begun.escape_ascii());
                }
                late += 1;
                for listener in [0, 1] {
                    let timeouts = server.stats(listener, |stats| stats.timeouts.handshake.get());
                    assert_eq!((timeouts, counts(&server, listener)), (late, (0, late)));
                }
            }
            // The time for TLS is what the header has left of it.
            ends(server.addresses[1], LINE).await;
            let timeouts = server.stats(1, |stats| stats.timeouts.handshake.get());
            assert_eq!((timeouts, counts(&server, 1)), (late + 1, (1, late)));
        });
    }
}

#[test]
fn whoever_is_not_trusted_may_not_speak_for_others() {
    let server = Server::start(plan(proxies("10.0.0.0/8", Some("required"), None)), telling);
    run(async {
        for listener in [0, 1] {
            let address = server.addresses[listener];
            ends(address, &[LINE, GET].concat()).await;
            ends(address, b"").await;
        }
    });
    assert_eq!((counts(&server, 0), counts(&server, 1)), ((0, 2), (0, 2)));
    drop(server);
    let server = Server::start(plan(proxies("10.0.0.0/8", Some("optional"), None)), telling);
    run(async {
        let mut raw = Raw::new(tcp(server.addresses[0], None).await);
        raw.send([LINE, GET].concat()).await;
        assert_eq!(raw.reply().await.status(), 400);
        let mut client = Client::secure(server.addresses[1], Speaks::H2).await;
        let said = client.fetch("/").await.unwrap();
        assert!(said.body().starts_with(b"127.0.0.1:"));
    });
    assert_eq!((counts(&server, 0), counts(&server, 1)), ((0, 0), (0, 0)));
}

/// A header of version 1 that tells of this client.
fn line(client: &str) -> String {
    let family = if client.contains(':') {
        format!("TCP6 {client} ::1")
    } else {
        format!("TCP4 {client} 198.51.100.2")
    };
    format!("PROXY {family} 1 2\r\n")
}

async fn until(mut is_so: impl FnMut() -> bool) {
    while !is_so() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[test]
fn each_client_has_so_many_connections_and_its_proxy_any_number() {
    let mut plan = plan(proxies("127.0.0.1", Some("required"), None));
    plan.limits.per_address = 2;
    let server = Server::start(plan, telling);
    let open = async |client: &str| {
        let mut raw = Raw::new(tcp(server.addresses[0], None).await);
        raw.send([line(client).as_bytes(), GET].concat()).await;
        raw
    };
    run(async {
        // Nobody's yet.
        let mut silent = Vec::new();
        for _ in 0..5 {
            silent.push(tcp(server.addresses[0], None).await);
        }
        let mut held = Vec::new();
        for client in ["192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::ffff:1"] {
            for _ in 0..if client.contains(':') { 1 } else { 2 } {
                let mut raw = open(client).await;
                assert_eq!(raw.reply().await.status(), 200);
                held.push(raw);
            }
        }
        for (refused, client) in ["192.0.2.1", "::ffff:192.0.2.2", "2001:db8::2"]
            .iter()
            .enumerate()
        {
            let mut raw = open(client).await;
            assert_eq!(raw.reply().await.status(), 503, "{client}");
            assert!(raw.is_over().await);
            let counted = server.stats(0, |stats| {
                (stats.refused.get(), stats.limits.per_address.get())
            });
            assert_eq!(counted, (refused as u64 + 1, refused as u64 + 1));
        }
        // On TLS there is nobody to tell.
        let mut raw = Raw::new(tcp(server.addresses[1], None).await);
        raw.send(line("192.0.2.1")).await;
        assert!(raw.ends().await);
        assert_eq!(server.stats(1, |stats| stats.limits.per_address.get()), 1);
        assert_eq!(open("192.0.2.3").await.reply().await.status(), 200);
        // Whoever goes makes room for its own.
        drop(held);
        until(|| server.stats(0, |stats| stats.open.get() <= 5)).await;
        assert_eq!(open("192.0.2.1").await.reply().await.status(), 200);
        // What a proxy says of nobody is its own.
        until(|| server.stats(0, |stats| stats.open.get() <= 5)).await;
        let own = [b"PROXY UNKNOWN\r\n", GET].concat();
        let mut held = Vec::new();
        for status in [200, 200, 503] {
            let mut raw = Raw::new(tcp(server.addresses[0], None).await);
            raw.send(&own).await;
            assert_eq!(raw.reply().await.status(), status);
            held.push(raw);
        }
    });
}

#[test]
fn connections_that_say_nothing_count_as_any_others() {
    let mut plan = plan(proxies("127.0.0.1", Some("required"), None));
    plan.limits = Limits {
        connections: 2,
        ..Limits::DEFAULT
    };
    let server = Server::start(plan, telling);
    run(async {
        let mut silent = Vec::new();
        for open in 1..=2 {
            silent.push(tcp(server.addresses[0], None).await);
            until(|| server.stats(0, |stats| stats.open.get()) == open).await;
        }
        let mut third = Raw::new(tcp(server.addresses[0], None).await);
        assert_eq!(third.reply().await.status(), 503);
    });
    assert_eq!(server.stats(0, |stats| stats.limits.connections.get()), 1);
}

#[test]
fn a_connection_that_waits_for_its_header_holds_up_no_drain() {
    let mut plan = plan(proxies("127.0.0.1", Some("required"), None));
    plan.timeouts.handshake = Duration::from_secs(60);
    plan.timeouts.drain = Duration::from_secs(60);
    let server = Server::start(plan, telling);
    run(async {
        let mut silent = Raw::new(tcp(server.addresses[0], None).await);
        let mut begun = Raw::new(tcp(server.addresses[1], None).await);
        begun.send(&LINE[..9]).await;
        until(|| server.stats(1, |stats| stats.bytes_in.get()) == 9).await;
        // One whose header comes meanwhile is still served.
        let mut late = tcp(server.addresses[0], None).await;
        send_apart(&server, 0, &mut late, &[&LINE[..9]]).await;
        server.stop(None);
        late.write_all(&[&LINE[9..], GET].concat()).await.unwrap();
        assert!(reply(late).await.starts_with(TOLD));
        within(Duration::from_secs(20), async {
            assert!(silent.ends().await && begun.ends().await);
        })
        .await;
    });
    assert_eq!(server.outcome(), sluice::server::Outcome::Drained);
}

/// A request with fields, by each protocol and with and without TLS.
async fn asks(server: &Server, fields: &[(&str, &str)]) -> Vec<String> {
    let mut said = Vec::new();
    for listener in [0, 1] {
        for speaks in [Speaks::H1, Speaks::H2] {
            let address = server.addresses[listener];
            let mut client = match listener {
                0 => Client::plain(address, speaks).await,
                _ => Client::secure(address, speaks).await,
            };
            let mut request = client.request("GET", "/", Bytes::new());
            for (name, value) in fields {
                let name: http::HeaderName = name.parse().unwrap();
                request.headers_mut().append(name, value.parse().unwrap());
            }
            let reply = client.send(request).await.unwrap();
            let reply = http_body_util::BodyExt::collect(reply).await.unwrap();
            said.push(String::from_utf8(reply.to_bytes().to_vec()).unwrap());
        }
    }
    said
}

const FORWARDED: [(&str, &str); 2] = [
    ("forwarded", "for=6.6.6.6;proto=http;host=evil.example"),
    (
        "forwarded",
        "for=\"[2001:db8::7]:4711\";proto=https;host=\"www.example:8443\", for=127.0.0.9",
    ),
];
const X_FORWARDED: [(&str, &str); 4] = [
    ("x-forwarded-for", "6.6.6.6, 192.0.2.7, 127.0.0.9"),
    ("x-forwarded-proto", "https"),
    ("x-forwarded-host", "www.example"),
    ("x-forwarded-port", "8443"),
];

#[test]
fn fields_of_trusted_proxies_tell_of_the_client_on_every_protocol() {
    let server = Server::start(
        plan(proxies("127.0.0.0/8", None, Some("forwarded"))),
        telling,
    );
    run(async {
        for said in asks(&server, &FORWARDED).await {
            let told = "[2001:db8::7]:4711 https www.example:8443 tcp://127.0.0.1:";
            assert!(said.starts_with(told), "{said}");
        }
        for said in asks(&server, &X_FORWARDED).await {
            assert!(
                said.starts_with("127.0.0.1:") && said.contains(" localhost "),
                "{said}"
            );
        }
    });
    drop(server);
    let server = Server::start(
        plan(proxies("127.0.0.0/8", None, Some("x-forwarded"))),
        telling,
    );
    run(async {
        for said in asks(&server, &X_FORWARDED).await {
            assert!(
                said.starts_with("192.0.2.7 https www.example:8443 "),
                "{said}"
            );
        }
    });
}

#[test]
fn fields_of_whoever_is_not_trusted_change_nothing() {
    let all = [&FORWARDED[..], &X_FORWARDED].concat();
    for plan in [
        plan(proxies("10.0.0.0/8", None, Some("forwarded"))),
        plan(proxies("10.0.0.0/8", None, Some("x-forwarded"))),
        plan(proxies("127.0.0.0/8", Some("optional"), None)),
        Plan::new(&[None, Some(sluice::tls::DEFAULT_RING)]),
    ] {
        let server = Server::start(plan, telling);
        let said = run(asks(&server, &all));
        for (said, scheme) in said.iter().zip(["http", "http", "https", "https"]) {
            assert!(said.starts_with("127.0.0.1:"), "{said}");
            assert!(said.contains(&format!(" {scheme} localhost ")), "{said}");
        }
    }
}

#[test]
fn behind_two_kinds_of_proxy_the_header_says_who_may_be_believed() {
    let mut both = proxies("127.0.0.0/8", Some("required"), Some("x-forwarded"));
    both.trusted = Proxies::parse(&ProxiesSaid {
        trusted: vec!["127.0.0.1".into(), "203.0.113.0/24".into(), "unix".into()],
        protocol: None,
        headers: Some("forwarded".into()),
    })
    .unwrap()
    .trusted;
    let server = Server::start(plan(both), telling);
    let request = "GET / HTTP/1.1\r\nhost: x\r\nx-forwarded-for: 192.0.2.9\r\n\r\n";
    run(async {
        for (header, told) in [
            // A network of proxies, by way of the one that is connected.
            (line("203.0.113.5").into_bytes(), "192.0.2.9 "),
            // A client that writes such fields itself.
            (line("192.0.2.1").into_bytes(), "192.0.2.1:1 "),
            // The proxy's own client on a unix socket is not one of this server's.
            (binary(0x21, 0x31, &[7; 216], 0), "nobody "),
            // A client that the proxy does not know: the fields may be its own.
            (b"PROXY UNKNOWN\r\n".to_vec(), "127.0.0.1:"),
            (b"PROXY UNKNOWN ffff::1 ::1 1 2\r\n".to_vec(), "127.0.0.1:"),
            (binary(0x21, 0x00, &[], 0), "127.0.0.1:"),
            (binary(0x20, 0x11, &FOUR, 0), "127.0.0.1:"),
        ] {
            let mut io = tcp(server.addresses[0], None).await;
            io.write_all(&[&header[..], request.as_bytes()].concat())
                .await
                .unwrap();
            let said = reply(io).await;
            assert!(said.starts_with(told), "{said}");
        }
    });
}

#[test]
fn a_trusted_proxy_without_a_header_where_none_is_needed_is_believed_what_its_fields_say() {
    let both = proxies("127.0.0.0/8", Some("optional"), Some("x-forwarded"));
    let server = Server::start(plan(both), telling);
    let request = "GET / HTTP/1.1\r\nhost: x\r\nx-forwarded-for: 192.0.2.9\r\n\r\n";
    run(async {
        for (header, told) in [("", "192.0.2.9 "), ("PROXY UNKNOWN\r\n", "127.0.0.1:")] {
            let mut io = tcp(server.addresses[0], None).await;
            let bytes = [header, request].concat();
            io.write_all(bytes.as_bytes()).await.unwrap();
            let said = reply(io).await;
            assert!(said.starts_with(told), "{said}");
        }
    });
}

#[test]
fn trust_is_by_the_address_that_connects() {
    let server = Server::start(plan(proxies("127.0.0.2", Some("optional"), None)), telling);
    run(async {
        for (from, status) in [(2, 200), (3, 400)] {
            let socket = TcpSocket::new_v4().unwrap();
            let from = Ipv4Addr::new(127, 0, 0, from);
            socket.bind(SocketAddr::from((from, 0))).unwrap();
            let mut raw = Raw::new(socket.connect(server.addresses[0]).await.unwrap());
            raw.send([LINE, GET].concat()).await;
            assert_eq!(raw.reply().await.status(), status, "{from}");
        }
    });
}
