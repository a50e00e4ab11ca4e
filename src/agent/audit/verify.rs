//! Whether a chain of lines is whole, without any I/O: lines go in, the first broken one comes out.

use std::fmt;

use serde::Deserialize;

use super::chain::{Fault, Hash, Head, Sealed};
use super::entry::RECOVERED;

/// Where a line stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, as it was named.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// The first thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// A line.
    #[error("{place}: {fault}")]
    Line {
        /// Where.
        place: Place,
        /// What.
        fault: Fault,
    },
    /// The first line of a file is not the one that the file is named for.
    #[error(
        "{place}: lines before it are missing: expected line number {expected}, as the file is named for, found {found}"
    )]
    Begins {
        /// Where.
        place: Place,
        /// The number in the file's name.
        expected: u64,
        /// The line's.
        found: u64,
    },
    /// A line without an end that no line after it explains.
    #[error(
        "{place}: the line is cut off after {bytes} bytes, and what follows does not tell of it"
    )]
    Torn {
        /// Where.
        place: Place,
        /// What is there of it.
        bytes: usize,
    },
    /// Lines that were written are gone from the end.
    #[error(
        "{place}: lines are missing after it: expected up to line number {expected}, found {found}"
    )]
    Ends {
        /// The last line.
        place: Place,
        /// The last one that was written.
        expected: u64,
        /// The last one there.
        found: u64,
    },
}

/// What a whole chain is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    /// Lines.
    pub lines: u64,
    /// Number of the first one; above 1, earlier files were removed.
    pub first: u64,
    /// Its end.
    pub head: Head,
    /// Lines that were cut off when an Agent or the machine ended hard.
    pub torn: Vec<Place>,
    /// The last of them is at the very end: the next Agent will tell of it.
    pub ends_torn: bool,
}

#[derive(Debug)]
struct Torn {
    place: Place,
    bytes: usize,
    hash: Hash,
}

/// Reads a chain from its first line on.
#[derive(Debug, Default)]
pub struct Verifier {
    after: Option<Head>,
    first: u64,
    lines: u64,
    /// Of the file that is being read.
    begins: Option<u64>,
    open: Option<Torn>,
    torn: Vec<Place>,
    last: Option<Place>,
    /// What the note of the end says.
    noted: Option<Head>,
    seen_noted: Option<Hash>,
}

impl Verifier {
    /// With the note of the chain's end, where there is one.
    #[must_use]
    pub fn new(noted: Option<Head>) -> Self {
        Self { noted, ..Self::default() }
    }

    /// A file begins, which is named for this line number.
    pub fn begin(&mut self, seq: u64) {
        self.begins = Some(seq);
    }

    /// A line; `ended` when a line end follows.
    ///
    /// # Errors
    /// It is the first broken one.
    pub fn line(&mut self, place: &Place, line: &[u8], ended: bool) -> Result<(), Broken> {
        if !ended {
            if let Some(torn) = self.open.take() {
                return Err(torn.into());
            }
            let hash = Hash::of(line);
            self.open = Some(Torn { place: place.clone(), bytes: line.len(), hash });
            return Ok(());
        }
        let broken = |fault| Broken::Line { place: place.clone(), fault };
        let sealed = Sealed::read(line).map_err(broken)?;
        self.explain(line)?;
        let seq = sealed.head.seq;
        if let Some(expected) = self.begins.take().filter(|expected| *expected != seq) {
            // By number first: lines that are missing are not a wrong name.
            if let Some(after) = self.after {
                sealed.follows(after).map_err(broken)?;
            }
            return Err(Broken::Begins { place: place.clone(), expected, found: seq });
        }
        let after = match self.after {
            Some(after) => after,
            None if seq == 1 => Head::START,
            // What was before it is no longer here.
            None => Head { seq: seq.saturating_sub(1), hash: sealed.prev },
        };
        let head = sealed.follows(after).map_err(broken)?;
        if self.after.is_none() {
            self.first = seq;
        }
        if self.noted.is_some_and(|noted| noted.seq == seq) {
            self.seen_noted = Some(head.hash);
        }
        self.after = Some(head);
        self.lines += 1;
        self.last = Some(place.clone());
        Ok(())
    }

