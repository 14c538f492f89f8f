//! Where to listen, as it is said.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::access::Access;
use super::activation::Pick;
use crate::error::{Error, Kind, Result};

/// What to listen on.
///
/// It is parsed from `tcp://127.0.0.1:8080`, `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080` (which
/// is 127.0.0.1), `unix:///run/app.sock`, `systemd://http` or `systemd://0`. Port 0 asks the system for a free port. A path may be
/// followed by the parameters of its file, as in `unix:///run/app.sock?mode=0660&group=www-data`
/// ([`Access`]); so it has no question mark itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// An IP address and a port.
    Tcp(SocketAddr),
    /// The absolute path of a socket file, and who may connect to it.
    Unix(PathBuf, Access),
    /// A socket that systemd has handed over.
    Systemd(Pick),
}

impl FromStr for Wanted {
    type Err = Error;

    /// # Errors
    /// [`Kind::Bind`], with what was said and a hint at what would be right.
    fn from_str(said: &str) -> Result<Self> {
        let parsed = match said.split_once("://") {
            Some(("tcp", rest)) => tcp(rest),
            Some(("unix", rest)) => unix(rest),
            Some(("systemd", rest)) => rest.parse().map(Wanted::Systemd),
            Some(("http" | "https" | "tls" | "ssl", rest)) => Err(format!(
                "write tcp://{rest}; whether it speaks TLS is said by the Tls settings"
            )),
            Some(_) => Err("only tcp://, unix:// and systemd:// can be listened on".into()),
            None if said.starts_with("unix:") || said.starts_with('/') => Err(format!(
                "write unix://{}",
                said.strip_prefix("unix:").unwrap_or(said)
            )),
            None => tcp(said),
        };
        parsed.map_err(|hint| {
            Error::new(
                Kind::Bind,
                format!("{said:?} is not an address to listen on: {hint}"),
            )
        })
    }
}

fn tcp(said: &str) -> Result<Wanted, String> {
    if let Ok(address) = said.parse() {
        return Ok(Wanted::Tcp(address));
    }
    if said.contains('?') {
        return Err("only the socket file of a unix:// address takes parameters".into());
    }
    if !said.is_empty() && said.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!(
            "write 127.0.0.1:{said}, or 0.0.0.0:{said} for every interface"
        ));
    }
    if said.parse::<IpAddr>().is_ok() || said.ends_with(']') {
        return Err("a port is missing; write 127.0.0.1:8080 or [::1]:8080".into());
    }
    let Some((host, port)) = said.rsplit_once(':') else {
        return Err("a port is missing; write an IP address and a port, as 127.0.0.1:8080".into());
    };
    if host.is_empty() {
        return Err(format!(
            "the host is missing; write 0.0.0.0:{port} or [::]:{port} for every interface"
        ));
    }
    let number = match port.parse::<u16>() {
        // `parse` also takes "+80".
        Ok(number) if port.bytes().all(|byte| byte.is_ascii_digit()) => number,
        _ => return Err(format!("the port must be 0 to 65535, not {port:?}")),
    };
    if host.eq_ignore_ascii_case("localhost") {
        return Ok(Wanted::Tcp((Ipv4Addr::LOCALHOST, number).into()));
    }
    if host.contains(':') && !host.starts_with('[') {
        return Err(format!(
            "write an IPv6 address in brackets, as [::1]:{port}"
        ));
    }
    Err(format!(
        "an IP address is needed, as 127.0.0.1:{port}; {host:?} is none, and only the name \
         localhost is known here"
    ))
}

fn unix(said: &str) -> Result<Wanted, String> {
    let (said, parameters) = match said.split_once('?') {
        Some((path, parameters)) => (path, Some(parameters)),
        None => (said, None),
    };
    let mut mistakes = Vec::new();
    mistakes.extend(wrong_with_path(said));
    let access = match parameters.map_or(Ok(Access::default()), Access::parse) {
        Ok(access) => access,
        Err(wrong) => {
            mistakes.extend(wrong);
            Access::default()
        }
    };
    if mistakes.is_empty() {
        Ok(Wanted::Unix(said.into(), access))
    } else {
        Err(mistakes.join("; "))
    }
}

fn wrong_with_path(said: &str) -> Option<String> {
    if !Path::new(said).is_absolute() {
        Some("the path must be absolute: three slashes, as unix:///run/app.sock".into())
    } else if said.contains('\0') {
        Some("the path must not contain a NUL byte".into())
    } else if said.len() > PATH_MOST {
        Some(format!(
            "the path must have at most {PATH_MOST} bytes, not {}",
            said.len()
        ))
    } else if said.ends_with('/') {
        Some("the path must name a file, not a folder".into())
    } else {
        None
    }
}

/// What `sun_path` holds, without the NUL at its end.
const PATH_MOST: usize = 107;

#[cfg(test)]
mod tests {
    use super::super::Address;
    use super::*;

    fn hint(said: &str) -> String {
        let error = said.parse::<Wanted>().unwrap_err();
        assert_eq!(error.kind(), Kind::Bind);
        assert!(
            error
                .message()
                .starts_with(&format!("{said:?} is not an address")),
            "{error}"
        );
        error.message().to_owned()
    }

