//! Remote output only ever becomes cells (threats T4 and T22): a corpus of sequences printed by a
//! program, and everything that clients then write to their own terminal.

use std::collections::BTreeSet;

use watchdeck::proto::Winsize;

use crate::machine::Machine;
use crate::proof::tell;
use crate::terminal::{Terminal, text};

/// Appears in every string that a program could smuggle out.
const CANARY: &str = "EVIL";

/// Sequences of every kind there is: each CSI by marker, intermediate and final byte, each OSC by
/// number, and the other strings and controls (ECMA-48, xterm ctlseqs).
fn corpus() -> Vec<u8> {
    let mut corpus = Vec::new();
    for prefix in ["", "?", ">", "=", "<"] {
        for between in ["", "!", "\"", "$", "'", " ", "*"] {
            for last in 0x40..=0x7e_u8 {
                // Those that end the line of argument: the program must go on to be read.
                corpus.extend(format!("\x1b[{prefix}2;3{between}").bytes().chain([last]));
            }
        }
    }
    for number in (0..=120).chain([133, 633, 777, 1337, 9999]) {
        corpus.extend(format!("\x1b]{number};{CANARY};{CANARY}\x07").bytes());
        corpus.extend(format!("\x1b]{number};?\x1b\\").bytes());
    }
    for open in ["P", "_", "^", "X", "k", "P+q", "P$q", "P1;2|", "_G"] {
        corpus.extend(format!("\x1b{open}{CANARY}\x1b\\").bytes());
    }
    for last in (0x30..=0x7e_u8).filter(|last| !b"PX^_]k[".contains(last)) {
        corpus.extend([0x1b, last]);
    }
    corpus.extend((0x80..=0x9f_u32).filter_map(char::from_u32).collect::<String>().bytes());
    corpus.extend((0..0x20_u8).filter(|byte| *byte != 0x1b));
    corpus.extend("\u{202e}\u{2066}\u{200b}\u{feff}\u{e0041}".bytes());
    corpus
}

/// How many sequences that are.
fn sequences(corpus: &[u8]) -> usize {
    corpus.iter().filter(|byte| **byte == 0x1b || **byte < 0x20 || **byte == 0xc2).count()
}

/// The kinds of sequences in what a client wrote: a CSI without its parameters, any other string by
/// its opening, a lone control by its number.
fn kinds(raw: &[u8]) -> BTreeSet<String> {
    let mut kinds = BTreeSet::new();
    let written = String::from_utf8_lossy(raw);
    let mut rest = written.chars().peekable();
    while let Some(c) = rest.next() {
        if c != '\x1b' {
            if c.is_control() && !matches!(c, '\r' | '\n') || is_deceptive(c) {
                kinds.insert(format!("U+{:04X}", u32::from(c)));
            }
            continue;
        }
        match rest.next() {
            Some('[') => {
                let mut body = String::new();
                for c in rest.by_ref() {
                    body.push(c);
                    if ('\x40'..='\x7e').contains(&c) {
                        break;
                    }
                }
                kinds.insert(csi(&body));
            }
            Some(opening @ (']' | 'P' | '_' | '^' | 'X')) => {
                let body: String = rest
                    .by_ref()
                    .take_while(|c| !matches!(c, '\x07' | '\x1b' | '\u{9c}'))
                    .collect();
                kinds.insert(format!("{opening}{}", body.split(';').next().unwrap()));
            }
            Some(other) => drop(kinds.insert(format!("ESC {other}"))),
            None => drop(kinds.insert("ESC at the end".to_owned())),
        }
    }
    kinds
}

/// Modes keep their number: which one is switched matters.
fn csi(body: &str) -> String {
    match body.chars().last() {
        Some('h' | 'l') => format!("[{body}"),
        Some('u' | 'm') if body.starts_with(['>', '<', '?', '=']) => format!("[{body}"),
        _ => format!(
            "[{}",
            body.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';' || c == ':')
        ),
    }
}

/// Reorders or hides what stands beside it (Unicode, bidirectional controls and tags).
fn is_deceptive(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{e0000}'..='\u{e007f}' | '\u{feff}')
}

/// Prints the corpus, and then says where the screen is usable again.
fn print_corpus(machine: &Machine, name: &str) {
    let file = machine.dir.path().join("corpus");
    std::fs::write(&file, corpus()).unwrap();
    // CAN ends what was left open, RIS what was left set (ECMA-48).
    let script = format!(
        "cat {}; printf '\\030\\033c\\033]2;{CANARY}\\007corpus done\\n'; cat",
        file.display()
    );
    machine.text(&["new", "--detach", "--name", name, "--", "sh", "-c", &script]);
    machine.text(&["wait", name, "--pattern", "corpus done", "--from", "start"]);
}

