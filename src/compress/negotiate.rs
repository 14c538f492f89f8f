//! Which coding a client wants (RFC 9110 section 12.5.3).

use crate::config::Coding;

/// The coding for a client that sent these `Accept-Encoding` lines; `None` is no coding. `offered`
/// has the preferred one first: it decides among those that the client values the same.
///
/// A client that says nothing gets no coding, as does one that values `identity` more. What does
/// not parse is no wish.
pub fn choose<'a>(lines: impl IntoIterator<Item = &'a [u8]>, offered: &[Coding]) -> Option<Coding> {
    let wishes = Wishes::read(lines);
    let mut best = None;
    let mut highest = 0;
    for &coding in offered {
        let quality = wishes.of(coding);
        if quality > highest {
            highest = quality;
            best = Some(coding);
        }
    }
    best.filter(|_| wishes.identity.is_none_or(|identity| identity <= highest))
}

/// Qualities in thousandths; `None` where the client did not name it.
#[derive(Default)]
struct Wishes {
    gzip: Option<u16>,
    brotli: Option<u16>,
    zstd: Option<u16>,
    identity: Option<u16>,
    any: Option<u16>,
}

impl Wishes {
    fn read<'a>(lines: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut wishes = Self::default();
        for line in lines {
            for element in line.split(|&byte| byte == b',') {
                wishes.add(element);
            }
        }
        wishes
    }

    fn add(&mut self, element: &[u8]) {
        let mut parts = element.split(|&byte| byte == b';').map(<[u8]>::trim_ascii);
        let name = parts.next().unwrap_or_default();
        let Some(quality) = parts.try_fold(1000, |_, part| weight(part)) else {
            return;
        };
        let wish = match Coding::named(name) {
            Some(Coding::Gzip) => &mut self.gzip,
            Some(Coding::Brotli) => &mut self.brotli,
            Some(Coding::Zstd) => &mut self.zstd,
            None if name == b"*" => &mut self.any,
            None if name.eq_ignore_ascii_case(b"identity") => &mut self.identity,
            None => return,
        };
        // What is said twice counts as it was said first.
        wish.get_or_insert(quality);
    }

    fn of(&self, coding: Coding) -> u16 {
        let named = match coding {
            Coding::Gzip => self.gzip,
            Coding::Brotli => self.brotli,
            Coding::Zstd => self.zstd,
        };
        named.or(self.any).unwrap_or(0)
    }
}

/// `q=0.5` in thousandths (RFC 9110 section 12.4.2).
fn weight(part: &[u8]) -> Option<u16> {
    let [b'q' | b'Q', b'=', value @ ..] = part else {
        return None;
    };
    let (whole, digits) = match value {
        [b'0', b'.', digits @ ..] => (0, digits),
        [b'1', b'.', digits @ ..] => (1000, digits),
        b"0" => (0, &[][..]),
        b"1" => (1000, &[][..]),
        _ => return None,
    };
    if digits.len() > 3 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let places = [100, 10, 1].iter().zip(digits);
    let fraction: u16 = places
        .map(|(place, digit)| place * u16::from(digit - b'0'))
        .sum();
    Some(whole + fraction).filter(|&quality| quality <= 1000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Coding::{Brotli, Gzip, Zstd};

    fn of(line: &str) -> Option<Coding> {
        choose([line.as_bytes()], &Coding::ALL)
    }

    #[test]
    fn the_first_offered_wins_among_equals_and_quality_before_that() {
        let cases = [
            ("gzip, deflate, br, zstd", Some(Zstd)),
            ("gzip, deflate, br", Some(Brotli)),
            ("gzip, deflate", Some(Gzip)),
            ("deflate", None),
            ("x-gzip", Some(Gzip)),
            ("GZip;Q=0.3", Some(Gzip)),
            ("gzip;q=1.0, br;q=0.9, zstd;q=0.8", Some(Gzip)),
            ("gzip;q=0.001", Some(Gzip)),
            ("br;q=0.999,gzip;q=1", Some(Gzip)),
            ("gzip ; q=0.5 ,\tbr ;q=0.6", Some(Brotli)),
            ("", None),
            (",, ,", None),
        ];
        for (line, expected) in cases {
            assert_eq!(of(line), expected, "{line}");
        }
        assert_eq!(choose([], &Coding::ALL), None);
        assert_eq!(choose([&b"gzip, br"[..]], &[]), None);
        assert_eq!(choose([&b"br"[..], b"gzip"], &[Gzip, Brotli]), Some(Gzip));
    }

    #[test]
    fn zero_forbids_and_the_asterisk_is_for_what_is_not_named() {
        let cases = [
            ("*", Some(Zstd)),
            ("*;q=0", None),
            ("*, zstd;q=0", Some(Brotli)),
            ("zstd;q=0, br;q=0.0, *;q=0.5", Some(Gzip)),
            ("gzip;q=0", None),
            ("gzip;q=0.000", None),
            ("gzip, *;q=0", Some(Gzip)),
            ("*;q=0.1, gzip;q=0.2", Some(Gzip)),
        ];
        for (line, expected) in cases {
            assert_eq!(of(line), expected, "{line}");
        }
    }

    #[test]
    fn identity_is_a_wish_too() {
        let cases = [
            ("identity", None),
            ("identity;q=1, gzip;q=0.5", None),
            ("identity;q=0.5, gzip;q=0.5", Some(Gzip)),
            ("identity;q=0, gzip;q=0.1", Some(Gzip)),
            ("identity;q=0", None),
        ];
        for (line, expected) in cases {
            assert_eq!(of(line), expected, "{line}");
        }
    }

    #[test]
    fn what_does_not_parse_is_no_wish() {
        for broken in [
            "gzip;q=",
            "gzip;q=2",
            "gzip;q=1.001",
            "gzip;q=-1",
            "gzip;q=0.1234",
            "gzip;q=abc",
            "gzip;q=.5",
            "gzip;q= 1",
            "gzip;level=9",
            "gzip;",
            "gzip;q=1;q=x",
            "g zip",
            "\u{e9}",
            "gzip=1",
            ";q=1",
        ] {
            assert_eq!(of(broken), None, "{broken}");
            assert_eq!(of(&format!("{broken}, br;q=0.1")), Some(Brotli), "{broken}");
        }
        assert_eq!(of("gzip;q=0, gzip;q=1"), None);
        assert_eq!(of("gzip;q=1., br;q=0."), Some(Gzip));
    }
}
