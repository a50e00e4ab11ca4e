//! A row of the sidebar: name at the left, counters in columns at the right.
//!
//! ```text
//! › ● web-1               E   12 W 1.9k
//!    ▌nginx   OPR ▁▂▅█▃   E   12 W 1.9k
//! ```

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::{LinkState, MachineRow, SessionRow};
use crate::proto::{Counts, Role, Severity};
use crate::widgets::canvas::Canvas;
use crate::widgets::{Look, counters, format};

/// Columns of both counters.
const COUNTERS: u16 = counters::COLUMNS * 2 + 1;
/// Columns of the sparkline and of the word in its place.
const SPARK: u16 = 5;
/// Where a Machine's glyph, its name, and the board mark of a Session are.
const GLYPH_AT: u16 = 1;
const NAME_AT: u16 = 3;
/// A name keeps this much before a note, or the word for why a Session is silent, is left out.
const NAME_MIN: u16 = 7;

/// Draws a Machine and returns where its name is.
pub(super) fn draw_machine(
    look: &Look,
    machine: &MachineRow<'_>,
    spot: Rect,
    canvas: &mut Canvas<'_>,
) -> Rect {
    let theme = &look.theme;
    let (glyph, style) = match machine.link {
        LinkState::Connected => (look.glyphs.connected, theme.ok()),
        LinkState::Connecting => (look.glyphs.connecting, theme.warning()),
        LinkState::Gone => (look.glyphs.gone, theme.error()),
        LinkState::NeedsYou => (look.glyphs.needs_you, theme.error()),
    };
    canvas.glyph(spot.x.saturating_add(GLYPH_AT), spot.y, glyph, style);
    let bold = theme.text().add_modifier(Modifier::BOLD);
    if machine.note.is_empty() {
        draw_counters(look, machine.counts, machine.unseen, spot, canvas);
        return draw_name(look, machine.name, bold, NAME_AT, COUNTERS + 1, spot, canvas);
    }
    let name = draw_name(look, machine.name, bold, NAME_AT, NAME_MIN, spot, canvas);
    draw_note(look, machine.note, style, name.right().saturating_add(2), spot, canvas);
    name
}

/// Draws a Session and returns where its name is.
pub(super) fn draw_session(
    look: &Look,
    session: &SessionRow<'_>,
    spot: Rect,
    canvas: &mut Canvas<'_>,
) -> Rect {
    let theme = &look.theme;
    if session.on_board {
        canvas.glyph(spot.x.saturating_add(NAME_AT), spot.y, look.glyphs.board, theme.focus());
    }
    draw_counters(look, session.counts, session.unseen, spot, canvas);
    let mut taken = COUNTERS + 1;
    let role = if session.role == Role::Operator { 4 } else { 0 };
    if spot.width >= NAME_AT + 1 + name_before_activity(session) + role + SPARK + 1 + taken {
        taken += SPARK;
        draw_activity(look, session, spot.right().saturating_sub(taken), spot.y, canvas);
        taken += 1;
    }
    if session.role == Role::Operator {
        taken += 3;
        let x = spot.right().saturating_sub(taken);
        canvas.text(x, spot.y, session.role.badge(), theme.operator());
        taken += 1;
    }
    let style = if session.on_board { theme.text() } else { theme.second() };
    let style = if session.unseen { style.add_modifier(Modifier::BOLD) } else { style };
    draw_name(look, session.name, style, NAME_AT + 1, taken, spot, canvas)
}

/// Columns of the name that the sparkline has to leave: all of it, because a name that can be
/// read is worth more; but how a Session ended is worth more than the name's middle.
fn name_before_activity(session: &SessionRow<'_>) -> u16 {
    let whole = u16::try_from(format::width(session.name)).unwrap_or(u16::MAX / 2);
    if session.word.is_empty() { whole.min(u16::MAX / 2) } else { whole.min(NAME_MIN) }
}

/// Draws a name between `start` columns at the left and `taken` at the right; returns where it is.
fn draw_name(
    look: &Look,
    name: &str,
    style: Style,
    start: u16,
    taken: u16,
    spot: Rect,
    canvas: &mut Canvas<'_>,
) -> Rect {
    let room = spot.width.saturating_sub(start).saturating_sub(taken);
    let name = format::middle(name, room.into(), look.glyphs.ellipsis);
    let x = spot.x.saturating_add(start);
    let end = canvas.text(x, spot.y, &name, style);
    Rect { x, width: end.saturating_sub(x), ..spot }
}

fn draw_note(
    look: &Look,
    note: &str,
    style: Style,
    from: u16,
    spot: Rect,
    canvas: &mut Canvas<'_>,
) {
    let room = spot.right().saturating_sub(from);
    let note = format::end(note, room.into(), look.glyphs.ellipsis);
    let width = u16::try_from(format::width(&note)).unwrap_or(room);
    canvas.text(spot.right().saturating_sub(width), spot.y, &note, style);
}

fn draw_counters(look: &Look, counts: Counts, bold: bool, spot: Rect, canvas: &mut Canvas<'_>) {
    let x = spot.right().saturating_sub(COUNTERS).max(spot.x);
    let both = [(Severity::Error, counts.errors), (Severity::Warning, counts.warnings)];
    for ((severity, n), i) in both.into_iter().zip(0u16..).filter(|((_, n), _)| *n > 0) {
        let at = x.saturating_add(i * (counters::COLUMNS + 1));
        let style = counters::style(look, severity, n, bold);
        canvas.text(at, spot.y, &counters::aligned(severity, n), style);
    }
}

/// The sparkline, or the word that says why there is none.
fn draw_activity(look: &Look, session: &SessionRow<'_>, x: u16, y: u16, canvas: &mut Canvas<'_>) {
    if !session.word.is_empty() {
        let word = format::end(session.word, SPARK.into(), look.glyphs.ellipsis);
        canvas.text(x, y, &format::right(&word, SPARK.into()), look.theme.faint());
        return;
    }
    for (level, i) in session.activity.into_iter().zip(0u16..) {
        let style = if level == 0 { look.theme.line() } else { look.theme.second() };
        canvas.glyph(x.saturating_add(i), y, look.glyphs.bar(level), style);
    }
}
