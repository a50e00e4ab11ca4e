//! The binary form of an [`Update`].
//!
//! Numbers are those of [`pack`]. A list of rows names each row by its distance: the first from row 0, every other from
//! the row after its predecessor, so that a list can only ascend.
//!
//! ```text
//! flags        byte; bit 0: a title follows; bit 1: marks have colours; the others are 0
//! revision     number
//! base         number, below revision
//! offset       number
//! size         rows, cols
//! scroll       number, at most rows
//! cursor       row, col
//! modes        number
//! [title]      length, UTF-8
//! rows         count, then each: distance, length * 2 + wrapped, bytes
//! marks        count, then each: distance, severity byte, first column, number of columns, and
//!              [colour: byte 0; or 1, palette index; or 2, red, green, blue]
//! ```

use super::{CursorPosition, MarkColor, ModeBits, RowMark, RowUpdate, Update};
use crate::proto::pack::{self, PackError, put_bytes, put_number};
use crate::proto::{Severity, Winsize};

/// Flags.
const HAS_TITLE: u8 = 1;
const HAS_COLORS: u8 = 1 << 1;

/// How a mark's colour is told.
const COLOR_NONE: u8 = 0;
const COLOR_INDEXED: u8 = 1;
const COLOR_RGB: u8 = 2;

/// Severities by their byte on the wire.
const SEVERITIES: [Severity; 5] =
    [Severity::Other, Severity::Debug, Severity::Info, Severity::Warning, Severity::Error];

/// Why bytes are no [`Update`]. The sender is broken or speaks another version: ask for a snapshot
/// once, then give the connection up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UpdateError {
    /// The bytes end inside a value.
    #[error("the update ends inside its {0}")]
    Truncated(&'static str),
    /// A number is larger than its place allows.
    #[error("the update's {0} is out of range")]
    OutOfRange(&'static str),
    /// Flags that this version does not know.
    #[error("the update has unknown flags {0:#04x}; the agent is newer than this program")]
    UnknownFlags(u8),
    /// The title is not UTF-8.
    #[error("the update's title is not UTF-8")]
    TitleNotUtf8,
    /// Bytes follow the last value.
    #[error("{0} bytes follow the update")]
    Trailing(usize),
}

impl From<PackError> for UpdateError {
    fn from(error: PackError) -> Self {
        match error {
            PackError::Truncated(what) => Self::Truncated(what),
            PackError::OutOfRange(what) => Self::OutOfRange(what),
            PackError::NotUtf8(_) => Self::TitleNotUtf8,
        }
    }
}

impl Update {
    /// Appends the binary form to `out`. Rows and marks must ascend and obey the limits of
    /// [`Update::decode`], as those made by `term::sync` do.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let has_colors = self.marks.iter().any(|mark| mark.color.is_some());
        let flag = |is_set, flag| if is_set { flag } else { 0 };
        out.push(flag(self.title.is_some(), HAS_TITLE) | flag(has_colors, HAS_COLORS));
        let cursor = self.cursor;
        let small = [self.size.rows, self.size.cols, self.scroll, cursor.row, cursor.col];
        [self.revision, self.base, self.offset]
            .into_iter()
            .chain(small.map(u64::from))
            .chain([u64::from(self.modes.0)])
            .for_each(|number| put_number(out, number));
        if let Some(title) = &self.title {
            put_bytes(out, title.as_bytes());
        }
        put_rows(out, &self.rows);
        put_marks(out, &self.marks, has_colors);
    }

    /// Reads one update that fills `bytes` exactly. Allocates no more than a small multiple of
    /// `bytes`.
    ///
    /// # Errors
    /// [`UpdateError`] for anything that [`Update::encode`] does not write: cut or trailing bytes,
    /// a size outside [`Winsize::MIN`]..=[`Winsize::MAX`], a row, column or length outside its
    /// bounds.
    pub fn decode(bytes: &[u8]) -> Result<Self, UpdateError> {
        let mut input = Input(pack::Input(bytes));
        let flags = input.byte("flags")?;
        if flags & !(HAS_TITLE | HAS_COLORS) != 0 {
            return Err(UpdateError::UnknownFlags(flags));
        }
        let revision = input.number("revision", u64::MAX)?;
        let last_base = revision.checked_sub(1).ok_or(UpdateError::OutOfRange("revision"))?;
        let base = input.number("base", last_base)?;
        let offset = input.number("offset", u64::MAX)?;
        let size = input.size()?;
        let scroll = input.small("scroll", if base == 0 { 0 } else { size.rows })?;
        let cursor = CursorPosition {
            row: input.small("cursor row", size.rows - 1)?,
            col: input.small("cursor column", size.cols)?,
        };
        let modes = ModeBits(input.number("modes", u64::from(u32::MAX))? as u32);
        let title = if flags & HAS_TITLE == 0 { None } else { Some(input.title()?) };
        let rows = input.list("rows", size.rows, Input::row)?;
        let has_colors = flags & HAS_COLORS != 0;
        let mark = |input: &mut Input<'_>, row| input.mark(row, size.cols, has_colors);
        let marks = input.list("marks", size.rows, mark)?;
        match input.0.0.len() {
            0 => {
                Ok(Self { revision, base, offset, size, scroll, rows, marks, cursor, modes, title })
            }
            rest => Err(UpdateError::Trailing(rest)),
        }
    }
}

