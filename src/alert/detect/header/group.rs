//! A bracketed token in a header.

use super::super::super::level::level;
use super::time::is_time;
use super::{Level, letter};

/// Longest bracketed token.
const GROUP_CAP: usize = 160;

/// `[…]`, `(…)` or `<…>` in a text.
pub(super) struct Group<'a> {
    inner: &'a str,
    /// Byte index of the inner text.
    start: usize,
    /// Byte index after the closing bracket.
    pub end: usize,
    open: char,
    /// Something follows: `[error]` alone is a section of a config file.
    has_text: bool,
}

impl<'a> Group<'a> {
    /// The group that `open` starts at byte `at`, if it is closed nearby.
    pub(super) fn at(text: &'a str, at: usize, open: char) -> Option<Self> {
        let close = match open {
            '[' => ']',
            '(' => ')',
            '{' => '}',
            _ => '>',
        };
        let rest = text.get(at + 1..)?;
        let len = rest.find(close).filter(|&len| len <= GROUP_CAP)?;
        let end = at + 1 + len + 1;
        let has_text = !text.get(end..)?.trim().is_empty();
        Some(Self { inner: rest.get(..len)?, start: at + 1, end, open, has_text })
    }

    /// Whether the group holds a time.
    pub(super) fn is_dated(&self) -> bool {
        self.segments().any(|(_, segment)| is_time(segment))
    }

    /// The level that the group is or holds.
    pub(super) fn level(&self, dated: bool) -> Option<Level> {
        if !self.has_text && !dated {
            return None;
        }
        self.whole(dated).or_else(|| (self.open == '[').then(|| self.part()).flatten())
    }

    /// `[error]`, `[WARN ]`, `<ERROR>`, `(Warning)`, `[E]`.
    fn whole(&self, dated: bool) -> Option<Level> {
        let name = self.inner.trim();
        let severity = level(name).or_else(|| letter(name))?;
        let shouts = name.bytes().all(|b| b.is_ascii_uppercase());
        if self.open != '[' && !dated && !shouts {
            return None;
        }
        let start = self.start + (self.inner.len() - self.inner.trim_start().len());
        Some((severity, start..start + name.len()))
    }

    /// `[core:error]`, `[12:00:00 ERR]`, `[…Z ERROR app]`, `[…: ERROR/Main]`, `[pid:…:ERROR:a.cc]`.
    fn part(&self) -> Option<Level> {
        let last = self.segments().last().map(|(start, _)| start);
        let starts_well = self.inner.starts_with(|c: char| c.is_ascii_digit());
        self.segments().enumerate().find_map(|(index, (start, name))| {
            let severity = level(name)?;
            let is_last = Some(start) == last;
            let shouts = name.len() > 2 && name.bytes().all(|b| b.is_ascii_uppercase());
            let fits = if shouts {
                starts_well || index == 0 || is_last
            } else {
                is_last
                    && index == 1
                    && self.inner.as_bytes().get(start.wrapping_sub(1)) == Some(&b':')
            };
            let start = self.start + start;
            fits.then(|| (severity, start..start + name.len()))
        })
    }

    /// The parts between separators, with their byte index in the group; times stay whole.
    fn segments(&self) -> impl Iterator<Item = (usize, &'a str)> {
        let base = self.inner.as_ptr() as usize;
        self.inner
            .split([' ', '/', '|', ',', '\t'])
            .flat_map(|token| {
                let colon = if is_time(token.trim_end_matches(':')) { '\0' } else { ':' };
                token.split(colon)
            })
            .filter(|segment| !segment.is_empty())
            .map(move |segment| (segment.as_ptr() as usize - base, segment))
    }
}
