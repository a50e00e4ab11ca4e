//! One client's connection: hello, then requests and input, each through the one door.

mod channels;
mod frames;

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::holder::wire::Source;
use crate::net::{HANDSHAKE_DEADLINE, Lane, Link, LinkError, LinkReader, LinkSender, Message};
use crate::proto::{
    AgentMessage, ClientHello, ClientMessage, ErrorCode, FEATURE_DEFLATE, PROTOCOL, Reply, Request,
    Role, SessionId, WireError,
};

use super::Agent;
use super::attach::{Attachment, Budget};
use super::audit::{Note, Trail};
use super::authorize::{Wish, acts, authorize};
use super::fences::Fence;
use super::peer::Peer;
use super::rate::{self, Bucket};
use super::requests;
use super::tail::Tail;

/// Slow requests of one connection that may be answered at the same time.
const SLOW_MAX: usize = 32;
/// Attachments and tails of one connection.
const CHANNELS_MAX: usize = 256;
/// Longest name a client may give itself.
const NAME_MAX: usize = 100;
/// Longest pause that a shutting down Agent gives a client to take its goodbye.
const GOODBYE: std::time::Duration = std::time::Duration::from_millis(500);

/// Longest time that answers may take which are under way when the Agent ends.
const ANSWERS: std::time::Duration = std::time::Duration::from_secs(10);

/// Serves the connection of an authenticated peer until either side ends it.
pub async fn serve(agent: Arc<Agent>, link: Link, peer: Peer) {
    let (mut reader, sender, writer) = link.split();
    let mut writing = tokio::spawn(writer.run());
    let Ok(_place) = agent.places.try_acquire() else {
        say_bye(&sender, ErrorCode::LimitExceeded, "this agent has its most connections").await;
        drop(sender);
        let _ = tokio::time::timeout(GOODBYE, writing).await;
        return;
    };
    agent.clients.send_modify(|clients| *clients += 1);
    match tokio::time::timeout(HANDSHAKE_DEADLINE, greet(&agent, &mut reader, &sender, peer)).await
    {
        Ok(Ok((hello, peer, fence))) => {
            let mut connection = Connection::new(agent.clone(), sender, &hello, peer, fence);
            let error = connection.run(&mut reader).await;
            let Peer { who, from, .. } = &connection.peer;
            tracing::debug!(client = connection.name, %who, from, %error, "a connection ended");
        }
        Ok(Err(error)) => tracing::debug!(%error, "a connection was not taken up"),
        Err(_) => tracing::debug!("a connection said nothing"),
    }
    // A peer that does not read must not keep the writer for ever.
    if tokio::time::timeout(GOODBYE, &mut writing).await.is_err() {
        writing.abort();
    }
    agent.clients.send_modify(|clients| *clients -= 1);
}

/// Exchanges hellos. The peer's role becomes the smaller one of its credential's and its wish.
async fn greet(
    agent: &Agent,
    reader: &mut LinkReader,
    sender: &LinkSender,
    mut peer: Peer,
) -> Result<(ClientHello, Peer, Fence), LinkError> {
    let hello = match reader.next().await? {
        Message::Text(text) => match serde_json::from_str(&text) {
            Ok(ClientMessage::Hello(hello)) => hello,
            Ok(ClientMessage::Request { .. }) | Err(_) => {
                return refuse(sender, "the first message must be a hello").await;
            }
        },
        Message::Frame(_) => return refuse(sender, "the first message must be a hello").await,
    };
    if hello.protocol != PROTOCOL {
        let sentence = format!(
            "this agent speaks protocol {PROTOCOL}, the client {} (version {}); update the older one",
            hello.protocol, hello.version
        );
        return refuse(sender, &sentence).await;
    }
    peer.role = peer.role.min(hello.role);
    let fence = agent.fences.enter(source(&peer, hello.client_id)).await;
    let packs = hello.features.iter().any(|feature| feature == FEATURE_DEFLATE);
    send(sender, &AgentMessage::Hello(agent.hello(peer.role, packs))).await?;
    if packs {
        sender.pack();
    }
    Ok((hello, peer, fence))
}

async fn refuse<T>(sender: &LinkSender, sentence: &str) -> Result<T, LinkError> {
    say_bye(sender, ErrorCode::InvalidRequest, sentence).await;
    Err(LinkError::Closed)
}

