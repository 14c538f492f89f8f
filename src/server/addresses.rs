//! How many connections each client address has open.

use std::cell::RefCell;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};

/// What counts as one client: an IPv4 address, or an IPv6 network of 64 bits, within which a client can take
/// any address it likes (RFC 4291 section 2.5.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Client(IpAddr);

impl Client {
    pub(super) fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(address) => {
                let network = address.to_bits() & !u128::from(u64::MAX);
                Self(Ipv6Addr::from_bits(network).into())
            }
            address @ IpAddr::V4(_) => Self(address),
        }
    }
}

/// The clients that have connections open.
#[derive(Debug, Default)]
pub(super) struct Addresses(RefCell<HashMap<Client, usize>>);

impl Addresses {
    /// How many connections a client has.
    pub(super) fn count(&self, client: Client) -> usize {
        self.0.borrow().get(&client).copied().unwrap_or(0)
    }

    pub(super) fn enter(&self, client: Client) {
        *self.0.borrow_mut().entry(client).or_default() += 1;
    }

    pub(super) fn leave(&self, client: Client) {
        let mut counts = self.0.borrow_mut();
        if let Some(count) = counts.get_mut(&client) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(address: &str) -> Client {
        Client::of(address.parse().unwrap())
    }

    #[test]
    fn a_network_of_64_bits_is_one_client_and_an_ipv4_address_is_one() {
        assert_eq!(client("2001:db8:1:2:3::1"), client("2001:db8:1:2:ffff::9"));
        assert_ne!(client("2001:db8:1:2::1"), client("2001:db8:1:3::1"));
        assert_ne!(client("10.0.0.1"), client("10.0.0.2"));
        assert_eq!(client("10.0.0.1"), client("::ffff:10.0.0.1"));
    }

    #[test]
    fn whoever_has_none_left_is_forgotten() {
        let addresses = Addresses::default();
        let one = client("10.0.0.1");
        addresses.enter(one);
        addresses.enter(one);
        assert_eq!(addresses.count(one), 2);
        addresses.leave(one);
        addresses.leave(one);
        assert_eq!(addresses.count(one), 0);
        assert!(addresses.0.borrow().is_empty());
    }
}
