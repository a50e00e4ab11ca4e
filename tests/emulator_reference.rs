//! The emulator against the sessions that alacritty recorded for its own tests.
//!
//! They are not part of this repository. `WATCHDECK_ALACRITTY_REF` names a directory of them (in a checkout of
//! alacritty: `alacritty_terminal/tests/ref`); without it the test says that it was skipped.

#![expect(clippy::unwrap_used, reason = "a recording that cannot be read is a failed test")]

use std::path::{Path, PathBuf};

use serde_json::Value;
use watchdeck::proto::Winsize;
use watchdeck::term::{Screen, ScreenOptions};

/// Recordings that must show the same text; tmux 3.3a reaches 40 of the 45.
const REQUIRED: usize = 42;

/// Odd sizes, so that every kind of sequence is cut somewhere.
const CHUNKS: [usize; 4] = [1, 7, 4093, usize::MAX];

#[test]
fn recorded_sessions_show_the_same_text() {
    let Some(dir) = reference_dir() else { return };
    let entries = std::fs::read_dir(&dir).unwrap();
    let mut recordings: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    recordings.sort();
    let right = recordings.iter().filter(|path| shows_the_same(path)).count();
    println!("{right} of {} recordings are right", recordings.len());
    assert!(right >= REQUIRED, "fewer than {REQUIRED} recordings are right");
}

/// The directory of recordings, or `None` when there is none and none is required.
fn reference_dir() -> Option<PathBuf> {
    let Some(dir) = std::env::var_os("WATCHDECK_ALACRITTY_REF").map(PathBuf::from) else {
        println!("skipped: WATCHDECK_ALACRITTY_REF names no directory of recordings");
        return None;
    };
    if dir.is_dir() {
        return Some(dir);
    }
    let required = std::env::var("WATCHDECK_REQUIRE_TOOLS").is_ok_and(|value| value == "1");
    assert!(!required, "WATCHDECK_ALACRITTY_REF names {}, which is no directory", dir.display());
    println!("skipped: {} is no directory", dir.display());
    None
}

fn shows_the_same(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let size = size(&json(&path.join("size.json")));
    let recording = std::fs::read(path.join("alacritty.recording")).unwrap();
    let expected = match path.join("grid.json") {
        grid if grid.exists() => grid_rows(&json(&grid), size),
        _ => last_lines(&recording, size),
    };
    let shown = CHUNKS.map(|chunk| shown(&recording, size, chunk));
    assert!(shown.iter().all(|rows| *rows == shown[0]), "{name}: the chunk size matters");
    let differs = expected.iter().zip(&shown[0]).position(|(want, got)| want != got);
    match differs {
        None => println!("right {name}"),
        Some(row) => {
            println!("wrong {name}, row {row}");
            println!("      want {:?}", expected[row]);
            println!("      got  {:?}", shown[0][row]);
        }
    }
    differs.is_none()
}

fn shown(recording: &[u8], size: Winsize, chunk: usize) -> Vec<String> {
    let mut screen = Screen::new(size, ScreenOptions::silent());
    for bytes in recording.chunks(chunk.min(recording.len().max(1))) {
        screen.feed(bytes);
    }
    assert_eq!(screen.resets(), 0);
    screen.rows().collect()
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn size(value: &Value) -> Winsize {
    let number = |key: &str| u16::try_from(value[key].as_u64().unwrap()).unwrap();
    Winsize::new(number("screen_lines"), number("columns"))
}

/// The visible rows from the top. The raw grid begins with the bottom one.
fn grid_rows(grid: &Value, size: Winsize) -> Vec<String> {
    let raw = grid["raw"]["inner"].as_array().unwrap();
    raw.iter().take(usize::from(size.rows)).rev().map(row_text).collect()
}

fn row_text(row: &Value) -> String {
    let mut text = String::new();
    for cell in row["inner"].as_array().unwrap() {
        if cell["flags"].as_str().is_some_and(|flags| flags.contains("SPACER")) {
            continue;
        }
        // Alacritty leaves the tab in its cell, for selections.
        text.push_str(&cell["c"].as_str().unwrap().replace('\t', " "));
        let marks = cell["extra"]["zerowidth"].as_array();
        text.extend(marks.into_iter().flatten().filter_map(Value::as_str));
    }
    text.trim_end_matches(' ').to_owned()
}

/// For a recording without a grid (`history`, `row_reset`): both are floods of plain lines, so the screen shows
/// the last of them.
fn last_lines(recording: &[u8], size: Winsize) -> Vec<String> {
    let sequences = regex::Regex::new("\x1b\\[[?0-9;]*[A-Za-z]").unwrap();
    let text = String::from_utf8(recording.to_vec()).unwrap();
    let plain = sequences.replace_all(&text, "");
    let lines = plain.split('\n').map(|line| line.trim_end_matches('\r'));
    let rows: Vec<String> = lines.flat_map(|line| wrapped(line, usize::from(size.cols))).collect();
    rows[rows.len() - usize::from(size.rows)..].to_vec()
}

/// The rows of a line; what follows a carriage return replaces the row it returns on.
fn wrapped(line: &str, cols: usize) -> Vec<String> {
    let mut rows = Vec::new();
    for part in line.split('\r') {
        rows.pop();
        let printed: Vec<char> = part.chars().collect();
        let pieces = printed.chunks(cols).map(|row| row.iter().collect::<String>());
        rows.extend(pieces.map(|row| row.trim_end_matches(' ').to_owned()));
        if printed.is_empty() {
            rows.push(String::new());
        }
    }
    rows
}
