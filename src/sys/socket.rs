//! What the kernel knows about a connection and does not say by a read or a write.

use std::os::fd::RawFd;

/// Whether the peer has closed its side, or the connection is broken: whatever may still lie
/// unread before its end. `socket` is open.
pub fn has_closed(socket: RawFd) -> bool {
    polled(socket, libc::POLLRDHUP) != 0
}

/// Whether something can be read, be it the end. `socket` is open.
pub fn has_input(socket: RawFd) -> bool {
    polled(socket, libc::POLLIN) & libc::POLLIN != 0
}

fn polled(socket: RawFd, events: libc::c_short) -> libc::c_short {
    let mut asked = libc::pollfd {
        fd: socket,
        events,
        revents: 0,
    };
    // SAFETY: one valid pollfd, and a timeout of zero: it does not wait.
    let answered = unsafe { libc::poll(&raw mut asked, 1, 0) };
    if answered > 0 { asked.revents } else { 0 }
}

/// How many bytes the kernel holds that the peer has not taken yet. `socket` is open.
pub fn unsent(socket: RawFd) -> Option<u64> {
    let mut bytes: libc::c_int = 0;
    // SAFETY: the request writes one int.
    let answered = unsafe { libc::ioctl(socket, libc::TIOCOUTQ, &raw mut bytes) };
    (answered == 0).then(|| u64::try_from(bytes).unwrap_or(0))
}
