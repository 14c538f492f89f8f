//! HTTP/2 clients that cost more than they ask for, and such that only look so.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects by panicking"
)]

mod support;

use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use sluice::error::Result;
use sluice::http::Exchange;
use support::client::{Client, Speaks, tcp, tls};
use support::frames::*;
use support::server::{Plan, Server};
use support::{LONGEST, body, forget_peak, hash, memory, path, read_all, run, stream, told, write};
use tokio::net::TcpStream;

const MIB: u64 = 1024 * 1024;

/// `/long` streams the longest body, `/drops` bytes one by one, `/wait` never answers; `/read` reads
/// the body; all else says hello.
async fn answer(exchange: Rc<Exchange>) -> Result<()> {
    match path(&exchange)[0].as_str() {
        "long" => stream(&exchange, body(LONGEST), 65_536).await,
        "drops" => {
            for byte in body(20_000) {
                write(&exchange, Bytes::from(vec![byte])).await?;
                tokio::task::yield_now().await;
            }
            exchange.reply.end(Bytes::new())
        }
        "wait" => {
            read_all(&exchange).await?;
            std::future::pending().await
        }
        "read" => {
            let body = read_all(&exchange).await?;
            exchange.reply.end(Bytes::from(body.len().to_string()))
        }
        _ => exchange.reply.end(Bytes::from_static(b"hello")),
    }
}

fn server(plan: Plan) -> Server {
    Server::start(plan, told(answer).0)
}

async fn client(server: &Server) -> Framed<TcpStream> {
    Framed::new(tcp(server.addresses[0], None).await).await
}

/// The connections that a limit has ended: by resets, and by floods.
fn ended(server: &Server) -> (u64, u64) {
    let limits = |stats: &sluice::stats::Listener| {
        let sum = stats.sum();
        (sum.limits.resets, sum.limits.floods)
    };
    (0..server.addresses.len())
        .map(|listener| server.stats(listener, limits))
        .fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1))
}

/// Waits until so many are counted: a connection that has ended may still be shutting down.
async fn have_ended(server: &Server, expected: (u64, u64)) {
    while ended(server) != expected {
        tokio::task::yield_now().await;
    }
}

async fn is_well(server: &Server) {
    let mut client = Client::plain(server.addresses[0], Speaks::H2).await;
    assert_eq!(client.fetch("/").await.unwrap().body(), "hello");
    let open = |stats: &sluice::stats::Listener| stats.sum().active;
    while server.stats(0, open) > 0 {
        tokio::task::yield_now().await;
    }
}

/// Plays `flood` on a connection that has said `first`: it must be told to calm down before it is
/// through, and the server must be well and have counted it once.
fn is_ended(name: &str, resets: bool, first: Vec<u8>, flood: impl Iterator<Item = Vec<u8>>) {
    let server = server(Plan::new(&[None]));
    run(async {
        let mut client = client(&server).await;
        client.send(first).await;
        client.is_alive().await;
        let heard = client.flood(flood).await;
        assert_eq!(
            heard.farewell(),
            Some(ENHANCE_YOUR_CALM),
            "{name}: {heard:?}"
        );
        assert!(heard.orderly, "{name}");
        is_well(&server).await;
        let expected = if resets { (1, 0) } else { (0, 1) };
        have_ended(&server, expected).await;
    });
}

/// The streams that a client may open, in order.
fn streams() -> impl Iterator<Item = u32> {
    (1..200_000).step_by(2)
}

#[test]
fn streams_that_are_reset_faster_than_they_are_answered_end_the_connection() {
    let at_once = streams().map(|id| [get(id, "/wait"), reset(id)].concat());
    is_ended("at once", true, Vec::new(), at_once);
    let with_bodies = streams().map(|id| [post(id, "/read"), reset(id)].concat());
    is_ended("with bodies", true, Vec::new(), with_bodies);
}

