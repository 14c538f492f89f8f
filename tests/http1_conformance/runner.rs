//! Gives each case to the engine and looks at all that comes of it.

use std::cell::RefCell;
use std::panic::catch_unwind;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use sluice::config::Limits;
use sluice::error::Kind;
use sluice::http::Exchange;
use tokio::io::{AsyncWriteExt, DuplexStream};
use tokio::task::yield_now;
use tokio::time::timeout;

use super::case::{Asked, Case, Outcome};
use super::support::pipe::Rig;
use super::support::raw::{Raw, Reply};
use super::support::{Work, read_all, run};

pub const LIMITS: Limits = Limits {
    body: 1000,
    target: 500,
    headers: 20,
    head: 8192,
    ..Limits::DEFAULT
};

/// What the client asks next, at once; only a connection that goes on answers it.
const NEXT: &str = "GET /next HTTP/1.1\r\nHost: x\r\n\r\n";

/// Cases up to this length are sent byte by byte as well, longer ones in pieces of as many.
const SHORT: usize = 1000;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Seen {
    Whole(Asked),
    BrokenBody,
    MalformedBody,
}

type Log = Rc<RefCell<Vec<Seen>>>;

pub fn check(cases: Vec<Case>) {
    let failed: Vec<_> = cases
        .iter()
        .filter(|case| catch_unwind(|| check_both_ways(case)).is_err())
        .map(|case| &case.name)
        .collect();
    assert!(failed.is_empty(), "what failed, as said above: {failed:#?}");
}

fn check_both_ways(case: &Case) {
    let small = if case.sent.len() > SHORT { SHORT } else { 1 };
    for piece in [usize::MAX, small] {
        run(async {
            let checked = timeout(Duration::from_secs(5), check_one(case, piece)).await;
            assert!(checked.is_ok(), "{} is stuck", case.name);
        });
    }
}

async fn check_one(case: &Case, piece: usize) {
    let log = Log::default();
    let seen = Rc::clone(&log);
    let rig = Rig::new(move |exchange| answer(exchange, Rc::clone(&seen))).limits(LIMITS);
    let pieces = if piece == usize::MAX {
        "whole"
    } else {
        "in pieces"
    };
    let name = format!("{} ({}), {pieces}", case.name, case.section);
    let mut client = Raw::new(rig.pipe());
    send(&mut client, case, piece).await;
    come(case, &mut client, &name).await;
    assert_seen(case, &log.borrow(), &name);
    let is_refused = matches!(
        case.outcome,
        Outcome::Refused(_) | Outcome::ThenRefused(..) | Outcome::ThenClosed(_)
    );
    let refused = rig.stats.requests_refused.get();
    assert_eq!(refused, u64::from(is_refused), "{name}: refused");
    assert_eq!(rig.stats.active.get(), 0, "{name}: still at work");

    log.borrow_mut().clear();
    let reply = Raw::new(rig.pipe()).ask(NEXT).await;
    assert_eq!(reply.status(), 200, "{name}: afterwards");
    assert_eq!(*log.borrow(), [next()], "{name}: afterwards");
}

/// Answers with what came, and notes it.
fn answer(exchange: Rc<Exchange>, log: Log) -> Work {
    Box::pin(async move {
        let body = match read_all(&exchange).await {
            Ok(body) => body,
            Err(error) if error.kind() == Kind::BadRequest => {
                log.borrow_mut().push(Seen::MalformedBody);
                exchange.reply.end_plain(400, "Bad Request").unwrap();
                return;
            }
            Err(_) => {
                log.borrow_mut().push(Seen::BrokenBody);
                exchange.reply.abort();
                return;
            }
        };
        log.borrow_mut().push(Seen::Whole(Asked {
            method: exchange.request.method.to_string(),
            target: exchange.request.uri.to_string(),
            body: body.clone(),
        }));
        // A client that is gone is told nothing.
        let _ = exchange.reply.end(Bytes::from(body));
    })
}

/// The server may end the connection at any byte: what it does not take is not sent.
async fn send(client: &mut Raw<DuplexStream>, case: &Case, piece: usize) {
    let next = if case.ends { "" } else { NEXT };
    let all = [&case.sent, next.as_bytes()].concat();
    for bytes in all.chunks(piece) {
        if client.io.write_all(bytes).await.is_err() {
            return;
        }
        if piece != usize::MAX {
            yield_now().await;
        }
    }
    if case.ends {
        let _ = client.io.shutdown().await;
    }
}

/// Reads what the case comes to, to the end of the connection.
async fn come(case: &Case, client: &mut Raw<DuplexStream>, name: &str) {
    match &case.outcome {
        Outcome::Refused(statuses) => refusal(client, statuses, name).await,
        Outcome::ThenRefused(asked, statuses) => {
            answers(client, asked, name).await;
            refusal(client, statuses, name).await;
        }
        Outcome::ThenClosed(asked) => {
            answers(client, asked, name).await;
            if !client.ends().await {
                refusal(client, &[400], name).await;
            }
        }
        Outcome::Last(asked) => answers(client, asked, name).await,
        Outcome::Served(asked) => {
            answers(client, asked, name).await;
            if !case.ends {
                assert_eq!(reply(client, name).await.status(), 200, "{name}: the next");
            }
            let _ = client.io.shutdown().await;
        }
        Outcome::Malformed => refusal(client, &[400], name).await,
        Outcome::Closed | Outcome::Broken => {}
    }
    let rest = client.rest().await.unwrap_or_default();
    let shown = rest.escape_ascii();
    assert!(rest.is_empty(), "{name}: {shown} came behind the end");
}

async fn answers(client: &mut Raw<DuplexStream>, asked: &[Asked], name: &str) {
    for asked in asked {
        let reply = reply(client, name).await;
        assert_eq!(reply.status(), 200, "{name}: {asked:?}");
        assert!(reply.body == asked.body, "{name}: {reply:?}");
    }
}

async fn refusal(client: &mut Raw<DuplexStream>, statuses: &[u16], name: &str) {
    let reply = reply(client, name).await;
    assert!(statuses.contains(&reply.status()), "{name}: {reply:?}");
    assert_eq!(reply.header("connection"), Some("close"), "{name}");
}

/// The next final reply.
async fn reply(client: &mut Raw<DuplexStream>, name: &str) -> Reply {
    loop {
        assert!(!client.ends().await, "{name}: the connection ended");
        let reply = client.reply().await;
        if reply.status() != 100 {
            return reply;
        }
    }
}

/// What handlers saw, and that they saw no more.
fn assert_seen(case: &Case, log: &[Seen], name: &str) {
    let whole = |asked: &[Asked]| asked.iter().cloned().map(Seen::Whole).collect::<Vec<_>>();
    let expected = match &case.outcome {
        Outcome::Refused(_) | Outcome::Closed => Vec::new(),
        Outcome::Broken => vec![Seen::BrokenBody],
        Outcome::Malformed => vec![Seen::MalformedBody],
        Outcome::Last(asked) | Outcome::ThenClosed(asked) | Outcome::ThenRefused(asked, _) => {
            whole(asked)
        }
        Outcome::Served(asked) if case.ends => whole(asked),
        Outcome::Served(asked) => [whole(asked), vec![next()]].concat(),
    };
    assert_eq!(log, expected, "{name}: what handlers saw");
}

fn next() -> Seen {
    Seen::Whole(Asked {
        method: "GET".into(),
        target: "/next".into(),
        body: Vec::new(),
    })
}
