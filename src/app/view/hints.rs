//! The hint line: the mode, what it acts on, and the keys that work now.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::command::{COMMANDS, Command, Scope};
use crate::app::state::{Drawn, Mode, Overlay, Region, SessionKey, State, TextLine};
use crate::app::update::scopes;
use crate::proto::Role;
use crate::widgets::{Hints, KeyHint, Look, ModeKind, Prompt};

/// Hints before that of the help, at most.
const HELP_AT: usize = 4;

/// A key and a word, owned.
pub(super) type OwnedHint = (String, String);

/// Hints as widgets take them.
pub(super) fn borrowed(hints: &[OwnedHint]) -> Vec<KeyHint<'_>> {
    hints.iter().map(|(key, doc)| KeyHint { key, doc }).collect()
}

/// Keys of the commands in these scopes that are hinted at and would do something now.
fn live(state: &State, scopes: &[Scope]) -> Vec<OwnedHint> {
    let hinted = |command: &&Command| !command.hint.is_empty() && (command.live)(state);
    let hint = |command: &Command| {
        let key = state.keymap.first_key(command);
        (!key.is_empty()).then(|| (key, word(state, command)))
    };
    scopes
        .iter()
        .flat_map(|scope| COMMANDS.iter().filter(move |command| command.scope == *scope))
        .filter(hinted)
        .filter_map(hint)
        .collect()
}

/// A command's word; that of the role says which role comes next.
fn word(state: &State, command: &Command) -> String {
    let role = state.focused().map_or(Role::Observer, |key| state.role(key));
    match (command.hint, role) {
        ("observe/operate", Role::Observer) => "operate".to_owned(),
        ("observe/operate", Role::Operator | Role::Admin) => "observe".to_owned(),
        (hint, _) => hint.to_owned(),
    }
}

/// The keys that work in an overlay.
pub(super) fn overlay(state: &State) -> Vec<OwnedHint> {
    live(state, scopes(state))
}

/// What an ended Session's frame offers.
pub(super) fn ended(state: &State) -> Vec<OwnedHint> {
    [("run-again", "run again"), ("kill", "remove")]
        .into_iter()
        .map(|(name, word)| (state.keymap.key_of(name), word.to_owned()))
        .filter(|(key, _)| !key.is_empty())
        .collect()
}

/// What an empty board offers, in full words.
pub(super) fn welcome(state: &State) -> Vec<OwnedHint> {
    let offered: &[&str] = match state.sessions.is_empty() {
        true => &["open-shell", "follow-system-log", "create", "help", "quit"],
        false => &["go-to-list", "create", "help", "quit"],
    };
    let command = |name: &&str| COMMANDS.iter().find(|command| command.name == *name);
    let commands = offered.iter().filter_map(command).filter(|command| (command.live)(state));
    commands.map(|c| (state.keymap.first_key(c), c.doc.to_owned())).collect()
}

/// Draws the hint line, or the input line in its place.
pub(super) fn draw(state: &State, look: &Look, area: Rect, buf: &mut Buffer, drawn: &mut Drawn) {
    match &state.overlay {
        Some(Overlay::Search(_, line)) => {
            drawn.cursor = prompt(state, look, area, buf, ("SEARCH", line, "", ""));
        }
        Some(Overlay::Filter(line)) => drawn.cursor = filter(state, look, area, buf, line),
        Some(Overlay::Rename(_, line, error)) => {
            drawn.cursor = prompt(state, look, area, buf, ("RENAME", line, "", error));
        }
        _ => keys(state, look, area, buf),
    }
}

fn filter(
    state: &State,
    look: &Look,
    area: Rect,
    buf: &mut Buffer,
    line: &TextLine,
) -> Option<ratatui::layout::Position> {
    let rows = state.list.rows(&state.machines, &state.sessions);
    let session =
        |row: &&crate::app::state::ListRow| matches!(row, crate::app::state::ListRow::Session(_));
    let matched = rows.iter().filter(session).count();
    let status = format!("{matched} of {}", state.sessions.len());
    prompt(state, look, area, buf, ("FILTER", line, &status, ""))
}

fn prompt(
    state: &State,
    look: &Look,
    area: Rect,
    buf: &mut Buffer,
    (mode, line, status, error): (&str, &TextLine, &str, &str),
) -> Option<ratatui::layout::Position> {
    let keys = overlay(state);
    let keys = borrowed(&keys);
    Prompt { mode, input: line.area(), status, error, keys: &keys }.draw(look, area, buf)
}

