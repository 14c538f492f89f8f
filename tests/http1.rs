//! HTTP/1.1 and 1.0 on the wire: order, framing, and when a connection ends.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects by panicking"
)]

mod support;

use std::rc::Rc;

use bytes::Bytes;
use http::HeaderValue;
use http::header::{CONNECTION, CONTENT_LENGTH};
use sluice::error::{Kind, Result};
use sluice::http::{Exchange, check_field};
use smallvec::smallvec;
use support::pipe::Rig;
use support::raw::Raw;
use support::{body, path, read, read_all, run, stream, told, write};
use tokio::io::DuplexStream;
use tokio::sync::Notify;

/// Answers by the path; `/size/9` is nine bytes at once, `/stream/9/2` nine in pieces of two.
async fn answer(exchange: Rc<Exchange>) -> Result<()> {
    let path = path(&exchange);
    let number = |at: usize| path[at].parse::<usize>().unwrap();
    let reply = &exchange.reply;
    match path[0].as_str() {
        "size" => reply.end(body(number(1))),
        "stream" => stream(&exchange, body(number(1)), number(2)).await,
        // Sends back what comes, as it comes.
        "echo" => {
            while let Some(bytes) = read(&exchange).await? {
                write(&exchange, bytes).await?;
            }
            reply.end(Bytes::new())
        }
        "trailers" => {
            let got = read_all(&exchange).await?;
            let trailers = exchange.request_trailers().unwrap_or_default();
            let sum = trailers.get("x-sum").cloned();
            let (name, value) = check_field(b"x-length", got.len().to_string().as_bytes())?;
            reply.set_trailer(name, value)?;
            write(&exchange, Bytes::from(got)).await?;
            let sum = sum.map_or("none".into(), |sum| Bytes::copy_from_slice(sum.as_bytes()));
            reply.end(sum)
        }
        "status" => {
            reply.set_status(number(1) as i64, None)?;
            let write = reply.write(Bytes::from_static(b"body"));
            assert_eq!(write.map_err(|error| error.kind()), Err(Kind::State));
            reply.end(Bytes::from_static(b"body"))
        }
        // Declares so many bytes, writes so many at once.
        "declared" => {
            reply.set_header(CONTENT_LENGTH, smallvec![HeaderValue::from(number(1))])?;
            write(&exchange, body(number(2))).await?;
            reply.end(Bytes::new())
        }
        "declared-whole" => {
            reply.set_header(CONTENT_LENGTH, smallvec![HeaderValue::from(number(1))])?;
            reply.end(body(number(2)))
        }
        "close" => {
            reply.set_header(CONNECTION, smallvec![HeaderValue::from_static("close")])?;
            reply.end(Bytes::from_static(b"bye"))
        }
        _ => reply.end(Bytes::from_static(b"hello")),
    }
}

fn client() -> Raw<DuplexStream> {
    Raw::new(Rig::new(told(answer).0).pipe())
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n")
}

#[test]
fn a_connection_is_kept_for_the_next_request_and_says_nothing_of_it() {
    run(async {
        let mut client = client();
        for size in [5, 0, 70_000] {
            let reply = client.ask(&get(&format!("/size/{size}"))).await;
            assert_eq!(reply.line, "HTTP/1.1 200 OK");
            assert_eq!(reply.header("content-length"), Some(&*size.to_string()));
            assert_eq!(reply.header("connection"), None);
            assert!(reply.header("date").is_some());
            assert!(reply.body == body(size));
        }
    });
}

#[test]
fn pipelined_requests_are_answered_in_order_whatever_their_size_and_kind() {
    run(async {
        let mut client = client();
        let paths = [
            "/size/5",
            "/size/300000",
            "/size/7",
            "/stream/50000/1000",
            "/size/9",
            "/stream/300000/100000",
            "/stream/3/1",
            "/size/70000",
        ];
        client.send(paths.map(get).concat()).await;
        for path in paths {
            let size = path.split('/').nth(2).unwrap().parse().unwrap();
            let reply = client.reply().await;
            assert!(reply.body == body(size), "{path}");
            let chunked = reply.header("transfer-encoding").is_some();
            assert_eq!(chunked, path.starts_with("/stream"), "{path}");
        }
    });
}

