//! What connects, and what is told when it does not.

use std::path::Path;

use watchdeck::client::{Client, ClientError, ConnectOptions, IncomingStream, Way};
use watchdeck::net::{Address, LinkError, NeedKind};
use watchdeck::proto::{Begin, Reply, Request, Role};

use crate::sshd::{Sshd, script};
use crate::support::{PATIENCE, info, spawn, until, wait_for};

fn options(sshd: &Sshd, remote_command: Option<&str>) -> ConnectOptions {
    let mut way = Way::local(sshd.dir.path().into());
    way.ssh.program = sshd.ssh();
    way.ssh.remote_command = remote_command.map(str::to_owned);
    ConnectOptions {
        name: "test".to_owned(),
        role: Role::Admin,
        way,
        packed: false,
        client_id: None,
    }
}

async fn connect(
    sshd: &Sshd,
    remote_command: Option<&str>,
) -> Result<(Client, IncomingStream), ClientError> {
    let address: Address = sshd.address().parse().unwrap();
    Client::connect(&address, &options(sshd, remote_command)).await
}

/// The error, which must be of something a human settles.
async fn need(sshd: &Sshd, remote_command: Option<&str>) -> (NeedKind, String, Option<String>) {
    let error = connect(sshd, remote_command).await.map(|_| ()).unwrap_err();
    let text = error.to_string();
    assert!(text.chars().all(|c| !c.is_control()), "raw bytes: {text:?}");
    let ClientError::Link(LinkError::NeedsYou(need)) = error else { panic!("{text}") };
    (need.kind, need.reason, need.command)
}

/// Command lines of all processes that name this directory.
fn processes(dir: &Path) -> Vec<String> {
    let dir = dir.display().to_string();
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let lines = entries.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
    let lines = lines.map(|line| String::from_utf8_lossy(&line).replace('\0', " "));
    lines.filter(|line| line.contains(&dir)).collect()
}

#[tokio::test]
async fn a_machine_is_reached_its_agent_started_and_nothing_left_behind() {
    let Some(sshd) = Sshd::start() else { return };
    let (client, incoming) = connect(&sshd, None).await.unwrap();
    assert_eq!(client.hello().role, Role::Admin, "whoever sshd lets in owns the agent there");
    spawn(&client, "hello", "echo ready; cat").await;
    wait_for(&client, "hello", "^ready$", Begin::Start).await;
    let (second, _) = connect(&sshd, None).await.unwrap();
    assert_eq!(client.hello().boot_id, second.hello().boot_id, "one agent serves both");
    let ssh =
        || processes(sshd.dir.path()).iter().filter(|line| line.contains("ssh_config -T")).count();
    assert_eq!(ssh(), 2);
    drop((client, incoming));
    until("the ssh of a dropped connection ends", || async { (ssh() == 1).then_some(()) }).await;
    assert!(info(&second, "hello").await.is_live());
}

#[tokio::test]
async fn noise_before_the_greeting_is_skipped_or_explained() {
    let Some(sshd) = Sshd::start() else { return };
    let noisy = "printf '\\033]0;x\\007'; head -c 10240 /dev/urandom; exec watchdeck proxy";
    let (client, _incoming) = connect(&sshd, Some(noisy)).await.unwrap();
    assert!(matches!(client.request(Request::Ping).await, Ok(Reply::Done)));
    let loud = "printf '\\033[31mWelcome'; head -c 1048576 /dev/zero; exec watchdeck proxy";
    let (kind, reason, command) = need(&sshd, Some(loud)).await;
    assert_eq!(kind, NeedKind::Program);
    assert!(reason.contains("more than 64 KiB") && reason.contains(".bashrc"), "{reason}");
    assert!(reason.contains("It began with: \\x1b[31mWelcome\\x00"), "{reason}");
    assert!(command.unwrap().ends_with("127.0.0.1 true"));
}

#[tokio::test]
async fn only_a_known_host_key_is_accepted() {
    let Some(sshd) = Sshd::start() else { return };
    sshd.forget_host();
    let (kind, reason, command) = need(&sshd, None).await;
    assert_eq!(kind, NeedKind::Identity, "{reason}");
    assert!(reason.contains("is not known yet"), "{reason}");
    assert!(command.unwrap().starts_with("ssh -l "));
    sshd.know_host("stranger.pub");
    let (kind, reason, _) = need(&sshd, None).await;
    assert_eq!(kind, NeedKind::Identity, "{reason}");
    assert!(reason.contains("has changed"), "{reason}");
}

