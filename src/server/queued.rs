//! A handler that works on so many requests at a time, and a queue before it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use http::header::{HeaderValue, RETRY_AFTER};
use smallvec::smallvec;

use crate::config::Limits;
use crate::error::Result;
use crate::http::{Exchange, Handler};

/// Lets a handler work on no more requests than it may; others wait for their turn, in the order in
/// which they came, or are answered 503 where too many wait already.
pub(super) struct Queued<H> {
    handler: Rc<H>,
    places: Rc<Places>,
}

/// Who is at work, and who waits.
pub(super) struct Places {
    most: usize,
    longest: usize,
    taken: Cell<usize>,
    waiting: RefCell<BTreeMap<u64, Rc<Ticket>>>,
    next: Cell<u64>,
}

/// One that waits.
#[derive(Default)]
struct Ticket {
    waker: RefCell<Option<Waker>>,
    place: RefCell<Option<Place>>,
}

/// A place at work. It goes to the next that waits when it is given up.
pub(super) struct Place(Rc<Places>);

/// A place in the queue, given up when it is dropped.
pub(super) struct Turn {
    places: Rc<Places>,
    number: u64,
    ticket: Rc<Ticket>,
}

impl<H: Handler> Queued<H> {
    pub(super) fn new(handler: H, limits: &Limits) -> Self {
        let places = Places {
            most: limits.requests,
            longest: limits.queue,
            taken: Cell::new(0),
            waiting: RefCell::default(),
            next: Cell::new(0),
        };
        Self {
            handler: Rc::new(handler),
            places: Rc::new(places),
        }
    }
}

impl Places {
    fn take(self: &Rc<Self>) -> Option<Place> {
        let free = self.taken.get() < self.most;
        free.then(|| {
            self.taken.set(self.taken.get() + 1);
            Place(Rc::clone(self))
        })
    }

    fn queue(self: &Rc<Self>) -> Option<Turn> {
        let mut waiting = self.waiting.borrow_mut();
        if waiting.len() >= self.longest {
            return None;
        }
        let number = self.next.replace(self.next.get() + 1);
        let ticket = Rc::new(Ticket::default());
        waiting.insert(number, Rc::clone(&ticket));
        Some(Turn {
            places: Rc::clone(self),
            number,
            ticket,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let places = &self.0;
        let next = places.waiting.borrow_mut().pop_first();
        let Some((_, ticket)) = next else {
            places.taken.set(places.taken.get() - 1);
            return;
        };
        // The number of places that are taken stays as it is.
        *ticket.place.borrow_mut() = Some(Self(Rc::clone(places)));
        let waker = ticket.waker.take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let left = self.places.waiting.borrow_mut().remove(&self.number);
        drop(left);
        // A place that came too late goes on to the next.
        let place = self.ticket.place.take();
        drop(place);
    }
}

impl<H: Handler> Handler for Queued<H> {
    type Work = Work<H>;

    fn handle(&self, exchange: Rc<Exchange>) -> Work<H> {
        if let Some(place) = self.places.take() {
            return begin(&*self.handler, exchange, place);
        }
        match self.places.queue() {
            Some(turn) => Work::Waiting {
                turn,
                handler: Rc::clone(&self.handler),
                exchange,
            },
            None => Work::Refused(exchange),
        }
    }
}

fn begin<H: Handler>(handler: &H, exchange: Rc<Exchange>, place: Place) -> Work<H> {
    exchange.begin_handling();
    Work::Running {
        work: handler.handle(exchange),
        _place: place,
    }
}

/// The work on a request: the handler's, once there is a place for it.
pub(super) enum Work<H: Handler> {
    Running {
        work: H::Work,
        _place: Place,
    },
    Waiting {
        turn: Turn,
        handler: Rc<H>,
        exchange: Rc<Exchange>,
    },
    Refused(Rc<Exchange>),
}

impl<H: Handler> Future for Work<H> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        match &mut *self {
            Self::Running { work, .. } => Pin::new(work).poll(cx),
            Self::Waiting {
                turn,
                handler,
                exchange,
            } => {
                let place = turn.ticket.place.take();
                let Some(place) = place else {
                    turn.ticket.waker.replace(Some(cx.waker().clone()));
                    // A client that leaves leaves the queue: nothing was begun for it.
                    return exchange.poll_ended(cx).map(|_| ());
                };
                let work = begin(&**handler, Rc::clone(exchange), place);
                *self = work;
                self.poll(cx)
            }
            Self::Refused(exchange) => {
                exchange.connection().stats().limits.queue.inc();
                if refuse(exchange).is_err() {
                    exchange.reply.abort();
                }
                Poll::Ready(())
            }
        }
    }
}

/// RFC 9110 section 15.6.4.
fn refuse(exchange: &Exchange) -> Result<()> {
    let soon = HeaderValue::from_static("1");
    exchange.reply.set_header(RETRY_AFTER, smallvec![soon])?;
    exchange
        .reply
        .end_plain(503, "too many requests wait for this server")
}
