//! Large files on plain HTTP/1 connections, which the kernel sends: in their order between other replies, in parts,
//! to clients that hardly read, and not at all where the body is coded on its way.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects by panicking"
)]

#[path = "files/places.rs"]
mod places;
mod support;

use std::io::Read;
use std::sync::LazyLock;

use places::{Folder, send};
use sluice::config::{Compression, CompressionSaid};
use support::client::{Slow, tcp};
use support::raw::Raw;
use support::server::{Plan, Server};
use support::{LONGEST, body, hash, run};

/// Around the size from which on files are lent, and the most that is lent at once.
const SIZES: [usize; 9] = [
    0, 10, 65_535, 65_536, 65_537, 524_287, 524_288, 524_289, 1_100_000,
];

static ROOT: LazyLock<Folder> = LazyLock::new(|| {
    let folder = Folder::new("lent");
    for size in SIZES.into_iter().chain([LONGEST]) {
        folder.write(&format!("{size}.txt"), &body(size));
    }
    folder
});

static SERVER: LazyLock<Server> = LazyLock::new(|| {
    let mut plan = Plan::new(&[None]);
    plan.mounts = vec![ROOT.mount("/mount")];
    plan.compression = Some(Compression::parse(&CompressionSaid::default()).unwrap());
    Server::start(plan, |exchange| send(exchange, ROOT.path.clone()))
});

fn get(path: &str, fields: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: x\r\n{fields}\r\n")
}

#[test]
fn pipelined_files_come_whole_and_in_their_order() {
    run(async {
        let asked: Vec<_> = SIZES
            .iter()
            .rev()
            .flat_map(|size| [("mount", *size), ("sent", *size)])
            .collect();
        let requests: String = asked
            .iter()
            .map(|(by, size)| get(&format!("/{by}/{size}.txt"), ""))
            .collect();
        for is_slow in [false, true] {
            let socket = tcp(SERVER.addresses[0], Some(4096)).await;
            let (fast, slow);
            let bodies = if is_slow {
                slow = Slow::new(socket);
                bodies(Raw::new(slow), &requests, asked.len()).await
            } else {
                fast = socket;
                bodies(Raw::new(fast), &requests, asked.len()).await
            };
            for (got, (by, size)) in bodies.iter().zip(&asked) {
                assert!(
                    got[..] == body(*size)[..],
                    "{by} {size}, slow: {is_slow}: {} bytes",
                    got.len()
                );
            }
        }
    });
}

async fn bodies<IO>(mut raw: Raw<IO>, requests: &str, count: usize) -> Vec<Vec<u8>>
where
    IO: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    raw.send(requests).await;
    let mut bodies = Vec::new();
    for _ in 0..count {
        bodies.push(raw.reply().await.body);
    }
    bodies
}

#[test]
fn parts_of_a_file_are_those_that_were_asked_for() {
    run(async {
        let mut raw = Raw::new(tcp(SERVER.addresses[0], None).await);
        let whole = body(LONGEST);
        for (first, last) in [
            (1, 65_537),
            (524_287, 1_048_577),
            (4_000_001, LONGEST - 1),
            (LONGEST - 70_000, LONGEST - 2),
        ] {
            let range = format!("range: bytes={first}-{last}\r\n");
            for by in ["mount", "sent"] {
                let got = raw.ask(&get(&format!("/{by}/{LONGEST}.txt"), &range)).await;
                assert_eq!(got.status(), 206);
                assert!(got.body == whole[first..=last], "{by} {first}-{last}");
            }
        }
        let range = "range: bytes=0-99999,300000-1000000,9000000-\r\n";
        let got = raw.ask(&get(&format!("/mount/{LONGEST}.txt"), range)).await;
        let kind = got.header("content-type").unwrap();
        let boundary = kind.split_once("boundary=").unwrap().1.trim_matches('"');
        let mut expected = Vec::new();
        for (first, last) in [(0, 99_999), (300_000, 1_000_000), (9_000_000, LONGEST - 1)] {
            let head = format!(
                "\r\n--{boundary}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes {first}-{last}/{LONGEST}\r\n\r\n"
            );
            expected.extend_from_slice(head.as_bytes());
            expected.extend_from_slice(&whole[first..=last]);
        }
        expected.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        let leading = if got.body.starts_with(b"\r\n") { 0 } else { 2 };
        let shown = String::from_utf8_lossy(&got.body[..120]).into_owned();
        assert!(
            hash(&got.body.to_ascii_lowercase()) == hash(&expected[leading..].to_ascii_lowercase()),
            "{} bytes, {shown}",
            got.body.len()
        );
    });
}

#[test]
fn an_http_1_0_client_gets_a_file_and_head_gets_none() {
    run(async {
        let mut raw = Raw::new(tcp(SERVER.addresses[0], None).await);
        let path = format!("/mount/{LONGEST}.txt");
        raw.send(format!("HEAD {path} HTTP/1.1\r\nhost: x\r\n\r\n"))
            .await;
        let head = raw.head().await;
        assert_eq!(head.header("content-length"), Some(&*LONGEST.to_string()));
        let got = raw.ask(&get("/mount/10.txt", "")).await;
        assert!(got.body == body(10)[..], "HEAD had a body");

        let mut raw = Raw::new(tcp(SERVER.addresses[0], None).await);
        let got = raw.ask(&format!("GET {path} HTTP/1.0\r\n\r\n")).await;
        assert!(got.body == body(LONGEST)[..]);
        assert!(raw.is_over().await);
    });
}

#[test]
fn what_is_coded_on_its_way_is_read_and_coded() {
    run(async {
        let mut raw = Raw::new(tcp(SERVER.addresses[0], None).await);
        for by in ["mount", "sent"] {
            let path = format!("/{by}/1100000.txt");
            let got = raw.ask(&get(&path, "accept-encoding: gzip\r\n")).await;
            assert_eq!(got.header("content-encoding"), Some("gzip"), "{by}");
            let mut plain = Vec::new();
            flate2::read::GzDecoder::new(&got.body[..])
                .read_to_end(&mut plain)
                .unwrap();
            assert!(plain == body(1_100_000)[..], "{by}");
            let got = raw.ask(&get(&path, "")).await;
            assert!(got.body == body(1_100_000)[..], "{by}");
        }
    });
}
