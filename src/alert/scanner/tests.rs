//! The scanner against what terminals, shells and programs do to a stream.

mod checkpoint;

use std::sync::Arc;

use proptest::prelude::*;

use super::super::rule::Scope;
use super::super::ruleset::RuleSet;
use super::*;

fn scanner() -> Scanner {
    Scanner::new(Engine::new(Arc::new(RuleSet::empty()), &Scope::default()))
}

/// The texts of the events in `output`, fed in one go and ended.
fn events(output: &[u8]) -> Vec<AlertEvent> {
    let (mut scanner, mut events) = (scanner(), Vec::new());
    scanner.feed(0, output, &mut events);
    scanner.finish(&mut events);
    events
}

fn texts(output: &[u8]) -> Vec<String> {
    events(output).into_iter().map(|event| event.text).collect()
}

#[test]
fn terminals_in_the_way_of_a_line() {
    for (output, count) in [
        (&b"ERROR a\r\nERROR b\n"[..], 2),
        (b"\x1b[31mE\x1b[0mRROR boom\r\n", 1),
        (b"\x1b]0;ERROR boom\x07ok\r\n", 0),
        (b"\x1bP\nERROR boom\n\x1b\\ok\r\n", 0),
        (b"ERROR 10%\rERROR 20%\rdone\r\n", 0),
        (b"ERROR a\r\r\n", 1),
        (b"ERR\x08\x08\x08ok \r\n", 0),
        (b"\x1b[?1049h\x1b[HERROR a\r\nERROR b\r\n\x1b[?1049lERROR c\r\n", 1),
        (b"\x1b[?1h\x1b[?47hERROR a\r\n\x1b[?47l", 0),
        (b"\x1b[?1049;25hERROR a\r\n\x1bcERROR b\r\n", 1),
        (b"\x1b7\x1b[24;1HERROR in status\x1b8ok\r\n", 0),
        (b"ERROR no line end", 1),
        (b"caf\xe9\r\n\xffERROR latin1\r\nERROR x\xff\xfe\r\n", 2),
    ] {
        assert_eq!(texts(output).len(), count, "{:?}", String::from_utf8_lossy(output));
    }
}

#[test]
fn an_event_tells_where_it_stands() {
    let output = b"ok\r\n\x1b[1mERROR\x1b[0m caf\xc3\xa9\r\n";
    let event = events(output).remove(0);
    assert_eq!(event.text, "ERROR café");
    assert_eq!(&event.text[event.span.clone()], "ERROR");
    assert_eq!(event.start, 8, "the first byte of text, after the colour");
    assert_eq!(event.end, output.len() as u64);
    let long = events(format!("ERROR {}\n", "é".repeat(1000)).as_bytes()).remove(0);
    assert!(long.text.len() <= TEXT_CAP && long.text.len() > TEXT_CAP - 4);
}

#[test]
fn stack_traces_count_once() {
    for (output, expected) in [
        (
            "ERROR x\njava.lang.E: FATAL\n\tat a.ErrorHandler.b(ErrorHandler.java:1)\nCaused by: a.FatalError: ERROR\n\t... 3 more\nok\n",
            1,
        ),
        (
            "Traceback (most recent call last):\n  File \"a.py\", line 1, in <module>\n    raise ValueError('ERROR')\nValueError: ERROR\n",
            1,
        ),
        (
            "ERROR:root:x\nTraceback (most recent call last):\n  File \"a.py\", line 1, in f\nKeyError: 'a'\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File \"a.py\", line 1, in f\nValueError: b\nERROR:root:y\n",
            2,
        ),
        (
            "thread 'main' panicked at src/main.rs:2:5:\nError: ERROR in it\nnote: run with `RUST_BACKTRACE=1`\n",
            1,
        ),
        (
            "panic: boom\n\ngoroutine 1 [running]:\nmain.errorHandler(0x1)\n\t/src/error.go:12 +0x1d\nexit status 2\n",
            1,
        ),
        (
            "java.lang.NullPointerException: x\n\tat a.b(C.java:1)\njava.lang.NullPointerException: y\n\tat a.b(C.java:1)\n",
            2,
        ),
        (" WARN a\n WARN b\nERROR c\n INFO d\n", 3),
        (
            "2024-05-01 10:00:00 INFO x\nTraceback (most recent call last):\n  File \"a\", line 1\nE: x\n",
            1,
        ),
    ] {
        assert_eq!(texts(output.as_bytes()).len(), expected, "{output}");
    }
}

