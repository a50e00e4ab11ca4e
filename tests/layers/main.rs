//! Who may call whom. The rooms of `src` stand on floors, and a path may only point down; rooms
//! that are pure name nothing that does I/O, tells the time or needs a runtime.

mod source;

use std::path::{Path as FilePath, PathBuf};
use std::{fs, io};

use source::{Path, paths};

/// Every room of `src` with its floor. Rooms of one floor do not know each other.
const FLOORS: &[(&str, u8)] = &[
    ("proto", 0),
    ("term", 1),
    ("cast", 1),
    ("alert", 2),
    ("config", 3),
    ("net", 4),
    ("holder", 4),
    ("client", 5),
    ("agent", 5),
    ("widgets", 5),
    ("app", 6),
    ("api", 6),
    ("cli", 7),
];

/// Folders and files (without `.rs`) below `src` whose behaviour follows from their arguments.
const PURE: &[&str] = &["proto", "term", "cast", "alert", "widgets", "app/state", "app/update"];

/// What purity forbids, and what to do instead.
const IMPURE: &[(&[&str], &str)] = &[
    (&["tokio"], "a runtime; hand the work out as an effect"),
    (&["std", "net"], "network; hand it out as an effect"),
    (&["std", "fs"], "files; take their contents as arguments"),
    (&["Instant", "now"], "a clock; take the time as an argument"),
    (&["SystemTime"], "a clock; take the time as an argument"),
    (&["Utc", "now"], "a clock; take the time as an argument"),
    (&["Local", "now"], "a clock; take the time as an argument"),
];

/// What a holder must not have: whatever may fail with it would end a Session.
const NOT_IN_A_HOLDER: &[(&[&str], &str)] = &[
    (&["tokio"], "a runtime"),
    (&["regex"], "patterns"),
    (&["vt100"], "an emulator"),
    (&["crate", "term"], "an emulator"),
    (&["crate", "alert"], "patterns"),
    (&["crate", "config"], "a configuration"),
    (&["std", "net"], "the network"),
];

/// What is wrong in one source file; `file` is its path below `src`, with `/`.
fn faults(file: &str, source: &str) -> Vec<String> {
    let room = file.split(['/', '.']).next().unwrap_or_default();
    let pure = PURE.iter().any(|pure| is_below(file, pure));
    let paths = paths(source);
    let arrows = paths.iter().filter_map(|path| Some((path, wrong_arrow(room, path)?)));
    let impure = paths.iter().filter(|_| pure).filter_map(|path| Some((path, impurity(path)?)));
    let rich = paths.iter().filter(|_| room == "holder").filter_map(|path| {
        let (_, what) = NOT_IN_A_HOLDER.iter().find(|(name, _)| path.contains(name))?;
        Some((path, format!("a holder has no part in {what}")))
    });
    arrows
        .chain(impure)
        .chain(rich)
        .map(|(path, fault)| format!("src/{file}:{}: {fault}", path.line))
        .collect()
}

fn is_below(file: &str, part: &str) -> bool {
    file.strip_prefix(part).is_some_and(|rest| rest.starts_with(['/', '.']))
}

fn floor(room: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == room).map(|(_, floor)| *floor)
}

fn wrong_arrow(from: &str, path: &Path) -> Option<String> {
    let [root, to, ..] = path.segments.as_slice() else { return None };
    if root != "crate" || to == from || matches!(from, "main" | "lib") {
        return None;
    }
    let (Some(above), Some(below)) = (floor(from), floor(to)) else {
        return Some(format!("`{from}` names `crate::{to}`: give both a floor in FLOORS"));
    };
    let rule = match above.cmp(&below) {
        std::cmp::Ordering::Greater => return None,
        std::cmp::Ordering::Equal => "rooms of one floor do not know each other",
        std::cmp::Ordering::Less => "arrows point down only",
    };
    let path = path.segments.join("::");
    Some(format!("`{from}` (floor {above}) names `{path}` (floor {below}): {rule}"))
}

fn impurity(path: &Path) -> Option<String> {
    let (wanted, advice) = IMPURE.iter().find(|(wanted, _)| path.contains(wanted))?;
    Some(format!("pure code names `{}`, {advice}", wanted.join("::")))
}

