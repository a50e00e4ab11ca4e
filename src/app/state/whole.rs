//! The state as a whole, and questions about it.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use ratatui::layout::{Position, Rect};

use super::{
    AlertFeed, Board, List, Machine, MachineKey, Message, Messages, Overlay, Pane, Session,
    SessionKey, Settings, TOAST_FOR,
};
use crate::app::event::Now;
use crate::app::geometry::{Chrome, Geometry};
use crate::app::keymap::Keymap;
use crate::proto::{Counts, Role, Winsize};
use crate::term::RowSet;
use crate::widgets::{ListView, Tone};

/// Ages and the clock are at most this old on a screen where nothing else happens.
const REFRESH: Duration = Duration::from_secs(60);

/// Who gets plain keys when nothing lies above the deck.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// The deck.
    #[default]
    Nav,
    /// The focused pane's program.
    Type,
    /// The deck, for one key: the leader was pressed while typing.
    Leader,
}

/// Which part of the deck the keys act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Region {
    /// The panes.
    #[default]
    Board,
    /// The list of machines and Sessions.
    List,
}

/// What of the screen is out of date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Damage {
    /// Something visible changed.
    pub visible: bool,
    /// It must not wait for the pace: it answers a key, or is the echo of one.
    pub urgent: bool,
    /// More changed than the rows that panes call [stale](Pane::stale).
    pub whole: bool,
}

impl Damage {
    /// Everything must be drawn, now.
    pub const ALL: Self = Self { visible: true, urgent: true, whole: true };
}

/// What can be started with one key when there is no Session yet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Offers {
    /// The command that follows the local machine's system log, where there is one.
    pub system_log: Option<Vec<String>>,
}

/// Where the last frame put things that only drawing knows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Drawn {
    /// The list's rows.
    pub list: ListView,
    /// The picked-from overlay's rows.
    pub picker: ListView,
    /// The alert strip's rows.
    pub alerts: ListView,
    /// The strip's items, as indexes of Sessions in list order.
    pub strip: Vec<(usize, Rect)>,
    /// Where the real cursor belongs.
    pub cursor: Option<Position>,
}

/// Updates that came before the answer that names their channel: the answer travels another way
/// inside this process and may be overtaken. Few are kept; a pane that misses one asks for a
/// Snapshot.
#[derive(Debug, Clone, Default)]
pub struct Orphans(VecDeque<(MachineKey, u32, Bytes)>);

impl Orphans {
    const KEPT: usize = 32;

    /// Keeps an Update of a channel that nobody knows yet.
    pub fn keep(&mut self, machine: MachineKey, channel: u32, bytes: Bytes) {
        if self.0.len() == Self::KEPT {
            self.0.pop_front();
        }
        self.0.push_back((machine, channel, bytes));
    }

    /// Takes out the Updates of a channel, in order.
    pub fn take(&mut self, machine: MachineKey, channel: u32) -> Vec<Bytes> {
        let (mine, others) =
            self.0.drain(..).partition::<Vec<_>, _>(|(m, c, _)| (*m, *c) == (machine, channel));
        self.0 = others.into();
        mine.into_iter().map(|(_, _, bytes)| bytes).collect()
    }

    /// Forgets a machine's: its channels mean nothing any more.
    pub fn forget(&mut self, machine: MachineKey) {
        self.0.retain(|(m, _, _)| *m != machine);
    }
}

/// Everything the dashboard knows.
#[derive(Debug, Default)]
pub struct State {
    /// What was configured.
    pub settings: Settings,
    /// Keys and their commands.
    pub keymap: Keymap,
    /// The moment of the event that is handled.
    pub now: Now,
    /// How much surrounds the panes.
    pub chrome: Chrome,
    /// Size of the outer terminal.
    pub screen: Winsize,
    /// The outer terminal has the focus.
    pub outer_focus: bool,
    /// Mouse events are asked for.
    pub mouse: bool,
    /// The list is wanted where there is room for it.
    pub sidebar: bool,
    /// Machines in configured order; [`MachineKey`] is the index.
    pub machines: Vec<Machine>,
    /// Sessions of all machines.
    pub sessions: BTreeMap<SessionKey, Session>,
    /// The panes' order and focus.
    pub board: Board,
    /// One for each Session on the board.
    pub panes: BTreeMap<SessionKey, Pane>,
    /// The list of machines and Sessions.
    pub list: List,
    /// Who gets plain keys.
    pub mode: Mode,
    /// The Session whose program has the keys; no other one ever gets them by a change of focus
    /// that the operator did not ask for.
    pub typing_into: Option<SessionKey>,
    /// Which part of the deck they act on.
    pub region: Region,
    /// What lies above the deck.
    pub overlay: Option<Overlay>,
    /// What was said.
    pub messages: Messages,
    /// What is wrong with the dashboard itself, until acknowledged.
    pub notice: Option<String>,
    /// Newest Alerts.
    pub feed: AlertFeed,
    /// What can be started on an empty board.
    pub offers: Offers,
    /// Updates without a pane yet.
    pub orphans: Orphans,
    /// Where everything is.
    pub geometry: Geometry,
    /// Where the last frame put things.
    pub drawn: Drawn,
    /// What must be drawn.
    pub damage: Damage,
    /// Grows with each move of the focus.
    pub focus_epoch: u32,
    /// The Session that had the focus when it was last looked at.
    pub focus_was: Option<SessionKey>,
    /// When the last key came (monotonic).
    pub last_key: Duration,
    /// The Session whose program got input that it did not answer yet.
    pub echo_from: Option<SessionKey>,
    /// When the whole frame was last drawn (monotonic).
    pub drawn_at: Duration,
    /// The Session that a borderless dashboard is for, by name or id, until it is found.
    pub wanted: Option<String>,
    /// Why the dashboard ended without being asked to.
    pub ended: Option<String>,
}

