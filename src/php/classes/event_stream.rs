//! `Sluice\EventStream`.

use std::rc::Rc;

use ext_php_rs::exception::PhpResult;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;

use super::values::{self, Str};
use crate::error::Result;
use crate::http::Exchange;
use crate::php::arguments::Bytes;
use crate::php::bridge;
use crate::sse::{self, Event};

/// A response that is a stream of events.
#[php_class]
#[php(name = "Sluice\\EventStream")]
#[php(flags = ClassFlags::Final.union(ClassFlags::NotSerializable))]
pub struct EventStream(Rc<Exchange>);

impl EventStream {
    pub(super) fn new(exchange: Rc<Exchange>) -> Self {
        Self(exchange)
    }
}

#[php_impl]
impl EventStream {
    pub fn __construct() -> PhpResult<Self> {
        Err(values::not_constructible(
            "Sluice\\EventStream",
            "a response gives one by its events()",
        ))
    }

    pub fn send(
        &self,
        data: Bytes,
        event: Option<Bytes>,
        id: Option<Bytes>,
        retry: Option<i64>,
    ) -> PhpResult<()> {
        let bytes = compose(data, event, id, retry)?;
        Ok(bridge::send_event(&self.0, bytes)?)
    }

    #[php(defaults(text = "\"\""))]
    pub fn comment(&self, text: Bytes) -> PhpResult<()> {
        let bytes = compose_comment(text)?;
        Ok(bridge::send_event(&self.0, bytes)?)
    }

    pub fn is_open(&self) -> bool {
        let is_alive = !self.0.reply.is_ended() && self.0.failure().is_none();
        is_alive && !self.0.winds_up()
    }

    pub fn get_last_event_id(&self) -> Option<Str> {
        let id = self.0.request.headers.get("last-event-id")?;
        Some(Str(values::bytes(id.as_bytes())))
    }

    pub fn close(&self) -> PhpResult<()> {
        if self.0.reply.is_ended() || self.0.failure().is_some() {
            return Ok(());
        }
        Ok(bridge::end(&self.0, bytes::Bytes::new())?)
    }
}

/// Takes its arguments, so that none is left on a fiber that waits.
fn compose(
    data: Bytes,
    event: Option<Bytes>,
    id: Option<Bytes>,
    retry: Option<i64>,
) -> Result<bytes::Bytes> {
    let event = Event {
        data: data.0.as_bytes(),
        event: event.as_ref().map(|event| event.0.as_bytes()),
        id: id.as_ref().map(|id| id.0.as_bytes()),
        retry,
    };
    Ok(event.to_bytes()?.into())
}

fn compose_comment(text: Bytes) -> Result<bytes::Bytes> {
    Ok(sse::comment(text.0.as_bytes())?.into())
}
