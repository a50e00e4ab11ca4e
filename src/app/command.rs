//! Every command of the dashboard, in one table: it feeds the keymap, the help, the hint line, the
//! palette and `docs/keys.md`. A new command is a row here and a function in [`super::update`].

use super::effect::Effects;
use super::state::State;
use super::update::{
    alerts, board, copy, deck, focus, jump, lifecycle, list, overlay, role, scroll, search, seen,
    typing,
};
use Scope::{Board, Confirm, Leader, List, Nav, Overlay, Welcome};

/// When a command's keys work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Always while the deck has the keys.
    Nav,
    /// While the deck has the keys and they act on the panes.
    Board,
    /// While the deck has the keys and they act on the list.
    List,
    /// While there is no Session at all.
    Welcome,
    /// After the leader, while typing.
    Leader,
    /// While an input or a list to pick from lies above the deck.
    Overlay,
    /// While a question lies above the deck.
    Confirm,
}

impl Scope {
    /// Every scope, in the order of the documentation.
    pub const ALL: [Self; 7] = [Board, List, Nav, Leader, Welcome, Overlay, Confirm];

    /// What the keys of this scope are good for.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Nav => "Anywhere in NAV",
            Board => "NAV, on the panes",
            List => "NAV, on the list",
            Welcome => "With no sessions yet",
            Leader => "TYPE, after the leader",
            Overlay => "In inputs and pickers",
            Confirm => "In questions",
        }
    }

    /// Whether a key in `self` and the same key in `other` could both be meant at one moment.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        let over_nav = |scope| matches!(scope, Board | List | Welcome);
        self == other || (self == Nav && over_nav(other)) || (other == Nav && over_nav(self))
    }
}

/// A command.
pub struct Command {
    /// When its keys work.
    pub scope: Scope,
    /// The name in the palette and in the `[keys]` section of the configuration; unique.
    pub name: &'static str,
    /// Default keys, the first of them shown. `leader` stands for the configured leader.
    pub keys: &'static [&'static str],
    /// One or two words for the hint line; empty for commands that are not hinted at.
    pub hint: &'static str,
    /// What it does, in a sentence.
    pub doc: &'static str,
    /// Whether it would do something now.
    pub live: fn(&State) -> bool,
    /// Does it.
    pub run: fn(&mut State, &mut Effects),
}

impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Command").field(&self.name).finish()
    }
}

type Row = (
    Scope,
    &'static str,
    &'static [&'static str],
    &'static str,
    &'static str,
    fn(&State) -> bool,
    fn(&mut State, &mut Effects),
);

const fn commands<const N: usize>(rows: [Row; N]) -> [Command; N] {
    const FIRST: Command = Command {
        scope: Nav,
        name: "",
        keys: &[],
        hint: "",
        doc: "",
        live: always,
        run: deck::nothing,
    };
    let mut out = [const { FIRST }; N];
    let mut at = 0;
    while at < N {
        let (scope, name, keys, hint, doc, live, run) = rows[at];
        out[at] = Command { scope, name, keys, hint, doc, live, run };
        at += 1;
    }
    out
}

const fn always(_: &State) -> bool {
    true
}

/// Every command, the most useful first: the hint line is cut from its end.
pub static COMMANDS: [Command; COUNT] = commands(ROWS);
const COUNT: usize = ROWS.len();

