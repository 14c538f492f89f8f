//! CAs, the certificates that they issue, and their revocation lists.

use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertificateRevocationListParams, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyIdMethod, KeyPair, PKCS_RSA_SHA256,
    RevokedCertParams, SanType, SerialNumber,
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

/// A certificate with those that lead to its root, and its key.
pub struct Identity {
    pub chain: Vec<CertificateDer<'static>>,
    pub key: PrivateKeyDer<'static>,
    pub pem: String,
    pub key_pem: String,
}

impl Identity {
    pub fn leaf(&self) -> &[u8] {
        &self.chain[0]
    }
}

/// A CA, and the CAs above it.
pub struct Authority {
    certificate: Certificate,
    issuer: Issuer<'static, KeyPair>,
    above: Vec<Certificate>,
}

impl Authority {
    /// A CA that nobody else has signed.
    pub fn root(name: &str) -> Self {
        Self::root_with(name, KeyPair::generate().unwrap())
    }

    pub fn root_with(name: &str, key: KeyPair) -> Self {
        let params = authority(name);
        Self {
            certificate: params.self_signed(&key).unwrap(),
            issuer: Issuer::new(params, key),
            above: Vec::new(),
        }
    }

    /// A CA that this one has signed.
    pub fn under(&self, name: &str, key: KeyPair) -> Self {
        let params = authority(name);
        Self {
            certificate: params.signed_by(&key, &self.issuer).unwrap(),
            issuer: Issuer::new(params, key),
            above: [std::slice::from_ref(&self.certificate), &self.above].concat(),
        }
    }

    pub fn pem(&self) -> String {
        self.certificate.pem()
    }

    pub fn der(&self) -> CertificateDer<'static> {
        self.certificate.der().clone()
    }

    /// The certificate of a client of this serial number, whose common name is `client`.
    pub fn client(&self, serial: u64) -> Identity {
        self.client_with(serial, |_| ())
    }

    pub fn client_with(
        &self,
        serial: u64,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Identity {
        self.issue(KeyPair::generate().unwrap(), |params| {
            params.serial_number = Some(serial.into());
            params.distinguished_name.push(DnType::CommonName, "client");
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
            change(params);
        })
    }

    pub fn issue(&self, key: KeyPair, change: impl FnOnce(&mut CertificateParams)) -> Identity {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        change(&mut params);
        let leaf = params.signed_by(&key, &self.issuer).unwrap();
        let above = std::iter::once(&self.certificate).chain(&self.above);
        let chain: Vec<&Certificate> = std::iter::once(&leaf).chain(above).collect();
        Identity {
            chain: chain.iter().map(|one| one.der().clone()).collect(),
            key: PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            pem: chain.iter().map(|one| one.pem()).collect(),
            key_pem: key.serialize_pem(),
        }
    }

    /// A list with these serial numbers that is good for so many days.
    pub fn list(&self, revoked: &[u64], days: i64) -> String {
        self.list_of(revoked, (-9, days))
    }

    /// One that was made at the one day from now and is good to the other.
    pub fn list_of(&self, revoked: &[u64], (from, to): (i64, i64)) -> String {
        let revoked = revoked.iter().map(|serial| RevokedCertParams {
            serial_number: (*serial).into(),
            revocation_time: in_days(-10).into(),
            reason_code: None,
            invalidity_date: None,
        });
        let list = CertificateRevocationListParams {
            this_update: in_days(from).into(),
            next_update: in_days(to).into(),
            crl_number: SerialNumber::from(1),
            issuing_distribution_point: None,
            revoked_certs: revoked.collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        list.signed_by(&self.issuer).unwrap().pem().unwrap()
    }
}

/// The same RSA key once more: they are slow to make.
pub fn again(key: &KeyPair) -> KeyPair {
    KeyPair::from_pem_and_sign_algo(&key.serialize_pem(), &PKCS_RSA_SHA256).unwrap()
}

/// So many days from now.
pub fn in_days(days: i64) -> SystemTime {
    let away = Duration::from_secs(days.unsigned_abs() * 86_400);
    if days < 0 {
        SystemTime::now() - away
    } else {
        SystemTime::now() + away
    }
}

/// A subject alternative name of a kind.
pub fn san(kind: &str, name: &str) -> SanType {
    match kind {
        "dns" => SanType::DnsName(name.try_into().unwrap()),
        "mail" => SanType::Rfc822Name(name.try_into().unwrap()),
        "uri" => SanType::URI(name.try_into().unwrap()),
        "ip" => SanType::IpAddress(name.parse().unwrap()),
        other => unreachable!("{other}"),
    }
}

fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    params
}
