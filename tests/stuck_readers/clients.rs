//! Clients that begin to read and then stop, in a process of their own: what they hold is not
//! the server's.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use bytes::Bytes;
use h2::RecvStream;
use h2::client::SendRequest;
use http::Request;
use tokio::net::TcpStream;
use tokio::task::spawn_local;
use tokio_rustls::client::TlsStream;

use crate::support::client::{ROOT, Speaks, tcp, tls};
use crate::support::raw::Raw;
use crate::support::run;
use crate::support::server::identity;

/// How a client is stuck.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// HTTP/1.1: the socket is not read.
    Socket,
    /// HTTP/2: the stream's window stays shut, the connection works.
    Window,
    /// HTTP/2 with windows that never end: the socket is not read.
    Connection,
}

/// A process with stuck clients.
pub(crate) struct Clients {
    process: Child,
}

impl Clients {
    /// Returns once `count` clients have the head of their reply, and some of its body.
    pub(crate) fn start(kind: Kind, count: u64, address: SocketAddr) -> Self {
        let root = identity(1024).chain().last().unwrap().to_vec();
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args([
                "--ignored",
                "--exact",
                "--nocapture",
                "clients::the_clients",
            ])
            .env("STUCK", format!("{kind:?} {count} {address}"))
            .env(
                ROOT,
                root.iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect::<String>(),
            )
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(process.stdout.as_mut().unwrap());
        let told = stdout.lines().any(|line| line.unwrap().ends_with("stuck"));
        assert!(told, "the clients failed");
        Self { process }
    }

    /// The clients read on, and find the reply broken off.
    pub(crate) fn see_the_end(mut self) {
        let end = self.process.stdin.take().unwrap().write_all(b"x");
        end.unwrap();
        assert!(
            self.process.wait().unwrap().success(),
            "a client saw no end"
        );
    }
}

impl Drop for Clients {
    fn drop(&mut self) {
        // Where the test has failed they still wait.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
#[ignore = "it is the other side of the stuck readers, and run by them"]
fn the_clients() {
    let Ok(said) = std::env::var("STUCK") else {
        return;
    };
    let said: Vec<&str> = said.split(' ').collect();
    let address = said[2].parse().unwrap();
    run(async {
        let mut stuck = Stuck::default();
        for _ in 0..said[1].parse::<usize>().unwrap() {
            match said[0] {
                "Socket" => stuck.socket(address).await,
                "Window" => stuck.window(address).await,
                _ => stuck.connection(address).await,
            }
        }
        println!("stuck");
        // Nothing is read while this thread waits.
        std::io::stdin().read_exact(&mut [0]).unwrap();
        stuck.check_ends().await;
    });
}

type Http2 = h2::client::Connection<TlsStream<TcpStream>, Bytes>;

#[derive(Default)]
struct Stuck {
    sockets: Vec<Raw<TlsStream<TcpStream>>>,
    windows: Vec<(SendRequest<Bytes>, RecvStream)>,
    connections: Vec<(Http2, RecvStream)>,
}

impl Stuck {
    async fn socket(&mut self, address: SocketAddr) {
        let mut raw = Raw::new(secure(address, Speaks::H1).await);
        raw.send("GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
        assert_eq!(raw.head().await.status(), 200);
        self.sockets.push(raw);
    }

    async fn window(&mut self, address: SocketAddr) {
        let io = secure(address, Speaks::H2).await;
        let (client, connection) = h2::client::handshake(io).await.unwrap();
        spawn_local(connection);
        let mut client = client.ready().await.unwrap();
        let (reply, _) = client.send_request(request(), true).unwrap();
        let mut body = reply.await.unwrap().into_body();
        body.data().await.unwrap().unwrap();
        self.windows.push((client, body));
    }

    async fn connection(&mut self, address: SocketAddr) {
        const MOST: u32 = (1 << 31) - 1;
        let io = secure(address, Speaks::H2).await;
        let (client, mut connection) = h2::client::Builder::new()
            .initial_window_size(MOST)
            .initial_connection_window_size(MOST)
            .handshake(io)
            .await
            .unwrap();
        let mut client = client.ready().await.unwrap();
        let (reply, _) = client.send_request(request(), true).unwrap();
        // Driven until the reply begins, and not again before the end.
        let body = tokio::select! {
            reply = reply => reply.unwrap().into_body(),
            end = &mut connection => panic!("the connection ended: {end:?}"),
        };
        self.connections.push((connection, body));
    }

    /// No reply may look whole.
    async fn check_ends(self) {
        for mut raw in self.sockets {
            assert!(raw.rest().await.is_err(), "a clean end of the connection");
        }
        for (_client, body) in self.windows {
            let end = end(body).await;
            assert!(end.is_reset(), "{end:?}");
        }
        for (connection, body) in self.connections {
            spawn_local(connection);
            end(body).await;
        }
    }
}

/// How a body breaks off; what was under way before that still comes.
async fn end(mut body: RecvStream) -> h2::Error {
    loop {
        match body.data().await.expect("the body must not end") {
            Ok(data) => body.flow_control().release_capacity(data.len()).unwrap(),
            Err(error) => return error,
        }
    }
}

/// A TLS connection whose kernel keeps little.
async fn secure(address: SocketAddr, speaks: Speaks) -> TlsStream<TcpStream> {
    tls(tcp(address, Some(8192)).await, speaks).await
}

fn request() -> Request<()> {
    Request::get("https://localhost/").body(()).unwrap()
}
