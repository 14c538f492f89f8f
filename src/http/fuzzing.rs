//! What the fuzzers in `fuzz/` ask of this room: each gives a parser any input and checks what must hold for all.

use http::{Request, Uri, Version};

use super::framing::Framing;
use super::head::check_request;
use super::host::is_host;
use crate::config::Limits;

/// A target that a handler may see is a path or names a host, and nobody.
pub fn target(input: &[u8]) {
    let Ok(uri) = Uri::try_from(input) else {
        return;
    };
    let request = Request::builder().uri(uri).version(Version::HTTP_10);
    let Ok(request) = request.body(()) else {
        return;
    };
    let (parts, ()) = request.into_parts();
    if check_request(&parts, &Limits::DEFAULT, true).is_ok() {
        assert!(parts.uri.path().starts_with('/'));
        let authority = parts.uri.authority();
        assert!(authority.is_none_or(|host| !host.as_str().contains('@')));
        assert_eq!(authority.is_some(), parts.uri.scheme().is_some());
    }
}

/// A host is plain text, and can be the authority of a URI.
pub fn host(input: &[u8]) {
    if is_host(input) && !input.is_empty() {
        assert!(input.is_ascii() && !input.contains(&b'@') && !input.contains(&b'/'));
        // The crate takes no percent sign in a host, which the grammar has.
        assert!(input.contains(&b'%') || http::uri::Authority::try_from(input).is_ok());
    }
}

/// What is refused does not depend on how the bytes come: `cut` says in which pieces.
pub fn framing(input: &[u8], cut: &[u8]) {
    let whole = Framing::default().check(input);
    let mut framing = Framing::default();
    let (mut rest, mut from) = (input, 0);
    let mut cuts = cut.iter().cycle();
    while !rest.is_empty() {
        let len = cuts.next().map_or(1, |cut| usize::from(*cut).max(1));
        let (piece, after) = rest.split_at(len.min(rest.len()));
        if let Err(at) = framing.check(piece) {
            // By pieces it is seen where the line goes on, or a little sooner.
            assert!(whole.is_err_and(|begin| begin <= from + at));
            return;
        }
        (rest, from) = (after, from + piece.len());
    }
    // A line without its end is looked at for what may be nowhere in it.
    assert!(whole.is_ok());
}
