//! The framing of HTTP/1 requests as a strict server reads it, beside hyper, which is lenient in places.
//!
//! hyper drops a `Content-Length` that stands beside a `Transfer-Encoding` and one that is said twice, ends a
//! line at LF alone, takes anything for a chunk extension, and cuts the fragment off a target. Once it has read
//! a head, nobody can tell. Two programs in a row that differ in one of these see different requests in
//! the same bytes (RFC 9112 section 11.2). So the bytes are followed here on their way in: of heads and chunk
//! heads each line is looked at once, of bodies nothing is.

/// Follows the requests of one connection.
#[derive(Debug, Default)]
pub(super) struct Framing {
    at: At,
    length: Option<u64>,
    coding: Option<Coding>,
    /// Heads that have ended since somebody asked.
    heads: u32,
    /// The beginning of a line whose end has not come yet.
    begun: Line,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum At {
    #[default]
    RequestLine,
    Fields,
    /// In a body, of which so many bytes are still to come.
    Body(u64),
    ChunkHead,
    /// In a chunk, of which so many bytes are still to come.
    Chunk(u64),
    ChunkEnd,
    Trailers,
    /// Behind a head that others refuse.
    Over,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    Chunked,
    /// One that others refuse.
    Unknown,
}

#[derive(Debug, Default)]
struct Line {
    /// What came of it, but no more than [`LONGEST`] bytes and one.
    bytes: Vec<u8>,
    /// The last byte that came was CR.
    ends_in_cr: bool,
}

/// The longest chunk head, and the longest line of a field that says how a body is framed, in bytes.
const LONGEST: usize = 1024;

/// The digits of the largest chunk size: more would not fit into 64 bits, or are zeros that nobody needs.
const SIZE_DIGITS: usize = 16;

impl Framing {
    /// Looks at the next bytes from the client.
    ///
    /// # Errors
    /// Where the line, or the piece of it, begins that no request may have.
    #[inline]
    pub(super) fn check(&mut self, bytes: &[u8]) -> Result<(), usize> {
        let mut from = 0;
        while let Some(rest) = bytes.get(from..).filter(|rest| !rest.is_empty()) {
            from += match self.at {
                At::Fields if self.begun.is_empty() => {
                    self.check_fields(rest).map_err(|at| from + at)?
                }
                At::Over => return Ok(()),
                At::Body(left) => {
                    let (passed, left) = pass(left, rest.len());
                    self.at = if left == 0 {
                        At::RequestLine
                    } else {
                        At::Body(left)
                    };
                    passed
                }
                At::Chunk(left) => {
                    let (passed, left) = pass(left, rest.len());
                    self.at = if left == 0 {
                        At::ChunkEnd
                    } else {
                        At::Chunk(left)
                    };
                    passed
                }
                _ => self.check_line(rest).ok_or(from)?,
            };
        }
        Ok(())
    }

    /// How many heads have ended since this was called last.
    #[inline]
    pub(super) fn take_heads(&mut self) -> u32 {
        std::mem::take(&mut self.heads)
    }

    /// Whether what comes next belongs to a head, and not to a body.
    pub(super) fn is_in_head(&self) -> bool {
        matches!(self.at, At::RequestLine | At::Fields)
    }

    /// The length of the lines in `bytes` up to the end of the head, or to where a line is not complete.
    ///
    /// # Errors
    /// Where the line begins that no head may have.
    #[inline]
    fn check_fields(&mut self, bytes: &[u8]) -> Result<usize, usize> {
        let mut from = 0;
        while let Some(end) = find(b'\n', &bytes[from..]) {
            let [line @ .., b'\r'] = &bytes[from..from + end] else {
                return Err(from);
            };
            let [first, ..] = line else {
                self.end_head();
                return Ok(from + end + 1);
            };
            if matches!(first | 0x20, b'c' | b't') && !self.take_field(line) {
                return Err(from);
            }
            from += end + 1;
        }
        self.begun.extend(&bytes[from..]);
        Ok(bytes.len())
    }

