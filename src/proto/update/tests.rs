use proptest::prelude::*;

use super::*;

fn sample() -> Update {
    Update {
        revision: 7,
        base: 6,
        offset: 300,
        size: Winsize::new(24, 80),
        scroll: 1,
        rows: vec![
            RowUpdate { row: 0, wrapped: true, bytes: b"ab".to_vec() },
            RowUpdate { row: 23, wrapped: false, bytes: "\u{e9}".into() },
        ],
        marks: vec![RowMark { row: 23, severity: Severity::Error, cols: 2..7, color: None }],
        cursor: CursorPosition { row: 23, col: 80 },
        modes: ModeBits::default().with(ModeFlag::BracketedPaste, true).with_mouse(2),
        title: Some("t".into()),
    }
}

fn encoded(update: &Update) -> Vec<u8> {
    let mut bytes = Vec::new();
    update.encode(&mut bytes);
    bytes
}

#[test]
fn the_form_on_the_wire_is_pinned() {
    #[rustfmt::skip]
    let expected = [
        1, 7, 6, 0xac, 2, 24, 80, 1, 23, 80, 0x88, 1, // flags … modes
        1, b't', // title
        2, 0, 5, b'a', b'b', 22, 4, 0xc3, 0xa9, // rows
        1, 23, 4, 2, 5, // marks
    ];
    assert_eq!(encoded(&sample()), expected);
    assert_eq!(Update::decode(&expected), Ok(sample()));
}

#[test]
fn colours_stand_behind_each_mark_and_only_where_one_has_one() {
    let mark = |row, color| RowMark { row, severity: Severity::Warning, cols: 0..1, color };
    let marks = vec![
        mark(3, Some(MarkColor::Indexed(5))),
        mark(5, None),
        mark(6, Some(MarkColor::Rgb(1, 2, 3))),
    ];
    let colored = Update { marks, title: None, rows: vec![], ..sample() };
    let bytes = encoded(&colored);
    #[rustfmt::skip]
    let expected = [3, 3, 3, 0, 1, 1, 5, 1, 3, 0, 1, 0, 0, 3, 0, 1, 2, 1, 2, 3];
    assert_eq!(bytes[0], 2, "flags");
    assert!(bytes.ends_with(&expected), "{bytes:?}");
    assert_eq!(Update::decode(&bytes), Ok(colored));
    let mut unknown = bytes;
    let kind = unknown.len() - 4;
    unknown[kind] = 3;
    assert_eq!(Update::decode(&unknown), Err(UpdateError::OutOfRange("colour")));
}

#[test]
fn every_cut_is_refused() {
    let mut update = sample();
    update.marks[0].color = Some(MarkColor::Rgb(1, 2, 3));
    let bytes = encoded(&update);
    for len in 0..bytes.len() {
        assert!(Update::decode(&bytes[..len]).is_err(), "cut to {len} bytes");
    }
}

#[test]
fn values_outside_their_bounds_are_refused() {
    type Break = fn(&mut Update);
    let cases: [(&str, Break, UpdateError); 10] = [
        ("revision 0", |u| u.revision = 0, UpdateError::OutOfRange("revision")),
        ("base not before revision", |u| u.base = 7, UpdateError::OutOfRange("base")),
        ("no rows", |u| u.size.rows = 0, UpdateError::OutOfRange("size")),
        ("too wide", |u| u.size.cols = 1001, UpdateError::OutOfRange("columns")),
        ("scroll past the grid", |u| u.scroll = 25, UpdateError::OutOfRange("scroll")),
        ("scroll in a snapshot", |u| u.base = 0, UpdateError::OutOfRange("scroll")),
        ("cursor below", |u| u.cursor.row = 24, UpdateError::OutOfRange("cursor row")),
        ("cursor beyond", |u| u.cursor.col = 81, UpdateError::OutOfRange("cursor column")),
        ("row below", |u| u.rows[1].row = 24, UpdateError::OutOfRange("rows")),
        ("mark beyond", |u| u.marks[0].cols = 2..81, UpdateError::OutOfRange("mark width")),
    ];
    for (name, break_it, error) in cases {
        let mut update = sample();
        break_it(&mut update);
        assert_eq!(Update::decode(&encoded(&update)), Err(error), "{name}");
    }
}

