//! The operating system, where std, tokio and nix do not reach: unsafe island one.
#![allow(
    unsafe_code,
    reason = "signals, processes, descriptors and shared memory need libc; every block says why it is sound"
)]

mod allocator;
mod blocking;
mod channel;
mod files;
mod folders;
mod handed;
mod memory;
mod nameless;
mod notify;
mod process;
mod send_file;
mod signals;
mod socket;

pub use allocator::give_back_memory;
pub use blocking::{BLOCKING_THREADS, Blocking, blocking, drop_elsewhere, keep_signals_away};
pub use channel::{Channel, Message, wait_readable};
pub use files::{Folder, Links, lies_in_memory, open_cached, open_file, read_at, read_cached};
pub use folders::WatchedFolders;
pub use handed::{Handed, inherited, take_handed};
pub use memory::SharedMemory;
pub use nameless::{Nameless, new_file_mode, write_file};
pub use notify::{monotonic_micros, notify, watchdog_interval};
pub use process::{
    End, Fork, end_with_parent, ended, exit_now, fork, inheritable, kill, take_variable,
};
pub use send_file::{is_cached, send_file};
pub use signals::{Signal, Signals};
pub use socket::{has_closed, has_input, unsent};
