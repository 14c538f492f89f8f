//! What comes before the first byte of TLS or HTTP where a proxy is in front: who the client is.

use std::net::IpAddr;
use std::rc::Rc;

use tokio::time::{Instant, timeout_at};

use super::addresses::Client;
use super::connections::Place;
use super::run::{Served, Shared, facts};
use crate::config::{Proxies, ProxyProtocol};
use crate::http::{Connection, Handler};
use crate::net::{self, Introduction};

/// Who speaks first on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum First {
    /// The client itself.
    Client,
    /// The proxy, by a header of the PROXY protocol, which may be missing unless it is required.
    Proxy { is_required: bool },
    /// Nobody: only proxies may connect, and this is none.
    Nobody,
}

impl First {
    /// `remote` is the address at the other end of the connection; `None` on a unix socket.
    pub(super) fn of(proxies: Option<&Proxies>, remote: Option<IpAddr>) -> Self {
        let said = proxies.and_then(|proxies| Some((proxies, proxies.protocol?)));
        let Some((proxies, protocol)) = said else {
            return Self::Client;
        };
        let is_required = protocol == ProxyProtocol::Required;
        match proxies.trusted.contains(remote) {
            true => Self::Proxy { is_required },
            false if is_required => Self::Nobody,
            false => Self::Client,
        }
    }
}

/// A connection that was let in.
pub(super) struct Arrival {
    pub(super) stream: net::Stream,
    pub(super) peer: net::Peer,
    pub(super) connection: Rc<Connection>,
    pub(super) place: Place,
    pub(super) served: Rc<Served>,
}

impl<H: Handler> Shared<H> {
    /// Hears the proxy out and lets its client in, all within the time for a handshake.
    pub(super) async fn introduce(self: Rc<Self>, mut arrival: Arrival, is_required: bool) {
        let until = Instant::now() + self.settings.terms.timeouts.handshake;
        let connection = Rc::clone(&arrival.connection);
        connection.shakes_hands();
        // Boxed: it is gone before the connection begins.
        let header = Box::pin(net::introduce(&mut arrival.stream, is_required));
        let heard = connection.unless_overdue(timeout_at(until, header)).await;
        let introduction = match heard {
            Some(Ok(Ok(introduction))) => introduction,
            Some(Err(_)) => {
                arrival.served.stats.timeouts.handshake.inc();
                return;
            }
            // It is broken, or the server drains.
            Some(Ok(Err(_))) | None => return,
        };
        let (peer, is_believed) = match introduction {
            Introduction::Missing => (arrival.peer, true),
            // Whoever is behind the proxy may have written the fields itself.
            Introduction::OfNobody => (arrival.peer, false),
            // It may have come by a unix socket of the proxy's machine, which is none of this server's.
            Introduction::Of(peer) => (peer, peer.remote != net::Endpoint::Unix),
        };
        let client = peer.remote.ip().map(Client::of);
        if let Some(client) = client {
            if let Some(limit) = self.address_limit_passed(Some(client)) {
                let Arrival { stream, served, .. } = arrival;
                return self.turn_away(stream, &served, limit);
            }
            arrival.place.belongs_to(client);
        }
        connection.introduced((introduction != Introduction::Missing).then(|| {
            let mut facts = facts(&peer, &arrival.served);
            facts.proxies = facts.proxies.filter(|_| is_believed);
            facts
        }));
        self.open(arrival, until - Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ProxiesSaid;

    #[test]
    fn only_those_who_are_trusted_may_speak_for_others() {
        let proxies = |protocol: Option<&str>| {
            Proxies::parse(&ProxiesSaid {
                trusted: vec!["10.0.0.0/8".into()],
                protocol: protocol.map(Into::into),
                headers: Some("forwarded".into()),
            })
            .unwrap()
        };
        let trusted = Some("10.1.2.3".parse().unwrap());
        let other = Some("192.0.2.1".parse().unwrap());
        for (protocol, remote, first) in [
            (None, trusted, First::Client),
            (None, other, First::Client),
            (
                Some("optional"),
                trusted,
                First::Proxy { is_required: false },
            ),
            (Some("optional"), other, First::Client),
            (Some("optional"), None, First::Client),
            (
                Some("required"),
                trusted,
                First::Proxy { is_required: true },
            ),
            (Some("required"), other, First::Nobody),
            (Some("required"), None, First::Nobody),
        ] {
            assert_eq!(First::of(Some(&proxies(protocol)), remote), first);
        }
        assert_eq!(First::of(None, other), First::Client);
    }
}
