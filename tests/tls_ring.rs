//! The TLS ring: any body over any ring, whatever the transport takes, and never more than its size.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects by panicking"
)]

mod tls_support;

use std::io::{self, IoSlice, Read};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;

use sha2::{Digest, Sha256};
use sluice::net::{Address, Listener};
use sluice::tls;
use socket2::{Domain, Socket, Type};
use tls_support::{
    Accepts, OVERHEAD, Pair, RINGS, Server, TLS12, TLS13, body, meter, poll_once, run, settings,
    trusting,
};
use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// The sizes at which something changes: records, windows, and the ring itself.
fn boundary_sizes(ring: usize) -> Vec<usize> {
    let mut sizes = vec![
        0, 1, 16_383, 16_384, 16_385, 65_535, 65_536, 65_537, 262_143, 262_144, 262_145,
    ];
    sizes.extend([ring - 1, ring, ring + 1]);
    sizes
}

/// Sends `sent`, `piece` bytes in each write, then closes; the client reads to the end meanwhile.
async fn transfer(pair: &mut Pair, sent: &[u8], piece: usize) -> Vec<u8> {
    let mut received = Vec::new();
    let sending = async {
        for piece in sent.chunks(piece) {
            pair.server.write_all(piece).await?;
        }
        pair.server.shutdown().await
    };
    let (sending, receiving) = tokio::join!(sending, pair.client.read_to_end(&mut received));
    sending.unwrap();
    receiving.unwrap();
    received
}

fn write_now(server: &mut Server, bytes: &[u8]) -> Poll<io::Result<usize>> {
    poll_once(|cx| Pin::new(server).poll_write(cx, bytes))
}

/// Writes pieces until the ring is full; how many bytes it took.
fn fill(server: &mut Server, bytes: &[u8], piece: usize) -> usize {
    let mut taken = 0;
    loop {
        let end = bytes.len().min(taken + piece);
        assert!(taken < end, "the ring took everything");
        match write_now(server, &bytes[taken..end]) {
            Poll::Ready(n) => taken += n.unwrap(),
            Poll::Pending => return taken,
        }
    }
}

#[test]
fn every_ring_carries_every_boundary_size() {
    run(async {
        for ring in RINGS {
            for version in [TLS12, TLS13] {
                for size in boundary_sizes(ring) {
                    let sent = body(size);
                    let mut pair = Pair::new(ring, version).await;
                    let received = transfer(&mut pair, &sent, usize::MAX).await;
                    assert!(received == sent, "{size} bytes over a ring of {ring}");
                    let high = pair.ring().high_water.get();
                    assert!(high <= (ring + OVERHEAD) as u64, "{high} in {ring}");
                }
            }
        }
    });
}

#[test]
fn every_ring_carries_ten_mebibytes() {
    run(async {
        let sent = body(10 << 20);
        let hash = Sha256::digest(&sent);
        for ring in RINGS {
            let mut pair = Pair::new(ring, TLS13).await;
            let received = transfer(&mut pair, &sent, 100_000).await;
            assert_eq!(received.len(), sent.len());
            assert_eq!(Sha256::digest(&received), hash, "over a ring of {ring}");
        }
    });
}

#[test]
fn every_ring_carries_writes_of_every_size() {
    run(async {
        for ring in RINGS {
            for (piece, size) in [
                (1, 5000),
                (1000, 200_000),
                (16_384, 300_000),
                (100_000, 400_000),
            ] {
                let sent = body(size);
                let mut pair = Pair::new(ring, TLS13).await;
                let received = transfer(&mut pair, &sent, piece).await;
                assert!(received == sent, "pieces of {piece} over a ring of {ring}");
            }
        }
    });
}

#[test]
fn every_ring_carries_a_body_through_a_transport_that_takes_few_bytes_at_a_time() {
    run(async {
        for ring in RINGS {
            for version in [TLS12, TLS13] {
                for (few, size) in [(1, 20_000), (7, 40_000), (1000, 200_000), (16_400, 300_000)] {
                    let sent = body(size);
                    let mut pair = Pair::new(ring, version).await;
                    pair.tap.accept(Accepts::Few(few));
                    let received = transfer(&mut pair, &sent, usize::MAX).await;
                    assert!(received == sent, "{few} at a time over a ring of {ring}");
                    assert!(pair.tap.offered.get() <= ring + OVERHEAD);
                }
            }
        }
    });
}

