//! From what a handler did and returned to the reply that the client gets.

use std::future::poll_fn;
use std::time::Duration;

use bytes::Bytes;
use ext_php_rs::class::RegisteredClass;
use ext_php_rs::exception::PhpException;
use ext_php_rs::types::{ZendClassObject, Zval};
use ext_php_rs::zend::ce;
use http::HeaderMap;
use http::header::{CONTENT_TYPE, HeaderValue};
use smallvec::smallvec;

use super::Job;
use super::objects::Objects;
use super::wait::{Interrupted, wait};
use crate::error::{Error, Kind};
use crate::http::{Deadline, Exchange, Fate};
use crate::php::exceptions::kind_of;
use crate::php::zend::{
    Pending, Text, Thrown, for_each, is_json, is_stringable, is_traversable, json as encode,
    recover, to_text, type_name,
};

/// On the handler's fiber: calls the handler, and turns its result or its failure into the reply.
/// Leaves an exception pending only when the fiber is being destroyed.
///
/// What comes after the handler is not inlined: its room on the stack would be there while the handler waits, and a page
/// more of each fiber.
pub(super) fn run(job: &Job) {
    let mut objects = Objects::of(&job.exchange);
    let mut result = job.app.handler.call(objects.arguments());
    if Pending::now() == Pending::Nothing
        && let Err(failure) = deliver(&job.exchange, &mut result)
    {
        PhpException::from(failure).throw();
    }
    drop(result);
    match Pending::now() {
        Pending::Unwind => return,
        Pending::Throwable => fail(job, &mut objects),
        Pending::Exit => drop(Thrown::take()),
        Pending::Fatal => {
            recover();
            job.app.retire();
            fatal(job);
        }
        Pending::Nothing => {}
    }
    objects.give_back();
    conclude(job);
}

/// A handler that is through has made its reply, with whatever it has written.
#[inline(never)]
fn conclude(job: &Job) {
    let reply = &job.exchange.reply;
    if !reply.is_ended()
        && let Err(error) = reply.end(Bytes::new())
    {
        job.app.log(&error.to_string());
    }
}

/// Makes what a handler returned the reply, or the last piece of one that it has begun.
#[inline(never)]
fn deliver(exchange: &Exchange, result: &mut Zval) -> Result<(), Interrupted> {
    if let Some(text) = Text::of(result) {
        return end(exchange, text.into_bytes());
    }
    if result.is_null() {
        return Ok(());
    }
    if result.is_array() || is_json(result) {
        return json(exchange, result.shallow_clone(), None);
    }
    if is_traversable(result) {
        return stream(exchange, result);
    }
    if result.is_object()
        && let Some(text) = stringable(result)
    {
        return end(exchange, text.into_bytes());
    }
    Err(wrong_type(
        "a handler returns a string, an iterable of strings, an array or JsonSerializable, or null",
        result,
    ))
}

fn stringable(value: &mut Zval) -> Option<Text> {
    is_stringable(value).then(|| to_text(value))?
}

fn stream(exchange: &Exchange, values: &mut Zval) -> Result<(), Interrupted> {
    let mut outcome = Ok(());
    for_each(values, |value| {
        outcome = piece(value).and_then(|bytes| write(exchange, bytes));
        outcome.is_ok()
    });
    outcome?;
    if Pending::now() != Pending::Nothing {
        return Err(Interrupted::Pending);
    }
    end(exchange, Bytes::new())
}

fn piece(value: &mut Zval) -> Result<Bytes, Interrupted> {
    let is_text = value.is_string() || value.is_long() || value.is_double() || value.is_object();
    if is_text {
        let text = to_text(value).ok_or(Interrupted::Pending)?;
        return Ok(text.into_bytes());
    }
    Err(wrong_type("a streamed response is made of strings", value))
}

fn wrong_type(expected: &str, value: &Zval) -> Interrupted {
    let given = type_name(value);
    PhpException::new(format!("{expected}; {given} given"), 0, ce::type_error()).throw();
    Interrupted::Pending
}

/// Writes a piece of a streamed reply; waits while the client is behind.
pub(in crate::php) fn write(exchange: &Exchange, bytes: Bytes) -> Result<(), Interrupted> {
    check(exchange)?;
    default_type(exchange, !bytes.is_empty());
    exchange.reply.write(bytes)?;
    wait(poll_fn(|cx| exchange.poll_writable(cx)))??;
    Ok(())
}

/// As [`write`], all or nothing, without waiting.
pub(in crate::php) fn try_write(exchange: &Exchange, text: Text) -> Result<bool, Interrupted> {
    check(exchange)?;
    let len = text.as_bytes().len();
    default_type(exchange, len > 0);
    Ok(exchange.reply.try_write(|| text.into_bytes(), len)?)
}

/// Makes the reply a stream of events, and commits it.
pub(in crate::php) fn begin_events(
    exchange: &Exchange,
    keep_alive: Duration,
) -> Result<(), Interrupted> {
    check(exchange)?;
    Ok(exchange.reply.begin_events(keep_alive)?)
}

/// Sends an event; waits while the client is behind.
pub(in crate::php) fn send_event(exchange: &Exchange, bytes: Bytes) -> Result<(), Interrupted> {
    check(exchange)?;
    exchange.reply.write_event(bytes)?;
    wait(poll_fn(|cx| exchange.poll_writable(cx)))??;
    Ok(())
}

