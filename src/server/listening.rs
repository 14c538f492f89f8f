//! A listener and what is served on it.

use std::rc::Rc;

use crate::error::Result;
use crate::{net, stats, tls};

/// A bound listener with its TLS settings and its numbers. Nothing is accepted before the server
/// runs; connections wait in the kernel's queue.
#[derive(Debug)]
pub struct Bound {
    pub(super) listener: net::Listener,
    pub(super) tls: Option<tls::Settings>,
    stats: Rc<stats::Listener>,
}

impl Bound {
    /// Binds `address`; with `tls`, every connection on it is a TLS connection.
    ///
    /// # Errors
    /// Kind `Bind`: the address does not parse, is in use, or is not this machine's.
    pub fn bind(address: &str, tls: Option<tls::Settings>) -> Result<Self> {
        let listener = net::Listener::bind(&address.parse()?)?;
        let ring = tls.as_ref().map(tls::Settings::ring);
        let stats = Rc::new(stats::Listener::new(listener.address().to_string(), ring));
        Ok(Self {
            listener,
            tls,
            stats,
        })
    }

    /// The address that is really bound.
    pub fn address(&self) -> &str {
        &self.stats.address
    }

    /// Its numbers, which outlive it.
    pub fn stats(&self) -> Rc<stats::Listener> {
        Rc::clone(&self.stats)
    }
}
