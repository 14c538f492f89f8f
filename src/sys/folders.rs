//! Folders whose changes are told.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;

use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Watches folders for files and links that come, go, or are written anew.
#[derive(Debug)]
pub struct WatchedFolders {
    inotify: Inotify,
    ready: AsyncFd<OwnedFd>,
}

impl WatchedFolders {
    /// Watches from now on. A folder that is not there is left out. Call it inside a runtime.
    ///
    /// # Errors
    /// The system gives no inotify or no descriptor.
    pub fn new<'a>(folders: impl IntoIterator<Item = &'a PathBuf>) -> io::Result<Self> {
        let inotify = Inotify::init(InitFlags::IN_CLOEXEC | InitFlags::IN_NONBLOCK)?;
        let changes = AddWatchFlags::IN_CLOSE_WRITE
            | AddWatchFlags::IN_CREATE
            | AddWatchFlags::IN_MOVED_TO
            | AddWatchFlags::IN_DELETE
            | AddWatchFlags::IN_ATTRIB;
        for folder in folders {
            let _ = inotify.add_watch(folder, changes);
        }
        let copy = inotify.as_fd().try_clone_to_owned()?;
        // SAFETY: the AsyncFd owns the descriptor, which stays open and the same until it is dropped.
        let ready = unsafe { AsyncFd::register_with_interest(copy, Interest::READABLE) };
        Ok(Self {
            inotify,
            ready: ready.map_err(io::Error::from)?,
        })
    }

    /// Completes when something has changed since it was last asked, or since the watch began. Cancel-safe.
    pub async fn changed(&self) {
        while let Ok(mut ready) = self.ready.readable().await {
            let read = ready.try_io(|_| Ok(self.inotify.read_events()?));
            if let Ok(Ok(_)) = read {
                return;
            }
        }
        std::future::pending().await
    }
}
