//! Early data (RFC 8446, section 2.3; RFC 8470): what is answered before the handshake is complete, what
//! waits, and that nothing is answered twice. The clients hold back their end of the handshake, so that
//! what they have got by then came in the server's first flight.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects by panicking"
)]

#[expect(dead_code, reason = "other tests use the rest of it")]
#[path = "tls_clients/authority.rs"]
mod authority;
#[path = "early_data/clients.rs"]
mod clients;
mod support;

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::{ClientConfig, ClientConnection, HandshakeKind};
use sluice::config::Timeouts;
use sluice::http::Exchange;
use sluice::server::Outcome;
use support::client::{Speaks, trusting};
use support::frames::{self, DATA, Frame, HEADERS, PREFACE};
use support::server::{Plan, Server};
use support::{Work, body, hash, read_all, stream};

const RING: usize = 17_408;

/// What the handler was asked for, in order: the method, and whether that was early.
type Asked = Arc<Mutex<Vec<String>>>;

fn plan(rings: &[usize]) -> Plan {
    let rings: Vec<_> = rings.iter().map(|&ring| Some(ring)).collect();
    Plan {
        early_data: 16_384,
        ..Plan::new(&rings)
    }
}

fn start(plan: Plan) -> (Server, Asked) {
    let asked = Asked::default();
    let noted = Arc::clone(&asked);
    let server = Server::start(plan, move |exchange| answer(exchange, &noted));
    (server, asked)
}

/// Answers `/<size>` with so many bytes, in pieces, and everything else with what it was, the hash of
/// the body included.
fn answer(exchange: Rc<Exchange>, asked: &Asked) -> Work {
    let when = if exchange.is_early() { "early" } else { "late" };
    let what = format!("{} {when}", exchange.request.method);
    asked.lock().unwrap().push(what.clone());
    Box::pin(async move {
        let size = exchange.request.uri.path()[1..].parse::<usize>();
        // A client that leaves is not this test's matter.
        let _ = match size {
            Ok(size) => stream(&exchange, body(size), 10_000).await,
            Err(_) => match read_all(&exchange).await {
                Ok(read) => exchange
                    .reply
                    .end(format!("{what} {:x?}.", &hash(&read)[..4]).into()),
                Err(error) => Err(error),
            },
        };
    })
}

/// What the handler says of an empty body.
fn said(what: &str) -> String {
    format!("{what} {:x?}.", &hash(b"")[..4])
}

fn config(speaks: Speaks) -> Arc<ClientConfig> {
    let mut config = ClientConfig::clone(&trusting(speaks));
    config.enable_early_data = true;
    Arc::new(config)
}

/// rustls's client, which sends and receives when it is told to.
struct Client {
    session: ClientConnection,
    socket: TcpStream,
    got: Vec<u8>,
}

impl Client {
    fn new(server: &Server, listener: usize, config: &Arc<ClientConfig>) -> Self {
        let socket = TcpStream::connect(server.addresses[listener]).unwrap();
        socket.set_nodelay(true).unwrap();
        let most = Some(Duration::from_secs(20));
        socket.set_read_timeout(most).unwrap();
        socket.set_write_timeout(most).unwrap();
        let name = "localhost".try_into().unwrap();
        Self {
            session: ClientConnection::new(Arc::clone(config), name).unwrap(),
            socket,
            got: Vec::new(),
        }
    }

    /// One with a session to resume: the config has got tickets on another connection.
    fn known(server: &Server, listener: usize, config: &Arc<ClientConfig>, speaks: Speaks) -> Self {
        let mut first = Self::new(server, listener, config);
        first.complete();
        match speaks {
            Speaks::H1 => {
                first.say(b"GET /1 HTTP/1.1\r\nhost: localhost\r\n\r\n");
                first.until("\r\n0\r\n\r\n");
            }
            Speaks::H2 => {
                first.say(&[PREFACE, &frames::settings(&[])[..]].concat());
                first.receive_until(|got| !got.is_empty());
            }
        }
        Self::new(server, listener, config)
    }

