//! What a generation that is started afresh gets from its supervisor, and what it gives back.

use std::ffi::OsStr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::PathBuf;
use std::time::Duration;

use crate::error::{Error, Kind, Result};
use crate::net;
use crate::sys::{self, Channel, Message};

/// The variable that says which descriptor the channel to the supervisor is.
pub(super) const VARIABLE: &str = "SLUICE_GENERATION";

/// A listening socket that a supervisor holds for the generations to come.
#[derive(Debug)]
pub struct Socket {
    /// The address as the program asked for it, such as `tcp://127.0.0.1:0`.
    pub said: String,
    /// The socket, and its file if it has one.
    pub listener: net::Listener,
}

/// A listening socket on its way: the address as it was asked for, and the descriptor.
type Passed = (String, OwnedFd);

/// What this process was started with, if it was started as a new generation.
#[derive(Debug)]
pub struct Handover {
    pub(super) channel: Channel,
    pub(super) supervisor: i32,
    pub(super) number: u64,
    board: OwnedFd,
    /// The sockets that the generation before listens on.
    pub(super) sockets: Vec<Passed>,
}

/// What a program told its supervisor when it was ready.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) drain: Duration,
    pub(super) watch: Vec<PathBuf>,
}

impl Handover {
    /// Takes what a supervisor has put there; `None` when none has started this process. To be called
    /// once, before the program itself runs: programs that it starts shall not see it.
    ///
    /// # Errors
    /// Kind `Server` when the supervisor is gone.
    pub fn receive() -> Option<Result<Self>> {
        let said = sys::take_variable(OsStr::new(VARIABLE))?;
        let number = said.to_str()?.parse().ok()?;
        let descriptor = sys::inherited(number).ok()?;
        let channel = Channel::from_inherited(descriptor);
        let first = channel.wait();
        let made = first
            .ok()
            .flatten()
            .and_then(|first| Self::decode(channel, first));
        Some(made.ok_or_else(|| Error::new(Kind::Server, "the supervisor is gone")))
    }

    /// The memory that all workers share.
    ///
    /// # Errors
    /// Kind `Server` when there are no descriptors left.
    pub fn board(&self) -> Result<OwnedFd> {
        self.board.try_clone().map_err(|error| {
            Error::new(
                Kind::Server,
                format!("no descriptor for the workers: {error}"),
            )
            .caused_by(error)
        })
    }

    /// Takes the socket that was asked for with the same address; the first of several.
    pub fn take(&mut self, said: &str) -> Option<OwnedFd> {
        let at = self.sockets.iter().position(|socket| socket.0 == said)?;
        Some(self.sockets.remove(at).1)
    }

    /// The message that starts a generation, and its descriptors.
    pub(super) fn encode<'a>(
        number: u64,
        board: BorrowedFd<'a>,
        sockets: &'a [Socket],
    ) -> (String, Vec<BorrowedFd<'a>>) {
        let mut fields = vec![std::process::id().to_string(), number.to_string()];
        let mut descriptors = vec![board];
        push_sockets(sockets, &mut fields, &mut descriptors);
        (fields.join("\0"), descriptors)
    }

    fn decode(channel: Channel, message: Message) -> Option<Self> {
        let mut fields = message.text.split('\0');
        let supervisor = fields.next()?.parse().ok()?;
        let number = fields.next()?.parse().ok()?;
        let mut descriptors = message.descriptors.into_iter();
        let board = descriptors.next()?;
        let sockets = pull_sockets(fields, descriptors)?;
        Some(Self {
            channel,
            supervisor,
            number,
            board,
            sockets,
        })
    }
}

