//! Clients that show who they are by a certificate (RFC 8446 section 4.4.2, RFC 5246 section 7.4.6).
//!
//! rustls's verifier builds the chain to one of the CAs, looks at times, purpose and revocation lists; the names are
//! looked at here. It is strict where a list is given: each certificate of the chain needs one of its issuer, and one
//! that is out of date vouches for nobody (rustls would take it for good). The other choice would let a
//! revoked client in by keeping the server from its next list.
//!
//! A resumed session brings the certificates of the first one, and rustls does not look at them again. Here they are,
//! each time: what has expired or was revoked meanwhile would come back for as long as the client renews its tickets.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use aws_lc_rs::digest;
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::CryptoProvider;
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, RootCertStore,
    SignatureScheme,
};
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer, UnixTime};

use super::certificate::{self, Certificate};
use super::files::Files;
use super::mistakes::{Mistakes, noted};
use super::pem;
use super::revocation::{self, List};

/// Which certificates of clients are good, as it was said.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientsSaid {
    /// The certificates of the CAs whose clients are known, one or more: PEM text, or the path of a PEM file.
    pub ca: String,
    /// A client without a certificate is refused. Otherwise it is served, and only a bad certificate is refused.
    pub required: bool,
    /// Revocation lists (RFC 5280 section 5), one or more: PEM text, or the path of a file in PEM or DER.
    pub crl: Option<String>,
    /// Whose certificates are good: subject alternative names (host names, IP addresses, mail addresses, URIs), and
    /// common names of certificates that have none of those. None: all that the CAs have issued.
    pub names: Vec<String>,
}

/// What clients' certificates are held against.
pub(super) struct Clients {
    verifier: Arc<dyn ClientCertVerifier>,
    names: Vec<String>,
    context: Vec<u8>,
    /// The revocation lists, the newest first.
    pub(super) lists: Vec<List>,
    /// What an operator should know of them.
    pub(super) warnings: Vec<String>,
}

impl ClientsSaid {
    /// Certificates of these CAs are required, whatever their names, and none is revoked.
    pub fn new(ca: impl Into<String>) -> Self {
        Self {
            ca: ca.into(),
            required: true,
            crl: None,
            names: Vec::new(),
        }
    }

    /// The files that are read.
    pub(super) fn files(&self) -> impl Iterator<Item = PathBuf> {
        let said = std::iter::once(&self.ca).chain(&self.crl);
        said.filter(|said| !pem::is_text(said)).map(PathBuf::from)
    }
}

impl fmt::Debug for ClientsSaid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Files that were exchanged may be keys: they are not shown.
        f.debug_struct("ClientsSaid")
            .field("required", &self.required)
            .field("names", &self.names)
            .finish_non_exhaustive()
    }
}

impl Clients {
    /// Reads what `said` names, out of `files`. Each mistake begins with the name of its setting.
    pub(super) fn load(
        said: &ClientsSaid,
        provider: &Arc<CryptoProvider>,
        files: &Files,
    ) -> Result<Self, Mistakes> {
        let mut wrong = Vec::new();
        let roots = noted(&mut wrong, "client CA", authorities(&said.ca, files));
        let lists = said
            .crl
            .as_ref()
            .map_or(Ok(Lists::default()), |said| lists(said, files));
        let lists = noted(&mut wrong, "revocation list", lists);
        let mut mistakes = Mistakes::tls(wrong);
        let names = names(&said.names);
        let names = names.map_err(|wrong| mistakes.config.extend(wrong));
        let (Some(roots), Some(lists), Ok(names)) = (roots, lists, names) else {
            return Err(mistakes);
        };
        let (lists, ders) = lists;
        let context = context(said.required, &names, &roots, &ders);
        let warnings = warnings(&roots, &lists);
        match verifier(said, provider, roots, ders) {
            Ok(verifier) => Ok(Self {
                verifier,
                names,
                context,
                lists,
                warnings,
            }),
            Err(mistake) => Err(Mistakes::tls(vec![mistake])),
        }
    }

    /// What tickets are bound to: sessions that began under other rules, or before a list was renewed, begin anew.
    pub(super) fn context(&self) -> &[u8] {
        &self.context
    }

    /// Whether certificates that were good when a session began are good now.
    pub(super) fn still_take(&self, chain: &[CertificateDer<'_>]) -> Result<(), Error> {
        let (leaf, others) = chain.split_first().ok_or(Error::NoCertificatesPresented)?;
        let verified = self.verify_client_cert(leaf, others, UnixTime::now());
        verified.map(|_| ())
    }

    fn knows(&self, leaf: &Certificate, common_name: Option<&str>) -> bool {
        let is_known = |name: &str| self.names.iter().any(|known| known == name);
        leaf.names.iter().any(|name| is_known(name))
            // Host names are in lower case by now, common names as they are.
            || common_name.is_some_and(|name| is_known(name) || is_known(&normal(name)))
    }
}

impl ClientCertVerifier for Clients {
    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let verifier = &self.verifier;
        let verified = verifier.verify_client_cert(end_entity, intermediates, now)?;
        // What cannot be read here could not be told to a handler either.
        let leaf = Certificate::of(end_entity);
        let leaf = leaf.map_err(|_| Error::InvalidCertificate(CertificateError::BadEncoding))?;
        let common_name = certificate::common_name(end_entity);
        if !self.names.is_empty() && !self.knows(&leaf, common_name.as_deref()) {
            // access_denied: "a valid certificate was received, but when access control was applied …".
            return Err(CertificateError::ApplicationVerificationFailure.into());
        }
        Ok(verified)
    }

