//! Both sides of the account: what a program wrote and what a client got, compared by length and
//! hash; and how a proof tells what it measured.

use sha2::{Digest, Sha256};

use watchdeck::proto::Offset;
use watchdeck::term::{Screen, ScreenOptions, View};

pub use crate::proof::{tell, times};

/// A running account of a stream.
#[derive(Clone, Default)]
pub struct Account {
    pub bytes: u64,
    hash: Sha256,
}

impl Account {
    pub fn add(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.hash.update(bytes);
    }

    /// Length and hash, as a program writes them into its own account.
    pub fn sum(&self) -> String {
        let hash: String =
            self.hash.clone().finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{} {hash}", self.bytes)
    }
}

/// A terminal that is given every byte and skips nothing: what a resumed screen must look like.
pub struct Reference {
    screen: Screen,
    stream: Vec<u8>,
    at: usize,
}

impl Reference {
    /// Of a program that writes `stream` on a terminal of the default size of tests.
    pub fn of(stream: Vec<u8>) -> Self {
        let options =
            ScreenOptions { fast_forward: false, replies: false, ..ScreenOptions::default() };
        Self { screen: Screen::new(watchdeck::proto::Winsize::new(24, 80), options), stream, at: 0 }
    }

    /// The picture after the first `offset` bytes; offsets must not go back.
    pub fn at(&mut self, offset: Offset) -> View {
        let end = usize::try_from(offset).unwrap();
        assert!(end >= self.at && end <= self.stream.len(), "{end} of {}", self.stream.len());
        self.screen.feed(&self.stream[self.at..end]);
        self.at = end;
        View::of(&self.screen, offset)
    }
}

/// The first difference of two pictures, cell by cell; marks are not compared.
pub fn difference(seen: &View, expected: &View) -> Option<String> {
    if (seen.size(), seen.cursor_position()) != (expected.size(), expected.cursor_position()) {
        return Some(format!(
            "cursor {:?} {:?}",
            seen.cursor_position(),
            expected.cursor_position()
        ));
    }
    if (seen.modes(), seen.title()) != (expected.modes(), expected.title()) {
        return Some(format!("{:?} {:?}", seen.modes(), expected.modes()));
    }
    let size = seen.size();
    let cells = (0..size.rows).flat_map(|row| (0..size.cols).map(move |col| (row, col)));
    let mut differ = cells.filter(|(row, col)| seen.cell(*row, *col) != expected.cell(*row, *col));
    differ.next().map(|(row, col)| {
        format!("{row}:{col} {:?}, not {:?}", seen.cell(row, col), expected.cell(row, col))
    })
}
