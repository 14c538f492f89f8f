//! Where to listen.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::error::{Error, Kind, Result};

/// An address to listen on.
///
/// It is parsed from `tcp://127.0.0.1:8080`, `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080` (which
/// is 127.0.0.1) or `unix:///run/app.sock`, and written as `tcp://127.0.0.1:8080` or
/// `unix:///run/app.sock`. Port 0 asks the system for a free port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Address {
    /// An IP address and a port.
    Tcp(SocketAddr),
    /// The absolute path of a socket file.
    Unix(PathBuf),
}

impl FromStr for Address {
    type Err = Error;

    /// # Errors
    /// [`Kind::Bind`], with the address and a hint at what would be right.
    fn from_str(said: &str) -> Result<Self> {
        let parsed = match said.split_once("://") {
            Some(("tcp", rest)) => tcp(rest),
            Some(("unix", path)) => unix(path),
            Some(("http" | "https" | "tls" | "ssl", rest)) => Err(format!(
                "write tcp://{rest}; whether it speaks TLS is said by the Tls settings"
            )),
            Some(_) => Err("only tcp:// and unix:// addresses can be listened on".into()),
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

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => write!(f, "tcp://{address}"),
            Self::Unix(path) => write!(f, "unix://{}", path.display()),
        }
    }
}

fn tcp(said: &str) -> Result<Address, String> {
    if let Ok(address) = said.parse() {
        return Ok(Address::Tcp(address));
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
        return Ok(Address::Tcp((Ipv4Addr::LOCALHOST, number).into()));
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

fn unix(said: &str) -> Result<Address, String> {
    let path = Path::new(said);
    if !path.is_absolute() {
        return Err("the path must be absolute: three slashes, as unix:///run/app.sock".into());
    }
    if said.contains('\0') {
        return Err("the path must not contain a NUL byte".into());
    }
    if said.len() > PATH_MOST {
        return Err(format!(
            "the path must have at most {PATH_MOST} bytes, not {}",
            said.len()
        ));
    }
    if said.ends_with('/') {
        return Err("the path must name a file, not a folder".into());
    }
    Ok(Address::Unix(path.to_owned()))
}

/// What `sun_path` holds, without the NUL at its end.
const PATH_MOST: usize = 107;

#[cfg(test)]
mod tests {
    use super::*;

    fn hint(said: &str) -> String {
        let error = said.parse::<Address>().unwrap_err();
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
            let address: Address = said.parse().unwrap();
            assert_eq!(address.to_string(), shown);
            assert_eq!(shown.parse::<Address>().unwrap(), address);
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
        assert!(hint("udp://127.0.0.1:80").contains("only tcp:// and unix://"));
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
        assert!(fits.parse::<Address>().is_ok());
        assert!(hint(&format!("{fits}a")).contains("at most 107 bytes, not 108"));
    }
}
