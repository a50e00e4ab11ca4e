//! Output with its times becomes lines of asciicast v2.

use serde::{Deserialize, Serialize};

use super::text::{decode, quote};
use crate::proto::{Offset, Winsize};

/// How far a recording has come: enough to go on with it in another process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// When it began, in microseconds since the Unix epoch; `None` before the first event.
    pub start: Option<u64>,
    /// When the last event was, in microseconds after that.
    pub last: u64,
    /// The terminal's size.
    pub size: Winsize,
}

/// Makes lines; the caller writes them. Times never run backwards, whatever the clock did.
#[derive(Debug)]
pub struct Encoder {
    title: String,
    term: String,
    progress: Progress,
    /// The beginning of a character.
    carry: Vec<u8>,
    lines: Vec<u8>,
}

impl Encoder {
    /// A recording that has not begun. `title` and `term` go into its first line.
    #[must_use]
    pub fn new(title: String, term: String, size: Winsize) -> Self {
        Self::resume(title, term, Progress { start: None, last: 0, size })
    }

    /// A recording that goes on.
    #[must_use]
    pub const fn resume(title: String, term: String, progress: Progress) -> Self {
        Self { title, term, progress, carry: Vec::new(), lines: Vec::new() }
    }

    /// How far it is, lines not taken included.
    #[must_use]
    pub const fn progress(&self) -> Progress {
        self.progress
    }

    /// Bytes at the end of the output that no line holds yet: the beginning of a character.
    #[must_use]
    pub fn carried(&self) -> u64 {
        self.carry.len() as u64
    }

    /// The whole lines made since this was last called, with their line ends.
    #[must_use]
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.lines)
    }

    /// The program wrote this, `at` microseconds since the Unix epoch; 0 when that is not known.
    pub fn output(&mut self, at: u64, bytes: &[u8]) {
        let text = decode(&mut self.carry, bytes);
        if !text.is_empty() {
            self.event(at, 'o', &text);
        }
    }

    /// The terminal has another size.
    pub fn resize(&mut self, at: u64, size: Winsize) {
        if self.progress.size == size {
            return;
        }
        self.progress.size = size;
        // Before the beginning it is the size to begin with.
        if self.progress.start.is_some() {
            self.event(at, 'r', &size.to_string());
        }
    }

    /// Output is missing. What has begun to be a character never becomes one.
    pub fn gap(&mut self, at: u64, from: Offset, to: Offset) {
        self.settle(at);
        let missing = to.saturating_sub(from);
        self.marker(
            at,
            &format!("watchdeck: {missing} bytes are missing (offsets {from} to {to})"),
        );
    }

    /// A place that is marked.
    pub fn marker(&mut self, at: u64, text: &str) {
        self.event(at, 'm', text);
    }

    /// The output is complete. A recording without an event still gets its first line.
    pub fn finish(&mut self, at: u64) {
        self.settle(at);
        self.begin(at);
    }

    fn settle(&mut self, at: u64) {
        if !self.carry.is_empty() {
            self.carry.clear();
            self.event(at, 'o', "\u{fffd}");
        }
    }

    fn event(&mut self, at: u64, code: char, data: &str) {
        let start = self.begin(at);
        let last = at.saturating_sub(start).max(self.progress.last);
        self.progress.last = last;
        let (seconds, micros) = (last / 1_000_000, last % 1_000_000);
        let line = format!("[{seconds}.{micros:06}, \"{code}\", {}]\n", quote(data));
        self.lines.extend_from_slice(line.as_bytes());
    }

    /// Writes the first line if there is none yet; tells when the recording began.
    fn begin(&mut self, at: u64) -> u64 {
        if let Some(start) = self.progress.start {
            return start;
        }
        self.progress.start = Some(at);
        let Winsize { rows, cols } = self.progress.size;
        let (timestamp, title, term) = (at / 1_000_000, quote(&self.title), quote(&self.term));
        let line = format!(
            "{{\"version\": 2, \"width\": {cols}, \"height\": {rows}, \"timestamp\": {timestamp}, \
             \"title\": {title}, \"env\": {{\"TERM\": {term}}}}}\n"
        );
        self.lines.extend_from_slice(line.as_bytes());
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: u64 = 1_700_000_000_000_000;

    fn encoder() -> Encoder {
        Encoder::new("web-1/job".into(), "xterm".into(), Winsize::new(24, 80))
    }

    fn text(encoder: &mut Encoder) -> String {
        String::from_utf8(encoder.take()).unwrap()
    }

    #[test]
    fn a_recording_begins_with_its_first_event_and_keeps_true_time() {
        let mut cast = encoder();
        cast.resize(START - 5, Winsize::new(30, 100));
        cast.output(START, b"hi \xe2\x82");
        cast.output(START + 1_500_000, b"\xac");
        cast.resize(START + 2_000_000, Winsize::new(24, 80));
        cast.gap(START + 2_000_000, 10, 25);
        let expected = "{\"version\": 2, \"width\": 100, \"height\": 30, \"timestamp\": 1700000000, \
             \"title\": \"web-1/job\", \"env\": {\"TERM\": \"xterm\"}}\n\
             [0.000000, \"o\", \"hi \"]\n[1.500000, \"o\", \"€\"]\n[2.000000, \"r\", \"80x24\"]\n\
             [2.000000, \"m\", \"watchdeck: 15 bytes are missing (offsets 10 to 25)\"]\n";
        assert_eq!(text(&mut cast), expected);
    }

    #[test]
    fn time_does_not_run_backwards() {
        let mut cast = encoder();
        for at in [START, START + 3_000_000, START - 9, 0, START + 4_000_000] {
            cast.output(at, b"x");
        }
        let text = text(&mut cast);
        let times: Vec<&str> =
            text.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
        assert_eq!(times, ["[0.000000", "[3.000000", "[3.000000", "[3.000000", "[4.000000"]);
    }

    #[test]
    fn it_goes_on_in_another_process_where_it_was() {
        let pieces: [&[u8]; 3] = [b"a\xe2", b"\x82\xacb", b"c"];
        let mut whole = encoder();
        pieces.iter().zip(0..).for_each(|(piece, n)| whole.output(START + n, piece));
        let mut first = encoder();
        first.output(START, pieces[0]);
        let (mut lines, progress, carried) = (first.take(), first.progress(), first.carried());
        assert_eq!(carried, 1);
        let json = serde_json::to_string(&progress).unwrap();
        let progress = serde_json::from_str(&json).unwrap();
        let mut second = Encoder::resume("web-1/job".into(), "xterm".into(), progress);
        // What was carried is read again.
        second.output(START + 1, b"\xe2\x82\xacb");
        second.output(START + 2, pieces[2]);
        lines.extend(second.take());
        assert_eq!(lines, whole.take());
    }

    #[test]
    fn the_end_writes_what_was_carried_and_at_least_a_first_line() {
        let mut cast = encoder();
        cast.finish(START);
        assert_eq!(text(&mut cast).lines().count(), 1);
        cast.output(START, b"\xe2");
        cast.finish(START);
        assert_eq!(text(&mut cast), "[0.000000, \"o\", \"\u{fffd}\"]\n");
    }
}
