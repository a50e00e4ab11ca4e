//! The Agent as its clients know it: real programs in real terminals, over a real socket.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a test that cannot go on fails

mod support;

use support::{Attached, TestAgent, info, screen, spawn, spawn_argv, type_line, until, wait_for};
use watchdeck::client::Incoming;
use watchdeck::proto::{
    Begin, ErrorCode, Event, InputKind, Reply, Request, Role, SessionStatus, Signal, Winsize,
};

#[tokio::test]
async fn a_keystroke_arrives_and_its_echo_is_seen_by_every_client() {
    let agent = TestAgent::start().await;
    let (client, _events) = agent.connect().await;
    spawn(&client, "cat", "stty raw -echo; printf ready; cat").await;
    let size = Some(Winsize::new(24, 80));
    let mut operator = Attached::to(agent.connect().await, "cat", Role::Operator, size).await;
    let mut observer = Attached::to(agent.connect().await, "cat", Role::Observer, size).await;
    operator.until_shows("ready").await;
    operator.client.input(operator.channel, InputKind::Keys, "héllo".into()).unwrap();
    let seen = operator.until_shows("héllo").await;
    let watched = observer.until_shows("héllo").await;
    assert_eq!(seen.row_text(0), watched.row_text(0));
    let clients = info(&client, "cat").await.attached_clients;
    assert_eq!(clients.iter().filter(|client| client.role == Role::Operator).count(), 1);
    assert_eq!(clients.len(), 2);
}

#[tokio::test]
async fn an_observer_reaches_the_program_with_nothing() {
    let agent = TestAgent::start().await;
    let (operator, _) = agent.connect().await;
    spawn(
        &operator,
        "cat",
        "stty -echo; trap 'echo GOT' INT TERM HUP WINCH; echo ready; while cat; do :; done",
    )
    .await;
    wait_for(&operator, "cat", "ready", Begin::Start).await;
    let watching = agent.connect_as(Role::Observer).await;
    let mut observer =
        Attached::to(watching, "cat", Role::Observer, Some(Winsize::new(10, 40))).await;
    observer.until_shows("ready").await;
    let session = || "cat".to_owned();
    for request in [
        Request::SendText { session: session(), text: "GOT".into(), enter: true, paste: false },
        Request::SendText { session: session(), text: "GOT".into(), enter: true, paste: true },
        Request::SendKeys { session: session(), keys: vec!["Enter".parse().unwrap()] },
        Request::Resize { session: session(), size: Winsize::new(5, 20) },
        Request::Signal { session: session(), signal: Signal::Int },
        Request::Kill { session: session() },
        Request::Remove { session: session() },
        Request::Rename { session: session(), name: "other".into() },
        Request::SetRole { channel: observer.channel, role: Role::Operator },
        Request::Attach { session: session(), role: Role::Operator, size: None, fps: 1 },
        Request::CreateSession { spec: Default::default() },
        Request::Shutdown,
    ] {
        let denied = observer.client.request(request.clone()).await.unwrap_err();
        assert_eq!(denied.code(), Some(ErrorCode::PermissionDenied), "{request:?}");
    }
    let viewport =
        Request::Viewport { channel: observer.channel, size: Winsize::new(7, 33), fps: 5 };
    observer.client.request(viewport).await.unwrap();
    let mut refused = Vec::new();
    for kind in InputKind::ALL {
        refused.push(observer.client.input(observer.channel, kind, "GOT\r".into()).unwrap());
    }
    while !refused.is_empty() {
        if let watchdeck::client::Incoming::InputRefused { id, error } =
            observer.incoming.recv().await.unwrap()
        {
            assert_eq!(error.code, ErrorCode::PermissionDenied);
            refused.retain(|waiting| *waiting != id);
        }
    }
    // The program answers an operator, so whatever came before would be on the screen by now.
    let marker =
        Request::SendText { session: session(), text: "marker".into(), enter: true, paste: false };
    operator.request(marker).await.unwrap();
    wait_for(&operator, "cat", "marker", Begin::Start).await;
    let screen = screen(&operator, "cat").await;
    assert!(!screen.text.iter().any(|row| row.contains("GOT")), "{:?}", screen.text);
    assert_eq!((screen.rows, screen.cols), (24, 80));
    assert_eq!(info(&operator, "cat").await.name, "cat");
}

