use bytes::Bytes;

use super::*;
use crate::compress::{Decoded, Decoder};
use crate::config::CompressionSaid;

const CODINGS: [Coding; 3] = Coding::ALL;

fn settings(level: Option<(i64, i64, i64)>) -> Compression {
    let mut said = CompressionSaid::default();
    if let Some((gzip, brotli, zstd)) = level {
        (said.gzip_level, said.brotli_level, said.zstd_level) = (gzip, brotli, zstd);
    }
    Compression::parse(&said).unwrap()
}

/// Text whose every line says where it stands: it shrinks, and no part of it is like another.
pub(crate) fn text(len: usize) -> Vec<u8> {
    let mut text = Vec::with_capacity(len + 64);
    let mut seed = 1_u64;
    while text.len() < len {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let line = format!("{:>8} {{\"name\": \"row {}\"}}\n", text.len(), seed >> 40);
        text.extend_from_slice(line.as_bytes());
    }
    text.truncate(len);
    text
}

/// Bytes that do not shrink.
fn noise(len: usize) -> Vec<u8> {
    let spread = |i: u64| {
        let mut x = i.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x1234_5678;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (x >> 56) as u8
    };
    (0..len as u64).map(spread).collect()
}

/// What a decoder has of some code; whether it met the end.
fn decoded(coding: Coding, code: &[u8]) -> (Vec<u8>, bool) {
    let mut decoder = Decoder::new([coding.name().as_bytes()], u64::MAX).unwrap();
    decoder.feed(Bytes::copy_from_slice(code));
    let mut all = Vec::new();
    loop {
        match decoder.decode() {
            Ok(Decoded::Bytes(bytes)) => all.extend_from_slice(&bytes),
            Ok(Decoded::Hungry) => break,
            other => unreachable!("{other:?}"),
        }
    }
    decoder.finish();
    let is_over = matches!(decoder.decode(), Ok(Decoded::End));
    (all, is_over)
}

const SIZES: [usize; 13] = [
    0, 1, 2, 1023, 4095, 4096, 4097, 32_767, 32_768, 32_769, 65_537, 262_145, 1_000_001,
];

#[test]
fn bodies_of_every_size_come_back_whole_and_in_pieces() {
    for coding in CODINGS {
        for size in SIZES {
            for body in [text(size), noise(size)] {
                let mut encoder = Encoder::new(coding, &settings(None)).unwrap();
                let whole = encoder.whole(&body).unwrap();
                assert!(
                    decoded(coding, &whole) == (body.clone(), true),
                    "{coding:?} {size}"
                );

                let mut encoder = Encoder::new(coding, &settings(None)).unwrap();
                let mut code = Vec::new();
                for piece in body.chunks(9973) {
                    encoder.push(piece, &mut code).unwrap();
                }
                encoder.finish(&mut code).unwrap();
                assert!(
                    decoded(coding, &code) == (body, true),
                    "{coding:?} {size} in pieces"
                );
            }
        }
    }
}

#[test]
fn every_level_makes_what_can_be_decoded_and_is_smaller() {
    let body = text(100_000);
    for level in 1..=12 {
        let settings = settings(Some((level.min(9), level.min(6), level)));
        for coding in CODINGS {
            let mut encoder = Encoder::new(coding, &settings).unwrap();
            let mut code = Vec::new();
            for piece in body.chunks(7000) {
                encoder.push(piece, &mut code).unwrap();
                encoder.flush(&mut code).unwrap();
            }
            encoder.finish(&mut code).unwrap();
            assert!(
                code.len() < body.len() / 2,
                "{coding:?} {level}: {}",
                code.len()
            );
            assert!(
                decoded(coding, &code) == (body.clone(), true),
                "{coding:?} {level}"
            );
        }
    }
}

#[test]
fn after_a_flush_all_that_was_given_can_be_decoded_and_a_flush_costs_little() {
    for coding in CODINGS {
        let mut encoder = Encoder::new(coding, &settings(None)).unwrap();
        let (mut code, mut given) = (Vec::new(), Vec::new());
        for round in 0..200 {
            let piece = format!("piece {round} of the stream\n");
            given.extend_from_slice(piece.as_bytes());
            let before = code.len();
            encoder.push(piece.as_bytes(), &mut code).unwrap();
            encoder.flush(&mut code).unwrap();
            assert!(code.len() < before + piece.len() + 32, "{coding:?} {round}");
            let (seen, is_over) = decoded(coding, &code);
            assert!(seen == given && !is_over, "{coding:?} {round}");
        }
        let before = code.len();
        encoder.finish(&mut code).unwrap();
        assert!(code.len() <= before + 16, "{coding:?}");
        assert!(decoded(coding, &code) == (given, true), "{coding:?}");
    }
}

#[test]
fn a_flush_of_nothing_after_large_pieces_leaves_nothing_behind() {
    for coding in CODINGS {
        let mut encoder = Encoder::new(coding, &settings(None)).unwrap();
        let body = noise(200_000);
        let mut code = Vec::new();
        for (at, piece) in body.chunks(32_768).enumerate() {
            encoder.push(piece, &mut code).unwrap();
            encoder.flush(&mut code).unwrap();
            let end = body.len().min((at + 1) * 32_768);
            assert!(decoded(coding, &code).0 == body[..end], "{coding:?} {at}");
        }
    }
}

#[test]
fn what_is_held_back_is_bounded() {
    for coding in CODINGS {
        let mut encoder = Encoder::new(coding, &settings(None)).unwrap();
        let (mut given, mut made) = (0, 0);
        for piece in noise(1 << 20).chunks(32_768) {
            let mut code = Vec::new();
            encoder.push(piece, &mut code).unwrap();
            given += piece.len();
            made += code.len();
            assert!(code.len() <= 256 * 1024, "{coding:?}: {}", code.len());
            assert!(given <= made + 160 * 1024, "{coding:?}: {given} {made}");
        }
    }
}

#[test]
fn an_encoder_that_has_finished_can_be_used_again_where_that_saves_something() {
    for coding in [Coding::Gzip, Coding::Zstd] {
        let mut encoder = Encoder::new(coding, &settings(None)).unwrap();
        let mut all = Vec::new();
        for size in [70_000, 0, 5, 70_000] {
            let body = text(size);
            let mut code = Vec::new();
            encoder.push(&body, &mut code).unwrap();
            encoder.finish(&mut code).unwrap();
            assert!(
                decoded(coding, &code) == (body.clone(), true),
                "{coding:?} {size}"
            );
            encoder = encoder.again().unwrap();
            let whole = encoder.whole(&body).unwrap();
            assert!(decoded(coding, &whole) == (body, true), "{coding:?} {size}");
            encoder = encoder.again().unwrap();
            all.push(code);
        }
        assert!(
            all[0] == all[3],
            "{coding:?} keeps something of what it coded before"
        );
    }
}

#[test]
fn gzip_has_a_plain_header_that_names_no_time() {
    let mut encoder = Encoder::new(Coding::Gzip, &settings(None)).unwrap();
    let code = encoder.whole(b"x").unwrap();
    assert_eq!(code[..8], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0]);
}