    /// The length of the line that `bytes` begin with or go on with; all of them without its end.
    fn check_line(&mut self, bytes: &[u8]) -> Option<usize> {
        let Some(end) = find(b'\n', bytes) else {
            self.begun.extend(bytes);
            let is_fine = self.at != At::RequestLine || is_request_line(bytes);
            return is_fine.then_some(bytes.len());
        };
        let is_fine = if self.begun.is_empty() {
            // RFC 9112 section 2.2 lets a server take LF alone for the end of a line, or not.
            bytes[..end]
                .strip_suffix(b"\r")
                .is_some_and(|line| self.take(line))
        } else {
            let mut line = std::mem::take(&mut self.begun);
            line.extend(&bytes[..end]);
            line.ends_in_cr && is_rest_fine(self.at, &bytes[..end]) && self.take(line.text())
        };
        is_fine.then_some(end + 1)
    }

    /// Takes one line without its end, and says whether a request may have it.
    fn take(&mut self, line: &[u8]) -> bool {
        match self.at {
            At::RequestLine => {
                if !line.is_empty() {
                    self.at = At::Fields;
                }
                is_request_line(line)
            }
            At::Fields if line.is_empty() => {
                self.end_head();
                true
            }
            At::Fields => self.take_field(line),
            At::ChunkHead => match chunk_size(line) {
                Some(0) => {
                    self.at = At::Trailers;
                    true
                }
                Some(size) => {
                    self.at = At::Chunk(size);
                    true
                }
                None => false,
            },
            At::ChunkEnd => {
                self.at = At::ChunkHead;
                line.is_empty()
            }
            At::Trailers => {
                if line.is_empty() {
                    self.at = At::RequestLine;
                }
                true
            }
            At::Body(_) | At::Chunk(_) | At::Over => true,
        }
    }

    fn take_field(&mut self, line: &[u8]) -> bool {
        match line[0] {
            b'c' | b'C' => match value(line, b"content-length") {
                Some(value) => self.take_length(value) && line.len() <= LONGEST,
                None => true,
            },
            b't' | b'T' => match value(line, b"transfer-encoding") {
                Some(value) => self.take_coding(value) && line.len() <= LONGEST,
                None => true,
            },
            _ => true,
        }
    }

    fn take_length(&mut self, value: &[u8]) -> bool {
        let is_first = self.length.is_none() && self.coding.is_none();
        self.length = length(value);
        is_first && self.length.is_some()
    }

    fn take_coding(&mut self, value: &[u8]) -> bool {
        let is_first = self.length.is_none() && self.coding.is_none();
        self.coding = Some(if value.eq_ignore_ascii_case(b"chunked") {
            Coding::Chunked
        } else {
            Coding::Unknown
        });
        is_first
    }

    fn end_head(&mut self) {
        self.heads += 1;
        self.at = match (self.coding.take(), self.length.take()) {
            (Some(Coding::Chunked), _) => At::ChunkHead,
            (Some(Coding::Unknown), _) => At::Over,
            (None, Some(length)) if length > 0 => At::Body(length),
            (None, _) => At::RequestLine,
        };
    }
}

impl Line {
    fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    fn extend(&mut self, bytes: &[u8]) {
        let Some(last) = bytes.last() else { return };
        self.ends_in_cr = *last == b'\r';
        let room = (LONGEST + 2).saturating_sub(self.bytes.len());
        self.bytes.extend(bytes.iter().take(room));
    }

