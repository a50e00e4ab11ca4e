//! The rows of one screen in a checkpoint.
//!
//! A row is a byte (1 where its text goes on in the next row), then runs of cells, then 0. What is
//! left of the row is blank. A run begins with a number: twice its length, plus one for erased cells,
//! twice that, plus one where a pen follows; the others have the pen of the run before. The length is
//! that of the text in bytes, or the number of erased cells.

use std::io::Write as _;

use crate::proto::Winsize;
use crate::proto::pack::{Input, Pack as _, PackError, put_number};
use crate::term::pen::Pen;

/// Most bytes of one cell's text (vt100 keeps 22).
const CELL_BYTES: u64 = 22;

/// Appends the rows that `screen` shows. `None` for cells that no text can have made.
pub(super) fn pack(screen: &vt100::Screen, out: &mut Vec<u8>) -> Option<()> {
    let cols = screen.size().1.get();
    let mut runs = Runs { out, pen: Pen::default(), run: Run::default() };
    // Nothing is formatted of a blank row, which is found out much faster than by looking at cells.
    for (row, formatted) in (0..).zip(screen.rows_formatted(0, u16::MAX)) {
        runs.out.push(u8::from(screen.row_wrapped(row)));
        if !formatted.is_empty() {
            let cells = (0..cols).map(|col| screen.cell(row, col));
            runs.add_row(cells)?;
        }
        runs.out.push(0);
    }
    Some(())
}

/// Cells of one kind and one pen.
#[derive(Default)]
struct Run {
    pen: Pen,
    text: String,
    erased: u64,
}

struct Runs<'a> {
    out: &'a mut Vec<u8>,
    /// The pen that was written last.
    pen: Pen,
    run: Run,
}

impl Runs<'_> {
    fn add_row<'a>(&mut self, cells: impl Iterator<Item = Option<&'a vt100::Cell>>) -> Option<()> {
        let mut after_wide = false;
        for cell in cells {
            let cell = cell?;
            if after_wide != cell.is_wide_continuation() {
                return None;
            }
            if !after_wide {
                self.add(cell);
            }
            after_wide = cell.is_wide();
        }
        self.end_row();
        (!after_wide).then_some(())
    }

    fn add(&mut self, cell: &vt100::Cell) {
        let pen = Pen::of_cell(cell);
        let is_same_kind = match cell.has_contents() {
            true => self.run.erased == 0,
            false => self.run.text.is_empty(),
        };
        if pen != self.run.pen || !is_same_kind {
            self.end();
            self.run.pen = pen;
        }
        self.run.text.push_str(cell.contents());
        self.run.erased += u64::from(!cell.has_contents());
    }

    fn end(&mut self) {
        let Run { pen, text, erased } = &mut self.run;
        let length = if *erased > 0 { *erased << 1 | 1 } else { (text.len() as u64) << 1 };
        if length > 0 {
            let has_pen = *pen != self.pen;
            put_number(self.out, length << 1 | u64::from(has_pen));
            if has_pen {
                pen.pack(self.out);
                self.pen = *pen;
            }
            self.out.extend_from_slice(text.as_bytes());
        }
        text.clear();
        *erased = 0;
    }

    fn end_row(&mut self) {
        if self.run.erased > 0 && self.run.pen == Pen::default() {
            self.run.erased = 0;
        }
        self.end();
    }
}

/// Reads rows and appends what draws them on a blank screen of `size` without region or origin mode.
pub(super) fn unpack(
    input: &mut Input<'_>,
    size: Winsize,
    out: &mut Vec<u8>,
) -> Result<(), PackError> {
    let mut pen = Pen::default();
    let mut wrapped = false;
    for row in 1..=size.rows {
        // Writing to a Vec cannot fail.
        let _ = write!(out, "\x1b[{row};1H");
        if wrapped {
            out.extend_from_slice(b"\x1b[m\x1b[X");
        }
        pen.sgr(out);
        [wrapped] = input.flags("wrap flag")?;
        row_of_runs(input, size.cols, &mut pen, out)?;
        if wrapped {
            // One character more makes the parser wrap; the next row erases it again.
            out.push(b' ');
        }
    }
    Ok(())
}

fn row_of_runs(
    input: &mut Input<'_>,
    cols: u16,
    pen: &mut Pen,
    out: &mut Vec<u8>,
) -> Result<(), PackError> {
    let mut room = CELL_BYTES * u64::from(cols);
    loop {
        let head = input.number("run", room << 2 | 3)?;
        if head == 0 {
            return Ok(());
        }
        let (length, is_erased, has_pen) = (head >> 2, head & 2 != 0, head & 1 != 0);
        if has_pen {
            *pen = Pen::unpack(input)?;
            pen.sgr(out);
        }
        room -= length;
        if is_erased {
            let _ = write!(out, "\x1b[{length}X\x1b[{length}C");
        } else {
            out.extend_from_slice(text(input, length)?.as_bytes());
        }
    }
}

fn text<'a>(input: &mut Input<'a>, length: u64) -> Result<&'a str, PackError> {
    let bytes = input.take("text", length as usize)?;
    let text = std::str::from_utf8(bytes).map_err(|_| PackError::NotUtf8("text"))?;
    if text.chars().any(char::is_control) { Err(PackError::OutOfRange("text")) } else { Ok(text) }
}
