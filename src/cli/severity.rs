//! `watchdeck severity`: classifies lines with the engine that counts a session's alerts.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Stdin};
use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;

use super::args::Global;
use super::context::{load, paths};
use super::error::CliError;
use super::output::{Output, harmless, severity_style};
use super::rules;
use crate::alert::{Classification, Engine, Scope, Sequence, Source};
use crate::proto::Severity;

/// Bytes of a line that are kept; the rest of a longer one is skipped. More than the engine reads.
const LINE_MAX: u64 = 64 << 10;

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file; standard input when absent or `-`
    file: Option<PathBuf>,
    /// Print one object per line: class, what decided, and the bytes of the text that did
    #[arg(long)]
    json: bool,
    /// Judge each line by itself, without knowing stack traces by the line before
    #[arg(long)]
    single: bool,
}

/// One line of `--json`.
#[derive(Debug, Serialize)]
struct Verdict<'a> {
    /// Number of the line, from 1.
    line: u64,
    class: Severity,
    /// The built-in detector that decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    detector: Option<&'a str>,
    /// The user's rule that decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'a str>,
    /// The bytes of the stripped line that decided, first and after the last; `null` where none did.
    span: Option<(usize, usize)>,
}

/// Writes one verdict per line of input.
///
/// # Errors
/// The configuration's rules are wrong, or the file cannot be read.
pub fn run(args: &Args, global: &Global, out: &mut Output) -> Result<(), CliError> {
    let loaded = load(&paths()?, global.config.as_deref())?;
    let machine = global.machine.clone().unwrap_or_default();
    let scope = Scope { machine, session: String::new(), labels: BTreeMap::new() };
    let engine = Engine::new(Arc::new(rules::compile(&loaded)?), &scope);
    let mut judge = match args.single {
        true => Judge::Single(Box::new(engine)),
        false => Judge::Sequence(Box::new(Sequence::new(engine))),
    };
    let mut input = open(args.file.as_ref())?;
    let mut line = Vec::new();
    for number in 1.. {
        if input.would_wait() {
            // Somebody may wait for the verdicts on what was written so far.
            out.flush()?;
        }
        if !input.read_line(&mut line)? {
            break;
        }
        let text = String::from_utf8_lossy(&line);
        let verdict = judge.judge(&text);
        let written = match args.json {
            true => out.json_line(&described(number, &verdict)),
            false => print(&text, &verdict, out),
        };
        written?;
    }
    Ok(())
}

/// The two ways of judging.
enum Judge {
    Single(Box<Engine>),
    Sequence(Box<Sequence>),
}

impl Judge {
    fn judge(&mut self, line: &str) -> Classification {
        match self {
            Self::Single(engine) => engine.classify(line),
            Self::Sequence(sequence) => sequence.next(line),
        }
    }
}

fn described(line: u64, verdict: &Classification) -> Verdict<'_> {
    let (detector, rule) = match &verdict.source {
        Source::None => (None, None),
        Source::Detector(name) => (Some(*name), None),
        Source::Rule(name) => (None, Some(name.as_ref())),
    };
    let decided = detector.is_some() || rule.is_some();
    let span = decided.then_some((verdict.span.start, verdict.span.end));
    Verdict { line, class: verdict.severity, detector, rule, span }
}

/// `class  source  line`, in columns.
fn print(line: &str, verdict: &Classification, out: &mut Output) -> Result<(), CliError> {
    let source = match &verdict.source {
        Source::None => "-".to_owned(),
        Source::Detector(name) => (*name).to_owned(),
        Source::Rule(name) => format!("rule:{name}"),
    };
    let class = format!("{:<7}", verdict.severity.word());
    let class = out.paint(severity_style(verdict.severity), &class);
    out.line(format!("{class}  {source:<14}  {}", harmless(line)).trim_end())
}

/// Lines of a file or of standard input.
struct Lines<R> {
    input: BufReader<R>,
    name: String,
}

type Input = Box<dyn Read>;

fn open(file: Option<&PathBuf>) -> Result<Lines<Input>, CliError> {
    let (input, name): (Input, _) = match file.filter(|path| path.as_os_str() != "-") {
        None => (Box::new(StdinRaw(io::stdin())), "standard input".to_owned()),
        Some(path) => {
            let name = path.display().to_string();
            (Box::new(File::open(path).map_err(CliError::io(name.clone()))?), name)
        }
    };
    Ok(Lines { input: BufReader::with_capacity(64 << 10, input), name })
}

/// Standard input without a second buffer that could hide what has been read.
struct StdinRaw(Stdin);

impl Read for StdinRaw {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(rustix::io::read(&self.0, buffer)?)
    }
}

impl<R: Read> Lines<R> {
    /// Whether the next line must be waited for.
    fn would_wait(&self) -> bool {
        self.input.buffer().is_empty()
    }

    /// Reads the next line without its end; false at the end of the input.
    fn read_line(&mut self, line: &mut Vec<u8>) -> Result<bool, CliError> {
        line.clear();
        let failed = || CliError::io(self.name.clone());
        let taken = (&mut self.input).take(LINE_MAX).read_until(b'\n', line).map_err(failed())?;
        let whole = line.pop_if(|last| *last == b'\n').is_some();
        if !whole && taken as u64 == LINE_MAX {
            self.input.skip_until(b'\n').map_err(failed())?;
        }
        if whole {
            line.pop_if(|last| *last == b'\r');
        }
        Ok(taken > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[u8]) -> Vec<usize> {
        let mut lines = Lines { input: BufReader::new(text), name: "test".to_owned() };
        let mut line = Vec::new();
        let mut lengths = Vec::new();
        while lines.read_line(&mut line).unwrap() {
            lengths.push(line.len());
        }
        lengths
    }

    #[test]
    fn one_line_out_for_each_line_in() {
        assert_eq!(lines(b""), [] as [usize; 0]);
        assert_eq!(lines(b"a\n\nbc\r\nd"), [1, 0, 2, 1]);
    }

    #[test]
    fn a_line_beyond_the_cap_is_one_line_and_bounded() {
        let cap = LINE_MAX as usize;
        for over in [0, 1, cap, 3 * cap] {
            let text = [vec![b'x'; cap + over], b"\nnext\n".to_vec()].concat();
            assert_eq!(lines(&text), [cap, 4], "{over}");
        }
    }
}
