//! Parameters as PHP functions take them: scalars are coerced as in weak mode.

use ext_php_rs::convert::{FromZval, StubLiteral};
use ext_php_rs::flags::DataType;
use ext_php_rs::types::{ZendHashTable, Zval};

use super::zend::{Text, is_stringable, limits_of, timeouts_of, to_text};
use crate::config::{LimitsSaid, TimeoutsSaid};
use crate::error::{Error, Kind, Result};

/// A `string` parameter: bytes, held by reference.
pub struct Bytes(pub(super) Text);

impl FromZval<'_> for Bytes {
    const TYPE: DataType = DataType::String;

    fn from_zval(zval: &Zval) -> Option<Self> {
        let value = zval.dereference();
        if let Some(text) = Text::of(value) {
            return Some(Self(text));
        }
        let coerced = value.is_scalar() || is_stringable(value);
        if !coerced {
            return None;
        }
        let mut copy = value.shallow_clone();
        to_text(&mut copy).map(Self)
    }
}

impl From<&str> for Bytes {
    fn from(text: &str) -> Self {
        Self(Text::copied(text.as_bytes()))
    }
}

impl StubLiteral for Bytes {
    fn stub_literal(&self) -> String {
        format!("'{}'", self.0.as_bytes().escape_ascii())
    }
}

/// An `array` parameter that is a list of names.
pub struct Names(pub(super) Vec<String>);

impl FromZval<'_> for Names {
    const TYPE: DataType = DataType::Array;

    fn from_zval(zval: &Zval) -> Option<Self> {
        let list = zval.dereference().array()?;
        let names = list.values().map(Bytes::from_zval);
        let names = names.map(|name| name.map(|name| name.0.to_lossy()));
        names.collect::<Option<_>>().map(Self)
    }
}

/// Names with blanks between them.
impl From<&str> for Names {
    fn from(text: &str) -> Self {
        Self(text.split(' ').map(str::to_owned).collect())
    }
}

impl StubLiteral for Names {
    fn stub_literal(&self) -> String {
        let quoted: Vec<String> = self.0.iter().map(|name| format!("'{name}'")).collect();
        format!("[{}]", quoted.join(", "))
    }
}

/// A `Sluice\Limits` parameter.
pub struct LimitsArg(pub(super) LimitsSaid);

impl FromZval<'_> for LimitsArg {
    const TYPE: DataType = DataType::object("Sluice\\Limits");

    fn from_zval(zval: &Zval) -> Option<Self> {
        limits_of(zval.dereference()).map(Self)
    }
}

/// A `Sluice\Timeouts` parameter.
pub struct TimeoutsArg(pub(super) TimeoutsSaid);

impl FromZval<'_> for TimeoutsArg {
    const TYPE: DataType = DataType::object("Sluice\\Timeouts");

    fn from_zval(zval: &Zval) -> Option<Self> {
        timeouts_of(zval.dereference()).map(Self)
    }
}

/// An `array` parameter.
pub struct List(pub(super) Zval);

impl FromZval<'_> for List {
    const TYPE: DataType = DataType::Array;

    fn from_zval(zval: &Zval) -> Option<Self> {
        let value = zval.dereference();
        value.is_array().then(|| Self(value.shallow_clone()))
    }
}

impl From<[(); 0]> for List {
    fn from(_: [(); 0]) -> Self {
        let mut empty = Zval::new();
        empty.set_hashtable(ZendHashTable::new());
        Self(empty)
    }
}

impl StubLiteral for List {
    fn stub_literal(&self) -> String {
        String::from("[]")
    }
}

/// An `array<string, string>` parameter, in its order.
pub struct Pairs(pub(super) Vec<(Vec<u8>, Text)>);

impl FromZval<'_> for Pairs {
    const TYPE: DataType = DataType::Array;

    fn from_zval(zval: &Zval) -> Option<Self> {
        let pairs = zval.dereference().array()?.iter().map(|(key, value)| {
            let value = Bytes::from_zval(value)?;
            Some((key.to_string().into_bytes(), value.0))
        });
        pairs.collect::<Option<Vec<_>>>().map(Self)
    }
}

impl StubLiteral for Pairs {
    fn stub_literal(&self) -> String {
        "[]".into()
    }
}

/// A parameter of any type.
pub struct Mixed(pub(super) Zval);

impl FromZval<'_> for Mixed {
    const TYPE: DataType = DataType::Mixed;

    fn from_zval(zval: &Zval) -> Option<Self> {
        Some(Self(zval.dereference().shallow_clone()))
    }
}

/// A `callable` parameter. Whoever takes it checks that it can be called, for a better message.
pub struct AnyCallable(pub(super) Zval);

impl FromZval<'_> for AnyCallable {
    const TYPE: DataType = DataType::Callable;

    fn from_zval(zval: &Zval) -> Option<Self> {
        Some(Self(zval.dereference().shallow_clone()))
    }
}

/// A `float` parameter that is a time in seconds.
#[derive(Clone, Copy, Debug)]
pub struct Seconds(pub(super) f64);

impl FromZval<'_> for Seconds {
    const TYPE: DataType = DataType::Double;

    fn from_zval(zval: &Zval) -> Option<Self> {
        let value = zval.dereference();
        if let Some(whole) = value.long() {
            #[expect(clippy::cast_precision_loss, reason = "as PHP converts int to float")]
            return Some(Self(whole as f64));
        }
        value.double().map(Self)
    }
}

impl From<f64> for Seconds {
    fn from(seconds: f64) -> Self {
        Self(seconds)
    }
}

impl StubLiteral for Seconds {
    fn stub_literal(&self) -> String {
        format!("{:?}", self.0)
    }
}

impl Seconds {
    /// The time as a duration. `what` names it in the message.
    ///
    /// # Errors
    /// Kind `Config` unless it is a number from 0 to a year.
    pub(super) fn duration(self, what: &str) -> Result<std::time::Duration> {
        const LONGEST: f64 = 365.0 * 86_400.0;
        if self.0 >= 0.0 && self.0 <= LONGEST {
            return Ok(std::time::Duration::from_secs_f64(self.0));
        }
        Err(Error::new(
            Kind::Config,
            format!(
                "{what} must be from 0 to {LONGEST} seconds, {} given",
                self.0
            ),
        ))
    }
}
