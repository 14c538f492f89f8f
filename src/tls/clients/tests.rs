use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CrlDistributionPoint,
    CrlIssuingDistributionPoint, CrlScope, DnType, IsCa, Issuer, KeyIdMethod, KeyPair,
    SerialNumber,
};

use super::*;

/// So many days from now.
fn in_days(days: i64) -> SystemTime {
    let away = Duration::from_secs(days.unsigned_abs() * 86_400);
    if days < 0 {
        SystemTime::now() - away
    } else {
        SystemTime::now() + away
    }
}

/// A CA of this name.
fn authority(name: &str) -> (CertificateParams, KeyPair) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    (params, KeyPair::generate().unwrap())
}

fn pem((params, key): &(CertificateParams, KeyPair)) -> String {
    params.self_signed(key).unwrap().pem()
}

/// A list of nobody that was made now and is good for so many days.
fn list(
    (params, key): &(CertificateParams, KeyPair),
    days: i64,
) -> rcgen::CertificateRevocationList {
    let list = CertificateRevocationListParams {
        this_update: in_days(-9).into(),
        next_update: in_days(days).into(),
        crl_number: SerialNumber::from(1),
        issuing_distribution_point: None,
        revoked_certs: Vec::new(),
        key_identifier_method: KeyIdMethod::Sha256,
    };
    list.signed_by(&Issuer::from_params(params, key)).unwrap()
}

fn load(said: &ClientsSaid) -> Result<Clients, Mistakes> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    Clients::load(said, &provider, &Files::read(said.files()))
}

fn wrong(said: &ClientsSaid) -> Vec<String> {
    let mistakes = load(said).unwrap_err();
    [mistakes.tls, mistakes.config].concat()
}

#[test]
fn every_mistake_is_named() {
    let said = ClientsSaid {
        crl: Some("/nowhere/list.crl".into()),
        names: ["", "a\nb", "Alice", "alice"].map(String::from).to_vec(),
        ..ClientsSaid::new("/nowhere/ca.pem")
    };
    let wrong = wrong(&said);
    assert_eq!(wrong.len(), 5, "{wrong:?}");
    assert!(wrong[0].starts_with("client CA: cannot read the file \"/nowhere/ca.pem\""));
    assert!(wrong[1].starts_with("revocation list: cannot read the file \"/nowhere/list.crl\""));
    assert!(wrong[2].starts_with("client names: \"\" is no name; a host name"));
    assert!(wrong[3].starts_with("client names: \"a\\nb\" is no name"));
    assert_eq!(wrong[4], "client names: \"alice\" is named twice");
}

#[test]
fn what_is_no_ca_and_what_is_no_list_is_refused() {
    let ca = authority("ca");
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(["x.example".to_owned()]).unwrap();
    let leaf = leaf.signed_by(&key, &Issuer::from_params(&ca.0, &ca.1));
    let both = pem(&ca) + &leaf.unwrap().pem();
    let mistake = wrong(&ClientsSaid::new(both)).remove(0);
    assert!(mistake.starts_with("client CA: number 2 (CN="), "{mistake}");
    assert!(
        mistake.ends_with(") is not the certificate of a CA"),
        "{mistake}"
    );
    let exchanged = ClientsSaid {
        crl: Some(pem(&ca)),
        ..ClientsSaid::new(list(&ca, 9).pem().unwrap())
    };
    assert_eq!(
        wrong(&exchanged),
        [
            "client CA: it holds no \"-----BEGIN CERTIFICATE-----\"",
            "revocation list: it holds no \"-----BEGIN X509 CRL-----\" and is not one in DER",
        ]
    );
    let none = "-----BEGIN X509 CRL-----\naGVsbG8=\n-----END X509 CRL-----\n";
    let garbage = ClientsSaid {
        crl: Some(none.into()),
        ..ClientsSaid::new(pem(&ca))
    };
    assert!(wrong(&garbage)[0].starts_with("revocation list: number 1 is not a revocation list: "));
    let key = ClientsSaid::new(key.serialize_pem());
    assert!(wrong(&key)[0].starts_with("client CA: it holds a private key and no certificate"));
    assert!(!format!("{key:?}").contains("BEGIN"), "{key:?}");
}

#[test]
fn a_clients_own_certificate_can_be_known_by_itself() {
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(["x.example".to_owned()]).unwrap();
    let own = own.self_signed(&key).unwrap();
    let clients = load(&ClientsSaid::new(own.pem())).unwrap();
    clients.still_take(&[own.der().clone()]).unwrap();
}

