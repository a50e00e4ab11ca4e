//! Creating, renaming, signalling, killing and removing Sessions.

use crate::app::effect::{Effects, Tag};
use crate::app::state::{
    CreateField, CreateForm, Deed, ListRow, Machine, MachineKey, Overlay, Picker, Question,
    Session, SessionKey, State, TextLine,
};
use crate::proto::{
    InputKind, Request, Role, SessionInfo, Signal, SpawnSpec, Winsize, validate_name,
};
use crate::widgets::{Tone, format};

use super::{agent, focus, reply::reachable, typing};

/// Names made from a command are cut to this many characters.
const NAME_FROM_COMMAND: usize = 24;

/// Whether a machine is connected to create a Session on.
#[must_use]
pub fn can_create(state: &State) -> bool {
    state.machines.iter().any(Machine::is_up)
}

/// Whether following the system log is on offer.
#[must_use]
pub fn offers_system_log(state: &State) -> bool {
    state.offers.system_log.is_some() && state.machines.iter().any(|m| m.local && m.is_up())
}

/// Whether commands have a running Session to act on.
#[must_use]
pub fn has_live_target(state: &State) -> bool {
    target(state).is_some_and(|(_, session)| session.info.is_live())
}

/// Whether commands have an ended Session to act on.
#[must_use]
pub fn has_ended(state: &State) -> bool {
    target(state).is_some_and(|(_, session)| !session.info.is_live())
}

/// Whether any Session has ended.
#[must_use]
pub fn any_ended(state: &State) -> bool {
    state.sessions.values().any(|session| !session.info.is_live())
}

fn target(state: &State) -> Option<(SessionKey, &Session)> {
    let key = state.target()?;
    Some((key, state.sessions.get(&key)?))
}

/// A shell on the selected machine, or else the first connected one.
pub fn shell(state: &mut State, effects: &mut Effects) {
    let selected = match state.list.selected {
        Some(ListRow::Machine(key)) if state.machine(key).is_some_and(Machine::is_up) => Some(key),
        _ => None,
    };
    let first = || state.machines.iter().position(Machine::is_up).map(MachineKey);
    if let Some(machine) = selected.or_else(first) {
        spawn(state, effects, machine, SpawnSpec::default());
    }
}

/// The local machine's system log.
pub fn system_log(state: &mut State, effects: &mut Effects) {
    let local = state.machines.iter().position(|machine| machine.local && machine.is_up());
    if let (Some(at), Some(command)) = (local, state.offers.system_log.clone()) {
        let name = Some("system-log".to_owned());
        spawn(state, effects, MachineKey(at), SpawnSpec { command, name, ..SpawnSpec::default() });
    }
}

fn spawn(state: &State, effects: &mut Effects, machine: MachineKey, spec: SpawnSpec) {
    let size = spec.size.unwrap_or_else(|| first_size(state));
    let spec = SpawnSpec { size: Some(size), ..spec };
    effects.request(machine, Request::CreateSession { spec }, Tag::Create);
}

/// A new Session gets the size of the focused pane: near what it will have.
fn first_size(state: &State) -> Winsize {
    state.focused().map_or_else(Winsize::default, |key| state.pane_size(key)).clamped()
}

/// Opens the form for a new Session.
pub fn create(state: &mut State, _: &mut Effects) {
    let up = |(_, machine): &(usize, &Machine)| machine.is_up();
    let machines: Vec<_> =
        state.machines.iter().enumerate().filter(up).map(|(at, _)| MachineKey(at)).collect();
    let here = state.target().and_then(|key| machines.iter().position(|m| *m == key.machine));
    let focused = if machines.len() > 1 { CreateField::Machine } else { CreateField::Command };
    state.overlay = Some(Overlay::Create(Box::new(CreateForm {
        machines,
        chosen: here.unwrap_or(0),
        command: TextLine::default(),
        name: TextLine::default(),
        cwd: TextLine::default(),
        focused,
        name_error: String::new(),
    })));
}

/// Sends the form; one with a wrong name stays open and says what is wrong.
pub(super) fn submit(state: &mut State, effects: &mut Effects, mut form: Box<CreateForm>) {
    let name = form.name.text().trim();
    if !name.is_empty()
        && let Err(error) = validate_name(name)
    {
        form.name_error = error.to_string();
        form.focused = CreateField::Name;
        state.overlay = Some(Overlay::Create(form));
        return;
    }
    let Some(machine) = form.machines.get(form.chosen).copied() else { return };
    spawn(state, effects, machine, spec(&form));
}

fn spec(form: &CreateForm) -> SpawnSpec {
    let given = |line: &TextLine| Some(line.text().trim().to_owned()).filter(|t| !t.is_empty());
    let command = given(&form.command);
    SpawnSpec {
        name: given(&form.name).or_else(|| command.as_deref().and_then(name_from)),
        // A line is a line of shell: pipes, variables and quotes mean what they mean there.
        command: command.map_or_else(Vec::new, |line| vec!["sh".into(), "-c".into(), line]),
        cwd: given(&form.cwd),
        ..SpawnSpec::default()
    }
}

/// The program's name in a command line, if it makes a name.
fn name_from(line: &str) -> Option<String> {
    let program = line.split_whitespace().find(|word| !word.contains('='))?;
    let base = program.rsplit('/').next()?;
    let name: String = base.chars().take(NAME_FROM_COMMAND).collect();
    validate_name(&name).is_ok().then_some(name)
}