    fn client_auth_mandatory(&self) -> bool {
        self.verifier.client_auth_mandatory()
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.verifier.root_hint_subjects()
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier.verify_tls12_signature(message, cert, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier.verify_tls13_signature(message, cert, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}

impl fmt::Debug for Clients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clients")
            .field("names", &self.names)
            .field("lists", &self.lists)
            .finish_non_exhaustive()
    }
}

/// A CA's certificate and its facts.
type Authority = (Certificate, CertificateDer<'static>);

fn authorities(said: &str, files: &Files) -> Result<Vec<Authority>, String> {
    let mut authorities = Vec::new();
    for (at, der) in pem::certificates(said, files)?.into_iter().enumerate() {
        let at = at + 1;
        let facts = Certificate::of(&der)
            .map_err(|error| format!("number {at} is not an X.509 certificate: {error}"))?;
        // A client's own certificate that nobody else has signed can be known by itself.
        if !facts.is_self_issued && certificate::is_no_authority(&der) {
            return Err(format!(
                "number {at} ({}) is not the certificate of a CA",
                facts.subject
            ));
        }
        authorities.push((facts, der));
    }
    Ok(authorities)
}

/// The facts of revocation lists, and the lists, the newest first.
type Lists = (Vec<List>, Vec<CertificateRevocationListDer<'static>>);

fn lists(said: &str, files: &Files) -> Result<Lists, String> {
    let mut lists = Vec::new();
    for (at, der) in pem::revocation_lists(said, files)?.into_iter().enumerate() {
        let list = List::of(&der)
            .map_err(|error| format!("number {} is not a revocation list: {error}", at + 1))?;
        lists.push((list, der));
    }
    // rustls takes the first that is of a certificate's issuer.
    lists.sort_by_key(|(list, _)| std::cmp::Reverse(list.this_update));
    Ok(lists.into_iter().unzip())
}

/// Names in the form in which certificates' names are compared.
fn names(said: &[String]) -> Result<Vec<String>, Vec<String>> {
    let mut mistakes = Vec::new();
    let mut names = Vec::new();
    for name in said {
        let normal = normal(name);
        if name.is_empty() || name.contains(char::is_control) {
            mistakes.push(format!(
                "client names: {name:?} is no name; a host name, an IP address, a mail address, a URI or a common name is one"
            ));
        } else if names.contains(&normal) {
            mistakes.push(format!("client names: {name:?} is named twice"));
        }
        names.push(normal);
    }
    if mistakes.is_empty() {
        Ok(names)
    } else {
        Err(mistakes)
    }
}

/// Host names in lower case, IP addresses as the standard library writes them; the rest is compared as it is.
fn normal(name: &str) -> String {
    if let Ok(ip) = name.parse::<IpAddr>() {
        return ip.to_string();
    }
    let is_host =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'*');
    if name.bytes().all(is_host) {
        name.to_ascii_lowercase()
    } else {
        name.to_owned()
    }
}

fn verifier(
    said: &ClientsSaid,
    provider: &Arc<CryptoProvider>,
    authorities: Vec<Authority>,
    lists: Vec<CertificateRevocationListDer<'static>>,
) -> Result<Arc<dyn ClientCertVerifier>, String> {
    let mut roots = RootCertStore::empty();
    for (facts, der) in authorities {
        let subject = facts.subject;
        roots
            .add(der)
            .map_err(|error| format!("client CA: {subject} cannot be used: {error}"))?;
    }
    let mut builder =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
            .with_crls(lists)
            .enforce_revocation_expiration();
    if !said.required {
        builder = builder.allow_unauthenticated();
    }
    let built = builder.build();
    built.map_err(|error| format!("revocation list: it is of a kind that cannot be used: {error}"))
}

fn context(
    required: bool,
    names: &[String],
    authorities: &[Authority],
    lists: &[CertificateRevocationListDer<'static>],
) -> Vec<u8> {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(&[u8::from(required)]);
    let names = names.iter().map(String::as_bytes);
    let authorities = authorities.iter().map(|(_, der)| der.as_ref());
    let lists = lists.iter().map(AsRef::as_ref);
    for (kind, part) in names
        .map(|name| (0, name))
        .chain(authorities.map(|der| (1, der)))
        .chain(lists.map(|der| (2, der)))
    {
        context.update(&[kind]);
        context.update(&part.len().to_be_bytes());
        context.update(part);
    }
    context.finish().as_ref().to_vec()
}

fn warnings(authorities: &[Authority], lists: &[List]) -> Vec<String> {
    let mut warnings = Vec::new();
    for (facts, der) in authorities {
        let subject = &facts.subject;
        if let Some(why) = facts.is_out_of_date() {
            warnings.push(format!(
                "client CA: {subject}: {why}, and its clients are taken all the same"
            ));
        }
        let has_list = lists.iter().any(|list| list.is_of(der));
        if !lists.is_empty() && !has_list {
            warnings.push(format!(
                "revocation list: there is none of {subject}, and so its clients are refused"
            ));
        }
    }
    for list in revocation::in_force(lists) {
        if let Some(why) = list.is_out_of_date() {
            warnings.push(format!(
                "revocation list: {why}, and so its clients are refused"
            ));
        }
    }
    warnings
}

#[cfg(test)]
mod tests;
