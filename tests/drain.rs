//! A server that is told to stop, in every state that a connection can be in: what was begun is
//! finished, what was not is not, and there is always an end.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects by panicking"
)]

mod support;

use std::io::ErrorKind;
use std::rc::Rc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Request;
use sluice::error::{Kind, Result};
use sluice::http::Exchange;
use sluice::server::Outcome;
use support::client::{Speaks, tcp, tls};
use support::raw::Raw;
use support::server::{Plan, Server};
use support::{body, path, read, read_all, run, told, write};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::spawn_local;

const PLAIN: usize = 0;
const SECURE: usize = 1;

/// Longer than a drain takes that has nothing to wait for but silent connections.
const GRACE: Option<Duration> = Some(Duration::from_secs(8));

/// A handler goes on when its client lets it: by the next bytes of the request body.
async fn answer(exchange: Rc<Exchange>) -> Result<()> {
    match path(&exchange)[0].as_str() {
        "wait" => {
            read_all(&exchange).await?;
            exchange.reply.end(Bytes::from_static(b"waited"))
        }
        "halves" => {
            write(&exchange, body(100)).await?;
            read(&exchange).await?;
            write(&exchange, body(100)).await?;
            exchange.reply.end(Bytes::new())
        }
        "large" => exchange.reply.end(body(200_000)),
        _ => exchange.reply.end(Bytes::from_static(b"hello")),
    }
}

fn start() -> (Server, UnboundedReceiver<Result<(), Kind>>) {
    let (handler, ended) = told(answer);
    (
        Server::start(Plan::new(&[None, Some(4096)]), handler),
        ended,
    )
}

async fn plain(server: &Server) -> Raw<TcpStream> {
    Raw::new(tcp(server.addresses[PLAIN], None).await)
}

const HELLO: &str = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";

fn post(path: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\n\r\n")
}

/// Waits until the server has seen `count` requests.
async fn begun(server: &Server, at: usize, count: u64) {
    while server.stats(at, |stats| stats.active.get()) < count {
        tokio::task::yield_now().await;
    }
}

/// Waits until the server has accepted `count` connections.
async fn accepted(server: &Server, at: usize, count: u64) {
    while server.stats(at, |stats| stats.accepted.get()) < count {
        tokio::task::yield_now().await;
    }
}

/// The server ends in good order, and not by a deadline.
fn drained(server: Server) {
    let begun = Instant::now();
    assert_eq!(server.outcome(), Outcome::Drained);
    assert!(
        begun.elapsed() < Duration::from_secs(4),
        "it took {:?}",
        begun.elapsed()
    );
}

#[test]
fn a_server_with_nothing_to_do_stops_at_once_and_takes_no_more_connections() {
    run(async {
        let (server, _) = start();
        let addresses = server.addresses.clone();
        server.stop(GRACE);
        let begun = Instant::now();
        drained(server);
        assert!(begun.elapsed() < Duration::from_millis(500));
        for address in addresses {
            let refused = TcpStream::connect(address).await.unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
        }
    });
}

#[test]
fn a_connection_just_accepted_still_gets_its_first_request_answered() {
    run(async {
        let (server, _) = start();
        let mut client = plain(&server).await;
        accepted(&server, PLAIN, 1).await;
        server.stop(GRACE);
        let reply = client.ask(HELLO).await;
        assert_eq!(reply.header("connection"), Some("close"));
        assert!(client.is_over().await);
        drained(server);
    });
}

#[test]
fn connections_that_never_say_anything_do_not_hold_up_the_end() {
    run(async {
        let (server, _) = start();
        let mut silent = plain(&server).await;
        accepted(&server, PLAIN, 1).await;
        server.stop(GRACE);
        drained(server);
        assert!(silent.is_over().await);
    });
}

#[test]
fn tls_connections_that_never_say_anything_do_not_hold_up_the_end() {
    run(async {
        let (server, _) = start();
        let mut silent = Raw::new(tcp(server.addresses[SECURE], None).await);
        accepted(&server, SECURE, 1).await;
        server.stop(GRACE);
        drained(server);
        assert!(silent.is_over().await);
    });
}

#[test]
fn a_handshake_under_way_is_finished_and_its_first_request_answered() {
    run(async {
        let (server, _) = start();
        let socket = tcp(server.addresses[SECURE], None).await;
        accepted(&server, SECURE, 1).await;
        server.stop(GRACE);
        let mut client = Raw::new(tls(socket, Speaks::H1).await);
        assert_eq!(client.ask(HELLO).await.text(), "hello");
        drop(client);
        drained(server);
    });
}

