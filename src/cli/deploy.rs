//! `watchdeck deploy`: copies this program to another machine.

use std::fs::File;
use std::io::{IsTerminal, Read, Seek, SeekFrom};
use std::path::Path;
use std::process::{Command, Output as ProcessOutput, Stdio};

use sha2::{Digest, Sha256};

use super::error::CliError;
use super::hosts::is_yes;
use super::output::harmless;
use crate::config::{Address, SshHost};
use crate::net::{Purpose, ssh_arguments, token_variables};
use crate::widgets::format;

/// Runs there. Its arguments: directory, SHA-256, system, hardware. Everything happens beside the
/// target, and the last step is a rename: whatever fails before leaves what was there.
const SCRIPT: &str = "set -eu; umask 077; say() { echo \"watchdeck-deploy: $*\"; }; \
    [ \"$(uname -sm)\" = \"$3 $4\" ] || { say platform \"$(uname -sm)\"; exit 3; }; \
    case \"$1\" in \"~/\"*) dir=\"$HOME/${1#??}\" ;; *) dir=\"$1\" ;; esac; \
    mkdir -p \"$dir\"; new=$(mktemp \"$dir/.watchdeck.XXXXXX\"); \
    clean() { rm -f \"$new\"; }; trap clean EXIT; cat > \"$new\"; \
    if command -v sha256sum >/dev/null 2>&1; then sum=$(sha256sum < \"$new\"); \
    else sum=$(shasum -a 256 < \"$new\"); fi; \
    [ \"${sum%% *}\" = \"$2\" ] || { say broken; exit 3; }; chmod 755 \"$new\"; \
    version=$(\"$new\" --version 2>&1) || { say unfit \"$version\"; exit 3; }; \
    old=$(\"$dir/watchdeck\" --version 2>/dev/null || echo nothing); \
    mv -f \"$new\" \"$dir/watchdeck\"; say done \"$dir/watchdeck:\" \"$version; before: $old\"";
/// What the script's lines begin with.
const MARK: &str = "watchdeck-deploy: ";

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where to, as an ssh address.
    #[arg(value_name = "ADDRESS", value_parser = ssh_host, help = "Where to: ssh://[USER@]HOST[:PORT]")]
    host: SshHost,
    /// The directory there: absolute, or beneath ~/
    #[arg(long, value_name = "DIR", default_value = "~/.local/bin", value_parser = directory)]
    to: String,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

fn ssh_host(text: &str) -> Result<SshHost, String> {
    match text.parse().map_err(|error: crate::config::AddressError| error.to_string())? {
        Address::Ssh(host) => Ok(host),
        other => Err(format!("{other} is not reached by ssh; write ssh://[USER@]HOST[:PORT]")),
    }
}

/// A directory that no shell reads anything else into.
fn directory(text: &str) -> Result<String, String> {
    let path = text.strip_prefix('~').unwrap_or(text);
    let plain = path.bytes().all(|b| b.is_ascii_alphanumeric() || b"/._-".contains(&b));
    match plain && path.starts_with('/') {
        true => Ok(text.to_owned()),
        false => {
            Err("write an absolute path of letters, digits and / . _ -, or one that begins with ~/"
                .to_owned())
        }
    }
}

/// Copies, verifies and says what was done.
///
/// # Errors
/// Nobody agreed, the machine cannot be reached, or the copy cannot run there.
pub fn run(args: &Args) -> Result<(), CliError> {
    let path = std::env::current_exe().map_err(CliError::io("this program's own path"))?;
    let (binary, sum, size) = read(&path).map_err(CliError::io(path.display().to_string()))?;
    agree(args, &path, size)?;
    let uname = rustix::system::uname();
    let platform =
        [uname.sysname(), uname.machine()].map(|name| name.to_string_lossy().into_owned());
    let [system, hardware] = &platform;
    let command =
        format!("exec sh -c '{SCRIPT}' watchdeck-deploy {} {sum} {system} {hardware}", args.to);
    let output = ssh(&args.host, &command, binary)?;
    told(args, &output, &platform.join(" "))
}

/// The open file, its SHA-256 in hexadecimal, and its length in bytes.
fn read(path: &Path) -> std::io::Result<(File, String, u64)> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut chunk = vec![0; 64 << 10];
    let mut size = 0;
    loop {
        let read = file.read(&mut chunk)?;
        if read == 0 {
            break;
        }
        hasher.update(chunk.get(..read).unwrap_or_default());
        size += read as u64;
    }
    file.seek(SeekFrom::Start(0))?;
    let sum = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok((file, sum, size))
}

fn agree(args: &Args, path: &Path, size: u64) -> Result<(), CliError> {
    if args.yes {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() {
        let sentence = "nobody is here to be asked; `--yes` copies without asking";
        return Err(CliError::Usage(sentence.to_owned()));
    }
    let (machine, to) = (&args.host, &args.to);
    let size = format::bytes(size);
    eprint!("Copy {} ({size}) to ssh://{machine} as {to}/watchdeck? [y/N] ", path.display());
    match is_yes()? {
        true => Ok(()),
        false => Err(CliError::Failed("nothing was copied".to_owned())),
    }
}

/// Somebody is here, so ssh may ask for a password; on the terminal, since its input is the program.
fn ssh(host: &SshHost, command: &str, input: File) -> Result<ProcessOutput, CliError> {
    let mut ssh = Command::new("ssh");
    for name in token_variables() {
        ssh.env_remove(name);
    }
    let purpose = match std::io::stdin().is_terminal() {
        true => Purpose::Attended(command),
        false => Purpose::Background(command),
    };
    ssh.args(ssh_arguments(host, purpose)).stdin(Stdio::from(input));
    ssh.output().map_err(CliError::io("ssh"))
}

fn told(args: &Args, output: &ProcessOutput, platform: &str) -> Result<(), CliError> {
    let machine = &args.host;
    let text = String::from_utf8_lossy(&output.stdout);
    // Whatever else a login prints is no word of ours.
    let said = text.lines().rev().find_map(|line| line.strip_prefix(MARK)).unwrap_or_default();
    let said = harmless(said);
    let (word, rest) = said.split_once(' ').unwrap_or((&said, ""));
    let sentence = match word {
        "done" if output.status.success() => {
            eprintln!("watchdeck: ssh://{machine} has {rest}");
            return Ok(());
        }
        "platform" => {
            format!("ssh://{machine} is {rest}, this program is for {platform}; build it there")
        }
        "broken" => format!("the copy on ssh://{machine} differs; nothing was changed there"),
        "unfit" => format!(
            "this program does not run on ssh://{machine}; nothing was changed there: {rest}"
        ),
        _ => {
            let said = String::from_utf8_lossy(&output.stderr);
            let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
            format!("nothing was copied to ssh://{machine}: {}", harmless(last))
        }
    };
    Err(CliError::Failed(sentence))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ssh_machines_and_plain_directories() {
        assert!(ssh_host("ssh://deploy@web-1").is_ok());
        for wrong in ["web-1", "wss://web-1:1", "local", "ssh://-oProxyCommand=x"] {
            assert!(ssh_host(wrong).is_err(), "{wrong}");
        }
        for good in ["~/.local/bin", "/usr/local/bin", "/opt/a_b-c.d"] {
            assert_eq!(directory(good).as_deref(), Ok(good));
        }
        for wrong in ["", "bin", "~", "~root/bin", "/a b", "/$(id)", "/a;b", "/'", "~/\n"] {
            assert!(directory(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn the_script_fits_into_single_quotes_on_one_line() {
        assert!(!SCRIPT.contains(['\'', '\n', '!']));
    }
}
