//! One process at a time.

use std::io;
use std::path::Path;
use std::time::Duration;

use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};

use super::storage;
use crate::sys;

/// A file that is locked (`flock`) for as long as this value lives, and no longer than its process does.
pub(super) struct Lock {
    _file: Flock<std::fs::File>,
}

impl Lock {
    /// Waits until nobody else has the file at `path`, and looks again after each `interval`. To be dropped while
    /// it waits does no harm.
    pub(super) async fn wait(path: &Path, interval: Duration) -> io::Result<Self> {
        loop {
            let path = path.to_owned();
            if let Some(lock) = sys::blocking(move || Self::take(&path)).await? {
                return Ok(lock);
            }
            tokio::time::sleep(interval).await;
        }
    }

    /// The lock, unless another has it, in this process or in any. May wait for a disk.
    pub(super) fn take(path: &Path) -> io::Result<Option<Self>> {
        let file = storage::open_lock(path)?;
        match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
            Ok(file) => Ok(Some(Self { _file: file })),
            Err((_, Errno::EWOULDBLOCK | Errno::EINTR)) => Ok(None),
            Err((_, error)) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_holder_at_a_time_even_in_one_process() {
        let name = format!("sluice-lock-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let lock = Lock::take(&path).unwrap().unwrap();
        assert!(Lock::take(&path).unwrap().is_none());
        drop(lock);
        assert!(Lock::take(&path).unwrap().is_some());
        std::fs::remove_file(&path).unwrap();
    }
}
