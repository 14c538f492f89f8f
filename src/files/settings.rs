//! A mount: what was said, and what it means.

use std::path::PathBuf;

use http::HeaderValue;

use super::coding::{Coding, Codings};
use crate::error::{Error, Result};
use crate::sys::Links;

/// A mount as it was said, not yet checked.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// The folder whose files are served.
    pub root: PathBuf,
    /// Where its paths begin.
    pub prefix: Vec<u8>,
    /// The file that stands for a folder, if one does.
    pub index: Option<Vec<u8>>,
    /// The `Cache-Control` of every file.
    pub cache_control: Option<Vec<u8>>,
    /// Whether the handler answers for what is not there.
    pub fallback: bool,
    /// The codings that files may lie there in, the best first.
    pub precompressed: Vec<Vec<u8>>,
    /// Whether names that begin with a dot are served.
    pub dotfiles: bool,
    /// Which symbolic links are followed: `inside`, `deny` or `follow`.
    pub symlinks: Vec<u8>,
    /// Types by the endings of names.
    pub types: Vec<(Vec<u8>, Vec<u8>)>,
}

/// A mount that is good.
#[derive(Clone, Debug)]
pub struct Settings {
    pub(super) root: PathBuf,
    /// Without a slash at its end; empty for all paths.
    pub(super) prefix: Vec<u8>,
    pub(super) index: Option<Vec<u8>>,
    pub(super) cache_control: Option<HeaderValue>,
    pub(super) fallback: bool,
    pub(super) precompressed: Codings,
    pub(super) dotfiles: bool,
    pub(super) links: Links,
    pub(super) types: Vec<(String, HeaderValue)>,
}

impl Settings {
    /// Checks what was said.
    ///
    /// # Errors
    /// One error of kind `Config` with every mistake.
    pub fn parse(said: Said) -> Result<Self> {
        let mut mistakes = Vec::new();
        let mut note = |checked: Result<(), String>| mistakes.extend(checked.err());
        note(root(&said.root));
        note(prefix(&said.prefix));
        note(said.index.as_deref().map_or(Ok(()), index));
        let cache_control = said.cache_control.as_deref().map(cache_control);
        note(
            cache_control
                .clone()
                .map_or(Ok(()), |value| value.map(drop)),
        );
        let precompressed = codings(&said.precompressed);
        note(precompressed.clone().map(drop));
        let links = links(&said.symlinks);
        note(links.clone().map(drop));
        let types: Vec<Result<(String, HeaderValue), String>> = said
            .types
            .iter()
            .map(|(ending, name)| own_type(ending, name))
            .collect();
        for own in &types {
            note(own.clone().map(drop));
        }
        if let Some(error) = Error::all("Files", &mistakes) {
            return Err(error);
        }
        let mut prefix = said.prefix;
        if prefix.ends_with(b"/") {
            prefix.pop();
        }
        Ok(Self {
            root: said.root,
            prefix,
            index: said.index,
            cache_control: cache_control.and_then(Result::ok),
            fallback: said.fallback,
            precompressed: precompressed.unwrap_or_default(),
            dotfiles: said.dotfiles,
            links: links.unwrap_or(Links::Deny),
            types: types.into_iter().flatten().collect(),
        })
    }

    /// Where the paths of the mount begin, without a slash at the end.
    pub fn prefix(&self) -> &[u8] {
        &self.prefix
    }
}

fn root(root: &std::path::Path) -> Result<(), String> {
    let shown = root.display();
    if root.as_os_str().is_empty() {
        return Err("root: it is empty; it must be the path of a folder".into());
    }
    match std::fs::metadata(root) {
        Ok(about) if about.is_dir() => Ok(()),
        Ok(_) => Err(format!("root: \"{shown}\" is not a folder")),
        Err(error) => Err(format!("root: \"{shown}\" cannot be opened: {error}")),
    }
}

fn prefix(prefix: &[u8]) -> Result<(), String> {
    let shown = prefix.escape_ascii();
    if !prefix.starts_with(b"/") {
        return Err(format!("prefix: \"{shown}\" must begin with a slash"));
    }
    let inside = prefix[1..].strip_suffix(b"/").unwrap_or(&prefix[1..]);
    let is_odd = |name: &[u8]| name.is_empty() || name == b"." || name == b"..";
    let has_odd = !inside.is_empty() && inside.split(|&byte| byte == b'/').any(is_odd);
    if has_odd || prefix == b"//" || inside.iter().any(|byte| b"\0\\?#%".contains(byte)) {
        return Err(format!(
            "prefix: \"{shown}\" must be a path such as \"/static\", without \"..\", \"//\", \"?\", \"#\" or \"%\""
        ));
    }
    Ok(())
}

