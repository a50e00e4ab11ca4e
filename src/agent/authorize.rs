//! The one door: who may do what. Every request and every input passes [`authorize`].

use crate::proto::{ErrorCode, InputKind, Request, Role, WireError};

/// Something a client wants.
#[derive(Debug, Clone, Copy)]
pub enum Wish<'a> {
    /// A control message.
    Request(&'a Request),
    /// A binary frame for a program.
    Input(InputKind),
}

/// Decides a wish.
///
/// `connection` is what the connection was granted; `session` is the strictest role this connection
/// took on the Session in question, if it is attached to it. Whoever attached as an observer acts on
/// that Session only after taking the operator's role, which the connection must allow.
///
/// # Errors
/// `PermissionDenied`, with a sentence that says what to do.
pub fn authorize(connection: Role, session: Option<Role>, wish: Wish<'_>) -> Result<(), WireError> {
    let need = need(wish);
    let allowed = match need {
        Need::Look => true,
        Need::Grant => connection >= Role::Operator,
        Need::Act => connection >= Role::Operator && session != Some(Role::Observer),
        Need::Administer => connection >= Role::Admin,
    };
    if allowed {
        return Ok(());
    }
    let sentence = match (need, connection) {
        (_, Role::Observer) => "this connection may only observe",
        (Need::Administer, _) => "this changes the agent itself, which needs the role admin",
        _ => "this client only observes the session; take the operator role first",
    };
    Err(WireError::new(ErrorCode::PermissionDenied, sentence))
}

/// Whether a wish does more than looking.
#[must_use]
pub fn acts(wish: Wish<'_>) -> bool {
    need(wish) != Need::Look
}

/// What a wish needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    /// Looking: everybody may.
    Look,
    /// Taking the operator's role: the connection must allow it.
    Grant,
    /// Acting: connection and attachment must allow it.
    Act,
    /// Changing the Agent itself: the connection must be an admin's.
    Administer,
}