#[tokio::test]
async fn the_size_follows_the_operator_that_typed_last() {
    let agent = TestAgent::start().await;
    let (client, _) = agent.connect().await;
    spawn(&client, "cat", "stty -echo; cat").await;
    let (small, large) = (Winsize::new(10, 40), Winsize::new(30, 100));
    let first = Attached::to(agent.connect().await, "cat", Role::Operator, Some(small)).await;
    let second = Attached::to(agent.connect().await, "cat", Role::Operator, Some(large)).await;
    assert_eq!(info(&client, "cat").await.size(), small, "the first operator has the size");
    second.client.input(second.channel, InputKind::Keys, "x".into()).unwrap();
    let has = |size: Winsize| {
        let client = client.clone();
        move || {
            let client = client.clone();
            async move { (info(&client, "cat").await.size() == size).then_some(()) }
        }
    };
    until("the second operator gets the size", has(large)).await;
    first.client.input(first.channel, InputKind::Keys, "y".into()).unwrap();
    until("the first operator gets it back", has(small)).await;
}

#[tokio::test]
async fn a_program_that_ends_leaves_its_output_and_its_exit_code() {
    let agent = TestAgent::start().await;
    let (client, _) = agent.connect().await;
    spawn(&client, "short", "printf 'last words'; exit 7").await;
    let ended = until("it ends", || async {
        let info = info(&client, "short").await;
        (info.status == SessionStatus::Disconnected).then_some(info)
    })
    .await;
    assert_eq!(ended.exit_status.and_then(|exit| exit.code), Some(7));
    assert_eq!(screen(&client, "short").await.text[0], "last words");
    let text =
        Request::SendText { session: "short".into(), text: "x".into(), enter: false, paste: false };
    assert_eq!(client.request(text).await.unwrap_err().code(), Some(ErrorCode::SessionEnded));
    client.request(Request::Remove { session: "short".into() }).await.unwrap();
    let gone = client.request(Request::GetSession { session: "short".into() }).await.unwrap_err();
    assert_eq!(gone.code(), Some(ErrorCode::SessionNotFound));
}

