//! A pair of sockets between two processes: messages arrive whole, with descriptors if need be.

use std::io::{self, IoSlice, IoSliceMut};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout};
use nix::sys::socket::{
    AddressFamily, ControlMessage, ControlMessageOwned, MsgFlags, SockFlag, SockType, recvmsg,
    sendmsg, socketpair,
};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// The longest message, in bytes.
const LONGEST: usize = 32 * 1024;
/// The most descriptors that one message carries; the kernel takes 253.
const DESCRIPTORS: usize = 128;
/// How long a message may wait for room in a channel that nobody reads.
const PATIENCE: Duration = Duration::from_secs(1);

/// One end. It is closed on exec; a process at the other end that has gone is an end of the stream.
#[derive(Debug)]
pub struct Channel(OwnedFd);

/// What has arrived.
#[derive(Debug, Default)]
pub struct Message {
    /// The text.
    pub text: String,
    /// The descriptors that came along, closed on exec.
    pub descriptors: Vec<OwnedFd>,
}

impl Channel {
    /// Two ends that are connected.
    ///
    /// # Errors
    /// There are no descriptors left.
    pub fn pair() -> io::Result<(Self, Self)> {
        let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
        let (one, other) = socketpair(AddressFamily::Unix, SockType::SeqPacket, None, flags)?;
        Ok((Self(one), Self(other)))
    }

    /// The end that this program was started with.
    pub fn from_inherited(descriptor: OwnedFd) -> Self {
        Self(descriptor)
    }

