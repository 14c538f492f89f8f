//! Connections that break, stall and stutter at every position of an exchange: nothing hangs, nothing is left behind,
//! and no body that is short looks whole, to either side. The clock of these tests jumps: none waits for anything.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects by panicking"
)]

#[path = "faults/bench.rs"]
mod bench;
#[path = "faults/h1.rs"]
mod h1;
#[path = "faults/h2.rs"]
mod h2_client;
#[path = "files/places.rs"]
mod places;
mod support;
#[path = "faults/wire.rs"]
mod wire;

use std::time::Duration;

use bench::{Bench, positions, run};
use h1::{Script, Seen};
use places::{Folder, send};
use rustls::SupportedProtocolVersion;
use rustls::version::{TLS12, TLS13};
use socket2::SockRef;
use support::body;
use support::client::{Slow, Speaks, connector, tcp};
use support::server::{Plan as Listens, Server, identity};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio_rustls::client::TlsStream;
use wire::{Fault, Pace, Plan, Way};

const FAULTS: [Fault; 4] = [Fault::End, Fault::Reset, Fault::Stall, Fault::Drain];
const SEEDS: u64 = 60;

/// Every pace, shuffled ones by so many seeds.
fn paces(seeds: u64) -> impl Iterator<Item = Pace> {
    let steady = [Pace::Straight, Pace::Bytes, Pace::Slow];
    steady.into_iter().chain((0..seeds).map(Pace::Shuffled))
}

/// Every fault at every position of `inward` and `outward` bytes, straight on and shuffled.
fn plans(inward: Vec<usize>, outward: Vec<usize>) -> impl Iterator<Item = Plan> {
    let inward = inward.into_iter().map(|at| (Way::In, at));
    let places = inward.chain(outward.into_iter().map(|at| (Way::Out, at)));
    places.flat_map(|(way, at)| {
        FAULTS.into_iter().flat_map(move |fault| {
            [Pace::Straight, Pace::Shuffled(at as u64)].map(|pace| Plan {
                pace,
                fault: Some((way, at, fault)),
            })
        })
    })
}

fn get(path: &'static str, fields: &str) -> (&'static str, Vec<u8>) {
    let head = format!("GET {path} HTTP/1.1\r\nhost: x\r\n{fields}\r\n");
    (path, head.into_bytes())
}

/// An upload of 90 bytes, in chunks and with a trailer or of a declared length.
fn upload(fields: &str, is_chunked: bool) -> (&'static str, Vec<u8>) {
    let path = "/upload/90";
    let head = format!("POST {path} HTTP/1.1\r\nhost: x\r\nte: trailers\r\n{fields}");
    let (mut bytes, body) = (head.into_bytes(), body(90));
    if is_chunked {
        bytes.extend_from_slice(b"transfer-encoding: chunked\r\n\r\n");
        for piece in [&body[..1], &body[1..41], &body[41..]] {
            bytes.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
            bytes.extend_from_slice(piece);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"0\r\nx-sum: 1\r\n\r\n");
    } else {
        bytes.extend_from_slice(b"content-length: 90\r\n\r\n");
        bytes.extend_from_slice(&body);
    }
    (path, bytes)
}

/// Breaks the exchange of `script` at all of its positions.
async fn break_everywhere(script: Script) {
    let bench = Bench::plain();
    let mut outward = 0;
    for pace in paces(SEEDS) {
        let plan = Plan { pace, fault: None };
        let (seen, moved) = bench.meet(plan, async |io| script.play(io).await).await;
        let whole = script.check(&seen, &plan);
        assert_eq!(whole, script.paths.len(), "{plan:?}: replies are missing");
        assert_eq!(moved.inward.get(), script.bytes.len(), "{plan:?}");
        outward = moved.outward.get();
    }
    let inward = positions(script.bytes.len(), 1000, 1).collect();
    let outward = positions(outward, 900, 4099).collect();
    for plan in plans(inward, outward) {
        let (seen, _) = bench.meet(plan, async |io| script.play(io).await).await;
        let whole = script.check(&seen, &plan);
        let had_all =
            matches!(plan.fault, Some((Way::In, at, Fault::End)) if at == script.bytes.len());
        assert!(
            !had_all || whole == script.paths.len(),
            "{plan:?}: a half-close costs a reply"
        );
    }
}

