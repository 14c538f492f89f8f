//! A handler with mounts before it.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use crate::files::{Mounts, Serve, Served};
use crate::http::{Exchange, Handler};

/// Answers what belongs to a mount, and hands on the rest. Without mounts that costs a branch.
pub(super) struct Mounted<H> {
    handler: Rc<H>,
    mounts: Option<Rc<Mounts>>,
}

impl<H: Handler> Mounted<H> {
    pub(super) fn new(handler: H, mounts: Option<Rc<Mounts>>) -> Self {
        Self {
            handler: Rc::new(handler),
            mounts,
        }
    }
}

impl<H: Handler> Handler for Mounted<H> {
    type Work = Work<H>;

    fn handle(&self, exchange: Rc<Exchange>) -> Work<H> {
        if let Some(mounts) = &self.mounts
            && let Some(serve) = Serve::new(mounts, &exchange)
        {
            let handler = Rc::clone(&self.handler);
            return Work::File {
                serve,
                handler,
                exchange,
            };
        }
        Work::Inner(self.handler.handle(exchange))
    }
}

/// A mount's work, until it turns out to be the handler's; or the handler's.
pub(super) enum Work<H: Handler> {
    File {
        serve: Serve,
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
                Self::File {
                    serve,
                    handler,
                    exchange,
                } => {
                    if ready!(Pin::new(serve).poll(cx)) == Served::Answered {
                        return Poll::Ready(());
                    }
                    let work = handler.handle(Rc::clone(exchange));
                    *self = Self::Inner(work);
                }
            }
        }
    }
}
