//! Modes, titles and notices.

use super::fed;
use crate::proto::Winsize;
use crate::term::{
    CursorShape, Modes, MouseEncoding, MouseTracking, Notice, PromptMark, Screen, ScreenOptions,
    ScrolledRow,
};

#[test]
fn modes() {
    let none = Modes::default();
    let cases = [
        ("\x1b[?1h\x1b=", Modes { application_cursor: true, application_keypad: true, ..none }),
        ("\x1b[?66h", Modes { application_keypad: true, ..none }),
        ("\x1b[?2004;1004h", Modes { bracketed_paste: true, focus_events: true, ..none }),
        ("\x1b[?1049h", Modes { alternate: true, ..none }),
        ("\x1b[?25l", Modes { cursor_hidden: true, ..none }),
        ("\x1b[?25l\x1b[!p", none),
        (
            "\x1b[?1000;1002;1006h",
            Modes {
                mouse: MouseTracking::ButtonMotion,
                mouse_encoding: MouseEncoding::Sgr,
                ..none
            },
        ),
        ("\x1b[?1003h\x1b[?1003l", none),
        ("\x1b[3 q", Modes { cursor_shape: CursorShape::Underline, ..none }),
        ("\x1b[6 q", Modes { cursor_shape: CursorShape::Bar, ..none }),
        ("\x1b[?1h\x1b[?1004h\x1b[2 q\x1bc", none),
    ];
    for (bytes, expected) in cases {
        assert_eq!(fed(4, 10, bytes).modes(), expected, "{}", bytes.escape_debug());
    }
}

#[test]
fn synchronized_output() {
    let mut screen = fed(4, 10, "\x1b[?2026hx");
    assert!(screen.synchronized());
    screen.feed(b"\x1b[?2026l");
    assert!(!screen.synchronized());
}

#[test]
fn titles() {
    let cases = [
        ("\x1b]0;a\x07", "a"),
        ("\x1b]2;a;b\x1b\\", "a;b"),
        ("\x1bkwindow\x1b\\", "window"),
        ("\x1b]1;icon\x07", ""),
        ("\x1b]2;a\x18", ""),
        ("\x1b]2;a\x1b[mb", ""),
        ("\x1b]2;a\x07\x1b[22;2t\x1b]2;b\x07\x1b[23;2t", "a"),
        ("\x1b]2;a\u{202e}b\x01c\x07", "abc"),
        ("\x1b]2;a\x07\x1bc", "a"),
    ];
    for (bytes, expected) in cases {
        assert_eq!(fed(4, 10, bytes).title(), expected, "{}", bytes.escape_debug());
    }
    let long = format!("\x1b]2;{}\x07", "x".repeat(4000));
    assert_eq!(fed(4, 10, long).title().len(), 256);
}

#[test]
fn notices() {
    let cases = [
        ("\x07", Notice::Bell),
        ("\x1b]2;t\x07", Notice::Title("t".into())),
        ("\x1b]7;file://host/tmp/a%20b\x07", Notice::Cwd("/tmp/a b".into())),
        ("\x1b]52;c;aGVsbG8=\x07", Notice::Clipboard("hello".into())),
        ("\x1b]52;c;aGVs\nbG8\x1b\\", Notice::Clipboard("hello".into())),
        ("\x1b]133;A;k=i\x07", Notice::Prompt(PromptMark::PromptStart)),
        ("\x1b]133;B\x07", Notice::Prompt(PromptMark::CommandStart)),
        ("\x1b]133;C\x07", Notice::Prompt(PromptMark::OutputStart)),
        ("\x1b]133;D;130;aid=1\x07", Notice::Prompt(PromptMark::CommandEnd(Some(130)))),
        ("\x1b]133;D\x07", Notice::Prompt(PromptMark::CommandEnd(None))),
        ("\x1b]9;done\x07", Notice::Notification("done".into())),
        ("\x1b]777;notify;build;ok\x1b\\", Notice::Notification("build: ok".into())),
    ];
    for (bytes, expected) in cases {
        assert_eq!(fed(4, 10, bytes).take_notices(), [expected], "{}", bytes.escape_debug());
    }
    let silent = [
        "\x1b]52;c;?\x07",
        "\x1b]52;c;!\x07",
        "\x1b]52;c;/w==\x07",
        "\x1b]9;4;1;50\x07",
        "\x1b]8;;http://x\x07",
        "\x1b]7;/tmp\x07",
        "\x1b]133;Z\x07",
    ];
    for bytes in silent {
        assert_eq!(fed(4, 10, bytes).take_notices(), [], "{}", bytes.escape_debug());
    }
}

#[test]
fn rows_that_scroll_off_are_handed_out() {
    let mut screen = Screen::new(Winsize::new(2, 5), ScreenOptions::silent());
    let mut rows = Vec::new();
    let bytes = b"\x1b[31mred\x1b[m\r\nwrapped\r\n\r\nlast\x1b[?1049h1\r\n2\r\n3\x1b[?1049l";
    screen.feed_with(bytes, &mut |row| rows.push(row));
    let row = |formatted: &str, text: &str, wrapped| ScrolledRow {
        formatted: formatted.into(),
        text: text.into(),
        wrapped,
    };
    assert_eq!(
        rows,
        [
            row("\x1b[31mred\x1b[m", "red", false),
            row("wrapp", "wrapp", true),
            row("ed", "ed", false),
        ]
    );
    screen.feed(b"\r\na\r\nb\r\nc");
    screen.feed_with(b"", &mut |_| panic!("these rows were not asked for"));
}
