//! One error type for the whole engine: what kind it is, what was wrong, and what caused it.
//!
//! A message names the value that was wrong and what would be right. Code asks an error for its
//! [`Kind`], never for its text; `php/exceptions.rs` maps each kind to one PHP exception class.

use std::borrow::Cow;
use std::fmt;

/// What went wrong, in the terms that a caller acts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A setting is out of bounds or contradicts another. The message lists every mistake.
    Config,
    /// An address could not be parsed or bound.
    Bind,
    /// A certificate, key or handshake is broken.
    Tls,
    /// The client went away before the exchange was complete.
    ClientGone,
    /// The request body is larger than the limit.
    BodyTooLarge,
    /// The request is not what it says it is, such as a form that breaks its own rules.
    BadRequest,
    /// A deadline passed.
    Timeout,
    /// The call is not allowed in the present state, such as a write after the end.
    State,
    /// Anything else that the server could not do, such as an operating system error.
    Server,
}

/// An error of the engine.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    message: Cow<'static, str>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The engine's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error of `kind` that says `message`.
    pub fn new(kind: Kind, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            message: message.into(),
            source: None,
        }
    }

    /// A call that comes at the wrong time: [`Kind::State`].
    pub fn state(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::State, message)
    }

    /// A request body of more than `limit` bytes: [`Kind::BodyTooLarge`].
    pub fn body_too_large(limit: u64) -> Self {
        Self::new(
            Kind::BodyTooLarge,
            format!("the request body is larger than the limit of {limit} bytes (Limits: body)"),
        )
    }

    /// The same error with the lower-level error that caused it. Its text is not repeated in
    /// the message: say there what matters to the user.
    #[must_use]
    pub fn caused_by(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Joins several mistakes in settings to one [`Kind::Config`] error; `None` when there are none.
    pub fn all(subject: &str, mistakes: &[String]) -> Option<Self> {
        match mistakes {
            [] => None,
            [one] => Some(Self::new(Kind::Config, format!("{subject}: {one}"))),
            many => Some(Self::new(
                Kind::Config,
                format!("{subject}: {} mistakes: {}", many.len(), many.join("; ")),
            )),
        }
    }

    /// What kind of failure this is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The message, without its causes.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn std::error::Error + 'static))
    }
}
