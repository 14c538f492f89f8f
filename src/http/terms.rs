//! What a server serves its connections on.

use std::rc::Rc;

use http::header::HeaderValue;

use crate::compress::Compressor;
use crate::config::{Limits, Timeouts};

/// The settings that all connections of a server share.
#[derive(Debug)]
pub struct Terms {
    /// The bounds on what clients may send and hold.
    pub limits: Limits,
    /// The deadlines.
    pub timeouts: Timeouts,
    /// What the `Server` field of each reply says, unless its handler sets one; `None`: nothing.
    pub server: Option<HeaderValue>,
    /// What compresses replies; `None`: nothing does.
    pub compressor: Option<Rc<Compressor>>,
    /// Whether handlers read request bodies without their codings.
    pub inflate: bool,
}

impl Default for Terms {
    /// No name, no compression, and bodies are inflated.
    fn default() -> Self {
        Self {
            limits: Limits::DEFAULT,
            timeouts: Timeouts::DEFAULT,
            server: None,
            compressor: None,
            inflate: true,
        }
    }
}
