use super::*;

fn elements(line: &str) -> Vec<&str> {
    let elements = Elements(Some(line.as_bytes()));
    elements
        .map(|element| std::str::from_utf8(element).unwrap())
        .collect()
}

#[test]
fn elements_come_from_the_end_and_quoted_commas_part_none() {
    assert_eq!(elements("a"), ["a"]);
    assert_eq!(elements("for=a, for=b,for=c"), ["for=c", "for=b", "for=a"]);
    assert_eq!(elements(" , a,,\t, b , "), ["b", "a"]);
    assert_eq!(elements(""), [""; 0]);
    assert_eq!(elements(",,,"), [""; 0]);
    assert_eq!(elements(r#"x="a,b", y="c""#), [r#"y="c""#, r#"x="a,b""#]);
    assert_eq!(elements(r#"x="a\",b", y"#), ["y", r#"x="a\",b""#]);
    assert_eq!(elements(r#"x="a\\", y"#), ["y", r#"x="a\\""#]);
    assert_eq!(elements(r#"x="a\\\",b", y"#), ["y", r#"x="a\\\",b""#]);
}

#[test]
fn what_a_client_leaves_open_ends_with_what_the_client_wrote() {
    for before in [
        r#"for=""#,
        r#"for="\"#,
        r#"for="a,b\\"#,
        r#"""""#,
        r#"for="x;proto="#,
        r"\",
        "\"\\\",",
        "=",
    ] {
        let line = format!(r#"{before}, for="[2001:db8::1]:80";host="a,b""#);
        let last = elements(&line)[0];
        assert_eq!(last, r#"for="[2001:db8::1]:80";host="a,b""#, "{line}");
    }
}

fn parsed(element: &str) -> Option<Told<'_>> {
    parse(element.as_bytes())
}

fn node(said: &str) -> Option<Node> {
    Some(Node::parse(said.as_bytes()).unwrap())
}

#[test]
fn an_element_is_parameters_in_any_order_and_case() {
    let all = Told {
        node: node("192.0.2.1:80"),
        is_secure: Some(true),
        host: Some("example.com:8443".into()),
        port: None,
    };
    for element in [
        r#"for="192.0.2.1:80";proto=https;host="example.com:8443";by=_me"#,
        r#"By=_me;HOST="example.com:8443";Proto=HTTPS;For="192.0.2.1:80""#,
        r#"for="192.0.2.1:80" ; proto=https;	host="example.com:8443""#,
        r"for=192.0.2.1:80;proto=https;host=example.com:8443",
        r#";;for="192.0.2.1:80";;proto="https";host="example.com:8443";"#,
        r#"for="192\.0.2.1\:80";proto="h\ttps";host="example\.com:8443""#,
        r#"for="192.0.2.1:80";proto=https;host="example.com:8443";x-id="a;b,\"c";x-id=d"#,
    ] {
        assert_eq!(parsed(element).as_ref(), Some(&all), "{element}");
    }
    assert_eq!(
        parsed("for=\"[2001:db8::1]:443\"").unwrap().node,
        node("[2001:db8::1]:443")
    );
}

#[test]
fn a_value_that_makes_no_sense_is_as_if_it_were_missing() {
    let unknown = Told {
        node: Some(Node::Unknown),
        ..Told::default()
    };
    for element in [
        "for=unknown",
        "for=_hidden",
        "for=nonsense",
        "proto=wss",
        "for=192.0.2.1.5",
        "host=\"a b\"",
        "host=\"\"",
        "host=\"user@x\"",
        "by=192.0.2.1",
        "x=y",
        ";",
    ] {
        assert_eq!(parsed(element).as_ref(), Some(&unknown), "{element}");
    }
}

#[test]
fn an_element_that_is_not_of_the_grammar_is_malformed() {
    for element in [
        "for",
        "for=",
        "=192.0.2.1",
        "192.0.2.1",
        "for =192.0.2.1",
        "for= 192.0.2.1",
        "for=192.0.2.1 proto=https",
        "for=192.0.2.1;proto",
        "for=192.0.2.1;for=192.0.2.1",
        "for=nonsense;For=192.0.2.1",
        "by=a;by=b",
        "proto=wss;proto=https",
        "for=\"192.0.2.1",
        "for=\"192.0.2.1\\\"",
        "for=\"192.0.2.1\"x",
        "for=\"192.0.2.1\"\"\"",
        "fo r=192.0.2.1",
        "for=192.0.2.1/24",
        "for=<192.0.2.1>",
        "för=1",
    ] {
        assert_eq!(parsed(element), None, "{element}");
    }
}
