//! What control strings mean. The parser never sees one.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use super::params::number;
use super::scan::StringKind;
use super::string::{ControlString, Terminator};
use super::terminal::Terminal;
use crate::term::notice::{Notice, PromptMark};
use crate::term::{query, single_line};

/// Longest title in characters.
pub(super) const MAX_TITLE: usize = 256;
/// Longest working directory in characters.
const MAX_PATH: usize = 4096;
/// Longest notification in characters.
const MAX_NOTIFICATION: usize = 512;
/// Titles kept by `CSI 22 t`, as many as xterm keeps.
pub(super) const MAX_TITLE_STACK: usize = 10;

impl Terminal {
    /// Performs a control string that ended with `by`; one that outgrew its cap has no meaning.
    pub(super) fn string(&mut self, string: &ControlString, by: Terminator) {
        let Some(body) = string.body() else { return };
        match string.kind() {
            StringKind::Osc => self.operating_system_command(body, by),
            StringKind::Dcs => self.device_control_string(body),
            StringKind::WindowName => self.set_title(body),
            StringKind::Other => {}
        }
    }

    /// OSC (xterm ctlseqs "Operating System Commands"; the sources of others stand with them).
    fn operating_system_command(&mut self, body: &[u8], by: Terminator) {
        let (code, text) = split(body);
        match code {
            b"0" | b"2" => self.set_title(text),
            b"4" => self.answer_indexed_colours(text, by),
            b"7" => self.set_cwd(text),      // VTE, macOS Terminal
            b"9" => self.notify_iterm(text), // iTerm2
            b"10" | b"11" | b"12" => {
                self.answer_dynamic_colours(number(code).unwrap_or(10), text, by);
            }
            b"52" => self.set_clipboard(text),
            b"133" => self.mark_prompt(text),  // FinalTerm
            b"777" => self.notify_urxvt(text), // urxvt
            _ => {}
        }
    }

    /// DCS: only queries have an answer, all else is dropped.
    fn device_control_string(&mut self, body: &[u8]) {
        if let Some(names) = body.strip_prefix(b"+q") {
            for name in names.split(|&b| b == b';') {
                self.reply(query::capability(name, &self.options.term_name));
            }
        } else if let Some(setting) = body.strip_prefix(b"$q") {
            self.reply(query::setting(setting, self.vt()));
        }
    }

    fn set_title(&mut self, text: &[u8]) {
        let title = label(text, MAX_TITLE);
        if title != self.title {
            self.title.clone_from(&title);
            self.notices.push(Notice::Title(title));
        }
    }

    /// XTWINOPS 22.
    pub(super) fn push_title(&mut self) {
        if self.title_stack.len() == MAX_TITLE_STACK {
            self.title_stack.remove(0);
        }
        self.title_stack.push(self.title.clone());
    }

    /// XTWINOPS 23.
    pub(super) fn pop_title(&mut self) {
        if let Some(title) = self.title_stack.pop() {
            self.set_title(title.as_bytes());
        }
    }

    /// OSC 4: pairs of index and colour; only a `?` is answered, colours are not changed.
    fn answer_indexed_colours(&mut self, text: &[u8], by: Terminator) {
        let mut fields = text.split(|&b| b == b';');
        while let (Some(index), Some(colour)) = (fields.next(), fields.next()) {
            let index = number(index).and_then(|n| u8::try_from(n).ok());
            if let (Some(index), b"?") = (index, colour) {
                let rgb = self.options.palette.indexed(index);
                self.reply(query::indexed_colour(index, rgb, by));
            }
        }
    }

    /// OSC 10, 11, 12: one colour each from `code` on; only a `?` is answered, colours are not changed.
    fn answer_dynamic_colours(&mut self, code: u16, text: &[u8], by: Terminator) {
        for (code, colour) in (code..=12).zip(text.split(|&b| b == b';')) {
            if colour == b"?" {
                let rgb = match code {
                    10 => self.options.palette.foreground,
                    11 => self.options.palette.background,
                    _ => self.options.palette.cursor,
                };
                self.reply(query::dynamic_colour(code, rgb, by));
            }
        }
    }

