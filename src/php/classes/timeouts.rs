//! `Sluice\Timeouts`.

use ext_php_rs::exception::PhpResult;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;

use crate::config;
use crate::php::arguments::Seconds;

/// How long the server waits for what.
#[php_class]
#[php(name = "Sluice\\Timeouts")]
#[php(flags = ClassFlags::Final.union(ClassFlags::NotSerializable))]
pub struct Timeouts(pub(super) config::Timeouts);

#[php_impl]
impl Timeouts {
    #[php(defaults(
        handshake = 10.0,
        head = 15.0,
        idle = 60.0,
        body = 30.0,
        write = 30.0,
        drain = 10.0
    ))]
    pub fn __construct(
        handshake: Seconds,
        head: Seconds,
        idle: Seconds,
        body: Seconds,
        write: Seconds,
        drain: Seconds,
    ) -> PhpResult<Self> {
        let timeouts = config::Timeouts::parse(config::TimeoutsSaid {
            handshake: handshake.0,
            head: head.0,
            idle: idle.0,
            body: body.0,
            write: write.0,
            drain: drain.0,
        })?;
        Ok(Self(timeouts))
    }

    #[php(getter)]
    pub fn handshake(&self) -> f64 {
        self.0.handshake.as_secs_f64()
    }

    #[php(getter)]
    pub fn head(&self) -> f64 {
        self.0.head.as_secs_f64()
    }

    #[php(getter)]
    pub fn idle(&self) -> f64 {
        self.0.idle.as_secs_f64()
    }

    #[php(getter)]
    pub fn body(&self) -> f64 {
        self.0.body.as_secs_f64()
    }

    #[php(getter)]
    pub fn write(&self) -> f64 {
        self.0.write.as_secs_f64()
    }

    #[php(getter)]
    pub fn drain(&self) -> f64 {
        self.0.drain.as_secs_f64()
    }
}
