//! PHP values made from the engine's.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::exception::PhpException;
use ext_php_rs::flags::DataType;
use ext_php_rs::types::{ZendHashTable, ZendStr, Zval};
use ext_php_rs::zend::ce;
use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};
use smallvec::smallvec;

use crate::error::{Error, Kind};
use crate::http::{FieldValues, check_field};
use crate::php::zend::Text;

/// A result that PHP sees as `string`.
pub struct Str(pub(super) Zval);

impl IntoZval for Str {
    const TYPE: DataType = DataType::String;
    const NULLABLE: bool = false;

    fn set_zval(self, zv: &mut Zval, _: bool) -> ext_php_rs::error::Result<()> {
        *zv = self.0;
        Ok(())
    }
}

/// A result that PHP sees as `array`.
pub struct Array(pub(super) Zval);

impl IntoZval for Array {
    const TYPE: DataType = DataType::Array;
    const NULLABLE: bool = false;

    fn set_zval(self, zv: &mut Zval, _: bool) -> ext_php_rs::error::Result<()> {
        *zv = self.0;
        Ok(())
    }
}

/// Bytes of any kind as a PHP string.
pub(super) fn bytes(bytes: &[u8]) -> Zval {
    let mut value = Zval::new();
    value.set_zend_string(ZendStr::new(bytes, false));
    value
}

/// A PHP array from an already built table.
pub(super) fn array(table: ZBox<ZendHashTable>) -> Zval {
    let mut value = Zval::new();
    value.set_hashtable(table);
    value
}

/// A list of header values, without the blanks around them that HTTP/2 lets through.
pub(super) fn list<'a>(values: impl Iterator<Item = &'a HeaderValue>) -> Zval {
    let mut table = ZendHashTable::new();
    for value in values {
        // Pushing onto a fresh list cannot overflow its index.
        let _ = table.push(bytes(value.as_bytes().trim_ascii()));
    }
    array(table)
}

/// Headers as `array<string, list<string>>`, names in lower case as they are on the wire of
/// HTTP/2.
pub(super) fn headers(map: &HeaderMap) -> Zval {
    let mut table = ZendHashTable::new();
    for name in map.keys() {
        let _ = table.insert(name.as_str(), list(map.get_all(name).iter()));
    }
    array(table)
}

/// All values of a field as one line: RFC 9110 section 5.3 joins with a comma, RFC 9113 section
/// 8.2.3 joins cookies with a semicolon.
pub(super) fn line(map: &HeaderMap, name: &str) -> Vec<u8> {
    let separator: &[u8] = if name.eq_ignore_ascii_case("cookie") {
        b"; "
    } else {
        b", "
    };
    let values: Vec<&[u8]> = map
        .get_all(name)
        .iter()
        .map(|value| value.as_bytes().trim_ascii())
        .collect();
    values.join(separator)
}

/// Checks a header name and its value, or list of values, from PHP.
pub(super) fn field(name: &Text, value: &Zval) -> Result<(HeaderName, FieldValues), PhpException> {
    let Some(list) = value.array() else {
        let (name, value) = check_field(name.as_bytes(), text(value)?.as_bytes())?;
        return Ok((name, smallvec![value]));
    };
    let (checked, _) = check_field(name.as_bytes(), b"")?;
    let mut values = FieldValues::with_capacity(list.len());
    for value in list.values() {
        values.push(check_field(name.as_bytes(), text(value)?.as_bytes())?.1);
    }
    Ok((checked, values))
}

/// Checks all headers of an interim response from PHP.
pub(super) fn fields(array: &Zval) -> Result<HeaderMap, PhpException> {
    let mut map = HeaderMap::new();
    for (key, value) in array.array().into_iter().flat_map(ZendHashTable::iter) {
        if key.is_long() {
            return Err(Error::new(
                Kind::Config,
                format!("headers are an array of name => value: {key} is no name"),
            )
            .into());
        }
        let (name, values) = field(&Text::copied(key.to_string().as_bytes()), value)?;
        for value in values {
            map.append(name.clone(), value);
        }
    }
    Ok(map)
}

fn text(value: &Zval) -> Result<Text, PhpException> {
    use ext_php_rs::convert::FromZval;
    crate::php::arguments::Bytes::from_zval(value)
        .map(|bytes| bytes.0)
        .ok_or_else(|| {
            PhpException::new(
                format!(
                    "a header value is a string or a list of strings, {} given",
                    value.get_type()
                ),
                0,
                ce::type_error(),
            )
        })
}

/// Checks a header name from PHP, for looking one up: what cannot be a name is in no map.
pub(super) fn name(text: &Text) -> Option<HeaderName> {
    HeaderName::from_bytes(text.as_bytes()).ok()
}

/// The error for making an object that only the server makes.
pub(super) fn not_constructible(class: &str, what: &str) -> PhpException {
    PhpException::new(
        format!("{class} cannot be constructed: {what}"),
        0,
        ce::error(),
    )
}

/// A [`Kind::State`] error as an exception.
pub(super) fn state(message: impl Into<String>) -> PhpException {
    Error::state(message.into()).into()
}