/// Writes the distance of `row` from the row expected next, which moves behind `row`.
fn put_distance(out: &mut Vec<u8>, next: &mut u16, row: u16) {
    debug_assert!(row >= *next, "rows of an update must ascend");
    put_number(out, u64::from(row.saturating_sub(*next)));
    *next = row.saturating_add(1);
}

fn put_rows(out: &mut Vec<u8>, rows: &[RowUpdate]) {
    put_number(out, rows.len() as u64);
    let mut next = 0;
    for row in rows {
        put_distance(out, &mut next, row.row);
        put_number(out, (row.bytes.len() as u64) << 1 | u64::from(row.wrapped));
        out.extend_from_slice(&row.bytes);
    }
}

fn put_marks(out: &mut Vec<u8>, marks: &[RowMark], has_colors: bool) {
    put_number(out, marks.len() as u64);
    let mut next = 0;
    for mark in marks {
        put_distance(out, &mut next, mark.row);
        let severity = SEVERITIES.iter().position(|severity| *severity == mark.severity);
        out.push(severity.unwrap_or_default() as u8);
        put_number(out, u64::from(mark.cols.start));
        put_number(out, u64::from(mark.cols.end.saturating_sub(mark.cols.start)));
        if has_colors {
            put_color(out, mark.color);
        }
    }
}

fn put_color(out: &mut Vec<u8>, color: Option<MarkColor>) {
    match color {
        None => out.push(COLOR_NONE),
        Some(MarkColor::Indexed(index)) => out.extend([COLOR_INDEXED, index]),
        Some(MarkColor::Rgb(red, green, blue)) => out.extend([COLOR_RGB, red, green, blue]),
    }
}

/// What is still to be read.
struct Input<'a>(pack::Input<'a>);

impl Input<'_> {
    fn byte(&mut self, what: &'static str) -> Result<u8, UpdateError> {
        Ok(self.0.byte(what)?)
    }

    fn number(&mut self, what: &'static str, max: u64) -> Result<u64, UpdateError> {
        Ok(self.0.number(what, max)?)
    }

    fn small(&mut self, what: &'static str, max: u16) -> Result<u16, UpdateError> {
        Ok(self.0.small(what, max)?)
    }

    fn size(&mut self) -> Result<Winsize, UpdateError> {
        let size = Winsize::new(
            self.small("rows", Winsize::MAX.rows)?,
            self.small("columns", Winsize::MAX.cols)?,
        );
        if size == size.clamped() { Ok(size) } else { Err(UpdateError::OutOfRange("size")) }
    }

    fn title(&mut self) -> Result<String, UpdateError> {
        Ok(self.0.text("title", Update::MAX_TITLE_BYTES)?.to_owned())
    }

    /// A list with at most one item a row of the grid.
    fn list<T>(
        &mut self,
        what: &'static str,
        rows: u16,
        mut item: impl FnMut(&mut Self, u16) -> Result<T, UpdateError>,
    ) -> Result<Vec<T>, UpdateError> {
        let count = self.small(what, rows)?;
        let mut items = Vec::with_capacity(usize::from(count).min(self.0.0.len()));
        let mut next = 0;
        for _ in 0..count {
            let left = rows.checked_sub(next + 1).ok_or(UpdateError::OutOfRange(what))?;
            let row = next + self.small(what, left)?;
            items.push(item(self, row)?);
            next = row + 1;
        }
        Ok(items)
    }

    fn row(&mut self, row: u16) -> Result<RowUpdate, UpdateError> {
        let head = self.number("row length", (Update::MAX_ROW_BYTES as u64) << 1 | 1)?;
        let bytes = self.0.take("row", (head >> 1) as usize)?.to_vec();
        Ok(RowUpdate { row, wrapped: head & 1 == 1, bytes })
    }

    fn mark(&mut self, row: u16, cols: u16, has_color: bool) -> Result<RowMark, UpdateError> {
        let severity = usize::from(self.byte("severity")?);
        let severity = *SEVERITIES.get(severity).ok_or(UpdateError::OutOfRange("severity"))?;
        let start = self.small("mark column", cols)?;
        let end = start + self.small("mark width", cols - start)?;
        let color = if has_color { self.color()? } else { None };
        Ok(RowMark { row, severity, cols: start..end, color })
    }

    fn color(&mut self) -> Result<Option<MarkColor>, UpdateError> {
        match self.byte("colour")? {
            COLOR_NONE => Ok(None),
            COLOR_INDEXED => Ok(Some(MarkColor::Indexed(self.byte("colour")?))),
            COLOR_RGB => {
                let mut part = || self.byte("colour");
                Ok(Some(MarkColor::Rgb(part()?, part()?, part()?)))
            }
            _ => Err(UpdateError::OutOfRange("colour")),
        }
    }
}
