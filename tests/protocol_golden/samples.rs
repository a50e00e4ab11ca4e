//! One value of every message, named as in the golden files.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use watchdeck::proto::update::{CursorPosition, ModeBits, ModeFlag};
use watchdeck::proto::{
    Activity, AgentHello, AgentInfo, AgentMessage, Alert, AttachedClient, Begin, ClientHello,
    ClientMessage, Counts, ErrorCode, Event, ExitStatus, Frame, HistoryLine, HistoryPage,
    InputKind, Line, Match, PROTOCOL, Reply, Request, Role, RowMark, RowUpdate, ScreenCursor,
    ScreenText, SessionId, SessionInfo, SessionStatus, Severity, Signal, SpanMark, SpawnSpec,
    Update, Winsize, WireError,
};

/// Messages by their name in a golden file.
pub type Named<T> = Vec<(String, T)>;

const SIZE: Winsize = Winsize { rows: 24, cols: 80 };
const ID: u64 = 7;

fn text(text: &str) -> String {
    text.to_owned()
}

fn time() -> DateTime<Utc> {
    DateTime::from_timestamp(1_772_366_400, 250_000_000).unwrap_or_default()
}

fn session_id() -> SessionId {
    SessionId(uuid::Uuid::from_u128(0x0195_a1b2_c3d4_7e5f_8a9b_0c1d_2e3f_4a5b))
}

fn counts(errors: u64, warnings: u64) -> Counts {
    Counts { errors, warnings }
}

/// Text messages of a client.
pub fn client() -> Named<ClientMessage> {
    let hello = ClientHello {
        protocol: PROTOCOL,
        version: text("0.1.0"),
        name: text("deploy@laptop dashboard"),
        role: Role::Operator,
        features: vec![text("example")],
    };
    let request = |(name, request)| (name, ClientMessage::Request { id: ID, request });
    let requests = requests().into_iter().map(request);
    std::iter::once((text("hello"), ClientMessage::Hello(hello))).chain(requests).collect()
}

fn requests() -> Named<Request> {
    let session = || text("web");
    let pattern = || text("listening on .*");
    let (channel, fps, cols, end) = (3, 30, 80, Some(4096));
    let named = [
        ("ping", Request::Ping),
        ("agent_info", Request::AgentInfo),
        ("list_sessions", Request::ListSessions),
        ("get_session", Request::GetSession { session: session() }),
        ("active_session", Request::ActiveSession),
        ("create_session", Request::CreateSession { spec: spec() }),
        ("create_session default", Request::CreateSession { spec: SpawnSpec::default() }),
        ("rename", Request::Rename { session: session(), name: text("web-2") }),
        ("resize", Request::Resize { session: session(), size: SIZE }),
        ("kill", Request::Kill { session: session() }),
        ("remove", Request::Remove { session: session() }),
        (
            "attach",
            Request::Attach { session: session(), role: Role::Operator, size: Some(SIZE), fps },
        ),
        (
            "attach without size",
            Request::Attach { session: session(), role: Role::Observer, size: None, fps },
        ),
        ("detach", Request::Detach { channel }),
        ("set_role", Request::SetRole { channel, role: Role::Observer }),
        ("viewport", Request::Viewport { channel, size: SIZE, fps }),
        ("refresh", Request::Refresh { channel }),
        (
            "send_text",
            Request::SendText {
                session: session(),
                text: text("make test"),
                enter: true,
                paste: false,
            },
        ),
        ("send_keys", Request::SendKeys { session: session(), keys: keys() }),
        ("screen", Request::Screen { session: session(), ansi: true }),
        ("history", Request::History { session: session(), cols, end, up: 48, count: 24 }),
        (
            "search",
            Request::Search {
                session: session(),
                pattern: pattern(),
                ignore_case: true,
                cols,
                end,
            },
        ),
        ("locate", Request::Locate { session: session(), cols, end: None, offset: 1024 }),
        ("alerts", Request::Alerts { session: Some(session()), after: Some(7), limit: 100 }),
        ("alerts of all", Request::Alerts { session: None, after: None, limit: 100 }),
        ("mark_seen", Request::MarkSeen { session: Some(session()) }),
        ("subscribe", Request::Subscribe),
        (
            "grep",
            Request::Grep { session: session(), pattern: pattern(), ignore_case: false, limit: 50 },
        ),
        (
            "wait",
            Request::Wait {
                session: session(),
                pattern: pattern(),
                from: Begin::Screen,
                timeout_ms: 30_000,
            },
        ),
        ("reload_config", Request::ReloadConfig),
        ("shutdown", Request::Shutdown),
    ];
    let named = named.map(|(name, request)| (text(name), request));
    named.into_iter().chain(signals()).chain(tails()).collect()
}

