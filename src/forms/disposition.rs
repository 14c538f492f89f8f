//! Content-Disposition as PHP reads it: names and values come out to the byte as `$_POST` and `$_FILES`
//! would have them, oddities included.

/// The `name` and the `filename` that a Content-Disposition states; the last of each counts.
pub(super) fn names(mut line: &[u8]) -> (Option<Vec<u8>>, Option<Vec<u8>>) {
    let (mut name, mut filename) = (None, None);
    while !line.is_empty() {
        let (word, rest) = word(line, b';');
        line = rest.trim_ascii_start();
        if !word.contains(&b'=') {
            continue;
        }
        let (key, value) = self::word(word.trim_ascii_start(), b'=');
        if key.eq_ignore_ascii_case(b"name") {
            name = Some(unquoted(value));
        } else if key.eq_ignore_ascii_case(b"filename") {
            filename = Some(unquoted(value));
        }
    }
    (name, filename)
}

/// What stands before `stop`, quoted strings passed over, and what follows it.
fn word(line: &[u8], stop: u8) -> (&[u8], &[u8]) {
    let mut at = 0;
    while at < line.len() && line[at] != stop {
        let quote = line[at];
        at += 1;
        if quote == b'"' || quote == b'\'' {
            while at < line.len() && line[at] != quote {
                let escapes = line[at] == b'\\' && line.get(at + 1) == Some(&quote);
                at += if escapes { 2 } else { 1 };
            }
            at = (at + 1).min(line.len());
        }
    }
    let (word, mut rest) = line.split_at(at);
    while rest.first() == Some(&stop) {
        rest = &rest[1..];
    }
    (word, rest)
}

/// A value without its quotes; without any it ends at the first blank.
fn unquoted(text: &[u8]) -> Vec<u8> {
    let text = text.trim_ascii_start();
    let quote = text.first().copied().filter(|byte| b"\"'".contains(byte));
    let text = match quote {
        Some(_) => &text[1..],
        None => {
            let end = text.iter().position(u8::is_ascii_whitespace);
            &text[..end.unwrap_or(text.len())]
        }
    };
    let mut value = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() && Some(text[at]) != quote {
        let escaped = text.get(at + 1).copied();
        if text[at] == b'\\' && (escaped == Some(b'\\') || quote.is_some() && escaped == quote) {
            at += 1;
        }
        value.push(text[at]);
        at += 1;
    }
    value
}

/// What of a file name counts: browsers of old sent whole paths.
pub(super) fn basename(path: &[u8]) -> &[u8] {
    let cut = path.iter().rposition(|byte| b"/\\".contains(byte));
    cut.map_or(path, |at| &path[at + 1..])
}

/// Whether each bracket of a file's name is closed and followed by another or nothing. PHP takes no file
/// whose name is not like that.
pub(super) fn has_sound_brackets(name: &[u8]) -> bool {
    let mut depth = 0_i32;
    for (at, byte) in name.iter().enumerate() {
        match byte {
            b'[' => depth += 1,
            b']' => {
                depth -= 1;
                if name.get(at + 1).is_some_and(|&next| next != b'[') {
                    return false;
                }
            }
            _ => {}
        }
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(line: &str) -> (Option<String>, Option<String>) {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let (name, filename) = names(line.as_bytes());
        (name.map(text), filename.map(text))
    }

    #[test]
    fn names_are_read_as_php_reads_them() {
        let cases = [
            ("form-data; name=\"a\"", Some("a"), None),
            ("form-data; name=a", Some("a"), None),
            ("form-data; NAME='a b'", Some("a b"), None),
            (
                "form-data;name=\"a;b\";filename=\"c;d\"",
                Some("a;b"),
                Some("c;d"),
            ),
            ("form-data; name=\"a\\\"b\"", Some("a\"b"), None),
            ("form-data; name=\"C:\\dir\\x\"", Some("C:\\dir\\x"), None),
            ("form-data; name=\"a\\\\b\"", Some("a\\b"), None),
            ("form-data; name=\"\"; filename=\"\"", Some(""), Some("")),
            ("form-data; name=a; name=b", Some("b"), None),
            ("form-data; filename=\"x\"", None, Some("x")),
            ("form-data; filename*=utf-8''x; name=n", Some("n"), None),
            ("form-data; name=\"open", Some("open"), None),
            ("form-data", None, None),
            ("", None, None),
        ];
        for (line, name, filename) in cases {
            let expected = (name.map(String::from), filename.map(String::from));
            assert_eq!(both(line), expected, "{line}");
        }
    }

    #[test]
    fn a_path_is_cut_to_its_last_part() {
        for (path, base) in [
            ("a.txt", "a.txt"),
            ("/etc/a", "a"),
            ("C:\\x\\a", "a"),
            ("a/b\\c", "c"),
            ("a\\b/c", "c"),
            ("a/", ""),
            ("../..", ".."),
        ] {
            assert_eq!(basename(path.as_bytes()), base.as_bytes(), "{path}");
        }
    }

    #[test]
    fn brackets_of_files_have_to_be_closed() {
        for (name, sound) in [
            ("a", true),
            ("a[]", true),
            ("a[b][c]", true),
            ("a[b[c]]", false),
            ("a[", false),
            ("a]", false),
            ("a]b[", false),
            ("a[b]c", false),
        ] {
            assert_eq!(has_sound_brackets(name.as_bytes()), sound, "{name}");
        }
    }
}
