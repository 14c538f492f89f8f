//! Interim responses on the wire: each before its own answer and after all that come before it, on
//! full sockets too.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects by panicking"
)]

mod support;

use std::future::poll_fn;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use sluice::config::Timeouts;
use sluice::error::{Kind, Result};
use sluice::http::Exchange;
use support::client::{Slow, Speaks, tcp, tls};
use support::pipe::Rig;
use support::raw::{Raw, Reply};
use support::server::identity;
use support::{body, hash, path, read_all, run, stream, told};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, duplex, join, simplex};
use tokio::sync::mpsc::UnboundedReceiver;

fn hint(number: usize, length: usize) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let filled = "x".repeat(length);
    let value = HeaderValue::try_from(format!("</{number}>; {filled}")).unwrap();
    headers.insert(header::LINK, value);
    headers
}

async fn inform(exchange: &Exchange, status: i64, headers: HeaderMap) -> Result<()> {
    let informed = exchange.inform(status, headers)?;
    poll_fn(|cx| exchange.poll_informed(cx, informed)).await
}

/// Answers by the path; `/hints/2/9` are two interim heads with nine bytes of filling each.
async fn answer(exchange: Rc<Exchange>) -> Result<()> {
    let path = path(&exchange);
    let number = |at: usize| path[at].parse::<usize>().unwrap();
    let done = || exchange.reply.end(Bytes::from_static(b"done"));
    match path[0].as_str() {
        "size" => exchange.reply.end(body(number(1))),
        "stream" => stream(&exchange, body(number(1)), number(2)).await,
        "hints" => {
            for at in 0..number(1) {
                inform(&exchange, 103, hint(at, number(2))).await?;
            }
            done()
        }
        // Says its answer before the connection can have taken the interim heads.
        "hasty" => {
            exchange.inform(103, hint(0, number(1)))?;
            exchange.inform(102, HeaderMap::new())?;
            done()
        }
        // Reads the body, for which the client waits to be asked, while an interim head is on its way.
        "asks" => {
            let informed = exchange.inform(103, hint(0, number(1)))?;
            let got = read_all(&exchange).await?;
            poll_fn(|cx| exchange.poll_informed(cx, informed)).await?;
            exchange.reply.end(got.into())
        }
        "late" => {
            done()?;
            let error = inform(&exchange, 103, HeaderMap::new()).await;
            assert_eq!(error.map_err(|error| error.kind()), Err(Kind::State));
            Ok(())
        }
        other => unreachable!("{other}"),
    }
}

fn rig() -> (Rig, UnboundedReceiver<Result<(), Kind>>) {
    let (handler, ended) = told(answer);
    (Rig::new(handler), ended)
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n")
}

async fn hints<IO>(client: &mut Raw<IO>, count: usize, length: usize)
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    for at in 0..count {
        let interim = client.head().await;
        assert_eq!(interim.line, "HTTP/1.1 103 Early Hints");
        let link = format!("</{at}>; {}", "x".repeat(length));
        assert_eq!(interim.headers, [("link".to_owned(), link)]);
    }
}

fn is_done(reply: &Reply) {
    assert_eq!((reply.status(), reply.text()), (200, "done"));
}

#[test]
fn interim_heads_come_before_their_answer_and_the_connection_goes_on() {
    run(async {
        let (rig, _ended) = rig();
        let mut client = Raw::new(rig.pipe());
        for count in [0, 1, 3] {
            client.send(get(&format!("/hints/{count}/9"))).await;
            hints(&mut client, count, 9).await;
            is_done(&client.reply().await);
        }
        client.send(get("/late")).await;
        is_done(&client.reply().await);
    });
}

#[test]
fn an_answer_that_is_made_at_once_does_not_overtake_them() {
    run(async {
        let (rig, _ended) = rig();
        let mut client = Raw::new(rig.pipe());
        client.send(get("/hasty/9")).await;
        hints(&mut client, 1, 9).await;
        assert_eq!(client.head().await.line, "HTTP/1.1 102 Processing");
        is_done(&client.reply().await);
    });
}

#[test]
fn an_http_1_0_client_gets_none() {
    run(async {
        let (rig, mut ended) = rig();
        let mut client = Raw::new(rig.pipe());
        client.send("GET /hints/3/9 HTTP/1.0\r\n\r\n").await;
        is_done(&client.reply().await);
        assert_eq!(ended.recv().await, Some(Ok(())));
    });
}

/// Pipelines large answers and interim heads between them; everything comes in order and whole.
async fn pipelined<IO: AsyncRead + AsyncWrite + Unpin>(io: IO) {
    const LARGE: usize = 700_000;
    let mut client = Raw::new(io);
    let requests = [
        get(&format!("/stream/{LARGE}/9000")),
        get("/hints/2/3000"),
        get(&format!("/size/{LARGE}")),
        get("/hasty/20000"),
        get("/hints/1/1"),
        get(&format!("/size/{LARGE}")),
    ];
    client.send(requests.concat()).await;
    for lengths in [(2, 3000), (1, 20_000)] {
        let reply = client.reply().await;
        assert_eq!(hash(&reply.body), hash(&body(LARGE)));
        hints(&mut client, lengths.0, lengths.1).await;
        if lengths.0 == 1 {
            assert_eq!(client.head().await.status(), 102);
        }
        is_done(&client.reply().await);
    }
    hints(&mut client, 1, 1).await;
    is_done(&client.reply().await);
    assert_eq!(hash(&client.reply().await.body), hash(&body(LARGE)));
}

