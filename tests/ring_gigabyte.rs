//! One body of 1 GiB over TLS: it arrives whole, and hardly any of it is in memory at a time.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects by panicking"
)]

mod support;

use std::rc::Rc;
use std::time::Instant;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use sha2::{Digest, Sha256};
use sluice::error::Result;
use sluice::http::Exchange;
use support::client::{Client, Speaks};
use support::server::{Plan, Server};
use support::{Work, body, forget_peak, memory, run, write};

const PIECES: u64 = 16 * 1024;
const PIECE: usize = 64 * 1024;

/// The `n`th piece of the body: no two are the same.
fn piece(n: u64) -> Bytes {
    let mut piece = BytesMut::with_capacity(PIECE);
    piece.extend_from_slice(&n.to_le_bytes());
    piece.extend_from_slice(&body(PIECE - 8));
    piece.freeze()
}

async fn gigabyte(exchange: &Exchange) -> Result<()> {
    for n in 0..PIECES {
        write(exchange, piece(n)).await?;
    }
    exchange.reply.end(Bytes::new())
}

fn reply(exchange: Rc<Exchange>) -> Work {
    Box::pin(async move { gigabyte(&exchange).await.unwrap() })
}

#[test]
fn a_body_of_one_gigabyte_arrives_whole_through_a_little_memory() {
    const MOST: u64 = 64 * 1024 * 1024;
    let server = Server::start(Plan::new(&[Some(17_408)]), reply);
    let begun = Instant::now();
    run(async {
        let mut client = Client::secure(server.addresses[0], Speaks::H1).await;
        body(PIECE);
        forget_peak();
        let before = memory("VmRSS");
        let mut got = client.get("/").await.unwrap().into_body();
        let mut received = Sha256::new();
        let mut size = 0;
        while let Some(frame) = got.frame().await {
            let data = frame.unwrap().into_data().unwrap();
            size += data.len() as u64;
            received.update(&data);
        }
        let peak = memory("VmHWM").saturating_sub(before);
        println!(
            "{size} bytes in {:.1?}, {peak} bytes of memory",
            begun.elapsed()
        );
        assert_eq!(size, PIECES * PIECE as u64);
        let mut sent = Sha256::new();
        (0..PIECES).for_each(|n| sent.update(piece(n)));
        assert!(received.finalize() == sent.finalize(), "other bytes");
        assert!(peak < MOST, "{peak} bytes of memory");
    });
}
