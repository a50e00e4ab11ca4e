//! What the operator configured, as far as the dashboard's logic needs it.

use std::collections::BTreeMap;

use crate::proto::{Key, KeyCode, Modifiers, Role};

use super::Sort;

/// Settings that do not change while the dashboard runs.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The one key that a typing pane keeps for the dashboard.
    pub leader: Key,
    /// Updates and frames a second, 1 to 60.
    pub fps: u8,
    /// The same while the outer terminal has not the focus.
    pub unfocused_fps: u8,
    /// Ask for mouse events at the start.
    pub mouse: bool,
    /// Panes on the board that fill it by themselves, 1 to 12.
    pub max_panes: usize,
    /// Ask before a paste of which a program would run each line.
    pub paste_confirm: bool,
    /// First order of the list.
    pub sort: Sort,
    /// Show the list at the start.
    pub sidebar: bool,
    /// Columns of the list, 20 to 60.
    pub sidebar_width: u16,
    /// Show the newest Alerts where there is room.
    pub alerts: bool,
    /// Role of an attachment that nobody asked another one for.
    pub role: Role,
    /// Keys that replace a command's default ones, by the command's name.
    pub keys: BTreeMap<String, Vec<Key>>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            leader: Key::new(KeyCode::Char('/'), Modifiers::CTRL),
            fps: 30,
            unfocused_fps: 10,
            mouse: true,
            max_panes: 12,
            paste_confirm: true,
            sort: Sort::Name,
            sidebar: true,
            sidebar_width: 32,
            alerts: true,
            role: Role::Observer,
            keys: BTreeMap::new(),
        }
    }
}
