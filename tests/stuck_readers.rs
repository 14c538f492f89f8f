//! A hundred clients that stop reading: what they cost, whom they hold up, and how it ends.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects by panicking"
)]

#[path = "stuck_readers/clients.rs"]
mod clients;
mod support;

use std::rc::Rc;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use clients::{Clients, Kind as Way};
use sluice::error::{Kind, Result};
use sluice::http::Exchange;
use support::client::{Client, Speaks};
use support::server::{Plan, Server};
use support::{body, memory, run, told, write};

const RING: usize = 34_816;

/// How much memory one stuck client may cost, in bytes.
const EACH: u64 = RING as u64 + 128 * 1024;

const GIB: u64 = 1 << 30;
const PIECE: usize = 16 * 1024;

/// Streams 1 GiB in pieces that each have memory of their own, as PHP's have.
async fn gigabyte(exchange: Rc<Exchange>) -> Result<()> {
    if exchange.request.uri.path() == "/hello" {
        return exchange.reply.end(Bytes::from_static(b"hello"));
    }
    for _ in 0..GIB / PIECE as u64 {
        let piece = BytesMut::from(&body(PIECE)[..]);
        write(&exchange, piece.freeze()).await?;
    }
    exchange.reply.end(Bytes::new())
}

/// Returns when the server has sent nothing for a while: all that read are stuck.
async fn quiet(server: &Server) {
    let mut sent = 0;
    let mut same = 0;
    while same < 5 {
        let now = server.stats(0, |stats| stats.bytes_out.get());
        same = if now == sent { same + 1 } else { 0 };
        sent = now;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The longest of many small requests by each protocol.
async fn latency(server: &Server) -> Duration {
    let mut longest = Duration::ZERO;
    for speaks in [Speaks::H1, Speaks::H2] {
        let mut client = Client::secure(server.addresses[0], speaks).await;
        for _ in 0..100 {
            let begun = Instant::now();
            let hello = client.fetch("/hello").await.unwrap();
            assert_eq!(hello.body(), "hello");
            longest = longest.max(begun.elapsed());
        }
    }
    longest
}

#[test]
fn a_hundred_stuck_readers_cost_little_hold_up_nobody_and_end_by_the_write_timeout() {
    const SERVED: usize = 200;
    let (handler, mut ended) = told(gigabyte);
    let plan = Plan::new(&[Some(RING)]).write_timeout(Duration::from_secs(6));
    let server = Server::start(plan, handler);
    run(async {
        // What a first connection of each kind makes once is not the clients' cost.
        latency(&server).await;
        for _ in 0..SERVED {
            assert_eq!(ended.recv().await, Some(Ok(())));
        }
        body(PIECE);
        let before = memory("VmRSS");
        let mut stuck = Vec::new();
        for (way, count) in [(Way::Socket, 34), (Way::Window, 33), (Way::Connection, 33)] {
            let already = memory("VmRSS");
            stuck.push(Clients::start(way, count, server.addresses[0]));
            quiet(&server).await;
            let cost = memory("VmRSS").saturating_sub(already) / count;
            println!("a client that is stuck by its {way:?} costs {cost} bytes");
        }
        let cost = memory("VmRSS").saturating_sub(before) / 100;
        println!("a stuck client costs {cost} bytes");
        let longest = latency(&server).await;
        println!("other requests take {longest:?} at most");
        for _ in 0..SERVED {
            assert_eq!(ended.recv().await, Some(Ok(())));
        }
        for _ in 0..100 {
            assert_eq!(ended.recv().await, Some(Err(Kind::Timeout)));
        }
        let (timeouts, active) =
            server.stats(0, |stats| (stats.timeouts.write.get(), stats.active.get()));
        assert_eq!(active, 0);
        // A stream, and then also the connection that it is on.
        assert!((100..=133).contains(&timeouts), "{timeouts} timeouts");
        stuck.into_iter().for_each(Clients::see_the_end);
        assert!(cost < EACH, "a stuck client costs {cost} bytes");
        assert!(
            longest < Duration::from_millis(250),
            "a request took {longest:?}"
        );
    });
}
