//! Every body path over every ring, with a client that reads at full speed and one that hardly
//! reads: buffered and streamed in pieces, HTTP/1.1 and HTTP/2, at the sizes where records,
//! windows, rings and buffers end.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects by panicking"
)]

mod support;

use std::rc::Rc;
use std::sync::{Arc, LazyLock};
use std::time::Instant;

use sluice::http::Exchange;
use support::client::{Client, Slow, Speaks, tcp, tls};
use support::pipe::Rig;
use support::server::{Plan, Server, identity};
use support::{LONGEST, Work, body, hash, path, run, stream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

const RINGS: [usize; 6] = [1024, 4096, 17_408, 34_816, 65_536, 1_048_576];

/// How the handler makes its reply: at once, or in pieces of so many bytes.
const PIECES: [Option<usize>; 5] = [None, Some(1), Some(1000), Some(16_384), Some(100_000)];

/// Pieces of one byte only for bodies up to this.
const MOST_BY_BYTE: usize = 20_000;

/// Slow clients only for bodies up to this.
const MOST_SLOWLY: usize = 300_000;

/// The 4 KiB socket buffers of a client that hardly reads, in bytes.
const SLOW_BUFFER: u32 = 4096;

/// How many slow clients there are at a time.
const SLOW_CLIENTS: usize = 250;

/// One server for all tests of this file: a listener per ring.
static SERVER: LazyLock<Server> =
    LazyLock::new(|| Server::start(Plan::new(&RINGS.map(Some)), reply));

/// Answers `/whole/<size>` and `/<piece>/<size>`.
fn reply(exchange: Rc<Exchange>) -> Work {
    Box::pin(async move {
        let path = path(&exchange);
        let body = body(path[1].parse().unwrap());
        let done = match path[0].as_str() {
            "whole" => exchange.reply.end(body),
            piece => stream(&exchange, body, piece.parse().unwrap()).await,
        };
        done.unwrap();
    })
}

/// One reply of the matrix.
#[derive(Clone, Copy, Debug)]
struct Cell {
    ring: usize,
    speaks: Speaks,
    piece: Option<usize>,
    size: usize,
}

impl Cell {
    fn path(self) -> String {
        match self.piece {
            None => format!("/whole/{}", self.size),
            Some(piece) => format!("/{piece}/{}", self.size),
        }
    }

    async fn check(self, client: &mut Client) {
        let what = format!(
            "{} over ring {} by {:?}",
            self.path(),
            self.ring,
            self.speaks
        );
        let got = client.fetch(&self.path()).await;
        let got = got.unwrap_or_else(|error| panic!("{what}: {error:?}"));
        assert_eq!(got.status(), 200, "{what}");
        let length = got.headers().get("content-length");
        match self.piece {
            None => assert_eq!(length.unwrap(), &self.size.to_string(), "{what}"),
            Some(_) if self.size > 0 => assert_eq!(length, None, "{what}"),
            Some(_) => {}
        }
        assert_eq!(got.body().len(), self.size, "{what}");
        assert!(
            hash(got.body()) == expected(self.size),
            "{what}: other bytes"
        );
    }
}

/// The replies that one connection over `ring` is asked for.
fn cells(ring: usize, speaks: Speaks) -> impl Iterator<Item = Cell> {
    PIECES.into_iter().flat_map(move |piece| {
        sizes(ring)
            .into_iter()
            .filter(move |&size| piece != Some(1) || size <= MOST_BY_BYTE)
            .map(move |size| Cell {
                ring,
                speaks,
                piece,
                size,
            })
    })
}

fn sizes(ring: usize) -> Vec<usize> {
    let mut sizes = vec![
        0, 1, 16_383, 16_384, 16_385, 65_535, 65_536, 65_537, 262_143, 262_144, 262_145, LONGEST,
    ];
    sizes.extend([ring - 1, ring, ring + 1]);
    sizes.sort_unstable();
    sizes.dedup();
    sizes
}

/// The hash of the body of `size` bytes, worked out once.
fn expected(size: usize) -> [u8; 32] {
    static HASHES: LazyLock<Vec<(usize, [u8; 32])>> = LazyLock::new(|| {
        let mut sizes: Vec<usize> = RINGS.into_iter().flat_map(sizes).collect();
        sizes.sort_unstable();
        sizes.dedup();
        let hashed = sizes.into_iter().map(|size| (size, hash(&body(size))));
        hashed.collect()
    });
    let at = HASHES.binary_search_by_key(&size, |hashed| hashed.0);
    HASHES[at.unwrap()].1
}

fn address(ring: usize) -> std::net::SocketAddr {
    let at = RINGS.iter().position(|&r| r == ring);
    SERVER.addresses[at.unwrap()]
}

/// Runs `part` of the matrix and says how long it took.
fn timed(name: &str, part: impl Future<Output = usize>) {
    let begun = Instant::now();
    let replies = run(part);
    println!("{name}: {replies} replies in {:.1?}", begun.elapsed());
}

/// As [`timed`], on the server that all share.
fn on_server(name: &str, part: impl Future<Output = usize>) {
    timed(name, part);
    for (at, ring) in RINGS.into_iter().enumerate() {
        let most = SERVER.stats(at, |stats| stats.ring.as_ref().unwrap().high_water.get());
        assert!(most <= ring as u64, "ring {ring} held {most} bytes");
    }
}

/// All replies of a ring one after the other over one connection.
async fn in_turn(ring: usize, speaks: Speaks) -> usize {
    let mut client = Client::secure(address(ring), speaks).await;
    let mut replies = 0;
    for cell in cells(ring, speaks) {
        cell.check(&mut client).await;
        replies += 1;
    }
    replies
}

/// The replies of each path of a ring at the same time over one connection.
async fn at_once(ring: usize) -> usize {
    let Client::H2(client) = Client::secure(address(ring), Speaks::H2).await else {
        unreachable!("it was asked for HTTP/2");
    };
    let mut replies = 0;
    for piece in PIECES {
        let mut streams = JoinSet::new();
        for cell in cells(ring, Speaks::H2).filter(|cell| cell.piece == piece) {
            let mut client = Client::H2(client.clone());
            streams.spawn_local(async move { cell.check(&mut client).await });
        }
        replies += streams.join_all().await.len();
    }
    replies
}

/// A connection per reply, many at a time, whose client hardly reads and whose kernel keeps
/// little: what the client has not read waits in the ring, and before it.
async fn slowly(speaks: Speaks) -> usize {
    let places = Arc::new(Semaphore::new(SLOW_CLIENTS));
    let mut clients = JoinSet::new();
    let rigs = RINGS.map(|ring| Rc::new(Rig::new(reply).tls(identity(ring))));
    for (rig, ring) in rigs.iter().zip(RINGS) {
        let address = Rc::clone(rig).listen(SLOW_BUFFER);
        for cell in cells(ring, speaks).filter(|cell| cell.size <= MOST_SLOWLY) {
            let places = Arc::clone(&places);
            clients.spawn_local(async move {
                let _place = places.acquire().await.unwrap();
                let socket = tcp(address, Some(SLOW_BUFFER)).await;
                let io = tls(Slow::new(socket), speaks).await;
                cell.check(&mut Client::over(io, speaks).await).await;
            });
        }
    }
    let replies = clients.join_all().await.len();
    for rig in rigs {
        let ring = rig.stats.ring.as_ref().unwrap();
        let (size, most, waits) = (ring.capacity, ring.high_water.get(), ring.waits.get());
        println!("ring {size}: at most {most} bytes held, {waits} waits");
        assert!(most <= size as u64, "ring {size} held {most} bytes");
        // The largest body fits into the largest ring.
        assert!(
            waits > 0 || size > MOST_SLOWLY,
            "ring {size} was never full"
        );
    }
    replies
}

#[test]
fn every_body_arrives_whole_over_every_ring_by_http1() {
    on_server("http/1.1, fast", async {
        let mut replies = 0;
        for ring in RINGS {
            replies += in_turn(ring, Speaks::H1).await;
        }
        replies
    });
}

#[test]
fn every_body_arrives_whole_over_every_ring_by_http2() {
    on_server("h2, fast", async {
        let mut replies = 0;
        for ring in RINGS {
            replies += in_turn(ring, Speaks::H2).await;
        }
        replies
    });
}

#[test]
fn streams_that_share_a_ring_arrive_whole() {
    on_server("h2, fast, at once", async {
        let mut replies = 0;
        for ring in RINGS {
            replies += at_once(ring).await;
        }
        replies
    });
}

#[test]
fn a_client_that_hardly_reads_gets_every_body_whole_by_http1() {
    timed("http/1.1, slow", slowly(Speaks::H1));
}

#[test]
fn a_client_that_hardly_reads_gets_every_body_whole_by_http2() {
    timed("h2, slow", slowly(Speaks::H2));
}
