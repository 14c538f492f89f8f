//! The syntax of multipart bodies, whatever pieces they come in.
#![allow(missing_docs, reason = "the names of the tests say what they hold")]

use bytes::Bytes;
use sluice::error::{Kind, Result};
use sluice::forms::{Event, Head, Multipart};

/// Name and content of each part.
type Parts = Vec<(String, Vec<u8>)>;

/// What is in a body that comes in these pieces.
fn read<'a>(boundary: &str, pieces: impl IntoIterator<Item = &'a [u8]>) -> Result<Parts> {
    let mut multipart = Multipart::new(boundary.as_bytes());
    let mut pieces = pieces.into_iter();
    let mut parts = Parts::new();
    let mut open = false;
    loop {
        match multipart.event()? {
            None => match pieces.next() {
                Some(piece) => multipart.push(Bytes::copy_from_slice(piece)),
                None => multipart.finish(),
            },
            Some(Event::Part(head)) => {
                assert!(!std::mem::replace(&mut open, true));
                parts.push((name(&head), Vec::new()));
            }
            Some(Event::Data(bytes)) => {
                assert!(open && !bytes.is_empty());
                parts
                    .last_mut()
                    .expect("a part")
                    .1
                    .extend_from_slice(&bytes);
            }
            Some(Event::PartEnd) => assert!(std::mem::replace(&mut open, false)),
            Some(Event::End) => {
                assert!(!open);
                return Ok(parts);
            }
        }
    }
}

fn name(head: &Head) -> String {
    String::from_utf8_lossy(head.name.as_deref().unwrap_or_default()).into_owned()
}

fn whole(body: &str) -> Result<Parts> {
    read("b", [body.as_bytes()])
}

fn part(name: &str, content: &str) -> (String, Vec<u8>) {
    (name.into(), content.into())
}

const FIELD: &str = "Content-Disposition: form-data; name=";

/// Every path of the syntax: a preamble, look-alikes of the delimiter, a part without headers, one
/// without content, blanks behind a delimiter, an epilogue.
fn everything() -> (Vec<u8>, Parts) {
    let look_alikes = "\r\r\n\r\n-\r\n--\r\n--bound\r\n--boundarY\r\n--boundary-x\r\n--boundary \rx\n--boundary--\r";
    let body = format!(
        "preamble\r\n--bound\r\n--boundary\r\n{FIELD}one\r\n\r\n{look_alikes}\r\n--boundary \t\r\n\r\nbare\r\n--boundary\r\n{FIELD}\"two\"\r\nX-Folded: a\r\n b\r\n\r\n\r\n--boundary\r\n{FIELD}three\r\n\r\n--boundary\r\n{FIELD}four\r\n\r\n\r\n\r\n--boundary--\r\nepilogue\r\n--boundary\r\nstill"
    );
    let parts = vec![
        part("one", look_alikes),
        part("", "bare"),
        part("two", ""),
        part("three", ""),
        part("four", "\r\n"),
    ];
    (body.into(), parts)
}

#[test]
fn a_body_may_be_cut_anywhere() {
    let (body, parts) = everything();
    assert_eq!(read("boundary", [&body[..]]).unwrap(), parts);
    for at in 0..=body.len() {
        let (front, rest) = body.split_at(at);
        assert_eq!(
            read("boundary", [front, rest]).unwrap(),
            parts,
            "cut at {at}"
        );
    }
}

#[test]
fn a_body_may_come_in_pieces_of_any_size() {
    let (body, parts) = everything();
    for size in 1..=body.len() {
        assert_eq!(
            read("boundary", body.chunks(size)).unwrap(),
            parts,
            "{size}"
        );
    }
    let pieces = body.chunks(1).flat_map(|piece| [&[][..], piece]);
    assert_eq!(read("boundary", pieces).unwrap(), parts, "empty pieces");
}

#[test]
fn a_form_without_fields_is_its_last_delimiter() {
    assert!(whole("--b--\r\n").unwrap().is_empty());
    assert!(whole("--b--").unwrap().is_empty());
    assert!(whole("\r\n--b--").unwrap().is_empty());
}

#[test]
fn content_may_consist_of_line_breaks_and_delimiters_may_follow_at_once() {
    let body = format!("--b\r\n{FIELD}x\r\n\r\n\r\n\r\n\r\n--b\r\n{FIELD}y\r\n\r\n--b--");
    assert_eq!(
        whole(&body).unwrap(),
        [part("x", "\r\n\r\n"), part("y", "")]
    );
}

#[test]
fn only_whole_line_breaks_delimit() {
    let body = format!("--b\r\n{FIELD}x\r\n\r\n1\n--b\n--b--\r--b--\r\n--b--");
    assert_eq!(whole(&body).unwrap(), [part("x", "1\n--b\n--b--\r--b--")]);
}

#[test]
fn a_boundary_may_be_of_dashes_or_of_bytes() {
    for boundary in ["--", "-", "\u{e9}=?:", "a b"] {
        let body = format!("--{boundary}\r\n{FIELD}x\r\n\r\n--\r\n--{boundary}--\r\n");
        let body = body.as_bytes();
        let parts = read(boundary, body.chunks(1)).unwrap();
        assert_eq!(parts, [part("x", "--")], "{boundary}");
    }
}

#[test]
fn a_body_that_breaks_off_is_never_a_short_form() {
    let (body, _) = everything();
    let end =
        memchr::memmem::rfind(&body, b"\r\n--boundary--").unwrap() + b"\r\n--boundary--".len();
    for at in 0..end {
        let error = read("boundary", body[..at].chunks(7)).unwrap_err();
        assert_eq!(error.kind(), Kind::BadRequest, "broken off at {at}");
    }
    assert!(read("boundary", [&body[..end]]).is_ok());
}

#[test]
fn broken_and_bottomless_headers_are_bad_requests() {
    let line = format!("X: {}\r\n", "v".repeat(1000));
    for head in [
        "no colon\r\n\r\n".into(),
        "--b\r\n\r\n".into(),
        format!("{FIELD}x\n\n\r\n\r\n"),
        line.repeat(17),
        "x".repeat(17_000),
    ] {
        for size in [1, 100, 100_000] {
            let body = format!("--b\r\n{head}");
            let error = read("b", body.as_bytes().chunks(size)).unwrap_err();
            assert_eq!(error.kind(), Kind::BadRequest, "{head:.20} in {size}");
        }
    }
    let body = format!("--b\r\n{}{FIELD}x\r\n\r\n1\r\n--b--", line.repeat(15));
    assert_eq!(whole(&body).unwrap(), [part("x", "1")]);
}

#[test]
fn content_is_handed_on_without_being_copied() {
    let content = Bytes::from(vec![b'x'; 100_000]);
    let mut multipart = Multipart::new(b"b");
    multipart.push(Bytes::from_static(b"--b\r\n\r\n"));
    assert!(matches!(multipart.event().unwrap(), Some(Event::Part(_))));
    assert_eq!(multipart.event().unwrap(), None);
    multipart.push(content.clone());
    match multipart.event().unwrap() {
        Some(Event::Data(bytes)) => assert_eq!(bytes.as_ptr_range(), content.as_ptr_range()),
        other => panic!("no data: {other:?}"),
    }
}
