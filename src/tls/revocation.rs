//! What a certificate revocation list says of itself (RFC 5280 section 5).

use std::collections::HashSet;

use aws_lc_rs::digest;
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer};
use x509_parser::oid_registry::OID_X509_EXT_ISSUER_DISTRIBUTION_POINT;
use x509_parser::prelude::{CertificateRevocationList, FromDer, X509Certificate, X509Version};

use super::certificate::{date, text};
use super::unix_time;

/// The facts of one list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct List {
    /// Whose list it is, for people.
    issuer: String,
    scope: Scope,
    /// When it was made, in seconds of unix time.
    pub(super) this_update: i64,
    /// Until when there is to be another one, in seconds of unix time.
    next_update: i64,
    /// The SHA-256 of the whole list.
    hash: Vec<u8>,
}

/// Which certificates a list is about: those of an issuer, and perhaps of one distribution point alone. Both in DER.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Scope {
    issuer: Vec<u8>,
    distribution_point: Option<Vec<u8>>,
}

impl List {
    /// Reads a list. An error says what is wrong, in words that follow "it is not a revocation list: ".
    pub(super) fn of(der: &CertificateRevocationListDer<'_>) -> Result<Self, String> {
        let parsed = CertificateRevocationList::from_der(der);
        let (_, parsed) = parsed.map_err(|error| error.to_string())?;
        if parsed.version() != Some(X509Version::V2) {
            return Err("it is of version 1, without a number; \"openssl ca\" makes one of version 2 with \"crlnumber\" among its settings".into());
        }
        let next = parsed.next_update();
        let next = next.ok_or("it does not say when the next one comes (nextUpdate)")?;
        Ok(Self {
            issuer: text(parsed.issuer()),
            scope: Scope {
                issuer: parsed.issuer().as_raw().to_vec(),
                distribution_point: distribution_point(&parsed),
            },
            this_update: parsed.last_update().timestamp(),
            next_update: next.timestamp(),
            hash: digest::digest(&digest::SHA256, der).as_ref().to_vec(),
        })
    }

    /// Whether it says that it is that of the CA with this certificate.
    pub(super) fn is_of(&self, ca: &CertificateDer<'_>) -> bool {
        let parsed = X509Certificate::from_der(ca);
        parsed.is_ok_and(|(_, ca)| ca.subject().as_raw() == self.scope.issuer)
    }

    /// Why nothing follows from it any more, as "that of CN=… was good until …"; `None`: it is good.
    pub(super) fn is_out_of_date(&self) -> Option<String> {
        let now = unix_time::now().cast_signed();
        (now > self.next_update).then(|| {
            format!(
                "that of {} was good until {}",
                self.issuer,
                date(self.next_update)
            )
        })
    }
}

/// Those of `lists`, the newest of which comes first, that count: others of the same scope are superseded.
pub(super) fn in_force(lists: &[List]) -> impl Iterator<Item = &List> {
    let mut scopes = HashSet::new();
    lists.iter().filter(move |list| scopes.insert(&list.scope))
}

/// RFC 5280 section 5.2.5.
fn distribution_point(list: &CertificateRevocationList<'_>) -> Option<Vec<u8>> {
    let mut extensions = list.extensions().iter();
    let point = extensions.find(|one| one.oid == OID_X509_EXT_ISSUER_DISTRIBUTION_POINT)?;
    Some(point.value.to_vec())
}
