//! Binding and accepting, seen from the outside: real sockets on the loopback.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects by panicking"
)]

use std::cell::RefCell;
use std::fs;
use std::io::{ErrorKind, IoSlice, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use sluice::error::Kind;
use sluice::net::{Acceptor, Access, Address, Endpoint, Listener, Peer, Stream, Wanted};
use sluice::stats;
use socket2::{Domain, SockRef, Type};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[path = "net/adopt.rs"]
mod adopt;

/// Runs a test in a runtime of the kind that the server uses.
fn run<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        tokio::time::timeout(Duration::from_secs(60), test)
            .await
            .expect("the test is stuck")
    })
}

fn bind(address: &str) -> Listener {
    Listener::bind(&address.parse().unwrap()).unwrap()
}

fn socket_address(listener: &Listener) -> SocketAddr {
    match listener.address() {
        Address::Tcp(address) => *address,
        other => panic!("{other} is not tcp"),
    }
}

/// An acceptor whose troubles fail the test.
fn acceptor(listener: Listener) -> (Acceptor, Rc<stats::Listener>) {
    let meter = Rc::new(stats::Listener::new(listener.address().to_string(), None));
    let acceptor = listener
        .acceptor(Rc::clone(&meter), |trouble| panic!("{trouble}"))
        .unwrap();
    (acceptor, meter)
}

/// A connected pair over loopback TCP: the server's end, its peer, the client's end, the counters.
async fn pair() -> (Stream, Peer, TcpStream, Rc<stats::Listener>) {
    let listener = bind("127.0.0.1:0");
    let address = socket_address(&listener);
    let client = TcpStream::connect(address).unwrap();
    client
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    let (acceptor, meter) = acceptor(listener);
    let (stream, peer) = acceptor.accept().await;
    (stream, peer, client, meter)
}

/// A folder of its own for each test, removed with everything in it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("sluice-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn socket(&self) -> (PathBuf, Wanted) {
        let path = self.0.join("app.sock");
        (path.clone(), Wanted::Unix(path, Access::default()))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn port_zero_gives_the_real_port_and_connections_reach_it() {
    run(async {
        let (mut stream, peer, mut client, meter) = pair().await;
        assert_eq!(
            peer.remote,
            Endpoint::Tcp(client.local_addr().unwrap()),
            "the peer is the client"
        );
        assert_eq!(peer.local, Endpoint::Tcp(client.peer_addr().unwrap()));
        assert_ne!(peer.local.port(), Some(0));
        assert_eq!(
            meter.address,
            format!("tcp://{}", client.peer_addr().unwrap())
        );

        client.write_all(b"ping").unwrap();
        let mut got = [0; 4];
        stream.read_exact(&mut got).await.unwrap();
        assert_eq!(&got, b"ping");
        let sent = stream
            .write_vectored(&[IoSlice::new(b"po"), IoSlice::new(b"ng!")])
            .await
            .unwrap();
        assert_eq!(sent, 5);
        client.read_exact(&mut got).unwrap();
        assert_eq!(&got, b"pong");

        assert_eq!((meter.bytes_in.get(), meter.bytes_out.get()), (4, 5));
        assert_eq!((meter.accepted.get(), meter.open.get()), (1, 1));
        drop(stream);
        assert_eq!((meter.accepted.get(), meter.open.get()), (1, 0));
    });
}

#[test]
fn a_connection_sends_what_is_small_at_once() {
    run(async {
        let (stream, _, _client, _) = pair().await;
        assert!(SockRef::from(&stream).tcp_nodelay().unwrap());
    });
}

#[test]
fn a_listener_on_every_interface_says_which_address_was_reached() {
    run(async {
        let listener = bind("0.0.0.0:0");
        let port = socket_address(&listener).port();
        let client = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let (acceptor, _) = acceptor(listener);
        let (_stream, peer) = acceptor.accept().await;
        assert_eq!(peer.local, Endpoint::Tcp(client.peer_addr().unwrap()));
    });
}

