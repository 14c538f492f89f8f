//! Heads at their limits and past them (RFC 9112 section 3, RFC 6585 section 5).

use super::case::{Case, asked, case, get, got, over};
use super::runner::LIMITS;

pub fn cases() -> Vec<Case> {
    // The target, and of each line its name, its value and four bytes: "/", Host: x, A: value.
    let left = LIMITS.head - 1 - (4 + 1 + 4) - (1 + 4);
    let value = |len: usize| get(&format!("A: {}\r\n", "b".repeat(len)));
    let lines = |count: usize| get(&"A: b\r\n".repeat(count - 1));
    let names = |len: usize| get(&format!("{}: b\r\n", "A".repeat(len)));
    vec![
        case(
            "as many lines as may be",
            "RFC 6585 5",
            lines(LIMITS.headers),
        )
        .served([got("/")]),
        case("one line more", "RFC 6585 5", lines(LIMITS.headers + 1)).refused(&[431]),
        case("a thousand lines", "RFC 6585 5", lines(1000)).refused(&[431]),
        case("as long a head as may be", "RFC 6585 5", value(left)).served([got("/")]),
        case("a head of a byte more", "RFC 6585 5", value(left + 1)).refused(&[431]),
        case(
            "a value past the limit",
            "RFC 6585 5",
            get(&format!("A: {}\r\n", over(LIMITS.head))),
        )
        .refused(&[431]),
        case("a value of 100 KiB", "RFC 6585 5", value(102_400)).refused(&[431]),
        case("a name of 1,000 letters", "RFC 6585 5", names(1000)).served([got("/")]),
        case(
            "a name past the limit",
            "RFC 6585 5",
            names(LIMITS.head + 1),
        )
        .refused(&[431]),
        case("a name of 70,000 letters", "RFC 6585 5", names(70_000)).refused(&[431]),
        case(
            "many heads that are as long as may be",
            "9.3",
            value(left).repeat(5),
        )
        .served((0..5).map(|_| got("/"))),
        case(
            "a long method does not count",
            "3",
            format!("{} / HTTP/1.1\r\nHost: x\r\n\r\n", "M".repeat(5000)),
        )
        .served([asked(&"M".repeat(5000), "/", "")]),
    ]
}