/// No wildcard arm: a new kind of wish must be decided here before it compiles.
fn need(wish: Wish<'_>) -> Need {
    match wish {
        Wish::Input(InputKind::Keys | InputKind::Paste | InputKind::Mouse | InputKind::Focus) => {
            Need::Act
        }
        Wish::Request(request) => match request {
            Request::Ping
            | Request::AgentInfo
            | Request::ListSessions
            | Request::GetSession { .. }
            | Request::ActiveSession
            | Request::Detach { .. }
            // Tells where a view is; the Agent never resizes a program for an observer.
            | Request::Viewport { .. }
            | Request::Refresh { .. }
            | Request::Screen { .. }
            | Request::History { .. }
            | Request::Search { .. }
            | Request::Locate { .. }
            | Request::Alerts { .. }
            | Request::MarkSeen { .. }
            | Request::Subscribe
            | Request::Tail { .. }
            | Request::Grep { .. }
            | Request::Wait { .. } => Need::Look,
            Request::Attach { role, .. } | Request::SetRole { role, .. } => match role {
                Role::Observer => Need::Look,
                // On a Session an admin is an operator.
                Role::Operator | Role::Admin => Need::Grant,
            },
            Request::CreateSession { .. } => Need::Grant,
            Request::ReloadConfig | Request::Upgrade { .. } | Request::Shutdown => Need::Administer,
            Request::Rename { .. }
            | Request::Resize { .. }
            | Request::Signal { .. }
            | Request::Kill { .. }
            | Request::Remove { .. }
            | Request::SendText { .. }
            | Request::SendKeys { .. } => Need::Act,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::{Begin, Signal, SpawnSpec, Winsize};

    /// One of every request, with whether it acts.
    fn every_request() -> Vec<(Request, bool)> {
        let session = || "s".to_owned();
        let size = Winsize::default();
        let (role, channel, fps) = (Role::Observer, 1, 30);
        vec![
            (Request::Ping, false),
            (Request::AgentInfo, false),
            (Request::ListSessions, false),
            (Request::GetSession { session: session() }, false),
            (Request::ActiveSession, false),
            (Request::CreateSession { spec: SpawnSpec::default() }, true),
            (Request::Rename { session: session(), name: "n".into() }, true),
            (Request::Resize { session: session(), size }, true),
            (Request::Signal { session: session(), signal: Signal::Int }, true),
            (Request::Kill { session: session() }, true),
            (Request::Remove { session: session() }, true),
            (Request::Attach { session: session(), role, size: None, fps }, false),
            (Request::Attach { session: session(), role: Role::Operator, size: None, fps }, true),
            (Request::Detach { channel }, false),
            (Request::SetRole { channel, role }, false),
            (Request::SetRole { channel, role: Role::Operator }, true),
            (Request::SetRole { channel, role: Role::Admin }, true),
            (Request::Viewport { channel, size, fps }, false),
            (Request::Refresh { channel }, false),
            (
                Request::SendText {
                    session: session(),
                    text: "x".into(),
                    enter: true,
                    paste: false,
                },
                true,
            ),
            (Request::SendKeys { session: session(), keys: Vec::new() }, true),
            (Request::Screen { session: session(), ansi: false }, false),
            (Request::History { session: session(), cols: 80, end: None, up: 0, count: 1 }, false),
            (
                Request::Search {
                    session: session(),
                    pattern: "x".into(),
                    ignore_case: true,
                    cols: 80,
                    end: None,
                },
                false,
            ),
            (Request::Locate { session: session(), cols: 80, end: None, offset: 0 }, false),
            (Request::Alerts { session: None, after: None, limit: 1 }, false),
            (Request::MarkSeen { session: None }, false),
            (Request::Subscribe, false),
            (
                Request::Tail { session: session(), from: Begin::Now, follow: true, timed: false },
                false,
            ),
            (
                Request::Grep {
                    session: session(),
                    pattern: "x".into(),
                    ignore_case: false,
                    limit: 1,
                },
                false,
            ),
            (
                Request::Wait {
                    session: session(),
                    pattern: "x".into(),
                    from: Begin::Screen,
                    timeout_ms: 1,
                },
                false,
            ),
            (Request::ReloadConfig, true),
            (Request::Upgrade { program: "/p".into() }, true),
            (Request::Shutdown, true),
        ]
    }

    #[test]
    fn an_observing_connection_is_denied_everything_that_acts() {
        for (request, acts) in every_request() {
            let decided = authorize(Role::Observer, None, Wish::Request(&request));
            assert_eq!(decided.is_err(), acts, "{request:?}");
            if let Err(error) = decided {
                assert_eq!(error.code, ErrorCode::PermissionDenied);
            }
        }
        for kind in InputKind::ALL {
            assert!(authorize(Role::Observer, None, Wish::Input(kind)).is_err());
        }
    }

    #[test]
    fn an_observing_attachment_is_denied_what_reaches_its_program() {
        for (request, acts) in every_request() {
            let decided = authorize(Role::Operator, Some(Role::Observer), Wish::Request(&request));
            let grants = need(Wish::Request(&request)) == Need::Grant;
            assert_eq!(decided.is_err(), acts && !grants, "{request:?}");
            if let Err(error) = decided {
                assert_eq!(error.code, ErrorCode::PermissionDenied);
            }
        }
        for kind in InputKind::ALL {
            let wish = Wish::Input(kind);
            assert!(authorize(Role::Operator, Some(Role::Observer), wish).is_err());
            assert!(authorize(Role::Operator, Some(Role::Operator), wish).is_ok());
        }
    }

    #[test]
    fn an_admin_may_all_and_alone_what_changes_the_agent() {
        for (request, _) in every_request() {
            let decided = |role| authorize(role, None, Wish::Request(&request));
            assert!(decided(Role::Admin).is_ok(), "{request:?}");
            let changes_agent = matches!(
                request,
                Request::ReloadConfig | Request::Upgrade { .. } | Request::Shutdown
            );
            assert_eq!(decided(Role::Operator).is_err(), changes_agent, "{request:?}");
        }
        let observing = authorize(Role::Admin, Some(Role::Observer), Wish::Input(InputKind::Keys));
        assert!(observing.is_err());
    }
}
