//! Between the terminal and the ring: output in, input out, sizes.

use std::time::Instant;

use crate::holder::input::Taken;
use crate::holder::terminal::Read;
use crate::holder::wire::Report;

use super::{HUNG_UP_PAUSE, Holding, Life, READ_MAX, RESIZE_PACE, now_micros};

impl Holding {
    pub(super) fn read_output(&mut self) {
        let room = if self.overwrites() { READ_MAX } else { self.room().min(READ_MAX) };
        let mut count = 0;
        let mut over = false;
        let mut buffer = std::mem::take(&mut self.buffer);
        while count < room {
            match self.terminal.read(buffer.get_mut(count..room).unwrap_or_default()) {
                Read::Output(more) => count += more,
                Read::Stopped(stopped) => self.set_stopped(stopped),
                Read::Nothing => break,
                Read::HungUp => {
                    over = true;
                    break;
                }
            }
        }
        self.append(buffer.get(..count).unwrap_or_default());
        self.buffer = buffer;
        if over {
            self.hang_up();
        }
    }

    fn append(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        if let Some(mark) = self.marks.output(self.ring.end(), now_micros()) {
            self.tell(&Report::Mark(mark));
        }
        if let Err(error) = self.ring.append(bytes) {
            eprintln!("watchdeck holder: the ring lost {} bytes: {error}", bytes.len());
        }
        self.marks.drop_before(self.ring.start());
        if self.overwrites() {
            self.pinned = self.pinned.max(self.ring.start());
        } else if self.room() == 0 {
            self.full_since.get_or_insert_with(Instant::now);
        }
    }

    /// Nobody has the terminal open. While the program runs somebody may open it again.
    fn hang_up(&mut self) {
        match self.life {
            Life::Running => self.hung_up = Some(Instant::now() + HUNG_UP_PAUSE),
            Life::Ended(..) => self.drained(),
            Life::Drained(..) => {}
        }
    }

    pub(super) fn write_input(&mut self) {
        while !self.input.is_empty() {
            let count = self.terminal.write(self.input.front());
            if count == 0 && !self.input.front().is_empty() {
                self.blocked.get_or_insert_with(Instant::now);
                return;
            }
            let (typed, whole) = self.input.took(count);
            self.taken += typed as u64;
            if typed > 0 || whole.is_some() {
                let Taken { source, seq } = whole.unwrap_or(Taken { source: 0, seq: 0 });
                self.tell(&Report::Taken { source, seq, bytes: self.taken });
            }
            self.blocked = None;
            self.set_stalled(false);
        }
    }

    pub(super) fn resize(&mut self, now: Instant) {
        if self.resized_at + RESIZE_PACE > now {
            return;
        }
        let Some(size) = self.wished.take().filter(|size| *size != self.size) else { return };
        self.size = size;
        self.resized_at = now;
        // Marked first: output written at the new size must never be read at the old one.
        let mark = self.marks.resized(self.ring.end(), now_micros(), size);
        self.tell(&Report::Mark(mark));
        self.terminal.resize(size);
    }

    pub(super) fn set_stalled(&mut self, stalled: bool) {
        if std::mem::replace(&mut self.stalled, stalled) != stalled {
            self.tell(&Report::Stalled(stalled));
        }
    }

    fn set_stopped(&mut self, stopped: bool) {
        if std::mem::replace(&mut self.stopped, stopped) != stopped {
            self.tell(&Report::Stopped(stopped));
        }
    }
}
