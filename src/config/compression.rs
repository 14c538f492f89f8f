//! Which responses are compressed, and how.

use crate::error::{Error, Result};

/// A content coding (RFC 9110 section 8.4.1) that responses can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// RFC 1952.
    Gzip,
    /// RFC 7932.
    Brotli,
    /// RFC 8878.
    Zstd,
}

impl Coding {
    /// All of them, best first: zstd is several times as fast as the others for the same size.
    pub const ALL: [Self; 3] = [Self::Zstd, Self::Brotli, Self::Gzip];

    /// Its name in headers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        }
    }

    /// The coding that a name in a header means, in any case.
    pub fn named(name: &[u8]) -> Option<Self> {
        // RFC 9110 section 8.4.1.3: x-gzip is the same.
        if name.eq_ignore_ascii_case(b"x-gzip") {
            return Some(Self::Gzip);
        }
        let known = |coding: &Self| name.eq_ignore_ascii_case(coding.name().as_bytes());
        Self::ALL.into_iter().find(known)
    }
}

/// What was said about compression, within its bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compression {
    /// The codings in use, the preferred one first; none compresses nothing.
    pub codings: Vec<Coding>,
    /// The smallest body, in bytes, that is compressed where its length is known: 0 to 1 GiB, 1024
    /// by default. A body whose length nobody knows in advance is compressed.
    pub min_size: u64,
    /// The media types that are compressed.
    pub types: MediaTypes,
    /// 1 to 9, 6 by default: as zlib's.
    pub gzip_level: u32,
    /// 1 to 6, 4 by default. Level 9 needs 33 MiB and more for each response.
    pub brotli_level: u32,
    /// 1 to 12, 3 by default.
    pub zstd_level: i32,
    /// Whether `text/event-stream` is compressed; each event is flushed then.
    pub events: bool,
}

/// The same as it was said, not yet checked. The fields are those of [`Compression`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "documented at `Compression`")]
pub struct CompressionSaid {
    pub codings: Vec<String>,
    pub min_size: i64,
    pub types: Option<Vec<String>>,
    pub gzip_level: i64,
    pub brotli_level: i64,
    pub zstd_level: i64,
    pub events: bool,
}

impl Default for CompressionSaid {
    fn default() -> Self {
        Self {
            codings: Coding::ALL.map(|coding| coding.name().into()).into(),
            min_size: 1024,
            types: None,
            gzip_level: 6,
            brotli_level: 4,
            zstd_level: 3,
            events: false,
        }
    }
}

impl Compression {
    /// Checks what was said.
    ///
    /// # Errors
    /// One [`Kind::Config`](crate::error::Kind::Config) error that lists every mistake.
    pub fn parse(said: &CompressionSaid) -> Result<Self> {
        let mut mistakes = Vec::new();
        let codings = codings(&said.codings, &mut mistakes);
        let types = match &said.types {
            Some(types) => MediaTypes::parse(types, &mut mistakes),
            None => MediaTypes::common(),
        };
        let mut check = |name: &str, unit: &str, value: i64, most: i64, least: i64| {
            if !(least..=most).contains(&value) {
                mistakes.push(format!(
                    "{name} must be {least} to {most}{unit}, not {value}"
                ));
            }
        };
        check("minSize", " bytes", said.min_size, 1 << 30, 0);
        check("gzipLevel", "", said.gzip_level, 9, 1);
        check("brotliLevel", "", said.brotli_level, 6, 1);
        check("zstdLevel", "", said.zstd_level, 12, 1);
        match Error::all("Compression", &mistakes) {
            Some(error) => Err(error),
            None => Ok(Self {
                codings,
                min_size: said.min_size.cast_unsigned(),
                types,
                gzip_level: u32::try_from(said.gzip_level).unwrap_or(6),
                brotli_level: u32::try_from(said.brotli_level).unwrap_or(4),
                zstd_level: i32::try_from(said.zstd_level).unwrap_or(3),
                events: said.events,
            }),
        }
    }
}

