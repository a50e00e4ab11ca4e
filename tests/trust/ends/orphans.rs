//! A program that ends while others hold its terminal (fault F15): its end is told at once, its output is
//! awaited for two seconds, and what it left behind is counted and can be ended.

use std::time::{Duration, Instant};

use watchdeck::proto::{Request, SessionInfo, SessionStatus};

use crate::ledger::tell;
use crate::support::{TestAgent, info, spawn, until};

/// How long output is awaited, and what a busy machine needs on top.
const DRAINED: Duration = Duration::from_millis(3500);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_end_is_told_though_others_hold_the_terminal() {
    let agent = TestAgent::start().await;
    let (client, _events) = agent.connect().await;
    // The kernel hangs up who holds the terminal when its leader ends; one that is just ending may be seen.
    let shapes = [
        ("background", "sleep 1000 & exit 5", 0..=1),
        ("deaf to HUP", "trap '' HUP; sleep 1000 >/dev/null 2>&1 & exit 5", 1..=1),
        ("setsid", "trap '' HUP; setsid sleep 1000 & setsid sleep 1000 & exit 5", 2..=2),
    ];
    let mut told = Vec::new();
    for (shape, script, orphans) in shapes {
        let (began, name) = (Instant::now(), shape.replace(' ', "-"));
        let name = name.as_str();
        spawn(&client, name, script).await;
        let when = async |what: &str, condition: fn(&SessionInfo) -> bool| {
            until(what, || async { Some(info(&client, name).await).filter(condition) }).await;
            began.elapsed()
        };
        let exit = when("its end is known", |info| info.exit_status.is_some()).await;
        let over = when("it is over", |info| info.status == SessionStatus::Disconnected).await;
        let info = info(&client, name).await;
        assert_eq!(info.exit_status.and_then(|exit| exit.code), Some(5));
        assert!(over <= DRAINED, "{over:?}");
        assert!(orphans.contains(&info.orphans), "{} of {orphans:?}", info.orphans);
        client.request(Request::Kill { session: name.into() }).await.unwrap();
        told.push(format!(
            "{shape}: {} left, exit known after {} ms, over after {} ms",
            info.orphans,
            exit.as_millis(),
            over.as_millis()
        ));
    }
    tell(11, "F15", "program that ends before its children", &told.join("; "));
}
