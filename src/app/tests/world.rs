//! A dashboard without a world around it: machines, answers and time are made up by the test.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use uuid::Uuid;

use crate::app::effect::{Effect, Tag};
use crate::app::event::{AppEvent, Failure, LinkChange, Now};
use crate::app::state::{Machine, MachineKey, SessionKey, Settings, State};
use crate::app::update::update;
use crate::app::view;
use crate::proto::{
    AgentHello, Counts, ErrorCode, Event, InputKind, Reply, Request, Role, SessionId, SessionInfo,
    SessionStatus, Winsize,
};
use crate::term::sync::diff;
use crate::term::{Screen, ScreenOptions, View};
use crate::widgets::Look;

/// The wall clock's start: 2026-03-01 14:03:00 UTC.
const WALL: i64 = 1_772_373_780;

pub(super) struct World {
    pub(super) state: State,
    pub(super) now: Duration,
    effects: Vec<Effect>,
    next_channel: u32,
}

/// The `n`th Session of a machine.
pub(super) fn key(machine: usize, n: u128) -> SessionKey {
    SessionKey { machine: MachineKey(machine), id: SessionId(Uuid::from_u128(n)) }
}

/// A running Session.
pub(super) fn info(n: u128, name: &str) -> SessionInfo {
    let began = DateTime::from_timestamp(WALL - 600, 0).unwrap();
    SessionInfo {
        session_id: SessionId(Uuid::from_u128(n)),
        name: name.to_owned(),
        machine: String::new(),
        machine_hostname: String::new(),
        workspace_id: String::new(),
        status: SessionStatus::Connected,
        command: vec!["/bin/sh".to_owned()],
        cwd: "/".to_owned(),
        labels: std::collections::BTreeMap::new(),
        term: "tmux-256color".to_owned(),
        pid: Some(1),
        created_at: began,
        connected_at: Some(began),
        last_heartbeat_at: None,
        last_output_at: None,
        attached_clients: vec![],
        rows: 24,
        cols: 80,
        title: String::new(),
        counts: Counts::default(),
        unseen: Counts::default(),
        exit_status: None,
        ended_at: None,
        log_start: 0,
        log_end: 0,
        input_waiting: 0,
        output_stopped: false,
        orphans: 0,
        uncounted: 0,
        lost: None,
        recording: None,
    }
}

pub(super) fn counts(errors: u64, warnings: u64) -> Counts {
    Counts { errors, warnings }
}

pub(super) fn moment(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(WALL + seconds, 0).unwrap()
}

impl World {
    /// Machines of these names, none connected.
    pub(super) fn new(rows: u16, cols: u16, machines: &[&str]) -> Self {
        let machines = machines.iter().map(|name| Machine::new(*name, *name == "web-1")).collect();
        let state = State::new(Settings::default(), machines, Winsize { rows, cols });
        Self { state, now: Duration::ZERO, effects: Vec::new(), next_channel: 1 }
    }

    /// One connected machine with these Sessions, every pane attached and showing its name.
    pub(super) fn with_sessions(rows: u16, cols: u16, names: &[&str]) -> Self {
        let mut world = Self::new(rows, cols, &["web-1"]);
        world.connect(0);
        let infos = names.iter().zip(1..).map(|(name, n)| info(n, name)).collect();
        world.sessions(0, infos);
        world.attach_all();
        world
    }

    pub(super) fn event(&mut self, event: AppEvent) {
        let wall = moment(0) + self.now;
        let now = Now { mono: self.now, wall: wall.fixed_offset() };
        self.effects.extend(update(&mut self.state, now, event));
    }

    pub(super) fn connect(&mut self, machine: usize) {
        let hello = AgentHello {
            protocol: 1,
            version: String::new(),
            machine: String::new(),
            hostname: String::new(),
            boot_id: String::new(),
            role: Role::Operator,
            features: vec![],
        };
        let epoch = self.state.machines[machine].epoch + 1;
        let change = LinkChange::Connected { epoch, hello: Box::new(hello), notice: None };
        self.event(AppEvent::Link { machine: MachineKey(machine), change });
    }

    pub(super) fn lose(&mut self, machine: usize) {
        let after = Duration::from_secs(4);
        let change = LinkChange::Retrying {
            reason: "the connection was closed".into(),
            absent: false,
            after,
        };
        self.event(AppEvent::Link { machine: MachineKey(machine), change });
    }

    pub(super) fn agent(&mut self, machine: usize, event: Event) {
        self.event(AppEvent::Agent { machine: MachineKey(machine), event });
    }

    pub(super) fn sessions(&mut self, machine: usize, sessions: Vec<SessionInfo>) {
        self.agent(machine, Event::Sessions { sessions });
    }

    /// Presses keys by name, separated by spaces.
    pub(super) fn press(&mut self, keys: &str) {
        for key in keys.split_whitespace() {
            self.event(AppEvent::Key(key.parse().unwrap()));
        }
    }

    /// Types text, each character a key.
    pub(super) fn type_text(&mut self, text: &str) {
        for c in text.chars() {
            let key = crate::proto::Key::from(crate::proto::KeyCode::Char(c));
            self.event(AppEvent::Key(key));
        }
    }

