//! What ssh is called with.

use crate::config::SshHost;

/// Given always. None of these weakens how host keys are checked: that is the user's configuration.
const ALWAYS: [&str; 10] = [
    // No terminal, no forwarding of agents and displays: only two streams are wanted.
    "-T",
    "-a",
    "-x",
    // Forwardings of the user's configuration belong to the user's own sessions.
    "-oClearAllForwardings=yes",
    // A connection of ours that ends must not take down those that ride on it.
    "-oControlMaster=no",
    // A command in the user's configuration would take the place of ours.
    "-oRemoteCommand=none",
    // Errors are told apart by what ssh says, so it must say them, and banners are noise.
    "-oLogLevel=ERROR",
    "-oConnectTimeout=10",
    // A peer that vanished is noticed within 15 s.
    "-oServerAliveInterval=5",
    "-oServerAliveCountMax=3",
];
/// Work in the background never asks anything; what needs an answer fails at once instead.
const NEVER_ASK: &str = "-oBatchMode=yes";

/// Runs `watchdeck proxy` wherever a user's programs usually lie, whatever the login shell is: it
/// only has to know `exec` and single quotes.
const PROXY: &str = "exec sh -c 'PATH=\"$PATH:$HOME/.local/bin:$HOME/.cargo/bin:/usr/local/bin\"; \
    export PATH; command -v watchdeck >/dev/null 2>&1 || \
    { echo \"watchdeck-proxy: not found\" >&2; exit 127; }; exec watchdeck proxy'";

/// What ssh is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose<'a> {
    /// `watchdeck proxy`, in the background.
    Proxy,
    /// Another command, in the background.
    Background(&'a str),
    /// A command while somebody is there to be asked for a password.
    Attended(&'a str),
}

/// The arguments of ssh. The host comes after `--`, so that nothing in it is taken for an option.
#[must_use]
pub fn ssh_arguments(host: &SshHost, purpose: Purpose<'_>) -> Vec<String> {
    let mut arguments: Vec<String> = ALWAYS.map(str::to_owned).to_vec();
    if !matches!(purpose, Purpose::Attended(_)) {
        arguments.push(NEVER_ASK.to_owned());
    }
    arguments.extend(user_and_port(host));
    let command = match purpose {
        Purpose::Proxy => PROXY,
        Purpose::Background(command) | Purpose::Attended(command) => command,
    };
    arguments.extend(["--".to_owned(), host.host().to_owned(), command.to_owned()]);
    arguments
}

fn user_and_port(host: &SshHost) -> Vec<String> {
    let user = host.user().map(|user| ["-l".to_owned(), user.to_owned()]);
    let port = host.port().map(|port| ["-p".to_owned(), port.to_string()]);
    user.into_iter().chain(port).flatten().collect()
}

/// What a person types to log in there and see what ssh asks or says.
#[must_use]
pub fn ssh_command_line(host: &SshHost) -> String {
    let mut words = vec!["ssh".to_owned()];
    words.extend(user_and_port(host));
    words.push(host.host().to_owned());
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(text: &str) -> SshHost {
        text.parse().unwrap()
    }

    #[test]
    fn the_host_comes_last_and_behind_the_dashes() {
        let arguments = ssh_arguments(&host("deploy@web-1:2222"), Purpose::Proxy);
        let (options, rest) = arguments.split_at(arguments.len() - 7);
        assert_eq!(rest, ["-l", "deploy", "-p", "2222", "--", "web-1", PROXY]);
        assert!(options.contains(&NEVER_ASK.to_owned()));
        let all = arguments.join(" ");
        for weaker in ["StrictHostKeyChecking", "KnownHostsFile", "CheckHostIP", "NoHostAuth"] {
            assert!(!all.contains(weaker), "{all}");
        }
    }

    #[test]
    fn only_somebody_who_is_there_is_asked() {
        let attended = ssh_arguments(&host("web-1"), Purpose::Attended("true"));
        assert!(!attended.iter().any(|argument| argument.contains("BatchMode")));
        assert_eq!(attended[attended.len() - 3..], ["--", "web-1", "true"]);
        assert_eq!(ssh_command_line(&host("a@[::1]:22")), "ssh -l a -p 22 ::1");
    }
}