fn index(index: &[u8]) -> Result<(), String> {
    let is_name = !index.is_empty() && index != b"." && index != b"..";
    if is_name && !index.iter().any(|byte| b"/\\\0".contains(byte)) {
        return Ok(());
    }
    let shown = index.escape_ascii();
    Err(format!(
        "index: \"{shown}\" must be the name of a file, such as \"index.html\", or null for none"
    ))
}

fn cache_control(value: &[u8]) -> Result<HeaderValue, String> {
    let shown = value.escape_ascii();
    HeaderValue::from_bytes(value)
        .ok()
        .filter(|value| !value.as_bytes().trim_ascii().is_empty())
        .ok_or_else(|| {
            format!("cacheControl: \"{shown}\" must be a header value such as \"max-age=3600\"")
        })
}

fn codings(said: &[Vec<u8>]) -> Result<Codings, String> {
    let mut codings = Codings::new();
    for token in said {
        let known = Coding::ALL
            .into_iter()
            .find(|coding| coding.token().as_bytes() == token.as_slice());
        let shown = token.escape_ascii();
        match known {
            None => {
                return Err(format!(
                    "precompressed: \"{shown}\" is not one of \"br\", \"zstd\" and \"gzip\""
                ));
            }
            Some(coding) if codings.contains(&coding) => {
                return Err(format!("precompressed: \"{shown}\" is there twice"));
            }
            Some(coding) => codings.push(coding),
        }
    }
    Ok(codings)
}

fn links(said: &[u8]) -> Result<Links, String> {
    match said {
        b"inside" => Ok(Links::Inside),
        b"deny" => Ok(Links::Deny),
        b"follow" => Ok(Links::Follow),
        _ => Err(format!(
            "symlinks: \"{}\" is not one of \"inside\", \"deny\" and \"follow\"",
            said.escape_ascii()
        )),
    }
}

fn own_type(ending: &[u8], name: &[u8]) -> Result<(String, HeaderValue), String> {
    let shown = ending.escape_ascii();
    let known = std::str::from_utf8(ending)
        .ok()
        .filter(|ending| !ending.is_empty() && !ending.contains(['.', '/', '\0']))
        .ok_or_else(|| {
            format!(
                "types: \"{shown}\" must be the ending of a name without its dot, such as \"md\""
            )
        })?;
    let is_type = |name: &HeaderValue| {
        let name = name.to_str().unwrap_or_default();
        let essence = name.split(';').next().unwrap_or_default().trim();
        let parts = essence.split_once('/');
        parts.is_some_and(|(kind, sub)| !kind.is_empty() && !sub.is_empty() && !sub.contains('/'))
    };
    let value = HeaderValue::from_bytes(name).ok().filter(is_type);
    value.map(|value| (known.to_owned(), value)).ok_or_else(|| {
        let name = name.escape_ascii();
        format!("types: \"{name}\" for \"{shown}\" must be a type such as \"text/markdown\"")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said() -> Said {
        Said {
            root: "/".into(),
            prefix: b"/".to_vec(),
            symlinks: b"inside".to_vec(),
            ..Said::default()
        }
    }

    #[test]
    fn every_mistake_is_named() {
        let error = Settings::parse(Said {
            root: "/nowhere/at/all".into(),
            prefix: b"static".to_vec(),
            index: Some(b"a/b".to_vec()),
            cache_control: Some(b"a\nb".to_vec()),
            precompressed: vec![b"brotli".to_vec()],
            symlinks: b"maybe".to_vec(),
            types: vec![
                (b".md".to_vec(), b"text/markdown".to_vec()),
                (b"md".to_vec(), b"text".to_vec()),
            ],
            ..Said::default()
        });
        let message = error.unwrap_err().to_string();
        assert!(message.starts_with("Files: 8 mistakes: "), "{message}");
        for named in [
            "/nowhere/at/all",
            "\"static\"",
            "\"a/b\"",
            "a\\nb",
            "\"brotli\"",
            "\"maybe\"",
            "\".md\"",
            "\"text\"",
        ] {
            assert!(message.contains(named), "{named} in {message}");
        }
    }

    #[test]
    fn a_prefix_is_a_plain_path() {
        let parse = |prefix: &[u8]| {
            let prefix = prefix.to_vec();
            Settings::parse(Said { prefix, ..said() }).map(|settings| settings.prefix)
        };
        assert_eq!(parse(b"/").ok(), Some(b"".to_vec()));
        assert_eq!(parse(b"/a/b").ok(), Some(b"/a/b".to_vec()));
        assert_eq!(parse(b"/a/").ok(), Some(b"/a".to_vec()));
        for odd in [
            "", "a", "//", "/a//b", "/../a", "/a/.", "/a?b", "/a%20b", "/a\\b",
        ] {
            assert!(parse(odd.as_bytes()).is_err(), "{odd}");
        }
    }
}
