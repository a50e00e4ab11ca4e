//! The wire, message by message: what is written equals the files under `tests/golden`, and what
//! stands there is read as the same values. `docs/protocol.md` names all of it.
//!
//! A change to a golden line breaks every other version of watchdeck unless it only adds a field
//! that readers may miss. `WATCHDECK_BLESS=1` writes the files anew.

#![allow(clippy::unwrap_used)] // in a test it is the verdict

mod document;
mod golden;
mod samples;
mod variants;

use std::collections::BTreeSet;
use std::fmt::Debug;

use bytes::Bytes;
use golden::{Golden, golden};
use samples::Named;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use watchdeck::proto::{
    AgentMessage, ClientMessage, ErrorCode, Event, Frame, FrameError, Reply, Request, Role,
    Severity, Update,
};

fn texts<T: Serialize>(messages: &Named<T>) -> Vec<(String, String)> {
    let text =
        |(name, message): &(String, T)| (name.clone(), serde_json::to_string(message).unwrap());
    messages.iter().map(text).collect()
}

/// Compares both ways; returns the golden messages.
fn check<T>(file: &str, messages: &Named<T>) -> Golden
where
    T: Serialize + DeserializeOwned + PartialEq + Debug,
{
    let golden = golden(file, &texts(messages));
    for (name, message) in messages {
        let expected = golden.get(name).unwrap_or_else(|| panic!("{file}.json lacks `{name}`"));
        assert_eq!(serde_json::to_value(message).unwrap(), *expected, "written: {name}");
        let read: T = serde_json::from_str(&expected.to_string()).unwrap();
        assert_eq!(read, *message, "read: {name}");
        let read: T = serde_json::from_value(with_news(expected)).unwrap();
        assert_eq!(read, *message, "read with fields from a later version: {name}");
    }
    let names: BTreeSet<_> = messages.iter().map(|(name, _)| name).collect();
    assert_eq!(names, golden.keys().collect(), "names in {file}.json");
    golden
}

/// Objects whose keys are data, or name a variant.
const CLOSED: [&str; 4] = ["env", "labels", "from", "result"];

/// `message` with a field that this version does not know in every object that may have one.
fn with_news(message: &Value) -> Value {
    match message {
        Value::Object(fields) => {
            let mut fields: serde_json::Map<_, _> = fields
                .iter()
                .map(|(key, value)| match (CLOSED.contains(&key.as_str()), value) {
                    (true, Value::Object(inner)) => {
                        let inner = inner.iter().map(|(k, v)| (k.clone(), with_news(v)));
                        (key.clone(), Value::Object(inner.collect()))
                    }
                    _ => (key.clone(), with_news(value)),
                })
                .collect();
            fields.insert("of_a_later_version".to_owned(), json!({ "kind": [1, null] }));
            Value::Object(fields)
        }
        Value::Array(items) => Value::Array(items.iter().map(with_news).collect()),
        other => other.clone(),
    }
}

/// Every value of the field at `pointer`, over all messages.
fn values<'a>(golden: &'a Golden, pointer: &str) -> BTreeSet<&'a str> {
    golden.values().filter_map(|message| message.pointer(pointer)?.as_str()).collect()
}