#[test]
fn pipelined_replies_are_whole_or_plainly_broken_wherever_the_connection_breaks() {
    run(break_everywhere(Script::new(vec![
        get("/size/5", ""),
        get("/stream/300/100", ""),
        get("/size/0", ""),
        get("/size/7", "connection: close\r\n"),
    ])));
}

#[test]
fn chunked_uploads_are_whole_or_an_error_wherever_the_connection_breaks() {
    run(break_everywhere(Script::new(vec![
        upload("", true),
        get("/size/5", "connection: close\r\n"),
    ])));
}

#[test]
fn uploads_that_wait_to_be_asked_are_whole_or_an_error_wherever_the_connection_breaks() {
    run(break_everywhere(Script::new(vec![
        upload("expect: 100-continue\r\n", false),
        upload("expect: 100-continue\r\nconnection: close\r\n", true),
    ])));
}

#[test]
fn interim_heads_come_whole_and_in_order_wherever_the_connection_breaks() {
    run(break_everywhere(Script::new(vec![
        get("/size/5", ""),
        get("/hint/6", ""),
        get("/hint/7", "connection: close\r\n"),
    ])));
}

#[test]
fn large_replies_are_whole_or_plainly_broken_wherever_the_connection_breaks() {
    run(break_everywhere(Script::new(vec![
        get("/size/100000", ""),
        get("/stream/100000/7000", "connection: close\r\n"),
    ])));
}

#[test]
fn http2_streams_are_whole_or_plainly_broken_wherever_the_connection_breaks() {
    run(async {
        let bench = Bench::plain();
        let (mut inward, mut outward) = (0, 0);
        for pace in paces(SEEDS) {
            let plan = Plan { pace, fault: None };
            let (seen, moved) = bench.meet(plan, h2_client::play).await;
            let whole = h2_client::check(&seen, &plan);
            let timeouts = bench.timeouts();
            assert_eq!(
                whole,
                h2_client::PATHS.len(),
                "{plan:?}, {timeouts} timeouts"
            );
            (inward, outward) = (moved.inward.get(), moved.outward.get());
        }
        let inward = positions(inward, 500, 997).collect();
        let outward = positions(outward, 400, 997).collect();
        for plan in plans(inward, outward) {
            let (seen, _) = bench.meet(plan, h2_client::play).await;
            h2_client::check(&seen, &plan);
        }
    });
}

#[test]
fn many_streams_to_a_slow_client_wait_for_their_turns_and_no_deadline_passes() {
    run(async {
        let bench = Bench::plain();
        let plan = Plan {
            pace: Pace::Straight,
            fault: None,
        };
        const PAUSE: Duration = Duration::from_millis(100);
        let play = async |io| h2_client::play_many(Slow::pausing(io, PAUSE), 60).await;
        let (whole, _) = bench.meet(plan, play).await;
        assert_eq!((whole, bench.timeouts()), (60, 0));
    });
}

#[test]
fn a_stream_that_its_client_does_not_read_is_broken_off_though_others_are_busy() {
    run(async {
        let bench = Bench::plain();
        let plan = Plan {
            pace: Pace::Straight,
            fault: None,
        };
        let (others, _) = bench.meet(plan, h2_client::play_stuck).await;
        // One second, or a little more.
        assert!((10..200).contains(&others), "{others} replies beside it");
        assert_eq!(bench.timeouts(), 1);
    });
}

/// The client's end of TLS; `None` when the handshake breaks.
async fn shake(
    io: DuplexStream,
    speaks: Speaks,
    version: &'static SupportedProtocolVersion,
) -> Option<TlsStream<DuplexStream>> {
    let connector = connector(speaks, version);
    let name = "localhost".try_into().unwrap();
    connector.connect(name, io).await.ok()
}

async fn play_secured(
    script: &Script,
    io: DuplexStream,
    version: &'static SupportedProtocolVersion,
) -> Seen {
    match shake(io, Speaks::H1, version).await {
        Some(io) => script.play(io).await,
        None => Seen::default(),
    }
}

