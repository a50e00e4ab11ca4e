//! Lines of a Log, for readers that want text: grep, wait, tail by lines.

use regex::{Regex, RegexBuilder};

use crate::alert::plain_line;
use crate::proto::{ErrorCode, Line, Offset, WireError};

use super::log::Log;
use super::session::Session;

/// Bytes copied out of the Log at a time.
const PIECE: usize = 64 << 10;
/// Longest line that is looked at; the rest of a longer one is skipped.
pub const LINE_MAX: usize = 16 << 10;
/// Memory a compiled pattern of a client may take.
const REGEX_MAX: usize = 1 << 20;

/// Compiles a client's pattern.
///
/// # Errors
/// `InvalidRequest`, with the reason.
pub fn regex(pattern: &str, ignore_case: bool) -> Result<Regex, WireError> {
    let mut builder = RegexBuilder::new(pattern);
    builder.case_insensitive(ignore_case).size_limit(REGEX_MAX);
    builder.build().map_err(|error| {
        WireError::new(ErrorCode::InvalidRequest, format!("`{pattern}` is no pattern: {error}"))
    })
}

/// Where the last `count` lines before `end` begin. A line that is not ended yet counts.
#[must_use]
pub fn start_of_last(log: &Log, end: Offset, count: u32) -> Offset {
    if count == 0 {
        return end;
    }
    let (start, _) = log.range();
    let mut wanted = u64::from(count);
    let mut to = end;
    let mut bytes = Vec::new();
    let mut is_first_byte = true;
    while to > start {
        let from = to.saturating_sub(PIECE as u64).max(start);
        bytes.clear();
        let span = log.read(from, usize::try_from(to - from).unwrap_or(PIECE), &mut bytes);
        for (index, byte) in bytes.iter().enumerate().rev() {
            // The line end right before `end` ends the last line; it does not begin another.
            if *byte == b'\n' && !is_first_byte {
                wanted -= 1;
                if wanted == 0 {
                    return span.from + index as u64 + 1;
                }
            }
            is_first_byte = false;
        }
        to = from;
    }
    start
}

/// Gathers bytes into lines, whatever the cuts between them. Memory is bounded by [`LINE_MAX`].
#[derive(Debug, Default)]
pub struct Splitter {
    line: Vec<u8>,
    /// Offset of the line's first byte.
    start: Offset,
    /// Offset after the last byte that was pushed.
    end: Offset,
}

impl Splitter {
    /// Begins at `offset`.
    #[must_use]
    pub fn at(offset: Offset) -> Self {
        Self { line: Vec::new(), start: offset, end: offset }
    }

    /// Takes bytes that begin at `offset` and hands out every line that they complete.
    pub fn push(&mut self, offset: Offset, bytes: &[u8], mut on_line: impl FnMut(Line)) {
        if offset != self.end {
            *self = Self::at(offset);
        }
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let room = LINE_MAX.saturating_sub(self.line.len());
            self.line.extend_from_slice(&piece[..piece.len().min(room)]);
            self.end += piece.len() as u64;
            if piece.ends_with(b"\n") {
                on_line(self.unfinished());
                self.line.clear();
                self.start = self.end;
            }
        }
    }

    /// The line that is not complete yet.
    #[must_use]
    pub fn unfinished(&self) -> Line {
        let bytes = self.line.strip_suffix(b"\n").unwrap_or(&self.line);
        Line { offset: self.start, text: plain_line(bytes) }
    }
}

/// The newest `limit` matching lines of what the Log still has; and whether there were more.
#[must_use]
pub fn grep(session: &Session, regex: &Regex, limit: usize) -> (Vec<Line>, bool) {
    let log = session.log();
    let (mut at, end) = log.range();
    let mut found = std::collections::VecDeque::new();
    let mut truncated = false;
    let mut splitter = Splitter::at(at);
    let mut keep = |line: Line| {
        if !regex.is_match(&line.text) {
            return;
        }
        found.push_back(line);
        if found.len() > limit {
            found.pop_front();
            truncated = true;
        }
    };
    let mut bytes = Vec::new();
    while at < end {
        bytes.clear();
        let span = log.read(at, PIECE, &mut bytes);
        if span.from == span.to {
            break;
        }
        splitter.push(span.from, &bytes, &mut keep);
        at = span.to;
    }
    keep(splitter.unfinished());
    (found.into(), truncated)
}

#[cfg(test)]
mod tests {
    use super::super::log::tests::log_of;
    use super::*;

    #[test]
    fn the_last_lines_are_found_whether_or_not_the_end_is_ended() {
        for (text, count, rest) in [
            ("a\nb\nc\n", 1, "c\n"),
            ("a\nb\nc", 1, "c"),
            ("a\nb\nc\n", 2, "b\nc\n"),
            ("a\nb\n", 9, "a\nb\n"),
            ("a\n", 0, ""),
            ("\n\n", 1, "\n"),
            ("", 3, ""),
        ] {
            let (_ring, log) = log_of(1 << 20, text.as_bytes());
            let from = start_of_last(&log, text.len() as u64, count);
            assert_eq!(&text[from as usize..], rest, "{text:?} {count}");
        }
    }

    #[test]
    fn a_line_is_whole_wherever_the_reads_were_cut() {
        let text = b"one\r\n\x1b[31mtwo\x1b[m\r\nrest";
        for cut in 0..text.len() {
            let mut splitter = Splitter::at(0);
            let mut lines = Vec::new();
            splitter.push(0, &text[..cut], |line| lines.push(line));
            splitter.push(cut as u64, &text[cut..], |line| lines.push(line));
            let texts: Vec<_> = lines.iter().map(|line| line.text.as_str()).collect();
            assert_eq!(texts, ["one", "two"]);
            assert_eq!(lines[1].offset, 5);
            assert_eq!(splitter.unfinished().text, "rest");
        }
    }

    #[test]
    fn an_endless_line_costs_bounded_memory() {
        let mut splitter = Splitter::at(0);
        for index in 0..100 {
            splitter.push(index * 10_000, &[b'x'; 10_000], |_| {});
        }
        assert!(splitter.line.capacity() <= 2 * LINE_MAX);
    }

    #[test]
    fn a_bad_pattern_is_refused_with_its_reason() {
        let error = regex("(", false).unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidRequest);
        assert!(error.message.contains("unclosed group"), "{error}");
        assert!(regex(r"\pL{5000}", false).is_err());
    }
}
