//! One case: bytes, where the RFC speaks of them, and what must come of them.

use super::runner::LIMITS;

#[derive(Clone, Debug)]
pub struct Case {
    pub name: String,
    /// Of RFC 9112, or of another one that it names.
    pub section: &'static str,
    pub sent: Vec<u8>,
    pub outcome: Outcome,
    /// The client says at once that nothing follows, not even the request that else would.
    pub ends: bool,
}

/// What must come of a case. But for `Served`, nothing behind it is answered.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// No handler is asked; one of these statuses is the answer, and the connection ends.
    Refused(&'static [u16]),
    /// No handler is asked, and the connection ends.
    Closed,
    /// A handler answers each of these requests, in this order, and the connection goes on.
    Served(Vec<Asked>),
    /// The same, and then the connection ends.
    Last(Vec<Asked>),
    /// A handler answers these; behind them comes a refusal with one of these statuses.
    ThenRefused(Vec<Asked>, &'static [u16]),
    /// A handler answers these; behind them comes a refusal, with 400 or without a reply.
    ThenClosed(Vec<Asked>),
    /// A handler is asked, finds the body broken off, and no answer to it is complete.
    Broken,
    /// A handler is asked, is told that the body is malformed, and says so with 400; the connection ends.
    Malformed,
}

/// What a handler saw of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub method: String,
    pub target: String,
    pub body: Vec<u8>,
}

pub fn case(name: impl Into<String>, section: &'static str, sent: impl AsRef<[u8]>) -> Case {
    Case {
        name: name.into(),
        section,
        sent: sent.as_ref().to_vec(),
        outcome: Outcome::Closed,
        ends: false,
    }
}

impl Case {
    pub fn refused(self, statuses: &'static [u16]) -> Self {
        self.comes_to(Outcome::Refused(statuses))
    }

    pub fn closed(self) -> Self {
        self.comes_to(Outcome::Closed)
    }

    pub fn served(self, asked: impl IntoIterator<Item = Asked>) -> Self {
        self.comes_to(Outcome::Served(asked.into_iter().collect()))
    }

    pub fn last(self, asked: impl IntoIterator<Item = Asked>) -> Self {
        self.comes_to(Outcome::Last(asked.into_iter().collect()))
    }

    pub fn then_refused(
        self,
        asked: impl IntoIterator<Item = Asked>,
        statuses: &'static [u16],
    ) -> Self {
        self.comes_to(Outcome::ThenRefused(asked.into_iter().collect(), statuses))
    }

    pub fn then_closed(self, asked: impl IntoIterator<Item = Asked>) -> Self {
        self.comes_to(Outcome::ThenClosed(asked.into_iter().collect()))
    }

    pub fn broken(self) -> Self {
        self.comes_to(Outcome::Broken)
    }

    pub fn malformed(self) -> Self {
        self.comes_to(Outcome::Malformed)
    }

    pub fn and_ends(mut self) -> Self {
        self.ends = true;
        self
    }

    fn comes_to(mut self, outcome: Outcome) -> Self {
        self.outcome = outcome;
        self
    }
}

pub fn asked(method: &str, target: &str, body: impl AsRef<[u8]>) -> Asked {
    Asked {
        method: method.into(),
        target: target.into(),
        body: body.as_ref().to_vec(),
    }
}

pub fn got(target: &str) -> Asked {
    asked("GET", target, "")
}

pub fn posted(body: impl AsRef<[u8]>) -> Asked {
    asked("POST", "/", body)
}

/// A GET with these lines besides its host.
pub fn get(fields: &str) -> String {
    format!("GET / HTTP/1.1\r\nHost: x\r\n{fields}\r\n")
}

/// A POST with these lines besides its host, and what follows.
pub fn post(fields: &str, rest: &str) -> String {
    format!("POST / HTTP/1.1\r\nHost: x\r\n{fields}\r\n{rest}")
}

/// A request with this line for its first.
pub fn begins(line: &str) -> String {
    format!("{line}\r\nHost: x\r\n\r\n")
}

/// A GET of this target.
pub fn gets(target: &str) -> String {
    begins(&format!("GET {target} HTTP/1.1"))
}

/// A GET with these lines and no others.
pub fn only(fields: &str) -> String {
    format!("GET / HTTP/1.1\r\n{fields}\r\n")
}

/// A POST of this chunked body.
pub fn chunked(body: &str) -> String {
    post("Transfer-Encoding: chunked\r\n", body)
}

/// One byte more than a limit.
pub fn over(limit: usize) -> String {
    "a".repeat(limit + 1)
}

pub fn longest_target() -> String {
    format!("/{}", "a".repeat(LIMITS.target - 1))
}
