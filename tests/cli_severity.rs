//! `watchdeck severity` on files and standard input.
#![allow(clippy::unwrap_used)] // a test's fault is told by its panic

mod cli_support;

use cli_support::Home;

const LOG: &str = "2026-01-02T03:04:05Z INFO served\nERROR disk full\n\n{\"level\":\"warn\",\"msg\":\"slow\"}\nplain text\n";

fn classes(json: &str) -> Vec<String> {
    let line = |line: &str| {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        value["class"].as_str().unwrap().to_owned()
    };
    json.lines().map(line).collect()
}

#[test]
fn one_object_for_each_line() {
    let home = Home::new();
    let file = home.write("a.log", LOG);
    let expected = ["info", "error", "other", "warning", "other"];
    assert_eq!(classes(&home.ok(&["severity", "--json", &file])), expected);
    for dash in [&["severity", "--json", "-"][..], &["severity", "--json"]] {
        assert_eq!(classes(&home.piped(LOG.as_bytes(), dash).text), expected);
    }
}

#[test]
fn the_span_and_the_detector_are_told() {
    let home = Home::new();
    let ran = home.piped(b"ERROR disk full\nnothing\n", &["severity", "--json"]);
    let [first, second] = [0, 1].map(|at| -> serde_json::Value {
        serde_json::from_str(ran.text.lines().nth(at).unwrap()).unwrap()
    });
    assert_eq!(first["span"], serde_json::json!([0, 5]), "{first}");
    assert!(first["detector"].is_string() && first["line"] == 1, "{first}");
    assert!(second["span"].is_null() && second.get("detector").is_none(), "{second}");
}

#[test]
fn plain_output_has_one_line_for_each_line() {
    let home = Home::new();
    let text = home.piped(LOG.as_bytes(), &["severity"]).text;
    let first = |line: &str| line.split_whitespace().next().unwrap().to_owned();
    let shown: Vec<_> = text.lines().map(first).collect();
    assert_eq!(shown, ["info", "error", "other", "warning", "other"]);
    assert!(text.contains("ERROR disk full"));
}

#[test]
fn any_bytes_give_one_verdict_a_line() {
    let home = Home::new();
    let mut bytes = vec![b'x'; 200_000];
    bytes.extend(b"\nERROR \xff\xfe\x1b[31m\n\x00\n");
    assert_eq!(classes(&home.piped(&bytes, &["severity", "--json"]).text).len(), 3);
}

#[test]
fn the_users_rules_decide_first() {
    let home = Home::new();
    let config = home.write(
        "rules.toml",
        "[[alerts]]\nname = \"calm\"\nregex = \"disk full\"\nseverity = \"ignore\"\n",
    );
    let arguments = ["--config", &config, "severity", "--json"];
    let ran = home.piped(b"ERROR disk full\n", &arguments);
    assert!(ran.text.contains("\"class\":\"other\""), "{}", ran.text);
    assert!(ran.text.contains("\"rule\":\"calm\""), "{}", ran.text);
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let complaint = Home::new().fails(1, &["severity", "/no/such.log"]);
    assert!(complaint.contains("/no/such.log"), "{complaint}");
}
