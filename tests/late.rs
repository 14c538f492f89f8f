//! Handlers that take too long, connections that get too old, and clients that do little and never nothing.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects by panicking"
)]

mod support;

use std::future::{pending, poll_fn};
use std::rc::Rc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use sluice::config::Timeouts;
use sluice::error::{Kind, Result};
use sluice::http::Exchange;
use support::client::{Client, Speaks, tcp};
use support::frames::{Framed, HEADERS, RST_STREAM, get, window};
use support::raw::Raw;
use support::server::{Plan, Server};
use support::{LONGEST, body, path, read_all, run, stream, told, write};
use tokio::io::AsyncReadExt;

const SHORT: Duration = Duration::from_millis(150);

/// The deadline for doing nothing, where a client does little: no pause of a busy machine is as long.
const STILL: Duration = Duration::from_millis(500);

const MIB: usize = 1 << 20;

fn plan(change: impl FnOnce(&mut Timeouts)) -> Plan {
    let mut plan = Plan::new(&[None, Some(17_408)]);
    change(&mut plan.timeouts);
    plan
}

async fn answer(exchange: Rc<Exchange>) -> Result<()> {
    match path(&exchange)[0].as_str() {
        // Waits as a handler's delay does, and then answers by itself.
        "waits" => {
            poll_fn(|cx| exchange.poll_ended(cx)).await;
            let kind = exchange.failure().map(|error| error.kind());
            assert_eq!(kind, Some(Kind::Timeout));
            exchange.reply.set_status(503, None)?;
            exchange.reply.end(Bytes::from_static(b"it took too long"))
        }
        // Waits for what does not tell it.
        "stuck" => pending().await,
        "streams" => loop {
            // As a handler's call does.
            if let Some(error) = exchange.failure() {
                return Err(error);
            }
            write(&exchange, body(1000)).await?;
            tokio::time::sleep(Duration::from_millis(5)).await;
        },
        "large" => stream(&exchange, body(LONGEST), 16_384).await,
        "upload" => {
            let got = read_all(&exchange).await;
            if got.is_err() {
                exchange.reply.set_status(408, None)?;
            }
            exchange.reply.end(Bytes::new())?;
            got.map(drop)
        }
        _ => exchange.reply.end(Bytes::from_static(b"hello")),
    }
}

#[test]
fn a_late_handler_is_told_and_can_answer() {
    let (handler, _) = told(answer);
    let server = Server::start(plan(|timeouts| timeouts.handler = Some(SHORT)), handler);
    run(async {
        for speaks in [Speaks::H1, Speaks::H2] {
            let begun = Instant::now();
            let mut client = Client::plain(server.addresses[0], speaks).await;
            let got = client.fetch("/waits").await.unwrap();
            assert_eq!(got.status(), 503);
            assert_eq!(&got.body()[..], b"it took too long");
            assert!(begun.elapsed() >= SHORT);
            let next = client.fetch("/").await.unwrap();
            assert_eq!(&next.body()[..], b"hello");
        }
    });
    assert_eq!(server.stats(0, |stats| stats.timeouts.handler.get()), 2);
}

#[test]
fn a_handler_that_does_not_come_back_is_answered_for() {
    let (handler, _) = told(answer);
    let server = Server::start(plan(|timeouts| timeouts.handler = Some(SHORT)), handler);
    run(async {
        for speaks in [Speaks::H1, Speaks::H2] {
            let mut client = Client::secure(server.addresses[1], speaks).await;
            let got = client.fetch("/stuck").await.unwrap();
            assert_eq!(got.status(), 503);
            assert_eq!(&got.body()[..], b"Service Unavailable");
        }
    });
    server.stop(Some(Duration::ZERO));
}

#[test]
fn a_late_reply_that_has_begun_is_a_failed_transfer() {
    let (handler, mut ended) = told(answer);
    let server = Server::start(plan(|timeouts| timeouts.handler = Some(SHORT)), handler);
    run(async {
        for speaks in [Speaks::H1, Speaks::H2] {
            let mut client = Client::plain(server.addresses[0], speaks).await;
            assert!(client.fetch("/streams").await.is_err(), "{speaks:?}");
            assert_eq!(ended.recv().await, Some(Err(Kind::Timeout)));
        }
    });
}