    #[test]
    fn every_way_to_write_an_address_means_one_address() {
        for (said, shown) in [
            ("tcp://127.0.0.1:80", "tcp://127.0.0.1:80"),
            ("127.0.0.1:0", "tcp://127.0.0.1:0"),
            ("0.0.0.0:65535", "tcp://0.0.0.0:65535"),
            ("[::1]:8080", "tcp://[::1]:8080"),
            ("tcp://[::]:443", "tcp://[::]:443"),
            ("localhost:8080", "tcp://127.0.0.1:8080"),
            ("tcp://LOCALHOST:8080", "tcp://127.0.0.1:8080"),
            ("unix:///run/app.sock", "unix:///run/app.sock"),
            ("unix:///run/a b:c.sock", "unix:///run/a b:c.sock"),
        ] {
            let wanted: Wanted = said.parse().unwrap();
            let address = match &wanted {
                Wanted::Tcp(address) => Address::Tcp(*address),
                Wanted::Unix(path, _) => Address::Unix(path.clone()),
                Wanted::Systemd(pick) => panic!("{pick}"),
            };
            assert_eq!(address.to_string(), shown);
            assert_eq!(shown.parse::<Wanted>().unwrap(), wanted);
        }
    }

    #[test]
    fn a_missing_host_or_port_is_refused_with_a_hint() {
        assert!(hint(":8080").contains("0.0.0.0:8080 or [::]:8080"));
        assert!(hint("tcp://:0").contains("0.0.0.0:0"));
        assert!(hint("8080").contains("write 127.0.0.1:8080"));
        for said in ["127.0.0.1", "::1", "[::1]", "tcp://localhost", "", "tcp://"] {
            assert!(hint(said).contains("a port is missing"), "{said}");
        }
    }

    #[test]
    fn a_name_other_than_localhost_is_refused_with_a_hint() {
        for said in [
            "example.org:80",
            "tcp://example.org:80",
            "256.0.0.1:80",
            "*:80",
            "[x]:80",
        ] {
            assert!(
                hint(said).contains("an IP address is needed, as 127.0.0.1:80"),
                "{said}"
            );
        }
        assert!(hint("1:2:3:4:5:6:7:8:80").contains("in brackets, as [::1]:80"));
    }

    #[test]
    fn a_port_out_of_range_is_refused() {
        for port in ["65536", "-1", "", "+80", "http", "80/"] {
            let message = hint(&format!("127.0.0.1:{port}"));
            assert!(
                message.contains("the port must be 0 to 65535, not"),
                "{message}"
            );
        }
    }

    #[test]
    fn other_schemes_are_refused_with_a_hint() {
        assert!(hint("https://127.0.0.1:443").contains("write tcp://127.0.0.1:443"));
        assert!(hint("http://127.0.0.1:80").contains("the Tls settings"));
        assert!(hint("udp://127.0.0.1:80").contains("only tcp://, unix:// and systemd://"));
    }

    #[test]
    fn a_unix_path_must_be_an_absolute_file_name_that_fits() {
        assert!(hint("unix://run/app.sock").contains("must be absolute"));
        assert!(hint("unix://").contains("must be absolute"));
        assert!(hint("unix:///run/").contains("name a file"));
        assert!(hint("unix:///run/a\0b").contains("NUL"));
        assert!(hint("unix:/run/app.sock").contains("write unix:///run/app.sock"));
        assert!(hint("/run/app.sock").contains("write unix:///run/app.sock"));
        let fits = format!("unix:///{}", "a".repeat(PATH_MOST - 1));
        assert!(fits.parse::<Wanted>().is_ok());
        assert!(hint(&format!("{fits}a")).contains("at most 107 bytes, not 108"));
    }

    #[test]
    fn parameters_follow_a_path_and_all_that_is_wrong_is_said_at_once() {
        let wanted: Wanted = "unix:///run/app.sock?mode=0660&group=www-data"
            .parse()
            .unwrap();
        let access = Access::parse("mode=660&group=www-data").unwrap();
        assert_eq!(wanted, Wanted::Unix("/run/app.sock".into(), access));
        let both = hint("unix://run/app.sock?mode=9");
        assert!(
            both.contains("must be absolute") && both.contains("; mode must be"),
            "{both}"
        );
        assert!(hint("unix:///run/a?b.sock").contains("\"b.sock\" is no parameter"));
        assert!(hint("127.0.0.1:80?mode=0660").contains("only the socket file of a unix://"));
    }

    #[test]
    fn a_socket_of_systemd_is_picked_by_name_or_by_place() {
        for (said, pick) in [
            ("systemd://http", Pick::Name("http".into())),
            ("systemd://app.socket", Pick::Name("app.socket".into())),
            ("systemd://1", Pick::Index(1)),
        ] {
            assert_eq!(said.parse::<Wanted>().unwrap(), Wanted::Systemd(pick));
        }
        assert!(hint("systemd://").contains("as systemd://http or systemd://0"));
    }
}
