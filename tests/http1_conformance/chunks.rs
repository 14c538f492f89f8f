//! The chunked coding (RFC 9112 section 7.1).

use super::case::{Case, case, chunked, get, got, post, posted};

pub fn cases() -> Vec<Case> {
    [good(), sizes(), ends(), extensions(), trailers()].concat()
}

fn good() -> Vec<Case> {
    let each_size = |size: usize| format!("{size:x}\r\n{}\r\n0\r\n\r\n", "z".repeat(size));
    vec![
        case("one chunk", "7.1", chunked("5\r\nhello\r\n0\r\n\r\n")).served([posted("hello")]),
        case(
            "two chunks",
            "7.1",
            chunked("2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"),
        )
        .served([posted("hello")]),
        case(
            "a chunk of line ends",
            "7.1",
            chunked("4\r\n\r\n\r\n\r\n0\r\n\r\n"),
        )
        .served([posted("\r\n\r\n")]),
        case(
            "a chunk that looks like the last",
            "7.1",
            chunked("5\r\n0\r\n\r\n\r\n0\r\n\r\n"),
        )
        .served([posted("0\r\n\r\n")]),
        case("a size in small letters", "7.1", chunked(&each_size(0xab)))
            .served([posted("z".repeat(0xab))]),
        case(
            "a size in capitals",
            "7.1",
            chunked(&format!("1F\r\n{}\r\n0\r\n\r\n", "z".repeat(31))),
        )
        .served([posted("z".repeat(31))]),
        case(
            "a size with zeros before it",
            "7.1",
            chunked("0005\r\nhello\r\n0\r\n\r\n"),
        )
        .served([posted("hello")]),
        case(
            "a size of 16 digits",
            "7.1",
            chunked("0000000000000005\r\nhello\r\n0\r\n\r\n"),
        )
        .served([posted("hello")]),
        case(
            "a last chunk of many zeros",
            "7.1",
            chunked("5\r\nhello\r\n0000\r\n\r\n"),
        )
        .served([posted("hello")]),
        case(
            "two chunked requests",
            "9.3",
            [
                chunked("2\r\nab\r\n0\r\n\r\n"),
                chunked("1\r\nc\r\n0\r\n\r\n"),
            ]
            .concat(),
        )
        .served([posted("ab"), posted("c")]),
        case(
            "a chunked body before a GET",
            "9.3",
            [chunked("2\r\nab\r\n0\r\n\r\n"), get("")].concat(),
        )
        .served([posted("ab"), got("/")]),
    ]
}

/// What is no size.
fn sizes() -> Vec<Case> {
    let with = |size: &str| chunked(&format!("{size}\r\nhello\r\n0\r\n\r\n"));
    vec![
        case("no size", "7.1", with("")).malformed(),
        case("a size with a plus", "7.1", with("+5")).malformed(),
        case("a size with a minus", "7.1", with("-5")).malformed(),
        case("a size of minus zero", "7.1", with("-0")).malformed(),
        case("a size behind 0x", "7.1", with("0x5")).malformed(),
        case("a size with an underscore", "7.1", with("0_5")).malformed(),
        case("a size behind a space", "7.1", with(" 5")).malformed(),
        case("a size behind a tab", "7.1", with("\t5")).malformed(),
        case("a size before a space", "7.1", with("5 ")).malformed(),
        case("a size before a tab", "7.1", with("5\t")).malformed(),
        case("two sizes", "7.1", with("5 5")).malformed(),
        case("a size with a comma", "7.1", with("0,5")).malformed(),
        case("a size with a point", "7.1", with("5.")).malformed(),
        case("a size in quotes", "7.1", with("\"5\"")).malformed(),
        case("a size of a letter that is no digit", "7.1", with("g")).malformed(),
        case("a size behind NUL", "7.1", with("\x005")).malformed(),
        case("a size before NUL", "7.1", with("5\0")).malformed(),
        case("a size before VT", "7.1", with("5\x0b")).malformed(),
        case("a size of 17 digits", "7.1", with("00000000000000005")).malformed(),
        case("a size of 2^64", "7.1", with("10000000000000000")).malformed(),
        case("a size of 2^64 + 5", "7.1", with("10000000000000005")).malformed(),
        case("a size of 2^64 - 1", "7.1", with("ffffffffffffffff"))
            .broken()
            .and_ends(),
        case("a size of 1,000 digits", "7.1", with(&"0".repeat(1000))).malformed(),
    ]
}

