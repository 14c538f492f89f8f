//! The two objects that a handler gets, used again where nobody has kept them.
//!
//! Making and destroying them took 900 of the 18,000 instructions of a short request; using them again
//! takes 100.

use std::cell::RefCell;
use std::rc::Rc;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::class::RegisteredClass;
use ext_php_rs::types::{ZendClassObject, Zval};

use crate::http::Exchange;
use crate::php::classes::{Request, Response};
use crate::php::zend::is_untouched;

/// How many pairs are kept.
const KEPT: usize = 128;

/// The request and the response of one exchange, as a handler gets them.
pub(super) struct Objects {
    request: ZBox<ZendClassObject<Request>>,
    response: ZBox<ZendClassObject<Response>>,
}

thread_local! {
    static SPARE: RefCell<Vec<Objects>> = const { RefCell::new(Vec::new()) };
}

impl Objects {
    /// Those of `exchange`. Not inlined, as what comes after the handler: see [`run`](super::reply::run).
    #[inline(never)]
    pub(super) fn of(exchange: &Rc<Exchange>) -> Self {
        let request = Request::new(Rc::clone(exchange));
        let response = Response::new(Rc::clone(exchange));
        let Some(mut spare) = SPARE.with_borrow_mut(Vec::pop) else {
            return Self {
                request: ZendClassObject::new(request),
                response: ZendClassObject::new(response),
            };
        };
        spare.request.obj = Some(request);
        spare.response.obj = Some(response);
        spare
    }

    /// As the arguments of a call, which counts as two references more.
    pub(super) fn arguments(&mut self) -> [Zval; 2] {
        [counted(&mut self.request), counted(&mut self.response)]
    }

    /// The call is over: keeps them for the next, if this was the last to hold them.
    #[inline(never)]
    pub(super) fn give_back(mut self) {
        if !is_untouched(&self.request.std) || !is_untouched(&self.response.std) {
            return;
        }
        // What is theirs goes now, as it would with them.
        self.request.obj = None;
        self.response.obj = None;
        SPARE.with_borrow_mut(|spare| {
            if spare.len() < KEPT {
                spare.push(self);
            }
        });
    }

    /// Destroys those that are kept.
    pub(super) fn clear() {
        let spare = SPARE.take();
        drop(spare);
    }
}

fn counted<T: RegisteredClass>(object: &mut ZendClassObject<T>) -> Zval {
    let mut value = Zval::new();
    value.set_object(object.get_mut_zend_obj());
    value
}