fn signals() -> Named<Request> {
    let request = |signal: Signal| {
        let name = format!("signal {}", signal.name());
        (name, Request::Signal { session: text("web"), signal })
    };
    Signal::ALL.map(request).to_vec()
}

fn tails() -> Named<Request> {
    let begins = [
        ("screen", Begin::Screen),
        ("now", Begin::Now),
        ("start", Begin::Start),
        ("offset", Begin::Offset(4096)),
        ("lines", Begin::Lines(10)),
    ];
    let tail = |from| Request::Tail { session: text("web"), from, follow: true };
    begins.map(|(name, begin)| (format!("tail from {name}"), tail(begin))).to_vec()
}

fn keys() -> Vec<watchdeck::proto::Key> {
    ["C-c", "M-x", "S-F5", "PgUp", "Enter", "é"].iter().filter_map(|key| key.parse().ok()).collect()
}

fn spec() -> SpawnSpec {
    SpawnSpec {
        command: vec![text("tail"), text("-f"), text("/var/log/syslog")],
        cwd: Some(text("/srv")),
        env: [(text("LANG"), text("C.UTF-8"))].into(),
        size: Some(SIZE),
        name: Some(text("web")),
        labels: [(text("env"), text("prod"))].into(),
        workspace_id: Some(text("deploy-42")),
    }
}

/// Text messages of an Agent.
pub fn agent() -> Named<AgentMessage> {
    let hello = AgentHello {
        protocol: PROTOCOL,
        version: text("0.1.0"),
        machine: text("web-1"),
        hostname: text("web-1.example"),
        boot_id: text("0195a1b2-0000-7000-8000-000000000001"),
        role: Role::Operator,
        features: Vec::new(),
    };
    let bye = WireError::new(ErrorCode::ShuttingDown, "the agent was stopped");
    let replies = replies().into_iter().map(|(name, reply)| {
        (format!("reply {name}"), AgentMessage::Response { id: ID, result: Ok(reply) })
    });
    let events = events()
        .into_iter()
        .map(|event| (format!("event {}", event_name(&event)), AgentMessage::Event(event)));
    [(text("hello"), AgentMessage::Hello(hello)), (text("bye"), AgentMessage::Bye(bye))]
        .into_iter()
        .chain(replies)
        .chain(errors())
        .chain(events)
        .collect()
}

/// Every error code.
pub const ERROR_CODES: [ErrorCode; 13] = [
    ErrorCode::SessionNotFound,
    ErrorCode::PermissionDenied,
    ErrorCode::Timeout,
    ErrorCode::InvalidRequest,
    ErrorCode::InvalidName,
    ErrorCode::Unauthorized,
    ErrorCode::LimitExceeded,
    ErrorCode::PtyExhausted,
    ErrorCode::SpawnFailed,
    ErrorCode::Unsupported,
    ErrorCode::ShuttingDown,
    ErrorCode::SessionEnded,
    ErrorCode::Internal,
];

fn errors() -> Named<AgentMessage> {
    let refusal = |code: ErrorCode| {
        let result = Err(WireError::new(code, "a sentence for people"));
        (format!("error {code:?}"), AgentMessage::Response { id: ID, result })
    };
    ERROR_CODES.map(refusal).to_vec()
}

