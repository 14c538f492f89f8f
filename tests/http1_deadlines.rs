//! Deadlines of an HTTP/1 connection: each ends what it is for, none fires early, and progress
//! moves only those that it is progress for.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects by panicking"
)]

mod support;

use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use sluice::config::Timeouts;
use sluice::error::{Kind, Result};
use sluice::http::Exchange;
use support::pipe::Rig;
use support::raw::Raw;
use support::{body, path, read_all, run, told, write};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf};
use tokio::sync::mpsc::UnboundedReceiver;

/// The deadline under test; all others are an hour.
const SHORT: Duration = Duration::from_millis(150);

async fn answer(exchange: Rc<Exchange>) -> Result<()> {
    match path(&exchange)[0].as_str() {
        "endless" => loop {
            write(&exchange, body(10_000)).await?;
        },
        // Says to the client what it failed with, and fails.
        "upload" => {
            let got = read_all(&exchange).await;
            if got.is_err() {
                exchange.reply.set_status(408, None)?;
            }
            exchange.reply.end(Bytes::from_static(b"done"))?;
            got.map(drop)
        }
        _ => exchange.reply.end(Bytes::from_static(b"hello")),
    }
}

/// A connection under one short deadline.
fn rig(change: fn(&mut Timeouts)) -> (Rig, UnboundedReceiver<Result<(), Kind>>) {
    const HOUR: Duration = Duration::from_secs(3600);
    let mut timeouts = Timeouts {
        handshake: HOUR,
        head: HOUR,
        idle: HOUR,
        body: HOUR,
        write: HOUR,
        drain: HOUR,
        rate: 0,
        ..Timeouts::DEFAULT
    };
    change(&mut timeouts);
    let (handler, ended) = told(answer);
    (Rig::new(handler).timeouts(timeouts), ended)
}

/// Checks that what began at `begun` has taken the deadline, and not much more.
fn check_took(begun: Instant) {
    let took = begun.elapsed();
    assert!(took >= SHORT, "after {took:?} already");
    assert!(took < SHORT * 20, "only after {took:?}");
}

#[test]
fn a_connection_that_says_nothing_ends_by_the_head_deadline() {
    run(async {
        let (rig, _) = rig(|timeouts| timeouts.head = SHORT);
        let begun = Instant::now();
        assert!(Raw::new(rig.pipe()).is_over().await);
        check_took(begun);
        assert_eq!(rig.stats.timeouts.head.get(), 1);
    });
}

