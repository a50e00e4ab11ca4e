//! What is built from others' work obeys `deny.toml`: licences, banned crates and sources. The tool
//! that file is written for also knows advisories and other targets, but is not on every machine; this is.

use std::path::Path;
use std::process::Command;

use serde::Deserialize;

#[derive(Deserialize)]
struct Policy {
    graph: Graph,
    licenses: Licenses,
    bans: Bans,
    sources: Sources,
}

#[derive(Deserialize)]
struct Graph {
    targets: Vec<String>,
}

#[derive(Deserialize)]
struct Licenses {
    allow: Vec<String>,
    exceptions: Vec<Exception>,
}

#[derive(Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    name: String,
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Bans {
    deny: Vec<Ban>,
}

#[derive(Debug, Deserialize)]
struct Ban {
    #[serde(rename = "crate")]
    name: String,
    #[allow(dead_code)] // told when a test fails
    reason: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Sources {
    allow_registry: Vec<String>,
}

#[derive(Deserialize)]
struct Lock {
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    source: Option<String>,
}

/// A crate that is part of the program.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Built {
    name: String,
    license: String,
}

fn project_file<T: for<'de> Deserialize<'de>>(name: &str) -> T {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{name}: {e}"));
    toml::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// The crates that a build for `target` holds, build scripts' included. Only what was downloaded for
/// this machine can be looked at, so `target` must be the one that the tests were built for.
fn built_for(target: &str) -> Vec<Built> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["tree", "--locked", "--offline", "--edges", "normal,build", "--target", target])
        .args(["--no-dedupe", "--prefix", "none", "--format", "{p}\t{l}"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap_or_else(|e| panic!("cargo tree: {e}"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout);
    let mut built: Vec<Built> = text.lines().filter_map(built).collect();
    built.sort();
    built.dedup();
    built
}

/// One line of `cargo tree`: name, version and more, a tab, the licence.
fn built(line: &str) -> Option<Built> {
    let (package, license) = line.split_once('\t')?;
    let name = package.split(' ').next()?;
    Some(Built { name: name.to_owned(), license: license.to_owned() })
}

fn host() -> String {
    let output = Command::new("rustc").arg("-vV").output().unwrap_or_else(|e| panic!("rustc: {e}"));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.unwrap_or_else(|| panic!("rustc does not tell its host: {text}")).to_owned()
}

/// Whether an SPDX expression can be met with the `allowed` licences: `OR` (and the old `/`) needs
/// one side, `AND` both and binds tighter, `WITH` makes a licence of its own.
fn is_met(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut words = words.as_slice();
    any_met(&mut words, allowed) && words.is_empty()
}

fn any_met(words: &mut &[&str], allowed: &[String]) -> bool {
    let mut met = all_met(words, allowed);
    while let ["OR", rest @ ..] = *words {
        *words = rest;
        met |= all_met(words, allowed);
    }
    met
}

fn all_met(words: &mut &[&str], allowed: &[String]) -> bool {
    let mut met = one_met(words, allowed);
    while let ["AND", rest @ ..] = *words {
        *words = rest;
        met &= one_met(words, allowed);
    }
    met
}

fn one_met(words: &mut &[&str], allowed: &[String]) -> bool {
    let is_allowed = |license: &str| allowed.iter().any(|allowed| allowed == license);
    match *words {
        ["(", rest @ ..] => {
            *words = rest;
            let met = any_met(words, allowed);
            let [")", rest @ ..] = *words else { return false };
            *words = rest;
            met
        }
        [license, "WITH", exception, rest @ ..] => {
            *words = rest;
            is_allowed(&format!("{license} WITH {exception}"))
        }
        [license, rest @ ..] => {
            *words = rest;
            is_allowed(license)
        }
        [] => false,
    }
}

#[test]
fn every_licence_is_allowed() {
    let policy: Policy = project_file("deny.toml");
    let built = built_for(&host());
    assert!(built.len() > 50, "cargo tree told only of {}", built.len());
    let allowed = |built: &&Built| {
        let own =
            policy.licenses.exceptions.iter().filter(|exception| exception.name == built.name);
        let own = own.flat_map(|exception| exception.allow.iter().cloned());
        let all: Vec<String> = policy.licenses.allow.iter().cloned().chain(own).collect();
        is_met(&built.license, &all)
    };
    let wrong: Vec<_> = built.iter().filter(|built| !allowed(built)).collect();
    assert!(wrong.is_empty(), "deny.toml does not allow these licences: {wrong:#?}");
}

#[test]
fn no_banned_crate_is_built() {
    let policy: Policy = project_file("deny.toml");
    assert!(!policy.graph.targets.is_empty(), "deny.toml names the targets that are shipped");
    let built = built_for(&host());
    let banned = |ban: &&Ban| built.iter().any(|built| built.name == ban.name);
    let found: Vec<_> = policy.bans.deny.iter().filter(banned).collect();
    assert!(found.is_empty(), "deny.toml bans these crates: {found:#?}");
}

#[test]
fn every_crate_comes_from_an_allowed_registry() {
    let policy: Policy = project_file("deny.toml");
    let allowed = |source: &str| {
        policy.sources.allow_registry.iter().any(|url| source == format!("registry+{url}"))
    };
    let lock: Lock = project_file("Cargo.lock");
    for Locked { name, source } in lock.package {
        let fine = source.as_deref().map_or(name == env!("CARGO_PKG_NAME"), allowed);
        assert!(fine, "{name} comes from {source:?}");
    }
}

#[test]
fn licence_expressions_are_understood() {
    let allowed = ["MIT", "Zlib", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned);
    for (expression, met) in [
        ("MIT", true),
        ("MIT OR GPL-3.0", true),
        ("GPL-3.0/MIT", true),
        ("MIT AND GPL-3.0", false),
        ("MIT AND Zlib", true),
        ("GPL-3.0 OR MIT AND Zlib", true),
        ("(GPL-3.0 OR MIT) AND Zlib", true),
        ("(MIT OR Zlib) AND GPL-3.0", false),
        ("Apache-2.0", false),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("Apache-2.0 WITH Other", false),
        ("", false),
        ("(MIT", false),
        ("MIT)", false),
        ("MIT GPL-3.0", false),
    ] {
        assert_eq!(is_met(expression, &allowed), met, "{expression}");
    }
}
