//! The colours that answer a program's questions (OSC 4, 10, 11, 12).

/// A colour as red, green and blue, each 0 to 255.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rgb(pub u8, pub u8, pub u8);

/// What the terminal says its colours are. The operator's real ones where they are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    /// Text (OSC 10).
    pub foreground: Rgb,
    /// Behind the text (OSC 11).
    pub background: Rgb,
    /// The cursor (OSC 12).
    pub cursor: Rgb,
    /// The sixteen named colours (OSC 4, index 0 to 15).
    pub named: [Rgb; 16],
}

impl Palette {
    /// Colour `index` of 256: the named ones, then xterm's 6×6×6 cube, then its 24 greys (xterm `256colres.h`).
    #[must_use]
    pub fn indexed(&self, index: u8) -> Rgb {
        match index {
            0..=15 => self.named[usize::from(index)],
            16..=231 => {
                let level = |n: u8| if n == 0 { 0 } else { 55 + 40 * n };
                let cube = index - 16;
                Rgb(level(cube / 36), level(cube / 6 % 6), level(cube % 6))
            }
            232..=255 => {
                let grey = 8 + 10 * (index - 232);
                Rgb(grey, grey, grey)
            }
        }
    }
}

impl Default for Palette {
    /// Light grey on near black, with xterm's named colours.
    fn default() -> Self {
        Self {
            foreground: Rgb(0xd0, 0xd0, 0xd0),
            background: Rgb(0x10, 0x10, 0x14),
            cursor: Rgb(0xd0, 0xd0, 0xd0),
            named: [
                Rgb(0x00, 0x00, 0x00),
                Rgb(0xcd, 0x00, 0x00),
                Rgb(0x00, 0xcd, 0x00),
                Rgb(0xcd, 0xcd, 0x00),
                Rgb(0x00, 0x00, 0xee),
                Rgb(0xcd, 0x00, 0xcd),
                Rgb(0x00, 0xcd, 0xcd),
                Rgb(0xe5, 0xe5, 0xe5),
                Rgb(0x7f, 0x7f, 0x7f),
                Rgb(0xff, 0x00, 0x00),
                Rgb(0x00, 0xff, 0x00),
                Rgb(0xff, 0xff, 0x00),
                Rgb(0x5c, 0x5c, 0xff),
                Rgb(0xff, 0x00, 0xff),
                Rgb(0x00, 0xff, 0xff),
                Rgb(0xff, 0xff, 0xff),
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indexed_colours_follow_xterm() {
        let palette = Palette::default();
        let cases = [
            (1, Rgb(0xcd, 0, 0)),
            (16, Rgb(0, 0, 0)),
            (21, Rgb(0, 0, 255)),
            (196, Rgb(255, 0, 0)),
            (231, Rgb(255, 255, 255)),
            (232, Rgb(8, 8, 8)),
            (255, Rgb(238, 238, 238)),
        ];
        for (index, colour) in cases {
            assert_eq!(palette.indexed(index), colour, "index {index}");
        }
    }
}