#[test]
fn a_streamed_reply_flows_although_the_next_request_is_here_already() {
    run(async {
        let gate = Rc::new(Notify::new());
        let opened = Rc::clone(&gate);
        let rig = Rig::new(move |exchange| {
            let opened = Rc::clone(&opened);
            Box::pin(async move {
                write(&exchange, Bytes::from_static(b"first"))
                    .await
                    .unwrap();
                opened.notified().await;
                exchange.reply.end(Bytes::from_static(b"last")).unwrap();
            })
        });
        let mut client = Raw::new(rig.pipe());
        client.send(get("/").repeat(2)).await;
        client.head().await;
        assert_eq!(client.chunk().await, b"first");
        gate.notify_one();
        assert_eq!(client.chunk().await, b"last");
        assert_eq!(client.chunk().await, b"");
        assert_eq!(client.exactly(2).await, b"\r\n");
        gate.notify_one();
        assert_eq!(client.reply().await.text(), "firstlast");
    });
}

#[test]
fn an_error_reply_waits_for_its_turn_and_ends_the_connection() {
    run(async {
        let mut client = client();
        let broken = "GET / HTTP/1.1\r\nhost x\r\n\r\n";
        client
            .send(format!(
                "{}{}{broken}{}",
                get("/stream/70000/999"),
                get("/size/5"),
                get("/")
            ))
            .await;
        assert!(client.reply().await.body == body(70_000));
        assert!(client.reply().await.body == body(5));
        assert_eq!(client.reply().await.status(), 400);
        assert!(client.is_over().await);
    });
}

#[test]
fn nothing_is_answered_behind_a_broken_chunked_body() {
    run(async {
        let mut client = client();
        let head = "POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n";
        client
            .send(format!("{head}5\r\nhello\r\nbroken\r\n{}", get("/size/3")))
            .await;
        let all = String::from_utf8(client.rest().await.unwrap()).unwrap();
        assert!(all.matches("HTTP/1.1 200").count() <= 1, "{all}");
        assert!(!all.ends_with("0\r\n\r\n"), "{all}");
    });
}

#[test]
fn http10_gets_its_length_or_the_end_of_the_connection_and_never_chunks() {
    run(async {
        let mut whole = client();
        let reply = whole.ask("GET /size/5 HTTP/1.0\r\n\r\n").await;
        assert_eq!(reply.header("content-length"), Some("5"));
        assert!(whole.is_over().await);
        let mut streamed = client();
        let both = format!("GET /stream/5000/7 HTTP/1.0\r\n\r\n{}", get("/size/3"));
        let reply = streamed.ask(&both).await;
        assert_eq!(reply.header("transfer-encoding"), None);
        assert_eq!(reply.header("content-length"), None);
        // And the request behind it is not answered into it.
        assert!(reply.body == body(5000));
    });
}

#[test]
fn http10_keeps_a_connection_that_it_asked_to_keep_as_long_as_lengths_are_known() {
    run(async {
        let mut client = client();
        for _ in 0..2 {
            let reply = client
                .ask("GET /size/5 HTTP/1.0\r\nconnection: keep-alive\r\n\r\n")
                .await;
            assert_eq!(reply.header("connection"), Some("keep-alive"));
            assert!(reply.body == body(5));
        }
        let reply = client
            .ask("GET /stream/50/7 HTTP/1.0\r\nconnection: keep-alive\r\n\r\n")
            .await;
        assert_ne!(reply.header("connection"), Some("keep-alive"));
        assert!(reply.body == body(50));
    });
}

