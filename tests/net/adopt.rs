//! Sockets that somebody else has made, handed over by their descriptors.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram, UnixListener, UnixStream};

use sluice::error::Kind;
use sluice::net::{Address, Endpoint, Listener};
use sluice::server::Bound;
use socket2::{Domain, SockRef, Socket, Type};

use super::{Folder, acceptor, run};

fn adopt(socket: impl Into<OwnedFd>) -> Listener {
    Listener::adopt(socket.into()).unwrap()
}

/// The message without the number of the descriptor.
fn refusal(socket: impl Into<OwnedFd>) -> String {
    let socket = socket.into();
    let begins = format!("descriptor {} cannot be listened on: ", socket.as_raw_fd());
    let error = Listener::adopt(socket).unwrap_err();
    assert_eq!(error.kind(), Kind::Bind);
    let reason = error.message().strip_prefix(&begins);
    reason.unwrap_or_else(|| panic!("{error}")).to_owned()
}

/// Whether a descriptor is non-blocking, and whether it is closed on exec.
fn flags(descriptor: RawFd) -> (bool, bool) {
    let info = fs::read_to_string(format!("/proc/self/fdinfo/{descriptor}")).unwrap();
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
    let flags = u32::from_str_radix(flags.unwrap().trim(), 8).unwrap();
    (flags & 0o4000 != 0, flags & 0o2_000_000 != 0)
}

#[test]
fn a_tcp_socket_is_adopted_with_the_connections_that_wait() {
    let made = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = made.local_addr().unwrap();
    SockRef::from(&made).set_cloexec(false).unwrap();
    let number = made.as_raw_fd();
    assert_eq!(flags(number), (false, false));
    let mut early = TcpStream::connect(address).unwrap();
    let listener = adopt(made);
    assert_eq!(flags(number), (true, true));
    assert_eq!(listener.address(), &Address::Tcp(address));
    run(async {
        let (acceptor, meter) = acceptor(listener);
        assert_eq!(meter.address, format!("tcp://{address}"));
        let (stream, peer) = acceptor.accept().await;
        assert_eq!(peer.remote, Endpoint::Tcp(early.local_addr().unwrap()));
        assert_eq!(peer.local, Endpoint::Tcp(address));
        assert!(SockRef::from(&stream).tcp_nodelay().unwrap());
        drop(stream);
        assert_eq!(early.read(&mut [0]).unwrap(), 0);
        early.shutdown(std::net::Shutdown::Both).unwrap();
    });
}

#[test]
fn an_ipv6_socket_that_takes_ipv4_too_shows_ipv4_addresses() {
    let socket = Socket::new(Domain::IPV6, Type::STREAM, None).unwrap();
    socket.set_only_v6(false).unwrap();
    let every: std::net::SocketAddr = "[::]:0".parse().unwrap();
    socket.bind(&every.into()).unwrap();
    socket.listen(8).unwrap();
    let port = socket.local_addr().unwrap().as_socket().unwrap().port();
    let client = TcpStream::connect(("127.0.0.1", port)).unwrap();
    run(async {
        let (acceptor, _) = acceptor(adopt(socket));
        let (_stream, peer) = acceptor.accept().await;
        assert_eq!(peer.remote, Endpoint::Tcp(client.local_addr().unwrap()));
        assert_eq!(peer.local, Endpoint::Tcp(client.peer_addr().unwrap()));
    });
}

#[test]
fn the_file_of_an_adopted_socket_stays_until_it_is_owned() {
    let folder = Folder::new("adopted");
    let (path, _) = folder.socket();
    let made = UnixListener::bind(&path).unwrap();
    let listener = adopt(made.try_clone().unwrap());
    assert_eq!(listener.address(), &Address::Unix(path.clone()));
    UnixStream::connect(&path).unwrap();
    drop(listener);
    assert!(path.exists(), "whoever made it removes it");

    let mut listener = adopt(made.try_clone().unwrap());
    listener.own_file().unwrap();
    drop(listener);
    assert!(!path.exists());

    let mut listener = adopt(made);
    let error = listener.own_file().unwrap_err();
    assert_eq!(error.kind(), Kind::Bind);
    let file = path.display();
    assert_eq!(
        error.message(),
        format!("cannot take over the file of unix://{file}: there is none")
    );
    fs::write(&path, "precious").unwrap();
    let error = listener.own_file().unwrap_err();
    assert!(error.message().ends_with("is not a socket"), "{error}");
    drop(listener);
    assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
}

