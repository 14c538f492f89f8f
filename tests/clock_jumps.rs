//! The machine's clock is set forward and back: no deadline passes, what runs goes on, and the Date follows.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects by panicking"
)]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use sluice::config::Timeouts;
use sluice::error::Result;
use sluice::http::Exchange;
use support::client::{Client, Speaks, tcp};
use support::raw::Raw;
use support::server::{Plan, Server};
use support::{read_all, run, told, write};

/// Names the file that says where the clock of a process with faketime is.
const CLOCK: &str = "SLUICE_TEST_CLOCK";

const DAY: i64 = 86_400;

/// Writes a part before it waits for the body, and the rest after.
async fn answer(exchange: Rc<Exchange>) -> Result<()> {
    if exchange.request.uri.path() == "/begun" {
        write(&exchange, Bytes::from_static(b"begun, ")).await?;
        let body = read_all(&exchange).await?;
        return exchange.reply.end(body.into());
    }
    exchange.reply.end(Bytes::from_static(b"hello"))
}

/// Needs a process of its own, whose clock `faketime` moves; the one that only goes forward stays.
#[test]
fn a_clock_that_is_set_forward_and_back_ends_nothing_and_moves_the_date() {
    if std::env::var_os(CLOCK).is_some() {
        return jump();
    }
    let Some(library) = faketime() else {
        println!("NOT TESTED: Debian's package libfaketime is not installed");
        return;
    };
    let clock = std::env::temp_dir().join(format!("sluice-clock-{}", std::process::id()));
    set(&clock, 0);
    let done = Command::new(std::env::current_exe().unwrap())
        .env(CLOCK, &clock)
        .env("LD_PRELOAD", library)
        .env("FAKETIME_TIMESTAMP_FILE", &clock)
        .env("FAKETIME_NO_CACHE", "1")
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        .status();
    std::fs::remove_file(&clock).unwrap();
    assert!(done.unwrap().success());
}

/// Where Debian has the library.
fn faketime() -> Option<PathBuf> {
    let mut folders = std::fs::read_dir("/usr/lib").ok()?.flatten();
    folders.find_map(|folder| {
        let library = folder.path().join("faketime/libfaketimeMT.so.1");
        library.exists().then_some(library)
    })
}

fn set(clock: &Path, offset: i64) {
    let new = clock.with_extension("new");
    std::fs::write(&new, format!("{offset:+}")).unwrap();
    std::fs::rename(new, clock).unwrap();
}

fn jump() {
    let clock = PathBuf::from(std::env::var_os(CLOCK).unwrap());
    let minute = Duration::from_secs(60);
    let mut plan = Plan::new(&[None]);
    plan.timeouts = Timeouts {
        head: minute,
        idle: minute,
        body: minute,
        write: minute,
        ..Timeouts::DEFAULT
    };
    let server = Server::start(plan, told(answer).0);
    let address = server.addresses[0];
    let began = SystemTime::now();
    run(async {
        let mut idle = Client::plain(address, Speaks::H1).await;
        let mut h2 = Client::plain(address, Speaks::H2).await;
        for offset in [0, DAY, -DAY, 365 * DAY, 0] {
            let mut half = Raw::new(tcp(address, None).await);
            half.send("GET / HTTP/1.1\r\nho").await;
            let mut begun = Raw::new(tcp(address, None).await);
            begun
                .send("POST /begun HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\nbo")
                .await;
            begun.head().await;
            assert_eq!(begun.chunk().await, b"begun, ");
            set(&clock, offset);
            let now = SystemTime::now();
            let moved = now.duration_since(began).map_or_else(
                |back| -(back.duration().as_secs() as i64),
                |forward| forward.as_secs() as i64,
            );
            assert!(
                (moved - offset).abs() < 60,
                "faketime has moved it by {moved}"
            );
            for client in [&mut idle, &mut h2] {
                let reply = client.fetch("/").await.unwrap();
                let date = reply.headers().get("date").unwrap().to_str().unwrap();
                let date = httpdate::parse_http_date(date).unwrap();
                let off = date
                    .duration_since(now)
                    .unwrap_or_else(|late| late.duration());
                assert!(
                    off < Duration::from_secs(5),
                    "{offset}: {date:?} at {now:?}"
                );
            }
            begun.send("dy").await;
            assert_eq!(begun.chunk().await, b"body", "{offset}");
            half.send("st: x\r\n\r\n").await;
            assert_eq!(half.reply().await.text(), "hello", "{offset}");
        }
    });
    let passed = server.stats(0, |stats| {
        let timeouts = &stats.timeouts;
        [
            &timeouts.head,
            &timeouts.idle,
            &timeouts.body,
            &timeouts.write,
        ]
        .map(|count| count.get())
    });
    assert_eq!(passed, [0; 4]);
}
