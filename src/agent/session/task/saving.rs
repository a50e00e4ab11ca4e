//! What a Session's task writes down at the holder, so that the next Agent goes on where this one was.

use chrono::Utc;

use super::super::record::{ALERTS, SCANNER, SCREEN, alert_lines, at_offset};
use super::{Task, alert, time};

impl Task {
    /// Writes down what the Scanner found.
    pub(super) fn record(&mut self) {
        if self.events.is_empty() {
            return;
        }
        let session = &self.session;
        let found = self.events.drain(..).map(|event| {
            let at = time(session.log().time_at(event.end)).unwrap_or_else(Utc::now);
            session.around.hub.alerts.push(alert(session, event, at))
        });
        let lines = alert_lines(&found.collect::<Vec<_>>());
        self.unsaved.extend(lines);
        if session.holder.append(ALERTS, self.unsaved.clone()) {
            self.unsaved.clear();
        }
        self.session.facts().counts = self.scanner.counts();
        self.session.around.hub.tell_activity();
    }

    /// Makes the holder remember how far this is, and lets go of the output before that. The Screen
    /// only when it has shown more than `worth` since it was last remembered.
    pub(super) fn checkpoint(&mut self, worth: u64) {
        if self.scanned > self.saved.scanner {
            self.save_scanner();
        }
        if self.shown.saturating_sub(self.saved.screen) > worth {
            self.save_screen();
        }
        self.session.holder.pin(self.saved.scanner.min(self.saved.screen));
    }

    pub(super) fn save_scanner(&mut self) {
        if !self.unsaved.is_empty() && !self.session.holder.append(ALERTS, self.unsaved.clone()) {
            return;
        }
        self.unsaved.clear();
        let bytes = at_offset(self.scanned, &self.scanner.checkpoint());
        if self.session.holder.store(SCANNER, bytes) {
            self.saved.scanner = self.scanned;
        }
    }

    /// Inside a control string the Screen cannot be written down; it may be one without an end, so
    /// after a while it is given up.
    pub(super) fn save_screen(&mut self) {
        let behind = self.shown - self.saved.screen;
        let bytes = match self.screen.checkpoint() {
            Some(bytes) => bytes,
            None if behind < self.session.log().capacity() / 2 => return,
            None => Vec::new(),
        };
        if self.session.holder.store(SCREEN, at_offset(self.shown, &bytes)) {
            self.saved.screen = self.shown;
        }
    }
}