#[test]
fn a_head_that_comes_byte_by_byte_does_not_move_its_deadline() {
    run(async {
        let (rig, _) = rig(|timeouts| timeouts.head = SHORT);
        let (mut from, mut to) = tokio::io::split(rig.pipe());
        let begun = Instant::now();
        let drip = async {
            to.write_all(b"GET / HTTP/1.1\r\nhost: ").await.unwrap();
            while to.write_all(b"x").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let mut came = Vec::new();
        let (_, read) = tokio::join!(drip, from.read_to_end(&mut came));
        assert!(read.is_err() || came.is_empty());
        check_took(begun);
        assert_eq!(rig.stats.timeouts.head.get(), 1);
    });
}

#[test]
fn the_head_of_a_later_request_is_under_the_head_deadline_too() {
    run(async {
        let (rig, _) = rig(|timeouts| timeouts.head = SHORT);
        let mut raw = Raw::new(rig.pipe());
        assert_eq!(
            raw.ask("GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.status(),
            200
        );
        let begun = Instant::now();
        raw.send("GET / HT").await;
        assert!(raw.is_over().await);
        check_took(begun);
        assert_eq!(rig.stats.timeouts.head.get(), 1);
    });
}

#[test]
fn a_kept_connection_ends_by_the_idle_deadline() {
    run(async {
        let (rig, _) = rig(|timeouts| timeouts.idle = SHORT);
        let mut raw = Raw::new(rig.pipe());
        for _ in 0..2 {
            assert_eq!(
                raw.ask("GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.status(),
                200
            );
        }
        let begun = Instant::now();
        assert!(raw.is_over().await);
        check_took(begun);
        assert_eq!(rig.stats.timeouts.idle.get(), 1);
    });
}

#[test]
fn a_body_that_stops_fails_the_read_and_the_handler_can_still_answer() {
    run(async {
        let (rig, mut ended) = rig(|timeouts| timeouts.body = SHORT);
        let mut raw = Raw::new(rig.pipe());
        let begun = Instant::now();
        let head = "POST /upload HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhello";
        assert_eq!(raw.ask(head).await.status(), 408);
        check_took(begun);
        assert_eq!(ended.recv().await, Some(Err(Kind::Timeout)));
        assert_eq!(rig.stats.timeouts.body.get(), 1);
    });
}

#[test]
fn a_body_that_moves_slowly_is_not_overdue() {
    run(async {
        let (rig, mut ended) = rig(|timeouts| timeouts.body = SHORT);
        let mut raw = Raw::new(rig.pipe());
        let begun = Instant::now();
        raw.send("POST /upload HTTP/1.1\r\nhost: x\r\ncontent-length: 20\r\n\r\n")
            .await;
        for _ in 0..20 {
            raw.send("x").await;
            tokio::time::sleep(SHORT / 10).await;
        }
        assert_eq!(raw.reply().await.status(), 200);
        assert!(begun.elapsed() > SHORT);
        assert_eq!(ended.recv().await, Some(Ok(())));
    });
}

#[test]
fn a_reply_that_nobody_reads_ends_by_the_write_deadline() {
    run(async {
        let (rig, mut ended) = rig(|timeouts| timeouts.write = SHORT);
        let begun = Instant::now();
        let mut raw = Raw::new(rig.pipe());
        raw.send("GET /endless HTTP/1.1\r\nhost: x\r\n\r\n").await;
        assert_eq!(ended.recv().await, Some(Err(Kind::Timeout)));
        check_took(begun);
        assert_eq!(rig.stats.timeouts.write.get(), 1);
        // What was under way is still there; then the connection is over, without a last chunk.
        let came = raw.rest().await.unwrap_or_default();
        assert!(!came.ends_with(b"0\r\n\r\n"));
    });
}

#[test]
fn a_reply_that_is_read_slowly_is_not_overdue() {
    run(async {
        let (rig, mut ended) = rig(|timeouts| timeouts.write = SHORT);
        let mut io = rig.pipe();
        let begun = Instant::now();
        io.write_all(b"GET /endless HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        let mut space = [0; 1000];
        while begun.elapsed() < SHORT * 3 {
            io.read_exact(&mut space).await.unwrap();
            tokio::time::sleep(SHORT / 10).await;
        }
        assert!(ended.try_recv().is_err());
        drop(io);
        assert_eq!(ended.recv().await, Some(Err(Kind::ClientGone)));
        assert_eq!(rig.stats.timeouts.write.get(), 0);
    });
}

#[test]
fn a_handler_that_takes_its_time_is_under_no_deadline() {
    run(async {
        let rig = Rig::new(|exchange| {
            Box::pin(async move {
                tokio::time::sleep(SHORT * 3).await;
                exchange.reply.end(Bytes::from_static(b"late")).unwrap();
            })
        });
        let rig = rig.timeouts(Timeouts {
            handshake: SHORT,
            head: SHORT,
            idle: SHORT,
            body: SHORT,
            write: SHORT,
            drain: SHORT,
            ..Timeouts::DEFAULT
        });
        let mut raw = Raw::new(rig.pipe());
        let reply = raw.ask("GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
        assert_eq!(reply.text(), "late");
    });
}

/// A transport that takes everything, and then cannot be shut down: the client has stopped reading
/// before the last alert of TLS, say.
struct NeverShut(DuplexStream);

impl AsyncRead for NeverShut {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for NeverShut {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Pending
    }
}

#[test]
fn a_connection_that_cannot_be_shut_down_is_dropped() {
    run(async {
        let (rig, _) = rig(|timeouts| timeouts.write = SHORT);
        let (client, server) = tokio::io::duplex(64 * 1024);
        rig.attach(NeverShut(server));
        let mut client = Raw::new(client);
        let reply = client
            .ask("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            .await;
        assert_eq!(reply.text(), "hello");
        let begun = Instant::now();
        assert!(client.is_over().await);
        assert!(begun.elapsed() > Duration::from_secs(2), "before its time");
        assert_eq!(rig.stats.timeouts.write.get(), 1);
    });
}
