//! Who stands in front of a listener, and what they are believed about the client.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};

use crate::error::{Error, Result};

/// The proxies in front of a listener. What they say of a client is believed; what anybody else says is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxies {
    /// Whose word counts.
    pub trusted: Trusted,
    /// Whether their connections begin with a header of the PROXY protocol. `None`, the default: the
    /// protocol is off, and such a header is no HTTP.
    pub protocol: Option<ProxyProtocol>,
    /// Which fields of a request tell of its client. `None`, the default: none does.
    pub headers: Option<ProxyHeaders>,
}

/// Whether connections begin with a header of the PROXY protocol, version 1 or 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyProtocol {
    /// They may; their first bytes say. Whoever is not trusted has no header.
    Optional,
    /// They must, and whoever is not trusted may not connect.
    Required,
}

/// The family of fields in which proxies tell of the client. Only one is believed: a proxy that sets the one
/// passes on what the client has written into the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyHeaders {
    /// `Forwarded` (RFC 7239).
    Forwarded,
    /// `X-Forwarded-For`, `-Proto`, `-Host` and `-Port`.
    XForwarded,
}

/// Networks, and perhaps the clients of unix sockets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trusted {
    networks: Vec<IpNet>,
    unix: bool,
}

/// The same as it was said, not yet checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProxiesSaid {
    /// `10.0.0.0/8`, `::1/128`, `192.0.2.1` for that address alone, `unix` for the clients of a unix socket.
    pub trusted: Vec<String>,
    /// `optional` or `required`.
    pub protocol: Option<String>,
    /// `forwarded` or `x-forwarded`.
    pub headers: Option<String>,
}

impl Proxies {
    /// Checks what was said.
    ///
    /// # Errors
    /// One [`Kind::Config`](crate::error::Kind::Config) error that lists every mistake.
    pub fn parse(said: &ProxiesSaid) -> Result<Self> {
        let mut mistakes = Vec::new();
        let mut trusted = Trusted::default();
        for name in &said.trusted {
            if let Err(mistake) = trusted.add(name) {
                mistakes.push(mistake);
            }
        }
        if said.trusted.is_empty() {
            mistakes.push("trusted names nobody: say the proxies' networks, as 10.0.0.0/8".into());
        }
        let protocol = match said.protocol.as_deref() {
            None => None,
            Some("optional") => Some(ProxyProtocol::Optional),
            Some("required") => Some(ProxyProtocol::Required),
            Some(other) => {
                mistakes.push(format!(
                    "protocol must be null, \"optional\" or \"required\", not {other:?}"
                ));
                None
            }
        };
        let headers = match said.headers.as_deref() {
            None => None,
            Some("forwarded") => Some(ProxyHeaders::Forwarded),
            Some("x-forwarded") => Some(ProxyHeaders::XForwarded),
            Some(other) => {
                mistakes.push(format!(
                    "headers must be null, \"forwarded\" or \"x-forwarded\", not {other:?}"
                ));
                None
            }
        };
        if said.protocol.is_none() && said.headers.is_none() {
            mistakes.push(
                "protocol and headers are both null: the proxies would not be believed anything"
                    .into(),
            );
        }
        match Error::all("Proxies", &mistakes) {
            Some(error) => Err(error),
            None => Ok(Self {
                trusted,
                protocol,
                headers,
            }),
        }
    }
}

impl Trusted {
    /// Whether an address is in one of the networks; an IPv4 address that is mapped into IPv6 counts as
    /// itself. `None` is the client of a unix socket.
    pub fn contains(&self, address: Option<IpAddr>) -> bool {
        let Some(address) = address else {
            return self.unix;
        };
        let address = address.to_canonical();
        self.networks
            .iter()
            .any(|network| network.contains(&address))
    }

    fn add(&mut self, said: &str) -> Result<(), String> {
        if said == "unix" {
            self.unix = true;
            return Ok(());
        }
        self.networks.push(network(said)?);
        Ok(())
    }
}

fn network(said: &str) -> Result<IpNet, String> {
    let parsed = match said.parse::<IpAddr>() {
        Ok(address) => Some(IpNet::from(address)),
        Err(_) => said.parse().ok(),
    };
    let network = parsed.ok_or_else(|| {
        format!(
            "trusted: {said:?} is no network: write an address with a prefix length, as 10.0.0.0/8 or \
             2001:db8::/32, an address alone, or unix"
        )
    })?;
    // Somebody who writes 10.1.2.3/8 means one of two things.
    if network.addr() != network.network() {
        let (address, network) = (network.addr(), network.trunc());
        return Err(format!(
            "trusted: {said} has bits beyond its prefix: write {network} for the network, or {address} for \
             the address"
        ));
    }
    Ok(plain(network))
}