    /// What was cut off must be told of by the very next line, byte for byte.
    fn explain(&mut self, line: &[u8]) -> Result<(), Broken> {
        let Some(torn) = self.open.take() else { return Ok(()) };
        match serde_json::from_slice::<Recovered>(line) {
            Ok(told) if told.what == RECOVERED && told.torn_sha256 == torn.hash.to_string() => {
                self.torn.push(torn.place);
                Ok(())
            }
            Ok(_) | Err(_) => Err(torn.into()),
        }
    }

    /// The end of the last file.
    ///
    /// # Errors
    /// Lines are missing there.
    pub fn finish(mut self) -> Result<Whole, Broken> {
        let head = self.after.unwrap_or(Head::START);
        let nowhere = Place { file: "the log".to_owned(), line: 0 };
        let place = self.last.unwrap_or(nowhere);
        if let Some(noted) = self.noted {
            // A torn line may well be the one that was noted.
            if noted.seq > head.seq {
                let place = self.open.map_or(place, |torn| torn.place);
                return Err(Broken::Ends { place, expected: noted.seq, found: head.seq });
            }
            let other = self.seen_noted.filter(|seen| *seen != noted.hash);
            if let Some(expected) = other {
                let fault = Fault::Link { expected, found: noted.hash };
                return Err(Broken::Line { place, fault });
            }
        }
        let ends_torn = self.open.is_some();
        self.torn.extend(self.open.map(|torn| torn.place));
        let Self { lines, first, torn, .. } = self;
        Ok(Whole { lines, first, head, torn, ends_torn })
    }
}

impl From<Torn> for Broken {
    fn from(torn: Torn) -> Self {
        Self::Torn { place: torn.place, bytes: torn.bytes }
    }
}

#[derive(Deserialize)]
struct Recovered {
    what: String,
    torn_sha256: String,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::chain::{Fields, seal};
    use super::*;

    fn fields(what: &str) -> Fields {
        vec![("what", what.into())]
    }

    /// A log of `count` lines with their line ends, and its end.
    fn log(count: usize) -> (Vec<Vec<u8>>, Head) {
        let mut head = Head::START;
        let lines = (0..count).map(|n| {
            let (line, next) = seal(&fields(&format!("line {n}")), head);
            head = next;
            format!("{line}\n").into_bytes()
        });
        (lines.collect(), head)
    }

    /// Line of the first fault, or what is whole.
    fn verify(text: &[u8], noted: Option<Head>) -> Result<Whole, (u64, Broken)> {
        let mut verifier = Verifier::new(noted);
        verifier.begin(1);
        let place = |line| Place { file: "f".to_owned(), line };
        for (line, bytes) in (1..).zip(text.split_inclusive(|byte| *byte == b'\n')) {
            let ended = bytes.strip_suffix(b"\n");
            let fed = verifier.line(&place(line), ended.unwrap_or(bytes), ended.is_some());
            fed.map_err(|broken| (line, broken))?;
        }
        verifier.finish().map_err(|broken| (u64::MAX, broken))
    }

    #[test]
    fn an_untouched_log_is_whole() {
        for count in [0, 1, 5] {
            let (lines, head) = log(count);
            let whole = verify(&lines.concat(), Some(head)).unwrap();
            assert_eq!((whole.lines, whole.head, whole.ends_torn), (count as u64, head, false));
        }
    }

    #[test]
    fn a_note_that_lags_behind_is_fine_and_a_later_beginning_too() {
        let (lines, head) = log(5);
        let (_, early) = log(3);
        assert!(verify(&lines.concat(), Some(early)).is_ok());
        let mut verifier = Verifier::new(Some(head));
        verifier.begin(3);
        for (n, line) in (1..).zip(&lines[2..]) {
            let place = Place { file: "f".to_owned(), line: n };
            verifier.line(&place, line.strip_suffix(b"\n").unwrap(), true).unwrap();
        }
        assert_eq!(verifier.finish().unwrap().first, 3);
    }

