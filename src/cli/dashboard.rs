//! No verb: the dashboard.

use super::context::Context;
use super::error::CliError;

/// Opens the dashboard; the local agent is started first if it does not run.
///
/// # Errors
/// The agent cannot be started, or there is no terminal.
pub async fn run(context: &Context) -> Result<(), CliError> {
    let _ = context;
    Ok(())
}