#[tokio::test]
async fn what_else_a_human_must_settle_is_told_apart() {
    let Some(sshd) = Sshd::start() else { return };
    sshd.client("stranger", "");
    let (kind, reason, _) = need(&sshd, None).await;
    assert_eq!(kind, NeedKind::Login, "{reason}");
    sshd.client("user", "");
    let (kind, reason, _) = need(&sshd, Some("exec watchduck proxy")).await;
    assert_eq!(kind, NeedKind::Program, "{reason}");
    let watchdeck = sshd.dir.path().join("bin/watchdeck");
    std::fs::remove_file(&watchdeck).unwrap();
    let (kind, reason, command) = need(&sshd, None).await;
    assert_eq!(kind, NeedKind::Program, "{reason}");
    assert_eq!(command.unwrap(), format!("watchdeck deploy {}", sshd.address()));
    script(&watchdeck, "echo \"error: unrecognized subcommand 'proxy'\" >&2; exit 2");
    let (kind, reason, _) = need(&sshd, None).await;
    assert_eq!(kind, NeedKind::Program, "{reason}");
    assert!(reason.contains("another version"), "{reason}");
    script(&watchdeck, "printf '\\036watchdeck-proxy 99 9.9.9\\n'; sleep 60");
    assert!(need(&sshd, None).await.1.contains("another version"));
}

#[tokio::test]
async fn what_may_pass_is_no_business_of_a_human() {
    let Some(sshd) = Sshd::start() else { return };
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let address: Address = format!("ssh://{closed}").parse().unwrap();
    let error = Client::connect(&address, &options(&sshd, None)).await.map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("Connection refused"), "{error}");
    assert!(matches!(error, ClientError::Link(LinkError::Connect { .. })), "{error}");
    let error =
        connect(&sshd, Some("echo no agent today >&2; exit 1")).await.map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("no agent today"), "{error}");
    assert!(matches!(error, ClientError::Link(LinkError::Connect { .. })), "{error}");
}

#[tokio::test]
async fn ssh_gets_no_token_no_terminal_and_the_host_behind_the_dashes() {
    let dir = tempfile::tempdir().unwrap();
    let fake = dir.path().join("ssh");
    let told = dir.path().join("told");
    script(
        &fake,
        &format!(
            "{{ for argument; do printf '<%s>' \"$argument\"; done; echo; env; \
             (: < /dev/tty) 2>/dev/null && echo has-a-terminal; }} > {}; exit 255",
            told.display()
        ),
    );
    let mut way = Way::local(dir.path().into());
    way.ssh.program = fake;
    way.ssh.remote_command = Some("x".to_owned());
    let options = ConnectOptions {
        name: "test".to_owned(),
        role: Role::Admin,
        way,
        packed: false,
        client_id: None,
    };
    let address: Address = "ssh://deploy@web-1:2222".parse().unwrap();
    let connect = Client::connect(&address, &options);
    tokio::time::timeout(PATIENCE, connect).await.unwrap().map(|_| ()).unwrap_err();
    let told = std::fs::read_to_string(told).unwrap();
    assert!(told.contains("<-l><deploy><-p><2222><--><web-1><x>\n"), "{told}");
    assert!(told.contains("<-oBatchMode=yes>") && told.contains("<-T>"), "{told}");
    assert!(told.contains("SSH_ASKPASS_REQUIRE=never"), "{told}");
    assert!(!told.contains("has-a-terminal") && !told.contains("WATCHDECK_TOKEN"), "{told}");
}

/// Threat T30: whatever is written as a host is refused, or reaches ssh as one word behind `--`.
#[test]
fn no_host_becomes_an_option_or_a_command() {
    let seeds = [
        "-oProxyCommand=touch canary",
        "-F/dev/null",
        "-lroot",
        "--",
        "-",
        "a b",
        "a;id",
        "a|id",
        "a&id",
        "$(id)",
        "`id`",
        "${IFS}",
        "a\nb",
        "a\tb",
        "a\0b",
        "%h",
        "%p%r",
        "~/x",
        "/x",
        "a/b",
        "a\\b",
        "'a'",
        "\"a\"",
        "*",
        "?",
        "[a]",
        "{a,b}",
        "!a",
        "#a",
        "(a)",
        "<a",
        ">a",
        "a=b",
        "a,b",
        "\u{202e}a",
        "ü",
        "\x1b[2J",
        "",
        ".",
        "..",
    ];
    let shapes: [fn(&str) -> String; 5] = [
        |host| format!("ssh://{host}"),
        |host| format!("ssh://root@{host}"),
        |host| format!("ssh://{host}@web-1"),
        |host| format!("ssh://web-1:{host}"),
        |host| format!("ssh://{host}:22"),
    ];
    let mut taken = 0;
    for seed in seeds {
        for shape in shapes {
            let Ok(Address::Ssh(host)) = shape(seed).parse() else { continue };
            taken += 1;
            let arguments = watchdeck::net::ssh_arguments(&host, watchdeck::net::Purpose::Proxy);
            let at = arguments.iter().position(|argument| argument == "--").unwrap();
            assert_eq!(arguments.len(), at + 3, "{seed}: {arguments:?}");
            assert_eq!(arguments[at + 1], host.host());
            for word in [Some(host.host()), host.user()].into_iter().flatten() {
                let plain = |c: char| c.is_ascii_alphanumeric() || "._-+@".contains(c);
                assert!(word.chars().all(plain) && !word.starts_with('-'), "{word}");
            }
        }
    }
    assert!((1..20).contains(&taken), "{taken} of {} were taken", seeds.len() * shapes.len());
}