fn codings(said: &[String], mistakes: &mut Vec<String>) -> Vec<Coding> {
    let mut codings = Vec::new();
    for name in said {
        match Coding::named(name.as_bytes()) {
            None => mistakes.push(format!("codings may have zstd, br and gzip, not {name:?}")),
            Some(coding) if codings.contains(&coding) => {
                mistakes.push(format!("codings has {name:?} twice"));
            }
            Some(coding) => codings.push(coding),
        }
    }
    codings
}

/// Patterns of media types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaTypes(Vec<Pattern>);

/// `type/subtype` in lower case, where either may be `*` and a subtype `*+suffix`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pattern {
    kind: String,
    subtype: String,
}

impl MediaTypes {
    /// What gets smaller, of what servers commonly send.
    fn common() -> Self {
        const COMMON: [&str; 21] = [
            "text/*",
            "*/*+json",
            "*/*+xml",
            "*/*+text",
            "application/json",
            "application/javascript",
            "application/x-javascript",
            "application/ecmascript",
            "application/xml",
            "application/graphql",
            "application/x-ndjson",
            "application/jsonl",
            "application/rtf",
            "application/wasm",
            "application/yaml",
            "application/x-www-form-urlencoded",
            "font/otf",
            "font/ttf",
            "image/bmp",
            "image/x-icon",
            "image/vnd.microsoft.icon",
        ];
        Self(COMMON.iter().filter_map(|text| pattern(text)).collect())
    }

    fn parse(said: &[String], mistakes: &mut Vec<String>) -> Self {
        let mut patterns = Vec::new();
        for text in said {
            match pattern(text) {
                Some(pattern) => patterns.push(pattern),
                None => mistakes.push(format!(
                    "types has {text:?}: a type is as application/json, text/* or */*+json"
                )),
            }
        }
        Self(patterns)
    }

    /// Whether one of the patterns fits the value of a `Content-Type` field, whatever its
    /// parameters are.
    pub fn fit(&self, value: &[u8]) -> bool {
        let Some((kind, subtype)) = split(essence(value)) else {
            return false;
        };
        self.0.iter().any(|pattern| pattern.fits(kind, subtype))
    }
}

/// A media type without its parameters (RFC 9110 section 8.3.1).
pub fn essence(value: &[u8]) -> &[u8] {
    let end = value.iter().position(|&byte| byte == b';');
    value[..end.unwrap_or(value.len())].trim_ascii()
}

fn split(essence: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = essence.iter().position(|&byte| byte == b'/')?;
    Some((&essence[..at], &essence[at + 1..]))
}

impl Pattern {
    fn fits(&self, kind: &[u8], subtype: &[u8]) -> bool {
        let same = |pattern: &str, name: &[u8]| name.eq_ignore_ascii_case(pattern.as_bytes());
        let fits = |pattern: &str, name: &[u8]| match pattern.strip_prefix('*') {
            None => same(pattern, name),
            Some(suffix) => {
                let from = name.len().checked_sub(suffix.len());
                from.is_some_and(|from| same(suffix, &name[from..]))
            }
        };
        fits(&self.kind, kind) && fits(&self.subtype, subtype)
    }
}

