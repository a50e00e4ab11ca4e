//! What a peer may take (threats T15, T16).

use std::time::Duration;

use futures_util::future::join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use watchdeck::client::{Client, ClientError, Incoming};
use watchdeck::net::{FROM_CLIENT_MAX, LinkError};
use watchdeck::proto::{ErrorCode, Reply, Request, Role};

use crate::raw::{answer, handshake, port};
use crate::support::{PATIENCE, TestAgent};

async fn agent() -> TestAgent {
    TestAgent::start_with(|options| options.listen = "127.0.0.1:0".parse().ok()).await
}

#[tokio::test]
async fn before_it_is_known_a_peer_may_say_four_kib() {
    let agent = agent().await;
    let long = "x".repeat(1 << 20);
    for bytes in [
        handshake(&[("Host", "localhost"), ("X-Long", &long)]).into_bytes(),
        vec![b'\n'; 1 << 20],
        long.into_bytes(),
    ] {
        assert!(answer(port(&agent), &bytes).await.is_empty(), "it is closed without an answer");
    }
}

#[tokio::test]
async fn strangers_that_only_wait_lock_nobody_out() {
    let agent = agent().await;
    let at = port(&agent);
    // A quarter of the places; from here on chance decides, and whoever comes again gets in.
    let strangers = join_all((0..40).map(|_| TcpStream::connect(at))).await;
    let options = agent.connect_options(Role::Observer);
    let connect = async {
        loop {
            match Client::connect(agent.ws.as_ref().unwrap(), &options).await {
                Ok(connected) => return connected,
                Err(ClientError::Link(LinkError::Broken(_) | LinkError::Closed)) => {}
                Err(error) => panic!("{error}"),
            }
        }
    };
    let (client, _) = tokio::time::timeout(Duration::from_secs(12), connect).await.unwrap();
    assert!(matches!(client.request(Request::Ping).await, Ok(Reply::Done)));
    drop(strangers);
}

#[tokio::test]
async fn of_many_strangers_at_once_most_find_no_place() {
    let agent = agent().await;
    let at = port(&agent);
    let strangers: Vec<_> =
        join_all((0..200).map(|_| TcpStream::connect(at))).await.into_iter().flatten().collect();
    let turned = strangers.into_iter().map(|mut stream| async move {
        // Whoever has a place hears nothing yet; whoever has none finds the connection closed.
        let _ = stream.write_all(b"G").await;
        let closed = tokio::time::timeout(Duration::from_secs(1), stream.read_u8()).await;
        (closed.is_ok(), stream)
    });
    let turned = join_all(turned).await;
    let kept = turned.iter().filter(|(closed, _)| !closed).count();
    assert!((8..=64).contains(&kept), "{kept} of 200 were kept");
}

#[tokio::test]
async fn a_message_beyond_a_mebibyte_ends_the_connection_with_a_reason() {
    let agent = agent().await;
    for address in [agent.address.clone(), agent.ws.clone().unwrap()] {
        let options = agent.connect_options(Role::Operator);
        let (client, mut incoming) = Client::connect(&address, &options).await.unwrap();
        let text = "x".repeat(FROM_CLIENT_MAX + 1);
        let request = Request::SendText { session: "none".into(), text, enter: false, paste: true };
        assert!(client.request(request).await.is_err());
        let closed = tokio::time::timeout(PATIENCE, incoming.recv()).await.unwrap();
        let Some(Incoming::Closed { reason, .. }) = closed else { panic!("{closed:?}") };
        assert!(reason.contains("1048576 bytes") || reason.contains("reset"), "{reason}");
    }
}

#[tokio::test]
async fn a_storm_of_requests_is_answered_with_a_limit() {
    let agent = agent().await;
    let (client, _incoming) = agent.connect().await;
    let asked = join_all((0..3000).map(|_| client.request(Request::Ping))).await;
    let refused = |answer: &&Result<Reply, ClientError>| {
        answer.as_ref().err().and_then(ClientError::code) == Some(ErrorCode::LimitExceeded)
    };
    let limited = asked.iter().filter(refused).count();
    let done = asked.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(done + limited, 3000, "every request is answered");
    assert!(done >= 1000 && limited > 0, "{done} done, {limited} refused");
}
