//! The header of the PROXY protocol, versions 1 and 2, as a pure function: haproxy's `proxy-protocol.txt`.
//!
//! It decides whose address the application sees, so it is read as the text says and never as somebody may have
//! meant it: the crates for it take signs before ports, or any character behind the name.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use super::acceptor::{Endpoint, Peer, plain};

/// What the first bytes of a connection are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beginning {
    /// Too few to say.
    Undecided,
    /// A header whose rest is still to come.
    Partial,
    /// A whole header.
    Whole {
        /// Its length in bytes; what is behind it is the client's.
        len: usize,
        /// The ends of the client's connection. `None`: it tells of nobody (`UNKNOWN`, `LOCAL`,
        /// `AF_UNSPEC`).
        told: Option<Peer>,
    },
    /// Something else, such as HTTP or TLS.
    Other,
    /// A header that is broken, or longer than [`LONGEST`].
    Malformed,
}

/// The longest header that is read, in bytes. Version 1 has 107 at most, version 2 up to 65,551, of which the
/// addresses are 232: more than this are extensions (TLV) that nobody here reads.
pub const LONGEST: usize = 4096;

const V1: &[u8] = b"PROXY ";
/// Section 2.1: the line with its end has 107 bytes at most.
const V1_LONGEST: usize = 107;
const V2: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";
const V2_FIXED: usize = V2.len() + 4;

/// Reads a header off the first bytes of a connection. No bytes are undecided.
pub fn parse(bytes: &[u8]) -> Beginning {
    if bytes.starts_with(V1) {
        version_1(bytes)
    } else if bytes.starts_with(V2) {
        version_2(bytes).unwrap_or(Beginning::Partial)
    } else if V1.starts_with(bytes) || V2.starts_with(bytes) {
        Beginning::Undecided
    } else {
        Beginning::Other
    }
}

/// Section 2.1: one line of text.
fn version_1(bytes: &[u8]) -> Beginning {
    let line = &bytes[..bytes.len().min(V1_LONGEST)];
    let Some(end) = line.iter().position(|byte| *byte == b'\n') else {
        return if line.len() == V1_LONGEST {
            Beginning::Malformed
        } else {
            Beginning::Partial
        };
    };
    let told = line[V1.len()..end].strip_suffix(b"\r").and_then(fields);
    told.map_or(Beginning::Malformed, |told| Beginning::Whole {
        len: end + 1,
        told,
    })
}

/// The line behind `PROXY `. The inner `None` is `UNKNOWN`.
#[expect(clippy::option_option, reason = "malformed, and nobody")]
fn fields(line: &[u8]) -> Option<Option<Peer>> {
    let line = std::str::from_utf8(line).ok()?;
    match line.split_once(' ') {
        // What comes behind it is to be ignored.
        Some(("UNKNOWN", rest)) => (!rest.contains('\r')).then_some(None),
        None => (line == "UNKNOWN").then_some(None),
        Some(("TCP4", rest)) => ends::<Ipv4Addr>(rest).map(Some),
        Some(("TCP6", rest)) => ends::<Ipv6Addr>(rest).map(Some),
        Some(_) => None,
    }
}

/// `source destination port port`, with one blank between two.
fn ends<T: FromStr + Into<IpAddr>>(said: &str) -> Option<Peer> {
    let mut said = said.split(' ');
    let mut next = || said.next();
    let (remote, local) = (next()?.parse::<T>().ok()?, next()?.parse::<T>().ok()?);
    let (from, to) = (port(next()?)?, port(next()?)?);
    let is_all = next().is_none();
    is_all.then(|| peer((remote.into(), from), (local.into(), to)))
}

/// Digits without a leading zero.
fn port(said: &str) -> Option<u16> {
    let is_plain = said.bytes().all(|byte| byte.is_ascii_digit());
    let is_canonical = said == "0" || !said.starts_with('0');
    (is_plain && is_canonical).then(|| said.parse().ok())?
}

/// Section 2.2: fixed fields, addresses, extensions. `None` while some of it is missing.
fn version_2(bytes: &[u8]) -> Option<Beginning> {
    let command = *bytes.get(12)?;
    if !matches!(command, 0x20 | 0x21) {
        return Some(Beginning::Malformed);
    }
    let family = *bytes.get(13)?;
    // A health check (LOCAL) tells of nobody, whatever it says.
    let is_local = command == 0x20;
    let is_known = matches!(family, 0x00 | 0x11 | 0x12 | 0x21 | 0x22 | 0x31 | 0x32);
    if !is_local && !is_known {
        return Some(Beginning::Malformed);
    }
    let length = usize::from(u16::from_be_bytes([*bytes.get(14)?, *bytes.get(15)?]));
    let least = match family >> 4 {
        _ if is_local => 0,
        1 => 12,
        2 => 36,
        3 => 216,
        _ => 0,
    };
    let len = V2_FIXED + length;
    if length < least || len > LONGEST {
        return Some(Beginning::Malformed);
    }
    let payload = bytes.get(V2_FIXED..len)?;
    let told = match family >> 4 {
        _ if is_local => None,
        1 => Some(binary::<4>(payload)?),
        2 => Some(binary::<16>(payload)?),
        3 => Some(Peer {
            remote: Endpoint::Unix,
            local: Endpoint::Unix,
        }),
        _ => None,
    };
    Some(Beginning::Whole { len, told })
}

/// Both addresses of `N` bytes, then both ports.
fn binary<const N: usize>(payload: &[u8]) -> Option<Peer>
where
    IpAddr: From<[u8; N]>,
{
    let (remote, rest) = payload.split_first_chunk::<N>()?;
    let (local, rest) = rest.split_first_chunk::<N>()?;
    let (from, rest) = rest.split_first_chunk::<2>()?;
    let (to, _) = rest.split_first_chunk::<2>()?;
    Some(peer(
        ((*remote).into(), u16::from_be_bytes(*from)),
        ((*local).into(), u16::from_be_bytes(*to)),
    ))
}

fn peer(remote: (IpAddr, u16), local: (IpAddr, u16)) -> Peer {
    Peer {
        remote: Endpoint::Tcp(plain(SocketAddr::from(remote))),
        local: Endpoint::Tcp(plain(SocketAddr::from(local))),
    }
}

#[cfg(test)]
mod tests;
