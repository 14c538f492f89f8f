//! Content codings of files that lie beside their originals (RFC 9110 section 12.5.3).

use http::HeaderMap;
use http::header::ACCEPT_ENCODING;
use smallvec::SmallVec;

/// A coding that a file may lie there in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Brotli,
    Zstd,
    Gzip,
}

/// Codings, the best first.
pub(super) type Codings = SmallVec<[Coding; 3]>;

impl Coding {
    pub(super) const ALL: [Self; 3] = [Self::Brotli, Self::Zstd, Self::Gzip];

    /// Its name in header fields and settings.
    pub(super) fn token(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
        }
    }

    /// What is added to the name of the original.
    pub(super) fn suffix(self) -> &'static [u8] {
        match self {
            Self::Brotli => b".br",
            Self::Zstd => b".zst",
            Self::Gzip => b".gz",
        }
    }
}

/// Which of `offered` the client takes, by its own weights, and where these are equal in the order of the
/// offer. None that it likes less than the file as it is.
pub(super) fn acceptable(headers: &HeaderMap, offered: &[Coding]) -> Codings {
    let mut weights: SmallVec<[(u16, Coding); 3]> = offered
        .iter()
        .map(|&coding| (weight(headers, coding.token()), coding))
        .collect();
    let plain = weight(headers, "identity");
    weights.retain(|(weight, _)| *weight > 0 && *weight >= plain);
    weights.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    weights.into_iter().map(|(_, coding)| coding).collect()
}

/// The weight of a coding in thousandths. What is not named is 0, unless there is a `*`; the file as it is
/// counts least where it is not named.
fn weight(headers: &HeaderMap, token: &str) -> u16 {
    let mut any = None;
    for value in headers.get_all(ACCEPT_ENCODING) {
        for item in value.as_bytes().split(|&byte| byte == b',') {
            let mut parts = item.split(|&byte| byte == b';');
            let name = parts.next().unwrap_or_default().trim_ascii();
            let weight = parts.find_map(quality).unwrap_or(1000);
            let is_alias = token == "gzip" && name.eq_ignore_ascii_case(b"x-gzip");
            if name.eq_ignore_ascii_case(token.as_bytes()) || is_alias {
                return weight;
            }
            if name == b"*" {
                any = Some(weight);
            }
        }
    }
    match any {
        Some(weight) if token != "identity" => weight,
        _ => 0,
    }
}

/// The weight in a parameter `q=`; `None` if it is another one. What is broken is 0.
fn quality(parameter: &[u8]) -> Option<u16> {
    let parameter = parameter.trim_ascii();
    let value = match parameter {
        [b'q' | b'Q', b'=', value @ ..] => value,
        _ => return None,
    };
    let (whole, digits) = match value {
        [whole, b'.', digits @ ..] if digits.len() <= 3 => (whole, digits),
        [whole] => (whole, &[][..]),
        _ => return Some(0),
    };
    if !digits.iter().all(u8::is_ascii_digit) || !matches!(whole, b'0' | b'1') {
        return Some(0);
    }
    let scales = [100, 10, 1];
    let parts = digits.iter().zip(scales);
    let sum: u16 = parts
        .map(|(digit, scale)| u16::from(digit - b'0') * scale)
        .sum();
    Some((u16::from(whole - b'0') * 1000 + sum).min(1000))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn of(lines: &[&'static str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(ACCEPT_ENCODING, HeaderValue::from_static(line));
        }
        let codings = acceptable(&headers, &Coding::ALL);
        let tokens: Vec<&str> = codings.iter().map(|coding| coding.token()).collect();
        tokens.join(" ")
    }

    #[test]
    fn the_clients_weights_decide_and_then_the_order_of_the_offer() {
        assert_eq!(of(&[]), "");
        assert_eq!(of(&["gzip, deflate, br, zstd"]), "br zstd gzip");
        assert_eq!(of(&["gzip;q=1.0, br;q=0.5"]), "gzip br");
        assert_eq!(of(&["gzip", "br"]), "br gzip");
        assert_eq!(of(&["GZIP;Q=0.001"]), "gzip");
        assert_eq!(of(&["x-gzip"]), "gzip");
        assert_eq!(of(&["*"]), "br zstd gzip");
        assert_eq!(of(&["*;q=0.5, gzip"]), "gzip br zstd");
        assert_eq!(of(&["br;q=0, *"]), "zstd gzip");
        assert_eq!(of(&["identity, gzip;q=0.5"]), "");
        assert_eq!(of(&["identity;q=0.5, gzip;q=0.5"]), "gzip");
        assert_eq!(of(&["br;q=0"]), "");
        assert_eq!(of(&["br;q=nonsense, gzip;q=2"]), "");
        assert_eq!(of(&["brotli"]), "");
    }
}