    /// The line without its CR; of a long one the beginning, which is too long as well.
    fn text(&self) -> &[u8] {
        self.bytes.strip_suffix(b"\r").unwrap_or(&self.bytes)
    }
}

/// How many of `left` bytes pass with `come` that have come, and how many are left then.
fn pass(left: u64, come: usize) -> (usize, u64) {
    let passed = usize::try_from(left).map_or(come, |left| left.min(come));
    (passed, left - passed as u64)
}

/// A line that came in pieces is kept in part: what matters everywhere in it is looked at piece by piece.
fn is_rest_fine(at: At, piece: &[u8]) -> bool {
    at != At::RequestLine || is_request_line(piece)
}

/// A target has no fragment (RFC 9112 section 3.2). No method that anybody knows has the sign either.
fn is_request_line(piece: &[u8]) -> bool {
    find(b'#', piece).is_none()
}

/// Where `byte` is first. A finder for long texts prepares itself at each call, which costs more than all the rest
/// here: lines are short.
#[inline(always)]
fn find(byte: u8, bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some((block, _)) = bytes[at..].split_first_chunk::<16>() {
        // The compiler makes one comparison of this.
        if block
            .iter()
            .fold(false, |found, here| found | (*here == byte))
        {
            let [first, second] = words(block);
            let found = find_in_word(byte, first);
            let found = found.or_else(|| Some(8 + find_in_word(byte, second)?));
            return found.map(|found| at + found);
        }
        at += 16;
    }
    let rest = bytes[at..].iter().position(|here| *here == byte)?;
    Some(at + rest)
}

/// Two words whose lowest byte is the first one.
#[inline(always)]
fn words(block: &[u8; 16]) -> [u64; 2] {
    let both = u128::from_le_bytes(*block);
    [both as u64, (both >> 64) as u64]
}

/// Where `byte` is first in a word, from its lowest byte on.
#[inline(always)]
fn find_in_word(byte: u8, word: u64) -> Option<usize> {
    const ONES: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGHS: u64 = u64::from_ne_bytes([0x80; 8]);
    // The wanted byte becomes 0, and the first 0 is the first byte of which the highest bit is set then.
    let differs = word ^ (ONES * u64::from(byte));
    let zeros = differs.wrapping_sub(ONES) & !differs & HIGHS;
    (zeros != 0).then(|| zeros.trailing_zeros() as usize / 8)
}

/// The value of the field `name`, given in lower case, if `line` is one.
fn value<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (start, value) = line.split_at_checked(name.len())?;
    let value = value.strip_prefix(b":")?;
    start.eq_ignore_ascii_case(name).then(|| trim(value))
}

fn trim(value: &[u8]) -> &[u8] {
    let is_kept = |byte: &u8| !matches!(byte, b' ' | b'\t');
    let Some(first) = value.iter().position(is_kept) else {
        return b"";
    };
    let last = value.iter().rposition(is_kept).unwrap_or(first);
    &value[first..=last]
}

/// RFC 9110 section 8.6: digits alone, and no more than a file can have.
fn length(value: &[u8]) -> Option<u64> {
    if !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let length: i64 = std::str::from_utf8(value).ok()?.parse().ok()?;
    u64::try_from(length).ok()
}

/// RFC 9112 section 7.1: `1*HEXDIG *( BWS ";" chunk-ext )`.
fn chunk_size(line: &[u8]) -> Option<u64> {
    let is_digit = |byte: &&u8| byte.is_ascii_hexdigit();
    let digits = line.iter().take_while(is_digit).count();
    let (size, extension) = line.split_at(digits);
    let is_fine =
        (1..=SIZE_DIGITS).contains(&digits) && line.len() <= LONGEST && is_extension(extension);
    if !is_fine {
        return None;
    }
    u64::from_str_radix(std::str::from_utf8(size).ok()?, 16).ok()
}

