//! Box drawing and block characters as filled shapes that meet at the edges of their cells.

use std::fmt::Write as _;

use super::{CELL_HEIGHT, CELL_WIDTH};

/// Half of the thickness of light and heavy lines.
const LIGHT: f32 = 0.6;
const HEAVY: f32 = 1.4;

/// Weights of the arms of a box character (0 none, 1 light, 2 heavy): up, right, down, left.
type Arms = [u8; 4];

/// Only what our chrome and common programs draw; others are left to the font.
const BOXES: [(char, Arms); 33] = [
    ('─', [0, 1, 0, 1]),
    ('━', [0, 2, 0, 2]),
    ('│', [1, 0, 1, 0]),
    ('┃', [2, 0, 2, 0]),
    ('┌', [0, 1, 1, 0]),
    ('┐', [0, 0, 1, 1]),
    ('└', [1, 1, 0, 0]),
    ('┘', [1, 0, 0, 1]),
    ('┏', [0, 2, 2, 0]),
    ('┓', [0, 0, 2, 2]),
    ('┗', [2, 2, 0, 0]),
    ('┛', [2, 0, 0, 2]),
    ('├', [1, 1, 1, 0]),
    ('┤', [1, 0, 1, 1]),
    ('┬', [0, 1, 1, 1]),
    ('┴', [1, 1, 0, 1]),
    ('┼', [1, 1, 1, 1]),
    ('╭', [0, 1, 1, 0]),
    ('╮', [0, 0, 1, 1]),
    ('╰', [1, 1, 0, 0]),
    ('╯', [1, 0, 0, 1]),
    ('╴', [0, 0, 0, 1]),
    ('╵', [1, 0, 0, 0]),
    ('╶', [0, 1, 0, 0]),
    ('╷', [0, 0, 1, 0]),
    ('┣', [2, 2, 2, 0]),
    ('┫', [2, 0, 2, 2]),
    ('┳', [0, 2, 2, 2]),
    ('┻', [2, 2, 0, 2]),
    ('╋', [2, 2, 2, 2]),
    ('┝', [1, 2, 1, 0]),
    ('┥', [1, 0, 1, 2]),
    ('┿', [1, 2, 1, 2]),
];

/// The path of a single character in the cell with this upper left corner, or `None` when the
/// font shall draw it.
pub(super) fn path(text: &str, x: u32, y: u32) -> Option<String> {
    let mut chars = text.chars();
    let (c, None) = (chars.next()?, chars.next()) else { return None };
    let cell = Cell { x: x as f32, y: y as f32, path: String::new() };
    match c {
        '▁'..='█' => Some(cell.lower(c as u32 - '▁' as u32 + 1)),
        '▌' => Some(cell.left_half()),
        '╌' => Some(cell.dashes(true)),
        '╎' => Some(cell.dashes(false)),
        _ => {
            let (_, arms) = BOXES.iter().find(|(glyph, _)| *glyph == c)?;
            Some(cell.arms(*arms))
        }
    }
}

struct Cell {
    x: f32,
    y: f32,
    path: String,
}

const W: f32 = CELL_WIDTH as f32;
const H: f32 = CELL_HEIGHT as f32;

impl Cell {
    /// Adds a rectangle between two corners given from the cell's upper left one.
    fn rect(mut self, left: f32, top: f32, right: f32, bottom: f32) -> Self {
        let (x, y) = (self.x + left, self.y + top);
        let (w, h) = (right - left, bottom - top);
        let _ = write!(self.path, "M{x} {y}h{w}v{h}h-{w}z");
        self
    }

    fn lower(self, eighths: u32) -> String {
        self.rect(0.0, H - H * eighths as f32 / 8.0, W, H).path
    }

    fn left_half(self) -> String {
        self.rect(0.0, 0.0, W / 2.0, H).path
    }

    fn dashes(self, horizontal: bool) -> String {
        let (gap, length) = (0.22, 0.28);
        [0.0, 0.5]
            .into_iter()
            .fold(self, |cell, start| {
                let (from, to) = (start + gap / 2.0, start + gap / 2.0 + length);
                match horizontal {
                    true => cell.rect(from * W, H / 2.0 - LIGHT, to * W, H / 2.0 + LIGHT),
                    false => cell.rect(W / 2.0 - LIGHT, from * H, W / 2.0 + LIGHT, to * H),
                }
            })
            .path
    }

    /// Each arm reaches from its edge past the middle by half of its own thickness, so that
    /// corners close.
    fn arms(self, [up, right, down, left]: Arms) -> String {
        let half = |weight| if weight > 1 { HEAVY } else { LIGHT };
        let (cx, cy) = (W / 2.0, H / 2.0);
        let mut cell = self;
        if up > 0 {
            cell = cell.rect(cx - half(up), 0.0, cx + half(up), cy + half(up));
        }
        if down > 0 {
            cell = cell.rect(cx - half(down), cy - half(down), cx + half(down), H);
        }
        if left > 0 {
            cell = cell.rect(0.0, cy - half(left), cx + half(left), cy + half(left));
        }
        if right > 0 {
            cell = cell.rect(cx - half(right), cy - half(right), W, cy + half(right));
        }
        cell.path
    }
}
