//! Socket activation: listening sockets that systemd, or another launcher that speaks its protocol,
//! has bound and handed over to this process.
//!
//! What was handed over is looked at once, when the first address is listened on; by then the
//! variables that announced it are out of the environment. Each socket is taken once. What nobody
//! takes stays open, closed on exec, and is told by [`unused`].

use std::cell::RefCell;
use std::fmt;
use std::os::fd::{AsFd, OwnedFd};
use std::str::FromStr;

use super::access::Access;
use super::address::Address;
use super::inherited;
use super::listener::Listener;
use crate::error::{Error, Kind, Result};
use crate::sys;

/// Which of the sockets that were handed over: `systemd://http` or `systemd://0`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pick {
    /// The first of that name that is not taken yet.
    Name(String),
    /// By its place, from 0; what is all digits is one.
    Index(usize),
}

/// The sockets that were handed over and not taken, each as `1 "metrics" tcp://0.0.0.0:9090`.
pub fn unused() -> Vec<String> {
    with(|handed| handed.unused())
}

/// Takes the socket that was picked.
pub(super) fn take(pick: &Pick) -> Result<Listener> {
    with(|handed| handed.take(pick))
        .map_err(|reason| refused(pick, &reason))
        .and_then(Listener::adopt)
}

/// Takes the socket that is bound to `address`, if one is. Its file is as systemd has made it: an
/// `access` that says more is refused.
pub(super) fn take_bound_to(address: &Address, access: &Access) -> Option<Result<Listener>> {
    let taken = with(|handed| handed.take_bound_to(address, access))?;
    Some(
        taken
            .map_err(|reason| refused(address, &reason))
            .and_then(Listener::adopt),
    )
}

/// The sockets that are not taken and have this port, on whichever address.
pub(super) fn on_port(port: u16) -> Vec<String> {
    with(|handed| handed.on_port(port))
}

fn refused(what: &impl fmt::Display, reason: &str) -> Error {
    Error::new(Kind::Bind, format!("cannot listen on {what}: {reason}"))
}

/// What was handed over, or why nothing was.
struct Handed {
    sockets: Vec<Given>,
    none: String,
}

struct Given {
    name: String,
    address: Result<Address, String>,
    /// Until it is taken.
    socket: Option<OwnedFd>,
}

/// One list for the thread that runs PHP: the process has no other that listens.
fn with<T>(look: impl FnOnce(&mut Handed) -> T) -> T {
    thread_local! {
        static HANDED: RefCell<Handed> = RefCell::new(Handed::new(sys::take_handed()));
    }
    HANDED.with_borrow_mut(look)
}

impl Handed {
    fn new(taken: Result<Vec<sys::Handed>, String>) -> Self {
        let (taken, none) = match taken {
            Ok(taken) => (taken, String::new()),
            Err(none) => (Vec::new(), none),
        };
        let sockets = taken.into_iter().map(|(name, socket)| match socket {
            Ok(socket) => Given {
                name,
                address: inherited::address_of(socket.as_fd()),
                socket: Some(socket),
            },
            Err(error) => Given {
                name,
                address: Err(error.to_string()),
                socket: None,
            },
        });
        Self {
            sockets: sockets.collect(),
            none,
        }
    }

    fn take(&mut self, pick: &Pick) -> Result<OwnedFd, String> {
        let mut reason = "there is no such socket".to_owned();
        for (at, given) in self.sockets.iter_mut().enumerate() {
            let is_meant = match pick {
                Pick::Index(index) => *index == at,
                Pick::Name(name) => *name == given.name,
            };
            match (&given.address, is_meant) {
                (_, false) => {}
                (Ok(_), true) => match given.socket.take() {
                    Some(socket) => return Ok(socket),
                    None => reason = "it is listened on already".into(),
                },
                (Err(wrong), true) => {
                    reason = format!("{wrong}; its unit needs ListenStream= and Accept=no");
                }
            }
        }
        if self.sockets.is_empty() {
            return Err(format!("systemd handed over no sockets: {}", self.none));
        }
        let list: Vec<String> = self.list().map(|(_, shown)| shown).collect();
        Err(format!(
            "{reason}; systemd handed over: {}",
            list.join(", ")
        ))
    }

    fn take_bound_to(
        &mut self,
        address: &Address,
        access: &Access,
    ) -> Option<Result<OwnedFd, String>> {
        let bound = self
            .sockets
            .iter_mut()
            .filter(|given| given.address.as_ref() == Ok(address))
            .find(|given| given.socket.is_some())?;
        if access.says_nothing() {
            bound.socket.take().map(Ok)
        } else {
            Some(Err(
                "systemd has made it, with what its unit says in SocketMode=, SocketUser= and \
                 SocketGroup=: leave the parameters out"
                    .into(),
            ))
        }
    }

    fn unused(&self) -> Vec<String> {
        self.list()
            .filter(|(given, _)| given.socket.is_some())
            .map(|(_, shown)| shown)
            .collect()
    }

    fn on_port(&self, port: u16) -> Vec<String> {
        self.list()
            .filter(|(given, _)| given.socket.is_some())
            .filter(
                |(given, _)| matches!(&given.address, Ok(Address::Tcp(at)) if at.port() == port),
            )
            .map(|(_, shown)| shown)
            .collect()
    }

    fn list(&self) -> impl Iterator<Item = (&Given, String)> {
        let each = self.sockets.iter().enumerate();
        each.map(|(at, given)| (given, format!("{at} {given}")))
    }
}

