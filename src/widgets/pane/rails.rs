//! What a pane's frame says.

use std::time::Duration;

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use crate::proto::SessionStatus;

use super::{Attention, Follow, Pane, PaneState, SearchStatus, Taping};
use crate::widgets::rail::{Rail, Segment};
use crate::widgets::{ColorDepth, Look, counters, format, hints};

/// Number, name, title; role.
pub(super) fn top<'a>(pane: &Pane<'a>, look: &Look) -> Rail<'a> {
    let theme = &look.theme;
    let mut name = Segment::new(0);
    if pane.number > 0 {
        name = name.text(format!("{} ", pane.number), theme.faint());
    }
    let full = format!("{}/{}", pane.machine, pane.session);
    let mut rail = Rail::new(look, 1, 1);
    rail.left(name.name(full, name_style(pane.attention, look)));
    if !pane.title.is_empty() {
        rail.left(Segment::new(9).sentence(pane.title, theme.faint()));
    }
    rail.right(taping(pane.taping, look));
    let badge = format!("[{}]", pane.role.badge());
    rail.right(Segment::new(1).text(badge, theme.role(pane.role)));
    rail
}

/// That it is recorded; never dropped before the role where something is wrong with it.
fn taping<'a>(taping: Taping, look: &Look) -> Segment<'a> {
    let theme = &look.theme;
    match taping {
        Taping::Off => Segment::new(8),
        Taping::Whole => Segment::new(8).text("REC", theme.second()),
        Taping::Gap => Segment::new(2).text("REC gap", theme.warning()),
        Taping::Failing => Segment::new(1).text("REC!", theme.error().add_modifier(Modifier::BOLD)),
    }
}

fn name_style(attention: Attention, look: &Look) -> Style {
    let theme = &look.theme;
    let plain = theme.depth() == ColorDepth::None;
    match attention {
        Attention::Typing => theme.block(theme.operator()),
        Attention::Focused if plain => theme.block(theme.focus()),
        Attention::Focused => theme.focus().add_modifier(Modifier::BOLD),
        Attention::None => theme.text(),
        Attention::Behind => theme.second(),
    }
}

/// How the Session is doing; its counters and its age.
pub(super) fn bottom<'a>(pane: &Pane<'a>, look: &Look, area: Rect) -> Rail<'a> {
    let theme = &look.theme;
    let mut rail = Rail::new(look, 1, 1);
    match pane.note {
        Some(note) => {
            rail.left(Segment::new(0).sentence(note, theme.focus()));
        }
        None => standing(pane, look, &mut rail),
    }
    rail.right(crop(pane, look, area));
    if let Some(lag) = pane.lag {
        rail.right(Segment::new(2).text(format!("lag {}", format::age(lag)), theme.warning()));
    }
    rail.right(counters::found(look, pane.counts, pane.rising, Segment::new(1)));
    if let Some(age) = pane.age {
        rail.right(Segment::new(7).text(format::age(age), theme.faint()));
    }
    rail
}

fn standing<'a>(pane: &Pane<'a>, look: &Look, rail: &mut Rail<'a>) {
    rail.left(state(&pane.state, look));
    if let PaneState::Exited { actions, .. } = pane.state {
        rail.left(hints::segments(look, actions, 4));
    }
    if let PaneState::Retrying { next, .. } = pane.state {
        rail.left(retrying(next, look));
    }
    if let Follow::Paused { new } = pane.follow {
        rail.left(paused(new, pane.follow_key, look));
    }
    if let Some(status) = pane.search {
        rail.left(search(status, look));
    }
    if pane.attention == Attention::Typing {
        rail.left(Segment::new(5).text("you type here", look.theme.operator()));
    }
}

fn state<'a>(state: &PaneState<'a>, look: &Look) -> Segment<'a> {
    let (theme, dot) = (&look.theme, look.glyphs.dot);
    let old = |stale| format!(" {dot} screen {} old", format::age(stale));
    let standing = |status: SessionStatus| match status {
        SessionStatus::Disconnected => theme.error(),
        _ => theme.warning(),
    };
    let segment = Segment::new(0);
    match *state {
        PaneState::Live => segment,
        PaneState::NotReading { waiting } => {
            let queued = format!("({} queued)", format::bytes(waiting));
            segment
                .sentence("program is not reading", theme.warning())
                .text(format!(" {queued}"), theme.second())
        }
        PaneState::Stopped => segment
            .sentence("output paused by Ctrl-S", theme.warning())
            .text(format!(" {dot} Ctrl-Q goes on"), theme.second()),
        PaneState::Retrying { status, stale, .. } => {
            segment.text(status.word(), standing(status)).text(old(stale), theme.second())
        }
        PaneState::Lost { status, reason, stale } => {
            let segment = match status {
                Some(status) => segment.text(format!("{} {dot} ", status.word()), standing(status)),
                None => segment,
            };
            segment.sentence(reason, theme.error()).sentence(old(stale), theme.second())
        }
        PaneState::Exited { status, failed, ago, .. } => {
            let style = if failed { theme.error() } else { theme.second() };
            let since = format!(" {dot} {} ago", format::age(ago));
            segment.sentence(status, style).text(since, theme.second())
        }
    }
}

/// The list of machines says it, too, where there is no room here.
fn retrying<'a>(next: Duration, look: &Look) -> Segment<'a> {
    let text = match next.as_secs() {
        0 => "retrying now".to_owned(),
        _ => format!("retrying in {}", format::age(next)),
    };
    Segment::new(6).text(text, look.theme.second())
}

fn paused<'a>(new: u64, key: &'a str, look: &Look) -> Segment<'a> {
    let (focus, dot) = (look.theme.focus(), look.glyphs.dot);
    let mut text = format!("paused {dot} {} new", format::count(new));
    if !key.is_empty() {
        text.push_str(&format!(" {dot} {key} follows"));
    }
    Segment::new(0).sentence(text, focus)
}

fn search<'a>(status: SearchStatus, look: &Look) -> Segment<'a> {
    let text = match status {
        SearchStatus { total: 0, .. } => "no match".to_owned(),
        SearchStatus { current, total, .. } => {
            format!("{} of {}", format::count(current), format::count(total))
        }
    };
    let segment = Segment::new(3).text(text, look.theme.hit());
    if status.wrapped { segment.text(" wrapped", look.theme.second()) } else { segment }
}

/// The screen's size and where more of it is, when the pane does not show all of it.
fn crop<'a>(pane: &Pane<'_>, look: &Look, area: Rect) -> Segment<'a> {
    let segment = Segment::new(6);
    let Some(cells) = pane.cells else { return segment };
    let (size, view) = (cells.size(), Pane::content(area));
    let right = u32::from(pane.pan.cols) + u32::from(view.width) < u32::from(size.cols);
    let below = u32::from(pane.pan.rows) + u32::from(view.height) < u32::from(size.rows);
    let sides = [pane.pan.cols > 0, right, pane.pan.rows > 0, below];
    if !sides.contains(&true) {
        return segment;
    }
    let marks = look.glyphs.more.iter().zip(sides).filter(|(_, on)| *on).map(|(mark, _)| *mark);
    let text = format!("{size} {}", marks.collect::<String>());
    segment.text(text, look.theme.second())
}
