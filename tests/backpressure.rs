//! Who waits for whom: handlers for clients that do not read, clients for handlers that do not
//! read, and nobody for anybody else.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects by panicking"
)]

mod support;

use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use h2::client::{ResponseFuture, SendRequest};
use h2::{RecvStream, SendStream};
use http::Request;
use sha2::{Digest, Sha256};
use sluice::error::{Kind, Result};
use sluice::http::Exchange;
use support::client::{Speaks, tcp, tls};
use support::raw::Raw;
use support::server::{Plan, Server};
use support::{LONGEST, body, forget_peak, memory, path, read, run, stream, told, write};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::task::spawn_local;

const MIB: u64 = 1024 * 1024;

/// A download is this often the longest body, an upload that often: 20 MiB and 50 MiB.
const DOWN: usize = 2;
const UP: usize = 5;

/// Answers `/duplex`, `/download`, `/upload`, `/echo` and `/hello`.
async fn answer(exchange: Rc<Exchange>) -> Result<()> {
    match path(&exchange)[0].as_str() {
        "duplex" => {
            let reading = spawn_local(digest(Rc::clone(&exchange)));
            download(&exchange).await?;
            exchange.reply.end(reading.await.unwrap()?)
        }
        "download" => {
            download(&exchange).await?;
            exchange.reply.end(Bytes::new())
        }
        "upload" => {
            let digest = digest(Rc::clone(&exchange)).await?;
            exchange.reply.end(digest)
        }
        "echo" => {
            while let Some(bytes) = read(&exchange).await? {
                write(&exchange, bytes).await?;
            }
            exchange.reply.end(Bytes::new())
        }
        _ => exchange.reply.end(Bytes::from_static(b"hello")),
    }
}

async fn download(exchange: &Exchange) -> Result<()> {
    for _ in 0..DOWN {
        for piece in body(LONGEST).chunks(16 * 1024) {
            write(exchange, body(LONGEST).slice_ref(piece)).await?;
        }
    }
    Ok(())
}

/// The SHA-256 of the request body.
async fn digest(exchange: Rc<Exchange>) -> Result<Bytes> {
    let mut hash = Sha256::new();
    while let Some(bytes) = read(&exchange).await? {
        hash.update(&bytes);
    }
    Ok(Bytes::copy_from_slice(&hash.finalize()))
}

fn sent(times: usize) -> Bytes {
    let mut hash = Sha256::new();
    (0..times).for_each(|_| hash.update(body(LONGEST)));
    Bytes::copy_from_slice(&hash.finalize())
}

/// What came down: the download, and after it what the handler says of the upload.
fn check_duplex(got: &[u8]) {
    let (down, up) = got.split_at(DOWN * LONGEST);
    assert!(
        Sha256::digest(down)[..] == sent(DOWN)[..],
        "the download differs"
    );
    assert!(*up == sent(UP)[..], "the upload differs");
}

async fn upload_then_read<IO: AsyncRead + AsyncWrite + Unpin>(io: IO) {
    let mut raw = Raw::new(io);
    let length = UP * LONGEST;
    let head = format!("POST /duplex HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n");
    body(LONGEST);
    forget_peak();
    let before = memory("VmRSS");
    raw.send(head).await;
    for _ in 0..UP {
        raw.send(body(LONGEST)).await;
    }
    let held = memory("VmHWM").saturating_sub(before);
    assert!(held < 8 * MIB, "{held} bytes were held");
    check_duplex(&raw.reply().await.body);
}

/// An upload goes on while the reply to it is stuck: the client reads only after it.
fn both_ways_by_http1(ring: Option<usize>) {
    let (handler, mut ended) = told(answer);
    let server = Server::start(Plan::new(&[ring]), handler);
    run(async {
        let socket = tcp(server.addresses[0], None).await;
        match ring {
            None => upload_then_read(socket).await,
            Some(_) => upload_then_read(tls(socket, Speaks::H1).await).await,
        }
        assert_eq!(ended.recv().await, Some(Ok(())));
    });
}