#[test]
fn a_pending_line_is_told_once() {
    let (mut scanner, mut events) = (scanner(), Vec::new());
    scanner.feed(0, b"ERROR: disk full. Retry? ", &mut events);
    scanner.idle(&mut events);
    scanner.idle(&mut events);
    assert_eq!(events.len(), 1);
    scanner.feed(25, b"y\r\nERROR: disk full\r\n", &mut events);
    scanner.finish(&mut events);
    assert_eq!(events.len(), 2);
    assert_eq!((scanner.counts().errors, scanner.lines()), (2, 2));
}

#[test]
fn typed_lines_are_not_events() {
    let (mut scanner, mut events) = (scanner(), Vec::new());
    scanner.typed(b"echo 'error: x'\r");
    scanner.feed(0, b"error: x", &mut events);
    scanner.feed(8, b"\r\nerror: x\r\n", &mut events);
    assert_eq!(events.len(), 2, "output that is not the echo counts");
    let (mut scanner, mut events) = (self::scanner(), Vec::new());
    for key in b"ERROR: typed into cat" {
        scanner.typed(&[*key]);
        scanner.feed(0, &[*key], &mut events);
    }
    scanner.idle(&mut events);
    scanner.typed(b"\r");
    scanner.feed(0, b"\r\nERROR: typed into cat\r\n", &mut events);
    assert_eq!(events.len(), 1, "what cat prints counts, what was typed does not");
}

#[test]
fn an_event_before_what_was_typed_counts() {
    let (mut scanner, mut events) = (scanner(), Vec::new());
    scanner.typed(b"error\r");
    scanner.feed(0, b"ERROR: what is an error\r\n", &mut events);
    assert_eq!(events.len(), 1, "typing did not make it an event");
}

#[test]
fn shell_marks_delimit_commands() {
    let marked = b"\x1b]133;A\x07$ \x1b]133;B\x07ERROR: typed\r\n\x1b]133;C\x07ERROR: printed\r\n";
    assert_eq!(texts(marked), ["ERROR: printed"]);
    let no_c = b"\x1b]133;A\x07\x1b]133;B\x07ERROR: typed\r\nERROR: printed\r\n";
    assert_eq!(texts(no_c), ["ERROR: printed"]);
    let two_lines =
        b"\x1b]133;C\x07\x1b]133;B\x07ERROR: a\r\nERROR: b\r\n\x1b]133;C\x07ERROR: c\r\n";
    assert_eq!(texts(two_lines), ["ERROR: c"]);
}

#[test]
fn repaints_count_once() {
    let frame = |n: u32| format!("ERROR pull failed {n}s\r\nlayer {n}%\r\n\x1b[2A");
    let output: String = (0..9).map(frame).collect();
    assert_eq!(texts(output.as_bytes()).len(), 1);
    let cleared = "ERROR a\r\n\x1b[H\x1b[2JERROR a\r\n\x1b[HERROR a\r\nERROR b\r\n";
    assert_eq!(texts(cleared.as_bytes()), ["ERROR a", "ERROR b"]);
    let (mut scanner, mut events) = (scanner(), Vec::new());
    scanner.feed(0, b"ERROR: make\r\n$ clear\r\n\x1b[H\x1b[2J$ ", &mut events);
    scanner.typed(b"make\r");
    scanner.feed(0, b"make\r\nERROR: make\r\n", &mut events);
    assert_eq!(events.len(), 2, "after Enter all is new");
}

