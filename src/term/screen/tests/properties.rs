//! What holds for any bytes, any cuts and any sizes.

use proptest::prelude::*;

use crate::proto::Winsize;
use crate::term::{Modes, Notice, Screen, ScreenOptions};

/// Everything that can be seen of a Screen.
#[derive(Debug, PartialEq)]
pub(super) struct View {
    size: Winsize,
    cells: Vec<vt100::Cell>,
    wrapped: Vec<bool>,
    cursor: (u16, u16),
    pen: String,
    modes: Modes,
    title: String,
    synchronized: bool,
    notices: Vec<Notice>,
    replies: Vec<u8>,
    resets: u64,
}

pub(super) fn view(mut screen: Screen) -> View {
    let vt = screen.vt();
    let size = screen.size();
    let cells = (0..size.rows).flat_map(|row| (0..size.cols).map(move |col| (row, col)));
    View {
        size,
        cells: cells.map(|(row, col)| vt.cell(row, col).unwrap().clone()).collect(),
        wrapped: (0..size.rows).map(|row| vt.row_wrapped(row)).collect(),
        cursor: screen.cursor(),
        pen: vt.attributes_formatted(),
        modes: screen.modes(),
        title: screen.title().to_owned(),
        synchronized: screen.synchronized(),
        resets: screen.resets(),
        notices: screen.take_notices(),
        replies: screen.take_replies(),
    }
}

/// Makes visible what a view does not show: the repeated character, the saved cursor, the region, the other
/// screen, what a larger screen brings back.
pub(super) fn probed(mut screen: Screen) -> View {
    let Winsize { rows, cols } = screen.size();
    screen.feed(b"\x1b[2b\x1b8x\n\n\ny\x1bMz");
    screen.resize(Winsize::new(rows + 3, cols + 1));
    screen.feed(b"\x1b[?47hw");
    view(screen)
}

pub(super) fn screen(size: Winsize, fast_forward: bool) -> Screen {
    Screen::new(size, ScreenOptions { fast_forward, ..ScreenOptions::default() })
}

fn fed(size: Winsize, fast_forward: bool, bytes: &[u8], chunk: usize) -> Screen {
    let mut screen = screen(size, fast_forward);
    bytes.chunks(chunk).for_each(|bytes| screen.feed(bytes));
    screen
}

pub(super) fn size() -> impl Strategy<Value = Winsize> {
    prop_oneof![
        (2..8_u16, 5..12_u16).prop_map(|(rows, cols)| Winsize::new(rows, cols)),
        Just(Winsize::new(24, 80)),
    ]
}

/// A piece of output: everything the filter knows, and bytes that mean nothing.
pub(super) fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => "[a-zA-Z0-9 ]{0,12}".prop_map(String::into_bytes),
        3 => "(\r\n|\n|\r|\t|\x08|\x07|\x0b|\x0e|\x0f|\x00){1,3}".prop_map(String::into_bytes),
        3 => "[語é❤7\u{fe0f}\u{301}\u{200d}👩🇩\u{fffd}\u{ad}]{1,4}".prop_map(String::into_bytes),
        4 => "\x1b\\[([0-9]{1,2}(;[0-9]{1,2}){0,2})?[@A-HJ-MPSTXZ`a-fgjkmrsu]".prop_map(String::into_bytes),
        2 => "\x1b\\[(0|1|31|4:3|38;5;9|48;2;1;2;3|58;5;1|38:2::1:2:3|7|27)?m".prop_map(String::into_bytes),
        2 => "\x1b\\[\\?(1|3|6|7|25|47|1047|1048|1049|1000|1006|2004|2026|1004)[hl]".prop_map(String::into_bytes),
        1 => "\x1b\\[(4|20)[hl]".prop_map(String::into_bytes),
        2 => "\x1b([DEHM78=>c]|[()][0B]|#8|\\[!p)".prop_map(String::into_bytes),
        1 => "\x1b(\\]2;|P\\+q|_|k|\\]133;)[a-z\n0-9]{0,8}(\x07|\x1b\\\\|\x18|\x1b)?".prop_map(String::into_bytes),
        1 => "\x1b\\[[0-9;?>]{0,4}[\x00-\x1f ]?[cnqpt]".prop_map(String::into_bytes),
        2 => prop::collection::vec(any::<u8>(), 0..8),
    ]
}

pub(super) fn output() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(piece(), 0..60).prop_map(|pieces| pieces.concat())
}

/// Stretches of lines as logs are, each of one kind, with all else in between.
pub(super) fn flood() -> impl Strategy<Value = Vec<u8>> {
    let lines = |line: &'static str| {
        prop::collection::vec(line, 0..70).prop_map(|lines| lines.concat().into_bytes())
    };
    let stretch = prop_oneof![
        4 => lines("[a-z0-9 ]{0,30}\r\n"),
        2 => lines("(\x1b\\[(0|1|32|4)?m[a-z]{1,9}){1,4}(\x1b\\[(0)?m)?\r\n"),
        2 => lines("(\x1b\\[(0|3|38;5;9)?m){0,2}\r\n"),
        1 => lines("[a-z]{0,9}\n"),
        1 => lines("[a-z語❤\u{fe0f}\u{301}\t\x08\x07]{0,14}(\x1b\\[[0-9]?[CDGKPX@]){0,2}[a-z]{0,3}\r?\n"),
    ];
    let between = prop_oneof![
        2 => Just(Vec::new()),
        1 => piece(),
        1 => Just(b"\x1b[2b".to_vec()),
        1 => Just(b"\x1b[r\x1b[?6l\x1bc".to_vec()),
        1 => Just("x\r\n".repeat(30).into_bytes()).prop_map(|full| [full, b"\x1b[H".to_vec()].concat()),
    ];
    prop::collection::vec((stretch, between), 1..8).prop_map(|parts| {
        parts.into_iter().flat_map(|(stretch, piece)| [stretch, piece].concat()).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn skipping_changes_nothing(
        size in size(),
        bytes in flood(),
        chunk in prop_oneof![Just(usize::MAX), Just(4096), 100..3000_usize],
    ) {
        let chunk = chunk.min(bytes.len().max(1));
        let [fast, full] = [true, false].map(|fast| fed(size, fast, &bytes, chunk));
        prop_assert_eq!(view(fast), view(full));
        let [fast, full] = [true, false].map(|fast| fed(size, fast, &bytes, chunk));
        prop_assert_eq!(probed(fast), probed(full));
    }

    #[test]
    fn cuts_change_nothing(size in size(), bytes in output(), chunk in 1..20_usize) {
        let whole = fed(size, true, &bytes, bytes.len().max(1));
        let cut = fed(size, true, &bytes, chunk);
        prop_assert_eq!(view(cut), view(whole));
    }

    #[test]
    fn nothing_panics(
        size in size(),
        steps in prop::collection::vec((output(), 0..40_u16, 0..40_u16), 1..8),
    ) {
        let mut screen = screen(size, true);
        for (bytes, rows, cols) in steps {
            screen.feed(&bytes);
            screen.resize(Winsize::new(rows, cols));
            screen.feed(&bytes);
            let (row, col) = screen.cursor();
            prop_assert!(row < screen.size().rows && col <= screen.size().cols);
        }
        prop_assert_eq!(screen.resets(), 0);
    }

    #[test]
    fn rows_handed_out_do_not_disturb_the_screen(size in size(), bytes in flood()) {
        let mut watched = screen(size, true);
        watched.feed_with(&bytes, &mut |_| {});
        prop_assert_eq!(view(watched), view(fed(size, false, &bytes, bytes.len().max(1))));
    }
}