/// Where lines and chunks end.
fn ends() -> Vec<Case> {
    vec![
        case(
            "a bare LF behind the size",
            "7.1",
            chunked("5\nhello\r\n0\r\n\r\n"),
        )
        .malformed(),
        case(
            "a bare CR behind the size",
            "7.1",
            chunked("5\rhello\r\n0\r\n\r\n"),
        )
        .malformed(),
        case(
            "LF and CR behind the size",
            "7.1",
            chunked("5\n\rhello\r\n0\r\n\r\n"),
        )
        .malformed(),
        case(
            "two CRs behind the size",
            "7.1",
            chunked("5\r\r\nhello\r\n0\r\n\r\n"),
        )
        .malformed(),
        case(
            "a bare LF behind the data",
            "7.1",
            chunked("5\r\nhello\n0\r\n\r\n"),
        )
        .malformed(),
        case(
            "a bare CR behind the data",
            "7.1",
            chunked("5\r\nhello\r0\r\n\r\n"),
        )
        .malformed(),
        case(
            "nothing behind the data",
            "7.1",
            chunked("5\r\nhello0\r\n\r\n"),
        )
        .malformed(),
        case(
            "two bytes that are no CRLF behind the data",
            "7.1",
            chunked("5\r\nhelloXX0\r\n\r\n"),
        )
        .malformed(),
        case(
            "more data than the size",
            "7.1",
            chunked("5\r\nhello!\r\n0\r\n\r\n"),
        )
        .malformed(),
        case(
            "less data than the size",
            "7.1",
            chunked("6\r\nhello\r\n0\r\n\r\n"),
        )
        .malformed(),
        case(
            "an empty line behind the data",
            "7.1",
            chunked("5\r\nhello\r\n\r\n0\r\n\r\n"),
        )
        .malformed(),
        case(
            "a bare LF behind the last size",
            "7.1",
            chunked("5\r\nhello\r\n0\n\r\n"),
        )
        .malformed(),
        case(
            "a bare LF for the last line",
            "7.1",
            chunked("5\r\nhello\r\n0\r\n\n"),
        )
        .malformed(),
        case(
            "a bare CR for the last line",
            "7.1",
            chunked("5\r\nhello\r\n0\r\n\rX"),
        )
        .malformed(),
        case("no last chunk", "8", chunked("5\r\nhello\r\n"))
            .broken()
            .and_ends(),
        case("no last line", "8", chunked("5\r\nhello\r\n0\r\n"))
            .broken()
            .and_ends(),
        case("half a last line", "8", chunked("5\r\nhello\r\n0\r\n\r"))
            .broken()
            .and_ends(),
        case("half a chunk", "8", chunked("5\r\nhel"))
            .broken()
            .and_ends(),
        case("half a size", "8", chunked("5")).broken().and_ends(),
        case("no chunk at all", "8", chunked(""))
            .broken()
            .and_ends(),
    ]
}