#[test]
fn a_connection_closes_when_the_client_or_the_handler_says_so() {
    run(async {
        let mut told = client();
        let reply = told
            .ask("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            .await;
        assert_eq!(reply.header("connection"), Some("close"));
        assert!(told.is_over().await);
        let mut telling = client();
        let reply = telling.ask(&format!("{}{}", get("/close"), get("/"))).await;
        assert_eq!(reply.header("connection"), Some("close"));
        assert_eq!(reply.text(), "bye");
        assert!(telling.is_over().await);
    });
}

#[test]
fn chunked_bodies_flow_both_ways_at_once() {
    run(async {
        let mut client = client();
        client
            .send("POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n")
            .await;
        client.send("5;name=\"value\"\r\nhello\r\n").await;
        client.head().await;
        assert_eq!(client.chunk().await, b"hello");
        client.send("A\r\n0123456789\r\n").await;
        assert_eq!(client.chunk().await, b"0123456789");
        client.send("0\r\n\r\n").await;
        assert_eq!(client.chunk().await, b"");
    });
}

#[test]
fn trailers_go_both_ways_to_a_client_that_takes_them() {
    run(async {
        let mut client = client();
        let upload = "transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nx-sum: 42\r\n\r\n";
        let reply = client
            .ask(&format!(
                "POST /trailers HTTP/1.1\r\nhost: x\r\nte: trailers\r\n{upload}"
            ))
            .await;
        assert_eq!(reply.header("trailer"), Some("x-length"));
        assert_eq!(reply.text(), "abc42");
        assert_eq!(reply.trailers, [("x-length".into(), "3".into())]);
        let reply = client
            .ask(&format!("POST /trailers HTTP/1.1\r\nhost: x\r\n{upload}"))
            .await;
        assert_eq!(reply.text(), "abc42");
    });
}

#[test]
fn a_client_that_expects_100_gets_it_when_the_handler_reads_and_not_before() {
    run(async {
        let mut client = client();
        let head = "host: x\r\nexpect: 100-continue\r\ncontent-length: 5\r\n\r\n";
        client.send(format!("POST /echo HTTP/1.1\r\n{head}")).await;
        assert_eq!(client.head().await.line, "HTTP/1.1 100 Continue");
        assert_eq!(client.ask("hello").await.text(), "hello");
        let reply = client
            .ask(&format!("POST /size/3 HTTP/1.1\r\n{head}"))
            .await;
        assert_eq!(reply.status(), 200);
        assert!(reply.body == body(3));
    });
}

#[test]
fn head_gets_the_head_alone() {
    run(async {
        let mut client = client();
        for (path, length) in [("/size/70000", Some("70000")), ("/stream/90/7", None)] {
            client
                .send(format!("HEAD {path} HTTP/1.1\r\nhost: x\r\n\r\n"))
                .await;
            let head = client.head().await;
            assert_eq!(head.status(), 200);
            assert_eq!(head.header("content-length"), length, "{path}");
            assert_eq!(client.ask(&get("/size/3")).await.body, body(3), "{path}");
        }
    });
}

#[test]
fn a_status_without_a_body_has_none_and_refuses_pieces() {
    run(async {
        let mut client = client();
        for (status, length) in [(204, None), (205, Some("0")), (304, None)] {
            client.send(get(&format!("/status/{status}"))).await;
            let head = client.head().await;
            assert_eq!(head.status(), status);
            assert_eq!(head.header("content-length"), length, "{status}");
            assert_eq!(head.header("transfer-encoding"), None, "{status}");
            assert_eq!(client.ask(&get("/size/3")).await.body, body(3), "{status}");
        }
    });
}

#[test]
fn a_declared_length_is_kept_to_the_byte() {
    run(async {
        let (handler, mut ended) = told(answer);
        let rig = Rig::new(handler);
        let mut exact = Raw::new(rig.pipe());
        let reply = exact.ask(&get("/declared/70000/70000")).await;
        assert_eq!(reply.header("content-length"), Some("70000"));
        assert!(reply.body == body(70_000));
        assert_eq!(ended.recv().await, Some(Ok(())));
        // A body that is whole is counted by the server.
        let reply = exact.ask(&get("/declared-whole/5/9")).await;
        assert_eq!(reply.header("content-length"), Some("9"));
        assert_eq!(ended.recv().await, Some(Ok(())));
        let mut short = Raw::new(rig.pipe());
        short.send(get("/declared/10/9")).await;
        assert_eq!(ended.recv().await, Some(Err(Kind::State)));
        let came = short.rest().await.unwrap_or_default();
        assert!(!came.ends_with(b"\r\n\r\n"), "a short reply looks whole");
        let mut long = Raw::new(rig.pipe());
        long.send(get("/declared/10/11")).await;
        assert_eq!(ended.recv().await, Some(Err(Kind::State)));
        let came = String::from_utf8(long.rest().await.unwrap_or_default()).unwrap();
        assert!(!came.contains("content-length: 11"), "{came}");
    });
}

#[test]
fn a_body_that_the_handler_did_not_read_is_not_taken_for_the_next_request() {
    run(async {
        let mut client = client();
        let smuggled = get("/size/9");
        let length = smuggled.len();
        let head = format!("POST /size/3 HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n");
        let last = "GET /size/5 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        client.send(format!("{head}{smuggled}{last}")).await;
        assert_eq!(client.reply().await.body, body(3));
        assert_eq!(client.reply().await.body, body(5));
        assert!(client.is_over().await);
    });
}
