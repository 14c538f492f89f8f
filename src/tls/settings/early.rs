//! Early data (RFC 8446, section 2.3): whether it is taken, and how much of it.

use std::ops::RangeInclusive;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::server::ProducesTickets;

use super::super::sessions::Sessions;
use super::{Settings, all};
use crate::error::{Kind, Result};

/// How much early data can be taken of a connection, in bytes, where any is.
pub const EARLY_DATA_BOUNDS: RangeInclusive<usize> = 1024..=65_536;

impl Settings {
    /// The same settings with another amount of early data, in bytes within [`EARLY_DATA_BOUNDS`]; 0
    /// takes none.
    ///
    /// Who takes it gives up session tickets: sessions are kept by this process and those that it
    /// forks from now on, 32,768 of them, and each is used once, so that nothing is replayed.
    ///
    /// # Errors
    /// [`Kind::Config`] if it is out of bounds, [`Kind::Server`] if the system has no memory to share.
    pub fn with_early_data(&self, bytes: i64) -> Result<Self> {
        let bytes = check(bytes)
            .map_err(|mistake| all(Kind::Config, &[format!("early data: {mistake}")]))?;
        Ok(Self {
            early: config(&self.shared.config, bytes)?,
            ..self.clone()
        })
    }

    /// How much early data is taken of a connection, in bytes; 0 is none.
    pub fn early_data(&self) -> usize {
        self.early
            .as_ref()
            .map_or(0, |config| config.max_early_data_size as usize)
    }
}

/// What was said, if it is in bounds.
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

/// `plain` with so much early data; `None` for 0.
pub(super) fn config(plain: &ServerConfig, bytes: u32) -> Result<Option<Arc<ServerConfig>>> {
    if bytes == 0 {
        return Ok(None);
    }
    let mut config = plain.clone();
    config.max_early_data_size = bytes;
    // The reply to it need not wait for the client's end of the handshake.
    config.send_half_rtt_data = true;
    // rustls takes early data only of sessions that it can use up.
    config.ticketer = Arc::new(NoTickets);
    config.session_storage = Arc::new(Sessions::create()?);
    Ok(Some(Arc::new(config)))
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