#[test]
fn so_many_streams_may_be_reset_as_the_limit_says() {
    for limit in [1, 700] {
        let mut plan = Plan::new(&[None]);
        plan.limits.resets = limit;
        let server = server(plan);
        run(async {
            let mut client = client(&server).await;
            client.send(Vec::new()).await;
            for id in streams().take(limit as usize) {
                client.send([get(id, "/wait"), reset(id)].concat()).await;
            }
            client.is_alive().await;
            let flood = streams().skip(limit as usize);
            let flood = flood.map(|id| [get(id, "/wait"), reset(id)].concat());
            let heard = client.flood(flood.take(400)).await;
            assert_eq!(heard.farewell(), Some(ENHANCE_YOUR_CALM), "{limit}");
            have_ended(&server, (1, 0)).await;
        });
    }
}

#[test]
fn streams_that_run_and_are_reset_end_the_connection_and_their_handlers() {
    let server = server(Plan::new(&[None]));
    run(async {
        let mut client = client(&server).await;
        let mut ids = streams();
        // Each round opens streams, knows that they run, and resets them.
        for round in 0..5 {
            let ids: Vec<_> = ids.by_ref().take(50).collect();
            let opens: Vec<u8> = ids.iter().flat_map(|id| get(*id, "/wait")).collect();
            client.send(opens).await;
            if round < 4 {
                client.is_alive().await;
                let resets: Vec<u8> = ids.iter().flat_map(|id| reset(*id)).collect();
                client.send(resets).await;
                client.is_alive().await;
            } else {
                let heard = client.flood(ids.into_iter().map(reset)).await;
                assert_eq!(heard.farewell(), Some(ENHANCE_YOUR_CALM));
                break;
            }
        }
        is_well(&server).await;
        have_ended(&server, (1, 0)).await;
    });
}

#[test]
fn streams_that_the_server_must_reset_end_the_connection_too() {
    // CVE-2025-8671, in each way in which a client can have its streams reset.
    let overflow = |id| window(id, 0x7fff_ffff);
    let on_itself = |id: u32| frame(PRIORITY, 0, id, &[&id.to_be_bytes()[..], &[0]].concat());
    let malformed = |id| {
        let head = [head("GET", "/"), fields(&[("connection", "close")])].concat();
        frame(HEADERS, END_HEADERS | END_STREAM, id, &head)
    };
    let too_long = |id| {
        let head = [head("POST", "/wait"), fields(&[("content-length", "1")])].concat();
        let head = frame(HEADERS, END_HEADERS, id, &head);
        [head, frame(DATA, 0, id, b"two")].concat()
    };
    let waits = |id| get(id, "/wait");
    type Make = Box<dyn Fn(u32) -> Vec<u8>>;
    let ways: [(&str, Make); 4] = [
        (
            "window",
            Box::new(move |id| [waits(id), overflow(id)].concat()),
        ),
        (
            "priority",
            Box::new(move |id| [waits(id), on_itself(id)].concat()),
        ),
        ("head", Box::new(malformed)),
        ("length", Box::new(too_long)),
    ];
    for (name, make) in ways {
        is_ended(name, true, Vec::new(), streams().map(make));
    }
}

#[test]
fn a_client_that_goes_on_past_the_limit_of_streams_is_ended() {
    let full: Vec<u8> = streams()
        .take(128)
        .flat_map(|id| get(id, "/wait"))
        .collect();
    is_ended(
        "refused",
        true,
        full,
        streams().skip(128).map(|id| get(id, "/wait")),
    );
}

#[test]
fn streams_past_the_limit_are_refused_and_the_others_live() {
    let server = server(Plan::new(&[None]));
    run(async {
        let mut client = client(&server).await;
        let opens: Vec<u8> = streams()
            .take(140)
            .flat_map(|id| get(id, "/wait"))
            .collect();
        client.send(opens).await;
        for id in streams().skip(128).take(12) {
            let refused = client.wait_for(RST_STREAM, id).await;
            assert_eq!(refused.code(), REFUSED_STREAM);
        }
        client.send([reset(1), get(281, "/")].concat()).await;
        assert_eq!(client.wait_for(HEADERS, 281).await.status(), 200);
        assert_eq!(ended(&server), (0, 0));
    });
}

