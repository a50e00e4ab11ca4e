//! The clipboard.

use crate::app::effect::{Effect, Effects};
use crate::app::state::State;
use crate::term::View;

/// Copies what the focused pane shows: text alone, soft-wrapped rows joined.
pub fn visible(state: &mut State, effects: &mut Effects) {
    let Some(pane) = state.focused_pane() else { return };
    let shown = pane.history.as_ref().and_then(crate::app::state::History::view);
    if let Some(view) = shown.or(pane.screen.as_ref()) {
        effects.push(Effect::Copy(text(view)));
    }
}

fn text(view: &View) -> String {
    let mut text = String::new();
    for (row, line) in (0..).zip(view.text_rows()) {
        text.push_str(&line);
        if !view.row_wrapped(row) {
            text.push('\n');
        }
    }
    text.truncate(text.trim_end_matches('\n').len());
    text
}
