//! The pen: colours and attributes that text is written with.

use std::io::Write as _;

use super::Color;
use crate::proto::pack::{Input, Pack, PackError};

/// What SGR can set, as far as the parser keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Pen {
    foreground: Color,
    background: Color,
    weight: Weight,
    /// Italic, underlined, inverse.
    style: [bool; 3],
}

/// Bold and dim exclude each other in the parser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Weight {
    #[default]
    Normal,
    Bold,
    Dim,
}

impl Weight {
    const fn of(bold: bool, dim: bool) -> Self {
        match (bold, dim) {
            (true, _) => Self::Bold,
            (_, true) => Self::Dim,
            _ => Self::Normal,
        }
    }
}

impl Pen {
    /// The pen that is in force on `screen`.
    pub(super) fn of_screen(screen: &vt100::Screen) -> Self {
        Self {
            foreground: screen.fgcolor().into(),
            background: screen.bgcolor().into(),
            weight: Weight::of(screen.bold(), screen.dim()),
            style: [screen.italic(), screen.underline(), screen.inverse()],
        }
    }

    /// The pen that `cell` was written or erased with.
    pub(super) fn of_cell(cell: &vt100::Cell) -> Self {
        Self {
            foreground: cell.fgcolor().into(),
            background: cell.bgcolor().into(),
            weight: Weight::of(cell.bold(), cell.dim()),
            style: [cell.italic(), cell.underline(), cell.inverse()],
        }
    }

    /// Appends the SGR sequence that takes up this pen, whatever pen was in force.
    pub(super) fn sgr(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\x1b[0");
        match self.weight {
            Weight::Normal => {}
            Weight::Bold => out.extend_from_slice(b";1"),
            Weight::Dim => out.extend_from_slice(b";2"),
        }
        for (on, parameter) in self.style.into_iter().zip([b";3", b";4", b";7"]) {
            if on {
                out.extend_from_slice(parameter);
            }
        }
        colour(out, 38, self.foreground);
        colour(out, 48, self.background);
        out.push(b'm');
    }
}

/// Appends the parameters of a colour; `target` is 38 for text and 48 for the background.
fn colour(out: &mut Vec<u8>, target: u8, colour: Color) {
    // Writing to a Vec cannot fail.
    let _ = match colour {
        Color::Default => Ok(()),
        Color::Indexed(n) => write!(out, ";{target};5;{n}"),
        Color::Rgb(r, g, b) => write!(out, ";{target};2;{r};{g};{b}"),
    };
}

/// One byte tells the attributes and the kinds of both colours (a number to base 3, with the three
/// bits of the style in its middle); the colours follow.
impl Pack for Pen {
    fn pack(&self, out: &mut Vec<u8>) {
        let style = self.style.iter().fold(0, |bits, on| bits * 2 + u8::from(*on));
        let attributes = self.weight as u8 * 8 + style;
        out.push((attributes * 3 + kind(self.foreground)) * 3 + kind(self.background));
        for colour in [self.foreground, self.background] {
            match colour {
                Color::Default => {}
                Color::Indexed(n) => out.push(n),
                Color::Rgb(r, g, b) => out.extend([r, g, b]),
            }
        }
    }

    fn unpack(input: &mut Input<'_>) -> Result<Self, PackError> {
        let head = input.byte("pen")?;
        let attributes = head / 9;
        let weight = match attributes / 8 {
            0 => Weight::Normal,
            1 => Weight::Bold,
            2 => Weight::Dim,
            _ => return Err(PackError::OutOfRange("pen")),
        };
        Ok(Self {
            weight,
            style: [4, 2, 1].map(|bit| attributes & bit != 0),
            foreground: unpack_colour(input, head / 3 % 3)?,
            background: unpack_colour(input, head % 3)?,
        })
    }
}

const fn kind(colour: Color) -> u8 {
    match colour {
        Color::Default => 0,
        Color::Indexed(_) => 1,
        Color::Rgb(..) => 2,
    }
}

fn unpack_colour(input: &mut Input<'_>, kind: u8) -> Result<Color, PackError> {
    let mut part = || input.byte("colour");
    Ok(match kind {
        0 => Color::Default,
        1 => Color::Indexed(part()?),
        _ => Color::Rgb(part()?, part()?, part()?),
    })
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU16;

    use super::*;

    fn pen_after(sequence: &[u8]) -> Pen {
        let size = NonZeroU16::new(2).unwrap();
        let mut parser = vt100::Parser::new(size, size, 0);
        parser.process(sequence);
        Pen::of_screen(parser.screen())
    }

    #[test]
    fn a_pen_is_taken_up_again_from_its_sequence_and_from_its_bytes() {
        for weight in ["", ";1", ";2"] {
            for style in ["", ";3", ";4;7", ";3;4;7"] {
                for colours in ["", ";31", ";38;5;200;107", ";38;2;1;2;3;48;2;255;0;9"] {
                    let sequence = format!("\x1b[0{weight}{style}{colours}m");
                    let pen = pen_after(sequence.as_bytes());
                    let (mut sgr, mut packed) = (b"\x1b[1;3;4;7;32;42m".to_vec(), Vec::new());
                    pen.sgr(&mut sgr);
                    pen.pack(&mut packed);
                    assert_eq!(pen_after(&sgr), pen, "{sequence:?}");
                    assert!(packed.len() <= 7);
                    assert_eq!(Pen::unpack(&mut Input(&packed)), Ok(pen), "{sequence:?}");
                }
            }
        }
        assert!(Pen::unpack(&mut Input(&[216])).is_err());
    }
}
