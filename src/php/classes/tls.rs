//! `Sluice\Tls`.
#![allow(non_snake_case, reason = "parameters are named as PHP code names them")]

use ext_php_rs::exception::PhpResult;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::Zval;

use crate::php::arguments::Bytes;
use crate::tls;

/// One listener's certificate, key and ring.
#[php_class]
#[php(name = "Sluice\\Tls")]
#[php(flags = ClassFlags::Final.union(ClassFlags::NotSerializable))]
pub struct Tls(pub(super) tls::Settings);

#[php_impl]
impl Tls {
    #[php(defaults(ring = 34_816))]
    pub fn __construct(certificate: Bytes, privateKey: Bytes, ring: i64) -> PhpResult<Self> {
        Ok(Self(tls::Settings::parse(tls::Said {
            certificate: certificate.0.to_lossy(),
            private_key: privateKey.0.to_lossy(),
            ring,
            early_data: 0,
        })?))
    }

    pub fn self_signed(names: &[&Zval]) -> PhpResult<Self> {
        let names = names
            .iter()
            .map(|name| name.string().ok_or("a name is a string"))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self(tls::Settings::self_signed(&names)?))
    }

    pub fn with_ring(&self, ring: i64) -> PhpResult<Self> {
        Ok(Self(self.0.with_ring(ring)?))
    }

    #[php(defaults(bytes = 16_384))]
    pub fn with_early_data(&self, bytes: i64) -> PhpResult<Self> {
        Ok(Self(self.0.with_early_data(bytes)?))
    }
}