/// Nothing, or text behind a semicolon whose quotes are closed.
fn is_extension(extension: &[u8]) -> bool {
    if extension.is_empty() {
        return true;
    }
    let (mut is_quoted, mut is_escaped) = (false, false);
    for byte in extension {
        if byte.is_ascii_control() && *byte != b'\t' {
            return false;
        }
        (is_quoted, is_escaped) = match byte {
            _ if is_escaped => (is_quoted, false),
            b'\\' if is_quoted => (true, true),
            b'"' => (!is_quoted, false),
            _ => (is_quoted, false),
        };
    }
    !is_quoted && trim(extension).starts_with(b";")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What of `bytes` passes, whole and in pieces of every size.
    fn passes(bytes: &[u8]) -> bool {
        let whole = Framing::default().check(bytes).is_ok();
        for size in 1..bytes.len() {
            let mut framing = Framing::default();
            let pieces = bytes.chunks(size).all(|piece| framing.check(piece).is_ok());
            assert_eq!(pieces, whole, "in pieces of {size}");
        }
        whole
    }

    fn post(fields: &str, body: &str) -> Vec<u8> {
        format!("POST / HTTP/1.1\r\nhost: x\r\n{fields}\r\n{body}").into_bytes()
    }

    #[test]
    fn good_requests_pass_one_after_the_other() {
        let length = post("Content-Length: \t5 \r\n", "a\n#\nb");
        let chunked = post(
            "transfer-encoding: CHUNKED\t\r\n",
            "a;b=\"c;\\\"\"\r\n\n123456789\r\n3 ;x\r\na\nb\r\n0\r\nx: y\r\n\r\n",
        );
        let all = [&length[..], &chunked, b"\r\n\r\n", &length, &chunked].concat();
        assert!(passes(&all));
        let bad = [&all[..], b"GET / HTTP/1.1\n"].concat();
        assert!(!passes(&bad), "the framing was lost on the way");
    }

    #[test]
    fn a_body_has_one_framing_said_once() {
        let (length, chunked) = ("content-length: 5\r\n", "transfer-encoding: chunked\r\n");
        for fields in [
            [length, chunked],
            [chunked, length],
            [length, length],
            [chunked, chunked],
        ] {
            assert!(!passes(&post(&fields.concat(), "")), "{fields:?}");
        }
        for value in ["", "+5", "-5", "5,5", "0x5", "5 5", "9223372036854775808"] {
            let fields = format!("content-length:{value}\r\n");
            assert!(!passes(&post(&fields, "")), "{value}");
        }
    }

    #[test]
    fn a_line_ends_in_cr_and_lf() {
        assert!(!passes(b"GET / HTTP/1.1\n"));
        assert!(!passes(b"\nGET / HTTP/1.1\r\n"));
        assert!(!passes(b"GET / HTTP/1.1\r\nhost: x\n"));
        assert!(!passes(b"GET / HTTP/1.1\r\nhost: x\r\n\n"));
        let chunked = |body| post("transfer-encoding: chunked\r\n", body);
        assert!(!passes(&chunked("5\nhello\r\n")));
        assert!(!passes(&chunked("5\r\nhello\n")));
        assert!(!passes(&chunked("0\r\na: b\n")));
        assert!(!passes(&chunked("0\r\n\n")));
    }

    #[test]
    fn a_target_has_no_fragment_wherever_it_is_cut() {
        let long = format!("GET /{}#b HTTP/1.1\r\n", "a".repeat(LONGEST * 2));
        assert!(!passes(b"GET /a#b HTTP/1.1\r\n"));
        assert!(Framing::default().check(long.as_bytes()).is_err());
        let mut framing = Framing::default();
        let pieces = long.as_bytes().chunks(100);
        assert!(pieces.map(|piece| framing.check(piece)).any(|r| r.is_err()));
    }

    #[test]
    fn what_is_refused_begins_with_its_line_or_with_the_piece_of_it() {
        let head = b"GET / HTTP/1.1\r\nhost: x\n";
        assert_eq!(Framing::default().check(head), Err(16));
        let mut framing = Framing::default();
        assert_eq!(framing.check(&head[..18]), Ok(()));
        assert_eq!(framing.check(&head[18..]), Err(0));
    }

    #[test]
    fn a_byte_is_found_wherever_it_is() {
        for len in 0..70 {
            for at in 0..len {
                let mut bytes = vec![b'\n' + 1; len];
                bytes[at..].fill(b'\n');
                assert_eq!(find(b'\n', &bytes), Some(at), "of {len}");
                bytes[at..].fill(0x8a);
                assert_eq!(find(b'\n', &bytes), None);
            }
        }
    }

    #[test]
    fn a_chunk_head_is_a_size_and_what_may_follow_it() {
        for fine in ["0", "00", "aF", "5;a", "5 ; a = \"b\"", "ffffffffffffffff"] {
            assert!(chunk_size(fine.as_bytes()).is_some(), "{fine}");
        }
        let long = format!("5;{}", "a".repeat(LONGEST));
        for bad in [
            "",
            " 5",
            "+5",
            "0x5",
            "5 ",
            "5 5",
            "5_0",
            "g",
            "5a;\"",
            "5;\0",
            "5;a\rb",
            "5;\"\\\"",
            "00000000000000005",
            &long,
        ] {
            assert!(chunk_size(bad.as_bytes()).is_none(), "{bad}");
        }
    }
}