#[test]
fn an_ipv6_address_takes_ipv6_only() {
    // The same port on IPv4 stays free for another listener, unless somebody else happens to have
    // it: so a few ports are tried.
    let separate = (0..10).any(|_| {
        let listener = bind("[::]:0");
        let port = socket_address(&listener).port();
        assert_eq!(listener.address().to_string(), format!("tcp://[::]:{port}"));
        TcpStream::connect(("::1", port)).unwrap();
        Listener::bind(&format!("0.0.0.0:{port}").parse().unwrap()).is_ok()
    });
    assert!(separate);
}

#[test]
fn a_port_in_use_is_a_bind_error_that_names_it() {
    let held = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = held.local_addr().unwrap();
    let error = Listener::bind(&Wanted::Tcp(address)).unwrap_err();
    assert_eq!(error.kind(), Kind::Bind);
    assert_eq!(
        error.message(),
        format!("cannot listen on tcp://{address}: the port is in use by another socket")
    );
}

#[test]
fn an_address_of_another_machine_is_a_bind_error() {
    let error = Listener::bind(&"192.0.2.1:0".parse().unwrap()).unwrap_err();
    assert_eq!(error.kind(), Kind::Bind);
    assert!(error.message().contains("no interface"), "{error}");
}

#[test]
fn a_port_can_be_bound_again_right_after_its_connections_were_closed() {
    // Somebody else may take the port in between: so a few are tried. Without SO_REUSEADDR all fail.
    let again = (0..10).any(|_| {
        let (stream, peer, client, _) = run(pair());
        let Endpoint::Tcp(address) = peer.local else {
            panic!("not tcp");
        };
        // The server closes first, so that its end stays in TIME_WAIT.
        drop(stream);
        drop(client);
        Listener::bind(&Wanted::Tcp(address)).is_ok()
    });
    assert!(again);
}

#[test]
fn a_connection_waits_in_the_backlog_from_the_bind_on() {
    let listener = bind("127.0.0.1:0");
    let address = socket_address(&listener);
    let mut client = TcpStream::connect(address).unwrap();
    client.write_all(b"early").unwrap();
    run(async {
        let (acceptor, _) = acceptor(listener);
        let (mut stream, _) = acceptor.accept().await;
        let mut got = [0; 5];
        stream.read_exact(&mut got).await.unwrap();
        assert_eq!(&got, b"early");
    });
}

#[test]
fn a_unix_socket_carries_bytes_and_its_file_goes_with_the_acceptor() {
    let folder = Folder::new("carries");
    let (path, address) = folder.socket();
    run(async {
        let listener = Listener::bind(&address).unwrap();
        assert_eq!(listener.address(), &Address::Unix(path.clone()));
        let mut client = UnixStream::connect(&path).unwrap();
        let (acceptor, meter) = acceptor(listener);
        let (mut stream, peer) = acceptor.accept().await;
        assert_eq!((peer.remote, peer.local), (Endpoint::Unix, Endpoint::Unix));
        client.write_all(b"over a file").unwrap();
        let mut got = [0; 11];
        stream.read_exact(&mut got).await.unwrap();
        assert_eq!(&got, b"over a file");
        assert_eq!(meter.bytes_in.get(), 11);
        assert!(path.exists());
        drop(acceptor);
        assert!(!path.exists());
    });
}

#[test]
fn a_listener_that_never_accepted_removes_its_socket_file() {
    let folder = Folder::new("unused");
    let (path, address) = folder.socket();
    let listener = Listener::bind(&address).unwrap();
    assert!(path.exists());
    drop(listener);
    assert!(!path.exists());
}

#[test]
fn a_stale_socket_file_is_replaced() {
    let folder = Folder::new("stale");
    let (path, address) = folder.socket();
    // The standard library leaves the file behind, as a killed server would.
    drop(UnixListener::bind(&path).unwrap());
    assert!(path.exists());
    let _listener = Listener::bind(&address).unwrap();
    UnixStream::connect(&path).unwrap();
}

