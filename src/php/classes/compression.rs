//! `Sluice\Compression`.
#![allow(non_snake_case, reason = "parameters are named as PHP code names them")]

use ext_php_rs::exception::PhpResult;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;

use crate::config;
use crate::php::arguments::{Bytes, Names};

/// Which responses are compressed, and how.
#[php_class]
#[php(name = "Sluice\\Compression")]
#[php(flags = ClassFlags::Final.union(ClassFlags::NotSerializable))]
pub struct Compression(pub(super) config::Compression);

#[php_impl]
impl Compression {
    #[php(defaults(
        codings = "\"zstd br gzip\"",
        minSize = 1024,
        gzipLevel = 6,
        brotliLevel = 4,
        zstdLevel = 3,
        events = false
    ))]
    #[php(optional = codings)]
    pub fn __construct(
        codings: Names,
        minSize: i64,
        types: Option<Vec<Bytes>>,
        gzipLevel: i64,
        brotliLevel: i64,
        zstdLevel: i64,
        events: bool,
    ) -> PhpResult<Self> {
        let list = |types: Vec<Bytes>| types.iter().map(|name| name.0.to_lossy()).collect();
        let said = config::CompressionSaid {
            codings: codings.0,
            min_size: minSize,
            types: types.map(list),
            gzip_level: gzipLevel,
            brotli_level: brotliLevel,
            zstd_level: zstdLevel,
            events,
        };
        Ok(Self(config::Compression::parse(&said)?))
    }
}
