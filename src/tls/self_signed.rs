//! A certificate for development, made at the start and known to nobody.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{
    CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256,
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

/// A new P-256 key and its certificate for `names` (host names, wildcards, IP addresses), valid from
/// yesterday for a year. An error lists every name that cannot be in a certificate.
///
/// The serial number is made from the key, so that no two are equal: browsers refuse a second
/// certificate of one issuer that has the serial of the first.
pub(super) fn make(
    names: &[String],
) -> Result<(CertificateDer<'static>, PrivateKeyDer<'static>), Vec<String>> {
    let wrong: Vec<_> = names
        .iter()
        .filter(|name| !is_name(name))
        .map(|name| format!("{name:?} is neither a host name nor an IP address"))
        .collect();
    if !wrong.is_empty() {
        return Err(wrong);
    }
    sign(names).map_err(|error| vec![format!("the certificate cannot be made: {error}")])
}

fn sign(
    names: &[String],
) -> Result<(CertificateDer<'static>, PrivateKeyDer<'static>), rcgen::Error> {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let mut params = CertificateParams::new(names)?;
    params
        .distinguished_name
        .push(DnType::CommonName, "Sluice development certificate");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    params.not_before = epoch + now.saturating_sub(DAY);
    params.not_after = epoch + now + DAY * 365;
    let certificate = params.self_signed(&key)?;
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    Ok((certificate.der().clone(), key))
}

/// Whether `name` can stand in a certificate: an IP address, or a host name.
fn is_name(name: &str) -> bool {
    name.parse::<std::net::IpAddr>().is_ok() || is_host_name(name)
}

/// Whether `name` is labels of letters, digits and hyphens (RFC 5280, section 4.2.1.6), the first of which may be
/// a `*`.
pub(super) fn is_host_name(name: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    name.len() <= 253
        && name
            .strip_prefix("*.")
            .unwrap_or(name)
            .split('.')
            .all(label)
}

const DAY: Duration = Duration::from_secs(86_400);
