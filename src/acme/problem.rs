//! What went wrong at a CA: one line for the log, and until when to wait.

use std::fmt::{self, Write};
use std::time::{Instant, SystemTime};

use instant_acme::Error;

/// Why there is no certificate.
#[derive(Debug)]
pub(super) struct Problem {
    /// In one line, with the CA's own words if it had any.
    pub(super) what: String,
    /// What kind the CA says it is (RFC 8555, section 6.7), without the prefix that all of them have.
    pub(super) kind: Option<String>,
    /// When the CA wants to hear from us again.
    pub(super) wait_until: Option<SystemTime>,
}

impl Problem {
    /// One of our own.
    pub(super) fn new(what: impl Into<String>) -> Self {
        Self {
            what: one_line(&what.into()),
            kind: None,
            wait_until: None,
        }
    }

    /// One that came of `doing` something.
    pub(super) fn of(doing: &str, error: &Error) -> Self {
        match error {
            Error::Api(problem) => Self::said_by_ca(problem),
            Error::Timeout(next) => Self {
                wait_until: next.map(at),
                ..Self::new(format!("{doing}: the CA has not finished in time"))
            },
            error => Self::new(format!("{doing}: {}", Causes(error))),
        }
    }

    /// The CA's problem document (RFC 7807).
    pub(super) fn said_by_ca(problem: &instant_acme::Problem) -> Self {
        let mut what = "the CA says: ".to_owned();
        what.push_str(problem.detail.as_deref().unwrap_or("no"));
        let kind = problem.r#type.as_deref().map(short);
        if let Some(kind) = kind {
            let _ = write!(what, " ({kind})");
        }
        for part in &problem.subproblems {
            what.push_str("; ");
            if let Some(name) = &part.identifier {
                let _ = write!(what, "{}: ", name.authorized(false));
            }
            what.push_str(part.detail.as_deref().unwrap_or("no"));
            if let Some(kind) = part.r#type.as_deref() {
                let _ = write!(what, " ({})", short(kind));
            }
        }
        Self {
            kind: kind.map(str::to_owned),
            ..Self::new(what)
        }
    }

    /// Whether it is of this kind.
    pub(super) fn is(&self, kind: &str) -> bool {
        self.kind.as_deref() == Some(kind)
    }
}

/// An error with what has caused it, which a TLS failure at the directory would not show else.
struct Causes<'a>(&'a Error);

impl fmt::Display for Causes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut said = self.0.to_string();
        let mut cause = std::error::Error::source(self.0);
        while let Some(error) = cause {
            let text = error.to_string();
            if !said.contains(&text) {
                write!(f, ": {text}")?;
            }
            said = text;
            cause = error.source();
        }
        Ok(())
    }
}

/// The kind of a problem without the prefix that all of ACME's have.
fn short(kind: &str) -> &str {
    kind.strip_prefix("urn:ietf:params:acme:error:")
        .unwrap_or(kind)
}

/// A CA's text must not make lines of its own in our log, nor fill it.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(TEXT_MOST)
        .collect()
}

fn at(when: Instant) -> SystemTime {
    SystemTime::now() + when.saturating_duration_since(Instant::now())
}

/// In characters.
const TEXT_MOST: usize = 1000;

#[cfg(test)]
mod tests {
    use super::*;

    fn said(json: &str) -> Problem {
        Problem::said_by_ca(&serde_json::from_str(json).unwrap())
    }

    #[test]
    fn the_ca_s_own_words_and_kind_are_shown() {
        let problem = said(
            r#"{"type": "urn:ietf:params:acme:error:rateLimited",
                "detail": "too many certificates already issued", "status": 429}"#,
        );
        assert_eq!(
            problem.what,
            "the CA says: too many certificates already issued (rateLimited)"
        );
        assert!(problem.is("rateLimited"));
        assert!(!problem.is("malformed"));
    }

    #[test]
    fn each_name_s_own_problem_is_shown() {
        let problem = said(
            r#"{"type": "urn:ietf:params:acme:error:compound", "detail": "two", "subproblems": [
                {"type": "urn:ietf:params:acme:error:caa", "detail": "forbidden",
                 "identifier": {"type": "dns", "value": "a.test"}},
                {"detail": "unknown"}]}"#,
        );
        assert_eq!(
            problem.what,
            "the CA says: two (compound); a.test: forbidden (caa); unknown"
        );
    }

    #[test]
    fn a_ca_cannot_forge_lines_nor_fill_the_log() {
        let problem = said(r#"{"detail": "one\ntwo\u001b[2J"}"#);
        assert_eq!(problem.what, "the CA says: one two [2J");
        let long = said(&format!(r#"{{"detail": "{}"}}"#, "x".repeat(5000)));
        assert_eq!(long.what.len(), TEXT_MOST);
        assert_eq!(said("{}").what, "the CA says: no");
    }
}
