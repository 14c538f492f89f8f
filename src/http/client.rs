//! Who sent a request, where proxies that are trusted have passed it on: pure functions of its head.
//!
//! Each proxy adds to a list whom it has got the request from. So the list is read from its end: whoever is
//! trusted has told the truth about the one before, and the first that is not trusted is the client. What
//! stands before that is the client's own invention, and nobody looks at it.

mod forwarded;
mod node;
mod x_forwarded;

use std::net::IpAddr;

use http::header::HOST;
use http::request::Parts;

use self::node::Node;
use super::Peer;
use crate::config::{ProxyHeaders, Trusted};

/// The client of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Client {
    /// `None` on a unix socket, and where its proxy does not tell.
    pub(super) address: Option<IpAddr>,
    /// `None` where nobody has told.
    pub(super) port: Option<u16>,
    /// It speaks TLS.
    pub(super) is_secure: bool,
    /// The host that it asked for, with its port if it named one; may be empty.
    pub(super) host: String,
}

/// What the proxies' fields say. Whatever is missing is as the connection and the request have it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Told<'a> {
    /// `None`: nothing was told, and the peer is the client.
    node: Option<Node>,
    is_secure: Option<bool>,
    host: Option<std::borrow::Cow<'a, str>>,
    /// The port that the client connected to.
    port: Option<u16>,
}

/// The client as `peer`, who is trusted, tells of it; `None` if nobody is believed on this connection.
/// `is_secure`: the connection has TLS.
pub(super) fn client(request: &Parts, peer: &Peer, is_secure: bool) -> Option<Client> {
    let proxies = peer.proxies.as_ref()?;
    let told = match proxies.headers? {
        ProxyHeaders::Forwarded => forwarded::told(&request.headers, &proxies.trusted),
        ProxyHeaders::XForwarded => x_forwarded::told(&request.headers, &proxies.trusted),
    };
    let (address, port) = match told.node {
        Some(Node::Address(address, port)) => (Some(address), port),
        Some(Node::Unknown) => (None, None),
        None => peer.remote.map_or((None, None), |remote| {
            (Some(remote.ip()), Some(remote.port()))
        }),
    };
    let is_secure = told.is_secure.unwrap_or(is_secure);
    let host = told.host.as_deref().unwrap_or_else(|| host(request));
    Some(Client {
        address,
        port,
        is_secure,
        host: with_port(host, told.port, is_secure),
    })
}

/// The host that a request names itself; empty when it names none.
pub(super) fn host(request: &Parts) -> &str {
    if let Some(authority) = request.uri.authority() {
        return authority.as_str();
    }
    let host = request.headers.get(HOST);
    host.and_then(|host| host.to_str().ok()).unwrap_or_default()
}

/// A host that names no port was asked for by the port that its client reached.
fn with_port(host: &str, port: Option<u16>, is_secure: bool) -> String {
    let usual = if is_secure { 443 } else { 80 };
    let name = host.rsplit_once(']').map_or(host, |(_, behind)| behind);
    match port {
        Some(port) if port != usual && !host.is_empty() && !name.contains(':') => {
            format!("{host}:{port}")
        }
        _ => host.to_owned(),
    }
}

/// `http` or `https`, in any case.
fn scheme(said: &[u8]) -> Option<bool> {
    let is_secure = said.eq_ignore_ascii_case(b"https");
    (is_secure || said.eq_ignore_ascii_case(b"http")).then_some(is_secure)
}

/// Whether a node stands for somebody who may tell of the next.
fn is_trusted(node: Node, trusted: &Trusted) -> bool {
    matches!(node, Node::Address(address, _) if trusted.contains(Some(address)))
}

#[cfg(test)]
mod tests;
