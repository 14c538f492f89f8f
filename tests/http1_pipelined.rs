//! Requests that come together are answered with few writes, and no reply waits for one that is not ready.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects by panicking"
)]

mod support;

use std::cell::Cell;
use std::rc::Rc;

use sluice::error::Result;
use sluice::http::Exchange;
use support::counted::Counted;
use support::pipe::Rig;
use support::raw::Raw;
use support::{body, hash, path, run, told, write};
use tokio::io::{AsyncReadExt, DuplexStream, duplex};

/// `/N` is answered by N bytes at once, `/stream/N` in pieces, `/broken` breaks off, `/never` is not answered.
async fn answer(exchange: Rc<Exchange>) -> Result<()> {
    let path = path(&exchange);
    match path[0].as_str() {
        "never" => std::future::pending().await,
        "broken" => {
            write(&exchange, body(10)).await?;
            exchange.reply.abort();
            Ok(())
        }
        "stream" => support::stream(&exchange, body(path[1].parse().unwrap()), 1000).await,
        length => exchange.reply.end(body(length.parse().unwrap())),
    }
}

fn connect(rig: &Rig, most: usize) -> (Raw<DuplexStream>, Rc<Cell<usize>>) {
    let (client, io) = duplex(1 << 20);
    let (io, writes) = Counted::new(io, most);
    rig.attach(io);
    (Raw::new(client), writes)
}

fn requests<'a>(paths: impl IntoIterator<Item = &'a str>) -> String {
    let one = |path| format!("GET /{path} HTTP/1.1\r\nHost: x\r\n\r\n");
    paths.into_iter().map(one).collect()
}

#[test]
fn sixteen_short_replies_to_requests_that_came_together_share_a_write() {
    run(async {
        let (mut client, writes) = connect(&Rig::new(told(answer).0), usize::MAX);
        client.send(requests(["13"; 16])).await;
        for _ in 0..16 {
            assert_eq!(hash(&client.reply().await.body), hash(&body(13)));
        }
        // One, or more on a machine where they take more than a turn.
        assert!(writes.get() <= 8, "{} writes", writes.get());
        let before = writes.get();
        client.send(requests(["13"])).await;
        client.reply().await;
        assert_eq!(writes.get(), before + 1);
    });
}

#[test]
fn replies_of_all_kinds_come_in_order_and_whole_however_little_the_transport_takes() {
    run(async {
        let rig = Rig::new(told(answer).0);
        let kinds = [
            "0",
            "1",
            "stream/5000",
            "13",
            "13",
            "4096",
            "5000",
            "100000",
            "stream/1",
            "200",
            "stream/70000",
            "13",
            "3000",
            "3000",
            "3000",
            "3000",
            "3000",
            "3000",
            "3000",
            "1",
        ];
        for most in [1, 7, 1000, usize::MAX] {
            let (mut client, _) = connect(&rig, most);
            client
                .send(requests(kinds.into_iter().cycle().take(60)))
                .await;
            for kind in kinds.into_iter().cycle().take(60) {
                let length = kind.trim_start_matches("stream/").parse().unwrap();
                let reply = client.reply().await;
                assert_eq!(hash(&reply.body), hash(&body(length)), "{kind}, {most}");
            }
        }
    });
}

#[test]
fn a_reply_does_not_wait_for_the_one_after_it() {
    run(async {
        let (mut client, _) = connect(&Rig::new(told(answer).0), usize::MAX);
        client.send(requests(["13", "14", "never", "15"])).await;
        for length in [13, 14] {
            assert_eq!(client.reply().await.body.len(), length);
        }
    });
}

#[test]
fn replies_before_one_that_breaks_off_arrive() {
    run(async {
        let (mut client, _) = connect(&Rig::new(told(answer).0), usize::MAX);
        client.send(requests(["13", "14", "broken", "15"])).await;
        for length in [13, 14] {
            assert_eq!(client.reply().await.body.len(), length);
        }
        assert_eq!(
            client.head().await.header("transfer-encoding"),
            Some("chunked")
        );
        let mut rest = Vec::new();
        client.io.read_to_end(&mut rest).await.unwrap();
        assert!(!rest.ends_with(b"0\r\n\r\n"), "{}", rest.escape_ascii());
    });
}

#[test]
fn replies_before_a_request_that_is_malformed_or_the_last_arrive() {
    run(async {
        let rig = Rig::new(told(answer).0);
        let malformed = "GET /1 HTTP/1.1\r\nHost : x\r\n\r\n";
        let last = "GET /15 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        let upgrade =
            "GET /15 HTTP/1.1\r\nHost: x\r\nConnection: close, upgrade\r\nUpgrade: x\r\n\r\n";
        let tunnel = "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n";
        for (end, status) in [(malformed, 400), (last, 200), (upgrade, 200), (tunnel, 501)] {
            let (mut client, _) = connect(&rig, usize::MAX);
            let behind = requests(["16", "17"]);
            client.send(requests(["13", "14"]) + end + &behind).await;
            for length in [13, 14] {
                assert_eq!(client.reply().await.body.len(), length);
            }
            assert_eq!(client.reply().await.status(), status);
            assert_eq!(client.io.read(&mut [0; 1]).await.unwrap(), 0);
        }
    });
}

#[test]
fn a_whole_reply_of_four_records_is_one_write() {
    run(async {
        let (mut client, writes) = connect(&Rig::new(told(answer).0), usize::MAX);
        for (size, most) in [(65_536, 1), (131_072, 2), (32_760, 1)] {
            let before = writes.get();
            client.send(&requests([size.to_string().as_str()])).await;
            assert_eq!(hash(&client.reply().await.body), hash(&body(size)));
            let needed = writes.get() - before;
            assert!(needed <= most, "{needed} writes for {size} bytes");
        }
    });
}
