//! The labelled corpus: how often the engine is right, by class and by format.
//!
//! `cargo test --test severity_corpus -- --nocapture` prints the tables.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use watchdeck::alert::{Engine, RuleSet, Scanner, Scope, Sequence};
use watchdeck::proto::Severity;

/// One labelled line.
struct Sample {
    format: String,
    expected: Severity,
    line: String,
    starts_sequence: bool,
}

/// How a class was judged.
#[derive(Default)]
struct Score {
    hits: u32,
    misses: u32,
    false_alarms: u32,
}

impl Score {
    fn precision(&self) -> f64 {
        ratio(self.hits, self.hits + self.false_alarms)
    }

    fn recall(&self) -> f64 {
        ratio(self.hits, self.hits + self.misses)
    }

    fn row(&self, name: &str) -> String {
        let lines = self.hits + self.misses;
        format!("{name:<18} {lines:>5} {:>9.3} {:>7.3}", self.precision(), self.recall())
    }
}

fn ratio(part: u32, whole: u32) -> f64 {
    if whole == 0 { 1.0 } else { f64::from(part) / f64::from(whole) }
}

fn class(word: &str) -> Severity {
    [Severity::Error, Severity::Warning, Severity::Info, Severity::Debug, Severity::Other]
        .into_iter()
        .find(|severity| severity.word() == word)
        .unwrap_or_else(|| panic!("`{word}` is no class"))
}

fn samples_in(path: &Path) -> Vec<Sample> {
    let format = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    let mut starts_sequence = true;
    let mut samples = Vec::new();
    for labelled in text.lines() {
        if labelled == "---" {
            starts_sequence = true;
            continue;
        }
        let (word, line) = labelled.split_once(' ').unwrap_or((labelled, ""));
        let line = line.replace("\\t", "\t").replace("\\e", "\x1b");
        let expected = class(word);
        samples.push(Sample { format: format.clone(), expected, line, starts_sequence });
        starts_sequence = false;
    }
    samples
}

fn corpus() -> Vec<Sample> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/severity");
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "log"));
    paths.sort();
    paths.iter().flat_map(|path| samples_in(path)).collect()
}

fn engine() -> Engine {
    Engine::new(Arc::new(RuleSet::empty()), &Scope::default())
}

/// The severity found for each sample.
fn found(samples: &[Sample]) -> Vec<Severity> {
    let mut sequence = Sequence::new(engine());
    let judge = |sample: &Sample| {
        if sample.starts_sequence {
            sequence = Sequence::new(engine());
        }
        sequence.next(&sample.line).severity
    };
    samples.iter().map(judge).collect()
}

fn count(score: &mut Score, class: Severity, expected: Severity, found: Severity) {
    match (expected == class, found == class) {
        (true, true) => score.hits += 1,
        (true, false) => score.misses += 1,
        (false, true) => score.false_alarms += 1,
        (false, false) => {}
    }
}

#[test]
fn errors_and_warnings_are_told_apart_from_everything_else() {
    let samples = corpus();
    let found = found(&samples);
    let mut classes: BTreeMap<Severity, Score> = BTreeMap::new();
    let mut formats: BTreeMap<&str, Score> = BTreeMap::new();
    let mut trap_alarms = 0;
    for (sample, &found) in samples.iter().zip(&found) {
        for class in ["error", "warning", "info", "debug", "other"].map(class) {
            count(classes.entry(class).or_default(), class, sample.expected, found);
        }
        for class in [Severity::Error, Severity::Warning] {
            let score = formats.entry(&sample.format).or_default();
            count(score, class, sample.expected, found);
        }
        trap_alarms += u32::from(sample.format.starts_with("trap-") && found.counts());
        if found != sample.expected {
            println!("{}: {found} for {}: {}", sample.format, sample.expected, sample.line);
        }
    }
    println!("\n{:<18} {:>5} {:>9} {:>7}", "class", "lines", "precision", "recall");
    for (class, score) in classes.iter().rev() {
        println!("{}", score.row(class.word()));
    }
    println!("\n{:<18} {:>5} {:>9} {:>7}", "format", "E + W", "precision", "recall");
    for (format, score) in &formats {
        println!("{}", score.row(format));
    }
    println!("\n{} lines, {} formats and traps", samples.len(), formats.len());

    assert!(samples.len() >= 300 && formats.len() >= 25);
    assert_eq!(trap_alarms, 0, "false alarms in the traps");
    for class in [Severity::Error, Severity::Warning] {
        let score = &classes[&class];
        assert!(score.precision() >= 0.97 && score.recall() >= 0.97, "{}", score.row(class.word()));
    }
}

/// A line of the corpus without its colours.
fn plain(line: &str) -> String {
    let mut text = String::new();
    for (index, part) in line.split('\x1b').enumerate() {
        let end = if index == 0 { 0 } else { part.find(['m', '\\']).map_or(part.len(), |m| m + 1) };
        text.push_str(&part[end..]);
    }
    text.trim_end().to_owned()
}

#[test]
fn a_stream_counts_what_a_file_counts() {
    let samples = corpus();
    for file in samples.chunk_by(|_, next| !next.starts_sequence) {
        let expected = file.iter().zip(found(file)).filter(|(_, severity)| severity.counts());
        let expected: Vec<_> =
            expected.map(|(sample, severity)| (severity, plain(&sample.line))).collect();
        let text: String = file.iter().map(|sample| format!("{}\r\n", sample.line)).collect();
        let mut events = Vec::new();
        let mut scanner = Scanner::new(engine());
        scanner.feed(0, text.as_bytes(), &mut events);
        scanner.finish(&mut events);
        let counted: Vec<_> =
            events.iter().map(|event| (event.severity, event.text.clone())).collect();
        let differing =
            counted.iter().zip(&expected).find(|(counted, expected)| counted != expected);
        assert_eq!((differing, counted.len()), (None, expected.len()));
        let counts = scanner.counts();
        assert_eq!(counts.errors + counts.warnings, events.len() as u64);
        assert_eq!(scanner.lines(), file.len() as u64);
    }
}
