//! Who has sent the request. What proxies tell of it is read when it is first asked for.

use std::net::IpAddr;

use super::Exchange;
use crate::http::client::{self, Client};

impl Exchange {
    /// The client's IP address; `None` on a unix socket, and where a proxy that is believed does not tell.
    pub fn remote_address(&self) -> Option<IpAddr> {
        match self.told() {
            Some(client) => client.address,
            None => self.connection.peer().remote.map(|remote| remote.ip()),
        }
    }

    /// The client's port; `None` on a unix socket, and where a proxy that is believed does not tell.
    pub fn remote_port(&self) -> Option<u16> {
        match self.told() {
            Some(client) => client.port,
            None => self.connection.peer().remote.map(|remote| remote.port()),
        }
    }

    /// Whether the client speaks TLS, here or with a proxy that is believed.
    pub fn is_secure(&self) -> bool {
        let told = self.told().map(|client| client.is_secure);
        told.unwrap_or_else(|| self.connection.secure().is_some())
    }

    /// The host that the client asked for, with its port if it named one; may be empty.
    pub fn host(&self) -> &str {
        let told = self.told().map(|client| client.host.as_str());
        told.unwrap_or_else(|| client::host(&self.request))
    }

    fn told(&self) -> Option<&Client> {
        let peer = self.connection.peer();
        peer.proxies.as_ref()?;
        if self.client.get().is_none() {
            let is_secure = self.connection.secure().is_some();
            let client = client::client(&self.request, peer, is_secure)?;
            let _ = self.client.set(Box::new(client));
        }
        self.client.get().map(|client| &**client)
    }
}
