//! Event streams on the wire: each event leaves at once, and whole.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects by panicking"
)]

mod support;

use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use sluice::http::Exchange;
use support::counted::Counted;
use support::pipe::Rig;
use support::raw::Raw;
use support::{run, told};
use tokio::io::duplex;
use tokio::sync::Notify;

#[test]
fn each_event_is_one_write_and_does_not_wait_for_more() {
    run(async {
        let sizes = [1, 10, 4095, 4096, 9000, 2];
        let go = Rc::new(Notify::new());
        let gate = Rc::clone(&go);
        let rig = Rig::new(move |exchange: Rc<Exchange>| {
            let gate = Rc::clone(&gate);
            Box::pin(async move {
                exchange.reply.begin_events(Duration::ZERO).unwrap();
                for size in sizes {
                    gate.notified().await;
                    exchange.reply.write_event(vec![b'x'; size].into()).unwrap();
                    poll_fn(|cx| exchange.poll_writable(cx)).await.unwrap();
                }
                exchange.reply.end(Bytes::new()).unwrap();
            })
        });
        let (client, io) = duplex(64 * 1024);
        let (io, writes) = Counted::new(io, usize::MAX);
        rig.attach(io);
        let mut client = Raw::new(client);
        client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
        let head = client.head().await;
        assert_eq!(head.header("content-type"), Some("text/event-stream"));
        for size in sizes {
            assert_eq!(writes.replace(0), 1);
            go.notify_one();
            assert_eq!(client.chunk().await.len(), size);
        }
        assert!(client.chunk().await.is_empty());
    });
}

#[test]
fn a_drain_tells_the_stream_and_who_waits_for_its_end() {
    run(async {
        let (handler, mut ended) = told(|exchange: Rc<Exchange>| async move {
            exchange.reply.begin_events(Duration::ZERO)?;
            assert!(!exchange.winds_up());
            poll_fn(|cx| {
                // Registers for the end, and is woken by the drain.
                assert!(exchange.poll_ended(cx).is_pending());
                if exchange.winds_up() {
                    return Poll::Ready(());
                }
                Poll::Pending
            })
            .await;
            exchange.reply.write_event(Bytes::from_static(b"last"))?;
            exchange.reply.end(Bytes::new())
        });
        let rig = Rig::new(handler);
        let (io, connection) = rig.drained_pipe();
        let mut client = Raw::new(io);
        client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
        client.head().await;
        connection.drain();
        assert_eq!(client.chunk().await, b"last");
        assert!(client.chunk().await.is_empty());
        assert_eq!(ended.recv().await, Some(Ok(())));
    });
}