/// A network of IPv4 addresses that are mapped into IPv6 (RFC 4291 section 2.5.5.2) is theirs.
fn plain(network: IpNet) -> IpNet {
    const MAPPED: u8 = 96;
    let (IpAddr::V4(address), Some(prefix)) = (
        network.addr().to_canonical(),
        network.prefix_len().checked_sub(MAPPED),
    ) else {
        return network;
    };
    match network {
        IpNet::V6(_) => Ipv4Net::new(address, prefix).map_or(network, IpNet::V4),
        IpNet::V4(_) => network,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    fn trusting(networks: &[&str]) -> Trusted {
        let said = ProxiesSaid {
            trusted: networks.iter().map(|name| (*name).to_owned()).collect(),
            protocol: Some("optional".into()),
            headers: None,
        };
        Proxies::parse(&said).unwrap().trusted
    }

    fn contains(trusted: &Trusted, address: &str) -> bool {
        trusted.contains(Some(address.parse().unwrap()))
    }

    #[test]
    fn an_address_is_in_a_network_or_it_is_not() {
        let trusted = trusting(&["10.0.0.0/8", "192.0.2.7", "2001:db8::/32", "::1"]);
        for inside in [
            "10.0.0.0",
            "10.255.255.255",
            "192.0.2.7",
            "2001:db8::1",
            "::1",
            "::ffff:10.1.2.3",
            "::ffff:192.0.2.7",
        ] {
            assert!(contains(&trusted, inside), "{inside}");
        }
        for outside in [
            "9.255.255.255",
            "11.0.0.0",
            "192.0.2.6",
            "2001:db9::",
            "::2",
            "::ffff:11.0.0.1",
            // The same bits, but not mapped (RFC 4291 section 2.5.5.1).
            "::10.0.0.1",
        ] {
            assert!(!contains(&trusted, outside), "{outside}");
        }
        assert!(!trusted.contains(None));
    }

    #[test]
    fn the_clients_of_a_unix_socket_are_trusted_by_name_alone() {
        assert!(trusting(&["unix"]).contains(None));
        assert!(!contains(&trusting(&["unix"]), "127.0.0.1"));
        assert!(!trusting(&["0.0.0.0/0", "::/0"]).contains(None));
    }

    #[test]
    fn a_mapped_network_is_that_of_its_ipv4_addresses() {
        for said in ["::ffff:10.0.0.0/104", "::ffff:0:0/96", "::ffff:10.1.2.3"] {
            let trusted = trusting(&[said]);
            assert!(contains(&trusted, "10.1.2.3"), "{said}");
            assert!(contains(&trusted, "::ffff:10.1.2.3"), "{said}");
        }
        assert!(!contains(&trusting(&["::ffff:10.0.0.0/104"]), "11.0.0.0"));
    }

    #[test]
    fn all_of_one_family_is_not_all_of_the_other() {
        let four = trusting(&["0.0.0.0/0"]);
        assert!(contains(&four, "255.255.255.255") && !contains(&four, "::1"));
        let six = trusting(&["::/0"]);
        assert!(contains(&six, "::1") && !contains(&six, "10.0.0.1"));
    }

    #[test]
    fn what_was_said_is_what_is_meant() {
        for (protocol, headers, meant) in [
            (
                Some("optional"),
                None,
                (Some(ProxyProtocol::Optional), None),
            ),
            (
                Some("required"),
                Some("forwarded"),
                (Some(ProxyProtocol::Required), Some(ProxyHeaders::Forwarded)),
            ),
            (
                None,
                Some("x-forwarded"),
                (None, Some(ProxyHeaders::XForwarded)),
            ),
        ] {
            let proxies = Proxies::parse(&ProxiesSaid {
                trusted: vec!["::1/128".into()],
                protocol: protocol.map(Into::into),
                headers: headers.map(Into::into),
            })
            .unwrap();
            assert_eq!((proxies.protocol, proxies.headers), meant);
        }
    }

    #[test]
    fn every_mistake_is_in_one_message() {
        let said = ProxiesSaid {
            trusted: [
                "10.0.0.1/8",
                "10.0.0.0/33",
                "proxy.example",
                "10.0.0",
                "",
                "Unix",
            ]
            .map(String::from)
            .to_vec(),
            protocol: Some("Required".into()),
            headers: Some("both".into()),
        };
        let error = Proxies::parse(&said).unwrap_err();
        assert_eq!(error.kind(), Kind::Config);
        for part in [
            "Proxies: 8 mistakes",
            "10.0.0.1/8 has bits beyond its prefix: write 10.0.0.0/8 for the network, or 10.0.0.1",
            "\"10.0.0.0/33\" is no network",
            "\"proxy.example\" is no network",
            "\"10.0.0\" is no network",
            "\"\" is no network",
            "\"Unix\" is no network",
            "protocol must be null, \"optional\" or \"required\", not \"Required\"",
            "headers must be null, \"forwarded\" or \"x-forwarded\", not \"both\"",
        ] {
            assert!(error.message().contains(part), "{part}: {error}");
        }
        let nothing = Proxies::parse(&ProxiesSaid::default()).unwrap_err();
        for part in ["2 mistakes", "trusted names nobody", "both null"] {
            assert!(nothing.message().contains(part), "{part}: {nothing}");
        }
    }
}