#[test]
fn a_quick_handler_whose_client_is_slow_is_not_late() {
    let (handler, mut ended) =
        told(|exchange: Rc<Exchange>| async move { exchange.reply.end(body(MIB)) });
    let server = Server::start(plan(|timeouts| timeouts.handler = Some(SHORT)), handler);
    run(async {
        let mut raw = Raw::new(tcp(server.addresses[0], Some(4096)).await);
        raw.send("GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
        assert_eq!(ended.recv().await, Some(Ok(())));
        let head = raw.head().await;
        assert_eq!(head.status(), 200);
        tokio::time::sleep(SHORT * 3).await;
        assert!(raw.exactly(MIB).await == body(MIB));
    });
}

#[test]
fn an_old_connection_ends_after_what_was_begun() {
    let (handler, _) = told(answer);
    let server = Server::start(plan(|timeouts| timeouts.age = Some(SHORT)), handler);
    run(async {
        let begun = Instant::now();
        let mut raw = Raw::new(tcp(server.addresses[0], None).await);
        loop {
            let reply = raw.ask("GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
            assert_eq!(reply.text(), "hello");
            if reply.header("connection") == Some("close") {
                break;
            }
        }
        assert!(raw.is_over().await);
        assert!(begun.elapsed() >= SHORT * 9 / 10);
        // Nothing that was begun is cut off.
        for speaks in [Speaks::H1, Speaks::H2] {
            let mut client = Client::secure(server.addresses[1], speaks).await;
            tokio::time::sleep(SHORT / 2).await;
            if let Ok(reply) = client.fetch("/large").await {
                assert!(reply.body()[..] == body(LONGEST)[..]);
            }
        }
    });
    assert!(server.stats(0, |stats| stats.timeouts.age.get()) >= 1);
}

#[test]
fn a_body_that_comes_too_slowly_is_given_up() {
    let (handler, mut ended) = told(answer);
    let server = Server::start(
        plan(|timeouts| {
            timeouts.body = STILL;
            timeouts.rate = 1000;
        }),
        handler,
    );
    run(async {
        let head = "POST /upload HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n";
        let mut slow = Raw::new(tcp(server.addresses[0], None).await);
        slow.send(head).await;
        let dribble = async {
            loop {
                slow.send("x").await;
                tokio::time::sleep(SHORT / 10).await;
            }
        };
        tokio::select! {
            () = dribble => {}
            end = ended.recv() => assert_eq!(end, Some(Err(Kind::Timeout))),
        }
        assert_eq!(slow.reply().await.status(), 408);
        assert_eq!(server.stats(0, |stats| stats.timeouts.rate.get()), 1);
        assert_eq!(server.stats(0, |stats| stats.timeouts.body.get()), 0);

        // One that keeps to the rate goes on for as long as it takes.
        let mut steady = Raw::new(tcp(server.addresses[0], None).await);
        let (pieces, each) = (60, 200);
        let head = format!(
            "POST /upload HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n",
            pieces * each
        );
        steady.send(head).await;
        for _ in 0..pieces {
            steady.send("x".repeat(each)).await;
            tokio::time::sleep(SHORT / 5).await;
        }
        assert_eq!(steady.reply().await.status(), 200);
    });
}

#[test]
fn a_reply_that_is_taken_too_slowly_is_broken_off() {
    let (handler, mut ended) = told(answer);
    let server = Server::start(
        plan(|timeouts| {
            timeouts.write = SHORT;
            timeouts.rate = 1_000_000;
        }),
        handler,
    );
    run(async {
        let mut io = tcp(server.addresses[0], Some(4096)).await;
        let request = b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n";
        tokio::io::AsyncWriteExt::write_all(&mut io, request)
            .await
            .unwrap();
        let mut taken = 0;
        let mut space = [0; 4000];
        let dribble = async {
            loop {
                match io.read(&mut space).await {
                    Ok(0) | Err(_) => break,
                    Ok(read) => taken += read,
                }
                tokio::time::sleep(SHORT / 10).await;
            }
        };
        tokio::select! {
            () = dribble => {}
            end = ended.recv() => assert_eq!(end, Some(Err(Kind::Timeout))),
        }
        assert!(taken > 0);
    });
    assert_eq!(server.stats(0, |stats| stats.timeouts.rate.get()), 1);
}

#[test]
fn a_window_that_opens_byte_by_byte_does_not_keep_a_stream() {
    let (handler, mut ended) = told(answer);
    let server = Server::start(
        plan(|timeouts| {
            timeouts.write = STILL;
            timeouts.rate = 1000;
        }),
        handler,
    );
    run(async {
        const INITIAL_WINDOW_SIZE: u16 = 4;
        let io = tcp(server.addresses[0], None).await;
        let mut client = Framed::saying(io, &[(INITIAL_WINDOW_SIZE, 1)]).await;
        client.send(get(1, "/large")).await;
        let dribble = async {
            loop {
                client.send(window(1, 1)).await;
                tokio::time::sleep(SHORT / 10).await;
            }
        };
        tokio::select! {
            () = dribble => {}
            end = ended.recv() => assert_eq!(end, Some(Err(Kind::Timeout))),
        }
        // The stream alone is over.
        client.wait_for(RST_STREAM, 1).await;
        client.send(window(0, 100_000)).await;
        client.send(get(3, "/")).await;
        client.send(window(3, 100)).await;
        assert_eq!(client.wait_for(HEADERS, 3).await.status(), 200);
    });
    assert_eq!(server.stats(0, |stats| stats.timeouts.rate.get()), 1);
    assert_eq!(server.stats(0, |stats| stats.timeouts.write.get()), 0);
}
