//! `watchdeck hosts`: proposes machines from ~/.ssh/config, and says which certificates are trusted.

mod ssh_config;

use std::io::{BufRead, IsTerminal};
use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::context::Context;
use super::error::CliError;
use super::output::Output;
use super::way;
use crate::config::{self, HostPort};
use crate::net::{Address, Fingerprint, KnownAgents, see_certificate};
use crate::proto::validate_name;

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Print a machines entry for each host of ~/.ssh/config that has none yet
    Import {
        /// Append them to your configuration instead
        #[arg(long)]
        write: bool,
        /// Read this file instead of ~/.ssh/config
        #[arg(long, value_name = "FILE")]
        from: Option<PathBuf>,
    },
    /// Trust the certificate of an agent behind wss:// from now on
    Trust {
        /// The machine's name, or wss://HOST:PORT
        #[arg(value_name = "MACHINE")]
        agent: String,
        /// What `watchdeck agent --status` prints there; looked at and asked for when absent
        fingerprint: Option<Fingerprint>,
    },
    /// Forget the certificate that was trusted for an agent
    Forget {
        /// The machine's name, or wss://HOST:PORT
        #[arg(value_name = "MACHINE")]
        agent: String,
    },
}

/// Runs the action.
///
/// # Errors
/// A file cannot be read or changed, there is no such machine, or it cannot be reached.
pub async fn run(args: &Args, context: &Context, out: &mut Output) -> Result<(), CliError> {
    match &args.action {
        Action::Import { write, from } => import(context, *write, from.as_deref(), out),
        Action::Trust { agent, fingerprint } => trust(context, agent, *fingerprint).await,
        Action::Forget { agent } => forget(context, agent),
    }
}

fn import(
    context: &Context,
    write: bool,
    from: Option<&Path>,
    out: &mut Output,
) -> Result<(), CliError> {
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let file = from.map_or_else(|| home.join(".ssh/config"), Path::to_owned);
    let hosts = ssh_config::hosts(&file, &home.join(".ssh"))
        .map_err(CliError::io(file.display().to_string()))?;
    let new: Vec<String> = hosts.iter().filter_map(|host| entry(context.config(), host)).collect();
    if new.is_empty() {
        eprintln!("watchdeck: {} names no host that is not configured yet", file.display());
        return Ok(());
    }
    let text = new.concat();
    if !write {
        return out.bytes(text.as_bytes());
    }
    let target = context.explicit.as_ref().or(context.paths.user_config.as_ref());
    let target = target.ok_or_else(|| {
        CliError::Failed("there is no configuration file to write to; set HOME".to_owned())
    })?;
    append(target, &text)?;
    eprintln!("watchdeck: {} machines were added to {}", new.len(), target.display());
    Ok(())
}

/// The table for a host, unless it is configured already or its name can be no machine's.
fn entry(config: &config::Config, host: &str) -> Option<String> {
    let address: config::Address = format!("ssh://{host}").parse().ok()?;
    validate_name(host).ok()?;
    let known = |machine: &config::Machine| machine.name == host || machine.address == address;
    let new = !config.machines.iter().any(known);
    // Neither can hold what TOML would have to escape.
    new.then(|| format!("\n[[machines]]\nname = \"{host}\"\naddress = \"{address}\"\n"))
}

/// Behind what stands there, whole or not at all.
fn append(path: &Path, text: &str) -> Result<(), CliError> {
    let failed = || CliError::io(path.display().to_string());
    let before = match std::fs::read_to_string(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        read => read.map_err(failed())?,
    };
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir).map_err(failed())?;
    }
    let gap = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
    let fresh = path.with_extension("toml.new");
    let written = std::fs::write(&fresh, format!("{before}{gap}{text}"));
    let kept = std::fs::metadata(path).map(|meta| meta.permissions());
    let written = written.and_then(|()| match kept {
        Ok(mode) => std::fs::set_permissions(&fresh, mode),
        Err(_) => Ok(()),
    });
    // A configuration that is a link stays one: what it points at is replaced.
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    written.and_then(|()| std::fs::rename(&fresh, target)).map_err(failed())
}

/// What is meant by a machine's name or an address.
fn agent(context: &Context, text: &str) -> Result<HostPort, CliError> {
    let address = match text.contains("://") {
        true => text
            .parse()
            .map_err(|error: config::AddressError| CliError::Usage(error.to_string()))?,
        false => context.machines.named(text)?.address.clone(),
    };
    match address {
        Address::Wss(at) => Ok(at),
        other => Err(CliError::Usage(format!(
            "{text} is reached by {other}; only agents behind wss:// have a certificate to trust"
        ))),
    }
}

fn known(context: &Context) -> KnownAgents {
    KnownAgents::new(&way::known_agents(&context.paths))
}

async fn trust(
    context: &Context,
    machine: &str,
    fingerprint: Option<Fingerprint>,
) -> Result<(), CliError> {
    let at = agent(context, machine)?;
    let fingerprint = match fingerprint {
        Some(fingerprint) => fingerprint,
        None => ask(&at).await?,
    };
    let known = known(context);
    known.add(&at, fingerprint).map_err(|error| CliError::Failed(error.to_string()))?;
    eprintln!(
        "watchdeck: wss://{at} is trusted with {fingerprint}, noted in {}",
        known.path().display()
    );
    Ok(())
}

/// Shows what the agent shows; only a person can say whether it is right.
async fn ask(at: &HostPort) -> Result<Fingerprint, CliError> {
    let seen = see_certificate(at)
        .await
        .map_err(|source| CliError::Machine { machine: at.to_string(), source: source.into() })?;
    if !std::io::stdin().is_terminal() {
        let sentence = format!(
            "wss://{at} shows {seen}; nobody is here to say whether that is right, so give it as an argument"
        );
        return Err(CliError::Failed(sentence));
    }
    eprintln!("wss://{at} shows {seen}");
    eprint!("Does `watchdeck agent --status` on that machine print the same? [y/N] ");
    match is_yes()? {
        true => Ok(seen),
        false => Err(CliError::Failed(format!("wss://{at} is not trusted"))),
    }
}

/// Reads an answer from standard input; anything but yes is no.
///
/// # Errors
/// Standard input failed.
pub fn is_yes() -> Result<bool, CliError> {
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    read.map_err(CliError::io("standard input"))?;
    Ok(matches!(line.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}

fn forget(context: &Context, machine: &str) -> Result<(), CliError> {
    let at = agent(context, machine)?;
    let known = known(context);
    match known.remove(&at).map_err(|error| CliError::Failed(error.to_string()))? {
        true => {
            eprintln!("watchdeck: the certificate of wss://{at} is forgotten");
            Ok(())
        }
        false => {
            let sentence = format!("{} has no certificate for wss://{at}", known.path().display());
            Err(CliError::NotFound(sentence))
        }
    }
}
