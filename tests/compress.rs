//! Content codings over whole connections: others have their turn, and nothing is done ahead.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects by panicking"
)]

mod support;

use std::io::{ErrorKind, Write};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use flate2::write::GzEncoder;
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use http_body_util::BodyExt;
use sluice::compress::{Decoded, Decoder};
use sluice::config::{Compression, CompressionSaid};
use sluice::error::{Kind, Result};
use sluice::http::Exchange;
use smallvec::smallvec;
use socket2::SockRef;
use support::client::{Client, Speaks, tcp};
use support::raw::Raw;
use support::server::{Plan, Server};
use support::{body, path, read, read_all, run, stream, told, write};
use tokio::io::AsyncWriteExt;
use tokio::sync::Notify;
use tokio::time::timeout;

const LONG: usize = 8 << 20;

/// Answers `/long`, whole, `/stream`, in pieces, `/endless`, and `/hello`.
async fn answer(exchange: Rc<Exchange>) -> Result<()> {
    let text = HeaderValue::from_static("text/plain");
    exchange.reply.set_header(CONTENT_TYPE, smallvec![text])?;
    match path(&exchange)[0].as_str() {
        "long" => exchange.reply.end(body(LONG)),
        "stream" => stream(&exchange, body(LONG), 10_000).await,
        "endless" => loop {
            write(&exchange, body(50_000)).await?;
        },
        _ => exchange.reply.end(Bytes::from_static(b"hello")),
    }
}

fn plan() -> Plan {
    let mut plan = Plan::new(&[Some(17_408)]);
    plan.compression = Some(Compression::parse(&CompressionSaid::default()).unwrap());
    plan
}

fn decoded(coding: &str, code: Bytes) -> Vec<u8> {
    let mut decoder = Decoder::new([coding.as_bytes()], u64::MAX).unwrap();
    decoder.feed(code);
    decoder.finish();
    let mut all = Vec::new();
    loop {
        match decoder.decode().unwrap() {
            Decoded::Bytes(bytes) => all.extend_from_slice(&bytes),
            Decoded::End => return all,
            other => unreachable!("{other:?}"),
        }
    }
}

#[test]
fn a_long_coded_body_lets_others_have_their_turn_and_comes_whole() {
    let (handler, _ended) = told(answer);
    let server = Server::start(plan(), handler);
    let address = server.addresses[0];
    run(async {
        for (speaks, coding) in [
            (Speaks::H1, "gzip"),
            (Speaks::H2, "gzip"),
            (Speaks::H1, "zstd"),
            (Speaks::H2, "br"),
        ] {
            for path in ["/long", "/stream"] {
                let mut client = Client::secure(address, speaks).await;
                let mut request = client.request("GET", path, Bytes::new());
                let accept = HeaderValue::from_str(coding).unwrap();
                request.headers_mut().insert("accept-encoding", accept);
                let (head, mut long) = client.send(request).await.unwrap().into_parts();
                assert_eq!(head.headers["content-encoding"], coding);
                let mut code = long
                    .frame()
                    .await
                    .unwrap()
                    .unwrap()
                    .into_data()
                    .unwrap()
                    .to_vec();
                // While that one is under way the next is answered.
                let mut other = Client::secure(address, Speaks::H1).await;
                assert_eq!(other.fetch("/hello").await.unwrap().body(), "hello");
                code.extend_from_slice(&long.collect().await.unwrap().to_bytes());
                assert!(
                    decoded(coding, code.into()) == body(LONG),
                    "{speaks:?} {coding} {path}"
                );
            }
        }
    });
}

#[test]
fn a_client_that_takes_no_code_is_cut_off_by_the_write_timeout() {
    let (handler, mut ended) = told(answer);
    let plan = plan().write_timeout(Duration::from_millis(500));
    let server = Server::start(plan, handler);
    let address = server.addresses[0];
    run(async {
        for speaks in [Speaks::H1, Speaks::H2] {
            let mut client = Client::secure(address, speaks).await;
            let mut request = client.request("GET", "/endless", Bytes::new());
            let gzip = HeaderValue::from_static("gzip");
            request.headers_mut().insert("accept-encoding", gzip);
            let reply = client.send(request).await.unwrap();
            assert_eq!(ended.recv().await, Some(Err(Kind::Timeout)), "{speaks:?}");
            assert!(reply.into_body().collect().await.is_err(), "{speaks:?}");
        }
    });
}

#[test]
fn nothing_is_inflated_ahead_of_the_handler() {
    let may_read = Arc::new(Notify::new());
    let told_to = Arc::clone(&may_read);
    let (handler, _ended) = told(move |exchange: Rc<Exchange>| {
        let may_read = Arc::clone(&told_to);
        async move {
            let mut all = read(&exchange).await?.unwrap().to_vec();
            assert!(all.len() <= 64 * 1024, "{}", all.len());
            may_read.notified().await;
            all.extend_from_slice(&read_all(&exchange).await?);
            let is_whole = all == body(LONG);
            exchange.reply.end(Bytes::from(is_whole.to_string()))
        }
    });
    let server = Server::start(Plan::new(&[None]), handler);
    let address = server.addresses[0];
    // A code as long as the body.
    let mut coder = GzEncoder::new(Vec::new(), flate2::Compression::none());
    coder.write_all(&body(LONG)).unwrap();
    let code = coder.finish().unwrap();
    assert!(code.len() > LONG);
    run(async {
        let mut socket = tcp(address, None).await;
        SockRef::from(&socket)
            .set_send_buffer_size(64 * 1024)
            .unwrap();
        let head = format!(
            "POST / HTTP/1.1\r\nhost: x\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n",
            code.len()
        );
        let all = [head.as_bytes(), &code].concat();
        let mut sent = 0;
        // What the kernel and the server's buffers take, and then nothing more.
        while let Ok(ready) = timeout(Duration::from_millis(500), socket.writable()).await {
            ready.unwrap();
            match socket.try_write(&all[sent..]) {
                Ok(count) => sent += count,
                Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
            }
            assert!(sent < all.len(), "the server has taken all of it");
        }
        may_read.notify_one();
        socket.write_all(&all[sent..]).await.unwrap();
        assert_eq!(Raw::new(socket).reply().await.body, b"true");
    });
}
