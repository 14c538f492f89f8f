//! Accepting: never an error to the caller, back-off when the system has no room.

use std::cell::Cell;
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use socket2::SockRef;
use tokio::net::{TcpListener, UnixListener};

use super::address::Address;
use super::listener::Bound;
use super::socket_file::SocketFile;
use super::stream::Stream;
use crate::stats;

/// A listening socket in a tokio runtime.
pub struct Acceptor {
    socket: Socket,
    address: Address,
    meter: Rc<stats::Listener>,
    trouble: Trouble,
    /// How long the next failure pauses. It is kept here, not in the future, so that a caller that
    /// drops and repeats the accept does not start from the shortest again.
    pause: Cell<Duration>,
}

/// The two ends of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The client's end.
    pub remote: Endpoint,
    /// The server's end: the address that the client connected to, where the listener is bound to
    /// every interface.
    pub local: Endpoint,
}

/// One end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// An IP address and a port.
    Tcp(SocketAddr),
    /// A unix socket; clients have no name there.
    Unix,
}

pub(super) type Trouble = Box<dyn Fn(&str)>;

enum Socket {
    Tcp {
        listener: TcpListener,
        /// Whether its connections are born with `TCP_NODELAY`. One that systemd has made may lack it, and so may the
        /// connections that wait there.
        is_nodelay: bool,
    },
    Unix(
        #[expect(dead_code, reason = "removes the file on drop")] Option<SocketFile>,
        UnixListener,
    ),
}

impl Acceptor {
    pub(super) fn new(
        bound: Bound,
        address: Address,
        meter: Rc<stats::Listener>,
        trouble: Trouble,
    ) -> io::Result<Self> {
        let socket = match bound {
            Bound::Tcp(socket) => Socket::Tcp {
                is_nodelay: SockRef::from(&socket).tcp_nodelay()?,
                listener: TcpListener::from_std(socket)?,
            },
            Bound::Unix(file, socket) => Socket::Unix(file, UnixListener::from_std(socket)?),
        };
        Ok(Self {
            socket,
            address,
            meter,
            trouble,
            pause: Cell::new(PAUSE_LEAST),
        })
    }

    /// The address that is really bound.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Waits for the next connection. It is counted as accepted, and as open until its stream is
    /// dropped.
    ///
    /// Failures stay here. A connection that was gone before it was accepted is skipped; where the
    /// system has no room (file descriptors, memory), accepting pauses for 10 ms, twice as long each
    /// time up to one second, and says so. Cancel-safe: dropping the future loses no connection.
    pub async fn accept(&self) -> (Stream, Peer) {
        loop {
            match self.accept_one().await {
                Ok(accepted) => {
                    self.pause.set(PAUSE_LEAST);
                    return accepted;
                }
                Err(error) if is_about_one_connection(&error) => {}
                Err(error) => {
                    let pause = self.pause.get();
                    self.pause.set((pause * 2).min(PAUSE_MOST));
                    (self.trouble)(&format!(
                        "cannot accept on {}: {error}; trying again in {} ms",
                        self.address,
                        pause.as_millis()
                    ));
                    tokio::time::sleep(pause).await;
                }
            }
        }
    }

    async fn accept_one(&self) -> io::Result<(Stream, Peer)> {
        match &self.socket {
            Socket::Tcp {
                listener,
                is_nodelay,
            } => {
                let (stream, remote) = listener.accept().await?;
                let local = self.local(&stream)?;
                if !is_nodelay {
                    stream.set_nodelay(true)?;
                }
                let peer = Peer {
                    remote: Endpoint::Tcp(plain(remote)),
                    local: Endpoint::Tcp(local),
                };
                Ok((Stream::tcp(stream, &self.meter), peer))
            }
            Socket::Unix(_, listener) => {
                let (stream, _) = listener.accept().await?;
                let peer = Peer {
                    remote: Endpoint::Unix,
                    local: Endpoint::Unix,
                };
                Ok((Stream::unix(stream, &self.meter), peer))
            }
        }
    }

    /// Asks the system only where the listener's own address does not say it.
    fn local(&self, stream: &tokio::net::TcpStream) -> io::Result<SocketAddr> {
        match &self.address {
            Address::Tcp(bound) if !bound.ip().is_unspecified() => Ok(plain(*bound)),
            _ => stream.local_addr().map(plain),
        }
    }
}

impl fmt::Debug for Acceptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Acceptor")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Endpoint {
    /// The IP address; `None` on a unix socket.
    pub fn ip(&self) -> Option<IpAddr> {
        match self {
            Self::Tcp(address) => Some(address.ip()),
            Self::Unix => None,
        }
    }

    /// The port; `None` on a unix socket.
    pub fn port(&self) -> Option<u16> {
        match self {
            Self::Tcp(address) => Some(address.port()),
            Self::Unix => None,
        }
    }
}

/// An adopted IPv6 socket may take IPv4 clients too, whose addresses are mapped into IPv6 there.
pub(super) fn plain(address: SocketAddr) -> SocketAddr {
    match address.ip().to_canonical() {
        IpAddr::V4(ip) => (ip, address.port()).into(),
        IpAddr::V6(_) => address,
    }
}

/// Whether the failure took one connection with it and says nothing about the next. accept(2)
/// passes on network errors that are pending on the new socket; options cannot be set (EINVAL) on
/// one that the client has reset.
fn is_about_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{
        ConnectionAborted, ConnectionRefused, ConnectionReset, HostUnreachable, Interrupted,
        InvalidInput, NetworkDown, NetworkUnreachable, NotConnected, TimedOut,
    };
    matches!(
        error.kind(),
        ConnectionAborted
            | ConnectionRefused
            | ConnectionReset
            | HostUnreachable
            | Interrupted
            | InvalidInput
            | NetworkDown
            | NetworkUnreachable
            | NotConnected
            | TimedOut
    )
}

const PAUSE_LEAST: Duration = Duration::from_millis(10);
const PAUSE_MOST: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_concerns_one_connection_is_retried_at_once() {
        for code in [
            libc::ECONNABORTED,
            libc::ECONNRESET,
            libc::EINVAL,
            libc::EINTR,
        ] {
            assert!(is_about_one_connection(&io::Error::from_raw_os_error(code)));
        }
        for code in [
            libc::EMFILE,
            libc::ENFILE,
            libc::ENOBUFS,
            libc::ENOMEM,
            libc::EPERM,
        ] {
            assert!(!is_about_one_connection(&io::Error::from_raw_os_error(
                code
            )));
        }
    }

    #[test]
    fn an_ipv4_client_of_an_ipv6_socket_has_its_ipv4_address() {
        for (said, shown) in [
            ("[::ffff:192.0.2.7]:80", "192.0.2.7:80"),
            ("192.0.2.7:80", "192.0.2.7:80"),
            ("[fe80::1%3]:80", "[fe80::1%3]:80"),
        ] {
            assert_eq!(plain(said.parse().unwrap()).to_string(), shown);
        }
    }

    #[test]
    fn an_endpoint_on_a_unix_socket_has_no_address() {
        assert_eq!((Endpoint::Unix.ip(), Endpoint::Unix.port()), (None, None));
        let tcp = Endpoint::Tcp("[::1]:80".parse().unwrap());
        assert_eq!(tcp.ip(), Some("::1".parse().unwrap()));
        assert_eq!(tcp.port(), Some(80));
    }
}
