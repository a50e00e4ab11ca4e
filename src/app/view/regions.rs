//! Header, list, strip and newest Alerts.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::state::{
    AlertItem, Drawn, Link, ListRow, Machine, MachineKey, Region, Session, SessionKey, State,
};
use crate::proto::{Counts, SessionStatus};
use crate::widgets::{
    AlertRow, AlertStrip, Filter, Header, LinkState, Look, MachineRow, Notice, SessionRow, Sidebar,
    SidebarRow, Strip, StripItem, Tone, format,
};

/// Name of the product in the header.
const NAME: &str = "watchdeck";

pub(super) fn header(state: &State, look: &Look, area: Rect, buf: &mut Buffer) {
    let (totals, unseen) = state.totals();
    let notice = state.notice.clone().or_else(|| selected(state));
    let notice = notice.or_else(|| needy(state)).or_else(|| lost(state));
    let widget = Header {
        name: NAME,
        board: &board(state),
        connected: state.machines.iter().filter(|machine| machine.is_up()).count(),
        machines: state.machines.len(),
        sessions: state.sessions.len(),
        totals,
        unseen,
        rising: state.sessions.values().any(|session| session.rising_until > state.now.mono),
        notice: notice.as_deref().map(|text| Notice { tone: Tone::Warning, text }),
        clock: &state.now.wall.format("%H:%M").to_string(),
    };
    widget.draw(look, area, buf);
}

/// Which panes are drawn, when not all are.
fn board(state: &State) -> String {
    let all = state.board.shown().len();
    match state.geometry.panes.as_slice() {
        [only] if state.board.zoomed => format!("zoomed {} of {all}", only.index + 1),
        [first, .., last] if all > state.geometry.panes.len() => {
            format!("panes {}–{} of {all}", first.index + 1, last.index + 1)
        }
        [only] if all > 1 => format!("pane {} of {all}", only.index + 1),
        _ => String::new(),
    }
}

/// What is wrong with the machine under the list's cursor.
fn selected(state: &State) -> Option<String> {
    let Some(ListRow::Machine(key)) = state.list.selected else { return None };
    trouble(state.machine(key)?)
}

/// The machine that waits for somebody, also one that was never reached.
fn needy(state: &State) -> Option<String> {
    let needy = |machine: &&Machine| matches!(machine.link, Link::NeedsYou { .. });
    trouble(state.machines.iter().find(needy)?)
}

/// What is wrong with the machines that were connected and are no more.
fn lost(state: &State) -> Option<String> {
    let lost: Vec<_> = state.machines.iter().filter(|machine| machine.lost_at.is_some()).collect();
    match lost.as_slice() {
        [] => None,
        [machine] => trouble(machine),
        [machine, rest @ ..] => {
            Some(format!("{} and {} more are not connected", machine.name, rest.len()))
        }
    }
}

/// What is wrong with a machine, in a sentence.
pub(super) fn trouble(machine: &Machine) -> Option<String> {
    match &machine.link {
        Link::Connecting | Link::Up => None,
        // Nothing is started by itself; the operator must know that a key does it.
        Link::Retrying { absent: true, .. } if machine.local => {
            Some(format!("{}: its agent does not run; R starts it", machine.name))
        }
        Link::Retrying { reason, .. } | Link::Refused { reason } => {
            Some(format!("{}: {reason}", machine.name))
        }
        Link::NeedsYou { sentence, .. } => Some(format!("{} {sentence}", machine.name)),
    }
}

pub(super) fn list(
    state: &State,
    look: &Look,
    area: Option<Rect>,
    buf: &mut Buffer,
    drawn: &mut Drawn,
) {
    let Some(area) = area else { return };
    let rows = state.list.rows(&state.machines, &state.sessions);
    let notes: Vec<_> = state.machines.iter().map(|machine| note(state, machine)).collect();
    let words: Vec<_> = rows.iter().map(|row| word(state, *row)).collect();
    let drawn_rows: Vec<_> = rows
        .iter()
        .zip(&words)
        .filter_map(|(row, word)| match *row {
            ListRow::Machine(key) => machine_row(state, key, notes.get(key.0)?),
            ListRow::Session(key) => session_row(state, key, word),
        })
        .collect();
    let matched = rows.iter().filter(|row| matches!(row, ListRow::Session(_))).count();
    let filter = &state.list.filter;
    let widget = Sidebar {
        rows: &drawn_rows,
        selected: state.list.selected.and_then(|row| rows.iter().position(|r| *r == row)),
        first: state.drawn.list.first,
        focused: state.region == Region::List,
        sessions: state.sessions.len(),
        sort: state.list.sort.word(),
        filter: (!filter.is_empty()).then_some(Filter { text: filter, matched }),
    };
    drawn.list = widget.draw(look, area, buf);
}