#[test]
fn a_unix_socket_that_is_listened_on_is_in_use() {
    let folder = Folder::new("live");
    let (path, address) = folder.socket();
    let _live = UnixListener::bind(&path).unwrap();
    let error = Listener::bind(&address).unwrap_err();
    assert_eq!(error.kind(), Kind::Bind);
    assert!(error.message().contains("in use"), "{error}");
    UnixStream::connect(&path).expect("the live listener still has its file");
}

#[test]
fn a_file_that_is_no_socket_is_left_alone() {
    let folder = Folder::new("file");
    let (path, address) = folder.socket();
    fs::write(&path, "precious").unwrap();
    let error = Listener::bind(&address).unwrap_err();
    assert_eq!(error.kind(), Kind::Bind);
    assert!(error.message().contains("is not a socket"), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
}

#[test]
fn a_socket_file_that_was_replaced_is_not_removed() {
    let folder = Folder::new("replaced");
    let (path, address) = folder.socket();
    let first = Listener::bind(&address).unwrap();
    // Renamed, not removed: the file system must not give its inode to the second.
    fs::rename(&path, folder.0.join("old.sock")).unwrap();
    let _second = Listener::bind(&address).unwrap();
    drop(first);
    UnixStream::connect(&path).expect("the second listener still has its file");
}

#[test]
fn a_folder_that_does_not_exist_is_a_bind_error() {
    let folder = Folder::new("missing");
    let address = format!("unix://{}/none/app.sock", folder.0.display());
    let error = Listener::bind(&address.parse().unwrap()).unwrap_err();
    assert_eq!(error.kind(), Kind::Bind);
    assert!(error.message().contains("does not exist"), "{error}");
}

/// What `stat` says of a file: mode, owner, group.
fn access(path: &Path) -> (u32, u32, u32) {
    let found = fs::metadata(path).unwrap();
    (found.mode() & 0o7777, found.uid(), found.gid())
}

#[test]
fn a_socket_file_gets_the_mode_owner_and_group_that_are_wanted() {
    let folder = Folder::new("access");
    let (path, plain) = folder.socket();
    let (_, own_user, own_group) = access(&folder.0);
    // Only root may give a file away.
    let (user, group) = if own_user == 0 {
        (1234, 4321)
    } else {
        (own_user, own_group)
    };
    let wanted = format!(
        "unix://{}?mode=0666&owner={user}&group={group}",
        path.display()
    );
    let listener = bind(&wanted);
    assert_eq!(access(&path), (0o666, user, group));
    assert_eq!(listener.address(), &Address::Unix(path.clone()));
    drop(listener);
    assert!(!path.exists(), "it is removed as any other");

    let _listener = bind(&format!("unix://{}?mode=700", path.display()));
    assert_eq!(access(&path), (0o700, own_user, own_group));
    drop(_listener);

    let _listener = Listener::bind(&plain).unwrap();
    let plain = access(&path);
    assert_eq!((plain.1, plain.2), (own_user, own_group));
}

#[test]
fn nobody_connects_before_the_socket_file_has_its_mode() {
    let folder = Folder::new("before");
    let (path, _) = folder.socket();
    for _ in 0..50 {
        let client = std::thread::spawn({
            let path = path.clone();
            move || {
                while UnixStream::connect(&path).is_err() {
                    std::thread::yield_now();
                }
                access(&path).0
            }
        });
        let _listener = bind(&format!("unix://{}?mode=0640", path.display()));
        assert_eq!(client.join().unwrap(), 0o640);
    }
}

#[test]
fn an_owner_that_is_unknown_or_may_not_be_set_is_a_bind_error_and_leaves_no_file() {
    let folder = Folder::new("unknown");
    let (path, _) = folder.socket();
    let wanted = |parameters: &str| {
        format!("unix://{}?{parameters}", path.display())
            .parse()
            .unwrap()
    };
    let error = Listener::bind(&wanted("owner=no-such-user&group=no-such-group")).unwrap_err();
    assert_eq!(error.kind(), Kind::Bind);
    assert_eq!(
        error.message(),
        format!(
            "cannot listen on unix://{}: this system has no user \"no-such-user\"; \
             this system has no group \"no-such-group\"",
            path.display()
        )
    );
    assert!(!path.exists());

    // Root may do everything.
    if access(&folder.0).1 != 0 {
        let error = Listener::bind(&wanted("owner=0&group=root")).unwrap_err();
        assert_eq!(error.kind(), Kind::Bind);
        for part in [
            "the owner may not be set to 0: that takes root",
            "; the group may not be set to \"root\": that takes",
        ] {
            assert!(error.message().contains(part), "{error}");
        }
        assert!(!path.exists());
    }
}

#[test]
fn an_early_reply_reaches_a_client_that_is_still_uploading() {
    run(async {
        let (mut stream, _, mut client, _) = pair().await;
        // More than both kernels hold by default; the server reads none of it.
        let uploader = std::thread::spawn(move || {
            let sent = client.write_all(&vec![7; 16_000_000]);
            let mut reply = Vec::new();
            client.shutdown(std::net::Shutdown::Write).unwrap();
            client
                .read_to_end(&mut reply)
                .map(|_| (sent.is_ok(), reply))
        });
        stream.write_all(b"413").await.unwrap();
        stream.shutdown().await.unwrap();
        drop(stream);
        let (all_sent, reply) = uploader.join().unwrap().expect("no reset");
        assert!(all_sent);
        assert_eq!(reply, b"413");
    });
}

#[test]
fn a_lingering_close_ends_at_once_when_the_client_closes() {
    run(async {
        let (mut stream, _, mut client, _) = pair().await;
        let began = Instant::now();
        let other = std::thread::spawn(move || {
            let mut rest = Vec::new();
            client.read_to_end(&mut rest).unwrap();
            rest
        });
        stream.write_all(b"bye").await.unwrap();
        stream.shutdown().await.unwrap();
        assert!(
            began.elapsed() < Duration::from_millis(1900),
            "waited in vain"
        );
        assert_eq!(other.join().unwrap(), b"bye");
    });
}

#[test]
fn a_lingering_close_ends_after_two_seconds_when_the_client_does_not_close() {
    run(async {
        let (mut stream, _, mut client, _) = pair().await;
        tokio::time::pause();
        let began = tokio::time::Instant::now();
        stream.shutdown().await.unwrap();
        let waited = began.elapsed();
        assert!(waited >= Duration::from_secs(2), "{waited:?}");
        assert!(waited < Duration::from_secs(3), "{waited:?}");
        assert_eq!(client.read(&mut [0]).unwrap(), 0, "half-closed");
    });
}

#[test]
fn a_lingering_close_ends_after_a_bounded_number_of_bytes() {
    run(async {
        let (mut stream, _, mut client, meter) = pair().await;
        let uploader = std::thread::spawn(move || {
            let piece = [1; 65536];
            while client.write_all(&piece).is_ok() {}
        });
        stream.shutdown().await.unwrap();
        let read = meter.bytes_in.get();
        assert!((64 << 20..(64 << 20) + 8192).contains(&read), "{read}");
        drop(stream);
        uploader.join().unwrap();
    });
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the client, a thread of its own, is slow"
)]
fn a_lingering_close_goes_on_while_the_client_takes_what_the_kernel_holds() {
    run(async {
        let listener = bind("127.0.0.1:0");
        let socket = socket2::Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.set_recv_buffer_size(8192).unwrap();
        socket.connect(&socket_address(&listener).into()).unwrap();
        let mut client = TcpStream::from(socket);
        let (acceptor, _) = acceptor(listener);
        let (mut stream, _) = acceptor.accept().await;
        let linger = Duration::from_millis(200);
        stream.linger().set(linger);
        let body: Vec<u8> = (0..400_000_u32).map(|at| (at % 251) as u8).collect();
        stream.write_all(&body).await.unwrap();
        let reader = std::thread::spawn(move || {
            let (mut seen, mut piece) = (Vec::new(), [0; 8192]);
            loop {
                // As an HTTP/2 client says that its window is open again.
                let told = client.write_all(b"window");
                match client.read(&mut piece).unwrap() {
                    0 => return seen,
                    read => seen.extend_from_slice(&piece[..read]),
                }
                told.unwrap();
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        let began = Instant::now();
        stream.shutdown().await.unwrap();
        drop(stream);
        assert!(began.elapsed() > 2 * linger, "{:?}", began.elapsed());
        assert!(reader.join().unwrap() == body, "bytes are missing");
    });
}

#[test]
fn a_linger_of_zero_closes_without_waiting() {
    run(async {
        let (mut stream, _, client, _) = pair().await;
        tokio::time::pause();
        let linger = stream.linger();
        assert_eq!(linger.get(), Duration::from_secs(2));
        linger.set(Duration::ZERO);
        let began = tokio::time::Instant::now();
        stream.shutdown().await.unwrap();
        assert_eq!(began.elapsed(), Duration::ZERO);
        drop(client);
    });
}

#[test]
fn a_client_that_reset_the_connection_does_not_stop_the_acceptor() {
    run(async {
        let listener = bind("127.0.0.1:0");
        let address = socket_address(&listener);
        let reset = socket2::Socket::from(TcpStream::connect(address).unwrap());
        reset.set_linger(Some(Duration::ZERO)).unwrap();
        drop(reset);
        let mut client = TcpStream::connect(address).unwrap();
        client.write_all(b"x").unwrap();
        let (acceptor, _) = acceptor(listener);
        // The reset one may still be handed over; it then fails at its first read.
        loop {
            let (mut stream, peer) = acceptor.accept().await;
            if peer.remote == Endpoint::Tcp(client.local_addr().unwrap()) {
                assert_eq!(stream.read_u8().await.unwrap(), b'x');
                break;
            }
            let error = stream.read_u8().await.unwrap_err();
            assert!(matches!(
                error.kind(),
                ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof
            ));
        }
    });
}

#[test]
fn an_acceptor_without_file_descriptors_says_so_and_recovers() {
    // The limit is the process's: this test runs in a child of its own.
    const CHILD: &str = "SLUICE_TEST_NO_DESCRIPTORS";
    let name = "an_acceptor_without_file_descriptors_says_so_and_recovers";
    if std::env::var_os(CHILD).is_none() {
        let status = std::process::Command::new("sh")
            .args([
                "-c",
                "ulimit -n 64; exec \"$0\" --exact \"$1\" --test-threads=1",
            ])
            .arg(std::env::current_exe().unwrap())
            .arg(name)
            .env(CHILD, "1")
            .stdout(std::process::Stdio::null())
            .status()
            .unwrap();
        assert!(status.success());
        return;
    }
    run(async {
        let listener = bind("127.0.0.1:0");
        let address = socket_address(&listener);
        let troubles = Rc::new(RefCell::new(Vec::new()));
        let seen = Rc::clone(&troubles);
        let hoard = Rc::new(RefCell::new(Vec::new()));
        let kept = Rc::clone(&hoard);
        let meter = Rc::new(stats::Listener::new(String::new(), None));
        let acceptor = listener
            .acceptor(meter, move |trouble| {
                seen.borrow_mut().push(trouble.to_owned());
                if seen.borrow().len() == 3 {
                    kept.borrow_mut().clear();
                }
            })
            .unwrap();
        let client = TcpStream::connect(address).unwrap();
        while let Ok(file) = fs::File::open("/dev/null") {
            hoard.borrow_mut().push(file);
        }
        let (_stream, peer) = acceptor.accept().await;
        assert_eq!(peer.remote, Endpoint::Tcp(client.local_addr().unwrap()));
        let troubles = troubles.borrow();
        assert_eq!(troubles.len(), 3);
        for (trouble, pause) in troubles.iter().zip(["10", "20", "40"]) {
            assert!(trouble.starts_with(&format!("cannot accept on tcp://{address}: ")));
            assert!(
                trouble.ends_with(&format!("; trying again in {pause} ms")),
                "{trouble}"
            );
        }
    });
}
