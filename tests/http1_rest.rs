//! An HTTP/1 connection that says nothing rests: it holds little memory, and takes what comes next as if
//! it had not.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects by panicking"
)]

mod support;

use std::rc::Rc;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use peak_alloc::PeakAlloc;
use sluice::config::Timeouts;
use sluice::error::Result;
use sluice::http::{Connection, Exchange};
use support::pipe::Rig;
use support::raw::Raw;
use support::{hash, path, read_all, run, told, within};
use tokio::io::{AsyncReadExt, DuplexStream, duplex};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const ASK: &str = "GET /one HTTP/1.1\r\nHost: x\r\n\r\n";

/// One of the two buffers that hyper holds of an idle connection, in bytes.
const BUFFER: usize = 8 * 1024;

async fn answer(exchange: Rc<Exchange>) -> Result<()> {
    let got = read_all(&exchange).await?;
    let path = path(&exchange)[0].clone();
    let reply = if got.is_empty() { path.into() } else { got };
    exchange.reply.end(Bytes::from(reply))
}

/// One test at a time: they measure the memory of the process.
fn alone(test: impl Future<Output = ()>) {
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    run(test);
}

fn rig() -> Rig {
    Rig::new(told(answer).0)
}

/// How many connections are measured together: what else the process takes meanwhile is small beside them.
const CROWD: usize = 16;

/// A client that was answered and has said nothing since, once its connection, and others with it, hold less than a
/// buffer each.
async fn rested(rig: &Rig) -> (Raw<DuplexStream>, Rc<Connection>) {
    let before = MEMORY.current_usage();
    let pipe = duplex(64 * 1024);
    let pipe_alone = MEMORY.current_usage() - before;
    drop(pipe);
    let mut crowd = Vec::new();
    for _ in 0..CROWD {
        let (client, connection) = rig.drained_pipe();
        let mut client = Raw::new(client);
        assert_eq!(client.ask(ASK).await.text(), "one");
        crowd.push((client, connection));
    }
    let most = before + CROWD * (pipe_alone + BUFFER);
    within(Duration::from_secs(30), async {
        while MEMORY.current_usage() > most {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    })
    .await;
    crowd.pop().unwrap()
}

#[test]
fn a_connection_at_rest_holds_no_buffers_and_answers_again() {
    alone(async {
        let rig = rig();
        for _ in 0..5 {
            let (mut client, _connection) = rested(&rig).await;
            assert_eq!(client.ask(ASK).await.text(), "one");
        }
    });
}

#[test]
fn what_ends_a_rest_may_come_in_any_pieces() {
    alone(async {
        let rig = rig();
        let body = support::body(20_000);
        let length = body.len();
        let head = format!("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n");
        let request = [head.as_bytes(), &body].concat();
        let mut others = Vec::new();
        for first in [
            1,
            2,
            head.len() - 1,
            head.len(),
            head.len() + 1,
            2047,
            2048,
            2049,
        ] {
            let (mut client, _connection) = rested(&rig).await;
            client.send(&request[..first]).await;
            tokio::task::yield_now().await;
            client.send(&request[first..]).await;
            let reply = client.reply().await;
            assert_eq!(hash(&reply.body), hash(&body), "{first}");
            assert_eq!(client.ask(ASK).await.text(), "one");
            others.push(client);
        }
    });
}

#[test]
fn requests_that_end_a_rest_together_are_answered_in_order() {
    alone(async {
        let (mut client, _connection) = rested(&rig()).await;
        let requests: String = (0..5)
            .map(|at| ASK.replace("one", &at.to_string()))
            .collect();
        client.send(requests).await;
        for at in 0..5 {
            assert_eq!(client.reply().await.text(), at.to_string());
        }
    });
}

#[test]
fn what_came_of_a_request_behind_the_last_one_is_not_lost() {
    alone(async {
        for part in ["\r\n", "G", "GET /two HTTP/1.1\r\nHo"] {
            let rig = rig();
            let (client, _connection) = rig.drained_pipe();
            let mut client = Raw::new(client);
            client.send([ASK, part].concat()).await;
            assert_eq!(client.reply().await.text(), "one");
            // Long enough for another connection to come to rest.
            drop(rested(&rig).await);
            let whole = ASK.replace("one", "two");
            client
                .send(whole.strip_prefix(part).unwrap_or(&whole))
                .await;
            assert_eq!(client.reply().await.text(), "two");
        }
    });
}

#[test]
fn what_no_request_may_be_is_refused_after_a_rest_as_before() {
    alone(async {
        let (mut client, _connection) = rested(&rig()).await;
        client
            .send("GET /one HTTP/1.1\r\nHost: x\nX: y\r\n\r\n")
            .await;
        assert_eq!(client.reply().await.status(), 400);
        assert_eq!(client.io.read(&mut [0; 1]).await.unwrap(), 0);
    });
}

#[test]
fn a_client_that_leaves_ends_a_rest() {
    alone(async {
        let rig = rig();
        let (client, connection) = rested(&rig).await;
        drop(client);
        within(Duration::from_secs(10), async {
            while Rc::strong_count(&connection) > 1 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        })
        .await;
    });
}

#[test]
fn a_server_that_drains_ends_a_rest_in_good_order() {
    alone(async {
        let (mut client, connection) = rested(&rig()).await;
        connection.drain();
        assert_eq!(client.io.read(&mut [0; 1]).await.unwrap(), 0);
    });
}

#[test]
fn a_rest_is_no_longer_than_a_connection_may_be_idle() {
    alone(async {
        let timeouts = Timeouts {
            idle: Duration::from_millis(300),
            ..Timeouts::DEFAULT
        };
        let (mut client, _connection) = rested(&rig().timeouts(timeouts)).await;
        assert_eq!(client.io.read(&mut [0; 1]).await.unwrap(), 0);
    });
}

#[test]
fn a_head_that_ends_a_rest_must_come_to_its_end() {
    alone(async {
        let timeouts = Timeouts {
            head: Duration::from_millis(100),
            ..Timeouts::DEFAULT
        };
        let (mut client, _connection) = rested(&rig().timeouts(timeouts)).await;
        client.send("GET /one HTTP/1.1\r\nHo").await;
        assert_eq!(client.io.read(&mut [0; 1]).await.unwrap(), 0);
    });
}
