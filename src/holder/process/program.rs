//! The program: how it ended, and ending it with all that it started.

use std::time::Instant;

use crate::holder::killing::{Killing, Progress, members};
use crate::holder::wire::Report;

use super::{DRAIN_DEADLINE, Holding, Life};

impl Holding {
    pub(super) fn reap(&mut self) {
        let Some(status) = self.reaper.reap(self.pid) else { return };
        if self.life != Life::Running {
            return;
        }
        // Output that is there comes before the word that it is over.
        self.read_output();
        self.announce();
        self.life = Life::Ended(status, Instant::now() + DRAIN_DEADLINE);
        self.tell(&Report::Ended(status));
        self.hung_up = None;
        self.input.clear();
        self.blocked = None;
        self.set_stalled(false);
    }

    pub(super) fn drained(&mut self) {
        let Life::Ended(status, _) = self.life else { return };
        let orphans = u32::try_from(members(self.cgroup.as_ref()).len()).unwrap_or(u32::MAX);
        self.life = Life::Drained(status, orphans);
        self.announce();
        self.tell(&Report::Drained { orphans });
    }

    pub(super) fn kill(&mut self, id: Option<u32>) {
        self.killers.extend(id);
        if self.killing.is_none() {
            self.killing = Some(Killing::begin(self.cgroup.as_ref()));
        }
    }

    pub(super) fn kill_on(&mut self, now: Instant) {
        let Some(killing) = self.killing.as_mut().filter(|killing| killing.due() <= now) else {
            return;
        };
        let message = match killing.look(self.cgroup.as_ref()) {
            Progress::Waits => return,
            Progress::Done => String::new(),
            Progress::Failed(pids) => {
                let pids: Vec<_> = pids.iter().map(ToString::to_string).collect();
                format!("processes {} cannot be killed", pids.join(", "))
            }
        };
        self.killing = None;
        // The exit status comes before the word that it is done.
        self.reap();
        let errno = if message.is_empty() { 0 } else { rustix::io::Errno::BUSY.raw_os_error() };
        for id in std::mem::take(&mut self.killers) {
            self.tell(&Report::Done { id, errno, message: message.clone() });
        }
        self.finished |= self.launch.ephemeral && self.agent.is_none();
    }
}