fn set(names: &[&'static str]) -> BTreeSet<&'static str> {
    names.iter().copied().collect()
}

#[test]
fn what_a_client_says_is_pinned() {
    let golden = check("client", &samples::client());
    assert_eq!(values(&golden, "/type"), set(variants::of_tagged::<ClientMessage>("type")));
    assert_eq!(values(&golden, "/op"), set(variants::of_tagged::<Request>("op")));
    assert_eq!(values(&golden, "/role"), set(variants::of_plain::<Role>()));
}

#[test]
fn what_an_agent_says_is_pinned() {
    let golden = check("agent", &samples::agent());
    assert_eq!(values(&golden, "/type"), set(variants::of_tagged::<AgentMessage>("type")));
    assert_eq!(values(&golden, "/result/Ok/kind"), set(variants::of_tagged::<Reply>("kind")));
    assert_eq!(values(&golden, "/result/Err/code"), set(variants::of_plain::<ErrorCode>()));
    assert_eq!(values(&golden, "/event"), set(&samples::EVENTS));
}

#[test]
fn binary_frames_are_pinned() {
    let frames = samples::frames();
    let texts: Vec<_> = frames
        .iter()
        .map(|(name, frame)| (name.clone(), format!("{:?}", hex(&frame.encode()))))
        .collect();
    let golden = golden("frames", &texts);
    let names: BTreeSet<_> = frames.iter().map(|(name, _)| name).collect();
    assert_eq!(names, golden.keys().collect(), "names in frames.json");
    for (name, frame) in &frames {
        let expected = golden[name].as_str().unwrap();
        assert_eq!(hex(&frame.encode()), expected, "written: {name}");
        assert_eq!(Frame::decode(&bytes(expected)).as_ref(), Ok(frame), "read: {name}");
    }
    let kinds: BTreeSet<u8> =
        golden.values().map(|frame| bytes(frame.as_str().unwrap())[0]).collect();
    assert_eq!(kinds, known_kinds(), "a golden frame for each kind");
}

#[test]
fn updates_in_golden_frames_are_read_back() {
    for (frame, update) in [
        ("update snapshot", samples::snapshot()),
        ("update changes", samples::changes()),
        ("update colours", samples::colours()),
    ] {
        let frames = samples::frames();
        let (_, frame) = frames.iter().find(|(name, _)| name == frame).unwrap();
        let Frame::Update { bytes, .. } = frame else { panic!("{frame:?} is no update") };
        assert_eq!(Update::decode(bytes), Ok(update));
    }
}

/// The kinds of frames that this version decodes.
fn known_kinds() -> BTreeSet<u8> {
    let known = |kind: &u8| {
        let mut message = vec![0; 64];
        message[0] = *kind;
        Frame::decode(&message.into()) != Err(FrameError::UnknownKind(*kind))
    };
    (0..=u8::MAX).filter(known).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(hex: &str) -> Bytes {
    let pairs = (0..hex.len()).step_by(2).map(|at| &hex[at..at + 2]);
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

#[test]
fn an_unknown_event_is_read_as_unknown() {
    let text = r#"{"type":"event","event":"of_a_later_version","machine":"web-1","n":[1]}"#;
    let read: AgentMessage = serde_json::from_str(text).unwrap();
    assert_eq!(read, AgentMessage::Event(Event::Unknown));
}

#[test]
fn fields_that_may_be_missing_have_their_default() {
    for (short, full) in [
        (
            json!({"op": "alerts", "limit": 5}),
            json!({"op": "alerts", "session": null, "after": null, "limit": 5}),
        ),
        (json!({"op": "mark_seen"}), json!({"op": "mark_seen", "session": null})),
        (
            json!({"op": "locate", "session": "s", "cols": 80, "offset": 1}),
            json!({"op": "locate", "session": "s", "cols": 80, "end": null, "offset": 1}),
        ),
        (
            json!({"op": "attach", "session": "s", "role": "observer", "fps": 30}),
            json!({"op": "attach", "session": "s", "role": "observer", "size": null, "fps": 30}),
        ),
    ] {
        let read = |value| serde_json::from_value::<Request>(value).unwrap();
        assert_eq!(read(short), read(full));
    }
    let bare = json!({"op": "create_session", "spec": {}});
    let bare: Request = serde_json::from_value(bare).unwrap();
    assert_eq!(bare, Request::CreateSession { spec: Default::default() });
    let hello =
        json!({"type": "hello", "protocol": 1, "version": "", "name": "", "role": "observer"});
    assert!(serde_json::from_value::<ClientMessage>(hello).is_ok(), "without features");
}

#[test]
fn severities_keep_their_words() {
    assert_eq!(variants::of_plain::<Severity>(), ["other", "debug", "info", "warning", "error"]);
}
