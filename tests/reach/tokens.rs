//! The life of a token.

use std::time::Duration;

use chrono::Utc;
use tokio::time::Instant;
use watchdeck::agent::TokensFile;
use watchdeck::client::{Client, ClientError, ConnectOptions, Incoming, IncomingStream, Way};
use watchdeck::net::{FirstUse, LinkError, Secret, Trust};
use watchdeck::proto::{ErrorCode, Reply, Request, Role};

use crate::support::{PATIENCE, TestAgent};

/// How soon what is revoked must end.
const SOON: Duration = Duration::from_secs(2);

async fn agent() -> (TestAgent, TokensFile) {
    let agent =
        TestAgent::start_with(|options| options.listen = "wss://127.0.0.1:0".parse().ok()).await;
    let file = TokensFile::in_dir(&agent.dir.path().join("state"));
    (agent, file)
}

fn options(agent: &TestAgent, role: Role, token: Secret) -> ConnectOptions {
    let mut way = Way::local(agent.runtime_dir());
    let known = agent.dir.path().join("known_agents");
    way.trust = Trust::Pin { known, first_use: FirstUse::Record };
    way.tokens.given = Some(token);
    ConnectOptions { name: "test".to_owned(), role, way, packed: false, client_id: None }
}

/// Until the agent has noticed a new token, it is refused.
async fn connect(
    agent: &TestAgent,
    role: Role,
    token: &Secret,
) -> Result<(Client, IncomingStream), ClientError> {
    let options = options(agent, role, token.clone());
    let deadline = Instant::now() + SOON;
    loop {
        let connected = Client::connect(agent.ws.as_ref().unwrap(), &options).await;
        match connected {
            Err(ClientError::Link(LinkError::Refused { .. })) if Instant::now() < deadline => {}
            connected => return connected,
        }
    }
}

/// Waits for the end of a connection; why, and when.
async fn end(incoming: &mut IncomingStream) -> (String, Instant) {
    let closed = async {
        loop {
            if let Some(Incoming::Closed { reason, .. }) = incoming.recv().await {
                return (reason, Instant::now());
            }
        }
    };
    tokio::time::timeout(PATIENCE, closed).await.expect("the connection goes on")
}

#[tokio::test]
async fn a_token_is_made_used_and_revoked_while_it_is_used() {
    let (agent, file) = agent().await;
    let (_, secret) = file.add("ci-bot", Role::Operator, None, Utc::now()).unwrap();
    let (_, other) = file.add("other", Role::Observer, None, Utc::now()).unwrap();
    let (client, mut incoming) = connect(&agent, Role::Admin, &secret).await.unwrap();
    assert_eq!(client.hello().role, Role::Operator, "no more than the token allows");
    let (bystander, _going_on) = connect(&agent, Role::Admin, &other).await.unwrap();
    assert_eq!(bystander.hello().role, Role::Observer);
    let denied = client.request(Request::Shutdown).await.unwrap_err();
    assert_eq!(denied.code(), Some(ErrorCode::PermissionDenied));
    let revoked = Instant::now();
    file.revoke("ci-bot").unwrap();
    let (reason, ended) = end(&mut incoming).await;
    assert_eq!(reason, "the token was revoked");
    assert!(ended - revoked < SOON, "after {:?}", ended - revoked);
    assert!(matches!(bystander.request(Request::Ping).await, Ok(Reply::Done)));
    let options = options(&agent, Role::Observer, secret);
    let refused = Client::connect(agent.ws.as_ref().unwrap(), &options).await.unwrap_err();
    assert!(refused.to_string().contains("a valid token is needed"), "{refused}");
}

#[tokio::test]
async fn a_token_that_expires_ends_its_connections_by_itself() {
    let (agent, file) = agent().await;
    let life = Duration::from_millis(700);
    let (entry, secret) = file.add("brief", Role::Observer, Some(life), Utc::now()).unwrap();
    let (_client, mut incoming) = connect(&agent, Role::Observer, &secret).await.unwrap();
    let (reason, _) = end(&mut incoming).await;
    assert_eq!(reason, "the token has expired");
    let late = Utc::now() - entry.expires_at.unwrap();
    assert!(late.to_std().unwrap() < SOON, "{late}");
}

#[tokio::test]
async fn a_file_that_others_can_read_ends_all_and_lets_nobody_in() {
    use std::os::unix::fs::PermissionsExt;
    let (agent, file) = agent().await;
    let (_, secret) = file.add("one", Role::Observer, None, Utc::now()).unwrap();
    let (_client, mut incoming) = connect(&agent, Role::Observer, &secret).await.unwrap();
    std::fs::set_permissions(file.path(), PermissionsExt::from_mode(0o644)).unwrap();
    end(&mut incoming).await;
    assert!(connect(&agent, Role::Observer, &secret).await.is_err());
}
