//! Requests past a limit that no handler ever sees. Each is answered with its status, or the connection ends;
//! nothing hangs. Those that are malformed or ambiguous are in `http1_conformance.rs`.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects by panicking"
)]

mod support;

use std::rc::Rc;

use bytes::Bytes;
use sluice::config::Limits;
use sluice::error::{Kind, Result};
use sluice::http::Exchange;
use support::client::tcp;
use support::pipe::Rig;
use support::raw::Raw;
use support::server::{Plan, Server};
use support::{read_all, run, told};
use tokio::io::AsyncWriteExt;

const LIMITS: Limits = Limits {
    body: 1000,
    ..Limits::DEFAULT
};

async fn answer(exchange: Rc<Exchange>) -> Result<()> {
    let got = read_all(&exchange).await;
    if let Err(error) = &got
        && error.kind() == Kind::BodyTooLarge
    {
        exchange.reply.set_status(413, None)?;
    }
    exchange.reply.end(got.map(Bytes::from).unwrap_or_default())
}

/// Sends `request` and checks that it is refused with `status`, in an orderly way, and that what
/// follows on the connection is not answered.
fn refused(status: u16, request: impl AsRef<[u8]>) {
    let request = request.as_ref();
    let shown = &request.escape_ascii().to_string()[..request.len().min(80)];
    run(async {
        let (handler, mut ended) = told(answer);
        let rig = Rig::new(handler).limits(LIMITS);
        let mut raw = Raw::new(rig.pipe());
        raw.send(request).await;
        // The server may have closed already.
        let _ = raw.io.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
        let reply = raw.reply().await;
        assert_eq!(reply.status(), status, "{shown}");
        assert_eq!(reply.header("connection"), Some("close"), "{shown}");
        assert!(raw.is_over().await, "{shown}");
        assert!(ended.try_recv().is_err(), "a handler saw {shown}");
        assert_eq!(rig.stats.active.get(), 0, "{shown}");
    });
}

fn with(fields: &str) -> String {
    format!("POST / HTTP/1.1\r\nhost: x\r\n{fields}\r\n")
}

#[test]
fn a_target_past_its_limit_is_too_long() {
    let target = "a".repeat(LIMITS.target);
    refused(414, format!("GET /{target} HTTP/1.1\r\nhost: x\r\n\r\n"));
}

#[test]
fn too_many_header_fields_are_too_large() {
    refused(431, with(&"a: b\r\n".repeat(LIMITS.headers)));
    refused(431, with(&"a: b\r\n".repeat(LIMITS.headers + 10)));
}

#[test]
fn a_head_past_its_limit_is_too_large() {
    let value = "a".repeat(LIMITS.head + 1);
    refused(431, with(&format!("a: {value}\r\n")));
}

#[test]
fn what_is_at_its_limit_is_answered() {
    run(async {
        let rig = Rig::new(told(answer).0).limits(LIMITS);
        let mut raw = Raw::new(rig.pipe());
        let target = "a".repeat(LIMITS.target - 1);
        let head = format!("GET /{target} HTTP/1.1\r\nhost: x\r\n\r\n");
        assert_eq!(raw.ask(&head).await.status(), 200);
        let fields = "a: b\r\n".repeat(LIMITS.headers - 1);
        assert_eq!(raw.ask(&with(&fields)).await.status(), 200);
        let body = "x".repeat(1000);
        let request = format!("{}{body}", with("content-length: 1000\r\n"));
        assert_eq!(raw.ask(&request).await.text(), body);
        assert_eq!(rig.stats.requests_refused.get(), 0);
    });
}

#[test]
fn a_body_of_a_declared_length_past_the_limit_is_too_large() {
    refused(413, with("content-length: 1001\r\n"));
    refused(
        413,
        with("content-length: 1001\r\nexpect: 100-continue\r\n"),
    );
}

#[test]
fn a_chunked_body_past_the_limit_fails_in_the_handler_which_can_still_answer() {
    run(async {
        let rig = Rig::new(told(answer).0).limits(LIMITS);
        let mut raw = Raw::new(rig.pipe());
        raw.send(with("transfer-encoding: chunked\r\n")).await;
        raw.send(format!("3E9\r\n{}\r\n0\r\n\r\n", "x".repeat(1001)))
            .await;
        assert_eq!(raw.reply().await.status(), 413);
    });
}

#[test]
fn a_client_that_still_uploads_gets_the_early_refusal() {
    let mut plan = Plan::new(&[None]);
    plan.limits = LIMITS;
    let server = Server::start(plan, told(answer).0);
    run(async {
        let mut raw = Raw::new(tcp(server.addresses[0], None).await);
        raw.send(with("content-length: 700000\r\n")).await;
        // All of it, before anything is read.
        raw.send(vec![b'x'; 700_000]).await;
        assert_eq!(raw.reply().await.status(), 413);
        assert!(raw.is_over().await);
    });
}

#[test]
fn a_client_that_still_uploads_gets_the_early_reply_of_a_handler() {
    let early = async |exchange: Rc<Exchange>| exchange.reply.end(Bytes::from_static(b"no"));
    let server = Server::start(Plan::new(&[None]), told(early).0);
    run(async {
        let mut raw = Raw::new(tcp(server.addresses[0], None).await);
        raw.send(with("content-length: 900000\r\n")).await;
        raw.send(vec![b'x'; 700_000]).await;
        assert_eq!(raw.reply().await.text(), "no");
    });
}