    fn send(&mut self) {
        while self.session.wants_write() {
            self.session.write_tls(&mut self.socket).unwrap();
        }
    }

    /// Sends `bytes` with the first flight.
    fn early(&mut self, bytes: &[u8]) {
        let mut early = self.session.early_data().expect("a session to resume");
        early.write_all(bytes).unwrap();
        self.send();
    }

    fn say(&mut self, bytes: &[u8]) {
        self.session.writer().write_all(bytes).unwrap();
        self.send();
    }

    /// Takes the handshake to its end.
    fn complete(&mut self) {
        self.send();
        while self.session.is_handshaking() {
            self.receive();
            self.send();
        }
        self.send();
    }

    /// Reads once, and sends nothing.
    fn receive(&mut self) -> usize {
        let read = self.session.read_tls(&mut self.socket).unwrap();
        self.session.process_new_packets().unwrap();
        match self.session.reader().read_to_end(&mut self.got) {
            Err(error) if error.kind() != ErrorKind::WouldBlock => panic!("{error}"),
            _ => read,
        }
    }

    fn receive_until(&mut self, done: impl Fn(&[u8]) -> bool) {
        while !done(&self.got) {
            assert!(self.receive() > 0, "the end after {:?}", self.text());
        }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.got).into_owned()
    }

    /// Reads up to `end`, and gives all of it.
    fn until(&mut self, end: &str) -> String {
        self.receive_until(|got| got.windows(end.len()).any(|part| part == end.as_bytes()));
        let text = self.text();
        self.got.clear();
        text
    }

    /// Whether the end of the handshake has not left yet.
    fn is_early(&self) -> bool {
        self.session.is_early_data_accepted() && self.session.wants_write()
    }

    /// Reads frames up to the end of a stream; the payload of its DATA, with its status before it.
    fn reply(&mut self, stream: u32) -> String {
        loop {
            let frames = cut(&self.got);
            let ours: Vec<_> = frames.iter().filter(|f| f.stream == stream).collect();
            if ours.iter().any(|frame| frame.is_last()) {
                let head = ours.iter().find(|frame| frame.kind == HEADERS).unwrap();
                let data = ours.iter().filter(|frame| frame.kind == DATA);
                let data: Vec<u8> = data.flat_map(|frame| frame.payload.clone()).collect();
                return format!("{} {}", head.status(), String::from_utf8_lossy(&data));
            }
            assert!(self.receive() > 0, "the end before the reply");
        }
    }
}

/// The whole frames at the begin of `bytes`.
fn cut(mut bytes: &[u8]) -> Vec<Frame> {
    let mut frames = Vec::new();
    while let Some((head, rest)) = bytes.split_first_chunk::<9>() {
        let length = usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]);
        let Some((payload, rest)) = rest.split_at_checked(length) else {
            break;
        };
        frames.push(Frame {
            kind: head[3],
            flags: head[4],
            stream: u32::from_be_bytes([head[5], head[6], head[7], head[8]]),
            payload: payload.to_vec(),
        });
        bytes = rest;
    }
    frames
}

fn request(method: &str, path: &str) -> Vec<u8> {
    format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n").into()
}

/// Waits until the server has been given so many requests on a listener. A request is counted in the
/// same breath in which its handler would begin.
fn given(server: &Server, requests: u64) {
    while server.stats(0, |stats| stats.requests_11.get() + stats.requests_2.get()) < requests {}
    // What was given is worked on in the same turn of the connection.
    server.look(|_| ());
}

