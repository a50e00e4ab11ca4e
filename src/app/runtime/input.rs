//! Events of the outer terminal as events of the dashboard.

use std::io;

use crossterm::event::{
    Event, EventStream, KeyCode as OuterCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton,
    MouseEvent as OuterMouse, MouseEventKind,
};

use futures_util::StreamExt;
use tokio::sync::mpsc;

use crate::app::event::AppEvent;
use crate::proto::{Key, KeyCode, Modifiers, Winsize};
use crate::term::mouse::{Button, MouseEvent, MouseKind};

/// Events that may wait; beyond them the terminal itself holds back what is typed.
const WAITING: usize = 256;

/// Events of the outer terminal, read by a task of their own.
///
/// crossterm's stream keeps the waker of the first poll that found nothing, so it must always be
/// polled by the same task; a channel may be asked in passing.
#[derive(Debug)]
pub struct Input {
    events: mpsc::Receiver<io::Result<AppEvent>>,
    reader: tokio::task::JoinHandle<()>,
}

impl Input {
    /// Begins to read.
    #[must_use]
    pub fn start() -> Self {
        let (sender, events) = mpsc::channel(WAITING);
        let reader = tokio::spawn(async move {
            let mut stream = EventStream::new();
            while let Some(event) = stream.next().await {
                let event = event.map(app_event).transpose();
                if let Some(event) = event
                    && sender.send(event).await.is_err()
                {
                    return;
                }
            }
        });
        Self { events, reader }
    }

    /// Waits for the next event; `None` once the terminal is gone.
    ///
    /// # Errors
    /// When the terminal cannot be read.
    pub async fn next(&mut self) -> io::Result<Option<AppEvent>> {
        self.events.recv().await.transpose()
    }

    /// The next event, if one waits.
    ///
    /// # Errors
    /// When the terminal cannot be read.
    pub fn try_next(&mut self) -> io::Result<Option<AppEvent>> {
        self.events.try_recv().ok().transpose()
    }
}

impl Drop for Input {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

/// What an event of the outer terminal means; `None` for releases and keys that have no name.
#[must_use]
fn app_event(event: Event) -> Option<AppEvent> {
    match event {
        Event::Key(key) if key.kind == KeyEventKind::Release => None,
        Event::Key(key) => self::key(key).map(AppEvent::Key),
        Event::Paste(text) => Some(AppEvent::Paste(text)),
        Event::Mouse(event) => mouse(event).map(AppEvent::Mouse),
        Event::FocusGained => Some(AppEvent::Focus(true)),
        Event::FocusLost => Some(AppEvent::Focus(false)),
        Event::Resize(cols, rows) => Some(AppEvent::Resize(Winsize { rows, cols })),
    }
}

fn key(event: KeyEvent) -> Option<Key> {
    let mods = modifiers(event.modifiers);
    let code = match event.code {
        OuterCode::Char(c) => KeyCode::Char(c),
        OuterCode::Enter => KeyCode::Enter,
        OuterCode::Tab => KeyCode::Tab,
        OuterCode::BackTab => {
            return Some(Key::new(KeyCode::Tab, mods.union(Modifiers::SHIFT)));
        }
        OuterCode::Backspace => KeyCode::Backspace,
        OuterCode::Esc => KeyCode::Escape,
        OuterCode::Up => KeyCode::Up,
        OuterCode::Down => KeyCode::Down,
        OuterCode::Left => KeyCode::Left,
        OuterCode::Right => KeyCode::Right,
        OuterCode::Home => KeyCode::Home,
        OuterCode::End => KeyCode::End,
        OuterCode::PageUp => KeyCode::PageUp,
        OuterCode::PageDown => KeyCode::PageDown,
        OuterCode::Insert => KeyCode::Insert,
        OuterCode::Delete => KeyCode::Delete,
        OuterCode::F(n) => KeyCode::F(n),
        OuterCode::Null => return Some(Key::new(KeyCode::Char(' '), mods.union(Modifiers::CTRL))),
        _ => return None,
    };
    Some(Key::new(code, mods))
}

const fn modifiers(held: KeyModifiers) -> Modifiers {
    Modifiers {
        shift: held.contains(KeyModifiers::SHIFT),
        alt: held.contains(KeyModifiers::ALT) || held.contains(KeyModifiers::META),
        ctrl: held.contains(KeyModifiers::CONTROL),
    }
}

fn mouse(event: OuterMouse) -> Option<MouseEvent> {
    let kind = match event.kind {
        MouseEventKind::Down(b) => MouseKind::Press(button(b)),
        MouseEventKind::Up(b) => MouseKind::Release(button(b)),
        MouseEventKind::Drag(b) => MouseKind::Motion(Some(button(b))),
        MouseEventKind::Moved => MouseKind::Motion(None),
        MouseEventKind::ScrollUp => MouseKind::WheelUp,
        MouseEventKind::ScrollDown => MouseKind::WheelDown,
        MouseEventKind::ScrollLeft => MouseKind::WheelLeft,
        MouseEventKind::ScrollRight => MouseKind::WheelRight,
    };
    let mods = modifiers(event.modifiers);
    Some(MouseEvent { kind, row: event.row, col: event.column, mods })
}

const fn button(button: MouseButton) -> Button {
    match button {
        MouseButton::Left => Button::Left,
        MouseButton::Middle => Button::Middle,
        MouseButton::Right => Button::Right,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_get_the_names_that_the_configuration_uses() {
        let (none, ctrl, shift) = (KeyModifiers::NONE, KeyModifiers::CONTROL, KeyModifiers::SHIFT);
        for (code, mods, name) in [
            (OuterCode::Char('a'), none, "a"),
            (OuterCode::Char('A'), shift, "A"),
            (OuterCode::Char('c'), ctrl, "C-c"),
            // crossterm's name for the byte 0x1f, which Ctrl-/ sends.
            (OuterCode::Char('7'), ctrl, "C-/"),
            (OuterCode::BackTab, shift, "S-Tab"),
            (OuterCode::Null, none, "C-Space"),
            (OuterCode::Left, KeyModifiers::ALT, "M-Left"),
        ] {
            let event = Event::Key(KeyEvent::new(code, mods));
            let Some(AppEvent::Key(key)) = app_event(event) else { panic!("{name}") };
            assert_eq!(key.to_string(), name);
        }
    }

    #[test]
    fn releases_are_no_keys() {
        let mut event = KeyEvent::new(OuterCode::Char('a'), KeyModifiers::NONE);
        event.kind = KeyEventKind::Release;
        assert_eq!(app_event(Event::Key(event)), None);
    }
}
