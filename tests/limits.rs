//! Limits on what is at work, on who waits, and on one client's connections: each refuses with its own answer and
//! counts by itself.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects by panicking"
)]

#[path = "files/places.rs"]
mod places;
mod support;

use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use places::Folder;
use sluice::config::Limits;
use sluice::http::Exchange;
use support::client::{Client, Speaks, tcp};
use support::raw::{Raw, Reply};
use support::server::{Plan, Server};
use support::{Work, read_all, run};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};

/// Answers with how many came before, once the whole body is here: its client says how long it takes.
fn numbered(exchange: Rc<Exchange>) -> Work {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    Box::pin(async move {
        if read_all(&exchange).await.is_ok() {
            let text = number.to_string();
            exchange.reply.end(Bytes::from(text)).unwrap();
        } else {
            exchange.reply.abort();
        }
    })
}

fn plan(change: impl FnOnce(&mut Limits)) -> Plan {
    let mut plan = Plan::new(&[None]);
    change(&mut plan.limits);
    plan
}

const GET: &str = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";

/// A request that is at work until a byte follows.
async fn hold(server: &Server) -> Raw<TcpStream> {
    let mut raw = Raw::new(tcp(server.addresses[0], None).await);
    raw.send("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\n\r\n")
        .await;
    until(|| server.stats(0, |stats| stats.active.get() == 1)).await;
    raw
}

async fn until(mut is_so: impl FnMut() -> bool) {
    while !is_so() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// A request that waits in the queue.
async fn wait(server: &Server, before: u64) -> Raw<TcpStream> {
    let mut raw = Raw::new(tcp(server.addresses[0], None).await);
    raw.send(GET).await;
    until(|| server.stats(0, move |stats| stats.active.get() > before)).await;
    raw
}

fn number(reply: &Reply) -> usize {
    assert_eq!(reply.status(), 200, "{reply:?}");
    reply.text().parse().unwrap()
}

#[test]
fn requests_past_the_limit_wait_in_their_order_and_past_the_queue_are_refused() {
    let server = Server::start(
        plan(|limits| {
            limits.requests = 1;
            limits.queue = 2;
        }),
        numbered,
    );
    run(async {
        let mut first = hold(&server).await;
        let mut second = wait(&server, 1).await;
        let mut third = wait(&server, 2).await;
        for speaks in [Speaks::H1, Speaks::H2] {
            let mut client = Client::plain(server.addresses[0], speaks).await;
            let refused = client.fetch("/").await.unwrap();
            assert_eq!(refused.status(), 503);
            assert_eq!(refused.headers().get("retry-after").unwrap(), "1");
        }
        first.send("x").await;
        let first = number(&first.reply().await);
        let second_reply = second.reply().await;
        assert_eq!(number(&second_reply), first + 1);
        assert_eq!(number(&third.reply().await), first + 2);
        // There is room again.
        assert_eq!(number(&second.ask(GET).await), first + 3);
    });
    assert_eq!(server.stats(0, |stats| stats.limits.queue.get()), 2);
}

#[test]
fn without_a_queue_what_is_too_much_is_refused_at_once() {
    let server = Server::start(
        plan(|limits| {
            limits.requests = 1;
            limits.queue = 0;
        }),
        numbered,
    );
    run(async {
        let mut first = hold(&server).await;
        let mut other = Raw::new(tcp(server.addresses[0], None).await);
        assert_eq!(other.ask(GET).await.status(), 503);
        first.send("x").await;
        number(&first.reply().await);
        number(&other.ask(GET).await);
    });
}

#[test]
fn a_client_that_leaves_the_queue_makes_room_and_costs_no_handler() {
    let server = Server::start(
        plan(|limits| {
            limits.requests = 1;
            limits.queue = 1;
        }),
        numbered,
    );
    run(async {
        let mut first = hold(&server).await;
        drop(wait(&server, 1).await);
        // The server sees by its sweep that the client is gone.
        until(|| server.stats(0, |stats| stats.active.get() == 1)).await;
        let mut third = wait(&server, 1).await;
        first.send("x").await;
        let before = number(&first.reply().await);
        assert_eq!(number(&third.reply().await), before + 1);
    });
    assert_eq!(server.stats(0, |stats| stats.limits.queue.get()), 0);
}

#[test]
fn a_handler_whose_client_leaves_gives_its_place_to_the_next() {
    let server = Server::start(plan(|limits| limits.requests = 1), numbered);
    run(async {
        let first = hold(&server).await;
        let mut second = wait(&server, 1).await;
        drop(first);
        number(&second.reply().await);
    });
}

#[test]
fn what_a_mount_answers_needs_no_place() {
    let folder = Folder::new("places");
    folder.write("file", b"from the mount");
    let mut plan = plan(|limits| {
        limits.requests = 1;
        limits.queue = 0;
    });
    plan.mounts = vec![folder.mount("/files")];
    let server = Server::start(plan, numbered);
    run(async {
        let mut first = hold(&server).await;
        let mut other = Client::plain(server.addresses[0], Speaks::H1).await;
        let file = other.fetch("/files/file").await.unwrap();
        assert_eq!(&file.body()[..], b"from the mount");
        first.send("x").await;
        number(&first.reply().await);
    });
}

async fn from(client: Ipv4Addr, server: SocketAddr) -> Raw<TcpStream> {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from((client, 0))).unwrap();
    Raw::new(socket.connect(server).await.unwrap())
}

