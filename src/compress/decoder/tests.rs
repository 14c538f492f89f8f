use std::io::Write;

use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

use super::*;
use crate::compress::Encoder;
use crate::config::{Coding, Compression, CompressionSaid};

fn text(len: usize) -> Vec<u8> {
    let lines =
        (0_u64..).map(|at| format!("line {at} of {}\n", at.wrapping_mul(2_654_435_761) >> 7));
    let mut text: Vec<u8> = lines
        .take(len / 8 + 1)
        .flat_map(String::into_bytes)
        .take(len)
        .collect();
    text.truncate(len);
    text
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn encoded(name: &str, bytes: &[u8]) -> Vec<u8> {
    let level = flate2::Compression::default();
    match name {
        "gzip" | "x-gzip" => gzip(bytes),
        "deflate" => {
            let mut writer = ZlibEncoder::new(Vec::new(), level);
            writer.write_all(bytes).unwrap();
            writer.finish().unwrap()
        }
        "raw" => {
            let mut writer = DeflateEncoder::new(Vec::new(), level);
            writer.write_all(bytes).unwrap();
            writer.finish().unwrap()
        }
        _ => {
            let coding = Coding::named(name.as_bytes()).unwrap();
            let settings = Compression::parse(&CompressionSaid::default()).unwrap();
            Encoder::new(coding, &settings)
                .unwrap()
                .whole(bytes)
                .unwrap()
        }
    }
}

/// All of a body that comes in pieces of `piece` bytes, or how it fails; and the largest piece read.
fn read(line: &str, code: &[u8], piece: usize, limit: u64) -> (Vec<u8>, Option<Kind>, usize) {
    let mut decoder = Decoder::new([line.as_bytes()], limit).unwrap();
    let mut pieces = code.chunks(piece);
    let (mut all, mut largest) = (Vec::new(), 0);
    loop {
        match decoder.decode() {
            Ok(Decoded::Bytes(bytes)) => {
                assert!(!bytes.is_empty());
                largest = largest.max(bytes.len());
                all.extend_from_slice(&bytes);
            }
            Ok(Decoded::Hungry) => match pieces.next() {
                Some(bytes) => decoder.feed(Bytes::copy_from_slice(bytes)),
                None => decoder.finish(),
            },
            Ok(Decoded::Later) => {}
            Ok(Decoded::End) => return (all, None, largest),
            Err(error) => return (all, Some(error.kind()), largest),
        }
    }
}

const ALL: [&str; 6] = ["gzip", "x-gzip", "deflate", "raw", "br", "zstd"];

/// What the header says; bare deflate goes by the name of the framed one.
fn header(name: &str) -> &str {
    if name == "raw" { "deflate" } else { name }
}

#[test]
fn every_coding_is_taken_off_however_the_code_is_cut() {
    for name in ALL {
        for size in [1, 100, 32_767, 32_768, 32_769, 200_000] {
            let body = text(size);
            let code = encoded(name, &body);
            for piece in [1, 7, 1000, 16_384, usize::MAX] {
                if piece == 1 && size > 40_000 {
                    continue;
                }
                let (seen, failure, largest) = read(header(name), &code, piece, 1 << 20);
                assert_eq!(failure, None, "{name} {size} {piece}");
                assert!(seen == body, "{name} {size} {piece}");
                assert!(largest <= 64 * 1024, "{name} {size} {piece}: {largest}");
            }
        }
    }
}

#[test]
fn a_body_cut_short_at_any_byte_is_never_complete() {
    for name in ALL {
        let body = text(300);
        let code = encoded(name, &body);
        for end in 1..code.len() {
            let (_, failure, _) = read(header(name), &code[..end], 64, 1 << 20);
            assert_eq!(
                failure,
                Some(Kind::BadRequest),
                "{name} cut at {end} of {}",
                code.len()
            );
        }
    }
}

#[test]
fn what_follows_the_end_fails_unless_it_is_another_member_or_frame() {
    for name in ALL {
        let code = encoded(name, b"first");
        for garbage in [&b"\0"[..], b"x", b"trailing garbage of some length"] {
            for piece in [1, usize::MAX] {
                let (_, failure, _) =
                    read(header(name), &[&code, garbage].concat(), piece, 1 << 20);
                assert_eq!(failure, Some(Kind::BadRequest), "{name} {garbage:?}");
            }
        }
    }
    for name in ["gzip", "zstd"] {
        let two = [encoded(name, b"first "), encoded(name, b"second")].concat();
        for piece in [1, 5, usize::MAX] {
            let (seen, failure, _) = read(name, &two, piece, 1 << 20);
            assert_eq!((&seen[..], failure), (&b"first second"[..], None), "{name}");
        }
        let (_, failure, _) = read(name, &two[..two.len() - 1], 5, 1 << 20);
        assert_eq!(failure, Some(Kind::BadRequest), "{name}");
    }
}

#[test]
fn data_that_is_no_code_at_all_fails() {
    for name in ["gzip", "deflate", "br", "zstd"] {
        let (seen, failure, _) = read(name, &[0xff; 4096], 512, 1 << 24);
        assert_eq!((seen.len(), failure), (0, Some(Kind::BadRequest)), "{name}");
    }
    let mut flipped = encoded("gzip", &text(5000));
    let at = flipped.len() - 6;
    flipped[at] ^= 1;
    assert_eq!(
        read("gzip", &flipped, 100, 1 << 20).1,
        Some(Kind::BadRequest),
        "a checksum"
    );
}

#[test]
fn no_bytes_are_an_empty_body() {
    for name in ["gzip", "deflate", "br", "zstd", "gzip, br"] {
        assert_eq!(read(name, b"", 1, 1 << 20), (Vec::new(), None, 0), "{name}");
    }
}

#[test]
fn codings_are_taken_off_in_the_order_opposite_to_the_header() {
    let body = text(100_000);
    let code = encoded("zstd", &encoded("br", &encoded("gzip", &body)));
    for piece in [1, 100, usize::MAX] {
        let (seen, failure, _) = read("gzip, identity,br ,ZSTD", &code, piece, 1 << 20);
        assert_eq!(failure, None);
        assert!(seen == body, "{piece}");
    }
    let (_, failure, _) = read("br, gzip, zstd", &code, 100, 1 << 20);
    assert_eq!(failure, Some(Kind::BadRequest));
    let (_, failure, _) = read("gzip, br, zstd", &code[..code.len() - 1], 100, 1 << 20);
    assert_eq!(failure, Some(Kind::BadRequest));
}

#[test]
fn a_bomb_is_given_out_piece_by_piece_and_a_piece_costs_no_more_than_itself() {
    const SIZE: usize = 10 << 20;
    for name in ALL {
        let code = encoded(name, &vec![0; SIZE]);
        assert!(code.len() < 16 * 1024, "{name}: {}", code.len());
        let mut decoder = Decoder::new([header(name).as_bytes()], 1 << 20).unwrap();
        decoder.feed(code.into());
        let mut made = 0;
        while made <= 1 << 20 {
            let Ok(Decoded::Bytes(bytes)) = decoder.decode() else {
                unreachable!("{name} ends early")
            };
            assert!(bytes.len() <= 64 * 1024, "{name}: {}", bytes.len());
            made += bytes.len();
        }
    }
}

#[test]
fn what_lies_between_two_codings_is_bounded_too() {
    // A gzip header whose comment is 10 MiB long: nothing comes out of it, ever.
    let mut inner = vec![0x1f, 0x8b, 8, 16, 0, 0, 0, 0, 0, 3];
    inner.resize(10 << 20, b'a');
    let code = gzip(&inner);
    assert!(code.len() < 32 * 1024);
    let mut decoder = Decoder::new([&b"gzip, gzip"[..]], 1 << 20).unwrap();
    decoder.feed(code.into());
    let mut turns = 0;
    let failure = loop {
        match decoder.decode() {
            Ok(Decoded::Later) => turns += 1,
            Ok(other) => unreachable!("{other:?}"),
            Err(error) => break error.kind(),
        }
    };
    assert_eq!(failure, Kind::BodyTooLarge);
    assert!(turns >= 4, "others had their turn {turns} times");
}

#[test]
fn unknown_codings_and_too_many_are_left_alone() {
    for line in [
        "",
        "identity",
        "compress",
        "gzip, exi",
        "aes128gcm",
        "gzip,gzip,gzip,gzip",
    ] {
        assert!(Decoder::new([line.as_bytes()], 1).is_none(), "{line}");
    }
    assert!(Decoder::new([&b"gzip"[..], b"br"], 1).is_some());
}

#[test]
fn a_brotli_window_may_be_as_large_as_the_body_or_as_is_common() {
    // The first byte says 16 MiB, the rest that the body is empty.
    const LARGE: &[u8] = &[0x0f, 0x03];
    let small = encoded("br", b"");
    assert_eq!(read("br", &small, 9, 0).1, None);
    let (_, failure, _) = read("br", LARGE, 9, 1 << 20);
    assert_eq!(failure, Some(Kind::BodyTooLarge));
    let mut decoder = Decoder::new([&b"br"[..]], 1 << 20).unwrap();
    decoder.feed(Bytes::from_static(LARGE));
    let message = decoder.decode().unwrap_err().to_string();
    assert!(
        message.contains("window of 16 MiB is larger than the 4 MiB"),
        "{message}"
    );
    let mut decoder = Decoder::new([&b"br"[..]], 9 << 20).unwrap();
    decoder.feed(Bytes::from_static(LARGE));
    let allowed = decoder.decode();
    assert!(!format!("{allowed:?}").contains("window"), "{allowed:?}");
}