    /// Sends `text`, cut to 32 KiB, and up to 128 `descriptors`.
    ///
    /// # Errors
    /// Nobody is at the other end, or it has not read for a second.
    pub fn send(&self, text: &str, descriptors: &[BorrowedFd<'_>]) -> io::Result<()> {
        let numbers: Vec<RawFd> = descriptors.iter().map(AsRawFd::as_raw_fd).collect();
        let rights = [ControlMessage::ScmRights(&numbers)];
        let rights = if numbers.is_empty() { &[] } else { &rights[..] };
        let cut = text.len().min(LONGEST);
        let bytes = [IoSlice::new(&text.as_bytes()[..cut])];
        loop {
            match sendmsg::<()>(
                self.0.as_raw_fd(),
                &bytes,
                rights,
                MsgFlags::MSG_NOSIGNAL,
                None,
            ) {
                Ok(_) => return Ok(()),
                Err(Errno::EINTR) => {}
                Err(Errno::EAGAIN) => {
                    if !self.wait_for(PollFlags::POLLOUT, Some(PATIENCE))? {
                        return Err(io::ErrorKind::TimedOut.into());
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The next message, if one is there; `None` when the other end is gone.
    ///
    /// # Errors
    /// `WouldBlock` when there is none yet.
    pub fn receive(&self) -> io::Result<Option<Message>> {
        let mut bytes = vec![0; LONGEST];
        let mut space = nix::cmsg_space!([RawFd; DESCRIPTORS]);
        let mut slices = [IoSliceMut::new(&mut bytes)];
        let received = loop {
            let flags = MsgFlags::MSG_CMSG_CLOEXEC;
            match recvmsg::<()>(self.0.as_raw_fd(), &mut slices, Some(&mut space), flags) {
                Err(Errno::EINTR) => {}
                Err(Errno::ECONNRESET) => return Ok(None),
                received => break received?,
            }
        };
        let mut descriptors = Vec::new();
        for message in received.cmsgs()? {
            if let ControlMessageOwned::ScmRights(numbers) = message {
                // SAFETY: the kernel has just made them for us.
                descriptors.extend(
                    numbers
                        .into_iter()
                        .map(|fd| unsafe { OwnedFd::from_raw_fd(fd) }),
                );
            }
        }
        let length = received.bytes;
        if length == 0 {
            return Ok(None);
        }
        let text = String::from_utf8_lossy(&bytes[..length]).into_owned();
        Ok(Some(Message { text, descriptors }))
    }

    /// Waits for the next message; `None` when the other end is gone.
    ///
    /// # Errors
    /// What the system says.
    pub fn wait(&self) -> io::Result<Option<Message>> {
        loop {
            match self.receive() {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.wait_for(PollFlags::POLLIN, None)?;
                }
                received => return received,
            }
        }
    }

    /// Completes with the next message; `None` when the other end is gone. Call it inside a runtime.
    /// Dropped before that, it loses nothing.
    ///
    /// # Errors
    /// The runtime cannot watch a descriptor.
    pub async fn arrives(&self) -> io::Result<Option<Message>> {
        let copy = self.0.try_clone()?;
        // SAFETY: the AsyncFd owns the descriptor, which stays open and the same until it is dropped.
        let watched = unsafe { AsyncFd::register_with_interest(copy, Interest::READABLE) };
        let watched = watched.map_err(io::Error::from)?;
        loop {
            let mut ready = watched.readable().await?;
            match self.receive() {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => ready.clear_ready(),
                received => return received,
            }
        }
    }

    fn wait_for(&self, what: PollFlags, longest: Option<Duration>) -> io::Result<bool> {
        poll_one(self.0.as_fd(), what, longest)
    }
}

impl AsFd for Channel {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl AsRawFd for Channel {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}

/// Waits until one of `descriptors` can be read, a signal comes, or the time is over.
pub fn wait_readable(descriptors: &[BorrowedFd<'_>], longest: Option<Duration>) {
    let mut asked: Vec<PollFd<'_>> = descriptors
        .iter()
        .map(|&descriptor| PollFd::new(descriptor, PollFlags::POLLIN))
        .collect();
    // An error is a signal, which the caller sees by its own means.
    let _ = nix::poll::poll(&mut asked, milliseconds(longest));
}

fn poll_one(
    descriptor: BorrowedFd<'_>,
    what: PollFlags,
    longest: Option<Duration>,
) -> io::Result<bool> {
    let mut asked = [PollFd::new(descriptor, what)];
    match nix::poll::poll(&mut asked, milliseconds(longest)) {
        Ok(count) => Ok(count > 0),
        Err(Errno::EINTR) => Ok(true),
        Err(error) => Err(error.into()),
    }
}

/// Rounded up, so that a deadline has passed when the wait for it is over.
fn milliseconds(longest: Option<Duration>) -> PollTimeout {
    let Some(longest) = longest else {
        return PollTimeout::NONE;
    };
    let rounded = longest.as_micros().div_ceil(1000);
    PollTimeout::try_from(u32::try_from(rounded).unwrap_or(u32::MAX)).unwrap_or(PollTimeout::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Seek, Write};

    #[test]
    fn messages_arrive_whole_and_in_order() {
        let (one, other) = Channel::pair().unwrap();
        one.send("first", &[]).unwrap();
        one.send("second", &[]).unwrap();
        assert_eq!(other.wait().unwrap().unwrap().text, "first");
        assert_eq!(other.receive().unwrap().unwrap().text, "second");
        assert_eq!(
            other.receive().unwrap_err().kind(),
            io::ErrorKind::WouldBlock
        );
        drop(one);
        assert!(other.wait().unwrap().is_none());
    }

    #[test]
    fn descriptors_come_along() {
        let (one, other) = Channel::pair().unwrap();
        let (mut sent, _) = std::io::pipe().unwrap();
        let mut file = tempfile();
        file.write_all(b"content").unwrap();
        file.rewind().unwrap();
        one.send("two", &[file.as_fd(), sent.as_fd()]).unwrap();
        let message = other.wait().unwrap().unwrap();
        assert_eq!((&*message.text, message.descriptors.len()), ("two", 2));
        let mut received = std::fs::File::from(message.descriptors.into_iter().next().unwrap());
        let mut text = String::new();
        received.read_to_string(&mut text).unwrap();
        assert_eq!(text, "content");
        let _ = sent.read(&mut [0; 0]);
    }

    #[test]
    fn a_channel_that_nobody_reads_is_full_in_the_end() {
        let (one, _other) = Channel::pair().unwrap();
        let text = "x".repeat(LONGEST * 2);
        let error = (0..100).find_map(|_| one.send(&text, &[]).err()).unwrap();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    fn tempfile() -> std::fs::File {
        use nix::sys::memfd::{MFdFlags, memfd_create};
        memfd_create("test", MFdFlags::MFD_CLOEXEC).unwrap().into()
    }
}
