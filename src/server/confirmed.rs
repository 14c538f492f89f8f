//! A handler that sees a request that may be a replay only where that does no harm.
//!
//! Early data could be answered with 425 (RFC 8470, section 5.2), for the client to ask again. To wait
//! is better: the request is here already, the handshake is complete one round trip later, when the
//! client's second request would only leave, and a client need not know what 425 is.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use crate::http::{Exchange, Handler};

/// Hands requests on: those that came as early data and have a method that is not safe (RFC 9110,
/// section 9.2.1) when the handshake is complete.
pub(super) struct Confirmed<H> {
    handler: Rc<H>,
}

impl<H: Handler> Confirmed<H> {
    pub(super) fn new(handler: H) -> Self {
        Self {
            handler: Rc::new(handler),
        }
    }
}

impl<H: Handler> Handler for Confirmed<H> {
    type Work = Work<H>;

    fn handle(&self, exchange: Rc<Exchange>) -> Work<H> {
        if exchange.connection().is_early() && !exchange.request.method.is_safe() {
            let handler = Rc::clone(&self.handler);
            return Work::Waiting { handler, exchange };
        }
        Work::Inner(self.handler.handle(exchange))
    }
}

/// The handler's work, from when it may begin.
pub(super) enum Work<H: Handler> {
    Waiting {
        handler: Rc<H>,
        exchange: Rc<Exchange>,
    },
    Inner(H::Work),
}

impl<H: Handler> Future for Work<H> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            match &mut *self {
                Self::Inner(work) => return Pin::new(work).poll(cx),
                Self::Waiting { handler, exchange } => {
                    if exchange.connection().poll_confirmed(cx).is_pending() {
                        // A client that leaves is not waited for.
                        return exchange.poll_ended(cx).map(|_| ());
                    }
                    let work = handler.handle(Rc::clone(exchange));
                    *self = Self::Inner(work);
                }
            }
        }
    }
}
