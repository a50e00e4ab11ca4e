//! Waiting for a pattern: another cursor on the Log. What operators typed does not count.

use std::time::Duration;

use regex::Regex;
use tokio::time::timeout;

use crate::proto::{Begin, ErrorCode, Line, Offset, Reply, WireError};

use super::lines::{self, Splitter};
use super::session::{EchoFilter, Session};
use super::tail;

/// Longest wait: a day.
const TIMEOUT_MAX: Duration = Duration::from_secs(86_400);
/// Bytes looked at between two chances for others.
const PIECE: usize = 64 << 10;

/// Waits until a line matches.
///
/// # Errors
/// `Timeout`, `SessionEnded` when the program ended without a match, `InvalidRequest` for a bad pattern.
pub async fn wait(
    session: &Session,
    pattern: &str,
    from: Begin,
    timeout_ms: u64,
) -> Result<Reply, WireError> {
    let regex = lines::regex(pattern, false)?;
    let limit = Duration::from_millis(timeout_ms).min(TIMEOUT_MAX);
    let nothing = |_| {
        let sentence = format!("`{pattern}` was not seen in {} within {limit:?}", session.name());
        WireError::new(ErrorCode::Timeout, sentence)
    };
    timeout(limit, find(session, &regex, pattern, from)).await.map_err(nothing)?
}

async fn find(
    session: &Session,
    regex: &Regex,
    pattern: &str,
    from: Begin,
) -> Result<Reply, WireError> {
    let at = match from {
        Begin::Screen => {
            let view = session.show().await?;
            let since = tail::begin(session, Begin::Screen);
            let mut search = Search { regex, echo: session.echoes().filter(since) };
            let mut rows = view.logical_rows().map(|text| Line { offset: view.offset(), text });
            if let Some(line) = rows.find(|line| search.matches(line)) {
                return Ok(Reply::Found(line));
            }
            // The line that is being written goes on: it must be matched whole.
            lines::start_of_last(session.log(), view.offset(), 1)
        }
        Begin::Now | Begin::Start | Begin::Offset(_) | Begin::Lines(_) => {
            tail::begin(session, from)
        }
    };
    follow(session, regex, pattern, at).await
}

/// A pattern, and what was typed.
struct Search<'a> {
    regex: &'a Regex,
    echo: EchoFilter<'a>,
}

impl Search<'_> {
    fn matches(&mut self, line: &Line) -> bool {
        let found = self.regex.find(&line.text).map(|found| found.range());
        let is_echo = self.echo.is_echo(&line.text, found.as_ref());
        found.is_some() && !is_echo
    }

    fn matches_so_far(&mut self, line: &Line) -> bool {
        let found = self.regex.find(&line.text).map(|found| found.range());
        found.is_some() && !self.echo.is_echo_so_far(&line.text, found.as_ref())
    }

    /// The first match in complete lines, else in the one that is not complete (a prompt never is).
    fn first(&mut self, splitter: &mut Splitter, offset: Offset, bytes: &[u8]) -> Option<Line> {
        let mut found = None;
        splitter.push(offset, bytes, |line| {
            if found.is_none() && self.matches(&line) {
                found = Some(line);
            }
        });
        found.or_else(|| Some(splitter.unfinished()).filter(|line| self.matches_so_far(line)))
    }
}

async fn follow(
    session: &Session,
    regex: &Regex,
    pattern: &str,
    mut at: Offset,
) -> Result<Reply, WireError> {
    let mut log_end = session.log().watch_end();
    let mut life = session.life();
    let mut splitter = Splitter::at(at);
    let mut search = Search { regex, echo: session.echoes().filter(at) };
    let mut bytes = Vec::new();
    loop {
        let over = life.borrow_and_update().is_over();
        let end = *log_end.borrow_and_update();
        while at < end {
            bytes.clear();
            let limit = usize::try_from(end - at).unwrap_or(PIECE).min(PIECE);
            let span = session.log().read(at, limit, &mut bytes);
            at = span.to;
            if let Some(line) = search.first(&mut splitter, span.from, &bytes) {
                return Ok(Reply::Found(line));
            }
            // A flood must not keep this task from being timed out.
            tokio::task::yield_now().await;
        }
        if over && at >= session.log().range().1 {
            let sentence = format!("{} ended and `{pattern}` was not seen", session.name());
            return Err(WireError::new(ErrorCode::SessionEnded, sentence));
        }
        let gone = |_| WireError::new(ErrorCode::SessionNotFound, "the session was removed");
        tokio::select! {
            changed = log_end.changed() => changed.map_err(gone)?,
            changed = life.changed() => changed.map_err(gone)?,
        }
    }
}