#[test]
fn a_file_whose_path_is_relative_is_not_owned() {
    let name = format!("sluice-{}.sock", std::process::id());
    let mut listener = adopt(UnixListener::bind(&name).unwrap());
    let error = listener.own_file().unwrap_err();
    drop(listener);
    let removed = fs::remove_file(&name);
    assert_eq!(
        error.message(),
        format!(
            "cannot take over the file of unix://{name}: its path is relative to another process's folder"
        )
    );
    removed.expect("it was there");
}

#[test]
fn a_file_that_was_replaced_after_it_was_owned_is_not_removed() {
    let folder = Folder::new("adopted-replaced");
    let (path, _) = folder.socket();
    let mut listener = adopt(UnixListener::bind(&path).unwrap());
    listener.own_file().unwrap();
    fs::rename(&path, folder.0.join("old.sock")).unwrap();
    let _second = UnixListener::bind(&path).unwrap();
    drop(listener);
    assert!(path.exists());
}

#[test]
fn a_file_is_handed_from_the_listener_that_made_it_to_another() {
    let folder = Folder::new("handed");
    let (path, wanted) = folder.socket();
    let mut maker = Bound::from_listener(Listener::bind(&wanted).unwrap(), None);
    let mut keeper = Bound::from_listener(adopt(maker.try_clone_fd().unwrap()), None);
    assert_eq!(keeper.address(), format!("unix://{}", path.display()));
    keeper.own_file().unwrap();
    maker.leave_file();
    drop(maker);
    UnixStream::connect(&path).expect("the keeper listens on");
    // To own it twice is to own it.
    keeper.own_file().unwrap();
    assert!(path.exists());
    drop(keeper);
    assert!(!path.exists());
}

#[test]
fn a_socket_without_a_file_has_none_to_own() {
    let mut listener = adopt(TcpListener::bind("127.0.0.1:0").unwrap());
    listener.own_file().unwrap();
    listener.leave_file();
    let name = format!("sluice test {}", std::process::id());
    let address = SocketAddr::from_abstract_name(&name).unwrap();
    let mut listener = adopt(UnixListener::bind_addr(&address).unwrap());
    assert_eq!(listener.address().to_string(), format!("unix://@{name}"));
    listener.own_file().unwrap();
    let mut client = UnixStream::connect_addr(&address).unwrap();
    run(async {
        let (acceptor, _) = acceptor(listener);
        let (stream, peer) = acceptor.accept().await;
        assert_eq!(peer.remote, Endpoint::Unix);
        drop(stream);
        assert_eq!(client.read(&mut [0]).unwrap(), 0);
    });
}

#[test]
fn a_second_descriptor_is_the_same_socket() {
    let first = super::bind("127.0.0.1:0");
    let address = super::socket_address(&first);
    let second = first.try_clone_fd().unwrap();
    assert_eq!(flags(second.as_raw_fd()), (true, true));
    let second = adopt(second);
    assert_eq!(second.address(), first.address());
    drop(first);
    let mut client = TcpStream::connect(address).unwrap();
    client.write_all(b"x").unwrap();
    run(async {
        let (acceptor, _) = acceptor(second);
        acceptor.accept().await;
    });
}

#[test]
fn what_is_no_listening_stream_socket_is_refused_and_closed() {
    assert_eq!(
        refusal(File::open("/dev/null").unwrap()),
        "it is not a socket"
    );
    let datagram = "it is a datagram socket, not a stream socket";
    assert_eq!(refusal(UdpSocket::bind("127.0.0.1:0").unwrap()), datagram);
    assert_eq!(refusal(UnixDatagram::unbound().unwrap()), datagram);
    let packets = Socket::new(Domain::UNIX, Type::SEQPACKET, None).unwrap();
    assert_eq!(
        refusal(packets),
        "it is a sequenced-packet socket, not a stream socket"
    );
    let netlink = Socket::new(Domain::from(libc::AF_NETLINK), Type::RAW, None).unwrap();
    assert_eq!(
        refusal(netlink),
        "it is a raw socket, not a stream socket; its address family is 16, neither IP nor unix"
    );
    let unbound = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    assert_eq!(refusal(unbound), "it does not listen");
    let (connected, mut other) = UnixStream::pair().unwrap();
    assert_eq!(refusal(connected), "it does not listen");
    assert_eq!(other.read(&mut [0]).unwrap(), 0, "it is closed");
}
