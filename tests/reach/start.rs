//! An agent that would not be safe does not start (threat T2).

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use chrono::Utc;
use tokio::sync::oneshot;
use watchdeck::agent::{self, AgentOptions, TokensFile};
use watchdeck::config::{TlsFiles, private};
use watchdeck::net::SelfSigned;
use watchdeck::proto::Role;

use crate::proof::tell;
use crate::support;

/// Puts a state of tokens into the state directory.
fn set_tokens(state: &Path, tokens: &str) {
    let file = TokensFile::in_dir(state);
    let brief = Some(Duration::from_millis(1));
    match tokens {
        "none" => {}
        "valid" => drop(file.add("x", Role::Observer, None, Utc::now()).unwrap()),
        "expired" => {
            let before = Utc::now() - chrono::Duration::days(1);
            drop(file.add("x", Role::Admin, brief, before).unwrap());
        }
        "garbage" => {
            private::dir(state).unwrap();
            private::replace(file.path(), "{}").unwrap();
        }
        "loose" => {
            file.add("x", Role::Admin, None, Utc::now()).unwrap();
            std::fs::set_permissions(file.path(), PermissionsExt::from_mode(0o644)).unwrap();
        }
        other => panic!("{other}"),
    }
}

/// Configured certificate and key, or none.
fn tls(dir: &Path, tls: &str) -> Option<TlsFiles> {
    let files = TlsFiles { cert: dir.join("cert.pem"), key: dir.join("key.pem") };
    let made = || SelfSigned::make(vec!["localhost".to_owned()]).unwrap();
    let (one, other) = (made(), made());
    std::fs::write(&files.cert, &one.cert).unwrap();
    private::replace(&files.key, if tls == "mismatched" { &other.key } else { &one.key }).unwrap();
    match tls {
        "self-signed" => return None,
        "loose key" => {
            std::fs::set_permissions(&files.key, PermissionsExt::from_mode(0o640)).unwrap();
        }
        "no key" => std::fs::remove_file(&files.key).unwrap(),
        _ => {}
    }
    Some(files)
}

/// Starts an agent; whether it listens, else what it says. It is ended in any case.
async fn starts(options: AgentOptions) -> Result<Vec<String>, String> {
    let (ready, listening) = oneshot::channel();
    let serving = tokio::spawn(async move {
        agent::serve(options, |listening| drop(ready.send(listening.to_vec()))).await
    });
    match listening.await {
        Ok(listening) => {
            serving.abort();
            Ok(listening)
        }
        Err(_) => Err(serving.await.unwrap().unwrap_err().to_string()),
    }
}

#[tokio::test]
async fn of_all_ways_to_start_only_the_safe_ones_listen() {
    let refused = [
        // listen, tokens, certificate, what it says
        ("0.0.0.0:0", "none", "self-signed", "`watchdeck token new --role"),
        ("0.0.0.0:0", "expired", "self-signed", "no valid one"),
        ("0.0.0.0:0", "garbage", "self-signed", "tokens.json: missing field"),
        ("0.0.0.0:0", "loose", "self-signed", "its mode is 0644"),
        ("0.0.0.0:0", "valid", "loose key", "its mode is 0640"),
        ("0.0.0.0:0", "valid", "mismatched", "cannot be used together"),
        ("0.0.0.0:0", "valid", "no key", "is missing"),
        ("[::]:0", "none", "given", "no valid one"),
        ("wss://127.0.0.1:0", "garbage", "given", "tokens.json"),
        ("127.0.0.1:0", "loose", "given", "its mode is 0644"),
        ("wss://127.0.0.1:0", "none", "mismatched", "cannot be used together"),
    ];
    let fine = [
        ("0.0.0.0:0", "valid", "self-signed"),
        ("0.0.0.0:0", "valid", "given"),
        ("wss://127.0.0.1:0", "none", "self-signed"),
        ("127.0.0.1:0", "none", "given"),
        ("127.0.0.1:0", "expired", "mismatched"),
    ];
    let all = refused.map(|(listen, tokens, tls, says)| (listen, tokens, tls, Some(says)));
    for (listen, tokens, certificate, says) in
        all.into_iter().chain(fine.map(|(listen, tokens, tls)| (listen, tokens, tls, None)))
    {
        let dir = tempfile::tempdir().unwrap();
        let mut options = support::options(&dir);
        let socket = options.socket.clone();
        set_tokens(options.state_dir.as_deref().unwrap(), tokens);
        options.tls = tls(dir.path(), certificate);
        options.listen = listen.parse().ok();
        let began = std::time::Instant::now();
        let case = format!("{listen}, tokens {tokens}, certificate {certificate}");
        match (starts(options).await, says) {
            (Ok(listening), None) => {
                let secure = listening[1].starts_with("wss://");
                assert_eq!(secure, !listen.starts_with("127"), "{case}: {listening:?}");
                assert_eq!(listening.len(), 2 + usize::from(secure), "the fingerprint is told");
            }
            (Err(told), Some(says)) => {
                assert!(told.contains(says), "{case}: {told}");
                assert!(!socket.exists(), "{case}: it seemed to run");
                assert!(began.elapsed() < Duration::from_secs(1), "{case}");
            }
            (started, _) => panic!("{case}: {started:?}"),
        }
    }
    let values =
        format!("{} of {0} refused with a reason, {} safe ones listen", refused.len(), fine.len());
    tell(1, "T2", "unsafe ways to start", &values);
}

#[tokio::test]
async fn without_a_state_directory_no_port_is_opened() {
    let dir = tempfile::tempdir().unwrap();
    let mut options = support::options(&dir);
    options.state_dir = None;
    options.listen = "0.0.0.0:0".parse().ok();
    assert!(starts(options).await.unwrap_err().contains("WATCHDECK_STATE_DIR"));
}

#[tokio::test]
async fn a_plain_port_beyond_loopback_cannot_even_be_written() {
    assert!("ws://0.0.0.0:0".parse::<watchdeck::config::Listen>().is_err());
}