#[test]
fn a_safe_request_is_answered_in_the_servers_first_flight() {
    let (server, asked) = start(plan(&[RING]));
    let config = config(Speaks::H1);
    let mut client = Client::known(&server, 0, &config, Speaks::H1);
    let methods = ["GET", "OPTIONS", "TRACE"];
    for (at, method) in methods.into_iter().enumerate() {
        if at > 0 {
            client = Client::known(&server, 0, &config, Speaks::H1);
        }
        client.early(&request(method, "/"));
        let reply = client.until("].");
        assert!(reply.contains(&said(&format!("{method} early"))), "{reply}");
        assert!(client.is_early(), "the handshake was not held back");
    }
    // The same connection goes on after its handshake.
    assert_eq!(server.stats(0, |stats| stats.handshakes_ok.get()), 3);
    client.complete();
    client.say(&request("GET", "/"));
    assert!(client.until("].").contains(&said("GET late")));
    assert_eq!(server.stats(0, |stats| stats.handshakes_ok.get()), 4);
    asked.lock().unwrap().retain(|what| what.ends_with("early"));
    assert_eq!(
        *asked.lock().unwrap(),
        ["GET early", "OPTIONS early", "TRACE early"]
    );
}

#[test]
fn a_request_that_is_not_safe_waits_for_the_end_of_the_handshake() {
    let (server, asked) = start(plan(&[RING]));
    let config = config(Speaks::H1);
    for (round, method) in (1..).zip(["POST", "PUT", "DELETE", "PATCH", "LOCK"]) {
        let mut client = Client::known(&server, 0, &config, Speaks::H1);
        asked.lock().unwrap().clear();
        client.early(&[request("GET", "/"), request(method, "/")].concat());
        assert!(client.until("].").contains(&said("GET early")));
        given(&server, 3 * round);
        assert_eq!(*asked.lock().unwrap(), ["GET early"], "before the end");
        client.complete();
        let reply = client.until("].");
        assert!(reply.contains(&said(&format!("{method} late"))), "{reply}");
        assert_eq!(
            *asked.lock().unwrap(),
            ["GET early", &format!("{method} late")]
        );
    }
}

#[test]
fn a_body_that_begins_early_and_goes_on_late_arrives_whole() {
    let (server, _) = start(plan(&[1024]));
    let config = config(Speaks::H1);
    let sent = body(300_000);
    let mut client = Client::known(&server, 0, &config, Speaks::H1);
    let head = b"POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 300000\r\n\r\n";
    let early = 16_384 - head.len();
    client.early(&[&head[..], &sent[..early]].concat());
    client.complete();
    for piece in sent[early..].chunks(50_000) {
        client.say(piece);
    }
    let reply = client.until("].");
    let expected = format!("POST late {:x?}.", &hash(&sent)[..4]);
    assert!(reply.contains(&expected), "{reply}");
}

#[test]
fn http2_streams_are_answered_early_or_wait_one_by_one() {
    let (server, asked) = start(plan(&[RING]));
    let config = config(Speaks::H2);
    let mut client = Client::known(&server, 0, &config, Speaks::H2);
    let post = frames::frame(HEADERS, 5, 1, &head("POST"));
    let get = frames::frame(HEADERS, 5, 3, &head("GET"));
    client.early(&[PREFACE, &frames::settings(&[]), &post, &get].concat());
    assert_eq!(client.reply(3), format!("200 {}", said("GET early")));
    assert!(client.is_early());
    given(&server, 2);
    assert_eq!(*asked.lock().unwrap(), ["GET early"]);
    client.complete();
    assert_eq!(client.reply(1), format!("200 {}", said("POST late")));
    client.say(&frames::frame(HEADERS, 5, 5, &head("GET")));
    assert_eq!(client.reply(5), format!("200 {}", said("GET late")));
}

fn head(method: &str) -> Vec<u8> {
    frames::fields(&[
        (":method", method),
        (":scheme", "https"),
        (":path", "/"),
        (":authority", "localhost"),
    ])
}

