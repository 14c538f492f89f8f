//! `application/x-www-form-urlencoded`, split as PHP splits it for `$_POST`.

use std::borrow::Cow;

use super::Field;
use super::excess::{too_large, too_many};
use crate::config::Uploads;
use crate::error::Result;

/// The fields of a body. `&` alone separates them; what has no `=` has an empty value.
///
/// # Errors
/// [`Kind::BodyTooLarge`](crate::error::Kind::BodyTooLarge) past the bounds on fields.
pub(super) fn fields(body: &[u8], limits: &Uploads) -> Result<Vec<Field>> {
    let mut fields = Vec::new();
    let pairs = body.split(|&byte| byte == b'&');
    for pair in pairs.filter(|pair| !pair.is_empty()) {
        if fields.len() == limits.fields {
            return Err(too_many("fields", limits.fields));
        }
        let at = pair.iter().position(|&byte| byte == b'=');
        let (name, value) = match at {
            Some(at) => (&pair[..at], &pair[at + 1..]),
            None => (pair, &[][..]),
        };
        let value = decoded(value);
        if value.len() > limits.field_size {
            return Err(too_large(
                "field",
                &decoded(name),
                "fieldSize",
                limits.field_size as u64,
            ));
        }
        fields.push(Field {
            name: decoded(name),
            value,
        });
    }
    Ok(fields)
}

fn decoded(text: &[u8]) -> Vec<u8> {
    let spaced: Cow<'_, [u8]> = if text.contains(&b'+') {
        let spaced = text
            .iter()
            .map(|&byte| if byte == b'+' { b' ' } else { byte });
        Cow::Owned(spaced.collect())
    } else {
        Cow::Borrowed(text)
    };
    percent_encoding::percent_decode(&spaced).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    fn pairs(body: &str) -> Vec<(String, String)> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        fields(body.as_bytes(), &Uploads::DEFAULT)
            .unwrap()
            .iter()
            .map(|field| (text(&field.name), text(&field.value)))
            .collect()
    }

    #[test]
    fn pairs_are_split_and_decoded_once() {
        let expected = [
            ("a", "1"),
            ("a", "2;b=3"),
            ("c d", "e+f"),
            ("flag", ""),
            ("x", "y=z"),
            ("%zz", "%4"),
            ("", "v"),
        ];
        let expected = expected.map(|(name, value)| (name.into(), value.into()));
        let got = pairs("a=1&a=2;b=3&&c+d=e%2Bf&flag&x=y=z&%zz=%4&=v&");
        assert_eq!(got, expected);
        assert!(pairs("").is_empty());
    }

    #[test]
    fn bounds_name_themselves() {
        let limits = Uploads {
            fields: 2,
            field_size: 3,
            ..Uploads::DEFAULT
        };
        assert_eq!(fields(b"a=123&b=%20%20%20", &limits).unwrap().len(), 2);
        let error = fields(b"a&b&c", &limits).unwrap_err();
        assert_eq!(error.kind(), Kind::BodyTooLarge);
        assert!(
            error
                .message()
                .contains("more than 2 fields (Uploads: fields)")
        );
        let error = fields(b"a=1234", &limits).unwrap_err();
        assert_eq!(error.kind(), Kind::BodyTooLarge);
        assert!(error.message().contains("(Uploads: fieldSize)"), "{error}");
    }
}
