//! A TLS stream that begins before its handshake is complete, over transports that are stuck, cut off or
//! broken.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects by panicking"
)]

mod tls_support;

use std::cell::Cell;
use std::io::{ErrorKind, Read, Write};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;

use rustls::{ClientConfig, ClientConnection};
use sluice::stats;
use sluice::tls::{self, Settings};
use tls_support::{
    Accepts, Control, OVERHEAD, RINGS, Server, TLS13, Tap, body, meter, poll_once, run, settings,
    trusting,
};
use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream};

/// A server whose stream is early, and a client that has sent its first flight with `early` in it, and
/// nothing after it.
struct Pair {
    server: Server,
    tap: Rc<Control>,
    meter: Rc<stats::Listener>,
    client: ClientConnection,
    far: DuplexStream,
}

impl Pair {
    async fn new(ring: usize, early: &[u8]) -> Self {
        Self::of(&settings(ring).with_early_data(16_384).unwrap(), early).await
    }

    async fn of(settings: &Settings, early: &[u8]) -> Self {
        let ring = settings.ring();
        let mut config = trusting(settings, TLS13);
        config.enable_early_data = true;
        let config = Arc::new(config);
        get_tickets(settings, &config).await;

        let name = "localhost".try_into().unwrap();
        let mut client = ClientConnection::new(config, name).unwrap();
        let mut data = client.early_data().unwrap();
        data.write_all(early).unwrap();
        let (near, mut far) = tokio::io::duplex(65_536);
        send(&mut client, &mut far).await;
        let (io, tap) = Tap::new(near);
        let meter = meter(ring);
        let accepted = tls::accept(settings, io, Rc::clone(&meter)).await;
        let (server, info) = accepted.unwrap();
        assert!(server.is_early());
        assert_eq!(info.version, "TLSv1.3");
        assert_eq!(info.server_name.as_deref(), Some("localhost"));
        Self {
            server,
            tap,
            meter,
            client,
            far,
        }
    }

    /// Reads what has come to the client, at least once.
    async fn receive(&mut self) -> Vec<u8> {
        let mut bytes = vec![0; 65_536];
        let read = self.far.read(&mut bytes).await.unwrap();
        let mut bytes = &bytes[..read];
        let mut plaintext = Vec::new();
        while !bytes.is_empty() {
            self.client.read_tls(&mut bytes).unwrap();
            self.client.process_new_packets().unwrap();
            let _ = self.client.reader().read_to_end(&mut plaintext);
        }
        plaintext
    }

    fn handshakes(&self) -> (u64, u64) {
        let meter = &self.meter;
        (meter.handshakes_ok.get(), meter.handshakes_failed.get())
    }
}

/// A whole connection, after which the client has tickets.
async fn get_tickets(settings: &Settings, config: &Arc<ClientConfig>) {
    let mut config = ClientConfig::clone(config);
    config.enable_early_data = false;
    let mut pair = tls_support::Pair::of(settings, config, 65_536).await;
    pair.server.shutdown().await.unwrap();
    pair.client.read_to_end(&mut Vec::new()).await.unwrap();
}

/// So many bytes, and at most `piece` at a time.
async fn read_exactly(server: &mut Server, length: usize, piece: usize) -> Vec<u8> {
    let mut got = Vec::new();
    while got.len() < length {
        let mut buf = vec![0; piece.min(length - got.len())];
        let read = server.read(&mut buf).await.unwrap();
        assert!(read > 0);
        got.extend_from_slice(&buf[..read]);
    }
    got
}

async fn send(client: &mut ClientConnection, far: &mut DuplexStream) {
    let mut bytes = Vec::new();
    while client.wants_write() {
        client.write_tls(&mut bytes).unwrap();
    }
    far.write_all(&bytes).await.unwrap();
}

