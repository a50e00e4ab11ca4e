//! Answers to requests that need no state of the connection.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::join_all;

use crate::proto::{ErrorCode, Key, Reply, Request, ScreenCursor, ScreenText, WireError};
use crate::term::{self, Terminal, View};

use super::session::Session;
use super::{Agent, lines, wait};

/// Rows of history per page.
const PAGE_MAX: u32 = 1000;
/// Alerts and lines per answer.
const ITEMS_MAX: u32 = 10_000;

/// The Session a request is about, when it is about one.
pub fn selector(request: &Request) -> Option<&str> {
    match request {
        Request::GetSession { session }
        | Request::Rename { session, .. }
        | Request::Resize { session, .. }
        | Request::Signal { session, .. }
        | Request::Kill { session }
        | Request::Remove { session }
        | Request::Attach { session, .. }
        | Request::SendText { session, .. }
        | Request::SendKeys { session, .. }
        | Request::Screen { session, .. }
        | Request::History { session, .. }
        | Request::Search { session, .. }
        | Request::Locate { session, .. }
        | Request::Tail { session, .. }
        | Request::Grep { session, .. }
        | Request::Wait { session, .. } => Some(session),
        Request::Alerts { session, .. } | Request::MarkSeen { session } => session.as_deref(),
        Request::Ping
        | Request::AgentInfo
        | Request::ListSessions
        | Request::ActiveSession
        | Request::CreateSession { .. }
        | Request::Detach { .. }
        | Request::SetRole { .. }
        | Request::Viewport { .. }
        | Request::Refresh { .. }
        | Request::Subscribe
        | Request::ReloadConfig
        | Request::Upgrade { .. }
        | Request::Shutdown => None,
    }
}

/// Whether answering may take long, so that it must not hold up the connection.
pub fn is_slow(request: &Request) -> bool {
    matches!(
        request,
        Request::CreateSession { .. }
            | Request::Signal { .. }
            | Request::Kill { .. }
            | Request::Upgrade { .. }
            | Request::Screen { .. }
            | Request::History { .. }
            | Request::Search { .. }
            | Request::Locate { .. }
            | Request::Grep { .. }
            | Request::Wait { .. }
            | Request::ReloadConfig
    )
}

/// Answers an authorized request.
pub async fn answer(agent: &Arc<Agent>, request: Request) -> Result<Reply, WireError> {
    let store = &agent.store;
    match request {
        Request::Ping => Ok(Reply::Done),
        Request::AgentInfo => Ok(Reply::Agent(agent.info())),
        Request::ListSessions => {
            let sessions = store.all().iter().map(|session| session.info()).collect();
            Ok(Reply::Sessions { sessions })
        }
        Request::GetSession { session } => Ok(told(&*store.get(&session)?)),
        Request::ActiveSession => {
            let nothing = "no session is running on this machine; `watchdeck new` starts one";
            let none = || WireError::new(ErrorCode::SessionNotFound, nothing);
            Ok(told(&*store.active().ok_or_else(none)?))
        }
        Request::CreateSession { spec } => Ok(told(&*agent.create(&spec).await?)),
        Request::Rename { session, name } => {
            let session = store.get(&session)?;
            store.rename(&session, &name)?;
            session.remembered().await;
            session.set_rules(agent.rules()).await;
            Ok(told(&session))
        }
        Request::Resize { session, size } => {
            store.get(&session)?.resize(size);
            Ok(Reply::Done)
        }
        Request::Signal { session, signal } => {
            store.get(&session)?.signal(signal).await?;
            Ok(Reply::Done)
        }
        Request::Kill { session } => {
            store.get(&session)?.kill().await?;
            Ok(Reply::Done)
        }
        Request::Remove { session } => remove(agent, &session).await,
        Request::SendText { session, text, enter, paste } => {
            send_text(&*store.get(&session)?, &text, enter, paste).await
        }
        Request::SendKeys { session, keys } => send_keys(&*store.get(&session)?, &keys).await,
        Request::Screen { session, ansi } => {
            let view = store.get(&session)?.show().await?;
            Ok(Reply::Screen(screen_text(&view, ansi)))
        }
        Request::History { session, cols, end, up, count } => {
            let session = store.get(&session)?;
            let history = session.histories().at(&session, cols, end).await?;
            Ok(Reply::History(history.page(&session, up, count.min(PAGE_MAX))))
        }
        Request::Search { session, pattern, ignore_case, cols, end } => {
            let regex = lines::regex(&pattern, ignore_case)?;
            let session = store.get(&session)?;
            let history = session.histories().at(&session, cols, end).await?;
            Ok(history.search(&regex))
        }
        Request::Locate { session, cols, end, offset } => {
            let session = store.get(&session)?;
            let history = session.histories().at(&session, cols, end).await?;
            Ok(history.locate(offset))
        }
        Request::Alerts { session, after, limit } => {
            let id = session.map(|session| store.get(&session)).transpose()?.map(|s| s.id());
            let limit = limit.min(ITEMS_MAX) as usize;
            let (alerts, _) = agent.hub.alerts.after(after.unwrap_or(0), id, limit);
            Ok(Reply::Alerts { alerts })
        }
        Request::MarkSeen { session } => {
            let sessions = match session {
                Some(session) => vec![store.get(&session)?],
                None => store.all(),
            };
            sessions.iter().for_each(|session| session.mark_seen());
            join_all(sessions.iter().map(|session| session.remembered())).await;
            Ok(Reply::Done)
        }
        Request::Grep { session, pattern, ignore_case, limit } => {
            let regex = lines::regex(&pattern, ignore_case)?;
            let session = store.get(&session)?;
            let limit = limit.min(ITEMS_MAX) as usize;
            let (lines, truncated) = blocking(move || lines::grep(&session, &regex, limit)).await?;
            Ok(Reply::Lines { lines, truncated })
        }
        Request::Wait { session, pattern, from, timeout_ms } => {
            let session = store.get(&session)?;
            wait::wait(&session, &pattern, from, timeout_ms).await
        }
        Request::ReloadConfig => match agent.reload_rules().await {
            Ok(()) => Ok(Reply::Done),
            Err(sentence) => Err(WireError::new(ErrorCode::InvalidRequest, sentence)),
        },
        Request::Upgrade { program } => agent.upgrade(Path::new(&program)).await,
        Request::Shutdown => {
            agent.stop.send_replace(true);
            Ok(Reply::Done)
        }
        Request::Attach { .. }
        | Request::Detach { .. }
        | Request::SetRole { .. }
        | Request::Viewport { .. }
        | Request::Refresh { .. }
        | Request::Subscribe
        | Request::Tail { .. } => {
            Err(WireError::new(ErrorCode::Internal, "this request belongs to a connection"))
        }
    }
}