/// Tells why the connection ends now. Whoever does not read it learns nothing.
async fn say_bye(sender: &LinkSender, code: ErrorCode, sentence: &str) {
    let bye = AgentMessage::Bye(WireError::new(code, sentence));
    let _ = tokio::time::timeout(GOODBYE, send(sender, &bye)).await;
}

async fn send(sender: &LinkSender, message: &AgentMessage) -> Result<(), LinkError> {
    match serde_json::to_string(message) {
        Ok(text) => sender.send(Lane::Control, Message::Text(text)).await,
        Err(error) => {
            tracing::error!(%error, "a message could not be written");
            Ok(())
        }
    }
}

async fn respond(
    sender: &LinkSender,
    id: u64,
    result: Result<Reply, WireError>,
) -> Result<(), LinkError> {
    send(sender, &AgentMessage::Response { id, result }).await
}

struct Connection {
    agent: Arc<Agent>,
    sender: LinkSender,
    name: String,
    peer: Peer,
    /// The client as it numbers its input; 0 when it does not.
    source: Source,
    fence: Fence,
    /// The client's focus: input of an earlier epoch is stale.
    epoch: u32,
    /// Channel and number of the newest input, if it was a paste and was refused, and why.
    torn: Option<(u32, u64, WireError)>,
    attachments: HashMap<u32, Attachment>,
    budget: Arc<Budget>,
    tails: HashMap<u32, Tail>,
    next_channel: u32,
    slow: Arc<Semaphore>,
    rate: Bucket,
    events: Option<JoinHandle<Result<(), LinkError>>>,
    trail: Trail,
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(events) = &self.events {
            events.abort();
        }
    }
}

impl Connection {
    fn new(
        agent: Arc<Agent>,
        sender: LinkSender,
        hello: &ClientHello,
        peer: Peer,
        fence: Fence,
    ) -> Self {
        let name: String = hello.name.chars().filter(|c| !c.is_control()).take(NAME_MAX).collect();
        Self {
            trail: Trail::new(agent.audit.clone(), &peer, &name),
            agent,
            sender,
            name,
            source: source(&peer, hello.client_id),
            peer,
            fence,
            epoch: 0,
            torn: None,
            attachments: HashMap::new(),
            budget: Arc::default(),
            tails: HashMap::new(),
            next_channel: 1,
            slow: Arc::new(Semaphore::new(SLOW_MAX)),
            rate: Bucket::default(),
            events: None,
        }
    }

    /// Runs until the connection breaks or the Agent ends; then why.
    async fn run(&mut self, reader: &mut LinkReader) -> LinkError {
        let (agent, peer) = (self.agent.clone(), self.peer.clone());
        let mut goodbye = agent.goodbye.subscribe();
        let mut credential_ended = std::pin::pin!(credential_ended(&agent, &peer));
        loop {
            let message = tokio::select! {
                biased;
                // First: what this connection still brings was given up by the client.
                () = self.fence.stopped() => return self.give_way().await,
                message = reader.next() => message,
                why = ending(&mut goodbye) => {
                    self.finish_answers().await;
                    return self.end(ErrorCode::ShuttingDown, why).await;
                }
                why = &mut credential_ended => return self.end(ErrorCode::Unauthorized, why).await,
                () = self.trail.due() => {
                    self.trail.write();
                    continue;
                }
            };
            let handled = match message {
                Ok(Message::Text(text)) => self.text(&text).await,
                Ok(Message::Frame(frame)) => self.frame(frame).await,
                Err(error @ LinkError::TooLong(_)) => {
                    return self.end(ErrorCode::LimitExceeded, &error.to_string()).await;
                }
                Err(error) => return error,
            };
            if let Err(error) = handled {
                return error;
            }
        }
    }

    /// What was asked is answered before the goodbye, where that does not take too long.
    async fn finish_answers(&self) {
        let all = self.slow.acquire_many(u32::try_from(SLOW_MAX).unwrap_or(u32::MAX));
        let _ = tokio::time::timeout(ANSWERS, all).await;
    }

    async fn give_way(&self) -> LinkError {
        let sentence = "a newer connection of the same client took the place of this one";
        // A half-open connection takes no goodbye.
        let goodbye = self.end(ErrorCode::ShuttingDown, sentence);
        tokio::time::timeout(GOODBYE, goodbye).await.unwrap_or(LinkError::Closed)
    }

    async fn end(&self, code: ErrorCode, sentence: &str) -> LinkError {
        say_bye(&self.sender, code, sentence).await;
        LinkError::Closed
    }

