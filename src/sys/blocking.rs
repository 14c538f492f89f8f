//! Work that may block, such as reading a disk, on threads of its own.
//!
//! The thread that serves must not wait for a disk. These threads know nothing of PHP: what runs there
//! touches no Zend memory, and no signal reaches them, for a handler of PHP's would find no engine there.

use std::future::Future;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use nix::sys::signal::SigSet;
use tokio::task::JoinHandle;

/// The most threads that do such work at a time; more of it waits.
pub const BLOCKING_THREADS: usize = 8;

/// The result of work that was begun by [`blocking`]. Dropped, the work goes on to its end, and its
/// result is dropped there.
#[derive(Debug)]
pub struct Blocking<T>(JoinHandle<T>);

/// Begins `work` on another thread. Needs a runtime, whose threads [`keep_signals_away`].
pub fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Blocking<T> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one door: no signal gets in, and Send keeps Zend memory out"
    )]
    Blocking(tokio::task::spawn_blocking(work))
}

impl<T> Future for Blocking<T> {
    type Output = T;

    /// A panic of the work goes on here.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        match ready!(Pin::new(&mut self.0).poll(cx)) {
            Ok(done) => Poll::Ready(done),
            Err(failed) => match failed.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                // The runtime goes, and whoever waits here with it.
                Err(_) => Poll::Pending,
            },
        }
    }
}

/// Drops `value` on another thread, because that may block, as to give up a large file does. Without a
/// runtime there is nobody whom it could hold up, and it is dropped here.
pub fn drop_elsewhere<T: Send + 'static>(value: T) {
    if tokio::runtime::Handle::try_current().is_ok() {
        drop(blocking(move || drop(value)));
    }
}

/// To be called first on each thread that is not PHP's.
pub fn keep_signals_away() {
    // It fails only where its arguments are wrong.
    let _ = SigSet::all().thread_block();
}