fn told(session: &Session) -> Reply {
    Reply::Session { session: Box::new(session.info()) }
}

/// Runs work that takes milliseconds of CPU away from the connections' threads.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, WireError> {
    let failed = |error| WireError::new(ErrorCode::Internal, format!("the work failed: {error}"));
    tokio::task::spawn_blocking(work).await.map_err(failed)
}

async fn remove(agent: &Agent, selector: &str) -> Result<Reply, WireError> {
    let session = agent.store.get(selector)?;
    if !session.is_over() {
        let sentence = format!("{} still runs; kill it before you remove it", session.name());
        return Err(WireError::new(ErrorCode::InvalidRequest, sentence));
    }
    agent.remove(&session).await;
    Ok(Reply::Done)
}

async fn send_text(
    session: &Session,
    text: &str,
    enter: bool,
    paste: bool,
) -> Result<Reply, WireError> {
    let mut bytes = match paste {
        true => term::paste::prepare(text, &session.show().await?.modes()).bytes,
        false => text.replace("\r\n", "\r").replace('\n', "\r").into_bytes(),
    };
    if enter {
        bytes.push(b'\r');
    }
    session.write(Bytes::from(bytes).into()).await?;
    Ok(Reply::Done)
}

async fn send_keys(session: &Session, keys: &[Key]) -> Result<Reply, WireError> {
    let modes = session.show().await?.modes();
    let terminal: Terminal = session.term().parse().unwrap_or_default();
    let bytes: Vec<u8> =
        keys.iter().flat_map(|key| term::key::encode(key, &modes, terminal)).collect();
    session.write(Bytes::from(bytes).into()).await?;
    Ok(Reply::Done)
}

fn screen_text(view: &View, ansi: bool) -> ScreenText {
    let size = view.size();
    let (row, col) = view.cursor_position();
    let text = view.text_rows().map(|row| row.trim_end().to_owned()).collect();
    let ansi = ansi.then(|| {
        let rows = (0..size.rows).map(|row| view.ansi_row(row));
        rows.map(|row| String::from_utf8_lossy(&row).into_owned()).collect()
    });
    ScreenText {
        rows: size.rows,
        cols: size.cols,
        cursor: ScreenCursor { row, col: col.min(size.cols - 1), visible: view.cursor().is_some() },
        title: view.title().to_owned(),
        text,
        ansi,
        alternate: view.modes().alternate,
        offset: view.offset(),
    }
}