#[test]
fn a_list_is_taken_as_text_and_out_of_a_file_in_pem_or_der() {
    let ca = authority("ca");
    let list = list(&ca, 9);
    let folder = std::env::temp_dir().join(format!("sluice-lists-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (pem_file, der_file) = (folder.join("list.pem"), folder.join("list.der"));
    std::fs::write(&pem_file, list.pem().unwrap()).unwrap();
    std::fs::write(&der_file, list.der()).unwrap();
    let path = |path: &PathBuf| path.to_str().unwrap().to_owned();
    let said = |crl: String| ClientsSaid {
        crl: Some(crl),
        ..ClientsSaid::new(pem(&ca))
    };
    let said = [list.pem().unwrap(), path(&pem_file), path(&der_file)].map(said);
    let loaded = said.each_ref().map(|said| load(said).unwrap());
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(loaded[0].lists.len(), 1);
    assert_eq!(loaded[0].lists, loaded[1].lists);
    assert_eq!(loaded[0].lists, loaded[2].lists);
    assert_eq!(said[0].files().count(), 0);
    assert_eq!(said[1].files().collect::<Vec<_>>(), [pem_file]);
}

#[test]
fn the_newest_list_of_a_ca_counts() {
    let ca = authority("ca");
    let old = list(&ca, -1).pem().unwrap();
    let newer = CertificateRevocationListParams {
        this_update: in_days(-1).into(),
        next_update: in_days(1).into(),
        crl_number: SerialNumber::from(2),
        issuing_distribution_point: None,
        revoked_certs: Vec::new(),
        key_identifier_method: KeyIdMethod::Sha256,
    };
    let newer = newer.signed_by(&Issuer::from_params(&ca.0, &ca.1)).unwrap();
    let clients = load(&ClientsSaid {
        crl: Some(old + &newer.pem().unwrap()),
        ..ClientsSaid::new(pem(&ca))
    });
    let clients = clients.unwrap();
    assert_eq!(clients.lists.len(), 2);
    assert!(clients.lists[0].is_out_of_date().is_none());
    assert!(clients.lists[1].is_out_of_date().is_some());
    assert_eq!(clients.warnings, [""; 0]);
}

#[test]
fn a_list_of_another_distribution_point_supersedes_none() {
    let ca = authority("ca");
    let point = CrlDistributionPoint {
        uris: vec!["http://ca.example/users.crl".into()],
    };
    let scope = Some(CrlScope::UserCertsOnly);
    let of_users = CertificateRevocationListParams {
        this_update: in_days(-1).into(),
        next_update: in_days(1).into(),
        crl_number: SerialNumber::from(2),
        issuing_distribution_point: Some(CrlIssuingDistributionPoint {
            distribution_point: point,
            scope,
        }),
        revoked_certs: Vec::new(),
        key_identifier_method: KeyIdMethod::Sha256,
    };
    let issuer = Issuer::from_params(&ca.0, &ca.1);
    let of_users = of_users.signed_by(&issuer).unwrap().pem().unwrap();
    let clients = load(&ClientsSaid {
        crl: Some(list(&ca, -1).pem().unwrap() + &of_users),
        ..ClientsSaid::new(pem(&ca))
    });
    let warnings = clients.unwrap().warnings;
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].starts_with("revocation list: that of CN=ca was good until "));
}

#[test]
fn what_keeps_clients_out_is_told() {
    let (ca, other) = (authority("ca"), authority("other"));
    let (mut params, key) = authority("old");
    params.not_after = in_days(-1).into();
    let clients = load(&ClientsSaid {
        crl: Some(list(&ca, -1).pem().unwrap()),
        ..ClientsSaid::new(pem(&ca) + &pem(&other) + &pem(&(params, key)))
    });
    let warnings = clients.unwrap().warnings;
    assert_eq!(warnings.len(), 4, "{warnings:?}");
    let told = |what: &str| warnings.iter().any(|warning| warning.contains(what));
    assert!(told(
        "revocation list: there is none of CN=other, and so its clients are refused"
    ));
    assert!(told("revocation list: there is none of CN=old"));
    assert!(told("client CA: CN=old: it has expired on "));
    assert!(told("revocation list: that of CN=ca was good until "));
}

#[test]
fn names_are_compared_as_they_mean() {
    for (said, compared) in [
        ("Worker-1.Example", "worker-1.example"),
        ("::FFFF:1", "::ffff:1"),
        ("127.0.0.1", "127.0.0.1"),
        ("Alice@Example.org", "Alice@Example.org"),
        ("spiffe://Shop/A", "spiffe://Shop/A"),
        ("Alice Smith", "Alice Smith"),
    ] {
        assert_eq!(normal(said), compared);
    }
}

#[test]
fn rules_that_differ_bind_tickets_apart() {
    let (ca, other) = (authority("ca"), authority("other"));
    let said = ClientsSaid::new(pem(&ca));
    let with = |change: &dyn Fn(&mut ClientsSaid)| {
        let mut said = said.clone();
        change(&mut said);
        load(&said).unwrap().context().to_vec()
    };
    let same = with(&|_| ());
    assert_eq!(same, with(&|_| ()));
    let others = [
        with(&|said| said.required = false),
        with(&|said| said.ca = pem(&other)),
        with(&|said| said.ca += &pem(&other)),
        with(&|said| said.names = vec!["a".into()]),
        with(&|said| said.names = vec!["a".into(), "b".into()]),
        with(&|said| said.names = vec!["ab".into()]),
        with(&|said| said.crl = list(&ca, 9).pem().ok()),
    ];
    for (at, one) in others.iter().enumerate() {
        assert_ne!(*one, same, "{at}");
        assert!(!others[..at].contains(one), "{at}");
    }
}
