//! The functions of the namespace.

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use ext_php_rs::exception::PhpResult;
use ext_php_rs::prelude::*;

use crate::php::arguments::Seconds;
use crate::php::bridge::{Interrupted, Job, wait};

/// Suspends this fiber for some seconds, not the server. In a script that serves nothing it
/// sleeps.
#[php_function]
#[php(name = "Sluice\\delay")]
pub(super) fn delay(seconds: Seconds) -> PhpResult<()> {
    let time = seconds.duration("a delay")?;
    match Job::current() {
        Some(job) => Ok(pause(&job, time)?),
        None => {
            sleep(time);
            Ok(())
        }
    }
}

/// Adds the functions to the extension.
pub(in crate::php) fn register(module: ModuleBuilder<'_>) -> ModuleBuilder<'_> {
    module.function(wrap_function!(delay))
}

/// Ends early, once, when the client goes away or the server stops. In an event stream it ends early
/// when the server drains too: so a loop comes to ask whether the stream is still open. A delay that
/// begins after that does so once, for a drain that began since the loop has asked.
fn pause(job: &Job, time: Duration) -> Result<(), Interrupted> {
    let exchange = &job.exchange;
    if let Some(error) = exchange.failure().filter(|_| job.tell_once()) {
        return Err(error.into());
    }
    let told = exchange.failure().is_some();
    if exchange.winds_up() && job.hurry_once() {
        return Ok(());
    }
    let was_open = !exchange.winds_up();
    let mut timer = std::pin::pin!(tokio::time::sleep(time));
    let ended = wait(poll_fn(|cx| {
        if timer.as_mut().poll(cx).is_ready() {
            return Poll::Ready(false);
        }
        if told {
            return Poll::Pending;
        }
        if was_open && exchange.winds_up() {
            return Poll::Ready(false);
        }
        exchange.poll_ended(cx).map(|_| true)
    }))?;
    match exchange.failure() {
        Some(error) if ended && job.tell_once() => Err(error.into()),
        _ => Ok(()),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "outside of a server there is nothing that it could hold up"
)]
fn sleep(time: Duration) {
    std::thread::sleep(time);
}
