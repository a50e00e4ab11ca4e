//! Between the holder and its Agent: what is told, and what is obeyed.

use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

use rustix::process::{Signal as OsSignal, kill_process_group};

use crate::holder::connection::Connection;
use crate::holder::input::{Pushed, Taken};
use crate::holder::wire::{Cutter, Order, Report, Source, VERSION};

use super::{Holding, Life, READ_MAX};

impl Holding {
    pub(super) fn accept(&mut self) {
        let Ok((stream, _)) = self.listener.accept() else { return };
        if is_own_user(&stream)
            && let Ok(agent) = Connection::new(stream)
        {
            self.welcome(agent, Cutter::default());
        }
    }

    /// Tells a new Agent everything; it takes the place of an older one.
    pub(super) fn welcome(&mut self, mut agent: Connection, rest: Cutter) {
        agent.resume(rest);
        let hello = Report::Hello {
            version: VERSION,
            holder: std::process::id(),
            pid: self.pid.as_raw_nonzero().get().cast_unsigned(),
            end: self.ring.end(),
            answered: self.answered,
            pinned: self.pinned.max(self.ring.start()),
        };
        if agent.greet(&hello, &[self.ring.as_fd(), self.terminal.as_fd()]).is_err() {
            // It ended meanwhile. Without another one nobody would ever come for what is ephemeral.
            if self.agent.is_none() {
                self.leave();
            }
            return;
        }
        self.agent = Some(agent);
        self.taken = 0;
        self.told = self.ring.end();
        self.pinned = self.pinned.max(self.ring.start());
        self.full_since = None;
        for report in self.remembered() {
            self.tell(&report);
        }
        self.flush();
    }

    /// What an Agent that was not here must know.
    fn remembered(&self) -> Vec<Report> {
        let stored = self.memory.iter().map(|(slot, bytes)| Report::Stored(slot, bytes.to_vec()));
        let numbers = self.input.all().flat_map(|(Taken { source, seq }, queued)| {
            [Report::Taken { source, seq, bytes: 0 }, Report::Queued { source, seq: queued }]
        });
        let marks = self.marks.iter().map(|mark| Report::Mark(*mark));
        let flow = [Report::Stalled(self.stalled), Report::Stopped(self.stopped)];
        let life = match self.life {
            Life::Running => vec![],
            Life::Ended(status, _) => vec![Report::Ended(status)],
            Life::Drained(status, orphans) => {
                vec![Report::Ended(status), Report::Drained { orphans }]
            }
        };
        stored.chain(numbers).chain(marks).chain(flow).chain(life).chain([Report::Ready]).collect()
    }

    pub(super) fn hear(&mut self) {
        let Some(agent) = &mut self.agent else { return };
        let heard = agent.fill();
        loop {
            let Some(agent) = &mut self.agent else { return };
            match agent.next() {
                Ok(Some(order)) => self.obey(order),
                Ok(None) => break,
                Err(_) => return self.leave(),
            }
        }
        if !matches!(heard, Ok(true)) {
            self.leave();
        }
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Pin(offset) => {
                self.pinned = self.pinned.max(offset.min(self.ring.end()));
                self.full_since = None;
            }
            Order::Input { source, seq, bytes } => self.take_input(source, seq, bytes),
            Order::Reply { upto, bytes } => {
                self.answered = self.answered.max(upto);
                if self.life == Life::Running {
                    self.input.push_reply(bytes);
                    self.write_input();
                }
            }
            Order::Resize(size) => self.wished = Some(size.clamped()),
            Order::Signal { id, signal } => self.signal(id, signal),
            Order::Kill { id } => self.kill(Some(id)),
            Order::Store(slot, bytes) => self.memory.store(slot, bytes),
            Order::Append(slot, bytes) => self.memory.append(slot, &bytes),
            Order::Quit => self.quit(),
            Order::Sync { id } => self.tell(&Report::Done { id, errno: 0, message: String::new() }),
            Order::Start(_) => {}
        }
    }

    /// Queues input. What comes after the program's end is taken by nobody, so it is not acknowledged.
    fn take_input(&mut self, source: Source, seq: u64, bytes: Vec<u8>) {
        if self.life != Life::Running {
            return;
        }
        let count = bytes.len() as u64;
        match self.input.push(source, seq, bytes) {
            Pushed::Queued => self.write_input(),
            Pushed::Full => self.leave(),
            Pushed::Known(Taken { source, seq }) => {
                self.taken += count;
                self.tell(&Report::Taken { source, seq, bytes: self.taken });
            }
        }
    }

    fn signal(&mut self, id: u32, signal: crate::proto::Signal) {
        let sent = match self.life {
            Life::Running => self.terminal.signal(self.pid, signal),
            Life::Ended(..) | Life::Drained(..) => Err(rustix::io::Errno::SRCH),
        };
        let error = sent.err();
        let message = error.map_or_else(String::new, |error| error.to_string());
        let errno = error.map_or(0, rustix::io::Errno::raw_os_error);
        self.tell(&Report::Done { id, errno, message });
    }

    /// The Session is forgotten. What is left of it must not go on without anybody to see it.
    fn quit(&mut self) {
        if self.life == Life::Running {
            let _ = kill_process_group(self.pid, OsSignal::KILL);
        }
        self.finished = true;
    }

    /// The Agent is gone, or to be left.
    pub(super) fn leave(&mut self) {
        self.agent = None;
        if self.launch.ephemeral {
            self.kill(None);
        }
    }

    pub(super) fn tell(&mut self, report: &Report) {
        if self.agent.as_mut().is_some_and(|agent| !agent.tell(report)) {
            self.leave();
        }
    }

    /// Tells how far the output is, once for all that came since.
    pub(super) fn announce(&mut self) {
        let end = self.ring.end();
        if end > self.told {
            self.told = end;
            self.tell(&Report::Output(end));
        }
    }

    pub(super) fn flush(&mut self) {
        // An Agent that has not read the last word gets one word for all that came since.
        if self.agent.as_ref().is_some_and(|agent| agent.waiting() < READ_MAX) {
            self.announce();
        }
        if self.agent.as_mut().is_some_and(|agent| agent.flush().is_err()) {
            self.leave();
        }
    }
}

/// The socket's directory is private; this also holds where it was put elsewhere.
fn is_own_user(stream: &UnixStream) -> bool {
    let own = rustix::process::getuid();
    rustix::net::sockopt::socket_peercred(stream).is_ok_and(|peer| peer.uid == own)
}
