//! Early data (RFC 8446, section 2.3) among the settings: whether it is taken, and how much of it.

use std::ops::RangeInclusive;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::server::ProducesTickets;

use super::said::Said;
use super::sessions::Sessions;
use crate::error::Result;

/// How much early data can be taken of a connection, in bytes, where any is.
pub const EARLY_DATA_BOUNDS: RangeInclusive<usize> = 1024..=65_536;

/// How much early data a client may send, and the sessions that may bring it.
#[derive(Clone, Debug)]
pub struct EarlyData {
    bytes: u32,
    sessions: Sessions,
}

impl EarlyData {
    /// So many bytes, checked by [`check`]. Its clones have the same sessions, which this process
    /// shares with those that it forks from now on.
    ///
    /// # Errors
    /// [`Kind::Server`](crate::error::Kind::Server) if the system has no memory to share.
    pub(super) fn new(bytes: u32) -> Result<Self> {
        Ok(Self {
            bytes,
            sessions: Sessions::create()?,
        })
    }

    /// How much a client may send, in bytes.
    pub(super) fn bytes(&self) -> u32 {
        self.bytes
    }

    /// Has rustls take early data. Sessions are good for the context in which they were begun, as
    /// tickets are.
    pub(super) fn configure(&self, config: &mut ServerConfig, context: &[u8]) {
        config.max_early_data_size = self.bytes;
        // The reply to it need not wait for the client's end of the handshake.
        config.send_half_rtt_data = true;
        // rustls takes early data only of sessions that it can use up.
        config.ticketer = Arc::new(NoTickets);
        config.session_storage = Arc::new(self.sessions.of(context));
    }
}

/// What was said, if it is in bounds; 0 is none.
pub(super) fn check(bytes: i64) -> std::result::Result<u32, String> {
    u32::try_from(bytes)
        .ok()
        .filter(|&bytes| bytes == 0 || EARLY_DATA_BOUNDS.contains(&(bytes as usize)))
        .ok_or_else(|| {
            format!(
                "it must be 0 (none) or {} to {} bytes, not {bytes}",
                EARLY_DATA_BOUNDS.start(),
                EARLY_DATA_BOUNDS.end()
            )
        })
}

/// What was said besides and makes no sense with early data.
pub(super) fn contradictions(said: &Said) -> impl Iterator<Item = String> {
    let takes = said.early_data.is_some();
    let resumes = said.tickets > 0;
    let shares = said.ticket_secret.is_some();
    [
        (takes && !resumes).then_some("it comes with sessions that are resumed, and with 0 tickets none is"),
        (takes && shares).then_some(
            "its sessions are kept in memory, where a ticket secret is for nothing; many machines resume by tickets or one takes early data",
        ),
    ]
    .into_iter()
    .flatten()
    .map(|mistake| format!("early data: {mistake}"))
}

/// Makes no tickets: a session is kept here.
#[derive(Debug)]
struct NoTickets;

impl ProducesTickets for NoTickets {
    fn enabled(&self) -> bool {
        false
    }

    fn lifetime(&self) -> u32 {
        0
    }

    fn encrypt(&self, _plain: &[u8]) -> Option<Vec<u8>> {
        None
    }

    fn decrypt(&self, _ticket: &[u8]) -> Option<Vec<u8>> {
        None
    }
}