#[test]
fn a_resize_makes_the_repaint_old_and_leaves_logs_alone() {
    let (mut scanner, mut events) = (scanner(), Vec::new());
    scanner.set_rows(24);
    scanner.feed(0, b"ERROR: a long line\r\n", &mut events);
    scanner.resized();
    scanner.feed(0, b"ERROR: log\r\n", &mut events);
    scanner.feed(0, b"\x1b[HERROR: a lo\r\nng line\r\n", &mut events);
    assert_eq!(events.len(), 2);
}

#[test]
fn a_long_line_is_judged_by_its_start() {
    let mut long = vec![b'x'; 3 * LINE_CAP];
    long.extend_from_slice(b" 3 errors\nERROR after\n");
    assert_eq!(texts(&long), ["ERROR after"]);
    let mut late = b"ERROR early".to_vec();
    late.resize(5 * LINE_CAP, b'x');
    assert_eq!(events(&late).len(), 1);
}

#[test]
fn rules_reach_the_stream_and_quiet_whole_traces() {
    let (mut scanner, mut events) = (Scanner::new(with_rules()), Vec::new());
    scanner.feed(
        0,
        b"plain\r\nERROR boom\r\njava.lang.X: y\r\n\tat a.b(C.java:1)\r\n",
        &mut events,
    );
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(events[0].source, Source::Rule("ends".into()));
    assert_eq!(events[0].span, 1..5);
    scanner.set_engine(self::scanner().engine);
    scanner.feed(0, b"ok\r\nERROR boom\r\n", &mut events);
    assert_eq!(events.len(), 2, "the new rules judge what comes");
}

#[test]
fn an_echo_may_be_late_but_not_overtaken_and_silent() {
    let (mut scanner, mut events) = (scanner(), Vec::new());
    scanner.typed(b"error: a\r");
    scanner.idle(&mut events);
    scanner.feed(0, b"error: a\r\n", &mut events);
    assert_eq!(events.len(), 0, "nothing came before the echo");
    scanner.typed(b"error: b\r");
    scanner.feed(0, b"other\r\n", &mut events);
    scanner.idle(&mut events);
    scanner.feed(0, b"error: b\r\n", &mut events);
    assert_eq!(events.len(), 1, "echo is off: this is output");
}

/// The lines of the corpus, labels included: they do no harm.
fn corpus() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/severity");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let text: String = files.map(|path| std::fs::read_to_string(path).unwrap()).collect();
    text.lines().map(|line| line.replace("\\t", "\t").replace("\\e", "\x1b")).collect()
}

/// A part of a line of the corpus, so that formats are cut and joined in new ways.
fn fragment() -> impl Strategy<Value = Vec<u8>> {
    let ends = (any::<prop::sample::Index>(), any::<prop::sample::Index>());
    (proptest::sample::select(corpus()), ends).prop_map(|(line, (from, to))| {
        let line = line.split_once(' ').map_or("", |(_, line)| line).as_bytes();
        let (from, to) = (from.index(line.len() + 1), to.index(line.len() + 1));
        line[from.min(to)..if from < to { to } else { line.len() }].to_vec()
    })
}