    /// What was wished for since the last call.
    pub(super) fn effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// The requests among [`World::effects`].
    pub(super) fn requests(&mut self) -> Vec<(Request, Tag)> {
        let request = |effect| match effect {
            Effect::Request { request, tag, .. } => Some((request, tag)),
            _ => None,
        };
        self.effects().into_iter().filter_map(request).collect()
    }

    /// The only request.
    pub(super) fn request(&mut self) -> (Request, Tag) {
        let requests = self.requests();
        assert_eq!(requests.len(), 1, "{requests:?}");
        requests.into_iter().next().unwrap()
    }

    /// The input among [`World::effects`], as text.
    pub(super) fn input(&mut self) -> Vec<(InputKind, String)> {
        let input = |effect| match effect {
            Effect::Input { kind, bytes, .. } => {
                Some((kind, String::from_utf8_lossy(&bytes).into_owned()))
            }
            _ => None,
        };
        self.effects().into_iter().filter_map(input).collect()
    }

    pub(super) fn reply(&mut self, machine: usize, tag: Tag, reply: Reply) {
        let epoch = self.state.machines[machine].epoch;
        let machine = MachineKey(machine);
        self.event(AppEvent::Reply { machine, epoch, tag, result: Ok(reply) });
    }

    pub(super) fn refuse(&mut self, machine: usize, tag: Tag, code: ErrorCode, message: &str) {
        let epoch = self.state.machines[machine].epoch;
        let failure = Failure { code: Some(code), message: message.to_owned() };
        let machine = MachineKey(machine);
        self.event(AppEvent::Reply { machine, epoch, tag, result: Err(failure) });
    }

    /// Grants every attachment that was asked for and draws the Session's name on its screen;
    /// the other requests are dropped.
    pub(super) fn attach_all(&mut self) {
        for (request, tag) in self.requests() {
            let (Request::Attach { role, .. }, Tag::Attach(key)) = (request, tag) else { continue };
            self.grant(key, role);
            let name = self.state.sessions[&key].info.name.clone();
            self.show(key, &format!("{name} is here"));
        }
        self.effects();
    }

    /// Grants an attachment; its channel.
    pub(super) fn grant(&mut self, key: SessionKey, role: Role) -> u32 {
        let channel = self.next_channel;
        self.next_channel += 1;
        let session = Box::new(self.state.sessions[&key].info.clone());
        self.reply(
            key.machine.0,
            Tag::Attach(key),
            Reply::Attached { channel, role, session, applied: 0, accepted: 0, refused: vec![] },
        );
        channel
    }

    /// An encoded Snapshot of a screen that got this output.
    pub(super) fn snapshot(size: Winsize, output: &str, revision: u64) -> Bytes {
        let mut screen = Screen::new(size, ScreenOptions::default());
        screen.feed(output.as_bytes());
        let update = diff(None, revision, &View::of(&screen, 0)).unwrap();
        let mut bytes = Vec::new();
        update.encode(&mut bytes);
        bytes.into()
    }

    /// A Session's program draws this on a screen of the pane's size.
    pub(super) fn show(&mut self, key: SessionKey, output: &str) {
        self.show_sized(key, self.state.pane_size(key), output);
    }

    pub(super) fn show_sized(&mut self, key: SessionKey, size: Winsize, output: &str) {
        let channel = self.state.panes[&key].channel().expect("the pane is attached");
        let bytes = Self::snapshot(size, output, 1);
        self.event(AppEvent::Update { machine: key.machine, channel, bytes });
    }

    /// Makes the focused pane's attachment an operator's and types into it.
    pub(super) fn operate(&mut self) {
        let key = self.state.focused().unwrap();
        self.press("o");
        let (request, tag) = self.request();
        assert!(matches!(request, Request::SetRole { role: Role::Operator, .. }));
        self.reply(key.machine.0, tag, Reply::Done);
        self.press("Enter");
        self.effects();
    }

    pub(super) fn draw(&mut self) -> Buffer {
        let screen = self.state.screen;
        let mut buffer = Buffer::empty(Rect::new(0, 0, screen.cols, screen.rows));
        self.state.drawn = view::draw(&self.state, &Look::default(), &mut buffer);
        self.state.drawn_at = self.now;
        self.state.settle();
        buffer
    }

    /// The drawn screen as text, a line a row, without blanks at the ends.
    pub(super) fn text(&mut self) -> String {
        let buffer = self.draw();
        let row = |y| -> String {
            let cells = (0..buffer.area.width).map(|x| buffer[(x, y)].symbol());
            cells.collect::<String>().trim_end().to_owned()
        };
        (0..buffer.area.height).map(row).collect::<Vec<_>>().join("\n")
    }

    /// Whether something waits to be drawn, and whether it may not wait.
    pub(super) fn damage(&self) -> (bool, bool) {
        (self.state.damage.visible, self.state.damage.urgent)
    }

    pub(super) fn pass(&mut self, time: Duration) {
        self.now += time;
    }
}
