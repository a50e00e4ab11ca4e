//! Typing into the focused pane's program.

use bytes::Bytes;

use crate::app::effect::{Effect, Effects};
use crate::app::geometry::Chrome;
use crate::app::state::{Deed, MachineKey, Mode, Overlay, Question, SessionKey, State};
use crate::proto::{InputKind, Key, Role};
use crate::term::paste::{Paste, prepare};
use crate::term::{Modes, Terminal, key as key_bytes, mouse};
use crate::widgets::{Tone, format};

/// Largest paste that is sent; larger ones belong in a file.
const PASTE_MAX: usize = 1 << 20;
/// Lines of a paste that a question shows.
const PREVIEW_LINES: usize = 4;
/// Columns of such a line.
const PREVIEW_COLUMNS: usize = 60;

/// Gives the keys to the focused pane's program.
pub fn enter(state: &mut State, effects: &mut Effects) {
    let Some(key) = state.focused() else { return };
    state.type_into(key);
    if state.role(key) == Role::Observer {
        let text = observing(state);
        state.note(key, text);
    }
    tell_focus(state, effects, true);
}

/// Gives the keys back to the deck. Borderless there is none: the attach ends.
pub fn leave(state: &mut State, effects: &mut Effects) {
    tell_focus(state, effects, false);
    match state.chrome {
        Chrome::Deck => state.mode = Mode::Nav,
        Chrome::Borderless => effects.push(Effect::Quit),
    }
}

/// Takes the keys back from a program, if one has them, before the focus moves on.
pub(super) fn stop(state: &mut State, effects: &mut Effects) {
    if state.mode != Mode::Nav {
        tell_focus(state, effects, false);
        state.mode = Mode::Nav;
    }
}

/// Types into the next pane.
pub fn next(state: &mut State, effects: &mut Effects) {
    step(state, effects, 1);
}

/// Types into the previous pane.
pub fn previous(state: &mut State, effects: &mut Effects) {
    step(state, effects, -1);
}

fn step(state: &mut State, effects: &mut Effects, by: isize) {
    tell_focus(state, effects, false);
    state.board.step(by);
    enter(state, effects);
}

/// Sends the leader itself.
pub fn send_leader(state: &mut State, effects: &mut Effects) {
    let leader = state.settings.leader;
    to_program(state, effects, leader);
}

/// A key while typing: the leader is the deck's, every other one goes to the program.
pub(super) fn key(state: &mut State, effects: &mut Effects, key: Key) {
    if key.normalized() == state.settings.leader.normalized() {
        state.mode = Mode::Leader;
        return state.touch_now();
    }
    to_program(state, effects, key);
}

fn to_program(state: &mut State, effects: &mut Effects, key: Key) {
    let Some(session) = state.focused() else { return };
    let bytes = key_bytes::encode(&key, &modes(state, session), terminal(state, session));
    send(state, effects, session, InputKind::Keys, bytes.into());
}

/// Sends input to a Session's program; when that cannot be, says why where the operator looks.
/// What was scrolled back follows again. No frame is asked for: what changes is the echo.
pub(super) fn send(
    state: &mut State,
    effects: &mut Effects,
    session: SessionKey,
    kind: InputKind,
    bytes: Bytes,
) {
    if bytes.is_empty() {
        return;
    }
    let channel = match way_to_program(state, session) {
        Ok(channel) => channel,
        Err(reason) => return state.note(session, reason),
    };
    let epoch = state.focus_epoch;
    effects.push(Effect::Input { session, channel, epoch, kind, bytes });
    state.echo_from = Some(session);
    let typed = matches!(kind, InputKind::Keys | InputKind::Paste);
    if let Some(pane) = state.panes.get_mut(&session).filter(|_| typed) {
        let scrolled = pane.history.is_some() || pane.pan.is_some();
        pane.pan = None;
        if scrolled {
            pane.follow();
            state.touch_now();
        }
    }
}

