//! Terminal modes that the dashboard's key, paste and mouse encoding must honour.

use serde::{Deserialize, Serialize};

/// Which mouse events a program asked for (xterm ctlseqs, "Mouse Tracking").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MouseTracking {
    /// None.
    #[default]
    Off,
    /// Presses only (`?9`, X10).
    Press,
    /// Presses and releases (`?1000`).
    PressRelease,
    /// Also motion while a button is down (`?1002`).
    ButtonMotion,
    /// All motion (`?1003`).
    AnyMotion,
}

/// How mouse coordinates are written (xterm ctlseqs, "Extended coordinates").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MouseEncoding {
    /// One byte each, up to column and row 223.
    #[default]
    Default,
    /// UTF-8 (`?1005`).
    Utf8,
    /// SGR (`?1006`).
    Sgr,
}

/// The shape a program gave the cursor (DECSCUSR, `CSI Ps SP q`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CursorShape {
    /// The terminal's own.
    #[default]
    Default,
    /// Block.
    Block,
    /// Underline.
    Underline,
    /// Vertical bar.
    Bar,
}

/// Every mode of a Screen that somebody outside the emulator needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Modes {
    /// The alternate screen is shown (`?47`, `?1047`, `?1049`).
    pub alternate: bool,
    /// Cursor keys send SS3 (DECCKM, `?1`).
    pub application_cursor: bool,
    /// The keypad sends application sequences (DECKPAM, `ESC =`).
    pub application_keypad: bool,
    /// Pastes are bracketed (`?2004`).
    pub bracketed_paste: bool,
    /// Focus changes are reported (`?1004`).
    pub focus_events: bool,
    /// Which mouse events are reported.
    pub mouse: MouseTracking,
    /// How mouse events are written.
    pub mouse_encoding: MouseEncoding,
    /// The cursor is hidden (DECTCEM reset, `?25l`).
    pub cursor_hidden: bool,
    /// The cursor's shape.
    pub cursor_shape: CursorShape,
}