/// Files that hold nothing but tests; their module is declared under `#[cfg(test)]`.
fn is_test_file(file: &str) -> bool {
    file.split('/').any(|part| part == "tests" || part == "tests.rs" || part.ends_with("_tests.rs"))
}

/// Every Rust file below `dir`, as (path below `src` with `/`, contents).
fn sources(src: &FilePath, dir: &FilePath, found: &mut Vec<(String, String)>) -> io::Result<()> {
    let entries: Vec<PathBuf> =
        fs::read_dir(dir)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    for path in entries {
        if path.is_dir() {
            sources(src, &path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let below = path.strip_prefix(src).map_err(io::Error::other)?;
            found.push((below.to_string_lossy().into_owned(), fs::read_to_string(&path)?));
        }
    }
    Ok(())
}

fn project_sources() -> Vec<(String, String)> {
    let src = FilePath::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&src, &src, &mut found).unwrap_or_else(|e| panic!("{}: {e}", src.display()));
    found.retain(|(file, _)| !is_test_file(file));
    found.sort();
    found
}

#[test]
fn arrows_point_down_and_pure_rooms_are_pure() {
    let found: Vec<String> =
        project_sources().iter().flat_map(|(file, source)| faults(file, source)).collect();
    assert!(found.is_empty(), "the layers do not hold:\n{}", found.join("\n"));
}

#[test]
fn every_room_has_a_floor() {
    for (file, _) in project_sources() {
        let room = file.split(['/', '.']).next().unwrap_or_default();
        let known = floor(room).is_some() || matches!(room, "main" | "lib");
        assert!(known, "src/{file}: give `{room}` a floor in FLOORS");
    }
}

#[test]
fn wrong_arrows_are_found() {
    for (file, source, expected) in [
        ("term/key.rs", "use crate::proto::Key;", None),
        ("term/key.rs", "use crate::term::Modes;", None),
        ("app.rs", "use crate::widgets::{pane, theme};", None),
        ("main.rs", "use crate::cli;", None),
        ("agent/log.rs", "// crate::app\n#[cfg(test)]\nmod tests { use crate::app::X; }", None),
        (
            "term/key.rs",
            "\nuse crate::{proto, net::Link};",
            Some(
                "src/term/key.rs:2: `term` (floor 1) names `crate::net::Link` (floor 4): arrows point down only",
            ),
        ),
        (
            "client/mod.rs",
            "fn f() { crate::agent::serve() }",
            Some(
                "src/client/mod.rs:1: `client` (floor 5) names `crate::agent::serve` (floor 5): rooms of one floor do not know each other",
            ),
        ),
        (
            "app/view.rs",
            "use crate::attic::X;",
            Some("src/app/view.rs:1: `app` names `crate::attic`: give both a floor in FLOORS"),
        ),
    ] {
        let expected: Vec<String> = expected.into_iter().map(str::to_owned).collect();
        assert_eq!(faults(file, source), expected, "{file}: {source}");
    }
}

#[test]
fn impure_names_are_found_in_pure_code_only() {
    let impure = [
        "use tokio::sync::mpsc;",
        "use std::{fs, fmt};",
        "use std::net::TcpStream;",
        "fn f() { std::time::Instant::now() }",
        "use std::time::{Duration, SystemTime};",
        "fn f() { chrono::Utc::now() }",
        "fn f() { Utc::now() }",
    ];
    for source in impure {
        for file in ["proto/frame.rs", "term/mod.rs", "app/state/pane.rs", "app/update.rs"] {
            assert_eq!(faults(file, source).len(), 1, "{file}: {source}");
        }
        for file in ["net/link.rs", "app/runtime.rs", "app/updates.rs"] {
            assert!(faults(file, source).is_empty(), "{file}: {source}");
        }
    }
    for source in ["use std::fmt;", "use chrono::{DateTime, Utc};", "fn f(now: Instant) {}"] {
        assert!(faults("proto/frame.rs", source).is_empty(), "{source}");
    }
}
