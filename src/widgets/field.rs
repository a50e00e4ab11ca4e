//! One line of a text area.
