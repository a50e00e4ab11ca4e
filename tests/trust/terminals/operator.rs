//! An operator with an outbox, as the dashboard is one.

use bytes::Bytes;
use uuid::Uuid;
use watchdeck::client::{Client, Incoming, IncomingStream, Outbox};
use watchdeck::proto::{InputKind, Reply, Request, Role, SessionId, WireError};

use crate::support::{PATIENCE, TestAgent};

pub struct Operator {
    pub client: Client,
    pub outbox: Outbox,
    pub session: SessionId,
    /// Refusals so far, with the numbers that they are about.
    pub refused: Vec<(u64, WireError)>,
    incoming: IncomingStream,
    channel: u32,
    ids: Vec<(u64, u64)>,
}

impl Operator {
    pub async fn of(agent: &TestAgent, session: SessionId) -> Self {
        let mut options = agent.connect_options(Role::Operator);
        options.client_id = Some(Uuid::new_v4());
        let (client, incoming) = Client::connect(&agent.address, &options).await.unwrap();
        let (selector, role) = (session.to_string(), Role::Operator);
        let attach = Request::Attach { session: selector, role, size: None, fps: 10 };
        let Ok(Reply::Attached { channel, .. }) = client.request(attach).await else {
            panic!("not attached")
        };
        let (outbox, refused, ids) = (Outbox::default(), Vec::new(), Vec::new());
        Self { client, outbox, session, refused, incoming, channel, ids }
    }

    pub fn push(&mut self, kind: InputKind, bytes: impl Into<Bytes>) {
        self.outbox.push(self.session, 0, kind, &bytes.into()).unwrap();
        self.flush();
    }

    fn flush(&mut self) {
        while let Some(input) = self.outbox.next(self.session) {
            let seq = input.seq;
            let id = self.client.numbered_input(self.channel, input).unwrap();
            self.ids.push((id, seq));
        }
    }

    /// Takes one message; pictures are acknowledged.
    pub async fn step(&mut self) {
        let message = tokio::time::timeout(PATIENCE, self.incoming.recv()).await;
        match message.expect("nothing came").expect("it goes on") {
            Incoming::Applied { seq, .. } => self.outbox.applied(self.session, seq),
            Incoming::InputRefused { id, error } => {
                let seq = self.ids.iter().find(|(of, _)| *of == id).unwrap().1;
                self.outbox.refused(self.session, seq);
                self.refused.push((seq, error));
            }
            Incoming::Update { channel, bytes } => {
                let update = watchdeck::proto::Update::decode(&bytes).unwrap();
                let _ = self.client.ack(channel, update.revision).await;
            }
            Incoming::Closed { reason, .. } => panic!("{reason}"),
            _ => {}
        }
        self.flush();
    }

    pub fn unapplied(&self) -> usize {
        self.outbox.unapplied(self.session)
    }

    /// Goes on until everything was taken or refused.
    pub async fn settle(&mut self) {
        while self.unapplied() > 0 {
            self.step().await;
        }
    }
}