#[tokio::test]
async fn kill_ends_the_whole_tree_even_what_left_it() {
    let agent = TestAgent::start().await;
    let (client, _) = agent.connect().await;
    let script = "trap '' HUP TERM; setsid sh -c 'trap \"\" HUP TERM; echo $$ > \"$0\"; while :; do sleep 1; done' PIDFILE & \
                  echo started; while :; do sleep 1; done";
    let pid_file = agent.dir.path().join("pid");
    spawn(&client, "tree", &script.replace("PIDFILE", &pid_file.display().to_string())).await;
    let pid = until("the escaped child writes its pid", || async {
        std::fs::read_to_string(&pid_file).ok()?.trim().parse::<u32>().ok()
    })
    .await;
    client.request(Request::Kill { session: "tree".into() }).await.unwrap();
    let alive = std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| !stat.contains(") Z "));
    assert!(!alive, "process {pid} survived");
    until("the session ends", || async {
        (info(&client, "tree").await.status == SessionStatus::Disconnected).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_client_that_never_reads_costs_the_program_and_the_others_nothing() {
    let agent = TestAgent::start().await;
    let (client, _) = agent.connect().await;
    // 20,000 numbered lines, then a shell that waits.
    spawn(
        &client,
        "flood",
        "read go; i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done; echo END; cat",
    )
    .await;
    let stuck = Attached::to(agent.connect().await, "flood", Role::Observer, None).await;
    let mut healthy = Attached::to(agent.connect().await, "flood", Role::Observer, None).await;
    let go =
        Request::SendText { session: "flood".into(), text: "go".into(), enter: true, paste: false };
    client.request(go).await.unwrap();
    let view = healthy.until_shows("END").await;
    assert!(view.text_rows().any(|row| row.contains("line 19999")));
    // The stuck one wakes up and is right at once.
    let mut stuck = stuck;
    let late = stuck.until_shows("END").await;
    assert_eq!(
        late.text_rows().collect::<Vec<_>>(),
        healthy.replica.view().text_rows().collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn queries_are_answered_once_whatever_the_number_of_clients() {
    let agent = TestAgent::start().await;
    let (client, _) = agent.connect().await;
    for (name, clients) in [("none", 0), ("one", 1), ("eight", 8)] {
        let script = r"stty raw -echo; echo ready; head -c1 >/dev/null; printf '\033[c\033[6n'
            head -c 15 | od -An -c; echo answered; head -c 1 | od -An -c; echo end; cat";
        spawn(&client, name, script).await;
        let mut attached = Vec::new();
        for _ in 0..clients {
            attached.push(Attached::to(agent.connect().await, name, Role::Operator, None).await);
        }
        let type_text = async |text: &str| {
            let (session, text) = (name.to_owned(), text.to_owned());
            let request = Request::SendText { session, text, enter: false, paste: false };
            client.request(request).await.unwrap();
        };
        wait_for(&client, name, "ready", Begin::Start).await;
        type_text("g").await;
        wait_for(&client, name, r"033\s+\[\s+\?\s+6\s+2\s+;\s+2\s+2\s+c\s+033", Begin::Start).await;
        wait_for(&client, name, "answered", Begin::Start).await;
        // A second answer would be read here instead of what is typed now.
        type_text("!").await;
        wait_for(&client, name, r"^\s*!\s*$", Begin::Start).await;
    }
}

#[tokio::test]
async fn programs_inherit_no_descriptors_and_a_controlling_terminal() {
    let agent = TestAgent::start().await;
    let (client, _) = agent.connect().await;
    let script = "echo fds $(ls /proc/$$/fd | tr '\\n' ' ')end; tty </dev/tty; echo TERM=$TERM $COLORTERM; cat";
    for index in 0..8 {
        spawn(&client, &format!("s{index}"), script).await;
    }
    for index in 0..8 {
        let name = format!("s{index}");
        wait_for(&client, &name, "^fds 0 1 2 (3 )?end$", Begin::Start).await;
        wait_for(&client, &name, "^/dev/(pts/\\d+|tty)$", Begin::Start).await;
        wait_for(&client, &name, "^TERM=screen-256color truecolor$", Begin::Start).await;
    }
}

#[tokio::test]
async fn loopback_needs_the_token_and_no_origin() {
    let agent = TestAgent::start_with(|options| options.listen = "127.0.0.1:0".parse().ok()).await;
    let ws = agent.ws.clone().unwrap();
    let good = agent.connect_options(Role::Operator);
    let (client, _) = watchdeck::client::Client::connect(&ws, &good).await.unwrap();
    assert!(matches!(client.request(Request::Ping).await, Ok(Reply::Done)));
    let mut wrong = good.clone();
    wrong.way.tokens.given = watchdeck::net::Secret::new(&"0".repeat(64)).ok();
    let refused = watchdeck::client::Client::connect(&ws, &wrong).await.unwrap_err();
    assert!(refused.to_string().contains("a valid token is needed"), "{refused}");
    let dir = tempfile::tempdir().unwrap();
    let mut none = good;
    none.way.tokens.runtime_dir = dir.path().into();
    assert!(watchdeck::client::Client::connect(&ws, &none).await.is_err());
}

#[tokio::test]
async fn a_hello_gets_at_most_its_wish_and_only_an_admin_ends_the_agent() {
    let agent = TestAgent::start().await;
    for role in [Role::Observer, Role::Operator, Role::Admin] {
        let (client, _) = agent.connect_as(role).await;
        assert_eq!(client.hello().role, role, "the own user may be anything");
    }
    let (operator, _) = agent.connect().await;
    for request in [Request::ReloadConfig, Request::Shutdown] {
        let denied = operator.request(request).await.unwrap_err();
        assert_eq!(denied.code(), Some(ErrorCode::PermissionDenied));
        assert!(denied.to_string().contains("role admin"), "{denied}");
    }
    let (admin, _) = agent.connect_as(Role::Admin).await;
    assert!(matches!(admin.request(Request::ReloadConfig).await, Ok(Reply::Done)));
    assert!(matches!(admin.request(Request::Shutdown).await, Ok(Reply::Done)));
}

#[tokio::test]
async fn beyond_loopback_is_refused_with_a_sentence() {
    let dir = tempfile::tempdir().unwrap();
    let mut options = support::options(&dir);
    options.listen = "0.0.0.0:0".parse().ok();
    let error = watchdeck::agent::serve(options, |_| {}).await.unwrap_err();
    assert!(error.to_string().contains("`watchdeck token new"), "{error}");
}

#[tokio::test]
async fn errors_are_counted_exactly_while_a_client_is_stuck_and_nobody_looks() {
    let agent = TestAgent::start().await;
    let (client, _) = agent.connect().await;
    let script = "read go; i=0; while [ $i -lt 3000 ]; do \
        echo \"2026-11-21 10:00:00 ERROR order $i failed\"; echo \"2026-11-21 10:00:00 WARN order $i slow\"; \
        echo \"2026-11-21 10:00:00 INFO no error here\"; i=$((i+1)); done; echo END; cat";
    spawn(&client, "orders", script).await;
    let _stuck = Attached::to(agent.connect().await, "orders", Role::Observer, None).await;
    type_line(&client, "orders", "go").await;
    wait_for(&client, "orders", "^END", Begin::Start).await;
    let (other, _) = agent.connect_as(Role::Observer).await;
    let counts = info(&other, "orders").await.counts;
    assert_eq!((counts.errors, counts.warnings), (3000, 3000));
    let request = Request::Alerts { session: Some("orders".into()), after: None, limit: 1 };
    let Ok(Reply::Alerts { alerts }) = other.request(request).await else { panic!("no alerts") };
    assert!(alerts[0].text.contains("order 2999 slow"), "{alerts:?}");
    other.request(Request::MarkSeen { session: None }).await.unwrap();
    assert_eq!(info(&client, "orders").await.unseen, Default::default());
    assert_eq!(info(&client, "orders").await.counts, counts);
}

#[tokio::test]
async fn a_wait_is_not_satisfied_by_the_command_that_was_typed() {
    let agent = TestAgent::start().await;
    let (client, _) = agent.connect().await;
    spawn_argv(&client, "sh", &["/bin/sh"]).await;
    wait_for(&client, "sh", "[$#]$", Begin::Screen).await;
    type_line(&client, "sh", "PS1='$ '; echo be''gin").await;
    wait_for(&client, "sh", "^begin", Begin::Screen).await;
    type_line(&client, "sh", "read x; echo READY-$x").await;
    let early = Request::Wait {
        session: "sh".into(),
        pattern: "READY".into(),
        from: Begin::Screen,
        timeout_ms: 300,
    };
    let early = client.request(early).await.unwrap_err();
    assert_eq!(early.code(), Some(ErrorCode::Timeout));
    type_line(&client, "sh", "now").await;
    wait_for(&client, "sh", "READY", Begin::Screen).await;
}

#[tokio::test]
async fn history_reflows_is_searched_and_found_by_offset() {
    let agent = TestAgent::start().await;
    let (client, _) = agent.connect().await;
    spawn(&client, "log", "seq -f 'line %05g of the log' 1 5000; echo 'ERROR: the last one'; cat")
        .await;
    wait_for(&client, "log", "the last one", Begin::Start).await;
    let page = |cols, up| Request::History { session: "log".into(), cols, end: None, up, count: 3 };
    let Ok(Reply::History(bottom)) = client.request(page(80, 0)).await else { panic!() };
    assert!(bottom.total >= 5001 && bottom.rows[2].ansi.contains("ERROR"), "{bottom:?}");
    assert!(bottom.rows[2].mark.is_some());
    let Ok(Reply::History(narrow)) = client.request(page(10, 0)).await else { panic!() };
    assert!(narrow.total > 2 * bottom.total);
    let search = Request::Search {
        session: "log".into(),
        pattern: "LINE 0123[45]".into(),
        ignore_case: true,
        cols: 80,
        end: None,
    };
    let Ok(Reply::Matches { matches, .. }) = client.request(search).await else { panic!() };
    assert_eq!(matches.len(), 2);
    let Ok(Reply::History(found)) = client.request(page(80, matches[0].up)).await else { panic!() };
    assert!(found.rows[2].ansi.contains("line 01234"), "{found:?}");
    let offset = found.rows[2].offset;
    let locate = Request::Locate { session: "log".into(), cols: 80, end: None, offset };
    let Ok(Reply::Located { up, .. }) = client.request(locate).await else { panic!() };
    assert_eq!(up, matches[0].up);
}

#[tokio::test]
async fn a_tail_gets_every_byte_and_is_told_of_what_is_gone() {
    let agent = TestAgent::start_with(|options| options.ring_bytes = 0).await;
    let (client, _) = agent.connect().await;
    spawn(&client, "log", "stty -opost; seq 1 200000; echo END; cat").await;
    wait_for(&client, "log", "^END", Begin::Screen).await;
    let (tailer, mut incoming) = agent.connect_as(Role::Observer).await;
    let tail = Request::Tail {
        session: "log".into(),
        from: Begin::Offset(0),
        follow: false,
        timed: false,
    };
    let Ok(Reply::Tailing { channel, from, end }) = tailer.request(tail).await else { panic!() };
    let (mut at, mut gap, mut text) = (0, 0, Vec::new());
    loop {
        match incoming.recv().await.unwrap() {
            Incoming::Gap { from, to, .. } => {
                assert_eq!(from, at);
                (gap, at) = (to - from, to);
            }
            Incoming::Output { offset, bytes, .. } => {
                assert_eq!(offset, at);
                at += bytes.len() as u64;
                tailer.credit(channel, bytes.len() as u64).await.unwrap();
                text.extend_from_slice(&bytes);
            }
            Incoming::Event(Event::Closed { .. }) => break,
            _ => {}
        }
    }
    assert_eq!(at, end);
    assert_eq!(gap, from);
    assert!(gap > 0 && text.ends_with(b"199999\n200000\nEND\n"));
}

#[tokio::test]
async fn a_program_that_does_not_read_stalls_nothing_and_is_shown() {
    let agent = TestAgent::start().await;
    let (client, _) = agent.connect().await;
    spawn(&client, "deaf", "stty raw -echo; echo ready; sleep 1000").await;
    wait_for(&client, "deaf", "ready", Begin::Screen).await;
    let text = "x".repeat(100_000);
    let request = Request::SendText { session: "deaf".into(), text, enter: false, paste: false };
    client.request(request.clone()).await.unwrap();
    until("it is shown", || async {
        (info(&client, "deaf").await.input_waiting > 50_000).then_some(())
    })
    .await;
    let refused =
        until("the queue is full", || async { client.request(request.clone()).await.err() }).await;
    assert_eq!(refused.code(), Some(ErrorCode::LimitExceeded));
    let resize = Request::Resize { session: "deaf".into(), size: Winsize::new(30, 90) };
    client.request(resize).await.unwrap();
    client.request(Request::Kill { session: "deaf".into() }).await.unwrap();
}