#[test]
fn a_large_upload_completes_while_its_reply_is_stuck_by_http1() {
    both_ways_by_http1(None);
}

#[test]
fn a_large_upload_completes_while_its_reply_fills_a_small_ring_by_http1() {
    both_ways_by_http1(Some(1024));
}

#[test]
fn a_large_upload_completes_while_its_reply_fills_the_ring_by_http1() {
    both_ways_by_http1(Some(17_408));
}

/// An HTTP/2 client whose streams have small windows that it opens by hand.
async fn h2_client<IO>(io: IO) -> SendRequest<Bytes>
where
    IO: AsyncRead + AsyncWrite + Unpin + 'static,
{
    let (client, connection) = h2::client::Builder::new()
        .initial_window_size(65_535)
        .initial_connection_window_size(1 << 20)
        .handshake(io)
        .await
        .unwrap();
    spawn_local(connection);
    client.ready().await.unwrap()
}

async fn h2_secure(server: &Server) -> SendRequest<Bytes> {
    h2_client(tls(tcp(server.addresses[0], None).await, Speaks::H2).await).await
}

/// Begins a request; its body is to be sent if there is one.
fn begin(
    client: &mut SendRequest<Bytes>,
    method: &str,
    path: &str,
) -> (ResponseFuture, SendStream<Bytes>) {
    let uri = format!("https://localhost{path}");
    let request = Request::builder().method(method).uri(uri).body(()).unwrap();
    client.send_request(request, method == "GET").unwrap()
}

/// Sends one piece of a request body as the server's windows open.
async fn push(stream: &mut SendStream<Bytes>, mut bytes: Bytes) -> Result<(), h2::Error> {
    while !bytes.is_empty() {
        stream.reserve_capacity(bytes.len());
        let room = std::future::poll_fn(|cx| stream.poll_capacity(cx)).await;
        let room = room.transpose()?.unwrap_or(0);
        let piece = bytes.split_to(room.min(bytes.len()));
        stream.send_data(piece, false)?;
    }
    Ok(())
}

async fn upload(stream: &mut SendStream<Bytes>) {
    for _ in 0..UP {
        push(stream, body(LONGEST)).await.unwrap();
    }
    stream.send_data(Bytes::new(), true).unwrap();
}

/// The rest of a reply; the window opens as it is read.
async fn take(body: &mut RecvStream) -> Result<Vec<u8>, h2::Error> {
    let mut all = Vec::new();
    while let Some(data) = body.data().await {
        let data = data?;
        body.flow_control().release_capacity(data.len())?;
        all.extend_from_slice(&data);
    }
    Ok(all)
}

#[test]
fn a_large_upload_completes_while_its_reply_is_stuck_by_http2() {
    let (handler, mut ended) = told(answer);
    let server = Server::start(Plan::new(&[Some(17_408)]), handler);
    run(async {
        let mut client = h2_secure(&server).await;
        body(LONGEST);
        forget_peak();
        let before = memory("VmRSS");
        let (reply, mut up) = begin(&mut client, "POST", "/duplex");
        upload(&mut up).await;
        let held = memory("VmHWM").saturating_sub(before);
        assert!(held < 8 * MIB, "{held} bytes were held");
        let mut down = reply.await.unwrap().into_body();
        check_duplex(&take(&mut down).await.unwrap());
        assert_eq!(ended.recv().await, Some(Ok(())));
    });
}

#[test]
fn a_stream_that_is_stuck_on_its_window_does_not_hold_up_the_upload_of_another() {
    let (handler, mut ended) = told(answer);
    let server = Server::start(Plan::new(&[Some(4096)]), handler);
    run(async {
        let mut client = h2_secure(&server).await;
        let (stuck, _) = begin(&mut client, "GET", "/download");
        let mut stuck = stuck.await.unwrap().into_body();
        let (reply, mut up) = begin(&mut client, "POST", "/upload");
        upload(&mut up).await;
        let digest = take(&mut reply.await.unwrap().into_body()).await.unwrap();
        assert!(digest == sent(UP), "the upload differs");
        assert_eq!(ended.recv().await, Some(Ok(())));
        let down = take(&mut stuck).await.unwrap();
        assert!(
            Sha256::digest(&down)[..] == sent(DOWN)[..],
            "the download differs"
        );
        assert_eq!(ended.recv().await, Some(Ok(())));
    });
}

