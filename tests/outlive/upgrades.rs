//! Another program takes the agent's place while programs work.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use watchdeck::proto::{Begin, Counts, ErrorCode, ExitStatus, Reply, Request};

use crate::proof::{tell, times};
use crate::restarts::{expected, has_come, script};
use crate::site::{Agent, Site, output};
use crate::support::{info, spawn, type_line, until, wait_for};

fn own_program() -> String {
    env!("CARGO_BIN_EXE_watchdeck").to_owned()
}

/// Lets `program` take the agent's place; process and milliseconds without service.
async fn upgrade(agent: &Agent, program: String) -> Result<(u32, u32), (ErrorCode, String)> {
    let (client, _events) = agent.connect().await;
    match client.request(Request::Upgrade { program }).await {
        Ok(Reply::Upgraded { pid, away_ms, .. }) => Ok((pid, away_ms)),
        Ok(reply) => panic!("{reply:?}"),
        Err(error) => Err((error.code().unwrap(), error.to_string())),
    }
}

async fn pid(agent: &Agent) -> u32 {
    let (client, _events) = agent.connect().await;
    let Reply::Agent(info) = client.request(Request::AgentInfo).await.unwrap() else {
        panic!("no info")
    };
    info.pid
}

#[tokio::test]
async fn nothing_is_lost_or_counted_twice_by_upgrades() {
    let times = times(4, 50);
    let site = Site::new();
    let batches = 30 + times * 4;
    let whole = expected(batches);
    let agent = site.start().await;
    let (client, events) = agent.connect().await;
    let program = spawn(&client, "work", &script(batches)).await.pid;
    drop((client, events));
    let mut away = Vec::new();
    for n in 1..=times {
        let info = has_come(&agent, (whole.len() / (times + 1) * n) as u64).await;
        assert_eq!(info.pid.or(program), program, "it is the same program");
        let before = pid(&agent).await;
        let (now, ms) = upgrade(&agent, own_program()).await.unwrap();
        assert_ne!(now, before);
        assert_eq!(pid(&agent).await, now);
        away.push(ms);
    }
    let (client, _events) = agent.connect().await;
    let ended = until("the program ends", || async {
        Some(info(&client, "work").await).filter(|info| !info.is_live())
    })
    .await;
    assert_eq!(ended.exit_status, Some(ExitStatus { code: Some(3), signal: None }));
    assert_eq!(ended.counts, Counts { errors: batches as u64, ..Counts::default() });
    assert_eq!(output(&agent, "work").await, whole.into_bytes());
    away.sort_unstable();
    let (median, worst) = (away[away.len() / 2], away[away.len() - 1]);
    let values = format!(
        "{times} upgrades, 0 bytes lost, 0 counted twice, exit code kept, away {median} ms (median) and {worst} ms \
         (worst)"
    );
    tell(9, "F11", "upgrades under load", &values);
}

/// A program that is no agent, or not for long.
fn broken(site: &Site, name: &str, script: &str) -> PathBuf {
    let path = site.dir.path().join(name);
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

async fn goes_on(agent: &Agent, process: u32, word: &str) {
    assert_eq!(pid(agent).await, process, "it is the same agent");
    let (client, _events) = agent.connect().await;
    type_line(&client, "cat", word).await;
    wait_for(&client, "cat", &format!("got {word}"), Begin::Start).await;
}

#[tokio::test]
async fn a_broken_program_leaves_the_agent_serving() {
    let site = Site::new();
    let agent = site.start().await;
    let (client, events) = agent.connect().await;
    spawn(&client, "cat", "stty -echo; echo ready; while read line; do echo \"got $line\"; done")
        .await;
    wait_for(&client, "cat", "ready", Begin::Start).await;
    drop((client, events));
    let process = pid(&agent).await;
    let text = |path: &Path| path.to_str().unwrap().to_owned();

    let missing = upgrade(&agent, "/nowhere/watchdeck".to_owned()).await.unwrap_err();
    assert_eq!(missing.0, ErrorCode::SpawnFailed);
    assert!(missing.1.contains("/nowhere/watchdeck"), "{}", missing.1);
    let ends = broken(&site, "ends", "exit 1");
    let ended = upgrade(&agent, text(&ends)).await.unwrap_err();
    assert!(ended.1.contains("did not get ready: it ended"), "{}", ended.1);
    let other = broken(&site, "other", "echo hello >&0");
    let strange = upgrade(&agent, text(&other)).await.unwrap_err();
    assert!(strange.1.contains("no watchdeck agent"), "{}", strange.1);
    goes_on(&agent, process, "one").await;

    // It looked well until everything was its own.
    let fails = broken(&site, "fails", "echo 'ready 9.9.9' >&0; read go; exit 1");
    let failed = upgrade(&agent, text(&fails)).await.unwrap_err();
    assert!(failed.1.contains("version 9.9.9 could not go on"), "{}", failed.1);
    goes_on(&agent, process, "two").await;

    upgrade(&agent, own_program()).await.unwrap();
    let (client, _events) = agent.connect().await;
    type_line(&client, "cat", "three").await;
    wait_for(&client, "cat", "got three", Begin::Start).await;
}

#[tokio::test]
async fn the_command_line_upgrades_to_itself() {
    let site = Site::new();
    let agent = site.start().await;
    let before = pid(&agent).await;
    let mut command: Command = site.command(&["agent", "--upgrade"]);
    let out = command.stdout(Stdio::piped()).stderr(Stdio::piped()).output().unwrap();
    let (said, wrong) =
        (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success(), "{said}{wrong}");
    assert!(said.contains("gave way to"), "{said}");
    assert_ne!(pid(&agent).await, before);
}
