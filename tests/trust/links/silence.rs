//! A line that is dead and says nothing is noticed within 15 s by both ends (fault F3). A Unix socket is
//! not in it: it ends with its process.

use std::time::{Duration, Instant};

use watchdeck::client::Incoming;
use watchdeck::net::DEAD_AFTER;
use watchdeck::proto::{Reply, Request, Role};

use crate::ledger::tell;
use crate::site::{Carrier, Site};
use crate::support::{spawn, until};

/// A busy machine looks a little later.
const SLACK: Duration = Duration::from_secs(3);

async fn clients(site: &Site) -> u32 {
    let (client, _) = site.beside().await;
    match client.request(Request::AgentInfo).await.unwrap() {
        Reply::Agent(info) => info.clients - 1,
        other => panic!("{other:?}"),
    }
}

async fn noticed(carrier: Carrier) {
    let Some(site) = Site::start(carrier, 1 << 20).await else { return };
    let (beside, events) = site.beside().await;
    spawn(&beside, "busy", "while :; do echo tick; sleep 0.2; done").await;
    drop((beside, events));
    let (client, mut incoming) = site.connect(&site.options(Role::Observer)).await.unwrap();
    let attach =
        Request::Attach { session: "busy".into(), role: Role::Observer, size: None, fps: 30 };
    client.request(attach).await.unwrap();
    until("only this client is there", || async { (clients(&site).await == 1).then_some(()) })
        .await;
    site.chaos.swallow(true);
    let cut = Instant::now();
    let client_noticed = async {
        loop {
            if let Incoming::Closed { .. } = incoming.recv().await.unwrap() {
                return cut.elapsed();
            }
        }
    };
    let agent_noticed = async {
        until("the agent notices", || async { (clients(&site).await == 0).then_some(()) }).await;
        cut.elapsed()
    };
    let (by_client, by_agent) = tokio::join!(client_noticed, agent_noticed);
    assert!(by_client <= DEAD_AFTER + SLACK && by_agent <= DEAD_AFTER + SLACK);
    let values = format!(
        "noticed by the client after {:.1} s, by the agent after {:.1} s",
        by_client.as_secs_f64(),
        by_agent.as_secs_f64(),
    );
    tell(6, "F3", &format!("dead line over {}", carrier.name()), &values);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_line_is_noticed() {
    tokio::join!(noticed(Carrier::Ws), noticed(Carrier::Wss), noticed(Carrier::Ssh));
}
