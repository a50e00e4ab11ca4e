//! What the dashboard finds around it: the terminal's abilities, a system log.

use std::ffi::OsString;
use std::fs::File;
use std::path::Path;

use crate::app::state::Offers;
use crate::config::{Ascii, Theme as ThemeChoice};
use crate::widgets::{ColorDepth, Glyphs, Ground, Look, Scheme, Theme};

/// Plain files that systems keep their log in, the usual ones first.
const LOG_FILES: [&str; 2] = ["/var/log/syslog", "/var/log/messages"];

/// Colours and glyphs for the operator's terminal. `variable` looks up the environment.
#[must_use]
pub fn look(theme: ThemeChoice, ascii: Ascii, variable: impl Fn(&str) -> Option<OsString>) -> Look {
    let text = |name: &str| variable(name).and_then(|value| value.into_string().ok());
    let (scheme, ground) = match theme {
        ThemeChoice::Terminal => (scheme_of(text("COLORFGBG").as_deref()), Ground::Terminal),
        ThemeChoice::Dark => (Scheme::Dark, Ground::Painted),
        ThemeChoice::Light => (Scheme::Light, Ground::Painted),
    };
    let utf8 = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .filter_map(text)
        .find(|value| !value.is_empty())
        .is_none_or(|locale| locale.to_ascii_lowercase().replace('-', "").contains("utf8"));
    let plain = ascii == Ascii::Always || (ascii == Ascii::Auto && !utf8);
    Look {
        theme: Theme::new(scheme, ground, depth(&text)),
        glyphs: if plain { &Glyphs::ASCII } else { &Glyphs::UNICODE },
    }
}

/// `NO_COLOR` (<https://no-color.org>) beats `COLORTERM`, which beats the name of the terminal.
fn depth(text: &impl Fn(&str) -> Option<String>) -> ColorDepth {
    let term = text("TERM").unwrap_or_default();
    let rich = matches!(text("COLORTERM").as_deref(), Some("truecolor" | "24bit"));
    if text("NO_COLOR").is_some_and(|value| !value.is_empty()) || term == "dumb" {
        ColorDepth::None
    } else if rich || term.ends_with("-direct") {
        ColorDepth::TrueColor
    } else if term.contains("256color") {
        ColorDepth::Indexed256
    } else {
        ColorDepth::Ansi16
    }
}

/// rxvt, Konsole and others tell their background as the last number: 7 and 9 to 15 are light.
fn scheme_of(colorfgbg: Option<&str>) -> Scheme {
    let ground = colorfgbg.and_then(|value| value.rsplit(';').next()?.parse::<u8>().ok());
    match ground {
        Some(7 | 9..=15) => Scheme::Light,
        _ => Scheme::Dark,
    }
}

/// What can be started on this machine with one key.
#[must_use]
pub fn offers() -> Offers {
    Offers { system_log: system_log() }
}

/// The journal where systemd runs, else a log file that may be read.
fn system_log() -> Option<Vec<String>> {
    let words = |words: &[&str]| Some(words.iter().map(|word| (*word).to_owned()).collect());
    let journal = Path::new("/run/systemd/journal/socket").exists();
    let journalctl = ["/usr/bin/journalctl", "/bin/journalctl"];
    if journal && journalctl.iter().any(|path| Path::new(path).exists()) {
        return words(&["journalctl", "--follow", "--lines=200"]);
    }
    let readable = LOG_FILES.into_iter().find(|path| File::open(path).is_ok())?;
    words(&["tail", "-n", "200", "-F", readable])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depth_of(variables: &[(&str, &str)]) -> ColorDepth {
        look(ThemeChoice::Terminal, Ascii::Never, |name| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into())
        })
        .theme
        .depth()
    }

    #[test]
    fn the_terminal_tells_its_colours() {
        for (variables, depth) in [
            (&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")][..], ColorDepth::TrueColor),
            (&[("TERM", "screen-256color")], ColorDepth::Indexed256),
            (&[("TERM", "linux")], ColorDepth::Ansi16),
            (&[("TERM", "xterm-256color"), ("NO_COLOR", "1")], ColorDepth::None),
            (&[("TERM", "xterm-256color"), ("NO_COLOR", "")], ColorDepth::Indexed256),
            (&[("TERM", "dumb")], ColorDepth::None),
        ] {
            assert_eq!(depth_of(variables), depth, "{variables:?}");
        }
    }

    #[test]
    fn glyphs_follow_the_locale() {
        let glyphs = |lang: &str| {
            let lang = lang.to_owned();
            let variable = move |name: &str| (name == "LANG").then(|| lang.clone().into());
            look(ThemeChoice::Dark, Ascii::Auto, variable).glyphs
        };
        assert_eq!(glyphs("en_GB.UTF-8"), &Glyphs::UNICODE);
        assert_eq!(glyphs("C"), &Glyphs::ASCII);
    }
}
