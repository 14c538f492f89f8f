//! One order (RFC 8555, section 7.4): from the names to the chain.

use instant_acme::{
    Account, AuthorizationStatus, CertificateIdentifier, ChallengeStatus, ChallengeType,
    Identifier, NewOrder, Order, OrderStatus, RetryPolicy,
};

use super::certificate;
use super::challenge::Published;
use super::problem::Problem;
use super::settings::Settings;

/// Orders a certificate for the settings' names with a new key, and returns both as PEM, the key first. `replaces`
/// names the one that it renews (RFC 9773, section 5). The caller bounds the time: dropped, it takes its challenge
/// certificates with it.
pub(super) async fn order(
    settings: &Settings,
    account: &Account,
    replaces: Option<CertificateIdentifier<'_>>,
) -> Result<String, Problem> {
    let names: Vec<_> = settings
        .names()
        .iter()
        .map(|name| Identifier::Dns(name.clone()))
        .collect();
    let mut wanted = NewOrder::new(&names);
    if let Some(replaces) = replaces {
        wanted = wanted.replaces(replaces);
    }
    let mut order = account
        .new_order(&wanted)
        .await
        .map_err(|error| Problem::of("ordering", &error))?;
    let patience = RetryPolicy::new().timeout(settings.pace().order);

    let challenges = prove(settings, &mut order).await?;
    let ready = order.poll_ready(&patience).await;
    let status = match ready {
        Ok(OrderStatus::Invalid) => Err(Problem::new("the CA has refused the order")),
        Ok(_) => Ok(()),
        Err(error) => Err(Problem::of("waiting for the validation", &error)),
    };
    drop(challenges);
    if let Err(problem) = status {
        return Err(reasons(&mut order, problem).await);
    }

    let cannot = |error: rcgen::Error| Problem::new(format!("the request: {error}"));
    let key = certificate::new_key().map_err(cannot)?;
    let request = certificate::request(settings.names(), &key).map_err(cannot)?;
    order
        .finalize_csr(&request)
        .await
        .map_err(|error| Problem::of("sending the request", &error))?;
    let chain = order
        .poll_certificate(&patience)
        .await
        .map_err(|error| Problem::of("fetching the certificate", &error))?;
    Ok(key.serialize_pem() + &chain)
}

/// Publishes the proof of each name that has yet to be proved, and tells the CA to look.
async fn prove(settings: &Settings, order: &mut Order) -> Result<Vec<Published>, Problem> {
    let mut published = Vec::new();
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization =
            authorization.map_err(|error| Problem::of("asking what to prove", &error))?;
        let name = authorization.identifier().to_string();
        match authorization.status {
            AuthorizationStatus::Pending => {}
            AuthorizationStatus::Valid => continue,
            status => {
                let what = format!("the CA's authorization for {name} is {status:?}");
                return Err(Problem::new(what));
            }
        }
        // It becomes the name of a file.
        if !settings.names().contains(&name) {
            let what = format!("the CA wants a proof for {name:?}, which was not ordered");
            return Err(Problem::new(what));
        }
        let Some(mut challenge) = authorization.challenge(ChallengeType::TlsAlpn01) else {
            let what = format!("the CA offers no tls-alpn-01 for {name}");
            return Err(Problem::new(what));
        };
        let digest = challenge.key_authorization().digest();
        let proof = Published::new(&settings.storage().challenges, &name, digest.as_ref())
            .await
            .map_err(|error| Problem::new(format!("the challenge for {name}: {error}")))?;
        published.push(proof);
        challenge
            .set_ready()
            .await
            .map_err(|error| Problem::of("announcing the challenge", &error))?;
    }
    Ok(published)
}

/// Why the CA did not believe: that stands with each name's challenge. `problem` if it stands nowhere.
async fn reasons(order: &mut Order, problem: Problem) -> Problem {
    let mut first = None;
    let mut lines = Vec::new();
    let mut authorizations = order.authorizations();
    while let Some(Ok(mut authorization)) = authorizations.next().await {
        let Ok(state) = authorization.refresh().await else {
            break;
        };
        let name = state.identifier().to_string();
        for challenge in &state.challenges {
            let Some(error) = &challenge.error else {
                continue;
            };
            if challenge.status == ChallengeStatus::Invalid {
                let said = Problem::said_by_ca(error);
                lines.push(format!("{name}: {}", said.what));
                first = first.or(said.kind);
            }
        }
    }
    if lines.is_empty() {
        return problem;
    }
    Problem {
        kind: first,
        wait_until: problem.wait_until,
        ..Problem::new(lines.join("; "))
    }
}
