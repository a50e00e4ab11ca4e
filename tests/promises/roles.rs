//! Observer means observer (threat T6).

use std::path::Path;

use uuid::Uuid;
use watchdeck::client::{Client, Incoming, Numbered};
use watchdeck::proto::{
    Begin, ErrorCode, InputKind, Reply, Request, Role, Signal, SpawnSpec, Winsize,
};

use crate::proof::{tell, times};
use crate::support::{Attached, TestAgent, info, spawn, until, wait_for};

/// Writes down every byte it is sent and every signal it gets.
fn witness(bytes: &Path, signals: &Path) -> String {
    let (bytes, signals) = (bytes.display(), signals.display());
    format!(
        "trap 'echo signal >> {signals}' INT TERM HUP WINCH USR1; stty raw -echo; echo ready; \
         while cat >> {bytes}; do :; done"
    )
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_default()
}

/// Everything by which a client could act on a Session or on the agent.
fn acts(channel: u32) -> Vec<Request> {
    let session = || "witness".to_owned();
    let text =
        |paste| Request::SendText { session: session(), text: "x".into(), enter: true, paste };
    let mut acts = vec![
        text(false),
        text(true),
        Request::SendKeys { session: session(), keys: vec!["Enter".parse().unwrap()] },
        Request::Resize { session: session(), size: Winsize::new(5, 20) },
        Request::Kill { session: session() },
        Request::Remove { session: session() },
        Request::Rename { session: session(), name: "other".into() },
        Request::SetRole { channel, role: Role::Operator },
        Request::SetRole { channel, role: Role::Admin },
        Request::Attach { session: session(), role: Role::Operator, size: None, fps: 1 },
        Request::CreateSession { spec: SpawnSpec::default() },
        Request::ReloadConfig,
        Request::Upgrade { program: "/bin/sh".into() },
        Request::Shutdown,
    ];
    acts.extend(Signal::ALL.map(|signal| Request::Signal { session: session(), signal }));
    acts
}

/// Sends input of every kind and returns once each was refused.
async fn refused_inputs(client: &mut Attached) -> usize {
    let send = |kind| client.client.input(client.channel, kind, "x\r".into()).unwrap();
    let mut waiting: Vec<u64> = InputKind::ALL.map(send).to_vec();
    let count = waiting.len();
    while !waiting.is_empty() {
        if let Incoming::InputRefused { id, error } = client.incoming.recv().await.unwrap() {
            assert_eq!(error.code, ErrorCode::PermissionDenied);
            waiting.retain(|each| *each != id);
        }
    }
    count
}

#[tokio::test]
async fn an_observer_acts_in_no_way() {
    let agent = TestAgent::start().await;
    let (bytes, signals) = (agent.dir.path().join("bytes"), agent.dir.path().join("signals"));
    let (operator, _) = agent.connect().await;
    spawn(&operator, "witness", &witness(&bytes, &signals)).await;
    wait_for(&operator, "witness", "ready", Begin::Start).await;
    let rounds = times(3, 100);
    let (mut denied, mut inputs) = (0, 0);
    for _ in 0..rounds {
        let watching = agent.connect_as(Role::Observer).await;
        let size = Some(Winsize::new(10, 40));
        let mut observer = Attached::to(watching, "witness", Role::Observer, size).await;
        for act in acts(observer.channel) {
            let error = observer.client.request(act.clone()).await.unwrap_err();
            assert_eq!(error.code(), Some(ErrorCode::PermissionDenied), "{act:?}");
            denied += 1;
        }
        inputs += refused_inputs(&mut observer).await;
    }
    let after = info(&operator, "witness").await;
    assert_eq!((after.size(), after.name.as_str()), (Winsize::new(24, 80), "witness"));
    // The program is sent one byte now: whatever came before it would be there, too.
    let marker = Request::SendText {
        session: "witness".into(),
        text: "!".into(),
        enter: false,
        paste: false,
    };
    operator.request(marker).await.unwrap();
    let all =
        until("the marker comes", || async { Some(read(&bytes)).filter(|all| !all.is_empty()) });
    assert_eq!(all.await, b"!");
    assert!(read(&signals).is_empty(), "{:?}", String::from_utf8_lossy(&read(&signals)));
    let values = format!(
        "{denied} requests and {inputs} inputs, all refused with a reason; 0 bytes, 0 signals, 0 resizes"
    );
    tell(3, "T6", "an observer tries everything", &values);
}

/// Types one byte; whether the agent applied it.
async fn typed(client: &mut Attached, byte: &'static str, seq: &mut u64) -> Result<(), ErrorCode> {
    *seq += 1;
    let id = client
        .client
        .numbered_input(
            client.channel,
            Numbered { seq: *seq, epoch: 0, kind: InputKind::Keys, bytes: byte.into() },
        )
        .unwrap();
    loop {
        match client.incoming.recv().await.unwrap() {
            Incoming::InputRefused { id: refused, error } if refused == id => {
                return Err(error.code);
            }
            Incoming::Applied { seq: applied, .. } if applied >= *seq => return Ok(()),
            _ => {}
        }
    }
}

#[tokio::test]
async fn whoever_changes_roles_acts_only_as_an_operator() {
    let agent = TestAgent::start().await;
    let (bytes, signals) = (agent.dir.path().join("bytes"), agent.dir.path().join("signals"));
    let (client, _) = agent.connect().await;
    spawn(&client, "witness", &witness(&bytes, &signals)).await;
    wait_for(&client, "witness", "ready", Begin::Start).await;
    let mut options = agent.connect_options(Role::Operator);
    options.client_id = Some(Uuid::new_v4());
    let connected = Client::connect(&agent.address, &options).await.unwrap();
    let mut both = Attached::to(connected, "witness", Role::Observer, None).await;
    let (flips, mut seq) = (times(100, 10_000), 0);
    for n in 0..flips {
        let role = if n % 2 == 0 { Role::Operator } else { Role::Observer };
        let request = Request::SetRole { channel: both.channel, role };
        until("the agent has time for it", || async {
            matches!(both.client.request(request.clone()).await, Ok(Reply::Done)).then_some(())
        })
        .await;
        let (byte, expected) = match role {
            Role::Operator => ("o", Ok(())),
            _ => ("x", Err(ErrorCode::PermissionDenied)),
        };
        assert_eq!(typed(&mut both, byte, &mut seq).await, expected);
    }
    let wanted = vec![b'o'; flips / 2];
    until("all is written down", || async { (read(&bytes) == wanted).then_some(()) }).await;
    let values = format!("{flips} flips, {} bytes as operator applied, 0 as observer", flips / 2);
    tell(3, "T6", "roles change in mid-stream", &values);
}
