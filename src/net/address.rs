//! Where a socket listens.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

/// The address of a socket, written as `tcp://127.0.0.1:8080`, `unix:///run/app.sock` or, where it
/// has a name and no file, `unix://@name`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Address {
    /// An IP address and a port.
    Tcp(SocketAddr),
    /// The path of a socket file; absolute, unless another process has bound it otherwise.
    Unix(PathBuf),
    /// A name in the abstract namespace of unix sockets. Such a socket is adopted, never bound here.
    Abstract(Vec<u8>),
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => write!(f, "tcp://{address}"),
            Self::Unix(path) => write!(f, "unix://{}", path.display()),
            Self::Abstract(name) => write!(f, "unix://@{}", name.escape_ascii()),
        }
    }
}