/// Sends an interim response; waits until the connection has taken it.
pub(in crate::php) fn inform(
    exchange: &Exchange,
    status: i64,
    headers: HeaderMap,
) -> Result<(), Interrupted> {
    check(exchange)?;
    let informed = exchange.inform(status, headers)?;
    wait(poll_fn(|cx| exchange.poll_informed(cx, informed)))??;
    Ok(())
}

/// Ends the reply. Waits for nothing: the connection takes the rest by itself.
pub(in crate::php) fn end(exchange: &Exchange, bytes: Bytes) -> Result<(), Interrupted> {
    check(exchange)?;
    default_type(exchange, !bytes.is_empty());
    exchange.reply.end(bytes)?;
    Ok(())
}

/// Ends the reply with the JSON of `value`.
pub(in crate::php) fn json(
    exchange: &Exchange,
    mut value: Zval,
    status: Option<i64>,
) -> Result<(), Interrupted> {
    check(exchange)?;
    let text = encode(&mut value).ok_or(Interrupted::Pending)?;
    let reply = &exchange.reply;
    if let Some(status) = status {
        reply.set_status(status, None)?;
    }
    if !reply.is_committed() && !reply.headers().contains(&CONTENT_TYPE) {
        let json = HeaderValue::from_static("application/json");
        reply.set_header(CONTENT_TYPE, smallvec![json])?;
    }
    reply.end(text.into_bytes())?;
    Ok(())
}

/// A call on an exchange that has failed says how it failed.
fn check(exchange: &Exchange) -> Result<(), Error> {
    match exchange.fate() {
        Fate::Alive => Ok(()),
        Fate::Overdue(_) if !exchange.reply.is_ended() => Ok(()),
        _ => exchange.failure().map_or(Ok(()), Err),
    }
}

/// A body without a type gets the one that PHP itself gives its pages.
fn default_type(exchange: &Exchange, has_body: bool) {
    let reply = &exchange.reply;
    if has_body && !reply.is_committed() && !reply.headers().contains(&CONTENT_TYPE) {
        let html = HeaderValue::from_static("text/html; charset=utf-8");
        // It is open and the value is fine: this cannot fail.
        let _ = reply.set_header(CONTENT_TYPE, smallvec![html]);
    }
}

/// An exception left the handler. Before the commit the client gets an error page, or what the
/// application makes of it; after it the transfer fails visibly, never cleanly.
#[inline(never)]
fn fail(job: &Job, objects: &mut Objects) {
    let Some(thrown) = Thrown::take() else { return };
    let exchange = &job.exchange;
    if exchange.reply.is_committed() && !exchange.reply.is_ended() {
        exchange.reply.abort();
    }
    match &job.app.on_error {
        Some(on_error) => {
            let [request, response] = objects.arguments();
            on_error.call([thrown.to_zval(), request, response]);
            match Pending::now() {
                Pending::Nothing if exchange.reply.is_committed() => return,
                Pending::Nothing => {}
                Pending::Unwind => return,
                Pending::Exit => drop(Thrown::take()),
                Pending::Fatal => {
                    recover();
                    job.app.retire();
                }
                Pending::Throwable => {
                    job.app.log(&thrown.describe());
                    if let Some(second) = Thrown::take() {
                        job.app.log(&second.describe());
                    }
                }
            }
        }
        None if is_expected(exchange, &thrown) => {}
        None => job.app.log(&thrown.describe()),
    }
    error_page(exchange, status_for(exchange, &thrown));
}

/// A client that leaves, or one that asks an event stream for its head alone, is normal and nothing to
/// log; what a stop cuts off is summed up in one line. A request that is wrong or too large is its client's
/// doing, who could fill the log with it: it is answered and counted.
fn is_expected(exchange: &Exchange, thrown: &Thrown) -> bool {
    match kind_of(thrown) {
        Some(Kind::BadRequest | Kind::BodyTooLarge) => true,
        Some(Kind::ClientGone | Kind::Timeout | Kind::Server) if !is_late(exchange) => {
            exchange.fate() != Fate::Alive || exchange.reply.is_event_stream()
        }
        _ => false,
    }
}

/// Whether its handler has taken too long: that is an operator's business.
fn is_late(exchange: &Exchange) -> bool {
    exchange.fate() == Fate::Overdue(Deadline::Handler)
}

fn status_for(exchange: &Exchange, thrown: &Thrown) -> i64 {
    match kind_of(thrown) {
        Some(Kind::BadRequest) => 400,
        Some(Kind::BodyTooLarge) => 413,
        Some(Kind::Timeout) if is_late(exchange) => 503,
        Some(Kind::Timeout) => 408,
        _ => 500,
    }
}

/// Replaces an open reply, whatever was set on it.
fn error_page(exchange: &Exchange, status: i64) {
    let text = match status {
        400 => "Bad Request",
        408 => "Request Timeout",
        413 => "Content Too Large",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    };
    let reply = &exchange.reply;
    if reply.is_committed() {
        reply.abort();
        return;
    }
    reply.clear();
    if reply.end_plain(status, text).is_err() {
        reply.abort();
    }
}

/// The engine could not make a fiber for the request.
pub(super) fn unavailable(job: &Job) {
    error_page(&job.exchange, 503);
}

/// A fatal error took the handler away.
pub(super) fn fatal(job: &Job) {
    error_page(&job.exchange, 500);
}

/// A PHP object of its class.
pub(in crate::php) fn object<T: RegisteredClass>(value: T) -> Zval {
    let mut zval = Zval::new();
    let mut object = ZendClassObject::new(value);
    zval.set_object(object.get_mut_zend_obj());
    zval
}
