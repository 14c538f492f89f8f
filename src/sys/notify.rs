//! What a service manager is told: the protocol of `sd_notify(3)`.
//!
//! One datagram for each message. The crate sd-notify does not know the sockets without a file that
//! the protocol allows (`@name`), and waits without end for a manager that does not read.

use std::env;
use std::ffi::OsStr;
use std::io;
use std::mem::MaybeUninit;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

use crate::error::{Error, Kind, Result};

/// Tells the service manager `state`: lines such as `READY=1`, `STATUS=…` or `WATCHDOG=1`, and more
/// than one to be taken together. Nothing is said where there is no manager to hear it, which is
/// when `NOTIFY_SOCKET` is not set; the variable stays.
///
/// Blocks for 250 ms at most, and not at all unless the manager is far behind.
///
/// # Errors
/// [`Kind::Server`] if the message cannot be sent, with what `NOTIFY_SOCKET` is.
pub fn notify(state: &str) -> Result<()> {
    tell(env::var_os("NOTIFY_SOCKET").as_deref(), state)
}

/// The time of the clock that only grows, in microseconds, as a reload is stamped with.
pub fn monotonic_micros() -> i64 {
    let mut now = MaybeUninit::zeroed();
    // SAFETY: the pointer is valid for the call, which cannot fail for a clock that every Linux has.
    let now: libc::timespec = unsafe {
        libc::clock_gettime(libc::CLOCK_MONOTONIC, now.as_mut_ptr());
        now.assume_init()
    };
    now.tv_sec * 1_000_000 + now.tv_nsec / 1000
}

/// How long the service manager waits for the next `WATCHDOG=1` before it ends this process, which
/// is to send one in half that time; `None` when it does not watch.
pub fn watchdog_interval() -> Option<Duration> {
    let [micros, pid] = ["WATCHDOG_USEC", "WATCHDOG_PID"].map(|name| env::var(name).ok());
    interval(std::process::id(), micros.as_deref(), pid.as_deref())
}

fn tell(socket: Option<&OsStr>, state: &str) -> Result<()> {
    let Some(socket) = socket.filter(|socket| !socket.is_empty()) else {
        return Ok(());
    };
    send(socket.as_bytes(), state).map_err(|error| {
        let what =
            format!("the service manager at NOTIFY_SOCKET, {socket:?}, cannot be told: {error}");
        Error::new(Kind::Server, what).caused_by(error)
    })
}

fn send(socket: &[u8], state: &str) -> io::Result<()> {
    let address = match socket {
        [b'@', name @ ..] => SocketAddr::from_abstract_name(name)?,
        [b'/', ..] => SocketAddr::from_pathname(OsStr::from_bytes(socket))?,
        _ => return Err(io::Error::other("it must be a path or an @name")),
    };
    let sender = UnixDatagram::unbound()?;
    sender.set_write_timeout(Some(PATIENCE))?;
    sender.send_to_addr(state.as_bytes(), &address)?;
    Ok(())
}

/// This thread has connections to serve.
const PATIENCE: Duration = Duration::from_millis(250);

fn interval(own: u32, micros: Option<&str>, pid: Option<&str>) -> Option<Duration> {
    let is_meant = pid.is_none_or(|pid| pid.parse() == Ok(own));
    let micros = micros.filter(|_| is_meant)?.parse().ok()?;
    // The largest number is systemd's infinity.
    (1..u64::MAX)
        .contains(&micros)
        .then(|| Duration::from_micros(micros))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::fs;
    use std::time::Instant;

    use super::*;

    fn received(socket: &UnixDatagram) -> String {
        let mut space = [0; 4096];
        socket
            .set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        let length = socket.recv(&mut space).unwrap();
        String::from_utf8(space[..length].to_vec()).unwrap()
    }

    fn abstract_name(what: &str) -> (OsString, UnixDatagram) {
        let name = format!("sluice-{}-{what}", std::process::id());
        let address = SocketAddr::from_abstract_name(&name).unwrap();
        let socket = UnixDatagram::bind_addr(&address).unwrap();
        (format!("@{name}").into(), socket)
    }

    #[test]
    fn each_message_is_one_datagram_to_a_path_or_an_abstract_name() {
        let path = env::temp_dir().join(format!("sluice-{}-notify", std::process::id()));
        let manager = UnixDatagram::bind(&path).unwrap();
        tell(Some(path.as_os_str()), "READY=1\nSTATUS=Serving \u{2713}").unwrap();
        tell(Some(path.as_os_str()), "STOPPING=1").unwrap();
        fs::remove_file(&path).unwrap();
        assert_eq!(received(&manager), "READY=1\nSTATUS=Serving \u{2713}");
        assert_eq!(received(&manager), "STOPPING=1");

        let (name, manager) = abstract_name("told");
        tell(Some(&name), "WATCHDOG=1").unwrap();
        assert_eq!(received(&manager), "WATCHDOG=1");
    }

    #[test]
    fn nothing_is_said_without_a_manager() {
        tell(None, "READY=1").unwrap();
        tell(Some(OsStr::new("")), "READY=1").unwrap();
    }

    #[test]
    fn a_manager_that_cannot_be_told_is_an_error_that_names_it() {
        for (socket, reason) in [
            ("/nowhere/notify", "No such file"),
            ("vsock:2:1234", "it must be a path or an @name"),
            ("notify", "it must be a path or an @name"),
        ] {
            let error = tell(Some(OsStr::new(socket)), "READY=1").unwrap_err();
            assert_eq!(error.kind(), Kind::Server);
            let message = error.message();
            assert!(
                message.contains(&format!("{socket:?}, cannot be told: {reason}")),
                "{message}"
            );
        }
    }

    #[test]
    fn a_manager_that_does_not_read_holds_nobody_up() {
        let (name, _manager) = abstract_name("deaf");
        let began = Instant::now();
        let full = (0..100_000).find_map(|_| tell(Some(&name), "WATCHDOG=1").err());
        let error = full.expect("no queue is that long");
        assert!(error.message().contains("cannot be told"), "{error}");
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "it was waited for"
        );
    }

    #[test]
    fn the_watchdog_is_that_of_the_process_that_it_names() {
        let seconds = |said| Some(Duration::from_secs(said));
        assert_eq!(interval(7, Some("30000000"), Some("7")), seconds(30));
        assert_eq!(interval(7, Some("30000000"), None), seconds(30));
        for (micros, pid) in [
            (None, None),
            (None, Some("7")),
            (Some("30000000"), Some("8")),
            (Some("30000000"), Some("")),
            (Some("0"), Some("7")),
            (Some("18446744073709551615"), Some("7")),
            (Some("half a minute"), Some("7")),
        ] {
            assert_eq!(interval(7, micros, pid), None, "{micros:?} {pid:?}");
        }
    }
}
