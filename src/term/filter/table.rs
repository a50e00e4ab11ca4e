//! What becomes of each sequence: one row each, with its source.
//!
//! Sources: ECMA-48; "xterm" is Xterm Control Sequences (ctlseqs); "DEC" is the VT510 reference manual. What has no
//! row is dropped: the parser only ever sees what is listed here.

use super::modes;
use super::scan::Csi;
use super::sgr;
use super::terminal::Terminal;

/// Performs a control sequence.
type Control = fn(&mut Terminal, &Csi<'_>);

/// Performs an escape sequence, given its intermediate (0 for none) and final byte.
type Escape = fn(&mut Terminal, u8, u8);

/// What becomes of a control sequence.
pub(super) enum Route {
    /// It passes, and changes nothing but the pen, the cursor's column and the cursor's row of cells.
    RowLocal,
    /// It passes.
    Pass,
    /// It is performed here.
    Do(Control),
    /// It has no effect.
    Drop,
}

/// The row of a control sequence.
#[rustfmt::skip]
pub(super) fn control(csi: &Csi<'_>) -> Route {
    use Route::{Do, Drop, Pass, RowLocal};
    match (csi.prefix, csi.intermediate, csi.last) {
        (0, 0, b'm') if sgr::passes(csi.params) => RowLocal,
        (0, 0, b'm') => Do(Terminal::select_graphic_rendition), // forms the parser misreads: sgr.rs
        (0, 0, b'C' | b'D' | b'G' | b'`') => RowLocal, // CUF, CUB, CHA, HPA
        (0, 0, b'K' | b'X' | b'P' | b'@') => RowLocal, // EL, ECH, DCH, ICH
        (0, 0, b'A' | b'B' | b'E' | b'F' | b'H' | b'f') => Pass, // CUU, CUD, CNL, CPL, CUP, HVP
        (0, 0, b'J' | b'L' | b'M' | b'S') => Pass, // ED, IL, DL, SU
        (0, 0, b'T') => Do(Terminal::scroll_down), // SD; with five parameters xterm's mouse highlighting
        (0, 0, b'I') => Do(Terminal::forward_tabs), // CHT, ECMA-48 8.3.10
        (0, 0, b'Z') => Do(Terminal::backward_tabs), // CBT, ECMA-48 8.3.7
        (0, 0, b'g') => Do(Terminal::clear_tab_stop), // TBC, ECMA-48 8.3.154
        (b'?', 0, b'W') => Do(Terminal::reset_tab_stops), // DECST8C, DEC
        (0, 0, b'a') => Do(Terminal::column_relative), // HPR, ECMA-48 8.3.59
        (0, 0, b'j') => Do(Terminal::column_backward), // HPB, ECMA-48 8.3.58
        (0, 0, b'e') => Do(Terminal::row_relative), // VPR, ECMA-48 8.3.160
        (0, 0, b'k') => Do(Terminal::row_backward), // VPB, ECMA-48 8.3.159
        (0, 0, b'd') => Do(Terminal::row_absolute), // VPA, ECMA-48 8.3.158
        (0, 0, b'b') => Do(Terminal::repeat), // REP, ECMA-48 8.3.103
        (0, 0, b'r') => Do(Terminal::set_region), // DECSTBM, DEC
        (0, 0, b's') => Do(Terminal::save_position), // SCOSC, xterm
        (0, 0, b'u') => Do(Terminal::restore_position), // SCORC, xterm
        (0, 0, b'h') => Do(Terminal::set_modes), // SM, ECMA-48 8.3.125
        (0, 0, b'l') => Do(Terminal::reset_modes), // RM, ECMA-48 8.3.106
        (b'?', 0, b'h' | b'l') if modes::pass(csi.params) => Pass,
        (b'?', 0, b'h') => Do(Terminal::set_private_modes), // DECSET, xterm
        (b'?', 0, b'l') => Do(Terminal::reset_private_modes), // DECRST, xterm
        (0, b' ', b'q') => Pass, // DECSCUSR, DEC
        (0, b'!', b'p') => Do(Terminal::soft_reset), // DECSTR, DEC
        (0, 0, b'c') => Do(Terminal::answer_primary_attributes), // DA1, ECMA-48 8.3.24
        (b'>', 0, b'c') => Do(Terminal::answer_secondary_attributes), // DA2, DEC
        (b'>', 0, b'q') => Do(Terminal::answer_version), // XTVERSION, xterm
        (0, 0, b'n') => Do(Terminal::answer_status), // DSR and CPR, ECMA-48 8.3.35
        (b'?', 0, b'n') => Do(Terminal::answer_private_status), // DECXCPR, DEC
        (0, b'$', b'p') => Do(Terminal::answer_mode), // DECRQM, DEC
        (b'?', b'$', b'p') => Do(Terminal::answer_private_mode), // DECRQM, DEC
        (0, 0, b't') => Do(Terminal::window_operation), // XTWINOPS, xterm
        // Selective erase (DECSED, DECSEL): the parser would erase protected cells too, and tmux and
        // alacritty ignore both. Kitty's keyboard flags: silence is its documented "no".
        _ => Drop,
    }
}

/// The row of an escape sequence.
#[rustfmt::skip]
pub(super) fn escape(intermediate: u8, last: u8) -> Escape {
    match (intermediate, last) {
        (0, b'D') => |terminal, _, _| terminal.emit(b"\n"), // IND, ECMA-48 (1986)
        (0, b'E') => |terminal, _, _| terminal.emit(b"\r\n"), // NEL, ECMA-48 8.3.86
        (0, b'M') => |terminal, _, _| terminal.reverse_index(), // RI, ECMA-48 8.3.104
        (0, b'H') => |terminal, _, _| terminal.set_tab_stop(), // HTS, ECMA-48 8.3.62
        (0, b'7') => |terminal, _, _| terminal.save_cursor(), // DECSC, DEC
        (0, b'8') => |terminal, _, _| terminal.restore_cursor(), // DECRC, DEC
        (0, b'=') => |terminal, _, _| terminal.emit(b"\x1b="), // DECKPAM, DEC
        (0, b'>') => |terminal, _, _| terminal.emit(b"\x1b>"), // DECKPNM, DEC
        (0, b'c') => |terminal, _, _| terminal.hard_reset(), // RIS, ECMA-48 8.3.105
        (0, b'Z') => |terminal, _, _| terminal.answer_terminal_id(), // DECID, DEC
        (0, b'n') => |terminal, _, _| terminal.invoke_charset(2), // LS2, ECMA-35
        (0, b'o') => |terminal, _, _| terminal.invoke_charset(3), // LS3, ECMA-35
        (b'#', b'8') => |terminal, _, _| terminal.alignment_test(), // DECALN, DEC
        (b'(' | b')' | b'*' | b'+', _) => Terminal::designate_charset, // SCS, ECMA-35
        _ => |_, _, _| {},
    }
}
