//! The line below a recording that is played.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::{Look, format};
use crate::proto::Winsize;

/// Narrowest bar worth drawing.
const BAR_MIN: u16 = 8;
/// Widest bar.
const BAR_MAX: u16 = 40;

/// Where a recording is, and what the keys do.
///
/// ```text
/// playing 2x  0:12 / 3:45  [####------------]  watchdeck: 4096 bytes are missing …
/// ```
#[derive(Debug, Clone, Copy)]
pub struct ReplayLine<'a> {
    /// Time goes on.
    pub playing: bool,
    /// How much faster than it was.
    pub speed: f64,
    /// Where it is.
    pub position: Duration,
    /// How long it is.
    pub length: Duration,
    /// What was last marked.
    pub note: Option<&'a str>,
    /// The recorded screen's size, when not all of it is seen.
    pub cropped: Option<Winsize>,
}

impl ReplayLine<'_> {
    /// Draws the line.
    pub fn draw(&self, look: &Look, area: Rect, buf: &mut Buffer) {
        let theme = &look.theme;
        let mut canvas = Canvas::new(buf, area);
        canvas.fill(area, theme.base());
        let state = match (self.playing, self.position >= self.length) {
            (true, _) => ("playing", theme.focus()),
            (false, true) => ("end", theme.warning()),
            (false, false) => ("paused", theme.warning()),
        };
        let clock =
            format!(" {}x  {} / {}  ", self.speed, clock(self.position), clock(self.length));
        let bar = self.bar(area.width);
        let keys = "space pause  . step  arrows 5s  +/- speed  q quit";
        let size = self.cropped.map(|size| format!("part of {size}  "));
        let note = self.note.map(|note| (note, theme.warning())).unwrap_or((keys, theme.second()));
        let mut x = area.x;
        for (text, style) in [
            state,
            (clock.as_str(), theme.text()),
            (bar.as_str(), theme.focus()),
            ("  ", theme.text()),
            (size.as_deref().unwrap_or(""), theme.second()),
            note,
        ] {
            let room = usize::from(area.right().saturating_sub(x));
            let text = format::end(text, room, look.glyphs.ellipsis);
            canvas.text(x, area.y, &text, style);
            x = x.saturating_add(u16::try_from(format::width(&text)).unwrap_or(u16::MAX));
        }
    }

    fn bar(&self, width: u16) -> String {
        let width = (width / 4).min(BAR_MAX);
        if width < BAR_MIN {
            return String::new();
        }
        let part = match self.length.is_zero() {
            true => 1.0,
            false => self.position.as_secs_f64() / self.length.as_secs_f64(),
        };
        let (full, cells) =
            ((part.clamp(0.0, 1.0) * f64::from(width)) as usize, usize::from(width));
        format!("[{}{}]", "#".repeat(full.min(cells)), "-".repeat(cells - full.min(cells)))
    }
}

/// `m:ss`, or `h:mm:ss`.
fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(width: u16, change: impl FnOnce(&mut ReplayLine<'_>)) -> String {
        let second = Duration::from_secs(1);
        let mut line = ReplayLine {
            playing: true,
            speed: 2.0,
            position: second * 30,
            length: second * 4000,
            note: None,
            cropped: None,
        };
        change(&mut line);
        let mut buf = Buffer::empty(Rect::new(0, 0, width, 1));
        line.draw(&Look::default(), buf.area, &mut buf);
        let row: String = (0..width).map(|x| buf[(x, 0)].symbol()).collect();
        row.trim_end().to_owned()
    }

    #[test]
    fn it_tells_where_it_is() {
        let all = line(110, |_| {});
        let begins = "playing 2x  0:30 / 1:06:40  [---------------------------]  space pause";
        assert!(all.starts_with(begins), "{all}");
        let half = line(60, |line| (line.position, line.playing) = (line.length / 2, false));
        assert!(half.starts_with("paused 2x  33:20 / 1:06:40  [#######--------]"), "{half}");
        let end = line(60, |line| (line.position, line.playing) = (line.length, false));
        assert!(end.starts_with("end 2x"), "{end}");
        let noted = line(80, |line| {
            line.note = Some("a marker\u{1b}[2J");
            line.cropped = Some(Winsize::new(40, 120));
        });
        assert!(noted.contains("part of 120x40  a marker") && !noted.contains('\u{1b}'), "{noted}");
        for width in 0..30 {
            line(width, |_| {});
        }
    }
}