/// The channel that input goes to, or why there is none.
fn way_to_program(state: &State, session: SessionKey) -> Result<u32, String> {
    let Some(pane) = state.panes.get(&session) else { return Err("no such pane".to_owned()) };
    if !state.is_up(session) {
        return Err("not connected: what you type is not sent".to_owned());
    }
    if pane.role == Role::Observer {
        return Err(observing(state));
    }
    if state.sessions.get(&session).is_some_and(|session| !session.info.is_live()) {
        return Err("the program has ended: nothing reads what you type".to_owned());
    }
    pane.channel().ok_or_else(|| "not attached yet: what you type is not sent".to_owned())
}

fn observing(state: &State) -> String {
    let (leader, role) = (state.settings.leader, state.keymap.key_of("leader-role"));
    format!("observing: {leader} {role} to operate")
}

/// The modes of a Session's program, as its last screen told.
pub(super) fn modes(state: &State, session: SessionKey) -> Modes {
    let screen = state.panes.get(&session).and_then(|pane| pane.screen.as_ref());
    screen.map_or_else(Modes::default, crate::term::View::modes)
}

/// The terminal a Session's program believes in. A name of a newer Agent's is the default's.
fn terminal(state: &State, session: SessionKey) -> Terminal {
    let term = state.sessions.get(&session).map(|session| session.info.term.as_str());
    term.and_then(|term| term.parse().ok()).unwrap_or_default()
}

/// Tells the program that asked for it (`?1004`) that it has the focus, or has it no more.
pub(super) fn tell_focus(state: &mut State, effects: &mut Effects, gained: bool) {
    let Some(session) = state.focused() else { return };
    let Some(bytes) = mouse::encode_focus(gained, &modes(state, session)) else { return };
    if way_to_program(state, session).is_ok() {
        send(state, effects, session, InputKind::Focus, Bytes::from_static(bytes));
    }
}

/// Text was pasted into the outer terminal.
pub(super) fn paste(state: &mut State, effects: &mut Effects, text: &str) {
    if let Some(overlay) = &mut state.overlay {
        if let Some(line) = overlay.line() {
            line.paste(text);
            super::overlay::text_changed(state);
            state.touch_now();
        }
        return;
    }
    let Some(session) = state.focused() else { return };
    if state.mode == Mode::Nav {
        let enter = state.keymap.key_of("type");
        return state.note(session, format!("nothing was pasted: {enter} to type first"));
    }
    if let Err(reason) = way_to_program(state, session) {
        return state.note(session, reason);
    }
    let paste = prepare(text, &modes(state, session));
    if paste.bytes.len() > PASTE_MAX {
        let size = format::bytes(paste.bytes.len() as u64);
        return state.note(session, format!("{size} is too much to paste; send it as a file"));
    }
    let risky = paste.needs_confirmation() || paste.truncated_by_tty();
    if risky && state.settings.paste_confirm {
        state.overlay = Some(Overlay::Confirm(ask(state, session, paste)));
        return state.touch_now();
    }
    send(state, effects, session, InputKind::Paste, paste.bytes.into());
}

fn ask(state: &State, session: SessionKey, paste: Paste) -> Question {
    let mut consequences =
        vec!["The program did not ask for bracketed pastes: it runs each line as it comes.".into()];
    if paste.truncated_by_tty() {
        consequences.push(
            "A line is longer than 4095 bytes: a program that reads whole lines gets none of it."
                .into(),
        );
    }
    if paste.removed > 0 {
        consequences.push(format!("{} control characters were taken out.", paste.removed));
    }
    let text = String::from_utf8_lossy(&paste.bytes);
    let lines = text.split('\r').filter(|line| !line.is_empty()).take(PREVIEW_LINES);
    consequences.extend(lines.map(|line| {
        let line: String = line.chars().take(PREVIEW_COLUMNS).collect();
        format!("> {}", format::spelled(&line))
    }));
    Question {
        text: format!(
            "Paste {} into {}?",
            format::things(paste.lines, "line"),
            state.label(session)
        ),
        consequences,
        verb: "paste",
        deed: Deed::Paste { session, bytes: paste.bytes.into() },
    }
}

/// Input did not reach a program.
pub(super) fn refused(state: &mut State, machine: MachineKey, reason: &str) {
    match state.focused().filter(|key| key.machine == machine) {
        Some(key) => state.note(key, reason),
        None => state.say(Tone::Warning, reason),
    }
}