impl Facts {
    /// The message that says what the program wants, and its sockets.
    pub(super) fn encode<'a>(&self, sockets: &'a [Socket]) -> (String, Vec<BorrowedFd<'a>>) {
        let mut fields = vec![
            String::from("facts"),
            self.drain.as_millis().to_string(),
            self.watch.len().to_string(),
        ];
        let watched = self.watch.iter().map(|path| path.to_string_lossy());
        fields.extend(watched.map(|path| path.into_owned()));
        let mut descriptors = Vec::new();
        push_sockets(sockets, &mut fields, &mut descriptors);
        (fields.join("\0"), descriptors)
    }

    /// What was encoded; the message itself if it is another one.
    pub(super) fn decode(message: Message) -> std::result::Result<(Self, Vec<Passed>), Message> {
        let decoded = {
            let mut fields = message.text.split('\0');
            (fields.next() == Some("facts")).then(|| {
                let drain = Duration::from_millis(fields.next()?.parse().ok()?);
                let count = fields.next()?.parse().ok()?;
                let watch = fields.by_ref().take(count).map(PathBuf::from).collect();
                let rest: Vec<String> = fields.map(String::from).collect();
                Some((Self { drain, watch }, rest))
            })
        };
        let Some(Some((facts, rest))) = decoded else {
            return Err(message);
        };
        let fields = rest.iter().map(String::as_str);
        match pull_sockets(fields, message.descriptors.into_iter()) {
            Some(sockets) => Ok((facts, sockets)),
            None => Err(Message::default()),
        }
    }
}

fn push_sockets<'a>(
    sockets: &'a [Socket],
    fields: &mut Vec<String>,
    descriptors: &mut Vec<BorrowedFd<'a>>,
) {
    for socket in sockets {
        fields.push(socket.said.clone());
        descriptors.push(socket.listener.as_fd());
    }
}

fn pull_sockets<'a>(
    fields: impl Iterator<Item = &'a str>,
    descriptors: impl Iterator<Item = OwnedFd>,
) -> Option<Vec<Passed>> {
    let fields: Vec<&str> = fields.collect();
    let descriptors: Vec<OwnedFd> = descriptors.collect();
    let is_whole = fields.len() == descriptors.len();
    let passed = fields.into_iter().map(String::from).zip(descriptors);
    is_whole.then(|| passed.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn socket(said: &str) -> Socket {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        Socket {
            said: said.into(),
            listener: net::Listener::adopt(listener.into()).unwrap(),
        }
    }

    #[test]
    fn a_handover_arrives_with_its_sockets() {
        let (one, other) = Channel::pair().unwrap();
        let sockets = [socket("127.0.0.1:0"), socket("unix:///run/a b.sock")];
        let bound = sockets[0].listener.address().to_string();
        let board: OwnedFd = std::net::TcpListener::bind("127.0.0.1:0").unwrap().into();
        let (text, descriptors) = Handover::encode(7, board.as_fd(), &sockets);
        one.send(&text, &descriptors).unwrap();
        let message = other.wait().unwrap().unwrap();
        let mut handover = Handover::decode(other, message).unwrap();
        assert_eq!(handover.number, 7);
        assert_eq!(handover.supervisor.cast_unsigned(), std::process::id());
        assert!(handover.take("127.0.0.1:1").is_none());
        let taken = handover.take("127.0.0.1:0").unwrap();
        let taken = net::Listener::adopt(taken).unwrap();
        assert_eq!(taken.address().to_string(), bound);
        assert!(handover.take("127.0.0.1:0").is_none());
        assert_eq!(handover.sockets.len(), 1);
    }

    #[test]
    fn facts_arrive_with_their_sockets_and_are_told_from_other_messages() {
        let (one, other) = Channel::pair().unwrap();
        let facts = Facts {
            drain: Duration::from_millis(2500),
            watch: vec!["/srv/app/src".into(), "/srv/app/public".into()],
        };
        let sockets = [socket("a")];
        let (text, descriptors) = facts.encode(&sockets);
        one.send(&text, &descriptors).unwrap();
        one.send("ready", &[]).unwrap();
        let (decoded, sockets) = Facts::decode(other.wait().unwrap().unwrap()).unwrap();
        assert_eq!((decoded, sockets[0].0.as_str()), (facts, "a"));
        let message = Facts::decode(other.wait().unwrap().unwrap()).unwrap_err();
        assert_eq!(message.text, "ready");
    }
}
