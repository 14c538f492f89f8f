//! What a descriptor is that somebody else has made.

use std::io;
use std::os::fd::BorrowedFd;

use socket2::{Domain, SockAddr, SockRef, Type};

use super::address::Address;

/// The address of a TCP or unix stream socket that listens.
///
/// # Errors
/// What `socket` is instead; everything that is wrong with it.
pub(super) fn address_of(socket: BorrowedFd<'_>) -> Result<Address, String> {
    let socket = SockRef::from(&socket);
    let kind = socket.r#type().map_err(no_socket)?;
    let family = socket.domain().map_err(no_socket)?;
    let mut mistakes = Vec::new();
    if kind != Type::STREAM {
        mistakes.push(format!("it is {}, not a stream socket", name_of(kind)));
    }
    if ![Domain::IPV4, Domain::IPV6, Domain::UNIX].contains(&family) {
        let number = i32::from(family);
        mistakes.push(format!(
            "its address family is {number}, neither IP nor unix"
        ));
    }
    // Only a socket of the right kind could listen.
    if mistakes.is_empty() && !socket.is_listener().map_err(no_socket)? {
        mistakes.push("it does not listen".into());
    }
    if !mistakes.is_empty() {
        return Err(mistakes.join("; "));
    }
    let bound = socket.local_addr().map_err(no_socket)?;
    understood(&bound).ok_or_else(|| "it has no address".into())
}

fn understood(bound: &SockAddr) -> Option<Address> {
    if let Some(address) = bound.as_socket() {
        return Some(Address::Tcp(address));
    }
    let path = bound.as_pathname().map(|path| Address::Unix(path.into()));
    let name = || Some(Address::Abstract(bound.as_abstract_namespace()?.into()));
    path.or_else(name)
}

fn no_socket(error: io::Error) -> String {
    match error.raw_os_error() {
        Some(libc::ENOTSOCK) => "it is not a socket".into(),
        _ => error.to_string(),
    }
}

fn name_of(kind: Type) -> String {
    match kind {
        Type::DGRAM => "a datagram socket".into(),
        Type::SEQPACKET => "a sequenced-packet socket".into(),
        Type::RAW => "a raw socket".into(),
        other => format!("a socket of type {}", i32::from(other)),
    }
}
