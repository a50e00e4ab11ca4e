//! Errors and warnings as text, the same everywhere: letter, number, colour, weight.

use ratatui::style::{Modifier, Style};

use super::rail::Segment;
use super::{Look, format};
use crate::proto::{Counts, Severity};

/// Columns of a counter in a list: a letter, a blank and four for the number.
pub(super) const COLUMNS: u16 = 6;

/// `E 12  W 338`, without what is zero, added to a segment.
pub(super) fn found<'a>(
    look: &Look,
    counts: Counts,
    bold: bool,
    segment: Segment<'a>,
) -> Segment<'a> {
    let both = [(Severity::Error, counts.errors), (Severity::Warning, counts.warnings)];
    let gaps = ["", if counts.errors > 0 { "  " } else { "" }];
    both.into_iter().zip(gaps).filter(|((_, n), _)| *n > 0).fold(
        segment,
        |segment, ((severity, n), gap)| {
            let text = format!("{} {}", severity.letter(), format::count(n));
            segment.text(gap, Style::new()).text(text, style(look, severity, n, bold))
        },
    )
}

/// `E   12`, right aligned in [`COLUMNS`].
pub(super) fn aligned(severity: Severity, n: u64) -> String {
    format!("{} {}", severity.letter(), format::right(&format::count(n), 4))
}

/// The severity's colour, bold when it is news; faint for zero.
pub(super) fn style(look: &Look, severity: Severity, n: u64, bold: bool) -> Style {
    match (n, bold) {
        (0, _) => look.theme.faint(),
        (_, true) => look.theme.severity(severity).add_modifier(Modifier::BOLD),
        (_, false) => look.theme.severity(severity),
    }
}
