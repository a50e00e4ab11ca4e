//! Runs the proofs of the twelve promises at their full counts and writes what they measured into
//! `docs/trust.md`: `cargo run --release --example trust`.
//!
//! With `--few`, at the counts of every test run, and the table only on standard output.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a table that cannot be made ends the program

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

/// What is promised, in the order of the README.
const PROMISES: [&str; 12] = [
    "Closed by default",
    "A web page cannot reach your shells",
    "Observer means observer",
    "Remote output cannot touch your terminal",
    "Output never becomes input",
    "Disconnecting loses nothing silently",
    "Each keystroke is applied once",
    "One stuck thing never stalls another",
    "Crashes and upgrades of the agent do not end sessions",
    "Memory is bounded, and no input crashes it",
    "Stopped means stopped, and exit codes are true",
    "What is recorded is complete or visibly incomplete",
];

/// Where the proofs are, as arguments of cargo.
const PROOFS: [&[&str]; 8] = [
    &["test", "--locked", "--test", "reach", "--", "--nocapture"],
    &["test", "--locked", "--test", "promises", "--", "--nocapture"],
    &["test", "--locked", "--test", "trust", "--", "--nocapture"],
    &["test", "--locked", "--test", "outlive", "--", "--nocapture"],
    &["test", "--locked", "--test", "audit", "--", "--nocapture"],
    &["test", "--locked", "--test", "recording", "--", "--nocapture"],
    &["test", "--locked", "--test", "canary", "--", "--nocapture"],
    &["bench", "--locked", "--bench", "thin"],
];

/// What a line of a proof says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Proof {
    what: String,
    faults: String,
    values: String,
}

fn main() {
    let few = std::env::args().any(|argument| argument == "--few");
    let proofs = run_all(few);
    let missing: Vec<_> = (1..=PROMISES.len()).filter(|n| !proofs.contains_key(n)).collect();
    let table = table(&proofs, few);
    if few {
        println!("{table}");
    } else {
        put(&table);
    }
    assert!(missing.is_empty(), "nothing was measured for the promises {missing:?}");
}

fn run_all(few: bool) -> BTreeMap<usize, Vec<Proof>> {
    let mut proofs: BTreeMap<usize, Vec<Proof>> = BTreeMap::new();
    for arguments in PROOFS {
        for (promise, proof) in run(arguments, few) {
            proofs.entry(promise).or_default().push(proof);
        }
    }
    proofs.values_mut().for_each(|proofs| proofs.sort());
    proofs
}

/// Runs one command; a proof that fails ends everything.
fn run(arguments: &[&str], few: bool) -> Vec<(usize, Proof)> {
    eprintln!("cargo {}", arguments.join(" "));
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(arguments).env("WATCHDECK_REQUIRE_TOOLS", "1").stdout(Stdio::piped());
    if !few {
        command.env("WATCHDECK_FULL_COUNTS", "1");
    }
    let mut child = command.spawn().expect("cargo runs");
    let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let proofs = lines.map_while(Result::ok).filter_map(|line| read(&line)).collect();
    let status = child.wait().expect("it is waited for");
    assert!(status.success(), "a proof failed: cargo {}", arguments.join(" "));
    proofs
}

/// Reads `trust: PROMISE FAULTS WHAT: VALUES`; other output may stand before it on the line.
fn read(line: &str) -> Option<(usize, Proof)> {
    let line = &line[line.find("trust: ")? + "trust: ".len()..];
    let (head, values) = line.split_once(": ")?;
    let mut words = head.splitn(3, ' ');
    let promise = words.next()?.parse().ok()?;
    let (faults, what) = (words.next()?.replace(',', ", "), words.next()?.to_owned());
    Some((promise, Proof { what, faults, values: values.to_owned() }))
}

fn table(proofs: &BTreeMap<usize, Vec<Proof>>, few: bool) -> String {
    let mut table = head(few);
    table.push_str("\n| | tried | measured | |\n|---|---|---|---|\n");
    for (promise, title) in (1..).zip(PROMISES) {
        table.push_str(&format!("| **{promise}** | **{title}** | | |\n"));
        for Proof { what, faults, values } in proofs.get(&promise).into_iter().flatten() {
            table.push_str(&format!("| | {what} | {values} | {faults} |\n"));
        }
    }
    table
}

/// When, on what, and of which state of the sources.
fn head(few: bool) -> String {
    let date = chrono::Utc::now().format("%Y-%m-%d");
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let uname = rustix::system::uname();
    let kernel = uname.release().to_string_lossy();
    let commit = said("git", &["rev-parse", "--short", "HEAD"]);
    let counts = if few { "small" } else { "full" };
    format!(
        "Measured on {date} at commit {commit}, {counts} counts, {cores} cores, Linux {kernel}.\n"
    )
}

fn said(program: &str, arguments: &[&str]) -> String {
    let out = Command::new(program).args(arguments).output();
    out.map_or_else(|_| "?".into(), |out| String::from_utf8_lossy(&out.stdout).trim().to_owned())
}

/// Puts the table between the marks in the document.
fn put(table: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/trust.md");
    let text = std::fs::read_to_string(&path).expect("docs/trust.md");
    let (before, rest) = text.split_once("<!-- measured -->").expect("the first mark");
    let (_, after) = rest.split_once("<!-- end -->").expect("the second mark");
    let whole = format!("{before}<!-- measured -->\n{table}<!-- end -->{after}");
    std::fs::write(&path, whole).expect("docs/trust.md is written");
    eprintln!("wrote {}", path.display());
}
