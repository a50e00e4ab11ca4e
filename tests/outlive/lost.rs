//! What cannot go on is told as lost, never as running.

use rustix::process::Signal;
use watchdeck::proto::{Begin, Request, SessionStatus};

use crate::proof::tell;
use crate::site::Site;
use crate::support::{info, spawn, until, wait_for};

#[tokio::test]
async fn after_a_reboot_sessions_are_listed_as_lost() {
    let site = Site::new();
    let agent = site.start().await;
    let (client, events) = agent.connect().await;
    let session = spawn(&client, "work", "echo hello; sleep 1000").await;
    wait_for(&client, "work", "hello", Begin::Start).await;
    let record =
        site.dir.path().join(format!("state/watchdeck/sessions/{}.json", session.session_id));
    until("it is written down", || async { record.exists().then_some(()) }).await;
    let text = std::fs::read_to_string(&record).unwrap();
    client.request(Request::Kill { session: "work".into() }).await.unwrap();
    client.request(Request::Remove { session: "work".into() }).await.unwrap();
    drop((client, events));
    agent.end(Signal::TERM);
    // As a reboot leaves it: no process, and a file from another boot.
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap();
    std::fs::write(&record, text.replace(boot.trim(), "another")).unwrap();
    let agent = site.start().await;
    let (client, _events) = agent.connect().await;
    let lost = info(&client, "work").await;
    assert_eq!(lost.status, SessionStatus::Disconnected);
    assert_eq!((lost.lost.as_deref(), lost.pid, lost.exit_status), (Some("reboot"), None, None));
    assert_eq!(lost.command, session.command);
    client.request(Request::Remove { session: "work".into() }).await.unwrap();
    until("its file is gone", || async { (!record.exists()).then_some(()) }).await;
    tell(9, "F13", "after a reboot", "sessions are listed as lost (reboot), none as running");
}

#[tokio::test]
async fn a_session_whose_holder_was_killed_is_lost_and_nothing_else_is() {
    let site = Site::new();
    let agent = site.start().await;
    let (client, _events) = agent.connect().await;
    for name in ["one", "two"] {
        spawn(&client, name, "echo hello; cat").await;
        wait_for(&client, name, "hello", Begin::Start).await;
    }
    let pid = info(&client, "one").await.pid.unwrap();
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let parent = stat.rsplit_once(") ").unwrap().1.split(' ').nth(1).unwrap().parse().unwrap();
    let holder = rustix::process::Pid::from_raw(parent).unwrap();
    rustix::process::kill_process(holder, Signal::KILL).unwrap();
    let lost = until("it is told", || async {
        let info = info(&client, "one").await;
        (info.status == SessionStatus::Disconnected).then_some(info)
    })
    .await;
    assert_eq!(lost.lost.as_deref(), Some("holder"));
    assert_eq!(info(&client, "two").await.status, SessionStatus::Connected);
}
