//! What an Agent says.

use chrono::{DateTime, Utc};
use watchdeck::proto::{
    Activity, AgentHello, AgentInfo, AgentMessage, Alert, AttachedClient, AuditInfo, AuditState,
    Counts, ErrorCode, Event, ExitStatus, HistoryLine, HistoryPage, Line, MarkColor, Match,
    PROTOCOL, RecordMode, RecordingInfo, RecordingState, Reply, Role, ScreenCursor, ScreenText,
    SessionId, SessionInfo, SessionStatus, Severity, SpanMark, WireError,
};

use super::{ID, Named, SIZE, text};
use crate::variants;

fn time() -> DateTime<Utc> {
    DateTime::from_timestamp(1_772_366_400, 250_000_000).unwrap_or_default()
}

fn session_id() -> SessionId {
    SessionId(uuid::Uuid::from_u128(0x0195_a1b2_c3d4_7e5f_8a9b_0c1d_2e3f_4a5b))
}

fn counts(errors: u64, warnings: u64) -> Counts {
    Counts { errors, warnings }
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

fn errors() -> Named<AgentMessage> {
    let refusal = |name: &&str| {
        let code: ErrorCode = serde_json::from_value((*name).into()).unwrap();
        let result = Err(WireError::new(code, "a sentence for people"));
        (format!("error {name}"), AgentMessage::Response { id: ID, result })
    };
    variants::of_plain::<ErrorCode>().iter().map(refusal).collect()
}

fn replies() -> Named<Reply> {
    let session = || Box::new(session());
    let found = Line { offset: 2048, text: text("listening on 8080") };
    let (end, total) = (4096, 120);
    [
        ("done", Reply::Done),
        ("agent", Reply::Agent(agent_info())),
        ("upgraded", Reply::Upgraded { version: text("0.2.0"), pid: 4712, away_ms: 87 }),
        ("session", Reply::Session { session: session() }),
        ("session pending", Reply::Session { session: Box::new(pending()) }),
        ("sessions", Reply::Sessions { sessions: vec![pending()] }),
        ("attached", attached()),
        ("tailing", Reply::Tailing { channel: 4, from: 1024, end }),
        ("screen", Reply::Screen(screen(None))),
        (
            "screen ansi",
            Reply::Screen(screen(Some(vec![text("\u{1b}[1m$\u{1b}[m make"), text("")]))),
        ),
        ("history", Reply::History(history())),
        ("history coloured", Reply::History(coloured(history()))),
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
        fingerprint: Some(text(
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        )),
        sessions: 3,
        counts: counts(5, 8),
        clients: 2,
        audit: Box::new(AuditInfo {
            state: AuditState::Failing,
            file: text(
                "/home/ada/.local/state/watchdeck/audit/agent-1f3a9c2e/audit-000000000001.jsonl",
            ),
            seq: 812,
            hash: text("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            lost: 3,
            error: Some(text("No space left on device (os error 28)")),
        }),
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
        output_stopped: true,
        orphans: 2,
        uncounted: 512,
        lost: Some(text("reboot")),
        recording: Some(Box::new(RecordingInfo {
            mode: RecordMode::Strict,
            state: RecordingState::Failing,
            file: text(
                "/home/ada/.local/state/watchdeck/recordings/20260301T120000Z-web-0c1d2e3f4a5b.cast",
            ),
            missing: 4096,
            error: Some(text("No space left on device (os error 28)")),
        })),
        ..pending()
    }
}

fn attached() -> Reply {
    let (session, role) = (Box::new(session()), Role::Operator);
    Reply::Attached { channel: 3, role, session, applied: 6, accepted: 7, refused: vec![5] }
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
        output_stopped: false,
        orphans: 0,
        uncounted: 0,
        lost: None,
        recording: None,
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
    let mark = SpanMark { severity: Severity::Error, start: 0, end: 5, color: None };
    let row =
        |ansi: &str, wrapped, mark| HistoryLine { ansi: text(ansi), offset: 2048, wrapped, mark };
    let rows =
        vec![row("\u{1b}[31mERROR\u{1b}[m disk", true, Some(mark)), row(" full", false, None)];
    HistoryPage { end: 4096, total: 120, up: 17, lost: 512, rows }
}

/// The same, where a rule with a colour of its own decided.
fn coloured(mut page: HistoryPage) -> HistoryPage {
    for mark in page.rows.iter_mut().filter_map(|row| row.mark.as_mut()) {
        mark.color = Some(MarkColor::Rgb(0xff, 0x80, 0));
    }
    page
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
        output_stopped: false,
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