/// Breaks a TLS connection everywhere: the handshake, an upload, a reply that the close alone ends, the close.
async fn break_tls(version: &'static SupportedProtocolVersion) {
    let old = b"GET /stream/300/100 HTTP/1.0\r\nhost: x\r\n\r\n".to_vec();
    let script = Script::new(vec![upload("", true), ("/stream/300/100", old)]);
    let bench = Bench::tls(identity(4096));
    let (mut inward, mut outward) = (0, 0);
    for pace in paces(SEEDS / 3) {
        let plan = Plan { pace, fault: None };
        let (seen, moved) = bench
            .meet(plan, async |io| play_secured(&script, io, version).await)
            .await;
        let whole = script.check(&seen, &plan);
        assert_eq!(whole, script.paths.len(), "{plan:?}: replies are missing");
        (inward, outward) = (moved.inward.get(), moved.outward.get());
    }
    let inward = (0..=inward + 2).collect();
    let outward = (0..=outward + 2).collect();
    // One fault at each position and each fault at every fourth: a handshake takes its time.
    for (number, plan) in plans(inward, outward).enumerate() {
        let is_next = number % 8 / 2 == number / 8 % 4 && number % 2 == number / 32 % 2;
        if is_next {
            let (seen, _) = bench
                .meet(plan, async |io| play_secured(&script, io, version).await)
                .await;
            script.check(&seen, &plan);
        }
    }
}

#[test]
fn tls_1_3_connections_are_whole_or_plainly_broken_wherever_they_break() {
    run(break_tls(&TLS13));
}

#[test]
fn tls_1_2_connections_are_whole_or_plainly_broken_wherever_they_break() {
    run(break_tls(&TLS12));
}

#[test]
fn http2_over_the_smallest_ring_is_whole_or_plainly_broken_wherever_it_breaks() {
    run(async {
        let bench = Bench::tls(identity(1024));
        let play = async |io| match shake(io, Speaks::H2, &TLS13).await {
            Some(io) => h2_client::play(io).await,
            None => Vec::new(),
        };
        let (mut inward, mut outward) = (0, 0);
        for pace in paces(SEEDS / 3) {
            let plan = Plan { pace, fault: None };
            let (seen, moved) = bench.meet(plan, play).await;
            let whole = h2_client::check(&seen, &plan);
            let timeouts = bench.timeouts();
            assert_eq!(
                whole,
                h2_client::PATHS.len(),
                "{plan:?}, {timeouts} timeouts"
            );
            (inward, outward) = (moved.inward.get(), moved.outward.get());
        }
        let inward = positions(inward, 0, 467).collect();
        let outward = positions(outward, 0, 997).collect();
        for plan in plans(inward, outward) {
            let (seen, _) = bench.meet(plan, play).await;
            h2_client::check(&seen, &plan);
        }
    });
}

/// A file that the kernel sends needs sockets, and so the clock of the wall.
#[test]
fn clients_that_leave_at_any_byte_of_a_lent_file_leave_nothing_behind() {
    const SIZE: usize = 1_100_000;
    let folder = Folder::new("faults");
    folder.write("large.txt", &body(SIZE));
    let root = folder.path.clone();
    let mut listens = Listens::new(&[None]);
    listens.mounts = vec![folder.mount("/mount")];
    let server = Server::start(listens, move |exchange| send(exchange, root.clone()));
    support::run(async {
        let get = |from: &str| format!("GET /{from}/large.txt HTTP/1.1\r\nhost: x\r\n\r\n");
        let requests = get("mount") + &get("sent");
        let edges = [0, 200, 65_536, 524_288, SIZE, SIZE + 300, 2 * SIZE];
        let cuts = edges
            .into_iter()
            .flat_map(|edge| [edge, edge + 1, edge + 99]);
        for (cut, resets) in cuts.flat_map(|cut| [(cut, false), (cut, true)]) {
            let mut client = tcp(server.addresses[0], None).await;
            client.write_all(requests.as_bytes()).await.unwrap();
            let mut got = vec![0; cut];
            client.read_exact(&mut got).await.unwrap();
            let head = got.windows(4).position(|four| four == b"\r\n\r\n");
            let first = &got[head.map_or(cut, |head| head + 4)..];
            let first = &first[..first.len().min(SIZE)];
            assert!(first == &body(SIZE)[..first.len()], "{cut}: other bytes");
            if resets {
                SockRef::from(&client)
                    .set_linger(Some(Duration::ZERO))
                    .unwrap();
            }
        }
    });
    let left = || server.stats(0, |stats| stats.open.get() + stats.active.get());
    while left() > 0 {
        std::thread::yield_now();
    }
    let open = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
    let open = open.filter_map(|entry| std::fs::read_link(entry.path()).ok());
    let open: Vec<_> = open.filter(|path| path.ends_with("large.txt")).collect();
    assert!(open.is_empty(), "{open:?}");
}
