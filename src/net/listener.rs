//! A bound socket.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::rc::Rc;

use socket2::{Domain, SockAddr, Socket, Type};

use super::acceptor::{Acceptor, Trouble};
use super::access::Access;
use super::activation;
use super::address::Address;
use super::inherited;
use super::socket_file::{self, SocketFile};
use super::wanted::Wanted;
use crate::error::{Error, Kind, Result};
use crate::stats;

/// A socket that is bound and listens: non-blocking, closed on exec, and not part of any runtime yet.
///
/// Dropping it closes the socket and removes the socket file that it owns: one that it made, or took
/// over by [`own_file`](Self::own_file).
#[derive(Debug)]
pub struct Listener {
    socket: Bound,
    address: Address,
}

/// The socket, by its family.
#[derive(Debug)]
pub(super) enum Bound {
    Tcp(std::net::TcpListener),
    // The file is dropped first: a client that still finds it must not be refused. An adopted socket
    // has none, because somebody else made it.
    Unix(Option<SocketFile>, UnixListener),
}

impl Listener {
    /// Binds what is wanted and listens on it with a backlog of 1024, unless systemd has handed over
    /// the socket that is picked, or one that is bound to this very address: that one is adopted.
    ///
    /// A TCP address is bound with `SO_REUSEADDR`, so that a restart does not wait for old
    /// connections; an IPv6 address takes IPv6 connections only. The file of a unix socket that
    /// nobody listens on any more is replaced; its mode, owner and group are set before the first
    /// client can connect.
    ///
    /// # Errors
    /// [`Kind::Bind`], with the address and the reason.
    pub fn bind(wanted: &Wanted) -> Result<Self> {
        match wanted {
            Wanted::Tcp(wanted) => {
                let address = Address::Tcp(*wanted);
                let handed = activation::take_bound_to(&address, &Access::default());
                handed.unwrap_or_else(|| Self::bound(&address, bind_tcp(*wanted)))
            }
            Wanted::Unix(path, access) => {
                let address = Address::Unix(path.clone());
                let handed = activation::take_bound_to(&address, access);
                handed.unwrap_or_else(|| Self::bound(&address, bind_unix(path, access)))
            }
            Wanted::Systemd(pick) => activation::take(pick),
        }
    }

    fn bound(wanted: &Address, bound: io::Result<(Bound, Address)>) -> Result<Self> {
        let (socket, address) = bound.map_err(|error| refused(wanted, error))?;
        Ok(Self { socket, address })
    }

    /// Takes over a socket that listens already, such as one that another process has bound. It
    /// becomes non-blocking, for every process that shares it, and closed on exec, for this
    /// descriptor alone. Its file, if it has one, stays that of whoever made it.
    ///
    /// # Errors
    /// [`Kind::Bind`] if it is not a TCP or unix stream socket that listens; the message names the
    /// descriptor, which is closed then.
    pub fn adopt(socket: OwnedFd) -> Result<Self> {
        let number = socket.as_raw_fd();
        let refused = |reason: String| {
            Error::new(
                Kind::Bind,
                format!("descriptor {number} cannot be listened on: {reason}"),
            )
        };
        let address = inherited::address_of(socket.as_fd()).map_err(refused)?;
        let socket = Socket::from(socket);
        socket
            .set_nonblocking(true)
            .and_then(|()| socket.set_cloexec(true))
            .map_err(|error| refused(error.to_string()).caused_by(error))?;
        let socket = match &address {
            Address::Tcp(_) => Bound::Tcp(socket.into()),
            Address::Unix(_) | Address::Abstract(_) => Bound::Unix(None, socket.into()),
        };
        Ok(Self { socket, address })
    }

    /// A second descriptor of the same socket, closed on exec: for another process to
    /// [`adopt`](Self::adopt). A connection goes to whoever accepts it first.
    ///
    /// # Errors
    /// What the system says, such as that no descriptor is free.
    pub fn try_clone_fd(&self) -> io::Result<OwnedFd> {
        self.as_fd().try_clone_to_owned()
    }