    /// OSC 7: `file://host/path`, percent-encoded. The host is left out.
    fn set_cwd(&mut self, text: &[u8]) {
        let Some(place) = text.strip_prefix(b"file://") else { return };
        let Some(slash) = place.iter().position(|&b| b == b'/') else { return };
        let path = percent_decoded(place.get(slash..).unwrap_or_default());
        self.notices.push(Notice::Cwd(label(&path, MAX_PATH)));
    }

    /// OSC 52: text for the clipboard. Reading the clipboard (`?`) is never answered.
    fn set_clipboard(&mut self, text: &[u8]) {
        let (_, data) = split(text);
        let decoded = STANDARD.decode(data).or_else(|_| STANDARD_NO_PAD.decode(data));
        let text = decoded.ok().and_then(|bytes| String::from_utf8(bytes).ok());
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            self.notices.push(Notice::Clipboard(text));
        }
    }

    fn mark_prompt(&mut self, text: &[u8]) {
        let (mark, rest) = split(text);
        let mark = match mark {
            b"A" => PromptMark::PromptStart,
            b"B" => PromptMark::CommandStart,
            b"C" => PromptMark::OutputStart,
            b"D" => PromptMark::CommandEnd(exit_code(split(rest).0)),
            _ => return,
        };
        self.notices.push(Notice::Prompt(mark));
    }

    /// OSC 9. With `4;` it is ConEmu's progress bar instead of a message.
    fn notify_iterm(&mut self, text: &[u8]) {
        if split(text).0 != b"4" {
            self.notify(text);
        }
    }

    /// OSC 777: `notify;title;body`.
    fn notify_urxvt(&mut self, text: &[u8]) {
        let (b"notify", message) = split(text) else { return };
        match split(message) {
            (title, b"") => self.notify(title),
            (title, body) => self.notify(&[title, b": ", body].concat()),
        }
    }

    fn notify(&mut self, text: &[u8]) {
        let message = label(text, MAX_NOTIFICATION);
        if !message.is_empty() {
            self.notices.push(Notice::Notification(message));
        }
    }
}

/// What stands before and behind the first `;`.
fn split(text: &[u8]) -> (&[u8], &[u8]) {
    let at = text.iter().position(|&b| b == b';').unwrap_or(text.len());
    let (before, rest) = text.split_at(at);
    (before, rest.get(1..).unwrap_or_default())
}

fn exit_code(text: &[u8]) -> Option<i32> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

fn percent_decoded(text: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = if byte == b'%' { after.split_first_chunk::<2>() } else { None };
        match escaped.and_then(|(digits, after)| Some((query::hex_byte(*digits)?, after))) {
            Some((byte, after)) => {
                decoded.push(byte);
                rest = after;
            }
            None => {
                decoded.push(byte);
                rest = after;
            }
        }
    }
    decoded
}

/// Foreign bytes as a label of at most `max` characters: a title or a path could otherwise imitate what
/// it is not.
fn label(bytes: &[u8], max: usize) -> String {
    single_line(&String::from_utf8_lossy(bytes), max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_signs_are_decoded_where_they_encode() {
        assert_eq!(percent_decoded(b"/a%20b%c3%a9"), "/a bé".as_bytes());
        assert_eq!(percent_decoded(b"/100%/%zz%2"), b"/100%/%zz%2");
    }

    #[test]
    fn fields_are_split_at_the_first_semicolon() {
        assert_eq!(split(b"0;a;b"), (b"0".as_slice(), b"a;b".as_slice()));
        assert_eq!(split(b"0"), (b"0".as_slice(), b"".as_slice()));
        assert_eq!(exit_code(b"130"), Some(130));
        assert_eq!(exit_code(b""), None);
    }
}
