//! What is wrong with settings, all of it at once.

use crate::error::{Error, Kind};

/// Each mistake with the setting that it is about.
#[derive(Debug, Default)]
pub(super) struct Mistakes {
    /// About certificates and keys.
    pub(super) tls: Vec<String>,
    /// About the rest.
    pub(super) config: Vec<String>,
}

impl Mistakes {
    pub(super) fn tls(tls: Vec<String>) -> Self {
        Self {
            tls,
            config: Vec::new(),
        }
    }

    pub(super) fn config(config: Vec<String>) -> Self {
        Self {
            tls: Vec::new(),
            config,
        }
    }

    pub(super) fn append(&mut self, more: Self) {
        self.tls.extend(more.tls);
        self.config.extend(more.config);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tls.is_empty() && self.config.is_empty()
    }
}

impl From<Mistakes> for Error {
    fn from(mistakes: Mistakes) -> Self {
        let kind = if mistakes.tls.is_empty() {
            Kind::Config
        } else {
            Kind::Tls
        };
        let all = [mistakes.tls, mistakes.config].concat();
        let joined = Self::all("Tls", &all);
        let message = joined.map_or_else(String::new, |error| error.message().to_owned());
        Self::new(kind, message)
    }
}

/// Notes a mistake under the name of its setting.
pub(super) fn noted<T>(
    mistakes: &mut Vec<String>,
    name: &str,
    checked: Result<T, String>,
) -> Option<T> {
    checked
        .map_err(|mistake| mistakes.push(format!("{name}: {mistake}")))
        .ok()
}