#[test]
fn a_head_that_is_half_here_is_read_to_its_end_and_answered() {
    run(async {
        let (server, _) = start();
        let mut client = plain(&server).await;
        assert_eq!(client.ask(HELLO).await.header("connection"), None);
        client.send("GET / HTTP/1.1\r\nho").await;
        while server.stats(PLAIN, |stats| stats.bytes_in.get()) < HELLO.len() as u64 + 18 {
            tokio::task::yield_now().await;
        }
        server.stop(GRACE);
        let reply = client.ask("st: x\r\n\r\n").await;
        assert_eq!(reply.header("connection"), Some("close"));
        assert_eq!(reply.text(), "hello");
        assert!(client.is_over().await);
        drained(server);
    });
}

#[test]
fn a_handler_at_work_finishes_and_its_reply_says_close() {
    run(async {
        let (server, mut ended) = start();
        let mut client = plain(&server).await;
        client.send(post("/wait")).await;
        begun(&server, PLAIN, 1).await;
        server.stop(GRACE);
        let reply = client.ask("x").await;
        assert_eq!(reply.header("connection"), Some("close"));
        assert_eq!(reply.text(), "waited");
        assert!(client.is_over().await);
        assert_eq!(ended.recv().await, Some(Ok(())));
        drained(server);
    });
}

#[test]
fn a_body_that_is_half_sent_is_sent_to_its_end() {
    run(async {
        let (server, _) = start();
        let mut client = plain(&server).await;
        let io = tls(tcp(server.addresses[SECURE], None).await, Speaks::H1).await;
        let mut secure = Raw::new(io);
        client.send(post("/halves")).await;
        secure.send(post("/halves")).await;
        client.head().await;
        secure.head().await;
        assert_eq!(client.chunk().await, body(100));
        assert_eq!(secure.chunk().await, body(100));
        server.stop(GRACE);
        client.send("x").await;
        secure.send("x").await;
        assert_eq!(client.chunk().await, body(100));
        assert_eq!(secure.chunk().await, body(100));
        assert_eq!(client.rest().await.unwrap(), b"0\r\n\r\n");
        assert_eq!(secure.rest().await.unwrap(), b"0\r\n\r\n");
        drop((client, secure));
        drained(server);
    });
}

#[test]
fn idle_connections_are_closed_after_a_short_last_call() {
    run(async {
        let (server, _) = start();
        let mut client = plain(&server).await;
        let io = tls(tcp(server.addresses[SECURE], None).await, Speaks::H1).await;
        let mut secure = Raw::new(io);
        assert_eq!(client.ask(HELLO).await.status(), 200);
        assert_eq!(secure.ask(HELLO).await.status(), 200);
        let begun = Instant::now();
        server.stop(GRACE);
        assert!(client.is_over().await);
        // With close_notify: an orderly end.
        assert!(secure.is_over().await);
        drop((client, secure));
        drained(server);
        assert!(
            begun.elapsed() < Duration::from_secs(3),
            "{:?}",
            begun.elapsed()
        );
    });
}

#[test]
fn a_connection_that_has_just_answered_may_ask_once_more() {
    run(async {
        let (server, _) = start();
        let mut client = plain(&server).await;
        let io = tls(tcp(server.addresses[SECURE], None).await, Speaks::H1).await;
        let mut secure = Raw::new(io);
        assert_eq!(client.ask(HELLO).await.status(), 200);
        assert_eq!(secure.ask(HELLO).await.status(), 200);
        // As if these requests had been under way.
        server.stop(GRACE);
        let replies = [client.ask(HELLO).await, secure.ask(HELLO).await];
        assert!(
            replies
                .iter()
                .all(|reply| reply.header("connection") == Some("close"))
        );
        assert!(client.is_over().await && secure.is_over().await);
        drop((client, secure));
        drained(server);
    });
}

