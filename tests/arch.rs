//! The rules of the house, checked on the text of `src/`: which room may import which, where PHP and unsafe code may
//! be, how long a file and a function may become. ARCHITECTURE.md says why; `arch/rules.rs` holds the tables.

#[path = "arch/code.rs"]
mod code;
#[path = "arch/rules.rs"]
mod rules;
#[path = "arch/rules_fire.rs"]
mod rules_fire;

use std::fs;
use std::path::{Path, PathBuf};

use code::Source;
use rules::Rule;

#[test]
fn a_room_imports_only_the_rooms_below_it() {
    assert_kept(rules::imports);
}

#[test]
fn only_the_php_room_knows_ext_php_rs() {
    assert_kept(rules::php_api);
}

#[test]
fn unsafe_code_stays_on_its_two_islands() {
    assert_kept(rules::unsafe_code);
}

#[test]
fn no_file_passes_the_hard_limit() {
    assert_kept(rules::file_length);
}

#[test]
fn no_function_passes_the_hard_limit() {
    assert_kept(rules::function_length);
}

#[test]
fn nothing_is_left_unfinished() {
    assert_kept(rules::unfinished);
}

#[test]
fn architecture_md_exists_and_stays_a_short_read() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md"))
        .expect("ARCHITECTURE.md is part of the project");
    let lines = text.lines().count();
    assert!(
        (20..=150).contains(&lines),
        "ARCHITECTURE.md has {lines} lines: 20 to 150 are right"
    );
}

fn assert_kept(rule: Rule) {
    let sources = sources();
    let breaches: Vec<String> = sources.iter().flat_map(rule).collect();
    assert!(breaches.is_empty(), "\n{}\n", breaches.join("\n"));
}

/// Every Rust file of `src/`, in the order of their paths.
fn sources() -> Vec<Source> {
    let src = root().join("src");
    let mut files = Vec::new();
    collect(&src, &mut files);
    files.sort();
    let sources: Vec<Source> = files
        .iter()
        .map(|file| {
            let path = file.strip_prefix(&src).expect("a file of src is below src");
            let text = fs::read_to_string(file).expect("a source file is UTF-8 text");
            Source::new(&path.to_string_lossy(), text)
        })
        .collect();
    assert!(
        sources.iter().any(|source| source.path == "lib.rs"),
        "src/lib.rs was not found: nothing would be checked"
    );
    sources
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("src is a folder") {
        let path = entry.expect("a folder can be listed").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