#[test]
fn frames_that_bring_nothing_end_the_connection() {
    let open = || post(1, "/wait");
    let nothing = [
        ("PING", Vec::new(), frame(PING, 0, 0, b"12345678")),
        (
            "PING's answer",
            Vec::new(),
            frame(PING, ACK, 0, b"12345678"),
        ),
        ("SETTINGS", Vec::new(), settings(&[(4, 1000)])),
        ("empty SETTINGS", Vec::new(), settings(&[])),
        (
            "PRIORITY",
            Vec::new(),
            frame(PRIORITY, 0, 9, &[0, 0, 0, 0, 16]),
        ),
        ("empty DATA", open(), frame(DATA, 0, 1, b"")),
        ("padded DATA", open(), frame(DATA, 8, 1, &[9; 10])),
        (
            "an unknown frame",
            Vec::new(),
            frame(0xfa, 0, 0, b"who knows"),
        ),
        (
            "PRIORITY_UPDATE",
            Vec::new(),
            frame(0x10, 0, 0, b"\0\0\0\x01u=1"),
        ),
        ("a window", Vec::new(), window(0, 1)),
        ("a stream's window", open(), window(1, 1)),
        (
            "a closed stream's window",
            [get(1, "/"), reset(1)].concat(),
            window(1, 1),
        ),
        (
            "a reset of a closed stream",
            [get(1, "/"), reset(1)].concat(),
            reset(1),
        ),
    ];
    for (name, first, nothing) in nothing {
        is_ended(name, false, first, (0..100_000).map(|_| nothing.clone()));
    }
}

#[test]
fn heads_that_never_end_end_the_connection() {
    let begun = || frame(HEADERS, END_STREAM, 1, &head("GET", "/"));
    let empty = (0..100_000).map(|_| frame(CONTINUATION, 0, 1, b""));
    is_ended(
        "empty",
        false,
        Vec::new(),
        [begun()].into_iter().chain(empty),
    );
    let field = fields(&[("x-field", "value")]);
    let fields = (0..100_000).map(move |_| frame(CONTINUATION, 0, 1, &field));
    is_ended(
        "fields",
        false,
        Vec::new(),
        [begun()].into_iter().chain(fields),
    );
}

#[test]
fn heads_cost_no_more_memory_than_their_limit() {
    let server = server(Plan::new(&[None]));
    // One field of 4,000 bytes is kept in the table, then named by one byte each: a frame of 16 KiB
    // would be 64 MB (RFC 7541 section 7.1). The same with long literals, in 16 MiB of CONTINUATION.
    let kept = [vec![0x40, 1, b'a', 127, 0xa1, 0x1e], vec![b'x'; 4000]].concat();
    let repeated = [head("GET", "/"), kept, vec![0xbe; 12_000]].concat();
    let bomb = vec![frame(HEADERS, END_HEADERS | END_STREAM, 1, &repeated)];
    let literal = [vec![0, 1, b'a', 127, 0x81, 0x7e], vec![b'x'; 16_256]].concat();
    let mut long = vec![frame(HEADERS, END_STREAM, 1, &head("GET", "/"))];
    long.extend((0..1000).map(|_| frame(CONTINUATION, 0, 1, &literal)));
    // A string of 1 GiB that never ends.
    let mut endless = vec![frame(
        HEADERS,
        END_STREAM,
        1,
        &[0, 1, b'a', 127, 0x81, 0xff, 0xff, 0xff, 3],
    )];
    endless.extend((0..1000).map(|_| frame(CONTINUATION, 0, 1, &[b'x'; 16_000])));
    run(async {
        let mut floods = 0;
        for (name, frames) in [("bomb", bomb), ("long", long), ("endless", endless)] {
            let client = client(&server).await;
            forget_peak();
            let before = memory("VmRSS");
            let heard = client.flood(frames.into_iter()).await;
            let grown = memory("VmHWM").saturating_sub(before);
            assert!(grown < 4 * MIB, "{name}: {grown} bytes");
            assert!(
                matches!(heard.farewell(), Some(PROTOCOL_ERROR | ENHANCE_YOUR_CALM)),
                "{name}: {heard:?}"
            );
            is_well(&server).await;
            floods += u64::from(heard.farewell() == Some(ENHANCE_YOUR_CALM));
            have_ended(&server, (0, floods)).await;
        }
    });
}

