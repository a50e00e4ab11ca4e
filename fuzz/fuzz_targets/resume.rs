//! Input through cuts, refocusing and crashes: the client's outbox, the holder's queue and the protocol
//! between them are the real ones, an agent and the links are played. Whatever happens, no number is
//! applied twice or out of order, and every byte that was typed is applied or said to be lost.
#![no_main]

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use uuid::Uuid;
use watchdeck::client::{Numbered, Outbox, Resume};
use watchdeck::holder::input::{Input, Pushed, Taken};
use watchdeck::holder::wire::{Cutter, Order, Report};
use watchdeck::proto::{InputKind, SessionId};

const SESSION: SessionId = SessionId(Uuid::from_u128(1));
const SOURCE: u128 = 7;
/// Steps in which everything must have come to its end once nothing is disturbed any more.
const CALM: usize = 100_000;

fuzz_target!(|data: &[u8]| {
    let mut world = World::default();
    for step in data.chunks_exact(2) {
        world.step(step[0], usize::from(step[1]));
    }
    world.settle();
});

/// What the client says on a connection, in order.
enum Up {
    Input(Numbered),
    Focus(u32),
}

/// What the agent says of a number.
enum Down {
    Applied(u64),
    Refused(u64),
}

#[derive(Default)]
struct Connection {
    up: VecDeque<Up>,
    down: VecDeque<Down>,
    epoch: u32,
}

/// An agent and its connection with the holder.
#[derive(Default)]
struct Agent {
    accepted: u64,
    taken: u64,
    /// As the real one remembers them, but all: here more are refused than anybody types.
    refused: Vec<u64>,
    orders: Vec<u8>,
    heard: Cutter,
    reports: Vec<u8>,
    read: Cutter,
}

#[derive(Default)]
struct World {
    outbox: Outbox,
    epoch: u32,
    connection: Option<Connection>,
    agent: Option<Agent>,
    input: Input,
    ledger: Ledger,
}

/// What really happened, by nobody's word.
#[derive(Default)]
struct Ledger {
    typed: usize,
    lost: usize,
    /// Every number that was ever sent, with its bytes.
    sent: BTreeMap<u64, Bytes>,
    last: u64,
    applied: usize,
    taken: usize,
}

impl Ledger {
    fn sends(&mut self, input: &Numbered) {
        let known = self.sent.entry(input.seq).or_insert_with(|| input.bytes.clone());
        assert_eq!(*known, input.bytes, "number {} is another input now", input.seq);
    }

    fn applies(&mut self, seq: u64) {
        assert!(seq > self.last, "{seq} was applied after {}", self.last);
        self.last = seq;
        self.applied += self.sent[&seq].len();
    }
}

impl World {
    fn step(&mut self, what: u8, amount: usize) {
        match what % 13 {
            0 => {
                let kind = [InputKind::Keys, InputKind::Paste][amount / 5 % 2];
                self.types(kind, [1, 3, 100, 20_000, 70_000][amount % 5]);
            }
            1 => _ = self.sends(amount),
            2 => _ = self.agent_hears(amount / 2, amount % 2 == 1),
            3 => _ = self.holder_hears(amount * 100),
            4 => _ = self.terminal_takes(amount * 100),
            5 => _ = self.agent_reads(amount),
            6 => _ = self.client_hears(amount),
            7 => self.connection = None,
            8 => self.reconnects(amount),
            9 => self.focus_moves(),
            10 => self.agent_crashes(amount),
            11 => self.agent_starts(),
            _ => self.ledger.lost += self.outbox.cancel(SESSION),
        }
    }

    fn types(&mut self, kind: InputKind, count: usize) {
        let bytes = Bytes::from(vec![b'x'; count]);
        if self.outbox.push(SESSION, self.epoch, kind, &bytes).is_ok() {
            self.ledger.typed += count;
        }
    }

    fn sends(&mut self, most: usize) -> bool {
        let Some(connection) = &mut self.connection else { return false };
        let mut any = false;
        for _ in 0..=most {
            let Some(input) = self.outbox.next(SESSION) else { break };
            self.ledger.sends(&input);
            connection.up.push_back(Up::Input(input));
            any = true;
        }
        any
    }

    fn focus_moves(&mut self) {
        self.epoch += 1;
        self.ledger.lost += self.outbox.focus(self.epoch);
        if let Some(connection) = &mut self.connection {
            connection.up.push_back(Up::Focus(self.epoch));
        }
    }

    /// One that refuses does so for whatever reason: an observer, a long line, a program that is over.
    fn agent_hears(&mut self, most: usize, refuses: bool) -> bool {
        let (Some(connection), Some(agent)) = (&mut self.connection, &mut self.agent) else {
            return false;
        };
        let mut any = false;
        for _ in 0..=most {
            let Some(said) = connection.up.pop_front() else { break };
            any = true;
            match said {
                Up::Focus(epoch) => connection.epoch = epoch,
                Up::Input(Numbered { seq, .. }) if refuses => {
                    agent.refused.push(seq);
                    connection.down.push_back(Down::Refused(seq));
                }
                Up::Input(Numbered { seq, epoch, bytes, .. }) => {
                    assert!(epoch >= connection.epoch, "{seq} would be refused");
                    agent.accepted = agent.accepted.max(seq);
                    agent.refused.retain(|number| *number != seq);
                    let order = Order::Input { source: SOURCE, seq, bytes: bytes.into() };
                    order.encode(&mut agent.orders);
                }
            }
        }
        any
    }