/// Pieces that streams are made of: bits of formats, of sequences, of words and of noise.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    const BITS: &[&str] = &[
        "ERROR boom",
        "error: x",
        " WARN y",
        "INFO z ERROR",
        "{\"level\":50}",
        "{\"level\":30}",
        "level=error a=b",
        "<3>x",
        "<14>x",
        "E0629 12:34:56.1 1 a.go:1] x",
        "\tat a.b(C.java:1)",
        "Caused by: ERROR",
        "Traceback (most recent call last):",
        "  File \"a\", line 1",
        "ValueError: x",
        "panic: x",
        "goroutine 1 [running]:",
        "3 errors",
        "0 errors",
        "java.lang.X: y",
        "plain",
        "2024-05-01 10:00:00 ",
        "[error] ",
        "\"GET / HTTP/1.1\" 500",
        "812:M 29 Jun 2024 12:34:56.1 # x",
        "\r\n",
        "\r\n",
        "\n",
        "\n",
        "\r",
        "\r\r\n",
        " ",
        "\x08",
        "\x1b[31m",
        "\x1b[0m",
        "\x1b[K",
        "\x1b[2A",
        "\x1b[H",
        "\x1b[1B",
        "\x1b7",
        "\x1b8",
        "\x1b[?1049h",
        "\x1b[?1049l",
        "\x1b]0;ERROR\x07",
        "\x1b]133;A\x07",
        "\x1b]133;B\x07",
        "\x1b]133;C\x07",
        "\x1b[10G",
        "\x1b[3C",
        "é",
        "日",
        "\x07",
    ];
    let bit = prop_oneof![
        8 => proptest::sample::select(BITS).prop_map(|bit| bit.as_bytes().to_vec()),
        4 => fragment(),
        1 => proptest::collection::vec(any::<u8>(), 1..6),
    ];
    proptest::collection::vec(bit, 0..40).prop_map(|bits| bits.concat())
}

/// The scan without the shortcut: every line is assembled and judged.
fn slow_events(output: &[u8], engine: Engine) -> Vec<AlertEvent> {
    let (mut scanner, mut events) = (Scanner::new(engine), Vec::new());
    let mut at = 0;
    while at < output.len() {
        let (taken, exit) = scanner.tty.advance(at as u64, &output[at..]);
        at += taken;
        scanner.end = at as u64;
        if let Some(exit) = exit {
            let text = trim_end(&scanner.tty.line.text()).to_owned();
            if !scanner.tty.is_command() {
                let (found, next) = scanner.trace.step(&scanner.engine, &text);
                scanner.trace = next;
                let start = scanner.tty.line.start();
                scanner.count(&found, &text, start, &mut events);
            } else {
                scanner.trace = Trace::Idle;
            }
            scanner.tty.next_line(exit);
        }
    }
    events
}

fn with_rules() -> Engine {
    let rule = |name: &str, pattern: &str, severity| super::super::rule::AlertRule {
        name: name.into(),
        pattern: pattern.into(),
        severity,
        session: None,
        machine: None,
        labels: std::collections::BTreeMap::new(),
        color: None,
        samples: Vec::new(),
    };
    use super::super::rule::RuleSeverity::{Error, Ignore, Warning};
    let rules = [
        rule("quiet", "boom$", Ignore),
        rule("ends", "lain$", Error),
        rule("starts", "^é.", Warning),
        rule("space", r"日\s*\S", Warning),
    ];
    Engine::new(Arc::new(RuleSet::compile(&rules).unwrap()), &Scope::default())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn skipping_lines_changes_nothing(output in stream(), rules in any::<bool>()) {
        let engine = if rules { with_rules() } else { scanner().engine };
        let (mut scanner, mut events) = (Scanner::new(engine.clone()), Vec::new());
        scanner.feed(0, &output, &mut events);
        prop_assert_eq!(events, slow_events(&output, engine));
    }

    #[test]
    fn any_split_gives_the_same_events(
        output in stream(), cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..9),
    ) {
        let (mut whole, mut expected) = (scanner(), Vec::new());
        whole.feed(7, &output, &mut expected);
        whole.finish(&mut expected);
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(output.len() + 1)).collect();
        cuts.extend([0, output.len()]);
        cuts.sort_unstable();
        let (mut scanner, mut events) = (scanner(), Vec::new());
        for pair in cuts.windows(2) {
            scanner.feed(7 + pair[0] as u64, &output[pair[0]..pair[1]], &mut events);
        }
        scanner.finish(&mut events);
        prop_assert_eq!(events, expected);
        prop_assert_eq!(scanner.lines(), whole.lines());
    }
}