fn pattern(text: &str) -> Option<Pattern> {
    let text = text.trim().to_ascii_lowercase();
    let (kind, subtype) = text.split_once('/')?;
    let is_token = |text: &str| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
        !text.is_empty() && text.bytes().all(fits)
    };
    let is_suffix = |text: &str| text.strip_prefix("*+").is_some_and(is_token);
    let fits = (kind == "*" || is_token(kind))
        && (subtype == "*" || is_token(subtype) || is_suffix(subtype));
    fits.then(|| Pattern {
        kind: kind.into(),
        subtype: subtype.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    fn types(list: &[&str]) -> MediaTypes {
        let said = CompressionSaid {
            types: Some(list.iter().map(|&text| text.into()).collect()),
            ..CompressionSaid::default()
        };
        Compression::parse(&said).unwrap().types
    }

    #[test]
    fn the_defaults_are_within_their_bounds() {
        let meant = Compression::parse(&CompressionSaid::default()).unwrap();
        assert_eq!(meant.codings, [Coding::Zstd, Coding::Brotli, Coding::Gzip]);
        assert_eq!(meant.min_size, 1024);
        assert_eq!(
            (meant.gzip_level, meant.brotli_level, meant.zstd_level),
            (6, 4, 3)
        );
    }

    #[test]
    fn a_type_fits_by_name_by_kind_or_by_suffix_whatever_its_parameters() {
        let common = MediaTypes::common();
        for fits in [
            "text/html",
            "TEXT/HTML; charset=utf-8",
            " application/json;x=y ",
            "application/problem+json",
            "image/svg+xml",
            "application/wasm",
        ] {
            assert!(common.fit(fits.as_bytes()), "{fits}");
        }
        for does_not in [
            "image/png",
            "application/zip",
            "application/octet-stream",
            "video/mp4",
            "font/woff2",
            "textual/plain",
            "text",
            "",
            "/",
            "application/jsonx",
            "application/+jsonx",
        ] {
            assert!(!common.fit(does_not.as_bytes()), "{does_not}");
        }
        assert!(types(&["*/*"]).fit(b"image/png"));
        assert!(!types(&["*/*"]).fit(b"nonsense"));
        assert!(types(&["Application/*+JSON"]).fit(b"application/a+json"));
        assert!(!types(&["application/*+json"]).fit(b"text/a+json"));
        assert!(!types(&[]).fit(b"text/html"));
    }

    #[test]
    fn both_ends_of_every_bound_are_accepted_and_one_step_past_is_not() {
        type Change = fn(&mut CompressionSaid, i64);
        let bounds: [(&str, Change, i64, i64); 4] = [
            ("minSize", |said, value| said.min_size = value, 0, 1 << 30),
            ("gzipLevel", |said, value| said.gzip_level = value, 1, 9),
            ("brotliLevel", |said, value| said.brotli_level = value, 1, 6),
            ("zstdLevel", |said, value| said.zstd_level = value, 1, 12),
        ];
        for (name, change, least, most) in bounds {
            for (value, is_fine) in [
                (least, true),
                (most, true),
                (least - 1, false),
                (most + 1, false),
            ] {
                let mut said = CompressionSaid::default();
                change(&mut said, value);
                let parsed = Compression::parse(&said);
                assert_eq!(parsed.is_ok(), is_fine, "{name} {value}");
                if let Err(error) = parsed {
                    let expected = format!("Compression: {name} must be {least} to {most}");
                    assert!(error.message().starts_with(&expected), "{error}");
                    assert!(
                        error.message().ends_with(&format!("not {value}")),
                        "{error}"
                    );
                }
            }
        }
    }

    #[test]
    fn every_mistake_is_in_one_message() {
        let error = Compression::parse(&CompressionSaid {
            codings: vec!["deflate".into(), "gzip".into(), "x-gzip".into()],
            min_size: -1,
            types: Some(vec!["text".into(), "text/ html".into(), "te*t/html".into()]),
            gzip_level: 0,
            brotli_level: 11,
            zstd_level: 22,
            events: false,
        })
        .unwrap_err();
        assert_eq!(error.kind(), Kind::Config);
        let message = error.message();
        assert!(
            message.starts_with("Compression: 9 mistakes: "),
            "{message}"
        );
        for part in [
            "not \"deflate\"",
            "\"x-gzip\" twice",
            "\"text\"",
            "\"text/ html\"",
            "\"te*t/html\"",
            "minSize",
            "gzipLevel",
            "brotliLevel must be 1 to 6, not 11",
            "zstdLevel",
        ] {
            assert!(message.contains(part), "{part}: {message}");
        }
    }
}