#[test]
fn a_recorded_flight_is_never_answered_again() {
    let (server, asked) = start(plan(&[RING]));
    let config = config(Speaks::H1);
    let mut client = Client::known(&server, 0, &config, Speaks::H1);
    asked.lock().unwrap().clear();
    let mut early = client.session.early_data().unwrap();
    early.write_all(&request("GET", "/")).unwrap();
    let mut flight = Vec::new();
    while client.session.wants_write() {
        client.session.write_tls(&mut flight).unwrap();
    }
    // All at once, then one after the other.
    let address = server.addresses[0];
    let connect = || TcpStream::connect(address).unwrap();
    let mut copies: Vec<_> = (0..20).map(|_| connect()).collect();
    for copy in &mut copies {
        copy.write_all(&flight).unwrap();
    }
    for _ in 0..5 {
        let mut copy = connect();
        copy.write_all(&flight).unwrap();
        copies.push(copy);
    }
    // Each gets a server's flight; those that were refused their early data get a certificate in it.
    for copy in &mut copies {
        let mut first = [0; 64];
        copy.read_exact(&mut first).unwrap();
        assert_eq!(first[0], 22, "a handshake record");
    }
    given(&server, 2);
    assert_eq!(*asked.lock().unwrap(), ["GET early"]);
}

#[test]
fn who_is_refused_early_data_sends_it_again_and_is_answered_late() {
    let (server, asked) = start(plan(&[RING]));
    let config = config(Speaks::H1);
    let mut client = Client::known(&server, 0, &config, Speaks::H1);
    drop(server);
    asked.lock().unwrap().clear();
    // Another server with the certificate knows no session of the first.
    let (server, asked) = start(plan(&[RING]));
    client.socket = TcpStream::connect(server.addresses[0]).unwrap();
    client.early(&request("GET", "/"));
    client.complete();
    assert!(!client.session.is_early_data_accepted());
    assert_eq!(client.session.handshake_kind(), Some(HandshakeKind::Full));
    client.say(&request("GET", "/"));
    assert!(client.until("].").contains(&said("GET late")));
    assert_eq!(*asked.lock().unwrap(), ["GET late"]);
}

#[test]
fn a_refused_flight_of_several_segments_is_skipped_too() {
    let (server, _) = start(plan(&[RING]));
    let config = config(Speaks::H1);
    let mut client = Client::known(&server, 0, &config, Speaks::H1);
    drop(server);
    let (server, _) = start(plan(&[RING]));
    client.socket = TcpStream::connect(server.addresses[0]).unwrap();
    // rustls counts what it skips once for each read until the handshake is complete.
    client.early(&body(5000));
    client.complete();
    client.say(&request("GET", "/"));
    assert!(client.until("].").contains(&said("GET late")));
}

#[test]
fn what_a_client_says_in_a_header_makes_nothing_early() {
    let (server, _) = start(plan(&[RING]));
    let config = config(Speaks::H1);
    let mut client = Client::known(&server, 0, &config, Speaks::H1);
    client.complete();
    client.say(b"GET / HTTP/1.1\r\nhost: localhost\r\nearly-data: 1\r\n\r\n");
    assert!(client.until("].").contains(&said("GET late")));
}

#[test]
fn nothing_is_early_where_no_early_data_is_taken() {
    let (server, _) = start(Plan::new(&[Some(RING)]));
    let config = config(Speaks::H1);
    let mut client = Client::known(&server, 0, &config, Speaks::H1);
    assert!(client.session.early_data().is_none());
    client.complete();
    assert_eq!(
        client.session.handshake_kind(),
        Some(HandshakeKind::Resumed)
    );
    client.say(&request("GET", "/"));
    assert!(client.until("].").contains(&said("GET late")));
}

#[test]
fn a_client_that_never_completes_the_handshake_is_closed_in_time() {
    let (server, asked) = start(Plan {
        timeouts: Timeouts {
            handshake: Duration::from_millis(300),
            ..Timeouts::DEFAULT
        },
        ..plan(&[RING])
    });
    let config = config(Speaks::H1);
    let mut client = Client::known(&server, 0, &config, Speaks::H1);
    asked.lock().unwrap().clear();
    client.early(&[request("GET", "/"), request("POST", "/")].concat());
    assert!(client.until("].").contains(&said("GET early")));
    // The end, by whatever it is told.
    while client
        .session
        .read_tls(&mut client.socket)
        .is_ok_and(|read| read > 0)
    {}
    assert_eq!(*asked.lock().unwrap(), ["GET early"]);
    let (late, failed) = server.stats(0, |stats| {
        (
            stats.timeouts.handshake.get(),
            stats.handshakes_failed.get(),
        )
    });
    assert_eq!((late, failed), (1, 1));
}

