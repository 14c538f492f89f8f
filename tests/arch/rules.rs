//! What each rule forbids. A rule gets one file and answers with a line for each breach.

use super::code::{Source, Token};

pub type Rule = fn(&Source) -> Vec<String>;

/// Which rooms each room may import, itself aside. `lib.rs` is the map and imports nothing.
const ARROWS: [(&str, &[&str]); 17] = [
    ("lib", &[]),
    ("error", &[]),
    ("config", &["error"]),
    ("sys", &["error"]),
    ("stats", &["error", "sys"]),
    ("net", &["error", "config", "stats", "sys"]),
    ("tls", &["error", "config", "stats", "sys"]),
    ("acme", &["error", "sys", "tls"]),
    ("body", &["error", "config", "stats"]),
    ("compress", &["error", "config"]),
    ("sse", &["error"]),
    (
        "http",
        &["error", "config", "stats", "body", "compress", "sse"],
    ),
    ("forms", &["error", "config", "sys", "body", "http"]),
    (
        "files",
        &["error", "config", "stats", "sys", "body", "http"],
    ),
    (
        "server",
        &[
            "error", "config", "stats", "sys", "net", "tls", "body", "compress", "http", "files",
        ],
    ),
    ("workers", &["error", "stats", "sys", "net"]),
    (
        "php",
        &[
            "error", "config", "stats", "sys", "net", "tls", "acme", "body", "compress", "sse",
            "http", "forms", "files", "server", "workers",
        ],
    ),
];

/// The islands of unsafe code.
const UNSAFE_ROOMS: [&str; 2] = ["sys", "php"];

/// The lines that a file may have before its tests.
const FILE_LINES: usize = 500;

/// The lines that a function may have, from `fn` to its last brace.
const FUNCTION_LINES: usize = 100;

/// A room imports only what [`ARROWS`] allows, by `crate::`, `super::` or a group of either.
pub fn imports(source: &Source) -> Vec<String> {
    let room = source.room();
    let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == room) else {
        return vec![format!(
            "src/{}: the room {room} is not in the table of arrows (tests/arch/rules.rs): say there what it may import",
            source.path
        )];
    };
    reached(source)
        .into_iter()
        .filter(|token| token.text != room && !allowed.contains(&token.text))
        .map(|token| {
            let name = token.text;
            if ARROWS.iter().any(|(known, _)| *known == name) {
                breach(source, token.line, &format!("{room} may not import {name}"))
            } else {
                breach(
                    source,
                    token.line,
                    &format!(
                        "{name} is imported from the crate root: name the room where it lives"
                    ),
                )
            }
        })
        .collect()
}

/// `ext_php_rs` is named nowhere but in `src/php`.
pub fn php_api(source: &Source) -> Vec<String> {
    if source.room() == "php" {
        return Vec::new();
    }
    words_of(source, &["ext_php_rs"], "only src/php may know ext_php_rs")
}

/// The keyword `unsafe` stands nowhere but in [`UNSAFE_ROOMS`].
pub fn unsafe_code(source: &Source) -> Vec<String> {
    if UNSAFE_ROOMS.contains(&source.room()) {
        return Vec::new();
    }
    words_of(
        source,
        &["unsafe"],
        "unsafe code belongs in src/sys or src/php",
    )
}

/// No file is longer than [`FILE_LINES`] before its tests.
pub fn file_length(source: &Source) -> Vec<String> {
    let lines = lines_before_tests(&source.text);
    if lines <= FILE_LINES {
        return Vec::new();
    }
    let what = format!(
        "{lines} lines before the tests, {FILE_LINES} are the limit: which noun wants out?"
    );
    vec![breach(source, lines, &what)]
}

/// No function is longer than [`FUNCTION_LINES`].
pub fn function_length(source: &Source) -> Vec<String> {
    let tokens = source.tokens();
    let mut breaches = Vec::new();
    for (index, pair) in tokens.windows(2).enumerate() {
        if pair[0].text != "fn" || !pair[1].is_word() {
            continue;
        }
        let length = last_line(&tokens[index..]) - pair[0].line + 1;
        if length > FUNCTION_LINES {
            let what = format!(
                "{} has {length} lines, {FUNCTION_LINES} are the limit",
                pair[1].text
            );
            breaches.push(breach(source, pair[0].line, &what));
        }
    }
    breaches
}

