//! `Sluice\Proxies`.

use ext_php_rs::exception::PhpResult;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;

use crate::config;
use crate::php::arguments::{Bytes, Names};

/// Who stands in front of a listener.
#[php_class]
#[php(name = "Sluice\\Proxies")]
#[php(flags = ClassFlags::Final.union(ClassFlags::NotSerializable))]
pub struct Proxies(pub(super) config::Proxies);

#[php_impl]
impl Proxies {
    pub fn __construct(
        trusted: Names,
        protocol: Option<Bytes>,
        headers: Option<Bytes>,
    ) -> PhpResult<Self> {
        let text = |said: Bytes| said.0.to_lossy();
        Ok(Self(config::Proxies::parse(&config::ProxiesSaid {
            trusted: trusted.0,
            protocol: protocol.map(text),
            headers: headers.map(text),
        })?))
    }
}
