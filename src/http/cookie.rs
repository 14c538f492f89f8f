//! Cookies that a reply sets (RFC 6265bis), as pure functions.

use std::time::{Duration, UNIX_EPOCH};

use http::header::{HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, CONTROLS, percent_encode};

use crate::error::{Error, Kind, Result};

/// What may not stand in a value as it is (RFC 6265 section 4.1.1), the sign that says so, and the
/// plus, which some decoders take for a blank.
const ENCODED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'%')
    .add(b'+')
    .add(b',')
    .add(b';')
    .add(b'\\');

/// Browsers ignore a cookie whose name and value are longer together, in bytes.
const LONGEST_PAIR: usize = 4096;

/// Browsers ignore an attribute whose value is longer, in bytes.
const LONGEST_ATTRIBUTE: usize = 1024;

/// The last second of the year 9999, which is the last that a date has room for.
const LATEST: i64 = 253_402_300_799;

/// A cookie as a handler says it.
#[derive(Clone, Copy, Debug)]
pub struct Cookie<'a> {
    /// A token.
    pub name: &'a [u8],
    /// Any bytes: they are percent-encoded.
    pub value: &'a [u8],
    /// When it ends, in seconds since 1970; one that lies in the past removes the cookie.
    pub expires: Option<i64>,
    /// After how many seconds it ends; 0 removes it.
    pub max_age: Option<i64>,
    /// Where it is sent back to; empty leaves it to the browser.
    pub path: &'a [u8],
    /// The host whose subdomains get it too; without one it is for this host alone.
    pub domain: Option<&'a [u8]>,
    /// Whether it is sent over TLS only.
    pub secure: bool,
    /// Whether it is kept from scripts.
    pub http_only: bool,
    /// `Strict`, `Lax` or `None`, in any case; without one the browser decides.
    pub same_site: Option<&'a [u8]>,
    /// Whether each site that embeds this one gets a cookie of its own.
    pub partitioned: bool,
}

impl Cookie<'_> {
    /// The value of a `Set-Cookie` line.
    ///
    /// # Errors
    /// Kind `Config`, with every mistake.
    pub fn to_line(self) -> Result<HeaderValue> {
        let value = percent_encode(self.value, ENCODED).to_string();
        let mut mistakes = Vec::new();
        self.check_name(value.len(), &mut mistakes);
        self.check_times(&mut mistakes);
        self.check_place(&mut mistakes);
        self.check_flags(&mut mistakes);
        if let Some(error) = Error::all(&format!("cookie {}", shown(self.name)), &mistakes) {
            return Err(error);
        }
        let line = self.line(&value);
        HeaderValue::from_bytes(&line)
            .map_err(|error| Error::new(Kind::Config, "the cookie cannot be sent").caused_by(error))
    }

    /// Whether browsers ignore a cookie of this name that is not for TLS only.
    pub fn needs_secure(name: &[u8]) -> bool {
        has_prefix(name, b"__Host-") || has_prefix(name, b"__Secure-")
    }

    fn line(&self, value: &str) -> Vec<u8> {
        let mut line = [self.name, b"=", value.as_bytes()].concat();
        let mut add = |name: &str, value: &[u8]| {
            line.extend_from_slice(b"; ");
            line.extend_from_slice(name.as_bytes());
            line.extend_from_slice(value);
        };
        if let Some(expires) = self.expires.and_then(|at| u64::try_from(at).ok()) {
            let at = UNIX_EPOCH + Duration::from_secs(expires);
            add("Expires=", httpdate::fmt_http_date(at).as_bytes());
        }
        if let Some(max_age) = self.max_age {
            add("Max-Age=", max_age.to_string().as_bytes());
        }
        if let Some(domain) = self.domain {
            add("Domain=", without_dot(domain));
        }
        if !self.path.is_empty() {
            add("Path=", self.path);
        }
        if self.secure {
            add("Secure", b"");
        }
        if self.http_only {
            add("HttpOnly", b"");
        }
        if let Some(same_site) = self.same_site.and_then(same_site) {
            add("SameSite=", same_site.as_bytes());
        }
        if self.partitioned {
            add("Partitioned", b"");
        }
        line
    }

    fn check_name(&self, value: usize, mistakes: &mut Vec<String>) {
        if HeaderName::from_bytes(self.name).is_err() {
            mistakes.push(String::from(
                "the name is not a token (letters, digits and !#$%&'*+-.^_`|~)",
            ));
        }
        let size = self.name.len() + value;
        if size > LONGEST_PAIR {
            mistakes.push(format!(
                "name and encoded value are {size} bytes long, and browsers keep {LONGEST_PAIR} at most"
            ));
        }
    }

    fn check_times(&self, mistakes: &mut Vec<String>) {
        if let Some(expires) = self.expires.filter(|at| !(0..=LATEST).contains(at)) {
            mistakes.push(format!(
                "expires is a Unix time from 0 to {LATEST}, {expires} given"
            ));
        }
        if let Some(max_age) = self.max_age.filter(|&seconds| seconds < 0) {
            mistakes.push(format!(
                "maxAge is a number of seconds from 0 on, {max_age} given"
            ));
        }
    }

    fn check_place(&self, mistakes: &mut Vec<String>) {
        let is_text = |byte: &u8| (0x20..0x7f).contains(byte) && *byte != b';';
        let is_path = self.path.is_empty() || self.path.starts_with(b"/");
        if !is_path || !self.path.iter().all(is_text) || self.path.ends_with(b" ") {
            mistakes.push(format!(
                "path {} is no path: it begins with / and has no semicolon, and other than ASCII is percent-encoded",
                shown(self.path)
            ));
        }
        if let Some(domain) = self.domain.filter(|domain| !is_domain(domain)) {
            mistakes.push(format!(
                "domain {} is no host name: letters, digits, hyphens and dots, internationalized ones in their xn-- form",
                shown(domain)
            ));
        }
        let longest = self.path.len().max(self.domain.map_or(0, <[u8]>::len));
        if longest > LONGEST_ATTRIBUTE {
            mistakes.push(format!(
                "path or domain is {longest} bytes long, and browsers take {LONGEST_ATTRIBUTE} at most"
            ));
        }
    }

    fn check_flags(&self, mistakes: &mut Vec<String>) {
        if let Some(said) = self.same_site {
            match same_site(said) {
                None => mistakes.push(format!(
                    "sameSite is Strict, Lax or None, {} given",
                    shown(said)
                )),
                Some("None") if !self.secure => mistakes.push(String::from(
                    "sameSite None needs secure: browsers ignore the cookie without it",
                )),
                Some(_) => {}
            }
        }
        if self.partitioned && !self.secure {
            mistakes.push(String::from(
                "partitioned needs secure: browsers ignore the cookie without it",
            ));
        }
        let is_for_host = has_prefix(self.name, b"__Host-");
        if Self::needs_secure(self.name) && !self.secure {
            mistakes.push(String::from(
                "a name that begins with __Host- or __Secure- needs secure",
            ));
        }
        if is_for_host && (self.path != b"/" || self.domain.is_some()) {
            mistakes.push(String::from(
                "a name that begins with __Host- needs the path / and no domain",
            ));
        }
    }
}