/// What a dashboard writes that shows only a harmless program: the ways to draw.
fn of_a_harmless_dashboard() -> BTreeSet<String> {
    let machine = Machine::new();
    machine.text(&[
        "new",
        "--detach",
        "--name",
        "good",
        "--",
        "sh",
        "-c",
        "printf '\\033[1;31mred\\033[m \\033[4mline\\033[m \\033[48;5;20mblue\\033[m\\n'; i=0; \
         while [ $i -lt 200 ]; do echo line $i; i=$((i+1)); done; cat",
    ]);
    let mut deck = machine.dashboard();
    deck.until_shows("line 199");
    visit(&mut deck);
    kinds(&deck.raw())
}

/// Focuses the pane, scrolls, shows help, and leaves.
fn visit(deck: &mut Terminal) {
    deck.press("\r");
    deck.until_shows("WATCH");
    deck.press("\x1f\x1b");
    deck.until_shows("NAV");
    deck.press("z?");
    deck.until_shows(" Keys ");
    deck.press("\x1b");
    deck.until_hides(" Keys ");
    deck.press("q");
    deck.until_ended();
}

#[test]
fn a_dashboard_writes_nothing_that_a_program_chose() {
    let mut harmless = of_a_harmless_dashboard();
    // The dashboard's own: it rings once when a session rang while it watched.
    harmless.insert("U+0007".to_owned());
    let machine = Machine::new();
    print_corpus(&machine, "bad");
    machine.text(&["new", "--detach", "--name", "calm", "--", "sh", "-c", "echo calm; cat"]);
    let mut deck = machine.dashboard();
    deck.until_shows("corpus done");
    let view = deck.until_shows("calm");
    intact(&view.text_rows().collect::<Vec<_>>(), &text(&view));
    visit(&mut deck);
    let foreign: Vec<_> = kinds(&deck.raw()).difference(&harmless).cloned().collect();
    assert!(foreign.is_empty(), "a harmless dashboard does not write {foreign:?}");
    let values = format!(
        "{} sequences printed, {} kinds written, 0 of them not written without the corpus, frames intact",
        sequences(&corpus()),
        harmless.len()
    );
    tell(4, "T4,T22", "a corpus of all sequences in a pane of the dashboard", &values);
}

/// The frames of both panes and the header are where they belong.
fn intact(rows: &[String], picture: &str) {
    assert!(rows[0].contains("watchdeck"), "{picture}");
    let tops = rows.iter().map(|row| row.matches('┌').count()).sum::<usize>();
    let ends = rows.iter().map(|row| row.matches('┘').count()).sum::<usize>();
    assert_eq!((tops, ends), (2, 2), "{picture}");
}

#[test]
fn no_verb_writes_to_a_terminal_what_a_program_chose() {
    let machine = Machine::new();
    print_corpus(&machine, "bad");
    let verbs: [&[&str]; 9] = [
        &["ls"],
        &["info", "bad"],
        &["screen", "bad"],
        &["screen", "bad", "--ansi"],
        &["tail", "bad", "--from", "start"],
        &["tail", "bad", "--plain", "--from", "start"],
        &["grep", "bad", "."],
        &["alerts"],
        &["attach", "bad", "--observe"],
    ];
    for verb in verbs {
        let mut command = machine.command(verb);
        command.env("COLUMNS", "80");
        let mut terminal = Terminal::run(command, Winsize::new(24, 80));
        if verb[0] == "attach" {
            terminal.until_shows("corpus done");
            terminal.press("\x1fd");
        }
        terminal.until_ended();
        let raw = terminal.raw();
        let written = String::from_utf8_lossy(&raw);
        let foreign: Vec<_> =
            kinds(&raw).into_iter().filter(|kind| !is_drawing(kind, verb[0] == "attach")).collect();
        assert!(foreign.is_empty(), "{verb:?} wrote {foreign:?}");
        assert!(!written.contains("\x1b]"), "{verb:?}");
    }
    tell(4, "T4,T21", "the same through nine verbs on a terminal", "colours and text alone");
}

/// What a verb may write: colours; `attach` draws a whole screen.
fn is_drawing(kind: &str, whole: bool) -> bool {
    const WHOLE: [&str; 12] =
        ["[H", "[J", "[K", "[G", "[X", "[d", "[q", "[A", "[B", "[C", "[D", "[ q"];
    kind == "[m" || kind == "U+0009" || whole && (WHOLE.contains(&kind) || kind.starts_with("[?"))
}