/// A Session was created: it is shown, focused and typed into.
pub(super) fn created(state: &mut State, machine: MachineKey, info: SessionInfo) {
    let key = SessionKey { machine, id: info.session_id };
    agent::put(state, machine, info);
    let now = state.now.mono;
    state.list.resort(&state.sessions, now);
    state.panes.insert(key, crate::app::state::Pane::new(Role::Operator));
    focus::show(state, key);
    state.type_into(key);
    let leader = state.settings.leader;
    let leave = state.keymap.key_of("leave");
    state.say(Tone::Ok, format!("{} is running; {leader} {leave} leaves it", state.label(key)));
}

/// Runs an ended Session's command again, in a new Session beside it.
pub fn run_again(state: &mut State, effects: &mut Effects) {
    let Some((key, session)) = target(state) else { return };
    let info = &session.info;
    let spec = SpawnSpec {
        command: info.command.clone(),
        cwd: Some(info.cwd.clone()),
        size: Some(info.size()),
        labels: info.labels.clone(),
        workspace_id: Some(info.workspace_id.clone()),
        ..SpawnSpec::default()
    };
    if reachable(state, key) {
        spawn(state, effects, key.machine, spec);
    }
}

/// Opens the input for a new name.
pub fn rename(state: &mut State, _: &mut Effects) {
    let Some((key, session)) = target(state) else { return };
    let line = TextLine::new(&session.info.name);
    state.overlay = Some(Overlay::Rename(key, line, String::new()));
}

/// Sends a new name; a wrong one stays open and says what is wrong.
pub(super) fn submit_name(
    state: &mut State,
    effects: &mut Effects,
    key: SessionKey,
    line: TextLine,
) {
    let name = line.text().trim().to_owned();
    if let Err(error) = validate_name(&name) {
        state.overlay = Some(Overlay::Rename(key, line, error.to_string()));
        return;
    }
    let what = format!("rename {}", state.label(key));
    act(state, effects, key, what, |session| Request::Rename { session, name });
}

/// Opens the menu of signals.
pub fn signal(state: &mut State, _: &mut Effects) {
    if let Some(key) = state.target() {
        state.overlay = Some(Overlay::Signals(key, Picker::default()));
    }
}

/// Sends a signal.
pub(super) fn send_signal(
    state: &mut State,
    effects: &mut Effects,
    key: SessionKey,
    signal: Signal,
) {
    let what = format!("send {} to {}", signal.name(), state.label(key));
    act(state, effects, key, what, |session| Request::Signal { session, signal });
}

/// Asks before a Session is killed, or removed when it has ended.
pub fn kill(state: &mut State, _: &mut Effects) {
    let Some((key, session)) = target(state) else { return };
    let label = state.label(key);
    let question = if session.info.is_live() {
        Question {
            text: format!("Kill {label}?"),
            consequences: killed(session),
            verb: "kill",
            deed: Deed::Kill(key),
        }
    } else {
        Question {
            text: format!("Remove {label}?"),
            consequences: vec!["Its output and its exit status are forgotten.".into()],
            verb: "remove",
            deed: Deed::Remove(key),
        }
    };
    state.overlay = Some(Overlay::Confirm(question));
}

fn killed(session: &Session) -> Vec<String> {
    let info = &session.info;
    let mut lines = vec![format!("Runs: {}", info.command.join(" "))];
    lines.push("Every process it started is killed. What it has not saved is lost.".into());
    let others = info.attached_clients.len();
    if others > 1 {
        lines.push(format!("{others} clients are attached to it."));
    }
    lines
}

/// Asks before every ended Session is removed.
pub fn remove_ended(state: &mut State, _: &mut Effects) {
    let ended = |(_, session): &(&SessionKey, &Session)| !session.info.is_live();
    let keys: Vec<_> = state.sessions.iter().filter(ended).map(|(key, _)| *key).collect();
    let names: Vec<_> = keys.iter().map(|key| state.label(*key)).collect();
    state.overlay = Some(Overlay::Confirm(Question {
        text: format!("Remove {}?", format::things(keys.len(), "ended session")),
        consequences: vec![
            names.join(", "),
            "Their output and their exit status are forgotten.".into(),
        ],
        verb: "remove",
        deed: Deed::RemoveEnded(keys),
    }));
}

/// Does what was confirmed.
pub(super) fn confirmed(state: &mut State, effects: &mut Effects, deed: Deed) {
    match deed {
        Deed::Kill(key) => {
            let what = format!("kill {}", state.label(key));
            act(state, effects, key, what, |session| Request::Kill { session });
        }
        Deed::Remove(key) => remove(state, effects, key),
        Deed::RemoveEnded(keys) => keys.into_iter().for_each(|key| remove(state, effects, key)),
        Deed::Paste { session, bytes } => {
            typing::send(state, effects, session, InputKind::Paste, bytes);
        }
    }
}

fn remove(state: &mut State, effects: &mut Effects, key: SessionKey) {
    let what = format!("remove {}", state.label(key));
    act(state, effects, key, what, |session| Request::Remove { session });
}

fn act(
    state: &mut State,
    effects: &mut Effects,
    key: SessionKey,
    what: String,
    request: impl FnOnce(String) -> Request,
) {
    if reachable(state, key) {
        effects.request(key.machine, request(key.id.to_string()), Tag::Act(what));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_comes_from_the_program() {
        for (line, name) in [
            ("tail -F /var/log/syslog", Some("tail")),
            ("LC_ALL=C /usr/bin/htop", Some("htop")),
            ("$(rm -rf ~)", None),
            ("", None),
            ("A=1", None),
        ] {
            assert_eq!(name_from(line).as_deref(), name, "{line}");
        }
    }
}