fn replies() -> Named<Reply> {
    let session = || Box::new(session());
    let found = Line { offset: 2048, text: text("listening on 8080") };
    let (end, total) = (4096, 120);
    [
        ("done", Reply::Done),
        ("agent", Reply::Agent(agent_info())),
        ("session", Reply::Session { session: session() }),
        ("session pending", Reply::Session { session: Box::new(pending()) }),
        ("sessions", Reply::Sessions { sessions: vec![pending()] }),
        ("attached", Reply::Attached { channel: 3, role: Role::Operator, session: session() }),
        ("tailing", Reply::Tailing { channel: 4, from: 1024, end }),
        ("screen", Reply::Screen(screen(None))),
        (
            "screen ansi",
            Reply::Screen(screen(Some(vec![text("\u{1b}[1m$\u{1b}[m make"), text("")]))),
        ),
        ("history", Reply::History(history())),
        (
            "matches",
            Reply::Matches { matches: vec![Match { up: 17, start: 4, end: 9 }], end, total },
        ),
        ("located", Reply::Located { up: 17, end, total }),
        ("alerts", Reply::Alerts { alerts: vec![alert()] }),
        ("lines", Reply::Lines { lines: vec![found.clone()], truncated: false }),
        ("found", Reply::Found(found)),
    ]
    .map(|(name, reply)| (text(name), reply))
    .into()
}

fn agent_info() -> AgentInfo {
    AgentInfo {
        machine: text("web-1"),
        hostname: text("web-1.example"),
        version: text("0.1.0"),
        pid: 4242,
        boot_id: text("0195a1b2-0000-7000-8000-000000000001"),
        started_at: time(),
        listening: vec![text("unix:/run/user/1000/watchdeck/agent.sock")],
        sessions: 3,
        counts: counts(5, 8),
        clients: 2,
    }
}

fn session() -> SessionInfo {
    SessionInfo {
        status: SessionStatus::Connected,
        pid: Some(4300),
        connected_at: Some(time()),
        last_heartbeat_at: Some(time()),
        last_output_at: Some(time()),
        attached_clients: vec![AttachedClient {
            name: text("deploy@laptop dashboard"),
            role: Role::Observer,
            size: Some(SIZE),
            since: time(),
        }],
        title: text("tail"),
        counts: counts(5, 8),
        unseen: counts(1, 2),
        exit_status: Some(ExitStatus { code: Some(0), signal: None }),
        ended_at: Some(time()),
        log_start: 1024,
        log_end: 4096,
        input_waiting: 16,
        ..pending()
    }
}

fn pending() -> SessionInfo {
    SessionInfo {
        session_id: session_id(),
        name: text("web"),
        machine: text("web-1"),
        machine_hostname: text("web-1.example"),
        workspace_id: text("default"),
        status: SessionStatus::Pending,
        command: vec![text("tail"), text("-f"), text("/var/log/syslog")],
        cwd: text("/srv"),
        labels: [(text("env"), text("prod"))].into(),
        term: text("tmux-256color"),
        pid: None,
        created_at: time(),
        connected_at: None,
        last_heartbeat_at: None,
        last_output_at: None,
        attached_clients: Vec::new(),
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
    }
}

fn screen(ansi: Option<Vec<String>>) -> ScreenText {
    ScreenText {
        rows: 2,
        cols: 80,
        cursor: ScreenCursor { row: 1, col: 0, visible: true },
        title: text("make"),
        text: vec![text("$ make"), String::new()],
        ansi,
        alternate: false,
        offset: 4096,
    }
}

fn history() -> HistoryPage {
    let mark = SpanMark { severity: Severity::Error, start: 0, end: 5 };
    let row =
        |ansi: &str, wrapped, mark| HistoryLine { ansi: text(ansi), offset: 2048, wrapped, mark };
    let rows =
        vec![row("\u{1b}[31mERROR\u{1b}[m disk", true, Some(mark)), row(" full", false, None)];
    HistoryPage { end: 4096, total: 120, up: 17, lost: 512, rows }
}