#[test]
fn a_stuck_transport_is_offered_no_more_than_the_ring_and_loses_nothing() {
    run(async {
        let sent = body(2 << 20);
        for ring in RINGS {
            for version in [TLS12, TLS13] {
                for piece in [1, 1000, 16_384, 100_000, usize::MAX / 2] {
                    let mut pair = Pair::new(ring, version).await;
                    pair.tap.accept(Accepts::Nothing);
                    let taken = fill(&mut pair.server, &sent, piece);
                    let what = format!("pieces of {piece} into a ring of {ring}: {taken}");

                    // From the outside: nothing has left, so all that was taken is held, and all
                    // that is held was offered.
                    assert_eq!(pair.tap.written.get(), 0, "{what}");
                    let offered = pair.tap.offered.get();
                    assert!(taken > 0 && offered > taken, "{what}, {offered} offered");
                    assert!(offered <= ring + OVERHEAD, "{what}, {offered} offered");
                    // From the inside: the same numbers.
                    assert_eq!(pair.ring().high_water.get(), offered as u64, "{what}");
                    assert_eq!(pair.server.held(), offered, "{what}");
                    assert_eq!(pair.ring().waits.get(), 1, "{what}");

                    pair.tap.accept(Accepts::All);
                    let rest = &sent[taken..taken + 50_000];
                    let received = transfer(&mut pair, rest, usize::MAX).await;
                    assert!(received == sent[..taken + 50_000], "{what}");
                    assert_eq!(pair.server.held(), 0, "{what}");
                }
            }
        }
    });
}

#[test]
fn a_full_ring_uses_its_room() {
    run(async {
        let sent = body(2 << 20);
        for ring in RINGS {
            let mut pair = Pair::new(ring, TLS13).await;
            pair.tap.accept(Accepts::Nothing);
            fill(&mut pair.server, &sent, usize::MAX / 2);
            // What stays free is less than one full record.
            assert!(pair.server.held() + 16_384 + OVERHEAD > ring, "{ring}");
        }
    });
}

#[test]
fn one_wait_is_counted_once_however_often_it_is_polled() {
    run(async {
        let mut pair = Pair::new(1024, TLS13).await;
        let sent = body(10_000);
        pair.tap.accept(Accepts::Nothing);
        let taken = fill(&mut pair.server, &sent, 10_000);
        for _ in 0..3 {
            assert!(write_now(&mut pair.server, &sent[taken..]).is_pending());
        }
        assert_eq!(pair.ring().waits.get(), 1);
        pair.tap.accept(Accepts::All);
        let next = write_now(&mut pair.server, &sent[taken..taken + 995]);
        assert!(matches!(next, Poll::Ready(Ok(995))));
        pair.tap.accept(Accepts::Nothing);
        fill(&mut pair.server, &sent, 10_000);
        assert_eq!(pair.ring().waits.get(), 2);
    });
}

#[test]
fn a_writer_that_waits_is_woken_when_the_transport_has_room() {
    run(async {
        let mut pair = Pair::new(4096, TLS13).await;
        let sent = body(100_000);
        pair.tap.accept(Accepts::Nothing);
        let tap = Rc::clone(&pair.tap);
        let (received, ()) = tokio::join!(transfer(&mut pair, &sent, 8192), async {
            tokio::task::yield_now().await;
            tap.accept(Accepts::All);
        });
        assert!(received == sent);
    });
}

#[test]
fn head_and_body_in_slices_leave_in_one_record_and_one_write() {
    run(async {
        for (version, overhead) in [(TLS13, 22), (TLS12, 29)] {
            let mut pair = Pair::new(17_408, version).await;
            let parts: [&[u8]; 5] = [b"HTTP/1.1 200 OK\r\n\r\n", b"", b"5\r\n", b"hello", b"\r\n"];
            let slices = parts.map(IoSlice::new);
            let n = pair.server.write_vectored(&slices).await.unwrap();
            assert_eq!(n, 29);
            pair.server.flush().await.unwrap();
            assert_eq!(pair.tap.writes.get(), 1);
            assert_eq!(pair.tap.written.get(), n + overhead);
            let mut received = [0; 29];
            pair.client.read_exact(&mut received).await.unwrap();
            assert_eq!(received[..], parts.concat());
        }
    });
}

#[test]
fn a_large_ring_leaves_in_one_write_of_several_records() {
    run(async {
        let mut pair = Pair::new(65_536, TLS13).await;
        let sent = body(3 * 16_384);
        let n = pair.server.write(&sent).await.unwrap();
        assert_eq!(n, sent.len());
        assert_eq!(pair.tap.writes.get(), 1);
        assert_eq!(pair.tap.written.get(), 3 * (16_384 + 22));
    });
}

