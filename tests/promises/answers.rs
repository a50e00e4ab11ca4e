//! Output never becomes input: what a program makes the terminal say holds none of its words (T5).

use watchdeck::proto::Winsize;
use watchdeck::term::{Screen, ScreenOptions};

use crate::proof::tell;

/// What must come back in no answer.
const CANARY: &str = "touch-canary";

/// Requests that make some terminal repeat what a program chose (xterm ctlseqs; the reports that
/// had to be fixed in real ones), after the program chose it in every way there is.
fn queries() -> Vec<String> {
    let chosen = format!(
        "\x1b]0;{CANARY}\r\x07\x1b]1;{CANARY}\x07\x1b]2;{CANARY}\n\x1b\\\x1b]7;file:///{CANARY}\x07\
         \x1b]8;id={CANARY};http://{CANARY}\x07{CANARY}\x1b]8;;\x07\x1bP1$r{CANARY}\x1b\\\
         \x1b]50;{CANARY}\x07\x1b]52;c;dG91Y2gtY2FuYXJ5\x07\x1bP+p{CANARY}\x1b\\"
    );
    let windows = [11, 13, 14, 15, 16, 18, 19, 20, 21].map(|n| format!("\x1b[{n}t"));
    let status = ["5", "6", "?6", "?15", "?25", "?26", "?53", "?55", "?56", "?62", "?63;1", "?75"]
        .map(|n| format!("\x1b[{n}n"));
    let colours = ["4;1;?", "5;0;?", "10;?", "11;?", "12;?", "13;?", "17;?", "19;?", "104;?"]
        .map(|n| format!("\x1b]{n}\x07"));
    let settings = ["m", "r", "\"p", " q", "s", "t", "$|", "*|", CANARY, "\x0a"]
        .map(|n| format!("\x1bP$q{n}\x1b\\"));
    let names =
        ["544e", "5463", "746f7563682d63616e617279", "zz", ""].map(|n| format!("\x1bP+q{n}\x1b\\"));
    let others = [
        "\x05",
        "\x1b[c",
        "\x1b[>c",
        "\x1b[=c",
        "\x1bZ",
        "\x1b[x",
        "\x1b[1x",
        "\x1b[>q",
        "\x1b[?u",
        "\x1b[?4m",
        "\x1b]50;?\x07",
        "\x1b]52;c;?\x07",
        "\x1b]l\x07",
        "\x1b[?1$p",
        "\x1b[4$p",
        "\x1b[1;1;1;1;1;1*y",
        "\x1b[1$w",
        "\x1b[2$w",
        "\x1b[&u",
        "\x1b[#R",
    ]
    .map(str::to_owned);
    let all = windows.into_iter().chain(status).chain(colours).chain(settings).chain(names);
    all.chain(others).map(|query| format!("{chosen}{query}")).collect()
}

#[test]
fn no_answer_repeats_what_a_program_chose() {
    let (mut answered, queries) = (0, queries());
    for query in &queries {
        let options = ScreenOptions { replies: true, ..ScreenOptions::default() };
        let mut screen = Screen::new(Winsize::new(24, 80), options);
        screen.feed(query.as_bytes());
        let replies = screen.take_replies();
        let text = String::from_utf8_lossy(&replies);
        assert!(!text.contains("canary") && !text.contains("746f756368"), "{query:?}: {text:?}");
        // An answer with a line end would run whatever stands before it.
        assert!(!replies.contains(&b'\r') && !replies.contains(&b'\n'), "{query:?}: {text:?}");
        answered += usize::from(!replies.is_empty());
    }
    let values = format!(
        "{} queries, {answered} answered, 0 answers with a word of the program or a line end",
        queries.len()
    );
    tell(5, "T5", "queries after hostile titles, links and settings", &values);
}
