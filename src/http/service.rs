//! What becomes of a request, whichever protocol brought it.

use std::rc::Rc;

use http::Version;
use http::request::Parts;

use super::coded_request::CodedRequest;
use super::exchange::discard;
use super::refusal::Refusal;
use super::request_body::RequestBody;
use super::respond::{Respond, Tasks};
use super::{Connection, Exchange, Handler, drain, head};
use crate::body::Incoming;

/// What all connections of a server share.
pub struct Service<H> {
    handler: H,
    tasks: Rc<Tasks>,
}

impl<H: Handler> Service<H> {
    /// Requests go to `handler`; `tasks` counts those at work.
    pub fn new(handler: H, tasks: Rc<Tasks>) -> Self {
        Self { handler, tasks }
    }

    /// Begins the handler's work on a request, or says why no handler sees it.
    pub(super) fn receive(
        &self,
        parts: Parts,
        body: RequestBody,
        connection: &Rc<Connection>,
    ) -> Result<Respond<H>, Refusal> {
        count(connection, parts.version);
        if let Err(refusal) = head::check_request(&parts, &connection.terms.limits) {
            refusal.count(&connection.stats);
            connection.refused();
            if parts.version == Version::HTTP_2 {
                let mut body = Incoming::new(CodedRequest::raw(body), u64::MAX);
                drain::spawn(move |cx| discard(&mut body, cx));
            }
            return Err(refusal);
        }
        let exchange = Rc::new(Exchange::new(parts, body, Rc::clone(connection)));
        connection.begin(&exchange);
        Ok(Respond::new(&self.handler, exchange, &self.tasks))
    }
}

fn count(connection: &Connection, version: Version) {
    let stats = &connection.stats;
    match version {
        Version::HTTP_2 => stats.requests_2.inc(),
        Version::HTTP_10 => stats.requests_10.inc(),
        _ => stats.requests_11.inc(),
    }
}