fn alert() -> Alert {
    Alert {
        sequence: 8,
        session_id: session_id(),
        time: time(),
        severity: Severity::Warning,
        rule: text("level"),
        text: text("WARN disk is 91% full"),
        span: (0, 4),
        offset: 2048,
        end: 2070,
    }
}

/// Every kind of event, as [`event_name`] names them.
pub const EVENTS: [&str; 7] =
    ["sessions", "session", "removed", "activity", "alerts", "bell", "closed"];

/// The name of an event on the wire. A new kind does not compile until it stands here, and then
/// belongs into [`EVENTS`].
fn event_name(event: &Event) -> &'static str {
    match event {
        Event::Sessions { .. } => "sessions",
        Event::Session { .. } => "session",
        Event::Removed { .. } => "removed",
        Event::Activity { .. } => "activity",
        Event::Alerts { .. } => "alerts",
        Event::Bell { .. } => "bell",
        Event::Closed { .. } => "closed",
        Event::Unknown => "unknown",
    }
}

fn events() -> Vec<Event> {
    let session_id = session_id();
    let activity = Activity {
        session_id,
        counts: counts(5, 8),
        unseen: counts(1, 2),
        log_end: 4096,
        last_output_at: Some(time()),
        input_waiting: 0,
    };
    vec![
        Event::Sessions { sessions: vec![pending()] },
        Event::Session { session: Box::new(session()) },
        Event::Removed { session_id },
        Event::Activity { items: vec![activity] },
        Event::Alerts { alerts: vec![alert()], skipped: 3 },
        Event::Bell { session_id },
        Event::Closed { channel: 4, reason: text("the program has ended") },
    ]
}

/// Binary messages.
pub fn frames() -> Named<Frame> {
    let channel = 3;
    let update = |update: &Update| {
        let mut bytes = Vec::new();
        update.encode(&mut bytes);
        Frame::Update { channel, bytes: bytes.into() }
    };
    let named = [
        ("update snapshot", update(&snapshot())),
        ("update changes", update(&changes())),
        (
            "output",
            Frame::Output { channel, offset: 4096, bytes: Bytes::from_static(b"ready\r\n") },
        ),
        ("gap", Frame::Gap { channel, from: 1024, to: 4096 }),
        ("ack", Frame::Ack { channel, revision: 300 }),
        ("credit", Frame::Credit { channel, bytes: 32_768 }),
    ];
    let input = |kind: InputKind| {
        let frame = Frame::Input { channel, id: 300, kind, bytes: Bytes::from_static(b"\x1b[A") };
        (format!("input {kind:?}").to_lowercase(), frame)
    };
    let named = named.map(|(name, frame)| (text(name), frame));
    named.into_iter().chain(InputKind::ALL.map(input)).collect()
}

/// A whole small screen.
pub fn snapshot() -> Update {
    Update {
        revision: 1,
        base: 0,
        offset: 300,
        size: Winsize { rows: 3, cols: 10 },
        scroll: 0,
        rows: vec![
            RowUpdate { row: 0, wrapped: true, bytes: b"\x1b[31mERROR disk".to_vec() },
            RowUpdate { row: 2, wrapped: false, bytes: b"$".to_vec() },
        ],
        marks: vec![RowMark { row: 0, severity: Severity::Error, cols: 0..5 }],
        cursor: CursorPosition { row: 2, col: 1 },
        modes: ModeBits::default().with(ModeFlag::BracketedPaste, true).with_mouse(3),
        title: Some(text("sh")),
    }
}

/// What comes after [`snapshot`]: the screen scrolls, a mark goes.
pub fn changes() -> Update {
    Update {
        revision: 2,
        base: 1,
        offset: 316,
        scroll: 1,
        rows: vec![RowUpdate { row: 2, wrapped: false, bytes: b"\x1b[Kdone".to_vec() }],
        marks: vec![RowMark { row: 1, severity: Severity::Other, cols: 0..0 }],
        cursor: CursorPosition { row: 2, col: 4 },
        title: None,
        ..snapshot()
    }
}