/// Whether two `Set-Cookie` lines set the same cookie: name, domain and path say which it is
/// (RFC 6265 section 5.3).
pub(super) fn is_same(one: &HeaderValue, other: &HeaderValue) -> bool {
    identity(one.as_bytes()) == identity(other.as_bytes())
}

fn identity(line: &[u8]) -> (&[u8], Vec<u8>, &[u8]) {
    let mut parts = line.split(|&byte| byte == b';');
    let (name, _) = halves(parts.next().unwrap_or_default());
    let (mut domain, mut path) = (Vec::new(), &[][..]);
    for part in parts {
        let (attribute, value) = halves(part);
        if attribute.eq_ignore_ascii_case(b"domain") {
            domain = without_dot(value).to_ascii_lowercase();
        } else if attribute.eq_ignore_ascii_case(b"path") {
            path = value;
        }
    }
    (name, domain, path)
}

fn halves(part: &[u8]) -> (&[u8], &[u8]) {
    let at = part.iter().position(|&byte| byte == b'=');
    let (name, value) = part.split_at(at.unwrap_or(part.len()));
    (
        name.trim_ascii(),
        value.get(1..).unwrap_or_default().trim_ascii(),
    )
}

/// Browsers ignore a dot before a domain.
fn without_dot(domain: &[u8]) -> &[u8] {
    domain.strip_prefix(b".").unwrap_or(domain)
}

fn is_domain(domain: &[u8]) -> bool {
    without_dot(domain)
        .split(|&byte| byte == b'.')
        .all(|label| {
            let is_inside = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            !label.is_empty()
                && label.iter().all(is_inside)
                && !label.starts_with(b"-")
                && !label.ends_with(b"-")
        })
}

fn same_site(said: &[u8]) -> Option<&'static str> {
    ["Strict", "Lax", "None"]
        .into_iter()
        .find(|known| said.eq_ignore_ascii_case(known.as_bytes()))
}

/// Browsers compare the prefixes in any case.
fn has_prefix(name: &[u8], prefix: &[u8]) -> bool {
    name.get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

fn shown(bytes: &[u8]) -> String {
    const SHOWN: usize = 64;
    let start = bytes.get(..SHOWN).unwrap_or(bytes);
    let more = if bytes.len() > SHOWN { "…" } else { "" };
    format!("\"{}{more}\"", start.escape_ascii())
}

#[cfg(test)]
mod tests;
