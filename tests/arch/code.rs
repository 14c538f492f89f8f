//! Rust text without its comments and literals, cut into the tokens that the rules ask for.

use std::ops::Range;

/// One file of `src/`.
pub struct Source {
    /// Relative to `src/`, such as `http/mod.rs`.
    pub path: String,
    /// The text as it stands.
    pub text: String,
    /// The same lines, with spaces for comments, strings and characters.
    code: String,
}

/// A word (identifier, keyword or number), `::`, or one character of punctuation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Token<'a> {
    pub text: &'a str,
    /// Counted from 1.
    pub line: usize,
}

impl Source {
    pub fn new(path: &str, text: String) -> Self {
        let code = without_comments_and_literals(&text);
        Self {
            path: path.to_owned(),
            text,
            code,
        }
    }

    /// The top-level module that the file belongs to: `http` for `http/h1/mod.rs`, `error` for `error.rs`.
    pub fn room(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or(&self.path);
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// The path of the file's module below the crate: `[http, h1]` for `http/h1/mod.rs`, `[]` for `lib.rs`.
    pub fn module(&self) -> Vec<&str> {
        let path = self.path.strip_suffix(".rs").unwrap_or(&self.path);
        let mut module: Vec<&str> = path.split('/').collect();
        if matches!(module.last(), Some(&("mod" | "lib"))) {
            module.pop();
        }
        module
    }

    pub fn tokens(&self) -> Vec<Token<'_>> {
        self.code
            .lines()
            .enumerate()
            .flat_map(|(index, line)| {
                words(line).map(move |text| Token {
                    text,
                    line: index + 1,
                })
            })
            .collect()
    }
}

impl Token<'_> {
    pub fn is_word(&self) -> bool {
        self.text.starts_with(is_word_char)
    }
}

fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = line;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        let first = rest.chars().next()?;
        let length = if is_word_char(first) {
            rest.find(|c| !is_word_char(c)).unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        let (word, after) = rest.split_at(length);
        rest = after;
        Some(word)
    })
}

/// Puts a space for each character of a comment, string or character literal; lines stay where they are.
fn without_comments_and_literals(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut code = chars.clone();
    let mut at = 0;
    while at < chars.len() {
        let end = hidden_until(&chars, at);
        if end > at {
            blank(&mut code, at..end);
            at = end;
        } else {
            at += 1;
        }
    }
    code.into_iter().collect()
}

fn blank(code: &mut [char], range: Range<usize>) {
    for c in &mut code[range] {
        if *c != '\n' {
            *c = ' ';
        }
    }
}

/// Where the comment or literal that begins at `at` ends; `at` itself when none begins there.
fn hidden_until(chars: &[char], at: usize) -> usize {
    let rest = &chars[at..];
    let length = match rest {
        ['/', '/', ..] => rest.iter().position(|c| *c == '\n').unwrap_or(rest.len()),
        ['/', '*', ..] => block_comment(rest),
        ['"', ..] => quoted(rest, '"'),
        ['\'', '\\', ..] | ['\'', _, '\'', ..] => quoted(rest, '\''),
        ['r', ..] if begins_word(chars, at) => raw_string(rest, 1),
        ['b' | 'c', 'r', ..] if begins_word(chars, at) => raw_string(rest, 2),
        _ => 0,
    };
    at + length
}

fn begins_word(chars: &[char], at: usize) -> bool {
    at == 0 || !is_word_char(chars[at - 1])
}

fn block_comment(rest: &[char]) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        match rest[at..] {
            ['/', '*', ..] => (depth, at) = (depth + 1, at + 2),
            ['*', '/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn quoted(rest: &[char], quote: char) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != quote {
        at += if rest[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(rest.len())
}

/// The length of a raw string whose prefix (`r`, `br` or `cr`) has `prefix` characters; 0 when it is another word.
fn raw_string(rest: &[char], prefix: usize) -> usize {
    let hashes = rest[prefix..].iter().take_while(|c| **c == '#').count();
    let open = prefix + hashes;
    if rest.get(open) != Some(&'"') {
        return 0;
    }
    let mut end = vec!['"'];
    end.resize(1 + hashes, '#');
    rest[open + 1..]
        .windows(end.len())
        .position(|window| window == end)
        .map_or(rest.len(), |position| open + 1 + position + end.len())
}
