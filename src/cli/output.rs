//! Standard output: results only, in colour only where that is wanted.

use std::io::{BufWriter, IsTerminal, Stdout, Write};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use super::error::CliError;
use crate::proto::Severity;
use crate::term::is_printable;

/// When output has colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum ColorWhen {
    /// On a terminal, unless NO_COLOR is set or TERM is dumb; CLICOLOR_FORCE forces it.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl ColorWhen {
    /// Decides for standard output as it is.
    #[must_use]
    pub fn decide(self) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => {
                let wanted =
                    std::io::stdout().is_terminal() && anstyle_query::term_supports_color();
                !anstyle_query::no_color() && (wanted || anstyle_query::clicolor_force())
            }
        }
    }
}

/// Buffered standard output. [`Output::flush`] must be called at the end, and wherever somebody waits.
#[derive(Debug)]
pub struct Output {
    stream: BufWriter<Stdout>,
    color: bool,
}

impl Output {
    /// Standard output, with or without colour.
    #[must_use]
    pub fn new(color: bool) -> Self {
        Self { stream: BufWriter::new(std::io::stdout()), color }
    }

    /// Writes a line.
    ///
    /// # Errors
    /// Standard output failed.
    pub fn line(&mut self, text: &str) -> Result<(), CliError> {
        writeln!(self.stream, "{text}").map_err(CliError::io("standard output"))
    }

    /// Writes a value as one line of JSON.
    ///
    /// # Errors
    /// Standard output failed.
    pub fn json_line(&mut self, value: &impl Serialize) -> Result<(), CliError> {
        let text = serde_json::to_string(value).map_err(|error| CliError::Other(error.into()))?;
        self.line(&text)
    }

    /// Writes a value as JSON with indentation.
    ///
    /// # Errors
    /// Standard output failed.
    pub fn json(&mut self, value: &impl Serialize) -> Result<(), CliError> {
        let text =
            serde_json::to_string_pretty(value).map_err(|error| CliError::Other(error.into()))?;
        self.line(&text)
    }

    /// Writes bytes as they are.
    ///
    /// # Errors
    /// Standard output failed.
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<(), CliError> {
        self.stream.write_all(bytes).map_err(CliError::io("standard output"))
    }

    /// Hands everything over.
    ///
    /// # Errors
    /// Standard output failed.
    pub fn flush(&mut self) -> Result<(), CliError> {
        self.stream.flush().map_err(CliError::io("standard output"))
    }

    /// `text` in `style`, or plain where there is no colour.
    #[must_use]
    pub fn paint(&self, style: Style, text: &str) -> String {
        if self.color && !style.is_plain() {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }
}

/// The style of a severity.
#[must_use]
pub const fn severity_style(severity: Severity) -> Style {
    match severity {
        Severity::Error => AnsiColor::Red.on_default().bold(),
        Severity::Warning => AnsiColor::Yellow.on_default(),
        Severity::Info => AnsiColor::Green.on_default(),
        Severity::Debug | Severity::Other => Style::new().dimmed(),
    }
}

/// `text` without anything that could act on the operator's terminal: control characters (C0, DEL
/// and C1, tabs excepted) and the characters that reorder or hide text become `U+FFFD`.
#[must_use]
pub fn harmless(text: &str) -> String {
    let stays = |c: char| c == '\t' || is_printable(c) || joins(c);
    text.chars().map(|c| if stays(c) { c } else { char::REPLACEMENT_CHARACTER }).collect()
}

/// Joiners and variation selectors: scripts and emoji need them, and a line of text that is not laid
/// out in cells can bear them.
const fn joins(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remote_text_cannot_act_on_the_terminal() {
        let hostile = "a\x1b]0;x\x07b\u{9b}2J\u{202e}c\td";
        assert_eq!(harmless(hostile), "a\u{fffd}]0;x\u{fffd}b\u{fffd}2J\u{fffd}c\td");
        assert_eq!(harmless("größe 日本 ✓ ❤\u{fe0f}"), "größe 日本 ✓ ❤\u{fe0f}");
        assert_eq!(harmless("a\u{e0041}b"), "a\u{fffd}b");
    }

    #[test]
    fn paint_is_plain_without_color() {
        let style = severity_style(Severity::Error);
        assert_eq!(Output::new(false).paint(style, "x"), "x");
        assert_eq!(Output::new(true).paint(style, "x"), "\x1b[1m\x1b[31mx\x1b[0m");
    }
}