#[test]
fn a_request_that_waits_for_the_handshake_is_answered_while_the_server_drains() {
    let (server, asked) = start(plan(&[RING]));
    let config = config(Speaks::H1);
    let mut client = Client::known(&server, 0, &config, Speaks::H1);
    asked.lock().unwrap().clear();
    client.early(&request("POST", "/"));
    given(&server, 2);
    server.stop(Some(Duration::from_secs(20)));
    assert_eq!(*asked.lock().unwrap(), [""; 0]);
    client.complete();
    assert!(client.until("].").contains(&said("POST late")));
    drop(client);
    assert_eq!(server.outcome(), Outcome::Drained);
}

#[test]
fn the_last_reply_of_a_connection_is_followed_by_tickets_and_an_orderly_end() {
    let (server, _) = start(plan(&[1024]));
    let config = config(Speaks::H1);
    let mut client = Client::known(&server, 0, &config, Speaks::H1);
    for _ in 0..3 {
        client.early(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
        assert!(client.until("].").contains(&said("GET early")));
        client.complete();
        while client.receive() > 0 {}
        let state = client.session.process_new_packets().unwrap();
        assert!(state.peer_has_closed(), "close_notify");
        // Each connection has brought tickets for the next.
        client = Client::new(&server, 0, &config);
    }
    assert_eq!(server.stats(0, |stats| stats.handshakes_failed.get()), 0);
}

#[test]
fn every_body_arrives_whole_over_every_ring_before_the_handshake_is_complete() {
    const RINGS: [usize; 5] = [1024, 4096, 17_408, 34_816, 65_536];
    let (server, _) = start(plan(&RINGS));
    for (listener, ring) in RINGS.into_iter().enumerate() {
        let config = config(Speaks::H1);
        let mut client = Client::known(&server, listener, &config, Speaks::H1);
        let sizes = [
            0,
            1,
            700,
            ring - 1,
            ring,
            ring + 1,
            16_383,
            16_384,
            16_385,
            65_535,
            65_536,
            65_537,
            262_145,
        ];
        for size in sizes {
            let get = format!("GET /{size} HTTP/1.1\r\nhost: localhost\r\n\r\n");
            client.early(get.as_bytes());
            client.receive_until(|got| dechunked(got).is_some());
            assert!(client.is_early());
            let got = dechunked(&client.got).unwrap();
            assert!(hash(&got) == hash(&body(size)), "{size} over {ring}");
            client.got.clear();
            client.complete();
            client.say(get.as_bytes());
            client.receive_until(|got| dechunked(got).is_some());
            let got = dechunked(&client.got).unwrap();
            assert!(hash(&got) == hash(&body(size)), "{size} over {ring}, late");
            client = Client::new(&server, listener, &config);
        }
        let high = server.stats(listener, |stats| {
            stats.ring.as_ref().unwrap().high_water.get()
        });
        assert!(high as usize <= ring + 29, "{high} in {ring}");
    }
}

/// The body of a reply that is there to its last chunk.
fn dechunked(reply: &[u8]) -> Option<Vec<u8>> {
    let at = reply.windows(4).position(|part| part == b"\r\n\r\n")?;
    let (head, mut rest) = reply.split_at(at + 4);
    if !String::from_utf8_lossy(head).contains("transfer-encoding: chunked") {
        return Some(rest.to_vec());
    }
    let mut body = Vec::new();
    loop {
        let at = rest.windows(2).position(|part| part == b"\r\n")?;
        let size = usize::from_str_radix(str::from_utf8(&rest[..at]).ok()?, 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(at + 2..at + 2 + size)?);
        rest = rest.get(at + 4 + size..)?;
    }
}
