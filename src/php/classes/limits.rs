//! `Sluice\Limits`.

use ext_php_rs::exception::PhpResult;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;

use crate::config;

/// How much a client may send and hold.
#[php_class]
#[php(name = "Sluice\\Limits")]
#[php(flags = ClassFlags::Final.union(ClassFlags::NotSerializable))]
pub struct Limits(pub(super) config::Limits);

#[php_impl]
impl Limits {
    #[php(defaults(
        body = 16_777_216,
        head = 32_768,
        headers = 100,
        target = 8192,
        connections = 10_000,
        streams = 128
    ))]
    pub fn __construct(
        body: i64,
        head: i64,
        headers: i64,
        target: i64,
        connections: i64,
        streams: i64,
    ) -> PhpResult<Self> {
        let limits = config::Limits::parse(config::LimitsSaid {
            body,
            head,
            headers,
            target,
            connections,
            streams,
        })?;
        Ok(Self(limits))
    }

    #[php(getter)]
    pub fn body(&self) -> i64 {
        i64::try_from(self.0.body).unwrap_or(i64::MAX)
    }

    #[php(getter)]
    pub fn head(&self) -> usize {
        self.0.head
    }

    #[php(getter)]
    pub fn headers(&self) -> usize {
        self.0.headers
    }

    #[php(getter)]
    pub fn target(&self) -> usize {
        self.0.target
    }

    #[php(getter)]
    pub fn connections(&self) -> usize {
        self.0.connections
    }

    #[php(getter)]
    pub fn streams(&self) -> u32 {
        self.0.streams
    }
}