/// Uploads to an echo for as long as the server takes it.
async fn never_read<IO: AsyncRead + AsyncWrite + Unpin>(mut io: IO) {
    let head = "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000000\r\n\r\n";
    io.write_all(head.as_bytes()).await.unwrap();
    while io.write_all(&body(64 * 1024)).await.is_ok() {}
}

/// What an echo may hold of one client, in bytes: a ring, and buffers on the way in and out.
const HELD: u64 = 256 * 1024;

fn echo_is_held_back_by_http1(ring: Option<usize>) {
    let (handler, mut ended) = told(answer);
    let plan = Plan::new(&[ring]).write_timeout(Duration::from_millis(800));
    let server = Server::start(plan, handler);
    run(async {
        let socket = tcp(server.addresses[0], None).await;
        let client = async {
            match ring {
                None => never_read(socket).await,
                Some(_) => never_read(tls(socket, Speaks::H1).await).await,
            }
        };
        let ((), end) = tokio::join!(client, ended.recv());
        assert_eq!(end, Some(Err(Kind::Timeout)));
        let (taken, given, timeouts) = server.stats(0, |stats| {
            let timeouts = stats.timeouts.write.get();
            (stats.bytes_in.get(), stats.bytes_out.get(), timeouts)
        });
        println!("took {taken} bytes, gave {given}");
        assert!(taken < given + HELD, "took {taken}, gave {given}");
        assert_eq!(timeouts, 1);
    });
}

#[test]
fn an_echo_to_a_client_that_never_reads_takes_no_more_than_it_gives_until_the_write_timeout() {
    echo_is_held_back_by_http1(None);
}

#[test]
fn an_echo_over_tls_takes_no_more_than_it_gives_until_the_write_timeout() {
    echo_is_held_back_by_http1(Some(17_408));
}

#[test]
fn an_echo_on_a_stuck_stream_is_held_back_and_only_that_stream_is_reset() {
    let (handler, mut ended) = told(answer);
    let plan = Plan::new(&[Some(17_408)]).write_timeout(Duration::from_millis(800));
    let server = Server::start(plan, handler);
    run(async {
        let mut client = h2_secure(&server).await;
        let (reply, mut up) = begin(&mut client, "POST", "/echo");
        let mut pushed = 16 * 1024;
        push(&mut up, body(pushed)).await.unwrap();
        let mut echoed = reply.await.unwrap().into_body();
        while push(&mut up, body(16 * 1024)).await.is_ok() {
            pushed += 16 * 1024;
        }
        assert_eq!(ended.recv().await, Some(Err(Kind::Timeout)));
        // Its window, and what the server may hold.
        println!("{pushed} bytes were taken");
        assert!((pushed as u64) < 65_535 + HELD, "{pushed} bytes were taken");
        let end = take(&mut echoed).await.unwrap_err();
        assert!(end.is_reset(), "{end:?}");
        let (reply, _) = begin(&mut client, "GET", "/hello");
        let hello = take(&mut reply.await.unwrap().into_body()).await.unwrap();
        assert_eq!(hello, b"hello");
    });
}

#[test]
fn a_piece_larger_than_every_buffer_is_sent_whole() {
    let (handler, _) =
        told(async |exchange: Rc<Exchange>| stream(&exchange, body(LONGEST), LONGEST).await);
    let server = Server::start(Plan::new(&[Some(1024)]), handler);
    run(async {
        let io = tls(tcp(server.addresses[0], None).await, Speaks::H1).await;
        let reply = Raw::new(io).ask("GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
        assert!(reply.body == body(LONGEST), "other bytes");
    });
}
