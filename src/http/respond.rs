//! From a request to its reply: what a connection polls for each request.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::header::SERVER;
use http::response::Parts;

use super::{Exchange, Handler};
use crate::body::{End, Wakers};

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
        self.exchange.set_at_work(false);
        self.tasks.end();
    }
}

/// The future of one reply.
///
/// The work is polled in place until the reply is committed. Then, or when the client goes away
/// and this future is dropped, work that is not done goes on in a task of its own: a handler is
/// never cut off in the middle, it learns of the client's end by its next call.
pub(super) struct Respond<H: Handler> {
    exchange: Rc<Exchange>,
    job: Option<Job<H::Work>>,
    /// The exchange was handed on, or closed.
    is_over: bool,
}

impl<H: Handler> Respond<H> {
    pub(super) fn new(handler: &H, exchange: Rc<Exchange>, tasks: &Rc<Tasks>) -> Self {
        tasks.begin();
        exchange.set_at_work(true);
        let job = Job {
            work: handler.handle(Rc::clone(&exchange)),
            exchange: Rc::clone(&exchange),
            tasks: Rc::clone(tasks),
        };
        Self {
            exchange,
            job: Some(job),
            is_over: false,
        }
    }

    pub(super) fn exchange(&self) -> &Rc<Exchange> {
        &self.exchange
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
    /// The head as committed, and the exchange whose reply then has the body; `None` when the
    /// reply failed before its head was made.
    type Output = Option<(Parts, Rc<Exchange>)>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(job) = &mut self.job
            && Pin::new(job).poll(cx).is_ready()
        {
            self.job = None;
        }
        if self.exchange.reply.body_end() != Some(End::Gone) {
            // The head would overtake the interim responses that go past hyper.
            if self
                .exchange
                .connection()
                .poll_all_informed(cx)
                .is_pending()
            {
                let _ = self.exchange.poll_ended(cx);
                return Poll::Pending;
            }
        }
        let mut head = ready!(self.exchange.reply.poll_head(cx));
        if let Some(server) = self.exchange.connection().server()
            && let Some(head) = &mut head
        {
            head.headers.entry(SERVER).or_insert_with(|| server.clone());
        }
        self.detach();
        self.is_over = true;
        if head.is_none() {
            self.exchange.close();
        }
        Poll::Ready(head.map(|head| (head, Rc::clone(&self.exchange))))
    }
}

impl<H: Handler> Drop for Respond<H> {
    fn drop(&mut self) {
        if !self.is_over {
            self.exchange.close();
        }
        self.detach();
    }
}