#[test]
fn tickets_that_come_while_writes_are_blocked_do_not_grow_the_ring() {
    run(async {
        for ring in RINGS {
            let mut pair = Pair::new(ring, b"hello").await;
            let mut hello = [0; 5];
            pair.server.read_exact(&mut hello).await.unwrap();
            assert_eq!(&hello, b"hello");
            assert_eq!(pair.receive().await, b"");

            pair.tap.forget();
            pair.tap.accept(Accepts::Nothing);
            let sent = body(ring * 2);
            let mut taken = 0;
            while let Poll::Ready(written) =
                poll_once(|cx| Pin::new(&mut pair.server).poll_write(cx, &sent[taken..]))
            {
                taken += written.unwrap();
            }
            assert!(taken > 0);
            let complete = Rc::new(Cell::new(false));
            let told = Rc::clone(&complete);
            pair.server.when_complete(move || told.set(true));
            send(&mut pair.client, &mut pair.far).await;
            // Nobody reads: a flush takes the handshake on as well.
            assert!(poll_once(|cx| Pin::new(&mut pair.server).poll_flush(cx)).is_pending());
            assert!(complete.get() && !pair.server.is_early());
            assert_eq!(pair.handshakes(), (1, 0));
            let offered = pair.tap.offered.get();
            assert!(offered <= ring + OVERHEAD, "{offered} in {ring}");
            assert_eq!(pair.server.held(), offered);
            let high = pair.meter.ring.as_ref().unwrap().high_water.get();
            assert_eq!(high, offered as u64);

            pair.tap.accept(Accepts::All);
            let mut got = Vec::new();
            while got.len() < taken {
                let _ = poll_once(|cx| Pin::new(&mut pair.server).poll_flush(cx));
                got.extend(pair.receive().await);
            }
            assert!(got == sent[..taken], "{taken} bytes over {ring}");
        }
    });
}

#[test]
fn early_data_is_read_in_pieces_of_any_size_and_what_follows_comes_after_it() {
    run(async {
        let plain = settings(1024).with_early_data(16_384).unwrap();
        // Here the ClientHello is looked at before rustls is told what it is for.
        let strict = plain.with_strict_names().unwrap();
        let cases = [&plain, &strict].into_iter().flat_map(|settings| {
            let sizes = [
                (100, 1),
                (100, 200),
                (16_384, 7),
                (16_384, 4096),
                (16_384, 20_000),
            ];
            sizes.map(|(size, piece)| (settings, body(size), piece))
        });
        for (settings, early, piece) in cases {
            let mut pair = Pair::of(settings, &early).await;
            let read = read_exactly(&mut pair.server, early.len(), piece).await;
            assert!(read == early);
            assert!(pair.server.is_early());
            pair.receive().await;
            pair.client.writer().write_all(b"late").unwrap();
            send(&mut pair.client, &mut pair.far).await;
            assert_eq!(read_exactly(&mut pair.server, 4, piece).await, b"late");
            assert!(!pair.server.is_early());
        }
    });
}

#[test]
fn a_client_that_leaves_before_its_end_of_the_handshake_is_a_failed_handshake() {
    run(async {
        for reads in [true, false] {
            let mut pair = Pair::new(1024, b"hello").await;
            pair.server.when_complete(|| panic!("it is not complete"));
            drop(std::mem::replace(&mut pair.far, tokio::io::duplex(1).0));
            let error = if reads {
                let mut all = Vec::new();
                let error = pair.server.read_to_end(&mut all).await.unwrap_err();
                assert_eq!(all, b"hello");
                error
            } else {
                pair.server.flush().await.unwrap_err()
            };
            assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
            let meter = Rc::clone(&pair.meter);
            drop(pair);
            assert_eq!(meter.handshakes_ok.get(), 0);
            assert_eq!(meter.handshakes_failed.get(), 1);
        }
    });
}

#[test]
fn a_broken_end_of_the_handshake_ends_the_stream_with_an_alert() {
    run(async {
        let mut pair = Pair::new(1024, b"hello").await;
        pair.receive().await;
        let mut bytes = Vec::new();
        while pair.client.wants_write() {
            pair.client.write_tls(&mut bytes).unwrap();
        }
        *bytes.last_mut().unwrap() ^= 1;
        pair.far.write_all(&bytes).await.unwrap();
        let mut all = Vec::new();
        let error = pair.server.read_to_end(&mut all).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionAborted);
        assert_eq!(all, b"hello");
        let mut alert = vec![0; 100];
        let read = pair.far.read(&mut alert).await.unwrap();
        let error = pair
            .client
            .read_tls(&mut &alert[..read])
            .map(|_| pair.client.process_new_packets().unwrap_err());
        assert!(matches!(error.unwrap(), rustls::Error::AlertReceived(_)));
    });
}

#[test]
fn a_ticket_says_how_much_a_client_may_send_early() {
    run(async {
        let settings = settings(1024).with_early_data(16_384).unwrap();
        let mut config = trusting(&settings, TLS13);
        config.enable_early_data = true;
        let config = Arc::new(config);
        get_tickets(&settings, &config).await;
        let name = "localhost".try_into().unwrap();
        let mut client = ClientConnection::new(config, name).unwrap();
        let taken = client.early_data().unwrap().write(&body(20_000)).unwrap();
        assert_eq!(taken, 16_384);
    });
}
