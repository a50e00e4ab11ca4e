//! `docs/protocol.md` names everything that the golden files hold.

use std::collections::BTreeSet;

use serde_json::Value;
use watchdeck::proto::{
    AgentMessage, ClientMessage, ErrorCode, Reply, Request, Role, SessionStatus, Severity, Signal,
};

use crate::samples;
use crate::variants::{of_plain, of_tagged};

const DOCUMENT: &str = include_str!("../../docs/protocol.md");

/// Whether `name` stands in the document as code.
fn names(name: &str) -> bool {
    DOCUMENT.contains(&format!("`{name}`")) || DOCUMENT.contains(&format!("\"{name}\""))
}

fn missing<'a>(wanted: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    wanted.into_iter().filter(|name| !names(name)).collect()
}

#[test]
fn every_message_and_word_is_in_the_document() {
    for (what, wanted) in [
        ("client messages", of_tagged::<ClientMessage>("type")),
        ("agent messages", of_tagged::<AgentMessage>("type")),
        ("requests", of_tagged::<Request>("op")),
        ("replies", of_tagged::<Reply>("kind")),
        ("events", samples::EVENTS.as_slice()),
        ("error codes", of_plain::<ErrorCode>()),
        ("roles", of_plain::<Role>()),
        ("signals", of_plain::<Signal>()),
        ("severities", of_plain::<Severity>()),
        ("statuses", of_plain::<SessionStatus>()),
    ] {
        let missing = missing(wanted.iter().copied());
        assert!(missing.is_empty(), "docs/protocol.md does not name these {what}: {missing:?}");
    }
}

#[test]
fn every_field_is_in_the_document() {
    let mut fields = BTreeSet::new();
    for (_, message) in samples::client() {
        collect(&serde_json::to_value(message).unwrap(), &mut fields);
    }
    for (_, message) in samples::agent() {
        collect(&serde_json::to_value(message).unwrap(), &mut fields);
    }
    let missing = missing(fields.iter().map(String::as_str));
    assert!(missing.is_empty(), "docs/protocol.md does not name these fields: {missing:?}");
}

fn collect(value: &Value, fields: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                fields.insert(key.clone());
                // The keys inside are the user's.
                if !matches!(key.as_str(), "env" | "labels") {
                    collect(value, fields);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, fields)),
        _ => {}
    }
}

#[test]
fn every_kind_of_frame_has_a_row_in_the_document() {
    for kind in super::known_kinds() {
        assert!(DOCUMENT.contains(&format!("| {kind} | ")), "no row for frames of kind {kind}");
    }
}
