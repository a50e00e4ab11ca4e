//! What a client says.

use watchdeck::proto::{
    Begin, ClientHello, ClientMessage, Key, PROTOCOL, RecordMode, Request, Role, Signal, SpawnSpec,
};

use uuid::Uuid;

use super::{ID, Named, SIZE, text};

/// Text messages of a client.
pub fn client() -> Named<ClientMessage> {
    let hello = |role, client_id| {
        ClientMessage::Hello(ClientHello {
            protocol: PROTOCOL,
            version: text("0.1.0"),
            name: text("deploy@laptop dashboard"),
            role,
            features: vec![text("example")],
            client_id,
        })
    };
    let id = Some(Uuid::from_u128(0x4f2c_87d1_9a0e_4b53_8c66_d1f0_2e3b_7a95));
    let hellos = [
        (text("hello"), hello(Role::Operator, id)),
        (text("hello as admin"), hello(Role::Admin, None)),
    ];
    let request = |(name, request)| (name, ClientMessage::Request { id: ID, request });
    hellos.into_iter().chain(requests().into_iter().map(request)).collect()
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
        ("upgrade", Request::Upgrade { program: text("/usr/local/bin/watchdeck") }),
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
    let tail = |from| Request::Tail { session: text("web"), from, follow: true, timed: true };
    begins.map(|(name, begin)| (format!("tail from {name}"), tail(begin))).to_vec()
}

fn keys() -> Vec<Key> {
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
        record: Some(RecordMode::BestEffort),
    }
}