    /// Makes the socket file that is at the address now this process's own: dropping the listener
    /// removes it, unless it has been replaced by then. The process that has owned it until now
    /// calls [`leave_file`](Self::leave_file). A socket without a file is left as it is.
    ///
    /// # Errors
    /// [`Kind::Bind`] if no socket file is there, or its path is relative.
    pub fn own_file(&mut self) -> Result<()> {
        let (Bound::Unix(file, _), Address::Unix(path)) = (&mut self.socket, &self.address) else {
            return Ok(());
        };
        let taken = if path.is_absolute() {
            SocketFile::adopt(path).map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => "there is none".into(),
                io::ErrorKind::AlreadyExists => "what is there is not a socket".into(),
                _ => error.to_string(),
            })
        } else {
            Err("its path is relative to another process's folder".into())
        };
        let taken = taken.map_err(|reason: String| {
            let what = format!("cannot take over the file of {}: {reason}", self.address);
            Error::new(Kind::Bind, what)
        })?;
        if let Some(before) = file.replace(taken) {
            before.leave();
        }
        Ok(())
    }

    /// Leaves the socket file where it is when this listener is dropped: another process owns it.
    /// Returns whether this one has until now.
    pub fn leave_file(&mut self) -> bool {
        let Bound::Unix(file, _) = &mut self.socket else {
            return false;
        };
        file.take().map(SocketFile::leave).is_some()
    }

    /// The address that is really bound: where port 0 was asked for, the port that the system chose.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Moves the socket into the running tokio runtime. Accepted connections and their bytes are
    /// counted in `meter`; `trouble` gets one line each time that accepting fails and is paused.
    ///
    /// # Errors
    /// [`Kind::Server`] if the runtime cannot watch the socket.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn acceptor(
        self,
        meter: Rc<stats::Listener>,
        trouble: impl Fn(&str) + 'static,
    ) -> Result<Acceptor> {
        let trouble: Trouble = Box::new(trouble);
        Acceptor::new(self.socket, self.address, meter, trouble).map_err(|error| {
            Error::new(
                Kind::Server,
                "the runtime cannot watch the listening socket",
            )
            .caused_by(error)
        })
    }
}

impl AsFd for Listener {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match &self.socket {
            Bound::Tcp(socket) => socket.as_fd(),
            Bound::Unix(_, socket) => socket.as_fd(),
        }
    }
}

fn bind_tcp(wanted: SocketAddr) -> io::Result<(Bound, Address)> {
    let socket = Socket::new(Domain::for_address(wanted), stream_type(), None)?;
    if wanted.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_reuse_address(true)?;
    socket.bind(&SockAddr::from(wanted))?;
    // Linux hands it down to the connections, which saves a system call for each.
    socket.set_tcp_nodelay(true)?;
    socket.listen(BACKLOG)?;
    let socket = std::net::TcpListener::from(socket);
    let address = Address::Tcp(socket.local_addr()?);
    Ok((Bound::Tcp(socket), address))
}

fn bind_unix(path: &Path, access: &Access) -> io::Result<(Bound, Address)> {
    let access = access.look_up()?;
    let address = SockAddr::unix(path)?;
    let socket = Socket::new(Domain::UNIX, stream_type(), None)?;
    match socket.bind(&address) {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            socket_file::remove_stale(path)?;
            socket.bind(&address)?;
        }
        done => done?,
    }
    let file = SocketFile::adopt(path)?;
    // Until the socket listens, every connect is refused, whatever the file permits.
    access.apply(path)?;
    socket.listen(BACKLOG)?;
    let socket = Bound::Unix(Some(file), socket.into());
    Ok((socket, Address::Unix(path.to_owned())))
}

fn stream_type() -> Type {
    Type::STREAM.nonblocking().cloexec()
}

fn refused(address: &Address, error: io::Error) -> Error {
    let reason = match (address, error.kind()) {
        (Address::Tcp(wanted), io::ErrorKind::AddrInUse) => in_use(wanted.port()),
        (Address::Unix(_), io::ErrorKind::AddrInUse) => {
            "the socket is in use: another process listens on it".into()
        }
        (Address::Unix(_), io::ErrorKind::AlreadyExists) => {
            "a file of that name exists and is not a socket".into()
        }
        (Address::Unix(_), io::ErrorKind::NotFound) => "the folder does not exist".into(),
        (Address::Tcp(_), io::ErrorKind::AddrNotAvailable) => {
            "no interface of this machine has that address".into()
        }
        (Address::Tcp(wanted), io::ErrorKind::PermissionDenied) if wanted.port() < 1024 => {
            "ports below 1024 need root or the capability CAP_NET_BIND_SERVICE".into()
        }
        _ => error.to_string(),
    };
    Error::new(Kind::Bind, format!("cannot listen on {address}: {reason}")).caused_by(error)
}

fn in_use(port: u16) -> String {
    let handed = activation::on_port(port);
    if handed.is_empty() {
        return "the port is in use by another socket".into();
    }
    format!(
        "the port is in use by what systemd handed over, {}: listen on that",
        handed.join(", ")
    )
}

/// How many connections wait in the kernel for an accept; `net.core.somaxconn` may hold it lower.
const BACKLOG: i32 = 1024;
