//! The characters that chrome is made of: one set for Unicode terminals, one in ASCII.

use super::Theme;

/// The six pieces of a frame, and nothing else about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameGlyphs {
    /// Upper and lower edge.
    pub horizontal: char,
    /// Left and right edge.
    pub vertical: char,
    /// Upper left, upper right, lower left, lower right.
    pub corners: [char; 4],
}

/// Every character of our own chrome, each one column wide.
#[derive(Debug, PartialEq, Eq)]
pub struct Glyphs {
    /// A connected Machine.
    pub connected: char,
    /// Connecting or waiting to try again.
    pub connecting: char,
    /// Refused or gone.
    pub gone: char,
    /// Waits for somebody to act.
    pub needs_you: char,
    /// On the board; also the bar at the left of a toast.
    pub board: char,
    /// Silent; also what separates words.
    pub dot: char,
    /// Eight heights of a bar, lowest first.
    pub bars: [char; 8],
    /// Stands for what was cut.
    pub ellipsis: char,
    /// The selected row of a list.
    pub cursor: char,
    /// More at the left, right, top, bottom.
    pub more: [char; 4],
    /// The usual frame.
    pub light: FrameGlyphs,
    /// The frame of what is typed into.
    pub heavy: FrameGlyphs,
    /// The frame of a paused pane.
    pub dashed: FrameGlyphs,
}

impl Glyphs {
    /// For terminals that show Unicode.
    pub const UNICODE: Self = Self {
        connected: '●',
        connecting: '◐',
        gone: '○',
        needs_you: '!',
        board: '▌',
        dot: '·',
        bars: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
        ellipsis: '…',
        cursor: '›',
        more: ['‹', '›', '↑', '↓'],
        light: FrameGlyphs {
            horizontal: '─', vertical: '│', corners: ['┌', '┐', '└', '┘']
        },
        heavy: FrameGlyphs {
            horizontal: '━', vertical: '┃', corners: ['┏', '┓', '┗', '┛']
        },
        dashed: FrameGlyphs {
            horizontal: '╌', vertical: '╎', corners: ['┌', '┐', '└', '┘']
        },
    };

    /// For terminals and fonts that do not.
    pub const ASCII: Self = Self {
        connected: '*',
        connecting: '~',
        gone: 'o',
        needs_you: '!',
        board: '|',
        dot: '.',
        bars: ['_', '_', '-', '-', '=', '=', '#', '#'],
        ellipsis: '~',
        cursor: '>',
        more: ['<', '>', '^', 'v'],
        light: FrameGlyphs { horizontal: '-', vertical: '|', corners: ['+', '+', '+', '+'] },
        heavy: FrameGlyphs { horizontal: '=', vertical: '#', corners: ['#', '#', '#', '#'] },
        dashed: FrameGlyphs { horizontal: '.', vertical: ':', corners: ['+', '+', '+', '+'] },
    };

    /// A bar of `level` eighths: silent at 0, full from 8 on.
    #[must_use]
    pub fn bar(&self, level: u8) -> char {
        let height = usize::from(level).checked_sub(1);
        height.map_or(self.dot, |i| self.bars.get(i).copied().unwrap_or(self.bars[7]))
    }
}

/// Colours and glyphs together: how a terminal's user sees everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Colours.
    pub theme: Theme,
    /// Characters.
    pub glyphs: &'static Glyphs,
}

impl Default for Look {
    fn default() -> Self {
        Self { theme: Theme::default(), glyphs: &Glyphs::UNICODE }
    }
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthChar;

    use super::*;

    fn all(set: &Glyphs) -> Vec<char> {
        let frames = [set.light, set.heavy, set.dashed];
        let singles = [set.connected, set.connecting, set.gone, set.needs_you, set.board, set.dot];
        let mut chars = Vec::from(singles);
        chars.extend(set.bars);
        chars.extend([set.ellipsis, set.cursor]);
        chars.extend(set.more);
        chars.extend(frames.iter().flat_map(|f| [f.horizontal, f.vertical]));
        chars.extend(frames.iter().flat_map(|f| f.corners));
        chars
    }

    #[test]
    fn every_glyph_takes_one_column() {
        for c in all(&Glyphs::UNICODE).into_iter().chain(all(&Glyphs::ASCII)) {
            assert_eq!(c.width(), Some(1), "{c:?}");
        }
    }

    #[test]
    fn the_ascii_set_is_ascii() {
        assert!(all(&Glyphs::ASCII).iter().all(char::is_ascii));
    }

    #[test]
    fn bars_go_from_silent_to_full() {
        assert_eq!(Glyphs::UNICODE.bar(0), '·');
        assert_eq!(Glyphs::UNICODE.bar(1), '▁');
        assert_eq!(Glyphs::UNICODE.bar(8), '█');
        assert_eq!(Glyphs::UNICODE.bar(255), '█');
    }
}