#[rustfmt::skip] // one command, one line: the table is read down its columns
const ROWS: [Row; 87] = [
    // NAV, on the panes
    (Board, "type", &["Enter", "i"], "type", "Type into the focused pane; as an observer, watch it alone", focus::has_pane, typing::enter),
    (Board, "toggle-role", &["o"], "observe/operate", "Become operator of the focused pane, or observer again", focus::has_pane, role::toggle),
    (Board, "search", &["/"], "search", "Search the focused pane's history (regular expression; capitals make case matter)", focus::has_pane, search::open),
    (Board, "follow", &["End", "G"], "follow", "Back to the live output", scroll::is_paused, scroll::follow),
    (Board, "search-next", &["n"], "older", "Next match, upwards to older lines", search::has_search, search::older),
    (Board, "search-previous", &["N"], "newer", "Previous match, downwards to newer lines", search::has_search, search::newer),
    (Board, "next-error", &["e"], "next error", "Next error: the oldest unseen one, then newer ones, then other sessions' unseen ones", focus::has_session, jump::next_error),
    (Board, "previous-error", &["E"], "", "Previous error, to older ones", focus::has_session, jump::previous_error),
    (Board, "next-warning", &["w"], "", "Next warning, like next-error", focus::has_session, jump::next_warning),
    (Board, "previous-warning", &["W"], "", "Previous warning, to older ones", focus::has_session, jump::previous_warning),
    (Board, "zoom", &["z"], "zoom", "Give the focused pane the whole space, or give it back", focus::has_pane, board::zoom),
    (Board, "page-up", &["PgUp", "C-b"], "scroll", "Scroll back by a page", focus::has_pane, scroll::page_up),
    (Board, "page-down", &["PgDn", "C-f"], "", "Scroll forward by a page", scroll::is_paused, scroll::page_down),
    (Board, "half-page-up", &["C-u"], "", "Scroll back by half a page", focus::has_pane, scroll::half_page_up),
    (Board, "half-page-down", &["C-d"], "", "Scroll forward by half a page", scroll::is_paused, scroll::half_page_down),
    (Board, "line-up", &["C-y", "S-Up"], "", "Scroll back by a line", focus::has_pane, scroll::line_up),
    (Board, "line-down", &["C-e", "S-Down"], "", "Scroll forward by a line", scroll::is_paused, scroll::line_down),
    (Board, "history-top", &["Home"], "", "Go to the oldest line that is kept", focus::has_pane, scroll::top),
    (Board, "focus-left", &["Left", "h"], "", "Focus the pane at the left, or the list", focus::has_session, focus::left),
    (Board, "focus-down", &["Down", "j"], "", "Focus the pane below", focus::has_pane, focus::down),
    (Board, "focus-up", &["Up", "k"], "", "Focus the pane above", focus::has_pane, focus::up),
    (Board, "focus-right", &["Right", "l"], "", "Focus the pane at the right", focus::has_pane, focus::right),
    (Board, "focus-next", &["Tab"], "next", "Focus the next pane; after the last one the list", focus::has_session, focus::next),
    (Board, "focus-previous", &["S-Tab"], "", "Focus the previous pane; before the first one the list", focus::has_session, focus::previous),
    (Board, "pane-1", &["1"], "", "Focus pane 1", focus::has_pane, focus::pane::<1>),
    (Board, "pane-2", &["2"], "", "Focus pane 2", focus::has_pane, focus::pane::<2>),
    (Board, "pane-3", &["3"], "", "Focus pane 3", focus::has_pane, focus::pane::<3>),
    (Board, "pane-4", &["4"], "", "Focus pane 4", focus::has_pane, focus::pane::<4>),
    (Board, "pane-5", &["5"], "", "Focus pane 5", focus::has_pane, focus::pane::<5>),
    (Board, "pane-6", &["6"], "", "Focus pane 6", focus::has_pane, focus::pane::<6>),
    (Board, "pane-7", &["7"], "", "Focus pane 7", focus::has_pane, focus::pane::<7>),
    (Board, "pane-8", &["8"], "", "Focus pane 8", focus::has_pane, focus::pane::<8>),
    (Board, "pane-9", &["9"], "", "Focus pane 9", focus::has_pane, focus::pane::<9>),
    (Board, "swap-next", &["s"], "", "Swap the focused pane with the next one", focus::has_pane, board::swap_next),
    (Board, "swap-previous", &["S"], "", "Swap the focused pane with the previous one", focus::has_pane, board::swap_previous),
    (Board, "hide-pane", &["-"], "", "Take the focused pane off the board; its session goes on", focus::has_pane, board::hide),
    (Board, "pan-left", &["M-Left"], "", "Move the view of a larger screen to the left", scroll::is_cropped, scroll::pan_left),
    (Board, "pan-down", &["M-Down"], "", "Move the view of a larger screen down", scroll::is_cropped, scroll::pan_down),
    (Board, "pan-up", &["M-Up"], "", "Move the view of a larger screen up", scroll::is_cropped, scroll::pan_up),
    (Board, "pan-right", &["M-Right"], "", "Move the view of a larger screen to the right", scroll::is_cropped, scroll::pan_right),
    (Board, "copy", &["y"], "", "Copy the focused pane's visible text to the clipboard", focus::has_pane, copy::visible),
    (Board, "go-to-list", &["g"], "list", "Go to the list of machines and sessions", focus::has_session, focus::list),
    (Board, "back", &["Esc"], "", "One step back: follow again, leave the zoom, acknowledge the notice", deck::can_go_back, deck::back),
    // NAV, on the list
    (List, "list-open", &["Enter"], "open", "Show the session on the board and focus its pane", always, list::open),
    (List, "list-toggle", &["Space"], "show/hide", "Show the session on the board, or take it off", focus::has_target, list::toggle),
    (List, "filter", &["/"], "filter", "Filter the list (fuzzy)", always, list::filter),
    (List, "sort", &["t"], "sort", "Sort the list by name, errors or activity", always, list::sort),
    (List, "list-down", &["Down", "j"], "", "Next row", always, list::down),
    (List, "list-up", &["Up", "k"], "", "Previous row", always, list::up),
    (List, "list-top", &["Home", "g"], "", "First row", always, list::top),
    (List, "list-bottom", &["End", "G"], "", "Last row", always, list::bottom),
    (List, "list-leave", &["Esc", "Tab", "Right", "l", "S-Tab"], "panes", "Back to the panes; Esc clears the filter first", always, list::leave),
    // With no sessions yet
    (Welcome, "open-shell", &["Enter"], "shell", "Open a shell on the selected machine, or the first connected one", lifecycle::can_create, lifecycle::shell),
    (Welcome, "follow-system-log", &["l"], "system log", "Follow this machine's system log", lifecycle::offers_system_log, lifecycle::system_log),
    // Anywhere in NAV
    (Nav, "create", &["c"], "create", "Create a session", lifecycle::can_create, lifecycle::create),
    (Nav, "help", &["?"], "help", "Show every key and what it does", always, overlay::help),
    (Nav, "palette", &[":"], "commands", "Find and run a command", always, overlay::palette),
    (Nav, "quit", &["q"], "quit", "Leave the dashboard; sessions go on", always, deck::quit),
    (Nav, "mark-seen", &["a"], "seen", "Mark the session's errors and warnings as seen", seen::has_unseen, seen::mark),
    (Nav, "mark-all-seen", &["A"], "", "Mark every session's errors and warnings as seen", seen::any_unseen, seen::mark_all),
    (Nav, "alerts", &["v"], "alerts", "Pick one of the newest errors and warnings and go to its line", alerts::any, alerts::open),
    (Nav, "run-again", &["."], "run again", "Run an ended session's command again", lifecycle::has_ended, lifecycle::run_again),
    (Nav, "kill", &["x"], "", "Kill the session's whole process tree; an ended session is removed", focus::has_target, lifecycle::kill),
    (Nav, "remove-ended", &["X"], "", "Remove every ended session", lifecycle::any_ended, lifecycle::remove_ended),
    (Nav, "rename", &["r"], "", "Rename the session", focus::has_target, lifecycle::rename),
    (Nav, "signal", &["!"], "", "Send the session's program a signal", lifecycle::has_live_target, lifecycle::signal),
    (Nav, "reconnect", &["R"], "", "Connect to lost machines now", deck::any_down, deck::reconnect),
    (Nav, "toggle-sidebar", &["b"], "", "Show or hide the list", always, deck::toggle_sidebar),
    (Nav, "toggle-mouse", &["m"], "", "Give the mouse to the outer terminal, or take it back", always, deck::toggle_mouse),
    (Nav, "messages", &["M"], "", "Show what was said so far", always, overlay::messages),
    (Nav, "repaint", &["C-l"], "", "Draw every cell again and ask for whole screens", always, deck::repaint),
    (Nav, "suspend", &["C-z"], "", "Stop like any job; `fg` goes on", always, deck::suspend),
    // TYPE, after the leader
    (Leader, "leave", &["Esc", "d"], "leave typing", "Give the keys back to the deck; an `attach` ends", always, typing::leave),
    (Leader, "leader-zoom", &["z"], "zoom", "Give the pane the whole space, or give it back", deck::has_chrome, board::zoom),
    (Leader, "leader-role", &["o"], "observe/operate", "Become observer of this pane, or operator again", always, role::toggle),
    (Leader, "leader-scroll", &["PgUp"], "scroll", "Scroll back by a page; typing follows again", always, scroll::page_up),
    (Leader, "leader-scroll-down", &["PgDn"], "", "Scroll forward by a page", scroll::is_paused, scroll::page_down),
    (Leader, "leader-next", &["n", "Tab"], "next pane", "Type into the next pane", deck::has_chrome, typing::next),
    (Leader, "leader-previous", &["p", "S-Tab"], "", "Type into the previous pane", deck::has_chrome, typing::previous),
    (Leader, "leader-help", &["?"], "help", "Show every key and what it does", deck::has_chrome, overlay::help),
    (Leader, "send-leader", &["leader"], "send it", "Send the leader itself to the program", always, typing::send_leader),
    // In inputs, pickers and questions
    (Overlay, "accept", &["Enter"], "accept", "Do what is selected or typed", always, overlay::accept),
    (Overlay, "cancel", &["Esc", "C-c"], "cancel", "Close without doing anything", always, overlay::cancel),
    (Overlay, "next-row", &["Tab", "Down", "C-n"], "next", "Next row or field", always, overlay::next),
    (Overlay, "previous-row", &["S-Tab", "Up", "C-p"], "", "Previous row or field", always, overlay::previous),
    (Confirm, "yes", &["y"], "yes", "Do what the question asks", always, overlay::yes),
    (Confirm, "no", &["n", "Esc", "C-c", "q"], "no", "Do nothing", always, overlay::no),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_command_has_its_own_name_and_a_doc() {
        let names: BTreeSet<_> = COMMANDS.iter().map(|command| command.name).collect();
        assert_eq!(names.len(), COMMANDS.len());
        for command in &COMMANDS {
            let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(command.name.chars().all(kebab), "{}", command.name);
            assert!(command.doc.len() > 5 && !command.doc.ends_with('.'), "{}", command.name);
            assert!(!command.keys.is_empty(), "{} has no key", command.name);
        }
    }
}