    fn holder_hears(&mut self, most: usize) -> bool {
        let Some(agent) = &mut self.agent else { return false };
        let count = most.max(1).min(agent.orders.len());
        agent.heard.push(&agent.orders.drain(..count).collect::<Vec<_>>());
        while let Some((kind, body)) = agent.heard.message().expect("it is a message") {
            let order = Order::decode(kind, body).expect("it is whole");
            let Some(Order::Input { source, seq, bytes }) = order else { panic!("{order:?}") };
            match self.input.push(source, seq, bytes) {
                Pushed::Queued => {}
                Pushed::Known(taken) => tell(agent, taken),
                Pushed::Full => panic!("the client sends more than its window"),
            }
        }
        count > 0
    }

    fn terminal_takes(&mut self, most: usize) -> bool {
        let count = most.max(1).min(self.input.front().len());
        let (typed, whole) = self.input.took(count);
        self.ledger.taken += typed;
        if let Some(taken) = whole {
            self.ledger.applies(taken.seq);
            if let Some(agent) = &mut self.agent {
                tell(agent, taken);
            }
        }
        count > 0
    }

    fn agent_reads(&mut self, most: usize) -> bool {
        let Some(agent) = &mut self.agent else { return false };
        let count = most.max(1).min(agent.reports.len());
        agent.read.push(&agent.reports.drain(..count).collect::<Vec<_>>());
        while let Some((kind, body)) = agent.read.message().expect("it is a message") {
            let report = Report::decode(kind, body).expect("it is whole");
            let Some(Report::Taken { seq, .. }) = report else { panic!("{report:?}") };
            if seq > agent.taken {
                agent.taken = seq;
                self.connection
                    .iter_mut()
                    .for_each(|connection| connection.down.push_back(Down::Applied(seq)));
            }
        }
        count > 0
    }

    fn client_hears(&mut self, most: usize) -> bool {
        let Some(connection) = &mut self.connection else { return false };
        let count = (most + 1).min(connection.down.len());
        for said in connection.down.drain(..count) {
            match said {
                Down::Applied(seq) => {
                    assert!(seq <= self.ledger.last, "{seq} is not applied");
                    self.outbox.applied(SESSION, seq);
                }
                Down::Refused(seq) => {
                    self.ledger.lost += self.outbox.refused_meanwhile(SESSION, &[seq]);
                }
            }
        }
        count > 0
    }

    /// The fence of the agent has ended the connection before, if there was one.
    fn reconnects(&mut self, how: usize) {
        let Some(agent) = &self.agent else { return };
        let accepted = agent.accepted.max(agent.taken);
        let cut = Duration::from_secs(if how.is_multiple_of(4) { 60 } else { 1 });
        let resume = Resume { applied: agent.taken, accepted, cut, epoch: self.epoch };
        let refused: Vec<u64> =
            agent.refused.iter().copied().filter(|seq| *seq <= accepted).collect();
        self.ledger.lost += self.outbox.refused_meanwhile(SESSION, &refused);
        self.ledger.lost += self.outbox.resume(SESSION, resume);
        self.connection = Some(Connection { epoch: self.epoch, ..Connection::default() });
    }

    /// What it wrote to the holder before may still arrive, or a part of it.
    /// What it refused and could not say is the one thing that nobody knows then.
    fn agent_crashes(&mut self, arrives: usize) {
        if let Some(agent) = &self.agent {
            self.ledger.lost += self.outbox.refused_meanwhile(SESSION, &agent.refused);
        }
        self.holder_hears(arrives * 100);
        self.agent = None;
        self.connection = None;
    }

    fn agent_starts(&mut self) {
        self.agent_crashes(0);
        let mut agent = Agent::default();
        for (taken, queued) in self.input.all().filter(|(taken, _)| taken.source == SOURCE) {
            (agent.taken, agent.accepted) = (taken.seq, queued);
        }
        self.agent = Some(agent);
    }

    /// Everything works from now on, and comes to its end.
    fn settle(&mut self) {
        if self.agent.is_none() {
            self.agent_starts();
        }
        if self.connection.is_none() {
            self.reconnects(1);
        }
        let mut steps = 0;
        while [
            self.sends(9),
            self.agent_hears(9, false),
            self.holder_hears(1 << 20),
            self.terminal_takes(1 << 20),
            self.agent_reads(1 << 20),
            self.client_hears(9),
        ]
        .contains(&true)
        {
            steps += 1;
            assert!(steps < CALM, "it goes on for ever");
        }
        let Ledger { typed, lost, applied, taken, .. } = self.ledger;
        assert_eq!(self.outbox.unapplied(SESSION), 0, "something waits for ever");
        assert_eq!(taken, applied, "the terminal took something in part, or again");
        assert_eq!(typed, applied + lost, "{lost} bytes were said to be lost");
    }
}

fn tell(agent: &mut Agent, Taken { source, seq }: Taken) {
    Report::Taken { source, seq, bytes: 0 }.encode(&mut agent.reports);
}
