//! A listener and what is served on it.

use std::cell::RefCell;
use std::io;
use std::os::fd::OwnedFd;
use std::rc::Rc;

use super::renewal::Renewed;
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
        Ok(Self::from_listener(listener, tls))
    }

    /// A listener that is bound already, here or in another process.
    pub fn from_listener(listener: net::Listener, tls: Option<tls::Settings>) -> Self {
        let ring = tls.as_ref().map(tls::Settings::ring);
        let stats = Rc::new(stats::Listener::new(listener.address().to_string(), ring));
        Self {
            listener,
            tls,
            stats,
        }
    }

    /// The address that is really bound.
    pub fn address(&self) -> &str {
        &self.stats.address
    }

    /// Its certificates, if there are any.
    pub fn tls(&self) -> Option<&tls::Settings> {
        self.tls.as_ref()
    }

    /// What is renewed of it while it serves: certificates out of files.
    pub(super) fn renewed(&self) -> Option<Renewed> {
        let tls = self.tls.clone().filter(|tls| !tls.files().is_empty())?;
        Some(Renewed {
            tls,
            stats: self.stats(),
            wrong: RefCell::default(),
        })
    }

    /// Its numbers, which outlive it.
    pub fn stats(&self) -> Rc<stats::Listener> {
        Rc::clone(&self.stats)
    }

    /// Numbers for it in a worker's slot of the board, which show what all workers have counted.
    ///
    /// # Errors
    /// Kind `Server`: the board has no room for one more address.
    pub fn counted_on(&self, board: &stats::Board, slot: usize) -> Result<Rc<stats::Listener>> {
        let ring = self.tls.as_ref().map(tls::Settings::ring);
        stats::Listener::on_board(board, slot, self.stats.address.clone(), ring).map(Rc::new)
    }

    /// Counts in a worker's slot of the board from now on.
    ///
    /// # Errors
    /// As [`Bound::counted_on`].
    pub fn count_on(&mut self, board: &stats::Board, slot: usize) -> Result<()> {
        self.stats = self.counted_on(board, slot)?;
        Ok(())
    }

    /// A second descriptor of the socket, closed on exec: for another process to adopt.
    ///
    /// # Errors
    /// What the system says, such as that no descriptor is free.
    pub fn try_clone_fd(&self) -> io::Result<OwnedFd> {
        self.listener.try_clone_fd()
    }

    /// Makes the socket file, if there is one, this process's own: it is removed with the listener.
    ///
    /// # Errors
    /// Kind `Bind`: no socket file is at the address.
    pub fn own_file(&mut self) -> Result<()> {
        self.listener.own_file()
    }

    /// Leaves the socket file where it is when the listener goes: another process owns it. Returns
    /// whether this one has until now.
    pub fn leave_file(&mut self) -> bool {
        self.listener.leave_file()
    }
}
