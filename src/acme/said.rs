//! What may be said: pure checks. An error says what is wrong, in words that follow the value.

use http::Uri;

/// The URL of a directory: `https`, a host, and no password.
pub(super) fn directory(said: &str) -> Result<Uri, String> {
    let uri: Uri = said
        .parse()
        .map_err(|error| format!("it is not a URL: {error}"))?;
    if uri.scheme_str() != Some("https") {
        return Err("it must begin with https://".into());
    }
    match uri.authority() {
        Some(authority) if authority.as_str().contains('@') => {
            Err("it must not have a user name".into())
        }
        Some(authority) if !authority.host().is_empty() => Ok(uri),
        _ => Err("it has no host".into()),
    }
}

/// A contact as ACME has it: `mailto:` and one e-mail address, which may be said alone.
pub(super) fn contact(said: &str) -> Result<String, String> {
    let address = said.strip_prefix("mailto:").unwrap_or(said);
    let is_plain = address
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !b",;?<>\"".contains(&byte));
    match address.split_once('@') {
        Some((user, host)) if is_plain && !user.is_empty() && is_host(host) => {
            Ok(format!("mailto:{address}"))
        }
        _ => Err("it must be one e-mail address, as admin@example.com".into()),
    }
}

/// A name that a certificate can be had for by TLS-ALPN-01, in lower case: it is also the name of a file.
pub(super) fn name(said: &str) -> Result<String, String> {
    if said.parse::<std::net::IpAddr>().is_ok() {
        return Err("it is an IP address: give the host name".into());
    }
    if said.starts_with("*.") {
        return Err(
            "TLS-ALPN-01 cannot prove a wildcard: give each name, or use certificate files".into(),
        );
    }
    if !said.is_ascii() {
        return Err("it must be in its ASCII form, which begins with xn--".into());
    }
    if is_host(said) {
        Ok(said.to_ascii_lowercase())
    } else {
        Err("it is not a host name".into())
    }
}

/// Labels of letters, digits and inner hyphens (RFC 1123, section 2.1); the last is no number.
fn is_host(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = text.rsplit('.').next().unwrap_or_default();
    text.len() <= 253
        && text.split('.').all(is_label)
        && !last.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_an_https_url() {
        for good in [
            "https://acme-v02.api.letsencrypt.org/directory",
            "https://[::1]:14000/dir",
        ] {
            assert_eq!(directory(good).unwrap().to_string(), good);
        }
        for (bad, why) in [
            ("http://ca.test/dir", "https://"),
            ("/directory", "https://"),
            ("", "not a URL"),
            ("https://", "not a URL"),
            ("https://user:secret@ca.test/", "user name"),
            ("https://ca test/", "not a URL"),
        ] {
            let error = directory(bad).unwrap_err();
            assert!(error.contains(why), "{bad}: {error}");
        }
    }

    #[test]
    fn a_contact_is_one_address_with_or_without_its_scheme() {
        for good in [
            "admin@example.com",
            "mailto:admin@example.com",
            "a.b+c@mail.example",
        ] {
            let contact = contact(good).unwrap();
            assert_eq!(
                contact,
                format!("mailto:{}", good.trim_start_matches("mailto:"))
            );
        }
        for bad in [
            "",
            "admin",
            "@example.com",
            "a@b@example.com",
            "a@b.example,c@d.example",
            "a@b.example?subject=x",
            "tel:+49123",
            "a b@example.com",
            "a@exämple.com",
            "a@b.example\r\n",
        ] {
            assert!(contact(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_name_is_a_host_name_in_lower_case_and_safe_as_a_file() {
        for (said, meant) in [
            ("Example.COM", "example.com"),
            ("xn--caf-dma.example", "xn--caf-dma.example"),
            ("localhost", "localhost"),
            ("a-1.b2.test", "a-1.b2.test"),
        ] {
            assert_eq!(name(said).unwrap(), meant);
        }
        for (bad, why) in [
            ("*.example.com", "wildcard"),
            ("192.0.2.1", "IP address"),
            ("2001:db8::1", "IP address"),
            ("café.example", "xn--"),
            ("", "not a host name"),
            ("..", "not a host name"),
            ("../../etc/passwd", "not a host name"),
            ("example.com.", "not a host name"),
            ("a_b.example", "not a host name"),
            ("-a.example", "not a host name"),
            ("a-.example", "not a host name"),
            ("1.2.3", "not a host name"),
            ("a.example\0", "not a host name"),
        ] {
            let error = name(bad).unwrap_err();
            assert!(error.contains(why), "{bad}: {error}");
        }
        assert!(name(&"a".repeat(64)).is_err());
        assert!(name(&["a"; 127].join(".")).is_ok());
        assert!(name(&["a"; 128].join(".")).is_err());
    }
}