fn extensions() -> Vec<Case> {
    let with = |extension: &str| chunked(&format!("5{extension}\r\nhello\r\n0\r\n\r\n"));
    let long = |len: usize| format!(";{}", "a".repeat(len));
    vec![
        case("an extension", "7.1.1", with(";a")).served([posted("hello")]),
        case("an extension with a value", "7.1.1", with(";a=b")).served([posted("hello")]),
        case("two extensions", "7.1.1", with(";a=b;c")).served([posted("hello")]),
        case("an extension with spaces", "7.1.1", with(" ; a = b")).served([posted("hello")]),
        case("an extension in quotes", "7.1.1", with(";a=\"b;c\"")).served([posted("hello")]),
        case(
            "an extension with a quoted quote",
            "7.1.1",
            with(";a=\"b\\\"c\""),
        )
        .served([posted("hello")]),
        case(
            "an extension of the last chunk",
            "7.1.1",
            chunked("5\r\nhello\r\n0;a=b\r\n\r\n"),
        )
        .served([posted("hello")]),
        case(
            "an extension that signs, as storage clients send",
            "7.1.1",
            with(&format!(";chunk-signature={}", "a".repeat(64))),
        )
        .served([posted("hello")]),
        case("CRLF in a quoted extension", "7.1.1", with(";a=\"\r\n\"")).malformed(),
        case(
            "a bare LF in a quoted extension",
            "7.1.1",
            with(";a=\"\n\""),
        )
        .malformed(),
        case("a bare LF in an extension", "7.1.1", with(";a\nb")).malformed(),
        case(
            "a bare LF behind an extension",
            "7.1.1",
            chunked("5;a\nhello\r\n0\r\n\r\n"),
        )
        .malformed(),
        case(
            "a bare LF behind an extension of the last chunk",
            "7.1.1",
            chunked("5\r\nhello\r\n0;a\nX\r\n\r\n"),
        )
        .malformed(),
        case("a bare CR in an extension", "7.1.1", with(";a\rb")).malformed(),
        case("NUL in an extension", "7.1.1", with(";a\0b")).malformed(),
        case("ESC in an extension", "7.1.1", with(";a=\x1bb")).malformed(),
        case("a quote that is not closed", "7.1.1", with(";a=\"b")).malformed(),
        case(
            "a quote that is not closed but for an escaped one",
            "7.1.1",
            with(";a=\"b\\\""),
        )
        .malformed(),
        case("an extension without its semicolon", "7.1.1", with(" a=b")).malformed(),
        case("an extension of 2 KiB", "7.1.1", with(&long(2048))).malformed(),
        case("an extension of 64 KiB", "7.1.1", with(&long(65_536))).malformed(),
        case(
            "40 KiB of extensions in all",
            "7.1.1",
            chunked(&[&format!("1{}\r\nx\r\n", long(800)).repeat(50), "0\r\n\r\n"].concat()),
        )
        .malformed(),
    ]
}

fn trailers() -> Vec<Case> {
    let with = |trailers: &str| chunked(&format!("5\r\nhello\r\n0\r\n{trailers}\r\n"));
    vec![
        case("a trailer", "7.1.2", with("A: b\r\n")).served([posted("hello")]),
        case("two trailers", "7.1.2", with("A: b\r\nC: d\r\n")).served([posted("hello")]),
        case(
            "a trailer that is a length",
            "RFC 9110 6.5.1",
            with("Content-Length: 100\r\n"),
        )
        .served([posted("hello")]),
        case(
            "a trailer that is a coding",
            "RFC 9110 6.5.1",
            with("Transfer-Encoding: chunked\r\n"),
        )
        .served([posted("hello")]),
        case(
            "a trailer that is a host",
            "RFC 9110 6.5.1",
            with("Host: evil\r\n"),
        )
        .served([posted("hello")]),
        case("a trailer without a colon", "5", with("broken\r\n")).malformed(),
        case(
            "a trailer with a space before its colon",
            "5.1",
            with("A : b\r\n"),
        )
        .malformed(),
        case("a trailer whose name is no token", "5.1", with("A(: b\r\n")).malformed(),
        case("a trailer without a name", "5.1", with(": b\r\n")).malformed(),
        case("a folded trailer", "5.2", with("A: b\r\n c\r\n")).malformed(),
        case("NUL in a trailer", "RFC 9110 5.5", with("A: b\0c\r\n")).malformed(),
        case("a trailer that ends in a bare LF", "2.2", with("A: b\n")).malformed(),
        case(
            "two trailers with a bare LF between",
            "2.2",
            with("A: b\nC: d\r\n"),
        )
        .malformed(),
        case("a trailer with a bare CR", "2.2", with("A: b\rC: d\r\n")).malformed(),
        case(
            "an empty line of bare LF in the trailers",
            "2.2",
            with("A: b\n\nGET /smuggled HTTP/1.1\r\nHost: x\r\n"),
        )
        .malformed(),
        case(
            "21 trailers where 20 lines are the limit",
            "RFC 6585 5",
            with(&"A: b\r\n".repeat(101)),
        )
        .malformed(),
        case(
            "20 KiB of trailers",
            "RFC 6585 5",
            with(&format!("A: {}\r\n", "b".repeat(20_480))),
        )
        .malformed(),
        case(
            "trailers that were announced",
            "RFC 9110 6.6.2",
            post(
                "Transfer-Encoding: chunked\r\nTrailer: A\r\n",
                "5\r\nhello\r\n0\r\nA: b\r\n\r\n",
            ),
        )
        .served([posted("hello")]),
    ]
}
