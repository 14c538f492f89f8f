//! Files of every boundary size over every ring, from a mount and from a handler, with a client that reads at full
//! speed and one that hardly reads.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects by panicking"
)]

#[path = "files/places.rs"]
mod places;
mod support;

use std::sync::LazyLock;

use places::{Folder, check, send};
use support::client::{Client, Slow, Speaks, tcp, tls};
use support::server::{Plan, Server};
use support::{LONGEST, body, run};

const RINGS: [Option<usize>; 5] = [
    None,
    Some(1024),
    Some(17_408),
    Some(34_816),
    Some(1_048_576),
];

const SIZES: [usize; 17] = [
    0, 1, 1023, 1024, 1025, 16_383, 16_384, 16_385, 34_816, 65_535, 65_536, 65_537, 131_072,
    131_073, 262_145, 1_048_577, LONGEST,
];

static ROOT: LazyLock<Folder> = LazyLock::new(|| {
    let folder = Folder::new("matrix");
    for size in SIZES {
        folder.write(&size.to_string(), &body(size));
    }
    folder
});

static SERVER: LazyLock<Server> = LazyLock::new(|| {
    let mut plan = Plan::new(&RINGS);
    plan.mounts = vec![ROOT.mount("/mount")];
    Server::start(plan, |exchange| send(exchange, ROOT.path.clone()))
});

async fn connect(at: usize, speaks: Speaks) -> Client {
    let address = SERVER.addresses[at];
    match RINGS[at] {
        None => Client::plain(address, speaks).await,
        Some(_) => Client::secure(address, speaks).await,
    }
}

async fn all_sizes(speaks: Speaks) {
    for (at, ring) in RINGS.iter().enumerate() {
        let mut client = connect(at, speaks).await;
        for size in SIZES {
            for by in ["mount", "sent"] {
                let what = format!("{speaks:?} over {ring:?}");
                check(&mut client, &format!("/{by}/{size}"), size, &what).await;
            }
        }
    }
}

#[test]
fn files_of_every_size_arrive_whole_over_every_ring_by_http1() {
    run(all_sizes(Speaks::H1));
}

#[test]
fn files_of_every_size_arrive_whole_over_every_ring_by_http2() {
    run(all_sizes(Speaks::H2));
}

#[test]
fn a_client_that_hardly_reads_gets_files_whole() {
    run(async {
        for (at, ring) in RINGS.iter().enumerate() {
            for speaks in [Speaks::H1, Speaks::H2] {
                let socket = Slow::new(tcp(SERVER.addresses[at], Some(4096)).await);
                let mut client = match ring {
                    None => Client::over(socket, speaks).await,
                    Some(_) => Client::over(tls(socket, speaks).await, speaks).await,
                };
                for by in ["mount", "sent"] {
                    let what = format!("slow {speaks:?} over {ring:?}");
                    check(&mut client, &format!("/{by}/262145"), 262_145, &what).await;
                }
            }
        }
    });
}
