//! `watchdeck send`: types text into a session.

use std::io::Read;

use super::context::Context;
use super::error::CliError;
use super::target::Target;
use super::values::SessionRef;
use crate::proto::{Request, Role};

/// Longest text in bytes, so that it fits into one message and is applied whole or not at all.
const TEXT_MAX: usize = 1 << 20;

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// MACHINE/SESSION, SESSION or a session's id
    session: SessionRef,
    /// Press Enter after it
    #[arg(long)]
    enter: bool,
    /// Send it as a paste: filtered, and in brackets where the program asked for them
    #[arg(long)]
    paste: bool,
    /// The text, its words joined by blanks; `-` alone reads standard input
    #[arg(required_unless_present = "enter", value_name = "TEXT")]
    text: Vec<String>,
}

/// Types the text.
///
/// # Errors
/// The session is not found, or the agent refuses.
pub async fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let text = match args.text.as_slice() {
        [dash] if dash == "-" => standard_input()?,
        words => words.join(" "),
    };
    if text.len() > TEXT_MAX {
        return Err(CliError::Usage(format!(
            "more than {TEXT_MAX} bytes of text; send less at a time"
        )));
    }
    let Target { peer, session } = Target::find(context, &args.session, Role::Operator).await?;
    peer.order(Request::SendText { session, text, enter: args.enter, paste: args.paste }).await
}

/// Reads no more than it takes to know that it is too much.
fn standard_input() -> Result<String, CliError> {
    let mut text = String::new();
    let mut input = std::io::stdin().lock().take(TEXT_MAX as u64 + 1);
    input.read_to_string(&mut text).map_err(CliError::io("standard input"))?;
    Ok(text)
}
