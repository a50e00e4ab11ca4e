//! `docs/keys.md`, written from the command table.

use std::fmt::Write as _;

use super::command::{COMMANDS, Command, Scope};

/// The documentation of all commands and their default keys, as Markdown.
#[must_use]
pub fn keys_markdown() -> String {
    let mut out = String::from(
        "# Keys\n\n\
         Written by `watchdeck keys-doc` from the command table; a test keeps it true.\n\n\
         Key names: `C-x` is Ctrl-x, `M-x` is Alt-x, `S-Tab` is Shift-Tab. While you type into a\n\
         program (TYPE), every key goes to it except the leader. Any command's keys can be changed\n\
         in the `[keys]` section of the configuration, by the name in the first column:\n\
         `zoom = [\"z\", \"F2\"]`. In the text of inputs, readline's keys work (`C-a`, `C-e`, `C-w` …).\n",
    );
    for scope in Scope::ALL {
        let _ = write!(
            out,
            "\n## {}\n\n| command | keys | what it does |\n|---|---|---|\n",
            scope.title()
        );
        for command in COMMANDS.iter().filter(|command| command.scope == scope) {
            let _ = writeln!(out, "| {} | {} | {} |", command.name, keys(command), command.doc);
        }
    }
    out
}

fn keys(command: &Command) -> String {
    let quoted = command.keys.iter().map(|key| match *key {
        "leader" => "the leader".to_owned(),
        key => format!("`{key}`"),
    });
    quoted.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_is_what_the_table_says() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/keys.md");
        if std::env::var_os("WATCHDECK_UPDATE_DOCS").is_some() {
            std::fs::write(path, keys_markdown()).unwrap();
        }
        let written = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            written == keys_markdown(),
            "docs/keys.md is out of date; run this test with WATCHDECK_UPDATE_DOCS=1"
        );
    }
}