#[test]
fn long_strings_and_odd_bytes_are_refused() {
    let mut long = sample();
    long.title = Some("t".repeat(Update::MAX_TITLE_BYTES + 1));
    let mut fat = sample();
    fat.rows[0].bytes = vec![b' '; Update::MAX_ROW_BYTES + 1];
    let mut trailing = encoded(&sample());
    trailing.push(0);
    let mut flags = encoded(&sample());
    flags[0] = 0x87;
    let mut not_utf8 = encoded(&sample());
    not_utf8[13] = 0xff;
    let cases = [
        (encoded(&long), UpdateError::OutOfRange("title")),
        (encoded(&fat), UpdateError::OutOfRange("row length")),
        (trailing, UpdateError::Trailing(1)),
        (flags, UpdateError::UnknownFlags(0x87)),
        (not_utf8, UpdateError::TitleNotUtf8),
        (vec![0; 3], UpdateError::OutOfRange("revision")),
        ([&[0][..], &[0xff; 12]].concat(), UpdateError::OutOfRange("revision")),
    ];
    for (bytes, error) in cases {
        assert_eq!(Update::decode(&bytes), Err(error));
    }
}

#[test]
fn mode_bits_keep_their_neighbours() {
    let bits = ModeBits(u32::MAX).with_mouse(0).with_mouse_encoding(1).with_cursor_shape(2);
    assert_eq!((bits.mouse(), bits.mouse_encoding(), bits.cursor_shape()), (0, 1, 2));
    assert!(bits.with(ModeFlag::CursorHidden, false).has(ModeFlag::FocusEvents));
    assert!(!bits.with(ModeFlag::CursorHidden, false).has(ModeFlag::CursorHidden));
    assert_eq!(ModeBits::default().with_mouse(0xff).0, 0b1_1100_0000);
}

fn any_rows(rows: u16) -> impl Strategy<Value = Vec<RowUpdate>> {
    let row = (any::<bool>(), prop::collection::vec(any::<u8>(), 0..300));
    prop::collection::btree_map(0..rows, row, 0..6).prop_map(|rows| {
        rows.into_iter().map(|(row, (wrapped, bytes))| RowUpdate { row, wrapped, bytes }).collect()
    })
}

fn any_marks(size: Winsize) -> impl Strategy<Value = Vec<RowMark>> {
    let severity = prop::sample::select(vec![Severity::Other, Severity::Info, Severity::Error]);
    let color = prop_oneof![
        any::<u8>().prop_map(MarkColor::Indexed),
        any::<(u8, u8, u8)>().prop_map(|(red, green, blue)| MarkColor::Rgb(red, green, blue)),
    ];
    let mark = (severity, 0..=size.cols, 0..=size.cols, prop::option::of(color));
    prop::collection::btree_map(0..size.rows, mark, 0..6).prop_map(|marks| {
        let marks = marks.into_iter();
        let mark = |(row, (severity, a, b, color)): (u16, (_, u16, u16, _))| {
            let cols = a.min(b)..a.max(b);
            RowMark { row, severity, cols, color }
        };
        marks.map(mark).collect()
    })
}

fn any_update() -> impl Strategy<Value = Update> {
    let size = (Winsize::MIN.rows..=Winsize::MAX.rows, Winsize::MIN.cols..=Winsize::MAX.cols);
    size.prop_flat_map(|(rows, cols)| {
        let size = Winsize::new(rows, cols);
        let numbers = (1..=u64::MAX, any::<u64>(), any::<u64>(), 0..=rows);
        let end = ((0..rows, 0..=cols), any::<u32>(), prop::option::of(".{0,40}"));
        (numbers, any_rows(rows), any_marks(size), end).prop_map(
            move |((revision, base, offset, scroll), rows, marks, (cursor, modes, title))| {
                let base = base % revision;
                let scroll = if base == 0 { 0 } else { scroll };
                let cursor = CursorPosition { row: cursor.0, col: cursor.1 };
                let modes = ModeBits(modes);
                Update { revision, base, offset, size, scroll, rows, marks, cursor, modes, title }
            },
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn what_is_written_is_read(update in any_update()) {
        prop_assert_eq!(Update::decode(&encoded(&update)), Ok(update));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(update) = Update::decode(&bytes) {
            prop_assert_eq!(Update::decode(&encoded(&update)), Ok(update));
        }
    }

    #[test]
    fn a_wrong_byte_is_read_or_refused(
        update in any_update(),
        at: prop::sample::Index,
        byte: u8,
    ) {
        let mut bytes = encoded(&update);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(update) = Update::decode(&bytes) {
            prop_assert_eq!(Update::decode(&encoded(&update)), Ok(update));
        }
    }
}
