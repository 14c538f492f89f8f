//! Multipart bodies, whole and in pieces: what they hold does not depend on how they come.
#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use sluice::forms::{Event, Head, Multipart};
use sluice_fuzz::{cut, split};

fuzz_target!(|data: &[u8]| {
    let Some((cuts, body)) = split(data) else {
        return;
    };
    let whole = parts(&[body]);
    let cut = parts(&cut(body, cuts));
    assert_eq!(whole, cut);
    sluice::forms::fuzzing::head_of_part(body);
});

/// The parts with their content, up to the end or the first error.
fn parts(pieces: &[&[u8]]) -> (Vec<(Head, Vec<u8>, bool)>, bool) {
    let mut multipart = Multipart::new(b"x");
    let mut pieces = pieces.iter();
    let mut parts: Vec<(Head, Vec<u8>, bool)> = Vec::new();
    loop {
        match multipart.event() {
            Err(_) => return (parts, false),
            Ok(Some(Event::End)) => return (parts, true),
            Ok(Some(Event::Part(head))) => parts.push((*head, Vec::new(), false)),
            Ok(Some(Event::Data(bytes))) => {
                assert!(!bytes.is_empty());
                let part = parts.last_mut().expect("data belongs to a part");
                assert!(!part.2, "data behind the end of its part");
                part.1.extend_from_slice(&bytes);
            }
            Ok(Some(Event::PartEnd)) => parts.last_mut().expect("a part ends").2 = true,
            Ok(None) => match pieces.next() {
                Some(piece) => multipart.push(Bytes::copy_from_slice(piece)),
                None => multipart.finish(),
            },
        }
    }
}