#[test]
fn http2_streams_are_finished_and_no_more_are_begun() {
    run(async {
        let (server, _) = start();
        let io = tls(tcp(server.addresses[SECURE], None).await, Speaks::H2).await;
        let (client, connection) = h2::client::handshake(io).await.unwrap();
        let connection = spawn_local(connection);
        let mut client = client.ready().await.unwrap();
        let request = || Request::post("https://localhost/halves").body(()).unwrap();
        let (reply, mut upload) = client.send_request(request(), false).unwrap();
        let mut down = reply.await.unwrap().into_body();
        assert_eq!(down.data().await.unwrap().unwrap(), body(100));
        server.stop(GRACE);
        // GOAWAY has come when no stream can be begun any more.
        while client.clone().ready().await.is_ok() {
            tokio::task::yield_now().await;
        }
        upload.send_data(Bytes::from_static(b"x"), true).unwrap();
        assert_eq!(down.data().await.unwrap().unwrap(), body(100));
        // The end may be a frame of its own.
        while let Some(rest) = down.data().await {
            assert!(rest.unwrap().is_empty());
        }
        drop((client, down, upload));
        connection.await.unwrap().unwrap();
        drained(server);
    });
}

#[test]
fn a_client_that_opens_its_window_late_gets_the_rest_of_its_body() {
    run(async {
        let (server, _) = start();
        let io = tls(tcp(server.addresses[SECURE], None).await, Speaks::H2).await;
        let (client, connection) = h2::client::handshake(io).await.unwrap();
        let connection = spawn_local(connection);
        let mut client = client.ready().await.unwrap();
        let request = Request::get("https://localhost/large").body(()).unwrap();
        let (reply, _) = client.send_request(request, true).unwrap();
        let mut down = reply.await.unwrap().into_body();
        server.stop(GRACE);
        // Far longer than a connection that has nothing to say is waited for.
        tokio::time::sleep(Duration::from_secs(3)).await;
        let mut all = Vec::new();
        while let Some(piece) = down.data().await {
            let piece = piece.unwrap();
            down.flow_control().release_capacity(piece.len()).unwrap();
            all.extend_from_slice(&piece);
        }
        assert!(all == body(200_000));
        drop((client, down));
        connection.await.unwrap().unwrap();
        drained(server);
    });
}

#[test]
fn an_idle_http2_connection_is_told_to_go_away_and_closed() {
    run(async {
        let (server, _) = start();
        let io = tcp(server.addresses[PLAIN], None).await;
        let (client, connection) = h2::client::handshake(io).await.unwrap();
        let connection = spawn_local(connection);
        let mut client = client.ready().await.unwrap();
        let request = Request::get("http://localhost/").body(()).unwrap();
        let (reply, _) = client.send_request(request, true).unwrap();
        assert_eq!(reply.await.unwrap().status(), 200);
        server.stop(GRACE);
        connection.await.unwrap().unwrap();
        drained(server);
    });
}

#[test]
fn the_drain_deadline_ends_what_does_not_end_and_says_how_much_that_was() {
    run(async {
        let (server, mut ended) = start();
        let mut client = plain(&server).await;
        let mut other = plain(&server).await;
        client.send(post("/halves")).await;
        client.head().await;
        assert_eq!(client.chunk().await, body(100));
        other.send(post("/wait")).await;
        begun(&server, PLAIN, 2).await;
        let begun = Instant::now();
        server.stop(Some(Duration::from_millis(300)));
        for _ in 0..2 {
            assert_eq!(ended.recv().await, Some(Err(Kind::Server)));
        }
        assert!(begun.elapsed() >= Duration::from_millis(300));
        let cut = Outcome::Cut {
            connections: 2,
            handlers: 2,
        };
        assert_eq!(server.outcome(), cut);
        let rest = client.rest().await.unwrap_or_default();
        assert!(rest.is_empty(), "a reply that was cut off looks whole");
    });
}

#[test]
fn a_handshake_that_does_not_go_on_is_ended_by_the_drain_deadline() {
    run(async {
        let (server, _) = start();
        let mut socket = tcp(server.addresses[SECURE], None).await;
        // The beginning of a record, and no more.
        socket.write_all(&[22, 3, 1, 2, 0, 1]).await.unwrap();
        while server.stats(SECURE, |stats| stats.bytes_in.get()) < 6 {
            tokio::task::yield_now().await;
        }
        let begun = Instant::now();
        server.stop(Some(Duration::from_millis(300)));
        server.outcome();
        assert!(begun.elapsed() < Duration::from_secs(3));
    });
}

#[test]
fn a_second_stop_changes_nothing() {
    run(async {
        let (server, _) = start();
        let mut client = plain(&server).await;
        client.send(post("/wait")).await;
        begun(&server, PLAIN, 1).await;
        server.stop(GRACE);
        server.stop(Some(Duration::ZERO));
        assert_eq!(client.ask("x").await.text(), "waited");
        drop(client);
        drained(server);
    });
}