fn machine_row<'a>(state: &'a State, key: MachineKey, note: &'a str) -> Option<SidebarRow<'a>> {
    let machine = state.machine(key)?;
    let mut counts = Counts::default();
    let mut unseen = false;
    for (_, session) in state.sessions.iter().filter(|(session, _)| session.machine == key) {
        counts += session.info.counts;
        unseen |= session.has_unseen();
    }
    let link = match machine.link {
        Link::Retrying { .. } if machine.status(state.now.mono) == SessionStatus::Disconnected => {
            LinkState::Gone
        }
        Link::Up => LinkState::Connected,
        Link::Connecting | Link::Retrying { .. } => LinkState::Connecting,
        Link::Refused { .. } => LinkState::Gone,
        Link::NeedsYou { .. } => LinkState::NeedsYou,
    };
    Some(SidebarRow::Machine(MachineRow { name: &machine.name, link, note, counts, unseen }))
}

/// What a machine's glyph means, in words.
fn note(state: &State, machine: &Machine) -> String {
    match &machine.link {
        Link::Up => String::new(),
        Link::Connecting => "connecting".to_owned(),
        Link::Retrying { .. } if machine.status(state.now.mono) == SessionStatus::Disconnected => {
            let gone = machine.lost_for(state.now.mono).unwrap_or_default();
            format!("{} {}", SessionStatus::Disconnected.word(), format::age(gone))
        }
        Link::Retrying { at, .. } => match at.checked_sub(state.now.mono) {
            Some(left) if left.as_secs() > 0 => format!("retrying in {}", format::age(left)),
            Some(_) | None => "retrying now".to_owned(),
        },
        Link::Refused { reason } => format!("refused: {reason}"),
        Link::NeedsYou { note, .. } => note.clone(),
    }
}

fn session_row<'a>(state: &'a State, key: SessionKey, word: &'a str) -> Option<SidebarRow<'a>> {
    let session = state.sessions.get(&key)?;
    Some(SidebarRow::Session(SessionRow {
        name: &session.info.name,
        role: state.role(key),
        on_board: state.board.shows(key),
        counts: session.info.counts,
        unseen: session.has_unseen(),
        activity: session.spark.levels(state.now.mono),
        word,
    }))
}

/// In place of an ended Session's sparkline: how it ended, in at most five columns.
fn word(state: &State, row: ListRow) -> String {
    let ListRow::Session(key) = row else { return String::new() };
    let status = state.sessions.get(&key).and_then(|session| session.info.exit_status);
    status.map_or_else(String::new, |status| match (status.code, status.signal) {
        (Some(code), _) if (0..10).contains(&code) => format!("exit{code}"),
        (Some(code), _) => format!("ex{code}"),
        (None, Some(signal)) => format!("sig{signal}"),
        (None, None) => "ended".to_owned(),
    })
}

pub(super) fn strip(
    state: &State,
    look: &Look,
    area: Option<Rect>,
    buf: &mut Buffer,
    drawn: &mut Drawn,
) {
    let Some(area) = area else { return };
    let item = |key: &SessionKey| {
        let session: &Session = state.sessions.get(key)?;
        Some(StripItem {
            name: &session.info.name,
            counts: session.info.counts,
            unseen: session.has_unseen(),
            on_board: state.board.shows(*key),
        })
    };
    let items: Vec<_> = state.list.order().iter().filter_map(item).collect();
    let selected =
        state.focused().and_then(|key| state.list.order().iter().position(|k| *k == key));
    drawn.strip = Strip { items: &items, selected }.draw(look, area, buf);
}

pub(super) fn alerts(
    state: &State,
    look: &Look,
    area: Option<Rect>,
    buf: &mut Buffer,
    drawn: &mut Drawn,
) {
    let Some(area) = area else { return };
    let texts: Vec<_> = state.feed.newest_first().map(|item| when_and_where(state, item)).collect();
    let rows: Vec<_> = state
        .feed
        .newest_first()
        .zip(&texts)
        .map(|(AlertItem { session, alert }, (at, source))| AlertRow {
            at,
            severity: alert.severity,
            source,
            text: &alert.text,
            span: alert.span.0..alert.span.1,
            unseen: state.sessions.get(session).is_some_and(Session::has_unseen),
        })
        .collect();
    let minutes = state.feed.minutes(state.now.mono);
    let widget = AlertStrip { rows: &rows, selected: None, first: 0, minutes: &minutes };
    drawn.alerts = widget.draw(look, area, buf);
}

/// When and where an Alert was.
pub(super) fn when_and_where(state: &State, item: &AlertItem) -> (String, String) {
    let at = item.alert.time.with_timezone(&state.now.wall.timezone());
    (at.format("%H:%M:%S").to_string(), state.label(item.session))
}