/// No `todo!`, `unimplemented!` or `dbg!`.
pub fn unfinished(source: &Source) -> Vec<String> {
    source
        .tokens()
        .windows(2)
        .filter(|pair| {
            ["todo", "unimplemented", "dbg"].contains(&pair[0].text) && pair[1].text == "!"
        })
        .map(|pair| {
            breach(
                source,
                pair[0].line,
                &format!("{}! is left in the code", pair[0].text),
            )
        })
        .collect()
}

fn breach(source: &Source, line: usize, what: &str) -> String {
    format!("src/{}:{line}: {what}", source.path)
}

fn words_of(source: &Source, words: &[&str], what: &str) -> Vec<String> {
    source
        .tokens()
        .iter()
        .filter(|token| words.contains(&token.text))
        .map(|token| breach(source, token.line, what))
        .collect()
}

/// A `#[cfg(test)]` counts as the beginning of the tests only when a module with a body follows it: on an import or a
/// `mod tests;` it hides nothing of what comes after.
fn lines_before_tests(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().collect();
    let opens_tests = |at: &usize| {
        let item = lines[at + 1..].iter().find(|line| !line.starts_with("#["));
        item.is_some_and(|line| line.starts_with("mod ") && line.ends_with('{'))
    };
    (0..lines.len())
        .filter(|at| lines[*at] == "#[cfg(test)]")
        .find(opens_tests)
        .unwrap_or(lines.len())
}

/// The line on which the function ends that begins with `tokens`.
fn last_line(tokens: &[Token<'_>]) -> usize {
    let mut depth = 0_usize;
    let mut inside = 0_usize;
    for token in tokens {
        match token.text {
            "(" | "[" => inside += 1,
            ")" | "]" => inside = inside.saturating_sub(1),
            ";" if depth == 0 && inside == 0 => return token.line,
            "{" => depth += 1,
            "}" => {
                depth = depth.saturating_sub(1);
                if depth == 0 && inside == 0 {
                    return token.line;
                }
            }
            _ => {}
        }
    }
    tokens.last().map_or(0, |token| token.line)
}

/// The first name after each path that begins at the crate root: by `crate::`, or by as many `super::` as lead there.
fn reached(source: &Source) -> Vec<Token<'_>> {
    let tokens = source.tokens();
    let mut names = Vec::new();
    let mut inline: Vec<usize> = Vec::new(); // the brace depths at which `mod name {` opened
    let mut depth = 0;
    let mut at = 0;
    while at < tokens.len() {
        match tokens[at].text {
            "{" => {
                depth += 1;
                if at >= 2 && tokens[at - 2].text == "mod" {
                    inline.push(depth);
                }
            }
            "}" => {
                if inline.last() == Some(&depth) {
                    inline.pop();
                }
                depth = usize::saturating_sub(depth, 1);
            }
            "crate" => names.extend(first_names(&tokens[at + 1..])),
            "super" => {
                let ups = supers(&tokens[at..]);
                if ups == source.module().len() + inline.len() {
                    names.extend(first_names(&tokens[at + 2 * ups - 1..]));
                }
                at += 2 * (ups - 1);
            }
            _ => {}
        }
        at += 1;
    }
    names
}

/// How many `super` stand in a row, joined by `::`.
fn supers(tokens: &[Token<'_>]) -> usize {
    tokens
        .chunks(2)
        .take_while(|pair| pair[0].text == "super")
        .take_while(|pair| pair.get(1).is_none_or(|joint| joint.text == "::"))
        .count()
        .max(1)
}

/// The names that follow `::` directly: one, or each of a `{group}`.
fn first_names<'a>(tokens: &[Token<'a>]) -> Vec<Token<'a>> {
    match tokens {
        [joint, group, rest @ ..] if joint.text == "::" && group.text == "{" => {
            names_of_group(rest)
        }
        [joint, name, ..] if joint.text == "::" => vec![*name],
        _ => Vec::new(),
    }
}

fn names_of_group<'a>(tokens: &[Token<'a>]) -> Vec<Token<'a>> {
    let mut names = Vec::new();
    let mut depth = 1;
    let mut begins = true;
    for token in tokens {
        match token.text {
            "{" => depth += 1,
            "}" => depth -= 1,
            "," if depth == 1 => {
                begins = true;
                continue;
            }
            _ if begins && depth == 1 => names.push(*token),
            _ => {}
        }
        if depth == 0 {
            break;
        }
        begins = false;
    }
    names
}
