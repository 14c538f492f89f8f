//! From a request to its reply: the future that hyper polls for each request.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{CONNECTION, HeaderValue};
use http::{Response, Version};

use super::{Exchange, Handler, ReplyBody};
use crate::body::Wakers;
use crate::http::reply_body::Aborted;

/// How many handlers are at work, for a server that waits for the last.
#[derive(Debug, Default)]
pub struct Tasks {
    running: Cell<usize>,
    changed: Wakers,
}

impl Tasks {
    /// Ready when no handler is at work.
    pub fn poll_idle(&self, cx: &Context<'_>) -> Poll<()> {
        if self.running.get() == 0 {
            return Poll::Ready(());
        }
        self.changed.register(cx);
        Poll::Pending
    }

    /// How many handlers are at work.
    pub fn running(&self) -> usize {
        self.running.get()
    }

    fn begin(&self) {
        self.running.set(self.running.get() + 1);
    }

    fn end(&self) {
        self.running.set(self.running.get() - 1);
        if self.running.get() == 0 {
            self.changed.wake();
        }
    }
}

/// A handler's work together with the exchange it works on.
struct Job<W> {
    work: W,
    exchange: Rc<Exchange>,
    tasks: Rc<Tasks>,
}

impl<W: Future<Output = ()> + Unpin> Future for Job<W> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let polled = Pin::new(&mut self.work).poll(cx);
        if polled.is_ready() && !self.exchange.reply.is_ended() {
            // The work is over, and with it the reply. Too little for a declared length has
            // aborted it, which the client sees.
            let _ = self.exchange.reply.end(Bytes::new());
        }
        polled
    }
}

impl<W> Drop for Job<W> {
    fn drop(&mut self) {
        self.tasks.end();
    }
}

/// The future of one reply.
///
/// The work is polled in place until the reply is committed. Then, or when the client goes away
/// and hyper drops this future, work that is not done goes on in a task of its own: a handler is
/// never cut off in the middle, it learns of the client's end by its next call.
pub(super) struct Respond<H: Handler> {
    exchange: Option<Rc<Exchange>>,
    job: Option<Job<H::Work>>,
}

impl<H: Handler> Respond<H> {
    pub(super) fn new(handler: &H, exchange: Rc<Exchange>, tasks: &Rc<Tasks>) -> Self {
        tasks.begin();
        let job = Job {
            work: handler.handle(Rc::clone(&exchange)),
            exchange: Rc::clone(&exchange),
            tasks: Rc::clone(tasks),
        };
        Self {
            exchange: Some(exchange),
            job: Some(job),
        }
    }

    fn detach(&mut self) {
        let Some(job) = self.job.take() else { return };
        // Without a runtime the server itself is being taken down, and the work with it.
        if tokio::runtime::Handle::try_current().is_ok() {
            tokio::task::spawn_local(job);
        }
    }
}

impl<H: Handler> Future for Respond<H> {
    type Output = Result<Response<ReplyBody>, Aborted>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(job) = &mut self.job
            && Pin::new(job).poll(cx).is_ready()
        {
            self.job = None;
        }
        let Some(exchange) = &self.exchange else {
            return Poll::Ready(Err(Aborted));
        };
        let head = match exchange.reply.poll_head(cx) {
            Poll::Ready(head) => head,
            Poll::Pending => return Poll::Pending,
        };
        self.detach();
        let exchange = self.exchange.take();
        Poll::Ready(match (head, exchange) {
            (Some(mut parts), Some(exchange)) => {
                if exchange.connection().is_draining()
                    && exchange.request.version != Version::HTTP_2
                {
                    // The client learns by the reply itself that it is the last.
                    let close = HeaderValue::from_static("close");
                    parts.headers.insert(CONNECTION, close);
                }
                Ok(Response::from_parts(parts, ReplyBody::of(exchange)))
            }
            (_, exchange) => {
                if let Some(exchange) = exchange {
                    exchange.close();
                }
                Err(Aborted)
            }
        })
    }
}

impl<H: Handler> Drop for Respond<H> {
    fn drop(&mut self) {
        if let Some(exchange) = self.exchange.take() {
            exchange.close();
        }
        self.detach();
    }
}
