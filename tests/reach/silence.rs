//! A peer that vanished is noticed (fault F3), and one that is only quiet is not taken for gone.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;
use watchdeck::client::{Client, Incoming};
use watchdeck::net::{Address, DEAD_AFTER, PING_AFTER};
use watchdeck::proto::{Reply, Request, Role};

use crate::raw::port;
use crate::support::TestAgent;

/// Passes bytes on, both ways, until `hole` swallows them; neither side notices by itself.
async fn pass(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    hole: Arc<AtomicBool>,
) {
    let mut bytes = [0; 4096];
    while let Ok(read @ 1..) = from.read(&mut bytes).await {
        if !hole.load(Ordering::Relaxed) && to.write_all(&bytes[..read]).await.is_err() {
            break;
        }
    }
    // What was open stays open: a cable that was cut says nothing.
    std::future::pending::<()>().await;
}

/// A way to the agent that can be cut.
async fn way(agent: SocketAddr) -> (Address, Arc<AtomicBool>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = Address::Ws(listener.local_addr().unwrap());
    let hole = Arc::new(AtomicBool::new(false));
    let swallow = hole.clone();
    tokio::spawn(async move {
        let (near, _) = listener.accept().await.unwrap();
        let far = TcpStream::connect(agent).await.unwrap();
        let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
        tokio::spawn(pass(near_in, far_out, swallow.clone()));
        tokio::spawn(pass(far_in, near_out, swallow));
    });
    (address, hole)
}

async fn clients(agent: &TestAgent) -> u32 {
    let (client, _) = agent.connect_as(Role::Observer).await;
    match client.request(Request::AgentInfo).await.unwrap() {
        Reply::Agent(info) => info.clients - 1,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn both_sides_notice_a_cut_within_fifteen_seconds() {
    let agent = TestAgent::start_with(|options| options.listen = "127.0.0.1:0".parse().ok()).await;
    let (address, hole) = way(port(&agent)).await;
    let mut options = agent.connect_options(Role::Observer);
    let token = watchdeck::net::token_file_name(port(&agent).port());
    let token = std::fs::read_to_string(agent.runtime_dir().join(token)).unwrap();
    options.way.tokens.given = watchdeck::net::Secret::new(&token).ok();
    let (client, mut incoming) = Client::connect(&address, &options).await.unwrap();
    assert_eq!(clients(&agent).await, 1);
    // From here on time passes only while nobody has anything to do.
    tokio::time::pause();
    tokio::time::sleep(10 * DEAD_AFTER).await;
    assert!(matches!(client.request(Request::Ping).await, Ok(Reply::Done)), "quiet, not gone");
    let cut = Instant::now();
    hole.store(true, Ordering::Relaxed);
    let reason = loop {
        if let Incoming::Closed { reason, .. } = incoming.recv().await.unwrap() {
            break reason;
        }
    };
    assert_eq!(reason, "nothing was heard for 15 s");
    // The clock jumps to the next timer also while bytes are on their way, so what was sent before the
    // cut may be heard one ping late.
    let latest = DEAD_AFTER + PING_AFTER + Duration::from_secs(1);
    assert!(cut.elapsed() <= latest, "{:?}", cut.elapsed());
    tokio::time::sleep(DEAD_AFTER).await;
    tokio::time::resume();
    assert_eq!(clients(&agent).await, 0, "the agent noticed as well");
}
