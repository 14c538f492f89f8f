//! What an X.509 certificate says of itself (RFC 5280).

use std::net::IpAddr;
use std::time::UNIX_EPOCH;

use aws_lc_rs::digest;
use rustls_pki_types::CertificateDer;
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate, X509Name, X509Version};

use super::unix_time;

/// The facts of one certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Whom it is for, as `CN=shop.example, O=Shop` (RFC 4514 in spirit; for people, not for comparison).
    pub subject: String,
    /// Who has signed it, in the same form.
    pub issuer: String,
    /// Its subject alternative names: host names in lower case, IP addresses, mail addresses and URIs.
    pub names: Vec<String>,
    /// Its serial number in hexadecimal digits, in lower case and without separators, as OpenSSL writes it.
    pub serial: String,
    /// Since when it is valid, in seconds of unix time.
    pub not_before: i64,
    /// Until when it is valid, in seconds of unix time.
    pub not_after: i64,
    /// The SHA-256 of the whole certificate in hexadecimal digits, in lower case.
    pub fingerprint: String,
    /// Whether its issuer has the same name as itself.
    pub is_self_issued: bool,
}

impl Certificate {
    /// Reads a certificate. An error says what is wrong, in words that follow "it is not an X.509 certificate: ".
    pub fn of(der: &CertificateDer<'_>) -> Result<Self, String> {
        let (_, parsed) = X509Certificate::from_der(der).map_err(|error| error.to_string())?;
        let names = match parsed.subject_alternative_name() {
            Ok(Some(extension)) => extension
                .value
                .general_names
                .iter()
                .filter_map(name)
                .collect(),
            Ok(None) => Vec::new(),
            Err(error) => return Err(error.to_string()),
        };
        Ok(Self {
            subject: text(parsed.subject()),
            issuer: text(parsed.issuer()),
            names,
            serial: hex(unsigned(parsed.raw_serial())),
            not_before: parsed.validity().not_before.timestamp(),
            not_after: parsed.validity().not_after.timestamp(),
            fingerprint: hex(digest::digest(&digest::SHA256, der).as_ref()),
            is_self_issued: parsed.subject().as_raw() == parsed.issuer().as_raw(),
        })
    }

    /// Whether one of its names is `name`, a host name or a wildcard in lower case (RFC 6125 section 6.4.3: a
    /// wildcard stands for one label).
    pub fn covers(&self, name: &str) -> bool {
        let parent = name.split_once('.').map(|(_, parent)| parent);
        self.names.iter().any(|own| {
            own == name
                || own
                    .strip_prefix("*.")
                    .is_some_and(|own| Some(own) == parent)
        })
    }

    /// What keeps it from being valid now, as "it has expired on …"; `None`: it is valid.
    pub fn is_out_of_date(&self) -> Option<String> {
        let now = unix_time::now().cast_signed();
        if now > self.not_after {
            return Some(format!("it has expired on {}", date(self.not_after)));
        }
        (now < self.not_before).then(|| format!("it is not valid before {}", date(self.not_before)))
    }
}

/// Whether `lower` says that it was signed by the owner of `upper`.
pub(super) fn is_issued_by(lower: &CertificateDer<'_>, upper: &CertificateDer<'_>) -> bool {
    let (Ok((_, lower)), Ok((_, upper))) = (
        X509Certificate::from_der(lower),
        X509Certificate::from_der(upper),
    ) else {
        return false;
    };
    lower.issuer().as_raw() == upper.subject().as_raw()
}

/// The common name of its subject, if there is exactly one and no subject alternative name (RFC 6125 section 6.4.4):
/// beside those, and of several, it need not be what the CA has looked at.
pub(super) fn common_name(der: &CertificateDer<'_>) -> Option<String> {
    let (_, parsed) = X509Certificate::from_der(der).ok()?;
    if !matches!(parsed.subject_alternative_name(), Ok(None)) {
        return None;
    }
    let mut names = parsed.subject().iter_common_name();
    let name = names.next().filter(|_| names.next().is_none())?;
    name.as_str().ok().map(str::to_owned)
}

