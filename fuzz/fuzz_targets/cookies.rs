//! `Set-Cookie`: whatever a handler says splits no header and adds no attribute.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sluice::http::Cookie;

fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(6, |byte| *byte == b'|');
    let mut next = || parts.next().unwrap_or_default();
    let (name, value, path) = (next(), next(), next());
    let optional = |part: &'_ [u8]| (!part.is_empty()).then(|| part.to_vec());
    let (domain, same_site, rest) = (optional(next()), optional(next()), next());
    let flags = rest.first().copied().unwrap_or_default();
    let cookie = Cookie {
        name,
        value,
        expires: (flags & 1 > 0).then(|| i64::from(flags) << 30),
        max_age: (flags & 2 > 0).then(|| i64::from(flags) - 100),
        path,
        domain: domain.as_deref(),
        secure: flags & 4 > 0,
        http_only: flags & 8 > 0,
        same_site: same_site.as_deref(),
        partitioned: flags & 16 > 0,
    };
    if let Ok(line) = cookie.to_line() {
        let line = line.as_bytes();
        assert!(!line.iter().any(u8::is_ascii_control));
        let attributes = line.iter().filter(|byte| **byte == b';').count();
        assert!(attributes <= 8);
        assert!(line.starts_with(&[name, b"="].concat()));
    }
});