#[test]
fn a_reply_that_is_drawn_byte_by_byte_is_a_flood() {
    let server = server(Plan::new(&[None]));
    run(async {
        let socket = tcp(server.addresses[0], None).await;
        let mut client = Framed::saying(socket, &[(4, 0)]).await;
        client.send(get(1, "/long")).await;
        client.wait_for(HEADERS, 1).await;
        let mut drawn = 0;
        let farewell = loop {
            // Byte after byte: each update is answered before the next.
            client.send(window(1, 1)).await;
            match client.frame().await.unwrap().unwrap() {
                frame if frame.kind == GOAWAY => break frame,
                frame if frame.kind == DATA => drawn += frame.payload.len(),
                frame => assert!(matches!(frame.kind, SETTINGS | WINDOW_UPDATE), "{frame:?}"),
            }
        };
        assert_eq!(farewell.code(), ENHANCE_YOUR_CALM);
        assert!((300..3000).contains(&drawn), "{drawn}");
        is_well(&server).await;
        have_ended(&server, (0, 1)).await;
    });
}

#[test]
fn the_windows_of_all_streams_raised_by_one_byte_each_are_a_flood() {
    let server = server(Plan::new(&[None]));
    run(async {
        let socket = tcp(server.addresses[0], None).await;
        let mut client = Framed::saying(socket, &[(4, 0)]).await;
        let opens: Vec<u8> = streams()
            .take(128)
            .flat_map(|id| get(id, "/long"))
            .collect();
        client.send(opens).await;
        client.is_alive().await;
        let heard = client
            .flood((1..100_000).map(|size| settings(&[(4, size)])))
            .await;
        assert_eq!(heard.farewell(), Some(ENHANCE_YOUR_CALM));
        assert!(heard.count(DATA) < 10_000, "{}", heard.count(DATA));
        is_well(&server).await;
        have_ended(&server, (0, 1)).await;
    });
}

#[test]
fn streams_whose_windows_stay_shut_hold_little_and_are_reset_in_time() {
    let server = server(Plan::new(&[None]).write_timeout(Duration::from_millis(400)));
    run(async {
        let socket = tcp(server.addresses[0], None).await;
        forget_peak();
        let before = memory("VmRSS");
        let mut client = Framed::saying(socket, &[(4, 0)]).await;
        let opens: Vec<u8> = streams()
            .take(128)
            .flat_map(|id| get(id, "/long"))
            .collect();
        client.send(opens).await;
        for id in streams().take(128) {
            client.wait_for(RST_STREAM, id).await;
        }
        let grown = memory("VmHWM").saturating_sub(before);
        assert!(grown < 8 * MIB, "{grown} bytes");
        client.is_alive().await;
        client
            .send([settings(&[(4, 65_535)]), get(257, "/")].concat())
            .await;
        assert_eq!(client.wait_for(HEADERS, 257).await.status(), 200);
        is_well(&server).await;
        assert_eq!(server.stats(0, |stats| stats.sum().timeouts.write), 128);
    });
}

#[test]
fn a_flood_by_tls_is_ended_as_well() {
    let server = server(Plan::new(&[Some(4096), None]));
    run(async {
        let stream = tls(tcp(server.addresses[0], None).await, Speaks::H2).await;
        let client = Framed::new(stream).await;
        let heard = client
            .flood((0..100_000).map(|_| frame(PING, 0, 0, b"12345678")))
            .await;
        assert_eq!(heard.farewell(), Some(ENHANCE_YOUR_CALM));
        have_ended(&server, (0, 1)).await;
    });
}

#[test]
fn a_flood_whose_answers_nobody_reads_holds_little_and_ends() {
    let server = server(Plan::new(&[None]).write_timeout(Duration::from_millis(300)));
    run(async {
        forget_peak();
        let before = memory("VmRSS");
        let mut client = Framed::new(tcp(server.addresses[0], Some(4096)).await).await;
        // Replies fill the way back; then come requests that are refused, and are not.
        let opens: Vec<u8> = streams()
            .take(128)
            .flat_map(|id| get(id, "/long"))
            .collect();
        client.send([window(0, 0x7000_0000), opens].concat()).await;
        let mut io = client.into_io();
        let mut id = 257;
        while let Ok(()) = tokio::io::AsyncWriteExt::write_all(&mut io, &get(id, "/")).await {
            id += 2;
            if id > 200_000 {
                break;
            }
        }
        let active = |stats: &sluice::stats::Listener| stats.sum().active;
        while server.stats(0, active) > 0 {
            tokio::task::yield_now().await;
        }
        let grown = memory("VmHWM").saturating_sub(before);
        assert!(grown < 16 * MIB, "{grown} bytes");
    });
}

