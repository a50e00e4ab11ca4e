//! Closed to the web (threat T1), and mute to strangers (T2).

use std::collections::BTreeSet;

use watchdeck::proto::{Frame, InputKind, Request, Role};

use crate::proof::{tell, times};
use crate::raw::{answer, handshake, port, status};
use crate::support::{TestAgent, spawn};

/// An agent that one page may reach, under one more name.
async fn agent() -> TestAgent {
    TestAgent::start_with(|options| {
        options.listen = "127.0.0.1:0".parse().ok();
        options.allowed_origins = vec!["https://deck.example".parse().unwrap()];
        options.allowed_hosts = vec!["deck.example".parse().unwrap()];
    })
    .await
}

fn token(agent: &TestAgent) -> String {
    let file = agent.runtime_dir().join(watchdeck::net::token_file_name(port(agent).port()));
    std::fs::read_to_string(file).unwrap().trim().to_owned()
}

/// Origins, and whether they may pass.
const ORIGINS: [(Option<&str>, bool); 14] = [
    (None, true),
    (Some("https://deck.example"), true),
    (Some("null"), false),
    (Some(""), false),
    (Some("http://deck.example"), false),
    (Some("https://deck.example:8443"), false),
    (Some("https://DECK.example"), false),
    (Some("https://deck.example.evil.example"), false),
    (Some("https://evil-deck.example"), false),
    (Some("https://deck.example/"), false),
    (Some("http://127.0.0.1"), false),
    (Some("http://[::1]:7373"), false),
    (Some("http://localhost"), false),
    (Some("file://"), false),
];

#[tokio::test]
async fn of_all_origins_and_hosts_only_the_allowed_ones_pass() {
    let agent = agent().await;
    let (at, bearer) = (port(&agent), format!("Bearer {}", token(&agent)));
    let own = at.to_string();
    let hosts = [
        (own.as_str(), true),
        ("localhost", true),
        ("deck.example:443", true),
        ("evil.example", false),
        ("", false),
        ("127.0.0.1.evil.example", false),
    ];
    let mut passed = 0;
    for (origin, origin_passes) in ORIGINS {
        for (host, host_passes) in hosts {
            let mut headers = vec![("Host", host), ("Authorization", bearer.as_str())];
            headers.extend(origin.map(|origin| ("Origin", origin)));
            let told = status(&answer(at, handshake(&headers).as_bytes()).await);
            let expected = if origin_passes && host_passes { 101 } else { 403 };
            assert_eq!(told, expected, "{origin:?} {host:?}");
            passed += usize::from(told == 101);
        }
    }
    assert_eq!(passed, 6, "2 origins under 3 names");
    let (client, _) = agent.connect().await;
    let sessions = client.request(Request::ListSessions).await.unwrap();
    assert_eq!(format!("{sessions:?}"), "Sessions { sessions: [] }", "nothing was started");
    let values = format!(
        "{} requests, {passed} allowed ones accepted, 0 others, 0 sessions started",
        ORIGINS.len() * hosts.len()
    );
    tell(2, "T1", "origins and hosts", &values);
}

/// Everything a stranger could try after a handshake that was refused.
fn everything() -> Vec<u8> {
    let frames = [
        Frame::Input {
            channel: 1,
            id: 1,
            seq: 1,
            epoch: 0,
            kind: InputKind::Keys,
            bytes: "id\r".into(),
        },
        Frame::Ack { channel: 1, revision: 1 },
        Frame::Credit { channel: 1, bytes: 1 << 20 },
    ];
    let texts = [
        r#"{"type":"hello","protocol":1,"version":"x","name":"x","role":"admin"}"#,
        r#"{"type":"request","id":1,"op":"list_sessions"}"#,
        r#"{"type":"request","id":2,"op":"agent_info"}"#,
        r#"{"type":"request","id":3,"op":"shutdown"}"#,
    ];
    let texts = texts.iter().map(|text| masked(0x81, text.as_bytes()));
    let frames = frames.iter().map(|frame| masked(0x82, &frame.encode()));
    texts.chain(frames).flatten().collect()
}

/// One short WebSocket message of a client, masked with zeros (RFC 6455, section 5.2).
fn masked(opcode: u8, bytes: &[u8]) -> Vec<u8> {
    let mut frame = vec![opcode, 0x80 | u8::try_from(bytes.len()).unwrap(), 0, 0, 0, 0];
    frame.extend_from_slice(bytes);
    frame
}

#[tokio::test]
async fn a_stranger_learns_nothing_and_hears_one_answer() {
    let agent = agent().await;
    let (client, _) = agent.connect_as(Role::Operator).await;
    spawn(&client, "payroll-secret", "echo payroll-output; cat").await;
    let at = port(&agent);
    let host = ("Host", "localhost");
    let long = format!("Bearer {}", "x".repeat(2000));
    let close = format!("Bearer {}0", token(&agent));
    let mut answers = BTreeSet::new();
    let mut strangers = 0;
    let credentials = [
        vec![host],
        vec![host, ("Authorization", "Bearer ")],
        vec![host, ("Authorization", "Bearer wdt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")],
        vec![host, ("Authorization", &close)],
        vec![host, ("Authorization", &long)],
        vec![host, ("Authorization", "Basic cm9vdDpyb290")],
        vec![host, ("Cookie", "token=x")],
    ];
    for headers in credentials.iter().cycle().take(credentials.len() * times(1, 70)) {
        let bytes = [handshake(headers).into_bytes(), everything()].concat();
        answers.insert(answer(at, &bytes).await);
        answers.insert(answer(at, handshake(headers).as_bytes()).await);
        strangers += 2;
    }
    // What follows the handshake at once is refused without an answer.
    answers.remove(&Vec::new());
    let [only] = answers.iter().collect::<Vec<_>>()[..] else { panic!("{answers:?}") };
    assert_eq!(status(only), 401);
    for other in [
        "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "POST /exec HTTP/1.1\r\n\r\n",
        "\x16\x03\x01\r\n\r\n",
        "NONSENSE\r\n\r\n",
    ] {
        let answer = answer(at, other.as_bytes()).await;
        assert_ne!(status(&answer), 101, "{other}");
        assert!(!String::from_utf8_lossy(&answer).contains("payroll"));
    }
    assert!(!String::from_utf8_lossy(only).contains("payroll"));
    let values = format!(
        "{strangers} peers, every frame, all given the same refusal, 0 bytes about the agent"
    );
    tell(1, "T2", "strangers on an open port", &values);
}
