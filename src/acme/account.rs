//! The account at a directory: read from the storage, or made there.

use std::time::Duration;
use std::{fs, io};

use instant_acme::{Account, AccountCredentials, NewAccount};

use super::client::Client;
use super::lock::Lock;
use super::problem::Problem;
use super::settings::Settings;
use super::storage;
use crate::sys;

/// The account that the storage has, or a new one. To make one is to agree to the CA's terms.
pub(super) async fn account(settings: &Settings, client: &Client) -> Result<Account, Problem> {
    if let Some(account) = stored(settings, client).await? {
        return Ok(account);
    }
    // Another certificate's process may be at it.
    let _lock = lock(settings).await?;
    match stored(settings, client).await? {
        Some(account) => Ok(account),
        None => create(settings, client).await,
    }
}

/// The account that the storage has.
pub(super) async fn stored(
    settings: &Settings,
    client: &Client,
) -> Result<Option<Account>, Problem> {
    let path = settings.storage().account.clone();
    let text = match sys::blocking(move || fs::read_to_string(path)).await {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(cannot(settings, &error)),
    };
    // The error could show a part of the key.
    let credentials: AccountCredentials = serde_json::from_str(&text).map_err(|_| {
        let path = settings.storage().account.display();
        Problem::new(format!(
            "the account {path} cannot be read: put its backup there, or remove it for a new one"
        ))
    })?;
    let account = Account::builder_with_http(Box::new(client.clone()))
        .from_credentials(credentials)
        .await
        .map_err(|error| Problem::of("asking the directory", &error))?;
    Ok(Some(account))
}

/// Gives the account up that the CA does not know, so that the next try makes a new one; unless another process
/// has made one by now.
pub(super) async fn forget(settings: &Settings, account: &Account) {
    let Ok(_lock) = lock(settings).await else {
        return;
    };
    let path = settings.storage().account.clone();
    let id = account.id().to_owned();
    sys::blocking(move || {
        let text = fs::read(&path).unwrap_or_default();
        let stored: Option<serde_json::Value> = serde_json::from_slice(&text).ok();
        if stored.is_some_and(|stored| stored["id"] == id) {
            storage::forget(&path);
        }
    })
    .await;
}

async fn lock(settings: &Settings) -> Result<Lock, Problem> {
    Lock::wait(&settings.storage().account_lock, Duration::from_secs(1))
        .await
        .map_err(|error| cannot(settings, &error))
}

async fn create(settings: &Settings, client: &Client) -> Result<Account, Problem> {
    let contact: Vec<_> = settings.contacts().iter().map(String::as_str).collect();
    let wanted = NewAccount {
        contact: &contact,
        terms_of_service_agreed: true,
        only_return_existing: false,
    };
    let (account, credentials) = Account::builder_with_http(Box::new(client.clone()))
        .create(&wanted, settings.directory().to_string(), None)
        .await
        .map_err(|error| Problem::of("making an account", &error))?;
    let text = serde_json::to_string(&credentials).map_err(|error| cannot(settings, &error))?;
    let path = settings.storage().account.clone();
    sys::blocking(move || storage::write(&path, text.as_bytes()))
        .await
        .map_err(|error| cannot(settings, &error))?;
    Ok(account)
}

fn cannot(settings: &Settings, error: &dyn std::error::Error) -> Problem {
    let path = settings.storage().account.display();
    Problem::new(format!("the account {path}: {error}"))
}
