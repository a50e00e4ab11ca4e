//! `watchdeck wait`: waits until a session shows something.

use std::time::Duration;

use super::context::Context;
use super::error::CliError;
use super::output::{Output, harmless};
use super::target::Target;
use super::values::{SessionRef, begin, duration};
use crate::client::ClientError;
use crate::proto::{Begin, ErrorCode, Reply, Request, Role};

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// MACHINE/SESSION, SESSION or a session's id
    session: SessionRef,
    /// Regular expression (Rust `regex` syntax), matched against each line
    #[arg(short, long, value_name = "RE")]
    pattern: String,
    /// Give up after this long, with exit code 124
    #[arg(short, long, value_name = "DURATION", default_value = "30s", value_parser = duration)]
    timeout: Duration,
    /// Begin at: screen (what it shows, then what comes), now, start, or an offset in bytes
    #[arg(long, value_name = "PLACE", default_value = "screen", value_parser = begin)]
    from: Begin,
}

/// Prints the line that matched.
///
/// # Errors
/// It was not seen in time, the session ended before, is not found, or the agent refuses.
pub async fn run(args: &Args, context: &Context, out: &mut Output) -> Result<(), CliError> {
    let Target { peer, session } = Target::find(context, &args.session, Role::Observer).await?;
    let request = Request::Wait {
        session,
        pattern: args.pattern.clone(),
        from: args.from,
        timeout_ms: args.timeout.as_millis().try_into().unwrap_or(u64::MAX),
    };
    match peer.ask(request).await {
        Ok(Reply::Found(line)) => out.line(&harmless(&line.text)),
        Ok(other) => Err(peer.strange(&other)),
        Err(CliError::Machine { machine, source })
            if source.code() == Some(ErrorCode::Timeout)
                || matches!(source, ClientError::Deadline(_)) =>
        {
            let seen = format!("`{}` was not seen within {:?}", args.pattern, args.timeout);
            Err(CliError::Timeout(format!("{machine}/{}: {seen}", args.session.session)))
        }
        Err(error) => Err(error),
    }
}
