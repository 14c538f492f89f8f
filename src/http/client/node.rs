//! A place on a request's way, as proxies write it.

use std::net::{IpAddr, Ipv6Addr};

/// Somebody who has sent a request or passed it on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Node {
    /// An address, and its port if that was told.
    Address(IpAddr, Option<u16>),
    /// The proxy does not know, or does not tell: `unknown`, or a name of its own such as `_gateway7`.
    Unknown,
}

impl Node {
    /// RFC 7239 section 6, and what is written beside it: an IPv6 address without brackets, if it has no port.
    /// `None`: it is none of these. An IPv4 address that is mapped into IPv6 is itself.
    pub(super) fn parse(said: &[u8]) -> Option<Self> {
        let said = std::str::from_utf8(said).ok()?;
        if let Ok(address) = said.parse::<IpAddr>() {
            return Some(Self::Address(address.to_canonical(), None));
        }
        if let Some(rest) = said.strip_prefix('[') {
            let (address, rest) = rest.split_once(']')?;
            let address: Ipv6Addr = address.parse().ok()?;
            let port = if rest.is_empty() {
                None
            } else {
                port(rest.strip_prefix(':')?)?
            };
            return Some(Self::Address(address.to_canonical(), port));
        }
        let (name, port) = match said.split_once(':') {
            Some((name, said)) => (name, port(said)?),
            None => (said, None),
        };
        if name.eq_ignore_ascii_case("unknown") || is_obfuscated(name) {
            return Some(Self::Unknown);
        }
        let address = name.parse().ok()?;
        Some(Self::Address(IpAddr::V4(address), port))
    }
}

/// Five digits at most, or a name; the inner `None` is a name.
#[expect(clippy::option_option, reason = "malformed, and not told")]
fn port(said: &str) -> Option<Option<u16>> {
    if is_obfuscated(said) {
        return Some(None);
    }
    let is_number = said.len() <= 5 && said.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| said.parse().ok())?.map(Some)
}

/// Section 6.3: an underscore and a name.
fn is_obfuscated(said: &str) -> bool {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    said.strip_prefix('_')
        .is_some_and(|name| !name.is_empty() && name.bytes().all(is_name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_an_address_or_somebody_unknown() {
        let address = |said: &str, port| Some(Node::Address(said.parse().unwrap(), port));
        for (said, node) in [
            ("192.0.2.1", address("192.0.2.1", None)),
            ("192.0.2.1:80", address("192.0.2.1", Some(80))),
            ("192.0.2.1:0", address("192.0.2.1", Some(0))),
            ("192.0.2.1:00080", address("192.0.2.1", Some(80))),
            ("192.0.2.1:_x", address("192.0.2.1", None)),
            ("2001:db8::1", address("2001:db8::1", None)),
            ("[2001:db8::1]", address("2001:db8::1", None)),
            ("[2001:db8::1]:65535", address("2001:db8::1", Some(65_535))),
            ("[2001:db8::1]:_a.b-c_d", address("2001:db8::1", None)),
            ("::ffff:192.0.2.1", address("192.0.2.1", None)),
            ("[::ffff:192.0.2.1]:80", address("192.0.2.1", Some(80))),
            ("unknown", Some(Node::Unknown)),
            ("Unknown", Some(Node::Unknown)),
            ("unknown:80", Some(Node::Unknown)),
            ("_gateway7", Some(Node::Unknown)),
            ("_gateway7:_80", Some(Node::Unknown)),
        ] {
            assert_eq!(Node::parse(said.as_bytes()), node, "{said}");
        }
    }

    #[test]
    fn whatever_else_is_written_is_none() {
        for said in [
            "",
            " ",
            "192.0.2",
            "192.0.2.1:",
            "192.0.2.1:65536",
            "192.0.2.1:000080",
            "192.0.2.1:+80",
            "192.0.2.1:-1",
            "192.0.2.1:80:80",
            "192.0.2.1:_",
            "192.0.2.1 ",
            "192.0.2.01",
            "[2001:db8::1",
            "[2001:db8::1]80",
            "[2001:db8::1]:",
            "[192.0.2.1]",
            "[]",
            "2001:db8::1]",
            "2001:db8:::1",
            "fe80::1%eth0",
            "[fe80::1%eth0]",
            "_",
            "_a b",
            "_ä",
            "proxy.example",
            "unknown ",
            "unknowns",
            "\u{663}",
        ] {
            assert_eq!(Node::parse(said.as_bytes()), None, "{said:?}");
        }
        assert_eq!(Node::parse(b"\xff"), None);
    }
}
