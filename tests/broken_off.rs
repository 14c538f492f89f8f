//! Replies that do not come to their end: the client is gone, or the handler breaks off. Neither
//! is ever silent, and a failed reply never looks whole.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects by panicking"
)]

mod support;

use std::future::poll_fn;
use std::io::ErrorKind;
use std::rc::Rc;

use bytes::Bytes;
use h2::Reason;
use h2::client::SendRequest;
use http::Request;
use sluice::error::{Kind, Result};
use sluice::http::{Exchange, Fate};
use smallvec::smallvec;
use support::client::{Speaks, tcp, tls};
use support::raw::Raw;
use support::server::{Plan, Server};
use support::{body, path, read, read_all, run, told, write};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::{AbortHandle, spawn_local};

/// Two listeners: plain and TLS.
const LISTENERS: [Option<usize>; 2] = [None, Some(4096)];
const PLAIN: usize = 0;
const SECURE: usize = 1;

async fn answer(exchange: Rc<Exchange>) -> Result<()> {
    let reply = &exchange.reply;
    match path(&exchange)[0].as_str() {
        "endless" => loop {
            write(&exchange, body(10_000)).await?;
        },
        "upload" => {
            read_all(&exchange).await?;
            reply.end(Bytes::new())
        }
        // Waits for nothing but the end of the exchange.
        "wait" => {
            let fate = poll_fn(|cx| exchange.poll_ended(cx)).await;
            assert_eq!(fate, Fate::Gone);
            exchange.failure().map_or(Ok(()), Err)
        }
        // Breaks off when the client has said that it has the first part.
        "abort" => {
            if let Some(length) = path(&exchange).get(1) {
                let length = length.parse().unwrap();
                reply.set_header(http::header::CONTENT_LENGTH, smallvec![length])?;
            }
            write(&exchange, Bytes::from_static(b"partial")).await?;
            read(&exchange).await?;
            reply.abort();
            Ok(())
        }
        "abort-early" => {
            reply.abort();
            Ok(())
        }
        _ => reply.end(Bytes::from_static(b"hello")),
    }
}

/// An HTTP/2 client, and what kills its connection.
async fn h2_client<IO>(io: IO) -> (SendRequest<Bytes>, AbortHandle)
where
    IO: AsyncRead + AsyncWrite + Unpin + 'static,
{
    let (client, connection) = h2::client::handshake(io).await.unwrap();
    let connection = spawn_local(connection);
    (client.ready().await.unwrap(), connection.abort_handle())
}

async fn secure(server: &Server, speaks: Speaks) -> tokio_rustls::client::TlsStream<TcpStream> {
    tls(tcp(server.addresses[SECURE], None).await, speaks).await
}

fn request(path: &str) -> Request<()> {
    Request::post(format!("https://localhost{path}"))
        .body(())
        .unwrap()
}

/// Clients that go away after `head`, and the first bytes of the reply where one is due.
async fn leave_after(server: &Server, head: &str, replies: bool) {
    let mut plain = Raw::new(tcp(server.addresses[PLAIN], None).await);
    let mut tls = Raw::new(secure(server, Speaks::H1).await);
    plain.send(head).await;
    tls.send(head).await;
    if replies {
        assert_eq!(plain.head().await.status(), 200);
        assert_eq!(tls.head().await.status(), 200);
    } else {
        begun(server, 2).await;
    }
}

/// Waits until `count` handlers are at work.
async fn begun(server: &Server, count: u64) {
    let active = || -> u64 {
        let at = [PLAIN, SECURE].map(|at| server.stats(at, |stats| stats.active.get()));
        at.iter().sum()
    };
    while active() < count {
        tokio::task::yield_now().await;
    }
}

#[test]
fn a_handler_that_streams_learns_that_its_http1_client_is_gone() {
    let (handler, mut ended) = told(answer);
    let server = Server::start(Plan::new(&LISTENERS), handler);
    run(async {
        leave_after(&server, "GET /endless HTTP/1.1\r\nhost: x\r\n\r\n", true).await;
        for _ in LISTENERS {
            assert_eq!(ended.recv().await, Some(Err(Kind::ClientGone)));
        }
    });
}