impl fmt::Display for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.address {
            Ok(address) => write!(f, "{:?} {address}", self.name)?,
            Err(wrong) => return write!(f, "{:?} ({wrong})", self.name),
        }
        if self.socket.is_none() {
            f.write_str(" (listened on)")?;
        }
        Ok(())
    }
}

impl FromStr for Pick {
    type Err = String;

    /// # Errors
    /// A hint at what would be right.
    fn from_str(said: &str) -> Result<Self, String> {
        if said.is_empty() {
            return Err("name the socket, or its place, as systemd://http or systemd://0".into());
        }
        if !said.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Self::Name(said.to_owned()));
        }
        match said.parse() {
            Ok(index) => Ok(Self::Index(index)),
            Err(_) => Err(format!("{said} is more than any number of sockets")),
        }
    }
}

impl fmt::Display for Pick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => write!(f, "systemd://{name}"),
            Self::Index(index) => write!(f, "systemd://{index}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::net::{TcpListener, UdpSocket};

    use super::*;

    /// Two listening sockets of one name, a datagram socket and a number that is not open, and the
    /// addresses of the first two.
    fn handed() -> (Handed, [Address; 2]) {
        let sockets = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let addresses = [0, 1].map(|at| Address::Tcp(sockets[at].local_addr().unwrap()));
        let log = UdpSocket::bind("127.0.0.1:0").unwrap();
        let mut taken: Vec<sys::Handed> = Vec::new();
        for socket in sockets {
            taken.push(("web".into(), Ok(socket.into())));
        }
        taken.push(("log".into(), Ok(log.into())));
        taken.push((
            "gone".into(),
            Err(io::Error::from_raw_os_error(libc::EBADF)),
        ));
        (Handed::new(Ok(taken)), addresses)
    }

    fn address_of(socket: Result<OwnedFd, String>) -> Address {
        inherited::address_of(socket.unwrap().as_fd()).unwrap()
    }

    fn pick(said: &str) -> Pick {
        said.parse().unwrap()
    }

    #[test]
    fn each_socket_is_taken_once_by_name_or_by_place() {
        let (mut handed, [first, second]) = handed();
        assert_eq!(address_of(handed.take(&pick("web"))), first);
        assert_eq!(address_of(handed.take(&pick("web"))), second);
        for taken in ["web", "0", "1"] {
            let reason = handed.take(&pick(taken)).unwrap_err();
            assert_eq!(
                reason,
                format!(
                    "it is listened on already; systemd handed over: 0 \"web\" {first} (listened on), \
                     1 \"web\" {second} (listened on), \
                     2 \"log\" (it is a datagram socket, not a stream socket), \
                     3 \"gone\" (Bad file descriptor (os error 9))"
                )
            );
        }
        let (mut handed, [first, second]) = self::handed();
        assert_eq!(address_of(handed.take(&pick("1"))), second);
        assert_eq!(address_of(handed.take(&pick("web"))), first);
    }

    #[test]
    fn a_socket_is_taken_by_its_address() {
        let (mut handed, [first, second]) = handed();
        let plain = Access::default();
        let elsewhere = Address::Tcp("127.0.0.1:0".parse().unwrap());
        assert!(handed.take_bound_to(&elsewhere, &plain).is_none());
        let mode = Access::parse("mode=0660").unwrap();
        let refused = handed.take_bound_to(&second, &mode).unwrap().unwrap_err();
        assert!(refused.contains("SocketMode="), "{refused}");
        let taken = handed.take_bound_to(&second, &plain).unwrap();
        assert_eq!(address_of(taken), second);
        assert!(
            handed.take_bound_to(&second, &plain).is_none(),
            "it is taken"
        );
        let Address::Tcp(address) = &first else {
            panic!("{first}");
        };
        assert_eq!(
            handed.on_port(address.port()),
            [format!("0 \"web\" {first}")]
        );
        assert_eq!(
            handed.unused(),
            [
                format!("0 \"web\" {first}"),
                "2 \"log\" (it is a datagram socket, not a stream socket)".into()
            ]
        );
    }

    #[test]
    fn what_is_not_there_or_cannot_be_listened_on_is_said() {
        let (mut handed, _) = handed();
        for (said, reason) in [
            (
                "http",
                "there is no such socket; systemd handed over: 0 \"web\" ",
            ),
            (
                "4",
                "there is no such socket; systemd handed over: 0 \"web\" ",
            ),
            (
                "log",
                "it is a datagram socket, not a stream socket; its unit needs ",
            ),
            ("3", "Bad file descriptor (os error 9); its unit needs "),
        ] {
            let error = handed.take(&pick(said)).unwrap_err();
            assert!(error.starts_with(reason), "{error}");
        }
        let mut none = Handed::new(Err("LISTEN_FDS is not set".into()));
        assert_eq!(
            none.take(&pick("0")).unwrap_err(),
            "systemd handed over no sockets: LISTEN_FDS is not set"
        );
        assert!(none.unused().is_empty());
    }

    #[test]
    fn what_is_all_digits_is_a_place() {
        assert_eq!(pick("0"), Pick::Index(0));
        assert_eq!(pick("http.socket"), Pick::Name("http.socket".into()));
        assert_eq!(pick("2nd").to_string(), "systemd://2nd");
        assert!("".parse::<Pick>().unwrap_err().contains("systemd://0"));
        assert!("99999999999999999999".parse::<Pick>().is_err());
    }
}