/// Whether it says that its owner signs no other certificates (RFC 5280 section 4.2.1.9).
pub(super) fn is_no_authority(der: &CertificateDer<'_>) -> bool {
    let Ok((_, parsed)) = X509Certificate::from_der(der) else {
        return true;
    };
    // Certificates of version 1 have no extensions: old roots are such.
    parsed.version() == X509Version::V3 && !parsed.is_ca()
}

/// A time as an IMF-fixdate.
pub(super) fn date(seconds: i64) -> String {
    let since = u64::try_from(seconds).unwrap_or(0);
    let most = 253_402_300_799;
    httpdate::fmt_http_date(UNIX_EPOCH + std::time::Duration::from_secs(since.min(most)))
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some(printable(&name.to_ascii_lowercase())),
        GeneralName::RFC822Name(name) | GeneralName::URI(name) => Some(printable(name)),
        GeneralName::IPAddress(bytes) => {
            let ip = <[u8; 4]>::try_from(*bytes)
                .map(IpAddr::from)
                .or_else(|_| <[u8; 16]>::try_from(*bytes).map(IpAddr::from));
            ip.ok().map(|ip| ip.to_string())
        }
        _ => None,
    }
}

pub(super) fn text(name: &X509Name<'_>) -> String {
    printable(&name.to_string())
}

/// The text without control characters, which a client's own certificate could bring into a log.
fn printable(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}

/// A positive number without the zero byte that only says that it is one.
fn unsigned(number: &[u8]) -> &[u8] {
    match number {
        [0, rest @ ..] if !rest.is_empty() => rest,
        _ => number,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, DnType, KeyPair, SerialNumber};

    use super::*;

    fn made(names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Certificate {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.serial_number = Some(SerialNumber::from(vec![1, 0xab]));
        change(&mut params);
        let der = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        Certificate::of(der.der()).unwrap()
    }

    #[test]
    fn a_certificate_tells_its_names_its_issuer_and_its_time() {
        let certificate = made(&["Shop.Example", "127.0.0.1", "::1"], |params| {
            params.not_before = rcgen::date_time_ymd(2020, 1, 1);
            params.not_after = rcgen::date_time_ymd(2021, 1, 1);
            params.distinguished_name.push(DnType::CommonName, "shop\n");
        });
        assert_eq!(certificate.names, ["shop.example", "127.0.0.1", "::1"]);
        assert_eq!(certificate.serial, "01ab");
        let high = made(&[], |params| {
            params.serial_number = Some(SerialNumber::from(vec![0xab, 0]));
        });
        assert_eq!(high.serial, "ab00");
        assert_eq!(certificate.fingerprint.len(), 64);
        assert!(certificate.is_self_issued);
        assert!(
            certificate.subject.contains("CN=shop\u{fffd}"),
            "{certificate:?}"
        );
        assert_eq!(
            (certificate.not_before, certificate.not_after),
            (1_577_836_800, 1_609_459_200)
        );
        assert_eq!(
            certificate.is_out_of_date().unwrap(),
            "it has expired on Fri, 01 Jan 2021 00:00:00 GMT"
        );
    }

    #[test]
    fn a_certificate_of_tomorrow_is_not_valid_yet() {
        let certificate = made(&["x.example"], |params| {
            params.not_before = rcgen::date_time_ymd(3000, 1, 1);
            params.not_after = rcgen::date_time_ymd(3001, 1, 1);
        });
        let what = certificate.is_out_of_date().unwrap();
        assert!(
            what.starts_with("it is not valid before Wed, 01 Jan 3000"),
            "{what}"
        );
        assert_eq!(made(&["x.example"], |_| ()).is_out_of_date(), None);
    }

    #[test]
    fn a_wildcard_stands_for_one_label() {
        let certificate = made(&["*.shop.example", "shop.example"], |_| ());
        for (name, covered) in [
            ("shop.example", true),
            ("www.shop.example", true),
            ("*.shop.example", true),
            ("a.b.shop.example", false),
            ("*.example", false),
            ("example", false),
            ("wwwshop.example", false),
        ] {
            assert_eq!(certificate.covers(name), covered, "{name}");
        }
    }

    #[test]
    fn garbage_is_an_error() {
        for garbage in [&b""[..], b"0", &[0x30, 0x82, 1, 0], &[0; 100]] {
            assert!(Certificate::of(&CertificateDer::from(garbage)).is_err());
        }
    }
}