#[test]
fn slices_fill_records_across_their_borders_over_every_ring() {
    run(async {
        let sent = body(150_000);
        for ring in RINGS {
            let mut pair = Pair::new(ring, TLS13).await;
            let sending = async {
                let mut rest = &sent[..];
                while !rest.is_empty() {
                    // Slices of 1, 2, 4, ... bytes: many more than fit into one small ring.
                    let mut slices = Vec::new();
                    let mut left = rest;
                    for size in (0..17).map(|power| 1 << power) {
                        let (slice, after) = left.split_at(left.len().min(size));
                        slices.push(IoSlice::new(slice));
                        left = after;
                    }
                    let n = pair.server.write_vectored(&slices).await.unwrap();
                    assert!(n > 0);
                    rest = &rest[n..];
                }
                pair.server.shutdown().await.unwrap();
            };
            let mut received = Vec::new();
            let (_, read) = tokio::join!(sending, pair.client.read_to_end(&mut received));
            read.unwrap();
            assert!(received == sent, "over a ring of {ring}");
            let record = 16_384.min(ring - OVERHEAD);
            let least = sent.len().div_ceil(record) * 22 + sent.len() + 24;
            assert!(
                pair.tap.written.get() <= least + least / 8,
                "records are well filled"
            );
        }
    });
}

#[test]
fn every_ring_carries_a_body_over_tcp_to_a_client_with_a_small_receive_buffer() {
    run(async {
        let sent = body(300_000);
        for ring in RINGS {
            let settings = settings(ring);
            let config = trusting(&settings, TLS13);
            let listener = Listener::bind(&"127.0.0.1:0".parse().unwrap()).unwrap();
            let Address::Tcp(address) = *listener.address() else {
                panic!("not tcp");
            };
            let reader = std::thread::spawn(move || {
                let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
                socket.set_recv_buffer_size(4096).unwrap();
                socket.connect(&address.into()).unwrap();
                let name = "localhost".try_into().unwrap();
                let session = rustls::ClientConnection::new(Arc::new(config), name).unwrap();
                let mut received = Vec::new();
                rustls::StreamOwned::new(session, socket)
                    .read_to_end(&mut received)
                    .map(|_| received)
            });
            let meter = meter(ring);
            let acceptor = listener
                .acceptor(Rc::clone(&meter), |trouble| panic!("{trouble}"))
                .unwrap();
            let (io, _) = acceptor.accept().await;
            let (mut server, _) = tls::accept(&settings, io, Rc::clone(&meter)).await.unwrap();
            server.write_all(&sent).await.unwrap();
            server.shutdown().await.unwrap();
            assert!(
                reader.join().unwrap().unwrap() == sent,
                "over a ring of {ring}"
            );
            let high = meter.ring.as_ref().unwrap().high_water.get();
            assert!(high <= (ring + OVERHEAD) as u64, "{high} in {ring}");
            assert!(
                meter.bytes_out.get() > sent.len() as u64,
                "the records are counted"
            );
        }
    });
}

#[test]
fn an_idle_connection_holds_nothing() {
    run(async {
        let mut pair = Pair::new(65_536, TLS13).await;
        assert_eq!(pair.server.held(), 0);
        let sent = body(40_000);
        let mut received = vec![0; sent.len()];
        let (written, read) = tokio::join!(
            async {
                pair.server.write_all(&sent).await?;
                pair.server.flush().await
            },
            pair.client.read_exact(&mut received)
        );
        written.unwrap();
        read.unwrap();
        assert!(received == sent);
        assert_eq!(pair.server.held(), 0);
        assert!(!pair.server.get_ref().1.wants_write());
    });
}

#[test]
fn an_empty_write_takes_nothing_and_sends_nothing() {
    run(async {
        let mut pair = Pair::new(1024, TLS13).await;
        assert!(matches!(
            write_now(&mut pair.server, b""),
            Poll::Ready(Ok(0))
        ));
        assert_eq!(pair.tap.writes.get(), 0);
        assert_eq!(pair.ring().waits.get(), 0);
    });
}

#[test]
fn the_transport_is_told_when_more_of_a_write_follows_and_when_not() {
    run(async {
        for (ring, size) in [(4096, 20_000), (17_408, 40_000), (65_536, 20_000)] {
            let mut pair = Pair::new(ring, TLS13).await;
            let unfinished = Rc::clone(&pair.tap.unfinished);
            pair.server.tell_unfinished(unfinished);
            pair.tap.told.take();
            let written = write_now(&mut pair.server, &body(size));
            assert!(matches!(written, Poll::Ready(Ok(taken)) if taken == size));
            let told = pair.tap.told.take();
            let (last, before) = told.split_last().unwrap();
            assert!(!last && before.iter().all(|more| *more), "{ring}: {told:?}");
            assert_eq!(before.is_empty(), size < ring, "{ring}: {told:?}");
            assert!(!pair.tap.unfinished.get());
            // A writer that has to wait is not one that goes on at once.
            pair.tap.accept(Accepts::Nothing);
            fill(&mut pair.server, &body(9 * ring), 3 * ring);
            assert!(!pair.tap.unfinished.get());
        }
    });
}