fn keys(state: &State, look: &Look, area: Rect, buf: &mut Buffer) {
    let subject = state.focused().map_or_else(String::new, |key| state.label(key));
    let (mode, kind, subject, lead) = match (&state.overlay, state.mode, state.region) {
        (Some(overlay), _, _) => (overlay_word(overlay), ModeKind::Input, String::new(), ""),
        (None, Mode::Type, _) => return typing(state, look, area, buf),
        (None, Mode::Leader, _) => ("LEADER", ModeKind::Program, subject, ""),
        (None, Mode::Nav, Region::List) => ("NAV", ModeKind::Deck, "list".to_owned(), ""),
        (None, Mode::Nav, Region::Board) => ("NAV", ModeKind::Deck, subject, ""),
    };
    let mut keys = live(state, scopes(state));
    help_early(state, &mut keys);
    let keys = borrowed(&keys);
    Hints { mode, kind, subject: &subject, lead, keys: &keys }.draw(look, area, buf);
}

/// Moves the way to all other keys to where a line of 80 columns still shows it.
fn help_early(state: &State, keys: &mut [OwnedHint]) {
    let help = state.keymap.key_of("help");
    let at = keys.iter().position(|(key, _)| *key == help);
    if let Some(at) = at.filter(|at| *at > HELP_AT) {
        keys[HELP_AT..=at].rotate_right(1);
    }
}

const fn overlay_word(overlay: &Overlay) -> &'static str {
    match overlay {
        Overlay::Help(_) => "HELP",
        Overlay::Palette(_) => "COMMANDS",
        Overlay::Messages(_) => "MESSAGES",
        Overlay::Signals(..) => "SIGNAL",
        Overlay::Search(..) => "SEARCH",
        Overlay::Filter(_) => "FILTER",
        Overlay::Rename(..) => "RENAME",
        Overlay::Create(_) => "CREATE",
        Overlay::Alerts(..) => "ALERTS",
        Overlay::Confirm(_) => "CONFIRM",
    }
}

/// While a program has the keys, those that work after the leader.
fn typing(state: &State, look: &Look, area: Rect, buf: &mut Buffer) {
    let Some(key) = state.focused() else { return };
    let leader = state.settings.leader;
    let (mode, lead) = match who_reads(state, key) {
        Ok(()) => ("TYPE", format!("everything goes to the program · {leader} then:")),
        Err(why) => ("WATCH", format!("{why} · {leader} then:")),
    };
    let keys = live(state, &[Scope::Leader]);
    let keys = borrowed(&keys);
    let label = state.label(key);
    let kind = if mode == "TYPE" { ModeKind::Program } else { ModeKind::Deck };
    Hints { mode, kind, subject: &label, lead: &lead, keys: &keys }.draw(look, area, buf);
}

/// Whether what is typed reaches the program, or why not, in two words.
fn who_reads(state: &State, key: SessionKey) -> Result<(), &'static str> {
    let ended = state.sessions.get(&key).is_some_and(|session| !session.info.is_live());
    match state.role(key) {
        _ if !state.is_up(key) => Err("not connected"),
        _ if ended => Err("it has ended"),
        Role::Observer => Err("observing"),
        Role::Operator | Role::Admin => Ok(()),
    }
}

/// The line that lies over the last row of a borderless screen, when there is something to say.
pub(super) fn borderless(state: &State) -> Option<String> {
    let key = state.focused();
    let leader = state.settings.leader;
    let leave = state.keymap.key_of("leave");
    let pane = key.and_then(|key| state.panes.get(&key));
    if let Some(note) = pane.and_then(|pane| pane.note_at(state.now.mono)) {
        return Some(note.to_owned());
    }
    if let Some(message) = state.messages.visible(state.now.mono).last() {
        return Some(message.text.clone());
    }
    match key {
        _ if state.mode == Mode::Leader => {
            let keys = live(state, &[Scope::Leader]);
            Some(
                keys.iter().map(|(key, doc)| format!("{key} {doc}")).collect::<Vec<_>>().join("  "),
            )
        }
        Some(key) if !state.is_up(key) => {
            Some(format!("not connected, trying again · {leader} {leave} leaves"))
        }
        Some(_) if pane.is_some_and(|pane| pane.history.is_some()) => {
            Some(format!("scrolled back · {leader} PgUp older · typing follows again"))
        }
        Some(_) => None,
        None => Some(format!("waiting for the session · {leader} {leave} leaves")),
    }
}

/// Draws one line of plain words.
pub(super) fn line(look: &Look, area: Rect, text: &str, buf: &mut Buffer) {
    Hints { mode: "watchdeck", kind: ModeKind::Deck, subject: "", lead: text, keys: &[] }
        .draw(look, area, buf);
}