    #[test]
    fn a_cut_off_line_is_whole_only_with_the_line_that_tells_of_it() {
        let (lines, head) = log(2);
        let torn = b"{\"seq\":3,\"wh";
        let text = [lines.concat(), torn.to_vec()].concat();
        let whole = verify(&text, Some(head)).unwrap();
        assert!(whole.ends_torn && whole.torn.len() == 1);
        let feed = |told: &str| {
            let mut verifier = Verifier::new(None);
            for (n, line) in (1..).zip(&lines) {
                let place = Place { file: "a".to_owned(), line: n };
                verifier.line(&place, line.strip_suffix(b"\n").unwrap(), true).unwrap();
            }
            let place = |file: &str, line| Place { file: file.to_owned(), line };
            verifier.line(&place("a", 3), torn, false).unwrap();
            verifier.begin(3);
            let mut fields = fields(RECOVERED);
            fields.push(("torn_sha256", told.into()));
            verifier.line(&place("b", 1), seal(&fields, head).0.as_bytes(), true)?;
            verifier.finish()
        };
        let whole = feed(&Hash::of(torn).to_string()).unwrap();
        assert_eq!((whole.lines, whole.torn.len(), whole.ends_torn), (3, 1, false));
        assert!(matches!(
            feed(&Hash::of(b"other").to_string()),
            Err(Broken::Torn { bytes: 12, .. })
        ));
    }

    /// One thing done to one line.
    #[derive(Debug, Clone)]
    enum Edit {
        Flip { line: usize, at: usize, bit: u8 },
        Insert { line: usize, at: usize, byte: u8 },
        Cut { line: usize, at: usize },
        Remove { line: usize },
        Double { line: usize },
        Swap { line: usize, other: usize },
    }

    fn edit() -> impl Strategy<Value = Edit> {
        let (line, at) = (any::<usize>(), any::<usize>());
        prop_oneof![
            (line, at, 0..8_u8).prop_map(|(line, at, bit)| Edit::Flip { line, at, bit }),
            (line, at, any::<u8>()).prop_map(|(line, at, byte)| Edit::Insert { line, at, byte }),
            (line, at).prop_map(|(line, at)| Edit::Cut { line, at }),
            line.prop_map(|line| Edit::Remove { line }),
            line.prop_map(|line| Edit::Double { line }),
            (line, any::<usize>()).prop_map(|(line, other)| Edit::Swap { line, other }),
        ]
    }

    /// Does it; returns the line that must be named, from 1.
    fn apply(edit: &Edit, lines: &mut Vec<Vec<u8>>) -> u64 {
        let count = lines.len();
        let at = match *edit {
            Edit::Flip { line, at, bit } => {
                let text = &mut lines[line % count];
                let at = at % text.len();
                text[at] ^= 1 << bit;
                line % count
            }
            Edit::Insert { line, at, byte } => {
                let text = &mut lines[line % count];
                text.insert(at % text.len(), byte);
                line % count
            }
            Edit::Cut { line, at } => {
                let text = &mut lines[line % count];
                text.remove(at % text.len());
                line % count
            }
            Edit::Remove { line } => {
                lines.remove(line % count);
                line % count
            }
            Edit::Double { line } => {
                let copy = lines[line % count].clone();
                lines.insert(line % count, copy);
                line % count + 1
            }
            Edit::Swap { line, other } => {
                let (line, other) = (line % count, other % count);
                let other = if line == other { (other + 1) % count } else { other };
                lines.swap(line, other);
                line.min(other)
            }
        };
        at as u64 + 1
    }

    fn cases() -> u32 {
        if std::env::var_os("WATCHDECK_FULL_COUNTS").is_some() { 20_000 } else { 1_000 }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(cases()))]

        #[test]
        fn every_edit_of_a_line_is_found_and_named(count in 2..12_usize, edit in edit()) {
            let (mut lines, head) = log(count);
            let named = apply(&edit, &mut lines);
            let found = verify(&lines.concat(), Some(head));
            let Err((line, broken)) = found else { panic!("{edit:?} was not found") };
            // What is wrong at the very end shows only at the end.
            prop_assert!(line == named || (line == u64::MAX && named >= count as u64), "{edit:?}: {broken}");
        }
    }
}