impl State {
    /// A dashboard of these machines that has heard of nothing yet. What is wrong with the
    /// configured keys becomes the first notice.
    #[must_use]
    pub fn new(settings: Settings, machines: Vec<Machine>, screen: Winsize) -> Self {
        let (keymap, problems) = Keymap::new(&settings.keys, settings.leader);
        Self {
            keymap,
            screen,
            outer_focus: true,
            mouse: settings.mouse,
            sidebar: settings.sidebar,
            machines,
            list: List::sorted_by(settings.sort),
            notice: (!problems.is_empty()).then(|| problems.join("; ")),
            damage: Damage::ALL,
            settings,
            ..Self::default()
        }
    }

    /// Something visible changed.
    pub fn touch(&mut self) {
        self.damage.visible = true;
        self.damage.whole = true;
    }

    /// Of what is visible, only rows that a pane calls stale changed.
    pub fn touch_rows(&mut self) {
        self.damage.visible = true;
    }

    /// Something visible changed that must not wait for the pace.
    pub fn touch_now(&mut self) {
        self.damage = Damage::ALL;
    }

    /// What was changed is drawn.
    pub fn settle(&mut self) {
        self.damage = Damage::default();
        self.panes.values_mut().for_each(|pane| pane.stale = RowSet::default());
    }

    /// The focused pane's Session.
    #[must_use]
    pub fn focused(&self) -> Option<SessionKey> {
        self.board.focused()
    }

    /// The focused pane.
    pub fn focused_pane(&mut self) -> Option<&mut Pane> {
        let key = self.focused()?;
        self.panes.get_mut(&key)
    }

    /// The Session that commands act on: the one under the list's cursor while the list has the
    /// keys, else the focused pane's.
    #[must_use]
    pub fn target(&self) -> Option<SessionKey> {
        match (self.region, self.list.selected) {
            (Region::List, Some(super::ListRow::Session(key))) => Some(key),
            (Region::List, _) => None,
            (Region::Board, _) => self.focused(),
        }
    }

    /// A machine.
    #[must_use]
    pub fn machine(&self, key: MachineKey) -> Option<&Machine> {
        self.machines.get(key.0)
    }

    /// Whether requests about a Session can be sent.
    #[must_use]
    pub fn is_up(&self, key: SessionKey) -> bool {
        self.machine(key.machine).is_some_and(Machine::is_up)
    }

    /// `machine/session`.
    #[must_use]
    pub fn label(&self, key: SessionKey) -> String {
        let machine = self.machine(key.machine).map_or("?", |machine| machine.name.as_str());
        let session = self.sessions.get(&key).map_or("?", |session| session.info.name.as_str());
        format!("{machine}/{session}")
    }

    /// The role of a Session's pane; without a pane that of an observer.
    #[must_use]
    pub fn role(&self, key: SessionKey) -> Role {
        self.panes.get(&key).map_or(Role::Observer, |pane| pane.role)
    }

    /// RowSet of a pane's screen as drawn; a usual size when it is not drawn.
    #[must_use]
    pub fn pane_size(&self, key: SessionKey) -> Winsize {
        self.geometry.slot(key).map_or_else(Winsize::default, crate::app::geometry::Slot::size)
    }

    /// Errors and warnings of all Sessions, and those nobody marked as seen.
    #[must_use]
    pub fn totals(&self) -> (Counts, Counts) {
        let mut sums = (Counts::default(), Counts::default());
        for session in self.sessions.values() {
            sums.0 += session.info.counts;
            sums.1 += session.info.unseen;
        }
        sums
    }

    /// Gives the keys to a Session's program.
    pub fn type_into(&mut self, key: SessionKey) {
        self.mode = Mode::Type;
        self.region = Region::Board;
        self.typing_into = Some(key);
    }

    /// Says something for a few seconds.
    pub fn say(&mut self, tone: Tone, text: impl Into<String>) {
        let at = self.now.wall.format("%H:%M:%S").to_string();
        let until = self.now.mono + TOAST_FOR;
        self.messages.push(Message { tone, text: text.into(), at, until });
        self.touch();
    }

    /// Answers a key in the frame of a Session's pane.
    pub fn note(&mut self, key: SessionKey, text: impl Into<String>) {
        let until = self.now.mono + super::NOTE_FOR;
        if let Some(pane) = self.panes.get_mut(&key) {
            pane.note = Some((text.into(), until));
            self.touch_now();
        }
    }

    /// Updates a second that the outer terminal is given now.
    #[must_use]
    pub const fn fps(&self) -> u8 {
        if self.outer_focus { self.settings.fps } else { self.settings.unfocused_fps }
    }

    /// When something changes by itself, if nothing else happens before (monotonic): a message
    /// leaves, a counter stops being new, a paused pane may ask what came, ages grow old.
    #[must_use]
    pub fn next_wake(&self) -> Duration {
        let now = self.now.mono;
        let later = |at: Duration| (at > now).then_some(at);
        let notes = self.panes.values().filter_map(|pane| pane.note.as_ref()).map(|(_, at)| *at);
        let rising = self.sessions.values().map(|session| session.rising_until);
        let newer = self.geometry.panes.iter().filter_map(|slot| {
            let history = self.panes.get(&slot.session)?.history.as_ref()?;
            history.newer_due(self.sessions.get(&slot.session)?.info.log_end)
        });
        notes
            .chain(rising)
            .filter_map(later)
            .chain(newer)
            .chain(self.messages.next_wake(now))
            .chain([self.drawn_at + REFRESH])
            .min()
            .unwrap_or(self.drawn_at + REFRESH)
    }
}
