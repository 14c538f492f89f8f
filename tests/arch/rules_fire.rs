//! Each rule fires on text that breaks it, and is silent on text that only looks like it.

use super::code::Source;
use super::rules::{self, Rule};

fn breaches(rule: Rule, path: &str, text: &str) -> Vec<String> {
    rule(&Source::new(path, text.to_owned()))
}

#[track_caller]
fn fires(rule: Rule, path: &str, text: &str) {
    assert_eq!(
        breaches(rule, path, text).len(),
        1,
        "one breach expected in {path}: {text}"
    );
}

#[track_caller]
fn silent(rule: Rule, path: &str, text: &str) {
    assert_eq!(breaches(rule, path, text), Vec::<String>::new());
}

#[test]
fn an_import_against_the_arrows_is_found() {
    fires(rules::imports, "http/conn.rs", "use crate::net::Stream;");
    fires(
        rules::imports,
        "config/limits.rs",
        "fn f() -> crate::stats::Counter { c() }",
    );
    fires(
        rules::imports,
        "tls/stream.rs",
        "use crate::{error::{Error, Kind}, body};",
    );
    fires(rules::imports, "error.rs", "use crate::config::Limits;");
    fires(rules::imports, "server/mod.rs", "pub use crate::php;");
    fires(
        rules::imports,
        "sys/signal.rs",
        "macro_rules! m { () => { $crate::server::stop() } }",
    );
}

#[test]
fn an_import_by_super_is_found() {
    fires(rules::imports, "http/mod.rs", "use super::net::Stream;");
    fires(
        rules::imports,
        "http/h1/head.rs",
        "use super::super::super::net::Stream;",
    );
    fires(
        rules::imports,
        "http/head.rs",
        "mod inner { use super::super::super::{net, body}; }",
    );
    fires(
        rules::imports,
        "http/head.rs",
        "mod inner { mod more {} } use super::super::net;",
    );
}

#[test]
fn an_import_from_the_root_is_found() {
    fires(rules::imports, "http/mod.rs", "use crate::Error;");
    fires(rules::imports, "http/mod.rs", "use crate::*;");
}

#[test]
fn a_room_without_arrows_is_found() {
    fires(rules::imports, "attic/mod.rs", "");
}

#[test]
fn an_import_along_the_arrows_is_allowed() {
    silent(
        rules::imports,
        "http/conn.rs",
        "use crate::body::Sender; use crate::http::Reply; use super::net;",
    );
    silent(
        rules::imports,
        "php/mod.rs",
        "use crate::{server, tls::Settings, error::{self, net}};",
    );
    silent(
        rules::imports,
        "http/mod.rs",
        "// use crate::net;\nconst S: &str = \"crate::net\";",
    );
    silent(
        rules::imports,
        "http/head.rs",
        "mod tests { use super::super::net; use super::*; }",
    );
    silent(rules::imports, "lib.rs", "pub mod net; mod php;");
    silent(
        rules::imports,
        "http/mod.rs",
        "pub(crate) fn f() {} pub(super) fn g() {}",
    );
}

#[test]
fn ext_php_rs_outside_the_php_room_is_found() {
    fires(
        rules::php_api,
        "server/mod.rs",
        "use ext_php_rs::types::Zval;",
    );
    fires(
        rules::php_api,
        "lib.rs",
        "#[cfg(feature = \"php\")]\nextern crate ext_php_rs;",
    );
    silent(rules::php_api, "php/mod.rs", "use ext_php_rs::types::Zval;");
    silent(
        rules::php_api,
        "server/mod.rs",
        "/// Like `ext_php_rs` does.\nfn f() {}",
    );
}

#[test]
fn unsafe_outside_its_islands_is_found() {
    fires(
        rules::unsafe_code,
        "http/mod.rs",
        "fn f() { unsafe { g() } }",
    );
    fires(
        rules::unsafe_code,
        "tls/ring.rs",
        "unsafe impl Send for Ring {}",
    );
    silent(
        rules::unsafe_code,
        "sys/mod.rs",
        "fn f() { unsafe { g() } }",
    );
    silent(
        rules::unsafe_code,
        "php/zend/mod.rs",
        "fn f() { unsafe { g() } }",
    );
    silent(rules::unsafe_code, "lib.rs", "#![deny(unsafe_code)]");
}

#[test]
fn words_in_comments_and_literals_do_not_count() {
    for text in [
        "// unsafe",
        "/* a /* nested */ unsafe */",
        "const S: &str = \"an \\\" unsafe word\";",
        "const S: &str = r#\"a \" unsafe word\"#;",
        "const S: &[u8] = br\"unsafe\";",
        "const C: char = '\"'; // unsafe \"",
    ] {
        silent(rules::unsafe_code, "http/mod.rs", text);
    }
    for text in [
        "const C: char = '\"'; unsafe fn f() {}",
        "const C: char = '\\''; unsafe fn f() {}",
        "fn f<'a>(s: &'a str) { unsafe { g() } }",
        "/* a /* nested */ comment */ unsafe fn f() {}",
        "const S: &str = \"http://\"; unsafe fn f() {}",
        "const S: &str = r\"\\\"; unsafe fn f() {}",
        "fn r#try() { unsafe { g() } }",
    ] {
        fires(rules::unsafe_code, "http/mod.rs", text);
    }
}

#[test]
fn a_file_past_the_limit_is_found() {
    let lines = "// a line\n".repeat(501);
    fires(rules::file_length, "http/mod.rs", &lines);
    fires(
        rules::file_length,
        "http/mod.rs",
        &format!("#[cfg(test)]\nmod tests;\n{lines}"),
    );
    fires(
        rules::file_length,
        "http/mod.rs",
        &format!("#[cfg(test)]\nuse x::Y;\n{lines}"),
    );
}

#[test]
fn tests_do_not_count_for_the_length_of_a_file() {
    let lines = "// a line\n".repeat(500);
    silent(rules::file_length, "http/mod.rs", &lines);
    silent(
        rules::file_length,
        "http/mod.rs",
        &format!("{lines}#[cfg(test)]\nmod tests {{\n{lines}}}\n"),
    );
}

#[test]
fn a_function_past_the_limit_is_found() {
    let function = |lines: usize| {
        format!(
            "fn f(a: [u8; 2]) {{\n{}}}\nfn g() {{}}\n",
            "    h();\n".repeat(lines - 2)
        )
    };
    fires(rules::function_length, "http/mod.rs", &function(101));
    silent(rules::function_length, "http/mod.rs", &function(100));
    let declaration = format!("trait T {{ fn f(&self);\n{} }}", "// a line\n".repeat(200));
    silent(rules::function_length, "http/mod.rs", &declaration);
}

#[test]
fn what_is_unfinished_is_found() {
    fires(rules::unfinished, "http/mod.rs", "fn f() { todo!() }");
    fires(
        rules::unfinished,
        "http/mod.rs",
        "fn f() { unimplemented!(\"later\") }",
    );
    fires(rules::unfinished, "http/mod.rs", "fn f() { dbg!(1); }");
    silent(rules::unfinished, "http/mod.rs", "fn todo() {} // todo!()");
}
