//! Byte ranges (RFC 9110 section 14), as pure functions.

use smallvec::SmallVec;

/// A part of a file: where it begins, and how many bytes it has, at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) start: u64,
    pub(super) length: u64,
}

/// The parts of a file that a client gets: one nearly always.
pub(super) type Parts = SmallVec<[Part; 1]>;

/// What a `Range` field asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// It says nothing that the server heeds: the whole file is sent.
    Whole,
    /// These parts, which do not overlap.
    Parts(Parts),
    /// Only parts that the file does not have: 416.
    Nothing,
}

/// The most parts that one request gets. Whoever asks for more gets the whole file.
const MOST: usize = 32;

/// What `field` asks of a file of `size` bytes. Another unit, or one mistake, makes all of it void (section
/// 14.2). Parts that overlap are joined, and then sent in the order of the file.
pub(super) fn parse(field: &[u8], size: u64) -> Asked {
    let Some(list) = after_unit(field) else {
        return Asked::Whole;
    };
    let mut parts = Parts::new();
    let mut count = 0;
    for spec in list.split(|&byte| byte == b',') {
        let spec = spec.trim_ascii();
        if spec.is_empty() {
            continue;
        }
        count += 1;
        match part(spec, size) {
            None => return Asked::Whole,
            Some(None) => {}
            Some(Some(part)) => parts.push(part),
        }
        if count > MOST {
            return Asked::Whole;
        }
    }
    if count == 0 {
        return Asked::Whole;
    }
    if parts.is_empty() {
        return Asked::Nothing;
    }
    join(&mut parts);
    Asked::Parts(parts)
}

fn after_unit(field: &[u8]) -> Option<&[u8]> {
    let at = field.iter().position(|&byte| byte == b'=')?;
    let unit = field[..at].trim_ascii();
    unit.eq_ignore_ascii_case(b"bytes")
        .then_some(&field[at + 1..])
}

/// One part of the list: `None` if it is broken, an inner `None` if the file does not have it.
fn part(spec: &[u8], size: u64) -> Option<Option<Part>> {
    let dash = spec.iter().position(|&byte| byte == b'-')?;
    let (first, last) = (spec[..dash].trim_ascii(), spec[dash + 1..].trim_ascii());
    if first.is_empty() {
        let length = number(last)?.min(size);
        if size == 0 {
            // The end of an empty file is there, and no Content-Range can say where.
            return None;
        }
        let start = size - length;
        return Some((length > 0).then_some(Part { start, length }));
    }
    let start = number(first)?;
    let last = if last.is_empty() {
        u64::MAX
    } else {
        number(last)?
    };
    if last < start {
        return None;
    }
    if start >= size {
        return Some(None);
    }
    let length = (last - start).saturating_add(1).min(size - start);
    Some(Some(Part { start, length }))
}

/// A number of digits; one that is larger than any file is as good as the largest.
fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let add = |sum: u64, &digit: &u8| {
        sum.saturating_mul(10)
            .saturating_add(u64::from(digit - b'0'))
    };
    Some(digits.iter().fold(0, add))
}

/// Joins the parts if any two of them share a byte or touch.
fn join(parts: &mut Parts) {
    let mut sorted = parts.clone();
    sorted.sort_unstable_by_key(|part| part.start);
    let end = |part: &Part| part.start + part.length;
    if sorted.windows(2).all(|two| end(&two[0]) < two[1].start) {
        return;
    }
    parts.clear();
    for part in sorted {
        match parts.last_mut() {
            Some(last) if end(last) >= part.start => {
                last.length = end(last).max(end(&part)) - last.start;
            }
            _ => parts.push(part),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(field: &str, size: u64) -> Result<Vec<(u64, u64)>, bool> {
        match parse(field.as_bytes(), size) {
            Asked::Parts(parts) => Ok(parts.iter().map(|part| (part.start, part.length)).collect()),
            Asked::Whole => Err(true),
            Asked::Nothing => Err(false),
        }
    }

    const WHOLE: Result<Vec<(u64, u64)>, bool> = Err(true);
    const NOTHING: Result<Vec<(u64, u64)>, bool> = Err(false);

    #[test]
    fn single_parts_are_cut_to_the_file() {
        assert_eq!(asked("bytes=0-0", 10), Ok(vec![(0, 1)]));
        assert_eq!(asked("bytes=2-5", 10), Ok(vec![(2, 4)]));
        assert_eq!(asked("bytes=5-", 10), Ok(vec![(5, 5)]));
        assert_eq!(asked("bytes=5-100", 10), Ok(vec![(5, 5)]));
        assert_eq!(asked("bytes=-3", 10), Ok(vec![(7, 3)]));
        assert_eq!(asked("bytes=-30", 10), Ok(vec![(0, 10)]));
        assert_eq!(asked("BYTES = 1-2", 10), Ok(vec![(1, 2)]));
        assert_eq!(
            asked("bytes=9-99999999999999999999999999", 10),
            Ok(vec![(9, 1)])
        );
        assert_eq!(asked("bytes=0-18446744073709551615", 10), Ok(vec![(0, 10)]));
    }

    #[test]
    fn what_the_file_does_not_have_is_nothing() {
        assert_eq!(asked("bytes=10-", 10), NOTHING);
        assert_eq!(asked("bytes=-0", 10), NOTHING);
        assert_eq!(asked("bytes=0-", 0), NOTHING);
        assert_eq!(asked("bytes=-5", 0), WHOLE);
        assert_eq!(asked("bytes=99999999999999999999-", 10), NOTHING);
        assert_eq!(asked("bytes=10-,2-3", 10), Ok(vec![(2, 2)]));
    }

    #[test]
    fn what_is_broken_or_of_another_unit_asks_for_the_whole() {
        for field in [
            "",
            "bytes",
            "bytes=",
            "bytes=,",
            "bytes=a-b",
            "bytes=-",
            "bytes=5-2",
            "bytes=1",
            "bytes=1-2,x",
            "lines=1-2",
            "bytes=+1-2",
            "bytes=1--2",
            "bytes 0-1",
            "bytes=0x1-2",
        ] {
            assert_eq!(asked(field, 10), WHOLE, "{field}");
        }
    }

    #[test]
    fn several_parts_keep_their_order_unless_they_overlap() {
        assert_eq!(asked("bytes=5-6, 0-1", 10), Ok(vec![(5, 2), (0, 2)]));
        assert_eq!(asked("bytes=0-1,,-1", 10), Ok(vec![(0, 2), (9, 1)]));
        assert_eq!(asked("bytes=5-6,0-5", 10), Ok(vec![(0, 7)]));
        assert_eq!(asked("bytes=0-1,2-3", 10), Ok(vec![(0, 4)]));
        assert_eq!(asked("bytes=0-,0-,0-,5-", 10), Ok(vec![(0, 10)]));
        assert_eq!(asked("bytes=8-9,0-1,1-3", 10), Ok(vec![(0, 4), (8, 2)]));
    }

    #[test]
    fn too_many_parts_ask_for_the_whole() {
        let list = |count: u64| {
            let specs: Vec<String> = (0..count).map(|at| format!("{0}-{0}", at * 2)).collect();
            format!("bytes={}", specs.join(","))
        };
        assert_eq!(asked(&list(32), 1000).map(|parts| parts.len()), Ok(32));
        assert_eq!(asked(&list(33), 1000), WHOLE);
    }
}