#[test]
fn one_address_has_so_many_connections_and_others_are_served() {
    let server = Server::start(plan(|limits| limits.per_address = 2), numbered);
    let (one, other) = (Ipv4Addr::new(127, 0, 0, 2), Ipv4Addr::new(127, 0, 0, 3));
    run(async {
        let mut open = Vec::new();
        for _ in 0..2 {
            let mut raw = from(one, server.addresses[0]).await;
            number(&raw.ask(GET).await);
            open.push(raw);
        }
        let mut third = from(one, server.addresses[0]).await;
        let refused = third.reply().await;
        assert_eq!(refused.status(), 503);
        assert_eq!(refused.header("retry-after"), Some("1"));
        assert!(third.is_over().await);
        number(&from(other, server.addresses[0]).await.ask(GET).await);

        open.pop().unwrap().io.shutdown().await.unwrap();
        until(|| server.stats(0, |stats| stats.open.get() == 1)).await;
        number(&from(one, server.addresses[0]).await.ask(GET).await);
    });
    let counts = server.stats(0, |stats| {
        let limits = &stats.limits;
        let refused = stats.refused.get();
        (limits.per_address.get(), limits.connections.get(), refused)
    });
    assert_eq!(counts, (1, 0, 1));
}

#[test]
fn every_limit_counts_by_itself() {
    let server = Server::start(
        plan(|limits| {
            limits.target = 100;
            limits.head = 8192;
            limits.headers = 10;
            limits.body = 1000;
        }),
        numbered,
    );
    let long = "x".repeat(200);
    let many = "a: b\r\n".repeat(10);
    let large = format!("a: {}\r\n", "x".repeat(9000));
    let cases = [
        (414, format!("GET /{long} HTTP/1.1\r\nhost: x\r\n\r\n")),
        (431, format!("GET / HTTP/1.1\r\nhost: x\r\n{large}\r\n")),
        (
            413,
            "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1001\r\n\r\n".to_owned(),
        ),
    ];
    run(async {
        for (status, request) in &cases {
            let mut raw = Raw::new(tcp(server.addresses[0], None).await);
            assert_eq!(raw.ask(request).await.status(), *status);
        }
        // hyper finds too many lines itself on HTTP/1.
        let mut raw = Raw::new(tcp(server.addresses[0], None).await);
        let request = format!("GET / HTTP/1.1\r\nhost: x\r\n{many}\r\n");
        assert_eq!(raw.ask(&request).await.status(), 431);
        let mut client = Client::plain(server.addresses[0], Speaks::H2).await;
        let mut request = client.request("GET", "/", Bytes::new());
        for line in 0..11 {
            let name = format!("a{line}").parse::<http::HeaderName>().unwrap();
            request.headers_mut().insert(name, "b".parse().unwrap());
        }
        assert_eq!(client.send(request).await.unwrap().status(), 431);
        let chunked = "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n7d0\r\n";
        let mut raw = Raw::new(tcp(server.addresses[0], None).await);
        raw.send(format!("{chunked}{}\r\n0\r\n\r\n", "x".repeat(2000)))
            .await;
        let _ = raw.rest().await;
    });
    // What hyper finds itself counts when its connection is over.
    run(until(|| server.stats(0, |stats| stats.open.get() == 0)));
    let counts = server.stats(0, |stats| {
        let limits = &stats.limits;
        [&limits.target, &limits.head, &limits.headers, &limits.body].map(|limit| limit.get())
    });
    assert_eq!(counts, [1, 2, 1, 2]);
}