#[test]
fn a_handler_that_reads_learns_that_its_http1_client_is_gone() {
    let (handler, mut ended) = told(answer);
    let server = Server::start(Plan::new(&LISTENERS), handler);
    run(async {
        let head = "POST /upload HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhello";
        leave_after(&server, head, false).await;
        for _ in LISTENERS {
            assert_eq!(ended.recv().await, Some(Err(Kind::ClientGone)));
        }
    });
}

#[test]
fn a_handler_that_waits_for_something_else_can_see_that_its_http1_client_is_gone() {
    let (handler, mut ended) = told(answer);
    let server = Server::start(Plan::new(&LISTENERS), handler);
    run(async {
        leave_after(&server, "GET /wait HTTP/1.1\r\nhost: x\r\n\r\n", false).await;
        for _ in LISTENERS {
            assert_eq!(ended.recv().await, Some(Err(Kind::ClientGone)));
        }
    });
}

#[test]
fn handlers_learn_that_their_http2_connection_is_gone() {
    let (handler, mut ended) = told(answer);
    let server = Server::start(Plan::new(&LISTENERS), handler);
    run(async {
        let (mut client, connection) = h2_client(secure(&server, Speaks::H2).await).await;
        let mut streams = Vec::new();
        for path in ["/endless", "/upload", "/wait"] {
            streams.push(client.send_request(request(path), false).unwrap());
        }
        begun(&server, 3).await;
        connection.abort();
        for _ in 0..3 {
            assert_eq!(ended.recv().await, Some(Err(Kind::ClientGone)));
        }
    });
}

#[test]
fn handlers_learn_that_their_http2_stream_was_reset_and_others_go_on() {
    let (handler, mut ended) = told(answer);
    let server = Server::start(Plan::new(&LISTENERS), handler);
    run(async {
        let (mut client, _) = h2_client(secure(&server, Speaks::H2).await).await;
        for path in ["/endless", "/upload", "/wait"] {
            let (_reply, mut stream) = client.send_request(request(path), false).unwrap();
            begun(&server, 1).await;
            stream.send_reset(Reason::CANCEL);
            assert_eq!(ended.recv().await, Some(Err(Kind::ClientGone)), "{path}");
        }
        let (reply, _) = client.send_request(request("/hello"), true).unwrap();
        assert_eq!(reply.await.unwrap().status(), 200);
    });
}

/// The first part of an aborted reply, and then how it ends.
async fn aborted<IO>(io: IO, path: &str, version: &str) -> std::io::Result<Vec<u8>>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    let mut raw = Raw::new(io);
    let head = format!("POST {path} HTTP/{version}\r\nhost: x\r\ncontent-length: 1\r\n\r\n");
    raw.send(head).await;
    let head = raw.head().await;
    assert_eq!(head.status(), 200);
    if head.header("transfer-encoding").is_some() {
        assert_eq!(raw.chunk().await, b"partial");
    } else {
        assert_eq!(raw.exactly(7).await, b"partial");
    }
    raw.send("x").await;
    raw.rest().await
}

/// The connection ends, in whatever way, and nothing but that comes.
fn check_cut(end: std::io::Result<Vec<u8>>) {
    match end {
        Ok(rest) => assert!(rest.is_empty(), "{:?}", rest.escape_ascii().to_string()),
        Err(error) => {
            let kinds = [ErrorKind::ConnectionReset, ErrorKind::UnexpectedEof];
            assert!(kinds.contains(&error.kind()), "{error:?}");
        }
    }
}

#[test]
fn an_aborted_chunked_reply_has_no_last_chunk_and_closes_the_connection() {
    let server = Server::start(Plan::new(&LISTENERS), told(answer).0);
    run(async {
        let socket = tcp(server.addresses[PLAIN], None).await;
        check_cut(aborted(socket, "/abort", "1.1").await);
        check_cut(aborted(secure(&server, Speaks::H1).await, "/abort", "1.1").await);
    });
}

