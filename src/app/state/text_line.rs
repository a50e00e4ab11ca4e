//! One line of typed text.

use std::fmt;

use tui_textarea::{CursorMove, Input, Key as InputKey, TextArea};

use crate::proto::{Key, KeyCode};

/// Longest text a person may type into the dashboard, in characters.
const MAX_CHARS: usize = 4096;

/// A single-line editor with readline's usual keys.
#[derive(Clone)]
pub struct TextLine(TextArea<'static>);

impl Default for TextLine {
    fn default() -> Self {
        Self::new("")
    }
}

impl fmt::Debug for TextLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TextLine").field(&self.text()).finish()
    }
}

impl TextLine {
    /// An editor that holds `text`, the cursor after it.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut area = TextArea::new(vec![one_line(text)]);
        area.set_max_histories(50);
        area.move_cursor(CursorMove::End);
        Self(area)
    }

    /// What was typed so far.
    #[must_use]
    pub fn text(&self) -> &str {
        self.0.lines().first().map_or("", String::as_str)
    }

    /// The editor, for drawing.
    #[must_use]
    pub const fn area(&self) -> &TextArea<'static> {
        &self.0
    }

    /// Edits; whether the text changed. Keys that mean nothing in one line do nothing.
    pub fn key(&mut self, key: Key) -> bool {
        let breaks_line =
            matches!(key.code, KeyCode::Char('m' | 'j')) && key.mods.ctrl && !key.mods.alt;
        let full = self.text().chars().count() >= MAX_CHARS
            && matches!(key.code, KeyCode::Char(_))
            && !key.mods.ctrl
            && !key.mods.alt;
        if key.code == KeyCode::Char('u') && key.mods.ctrl {
            // readline's unix-line-discard; the widget's own meaning is undo.
            return self.0.delete_line_by_head();
        }
        match input(key) {
            Some(input) if !breaks_line && !full => self.0.input(input),
            _ => false,
        }
    }

    /// Inserts pasted text: its control characters and line ends become spaces.
    pub fn paste(&mut self, text: &str) -> bool {
        let room = MAX_CHARS.saturating_sub(self.text().chars().count());
        let text: String = one_line(text).chars().take(room).collect();
        self.0.insert_str(text)
    }
}

fn one_line(text: &str) -> String {
    text.trim_end_matches(['\r', '\n'])
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

fn input(key: Key) -> Option<Input> {
    let code = match key.code {
        KeyCode::Char(c) | KeyCode::Keypad(c) => InputKey::Char(c),
        KeyCode::Backspace => InputKey::Backspace,
        KeyCode::Delete => InputKey::Delete,
        KeyCode::Left => InputKey::Left,
        KeyCode::Right => InputKey::Right,
        KeyCode::Home => InputKey::Home,
        KeyCode::End => InputKey::End,
        KeyCode::Enter
        | KeyCode::KeypadEnter
        | KeyCode::Tab
        | KeyCode::Escape
        | KeyCode::Up
        | KeyCode::Down
        | KeyCode::PageUp
        | KeyCode::PageDown
        | KeyCode::Insert
        | KeyCode::F(_) => return None,
    };
    let Key { mods, .. } = key;
    Some(Input { key: code, ctrl: mods.ctrl, alt: mods.alt, shift: mods.shift })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(start: &str, keys: &[&str]) -> String {
        let mut line = TextLine::new(start);
        for key in keys {
            line.key(key.parse().unwrap());
        }
        line.text().to_owned()
    }

    #[test]
    fn a_line_is_edited_with_the_usual_keys() {
        for (start, keys, expected) in [
            ("", &["a", "B", "Space", "c"][..], "aB c"),
            ("ab", &["Backspace", "x"], "ax"),
            ("ab", &["Home", "x"], "xab"),
            ("ab", &["Left", "Delete", "é"], "aé"),
            ("one two", &["C-w"], "one "),
            ("one", &["C-a", "C-k"], ""),
            ("one", &["Left", "C-u"], "e"),
        ] {
            assert_eq!(typed(start, keys), expected, "{keys:?}");
        }
    }

    #[test]
    fn a_line_stays_one_line() {
        assert_eq!(typed("a", &["Enter", "C-m", "C-j", "Tab", "b"]), "ab");
        let mut line = TextLine::new("x");
        line.paste("one\ntwo\x1b[31m\r\n");
        assert_eq!(line.text(), "xone two [31m");
        line.paste(&"y".repeat(10_000));
        assert_eq!(line.text().chars().count(), MAX_CHARS);
    }
}
