//! HTTP/1.1 to the letter (RFC 9110, RFC 9112): bytes that a client may send, and what must come of them. The
//! cases are data, by theme, in the folder of the same name. One runner gives each to the engine twice, whole and
//! in small pieces, and it comes to the same.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects by panicking"
)]

#[path = "http1_conformance/bodies.rs"]
mod bodies;
#[path = "http1_conformance/case.rs"]
mod case;
#[path = "http1_conformance/chunks.rs"]
mod chunks;
#[path = "http1_conformance/connections.rs"]
mod connections;
#[path = "http1_conformance/fields.rs"]
mod fields;
#[path = "http1_conformance/hosts.rs"]
mod hosts;
#[path = "http1_conformance/lines.rs"]
mod lines;
#[path = "http1_conformance/runner.rs"]
mod runner;
#[path = "http1_conformance/sizes.rs"]
mod sizes;
#[path = "http1_conformance/smuggling.rs"]
mod smuggling;
mod support;
#[path = "http1_conformance/targets.rs"]
mod targets;

use std::collections::BTreeSet;

use runner::check;

#[test]
fn no_request_hides_behind_an_ambiguous_framing() {
    check(smuggling::cases());
}

#[test]
fn the_chunked_coding_has_one_reading() {
    check(chunks::cases());
}

#[test]
fn a_body_is_as_long_as_it_was_declared() {
    check(bodies::cases());
}

#[test]
fn a_request_line_is_a_method_a_target_and_a_version() {
    check(lines::cases());
}

#[test]
fn a_target_has_one_of_four_forms() {
    check(targets::cases());
}

#[test]
fn a_field_line_is_a_token_a_colon_and_a_value() {
    check(fields::cases());
}

#[test]
fn a_request_names_one_host() {
    check(hosts::cases());
}

#[test]
fn what_is_past_a_limit_is_refused_and_what_is_at_it_is_not() {
    check(sizes::cases());
}

#[test]
fn a_connection_goes_on_when_both_sides_agree_where_a_request_ends() {
    check(connections::cases());
}

#[test]
fn there_are_many_cases_and_each_has_a_name_of_its_own() {
    let all = [
        smuggling::cases(),
        chunks::cases(),
        bodies::cases(),
        lines::cases(),
        targets::cases(),
        fields::cases(),
        hosts::cases(),
        sizes::cases(),
        connections::cases(),
    ]
    .concat();
    let names: BTreeSet<_> = all.iter().map(|case| &case.name).collect();
    assert_eq!(names.len(), all.len());
    assert!(all.len() >= 150, "there are {}", all.len());
}
