//! Reading recordings, and what is told of them.

use std::path::Path;
use std::time::Duration;

use watchdeck::cast::{Cast, Reader, What};

use crate::cli_support::{Home, until};

/// Reads a recording; it must be whole lines.
pub fn cast(path: &Path) -> Cast {
    let text = std::fs::read_to_string(path).unwrap();
    let mut reader = Reader::default();
    for line in text.split_inclusive('\n') {
        let ended = line.strip_suffix('\n');
        reader.line(ended.unwrap_or(line).as_bytes(), ended.is_some()).unwrap();
    }
    let cast = reader.finish().unwrap();
    assert!(!cast.torn, "{text}");
    cast
}

pub fn output(cast: &Cast) -> String {
    let text = cast.events.iter().map(|event| match &event.what {
        What::Output(text) => text.as_str(),
        _ => "",
    });
    text.collect()
}

pub fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// What is told of the recording of `job`.
pub fn recording(home: &Home) -> serde_json::Value {
    home.json(&["info", "job", "--json"])["recording"].clone()
}

pub fn file(home: &Home) -> std::path::PathBuf {
    recording(home)["file"].as_str().unwrap().into()
}

pub fn wait_until_done(home: &Home) {
    let done = || recording(home)["state"] == "done";
    assert!(until(Duration::from_secs(60), done), "{}", recording(home));
}

/// The recorded output, with as many `?` as are marked missing.
pub fn with_gaps(cast: &Cast) -> (Vec<u8>, u64) {
    let (mut bytes, mut missing) = (Vec::new(), 0);
    for event in &cast.events {
        match &event.what {
            What::Output(text) => bytes.extend_from_slice(text.as_bytes()),
            What::Marker(text) if text.contains(" bytes are missing ") => {
                let count: usize = text.split_whitespace().nth(1).unwrap().parse().unwrap();
                bytes.resize(bytes.len() + count, b'?');
                missing += count as u64;
            }
            _ => {}
        }
    }
    (bytes, missing)
}

/// `seq 1 count` as a terminal shows it.
pub fn numbers(count: usize) -> Vec<u8> {
    (1..=count).map(|n| format!("{n}\r\n")).collect::<String>().into_bytes()
}

pub fn assert_is(recorded: &[u8], expected: &[u8]) {
    assert_eq!(recorded.len(), expected.len());
    let differs = recorded.iter().zip(expected).position(|(r, e)| r != e && *r != b'?');
    assert_eq!(differs, None);
}