#[test]
fn a_client_that_opens_both_windows_for_every_few_bytes_gets_its_ten_mebibytes() {
    let server = server(Plan::new(&[None]));
    run(async {
        let mut client = client(&server).await;
        client.send(get(1, "/long")).await;
        let mut whole = Vec::new();
        loop {
            let frame = client.frame().await.unwrap().unwrap();
            assert_ne!(frame.kind, GOAWAY);
            if frame.kind != DATA {
                continue;
            }
            whole.extend_from_slice(&frame.payload);
            if frame.is_last() {
                break;
            }
            let parts = frame.payload.chunks(100).map(|part| part.len() as u32);
            let updates = parts.flat_map(|part| [window(0, part), window(1, part)].concat());
            client.send(updates.collect::<Vec<u8>>()).await;
        }
        assert_eq!(hash(&whole), hash(&body(LONGEST)));
        assert_eq!(ended(&server), (0, 0));
    });
}

#[test]
fn a_client_that_measures_its_way_by_a_ping_for_each_tiny_piece_is_welcome() {
    let server = server(Plan::new(&[None]));
    run(async {
        let mut client = client(&server).await;
        client.send(get(1, "/drops")).await;
        let mut whole = Vec::new();
        loop {
            let next = client.frame().await.unwrap().unwrap();
            assert_ne!(next.kind, GOAWAY, "{next:?} after {}", whole.len());
            if next.kind != DATA {
                continue;
            }
            whole.extend_from_slice(&next.payload);
            if next.is_last() {
                break;
            }
            let size = next.payload.len() as u32;
            let ping = frame(PING, 0, 0, b"measured");
            client
                .send([window(0, size), window(1, size), ping].concat())
                .await;
        }
        assert_eq!(whole, body(20_000));
        assert_eq!(ended(&server), (0, 0));
    });
}

#[test]
fn a_proxy_that_hands_on_resets_among_many_answers_is_welcome() {
    let server = server(Plan::new(&[None]));
    run(async {
        let mut client = client(&server).await;
        let mut ids = streams();
        for _ in 0..600 {
            let batch: Vec<_> = ids.by_ref().take(5).collect();
            let asks: Vec<u8> = batch[..4].iter().flat_map(|id| get(*id, "/")).collect();
            client.send([asks, get(batch[4], "/wait")].concat()).await;
            for id in &batch[..4] {
                while !client.wait_for(DATA, *id).await.is_last() {}
            }
            let opened = window(0, 4 * 5);
            client.send([reset(batch[4]), opened].concat()).await;
        }
        client.is_alive().await;
        assert_eq!(ended(&server), (0, 0));
    });
}

#[test]
fn a_page_of_a_hundred_requests_that_is_left_at_once_does_not_cost_the_connection() {
    let server = server(Plan::new(&[None]));
    run(async {
        let mut client = client(&server).await;
        let opens = streams().take(100).flat_map(|id| get(id, "/wait"));
        let resets = streams().take(100).flat_map(reset);
        client.send(opens.chain(resets).collect::<Vec<u8>>()).await;
        client.send(get(201, "/")).await;
        assert_eq!(client.wait_for(HEADERS, 201).await.status(), 200);
        assert_eq!(ended(&server), (0, 0));
    });
}

#[test]
fn a_window_full_of_tiny_messages_may_come_at_once() {
    let server = server(Plan::new(&[None]));
    run(async {
        let mut client = client(&server).await;
        let messages = (0..4_000).flat_map(|_| frame(DATA, 0, 1, b"sixteen bytes .."));
        let upload = [post(1, "/read"), messages.collect()].concat();
        client.send(upload).await;
        client.send(frame(DATA, END_STREAM, 1, b"")).await;
        assert_eq!(client.wait_for(DATA, 1).await.payload, b"64000");
        assert_eq!(ended(&server), (0, 0));
    });
}
