//! Binary messages.

use bytes::Bytes;
use watchdeck::proto::update::{CursorPosition, ModeBits, ModeFlag};
use watchdeck::proto::{
    Frame, InputKind, MarkColor, RowMark, RowUpdate, Severity, Update, Winsize,
};

use super::{Named, text};

/// Microseconds since the Unix epoch: 2026-03-01 14:03:00 UTC.
const AT: u64 = 1_772_373_780_000_000;

/// Binary messages.
pub fn frames() -> Named<Frame> {
    let channel = 3;
    let update = |update: &Update| {
        let mut bytes = Vec::new();
        update.encode(&mut bytes);
        Frame::Update { channel, bytes: bytes.into() }
    };
    let named = [
        ("update snapshot", update(&snapshot())),
        ("update changes", update(&changes())),
        ("update colours", update(&colours())),
        (
            "output",
            Frame::Output { channel, offset: 4096, bytes: Bytes::from_static(b"ready\r\n") },
        ),
        ("gap", Frame::Gap { channel, from: 1024, to: 4096 }),
        ("ack", Frame::Ack { channel, revision: 300 }),
        ("credit", Frame::Credit { channel, bytes: 32_768 }),
        ("applied", Frame::Applied { channel, seq: 7 }),
        (
            "timed",
            Frame::Timed { channel, offset: 4096, at: AT, bytes: Bytes::from_static(b"ready\r\n") },
        ),
        (
            "resized",
            Frame::Resized { channel, offset: 4103, at: AT, size: Winsize { rows: 30, cols: 100 } },
        ),
        ("focus", Frame::Focus { channel, epoch: 2 }),
    ];
    let input = |kind: InputKind| {
        let bytes = Bytes::from_static(b"\x1b[A");
        let frame = Frame::Input { channel, id: 300, seq: 7, epoch: 2, kind, bytes };
        (format!("input {kind:?}").to_lowercase(), frame)
    };
    let named = named.map(|(name, frame)| (text(name), frame));
    named.into_iter().chain(InputKind::ALL.map(input)).collect()
}

/// A whole small screen.
pub fn snapshot() -> Update {
    Update {
        revision: 1,
        base: 0,
        offset: 300,
        size: Winsize { rows: 3, cols: 10 },
        scroll: 0,
        rows: vec![
            RowUpdate { row: 0, wrapped: true, bytes: b"\x1b[31mERROR disk".to_vec() },
            RowUpdate { row: 2, wrapped: false, bytes: b"$".to_vec() },
        ],
        marks: vec![RowMark { row: 0, severity: Severity::Error, cols: 0..5, color: None }],
        cursor: CursorPosition { row: 2, col: 1 },
        modes: ModeBits::default().with(ModeFlag::BracketedPaste, true).with_mouse(3),
        title: Some(text("sh")),
    }
}

/// What comes after [`snapshot`]: the screen scrolls, a mark goes.
pub fn changes() -> Update {
    Update {
        revision: 2,
        base: 1,
        offset: 316,
        scroll: 1,
        rows: vec![RowUpdate { row: 2, wrapped: false, bytes: b"\x1b[Kdone".to_vec() }],
        marks: vec![RowMark { row: 1, severity: Severity::Other, cols: 0..0, color: None }],
        cursor: CursorPosition { row: 2, col: 4 },
        title: None,
        ..snapshot()
    }
}

/// What comes after [`changes`]: rules with colours of their own mark two rows.
pub fn colours() -> Update {
    let mark = |row, color| RowMark { row, severity: Severity::Warning, cols: 0..4, color };
    let marks = vec![
        mark(0, Some(MarkColor::Indexed(5))),
        mark(1, None),
        mark(2, Some(MarkColor::Rgb(0xff, 0x80, 0))),
    ];
    Update { revision: 3, base: 2, offset: 330, scroll: 0, rows: vec![], marks, ..changes() }
}