#[test]
fn an_aborted_reply_of_a_declared_length_stays_short_and_closes_the_connection() {
    let server = Server::start(Plan::new(&LISTENERS), told(answer).0);
    run(async {
        let socket = tcp(server.addresses[PLAIN], None).await;
        check_cut(aborted(socket, "/abort/100", "1.1").await);
        check_cut(aborted(secure(&server, Speaks::H1).await, "/abort/100", "1.1").await);
    });
}

#[test]
fn an_aborted_reply_that_the_end_of_the_connection_would_end_is_reset() {
    let server = Server::start(Plan::new(&LISTENERS), told(answer).0);
    run(async {
        let socket = tcp(server.addresses[PLAIN], None).await;
        let end = aborted(socket, "/abort", "1.0").await.unwrap_err();
        assert_eq!(end.kind(), ErrorKind::ConnectionReset);
        // Over TLS there must be no close_notify, which would make it whole.
        let end = aborted(secure(&server, Speaks::H1).await, "/abort", "1.0").await;
        let kind = end.unwrap_err().kind();
        let kinds = [ErrorKind::ConnectionReset, ErrorKind::UnexpectedEof];
        assert!(kinds.contains(&kind), "{kind:?}");
    });
}

#[test]
fn an_aborted_http2_reply_is_reset_and_the_connection_goes_on() {
    let server = Server::start(Plan::new(&LISTENERS), told(answer).0);
    run(async {
        let (mut client, _) = h2_client(secure(&server, Speaks::H2).await).await;
        let (reply, mut stream) = client.send_request(request("/abort"), false).unwrap();
        let mut body = reply.await.unwrap().into_body();
        assert_eq!(body.data().await.unwrap().unwrap(), "partial");
        stream.send_data(Bytes::from_static(b"x"), true).unwrap();
        let end = body.data().await.unwrap().unwrap_err();
        assert!(end.is_reset() && end.is_remote(), "{end:?}");
        let (reply, _) = client.send_request(request("/abort-early"), true).unwrap();
        let end = reply.await.unwrap_err();
        assert!(end.is_reset() && end.is_remote(), "{end:?}");
        let (reply, _) = client.send_request(request("/hello"), true).unwrap();
        assert_eq!(reply.await.unwrap().status(), 200);
    });
}

#[test]
fn a_reply_aborted_before_its_head_sends_nothing_by_http1() {
    let server = Server::start(Plan::new(&LISTENERS), told(answer).0);
    run(async {
        let mut raw = Raw::new(tcp(server.addresses[PLAIN], None).await);
        raw.send("GET /abort-early HTTP/1.1\r\nhost: x\r\n\r\n")
            .await;
        check_cut(raw.rest().await);
    });
}

#[test]
fn a_request_that_was_reset_before_its_turn_never_reaches_a_handler() {
    /// GET https://x/ in one frame, by HPACK's static table.
    fn get(stream: u8) -> [u8; 15] {
        [
            0, 0, 6, 1, 5, 0, 0, 0, stream, 0x82, 0x87, 0x84, 0x41, 1, b'x',
        ]
    }
    let (handler, mut ended) = told(answer);
    let server = Server::start(Plan::new(&LISTENERS), handler);
    run(async {
        let mut io = secure(&server, Speaks::H2).await;
        let mut said = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec();
        for stream in (1..21).step_by(2) {
            said.extend(get(stream));
            // RST_STREAM, CANCEL.
            said.extend([0, 0, 4, 3, 0, 0, 0, 0, stream, 0, 0, 0, 8]);
        }
        said.extend(get(21));
        io.write_all(&said).await.unwrap();
        assert_eq!(ended.recv().await, Some(Ok(())));
        assert_eq!(server.stats(SECURE, |stats| stats.requests_2.get()), 1);
    });
}