    async fn text(&mut self, text: &str) -> Result<(), LinkError> {
        match serde_json::from_str(text) {
            Ok(ClientMessage::Request { id, request }) => self.request(id, request).await,
            Ok(ClientMessage::Hello(_)) => Ok(()),
            Err(error) => {
                let Some(id) = request_id(text) else { return Ok(()) };
                let sentence = format!("this agent does not understand the request: {error}");
                respond(&self.sender, id, Err(WireError::new(ErrorCode::Unsupported, sentence)))
                    .await
            }
        }
    }

    async fn request(&mut self, id: u64, request: Request) -> Result<(), LinkError> {
        if !self.rate.take() {
            let sentence =
                format!("one connection asks at most {} times a second", rate::PER_SECOND);
            let error = WireError::new(ErrorCode::LimitExceeded, sentence);
            return respond(&self.sender, id, Err(error)).await;
        }
        let role = self.role_on(&request);
        let note = self.trail.note(&self.agent.store, &request);
        if let Err(error) = self.decide(role, Wish::Request(&request)) {
            self.trail.denied(note, &error);
            return respond(&self.sender, id, Err(error)).await;
        }
        self.trail.allowed(&note);
        if requests::is_slow(&request) {
            return self.answer_aside(id, request, note).await;
        }
        let result = match self.of_connection(&request) {
            Some(result) => result,
            None => requests::answer(&self.agent, request).await,
        };
        self.trail.done(note, &result);
        respond(&self.sender, id, result).await
    }

    /// The one door, and in strict mode only while the audit log is written.
    fn decide(&self, on_session: Option<Role>, wish: Wish<'_>) -> Result<(), WireError> {
        authorize(self.peer.role, on_session, wish)?;
        self.agent.audit.permit(acts(wish))
    }

    /// Answers in a task, so that input and quick requests are not held up.
    async fn answer_aside(&self, id: u64, request: Request, note: Note) -> Result<(), LinkError> {
        let Ok(permit) = self.slow.clone().try_acquire_owned() else {
            let sentence = format!("{SLOW_MAX} requests of this client are being answered already");
            let error = WireError::new(ErrorCode::LimitExceeded, sentence);
            return respond(&self.sender, id, Err(error)).await;
        };
        let (agent, sender) = (self.agent.clone(), self.sender.clone());
        tokio::spawn(async move {
            let result = requests::answer(&agent, request).await;
            note.done(&result);
            let _ = respond(&sender, id, result).await;
            drop(permit);
        });
        Ok(())
    }

    /// The strictest role this connection took on the Session that a request is about.
    fn role_on(&self, request: &Request) -> Option<Role> {
        let session = self.agent.store.get(requests::selector(request)?).ok()?;
        self.strictest(session.id())
    }

    fn strictest(&self, id: SessionId) -> Option<Role> {
        let on_it = |attachment: &&Attachment| attachment.session().id() == id;
        self.attachments.values().filter(on_it).map(Attachment::role).min()
    }
}

/// One number for a peer and the identity that it keeps over its connections (FNV-1a, 128 bits): an
/// identity that somebody else presents is not the same.
fn source(peer: &Peer, client_id: Option<Uuid>) -> Source {
    let Some(id) = client_id else { return 0 };
    let who = peer.who.to_string();
    let bytes = who.bytes().chain([0]).chain(id.into_bytes());
    bytes.fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d, |hash: u128, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(0x0100_0000_0000_0000_0000_013b)
    })
}

/// Waits until connections are to end; then why.
async fn ending(goodbye: &mut watch::Receiver<Option<&'static str>>) -> &'static str {
    let why = goodbye.wait_for(Option::is_some).await.map_or(None, |why| *why);
    why.unwrap_or("the agent was stopped")
}

/// Waits until the peer may no longer be here; then why.
async fn credential_ended(agent: &Agent, peer: &Peer) -> &'static str {
    match &agent.tokens {
        Some(tokens) => tokens.ended(peer).await,
        None => std::future::pending().await,
    }
}

fn no_channel(channel: u32) -> WireError {
    let sentence = format!("this connection has no attachment {channel}");
    WireError::new(ErrorCode::InvalidRequest, sentence)
}

/// The id of a request whose kind this version does not know.
fn request_id(text: &str) -> Option<u64> {
    serde_json::from_str::<serde_json::Value>(text).ok()?.get("id")?.as_u64()
}
