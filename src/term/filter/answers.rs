//! Answers to queries, given from the state at the query's byte.

use super::params::Params;
use super::scan::Csi;
use super::terminal::Terminal;
use crate::term::query;

impl Terminal {
    /// Queues a reply, unless this terminal is not the one that answers.
    pub(super) fn reply(&mut self, reply: impl AsRef<[u8]>) {
        if self.options.replies {
            self.replies.push(reply.as_ref());
        }
    }

    /// DA1.
    pub(super) fn answer_primary_attributes(&mut self, csi: &Csi<'_>) {
        if Params(csi.params).count(0) == 0 {
            self.reply(query::PRIMARY_ATTRIBUTES);
        }
    }

    /// DECID, the old form of DA1.
    pub(super) fn answer_terminal_id(&mut self) {
        self.reply(query::PRIMARY_ATTRIBUTES);
    }

    /// DA2.
    pub(super) fn answer_secondary_attributes(&mut self, csi: &Csi<'_>) {
        if Params(csi.params).count(0) == 0 {
            self.reply(query::SECONDARY_ATTRIBUTES);
        }
    }

    /// XTVERSION.
    pub(super) fn answer_version(&mut self, csi: &Csi<'_>) {
        if Params(csi.params).count(0) == 0 {
            self.reply(query::version());
        }
    }

    /// DSR 5 and CPR.
    pub(super) fn answer_status(&mut self, csi: &Csi<'_>) {
        match Params(csi.params).count(0) {
            5 => self.reply(query::OPERATING_STATUS),
            6 => self.reply(query::cursor_position(self.reported_position())),
            _ => {}
        }
    }

    /// DECXCPR.
    pub(super) fn answer_private_status(&mut self, csi: &Csi<'_>) {
        if csi.params == b"6" {
            self.reply(query::extended_cursor_position(self.reported_position()));
        }
    }

    /// The cursor's row and column from 0; the row from the region's first in origin mode.
    fn reported_position(&self) -> (u16, u16) {
        let (row, col) = self.position();
        let screen = self.state.screen(self.is_alternate());
        let top = screen.region.filter(|_| screen.origin).map_or(0, |(top, _)| top);
        (row.saturating_sub(top), col)
    }

    /// DECRQM of an ANSI mode.
    pub(super) fn answer_mode(&mut self, csi: &Csi<'_>) {
        if let Some(mode) = Params(csi.params).get(0) {
            self.reply(query::mode("", mode, self.ansi_mode_state(mode)));
        }
    }

    /// DECRQM of a private mode.
    pub(super) fn answer_private_mode(&mut self, csi: &Csi<'_>) {
        if let Some(mode) = Params(csi.params).get(0) {
            self.reply(query::mode("?", mode, self.private_mode_state(mode)));
        }
    }

    /// XTWINOPS: the size in characters is told, titles are pushed and popped, all else is ignored. Titles are
    /// never reported: that would let a program type.
    pub(super) fn window_operation(&mut self, csi: &Csi<'_>) {
        let params = Params(csi.params);
        match (params.count(0), params.get(1).unwrap_or(0)) {
            (18, _) => self.reply(query::text_area_size(self.size)),
            (22, 0 | 2) => self.push_title(),
            (23, 0 | 2) => self.pop_title(),
            _ => {}
        }
    }
}