#[test]
fn interim_heads_keep_their_place_between_pipelined_answers_on_a_full_socket() {
    run(async {
        let rig = Rc::new(rig().0);
        let address = Rc::clone(&rig).listen(16_384);
        pipelined(Slow::new(tcp(address, Some(16_384)).await)).await;
        // Each write takes a few bytes: what is in the middle of a head goes on there.
        for room in [7, 1000] {
            let (received, sends) = simplex(room);
            let (receives, sent) = simplex(64 * 1024);
            rig.attach(join(receives, sends));
            pipelined(join(received, sent)).await;
        }
    });
}

#[test]
fn interim_heads_pass_through_the_smallest_ring() {
    run(async {
        for ring in [1024, sluice::tls::DEFAULT_RING] {
            let rig = Rc::new(rig().0.tls(identity(ring)));
            let address = Rc::clone(&rig).listen(16_384);
            let io = tcp(address, Some(16_384)).await;
            pipelined(tls(Slow::new(io), Speaks::H1).await).await;
        }
    });
}

#[test]
fn an_interim_head_that_is_half_written_is_finished_before_the_client_is_asked_for_its_body() {
    run(async {
        let (rig, _ended) = rig();
        let (client, server) = duplex(100);
        rig.attach(server);
        let mut client = Raw::new(client);
        let head = "POST /asks/5000 HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n";
        client.send(head).await;
        let mut statuses = Vec::new();
        for _ in 0..2 {
            let interim = client.head().await;
            statuses.push(interim.status());
            if interim.status() == 103 {
                assert_eq!(interim.header("link").unwrap().len(), 5000 + "</0>; ".len());
            }
        }
        statuses.sort_unstable();
        assert_eq!(statuses, [100, 103]);
        client.send("done").await;
        is_done(&client.reply().await);
    });
}

#[test]
fn a_client_that_takes_nothing_times_out_and_one_that_leaves_is_told() {
    run(async {
        const SHORT: Duration = Duration::from_millis(150);
        for leaves in [false, true] {
            let (rig, mut ended) = rig();
            let rig = rig.timeouts(Timeouts {
                write: SHORT,
                ..Timeouts::DEFAULT
            });
            let (mut client, server) = duplex(1000);
            let connection = rig.attach(server);
            client
                .write_all(get("/hints/1/5000").as_bytes())
                .await
                .unwrap();
            let mut client = Some(client);
            let kind = if leaves {
                tokio::task::yield_now().await;
                assert!(connection.is_busy());
                client = None;
                Kind::ClientGone
            } else {
                Kind::Timeout
            };
            assert_eq!(ended.recv().await, Some(Err(kind)));
            drop(client);
        }
    });
}

#[test]
fn http_2_streams_have_interim_heads_of_their_own() {
    run(async {
        let (rig, _ended) = rig();
        let (client, connection) = h2::client::handshake(rig.pipe()).await.unwrap();
        tokio::spawn(connection);
        let mut client = client.ready().await.unwrap();
        let mut ask = |path: &str| {
            let request = Request::get(format!("http://x{path}")).body(()).unwrap();
            client.send_request(request, true).unwrap().0
        };
        let mut answers = [ask("/hints/3/9"), ask("/hasty/9"), ask("/size/100000")];
        let mut seen = Vec::new();
        for answer in &mut answers {
            let mut statuses = Vec::new();
            while let Some(interim) = poll_fn(|cx| answer.poll_informational(cx)).await {
                let interim = interim.unwrap();
                if interim.status() == StatusCode::EARLY_HINTS {
                    let link = format!("</{}>; {}", statuses.len(), "x".repeat(9));
                    assert_eq!(interim.headers()[header::LINK], link);
                }
                statuses.push(interim.status().as_u16());
            }
            seen.push(statuses);
            assert_eq!(answer.await.unwrap().status(), StatusCode::OK);
        }
        assert_eq!(seen, [vec![103, 103, 103], vec![103, 102], vec![]]);
    });
}

/// An HTTP/2 client that never reads: a handler that goes on sending waits with what it has.
#[test]
fn an_http_2_client_that_reads_nothing_holds_the_sender_back() {
    run(async {
        let (handler, mut ended) = told(|exchange: Rc<Exchange>| async move {
            let mut sent = 0;
            loop {
                inform(&exchange, 102, hint(0, 1000)).await?;
                sent += 1;
                assert!(sent < 1000, "nothing held it back");
            }
        });
        let rig = Rig::new(handler).timeouts(Timeouts {
            write: Duration::from_millis(150),
            ..Timeouts::DEFAULT
        });
        let (mut client, server) = duplex(4096);
        rig.attach(server);
        client
            .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
            .await
            .unwrap();
        client
            .write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0])
            .await
            .unwrap();
        // GET / on http://x, as literals without an index.
        let mut block = vec![0x82, 0x86, 0x84, 0x01, 1];
        block.push(b'x');
        let mut frame = vec![0, 0, u8::try_from(block.len()).unwrap(), 1, 5, 0, 0, 0, 1];
        frame.append(&mut block);
        client.write_all(&frame).await.unwrap();
        assert_eq!(ended.recv().await, Some(Err(Kind::Timeout)));
    });
}
