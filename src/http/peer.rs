//! What is known of the other side before the first byte of HTTP.

use std::net::SocketAddr;
use std::rc::Rc;

use crate::config::Proxies;

/// The facts about a connection.
#[derive(Clone, Debug, Default)]
pub struct Peer {
    /// The client's address; `None` on a unix socket.
    pub remote: Option<SocketAddr>,
    /// The address that the client reached, as `tcp://…` or `unix://…`.
    pub local: String,
    /// Whose fields tell of the client; `None` where whoever is at the other end is not believed.
    pub proxies: Option<Rc<Proxies>>,
}

/// What the TLS handshake agreed on.
#[derive(Clone, Debug)]
pub struct Secure {
    /// `TLSv1.2` or `TLSv1.3`.
    pub version: &'static str,
    /// The cipher suite by its IANA-like name, such as `TLS13_AES_128_GCM_SHA256`.
    pub cipher: &'static str,
    /// The protocol chosen by ALPN (RFC 7301), such as `h2`.
    pub alpn: Option<String>,
    /// The name that the client asked for (SNI, RFC 6066 section 3).
    pub server_name: Option<String>,
    /// The certificate by which the client has shown who it is, in DER; bytes to whoever knows certificates.
    pub client_certificate: Option<Box<[u8]>>,
}
