//! One cell as painters see it.

/// A colour as a program asked for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Color {
    /// The terminal's own foreground or background.
    #[default]
    Default,
    /// An entry of the 256-colour palette.
    Indexed(u8),
    /// Red, green, blue.
    Rgb(u8, u8, u8),
}

impl From<vt100::Color> for Color {
    fn from(color: vt100::Color) -> Self {
        match color {
            vt100::Color::Default => Self::Default,
            vt100::Color::Idx(index) => Self::Indexed(index),
            vt100::Color::Rgb(r, g, b) => Self::Rgb(r, g, b),
        }
    }
}

/// One cell, ready to be drawn: `text` is safe and takes exactly `width` columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell<'a> {
    /// Printable text; a space where nothing is written, empty in the right half of a wide
    /// character.
    pub text: &'a str,
    /// Columns that `text` takes: 2 for a wide character, 0 for its right half.
    pub width: u8,
    /// Foreground.
    pub fg: Color,
    /// Background.
    pub bg: Color,
    /// Bold (SGR 1).
    pub bold: bool,
    /// Dim (SGR 2).
    pub dim: bool,
    /// Italic (SGR 3).
    pub italic: bool,
    /// Underlined (SGR 4).
    pub underline: bool,
    /// Foreground and background exchanged (SGR 7).
    pub inverse: bool,
}

impl Cell<'static> {
    /// Nothing, in default colours.
    pub const BLANK: Self = Self::erased(Color::Default);

    /// An erased cell. Erasing leaves the background colour and nothing else of the pen: not the
    /// underline, and not inverse either (xterm, "back color erase"), though vt100 keeps both.
    pub(super) const fn erased(bg: Color) -> Self {
        Self {
            text: " ",
            width: 1,
            fg: Color::Default,
            bg,
            bold: false,
            dim: false,
            italic: false,
            underline: false,
            inverse: false,
        }
    }
}

impl<'a> Cell<'a> {
    /// A cell that shows `text` in the colours and attributes of `styled`.
    pub(super) fn written(text: &'a str, width: u8, styled: &vt100::Cell) -> Self {
        Self {
            text,
            width,
            fg: styled.fgcolor().into(),
            bg: styled.bgcolor().into(),
            bold: styled.bold(),
            dim: styled.dim(),
            italic: styled.italic(),
            underline: styled.underline(),
            inverse: styled.inverse(),
        }
    }

    /// Whether both look the same apart from their text.
    pub(super) fn same_style(&self, other: &Cell<'_>) -> bool {
        Self { text: "", width: 0, ..*self } == Cell { text: "", width: 0, ..*other }
    }
}
