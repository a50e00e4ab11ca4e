//! One connection to one Agent.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use crate::net::{
    self, Address, HANDSHAKE_DEADLINE, Lane, LinkError, LinkReader, LinkSender, Message,
};
use crate::proto::{
    AgentHello, AgentMessage, ClientHello, ClientMessage, ErrorCode, Event, FEATURE_DEFLATE, Frame,
    InputKind, Offset, PROTOCOL, Reply, Request, Role, Winsize, WireError,
};

use super::way::Way;
use super::{Numbered, TokenError};

/// Messages of the Agent that may wait to be taken by the application.
const INCOMING_CAPACITY: usize = 64;
/// How long an answer may take; [`Request::Wait`] and [`Request::Kill`] bring their own time.
const ANSWER_DEADLINE: Duration = Duration::from_secs(15);

/// How to introduce oneself.
#[derive(Debug, Clone)]
pub struct ConnectOptions {
    /// What the Agent shows in `attached_clients`.
    pub name: String,
    /// The most this connection wants to do.
    pub role: Role,
    /// What the way there needs.
    pub way: Way,
    /// Ask the Agent to pack what it sends: for links that carry little.
    pub packed: bool,
    /// The identity that this client keeps over its connections, if it numbers its input.
    pub client_id: Option<Uuid>,
}

/// Why a client's call failed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The connection could not be opened or broke.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The Agent refused.
    #[error(transparent)]
    Refused(#[from] WireError),
    /// The Agent did not answer in time.
    #[error("the agent did not answer within {} s", .0.as_secs())]
    Deadline(Duration),
    /// The peer is no watchdeck Agent, or one of another generation.
    #[error("{0}")]
    Protocol(String),
    /// The token for it cannot be used.
    #[error(transparent)]
    Token(#[from] TokenError),
}

impl ClientError {
    /// Whether nothing listens at the address: there is no Agent.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Link(error) if error.is_absent())
    }

    /// The Agent's code, when it was the Agent that refused.
    #[must_use]
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Refused(error) => Some(error.code),
            Self::Link(_) | Self::Deadline(_) | Self::Protocol(_) | Self::Token(_) => None,
        }
    }
}

/// What an Agent sends without being asked.
#[derive(Debug)]
pub enum Incoming {
    /// An event.
    Event(Event),
    /// An encoded Update of an attachment; apply it, then [`Client::ack`].
    Update {
        /// Attachment.
        channel: u32,
        /// The encoded Update.
        bytes: Bytes,
    },
    /// Bytes of a tail; consume them, then [`Client::credit`].
    Output {
        /// Tail.
        channel: u32,
        /// Offset of the first byte.
        offset: Offset,
        /// The bytes.
        bytes: Bytes,
    },
    /// Bytes of a timed tail that came together; consume them, then [`Client::credit`].
    Timed {
        /// Tail.
        channel: u32,
        /// Offset of the first byte.
        offset: Offset,
        /// When they came, in microseconds since the Unix epoch.
        at: u64,
        /// The bytes.
        bytes: Bytes,
    },
    /// The terminal of a timed tail has another size from here on.
    Resized {
        /// Tail.
        channel: u32,
        /// Where in the Log.
        offset: Offset,
        /// When, in microseconds since the Unix epoch.
        at: u64,
        /// The size.
        size: Winsize,
    },
    /// The terminal took input.
    Applied {
        /// Attachment.
        channel: u32,
        /// Number of the newest input that was taken.
        seq: u64,
    },
    /// Bytes that a tail can no longer get.
    Gap {
        /// Tail.
        channel: u32,
        /// First missing offset.
        from: Offset,
        /// First offset that will come.
        to: Offset,
    },
    /// An input was refused.
    InputRefused {
        /// What [`Client::input`] returned for it.
        id: u64,
        /// Why.
        error: WireError,
    },
    /// The connection is over; nothing follows.
    Closed {
        /// Why.
        reason: String,
        /// The Agent's code, when it said goodbye.
        code: Option<ErrorCode>,
    },
}

/// The receiving end of a connection. Dropping it does not close the connection.
pub type IncomingStream = mpsc::Receiver<Incoming>;

type Answer = Result<Reply, WireError>;

/// Requests that wait for their answer.
#[derive(Debug, Default)]
struct Pending(Mutex<HashMap<u64, oneshot::Sender<Answer>>>);

impl Pending {
    fn insert(&self, id: u64) -> oneshot::Receiver<Answer> {
        let (answer, receiver) = oneshot::channel();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id, answer);
        receiver
    }

    fn take(&self, id: u64) -> Option<oneshot::Sender<Answer>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&id)
    }

    /// Dropping the senders wakes every waiting request.
    fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// A handle of one connection; cheap to clone. The connection closes with the last clone.
#[derive(Debug, Clone)]
pub struct Client {
    hello: Arc<AgentHello>,
    notice: Option<Arc<str>>,
    sender: LinkSender,
    pending: Arc<Pending>,
    next_id: Arc<AtomicU64>,
}

impl Client {
    /// Connects and exchanges hellos.
    ///
    /// # Errors
    /// When the Agent cannot be reached, refuses, or speaks another protocol generation.
    pub async fn connect(
        address: &Address,
        options: &ConnectOptions,
    ) -> Result<(Self, IncomingStream), ClientError> {
        let way = options.way.link_options(address).await?;
        let link = Box::pin(net::connect(address, &way)).await?;
        let notice = link.notice().map(Arc::from);
        let (mut reader, sender, writer) = link.split();
        tokio::spawn(writer.run());
        let greet = greet(&mut reader, &sender, options);
        let hello = tokio::time::timeout(HANDSHAKE_DEADLINE, greet)
            .await
            .map_err(|_| ClientError::Deadline(HANDSHAKE_DEADLINE))??;
        let pending = Arc::new(Pending::default());
        let (incoming, stream) = mpsc::channel(INCOMING_CAPACITY);
        tokio::spawn(read_loop(reader, pending.clone(), incoming));
        let (hello, next_id) = (Arc::new(hello), Arc::new(AtomicU64::new(1)));
        Ok((Self { hello, notice, sender, pending, next_id }, stream))
    }

    /// What a person should be told about how the connection was opened, as one sentence.
    #[must_use]
    pub fn notice(&self) -> Option<&str> {
        self.notice.as_deref()
    }

    /// What the Agent said of itself.
    #[must_use]
    pub fn hello(&self) -> &AgentHello {
        &self.hello
    }

    /// Asks and waits for the answer.
    ///
    /// # Errors
    /// The Agent's refusal, a broken connection, or no answer in time.
    pub async fn request(&self, request: Request) -> Result<Reply, ClientError> {
        let deadline = match &request {
            Request::Wait { timeout_ms, .. } => {
                ANSWER_DEADLINE.saturating_add(Duration::from_millis(*timeout_ms))
            }
            _ => ANSWER_DEADLINE,
        };
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let answer = self.pending.insert(id);
        let text = encode(&ClientMessage::Request { id, request })?;
        self.sender.send(Lane::Control, Message::Text(text)).await?;
        match tokio::time::timeout(deadline, answer).await {
            Ok(Ok(result)) => Ok(result?),
            Ok(Err(_)) => Err(LinkError::Closed.into()),
            Err(_) => {
                self.pending.take(id);
                Err(ClientError::Deadline(deadline))
            }
        }
    }

    /// Sends input for an attachment's program; returns the id a refusal would carry.
    ///
    /// # Errors
    /// When the connection is over, or so much waits already that the machine cannot be reading:
    /// input is refused visibly, never queued without bound.
    pub fn input(&self, channel: u32, kind: InputKind, bytes: Bytes) -> Result<u64, ClientError> {
        self.numbered_input(channel, Numbered { seq: 0, epoch: u32::MAX, kind, bytes })
    }

    /// As [`Client::input`], but the input is applied once however often it is sent: see [`Outbox`].
    ///
    /// # Errors
    /// As [`Client::input`].
    ///
    /// [`Outbox`]: super::Outbox
    pub fn numbered_input(&self, channel: u32, input: Numbered) -> Result<u64, ClientError> {
        let Numbered { seq, epoch, kind, bytes } = input;
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        self.try_frame(Frame::Input { channel, id, seq, epoch, kind, bytes })?;
        Ok(id)
    }

    /// Tells that the focus moved: input of earlier epochs is not applied any more.
    ///
    /// # Errors
    /// As [`Client::input`].
    pub fn focus(&self, channel: u32, epoch: u32) -> Result<(), ClientError> {
        self.try_frame(Frame::Focus { channel, epoch })
    }

    /// Tells that an Update was applied.
    ///
    /// # Errors
    /// When the connection is over.
    pub async fn ack(&self, channel: u32, revision: u64) -> Result<(), ClientError> {
        self.frame(Frame::Ack { channel, revision }).await
    }

    /// Tells that output was consumed.
    ///
    /// # Errors
    /// When the connection is over.
    pub async fn credit(&self, channel: u32, bytes: u64) -> Result<(), ClientError> {
        self.frame(Frame::Credit { channel, bytes }).await
    }

    async fn frame(&self, frame: Frame) -> Result<(), ClientError> {
        Ok(self.sender.send(Lane::Control, Message::Frame(frame)).await?)
    }

    fn try_frame(&self, frame: Frame) -> Result<(), ClientError> {
        self.sender.try_send(Lane::Control, Message::Frame(frame)).map_err(|_| {
            ClientError::Refused(WireError::new(
                ErrorCode::LimitExceeded,
                "the input was not sent: the machine does not take what was typed before",
            ))
        })
    }
}

fn encode(message: &ClientMessage) -> Result<String, ClientError> {
    serde_json::to_string(message).map_err(|error| ClientError::Protocol(error.to_string()))
}

async fn greet(
    reader: &mut LinkReader,
    sender: &LinkSender,
    options: &ConnectOptions,
) -> Result<AgentHello, ClientError> {
    let hello = ClientHello {
        protocol: PROTOCOL,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        name: options.name.clone(),
        role: options.role,
        features: options.packed.then(|| FEATURE_DEFLATE.to_owned()).into_iter().collect(),
        client_id: options.client_id,
    };
    let text = encode(&ClientMessage::Hello(hello))?;
    sender.send(Lane::Control, Message::Text(text)).await?;
    let Message::Text(text) = reader.next().await? else {
        return Err(ClientError::Protocol("the peer is not a watchdeck agent".to_owned()));
    };
    match serde_json::from_str(&text) {
        Ok(AgentMessage::Hello(hello)) if hello.protocol == PROTOCOL => Ok(hello),
        Ok(AgentMessage::Hello(hello)) => Err(ClientError::Protocol(format!(
            "the agent {} speaks protocol {}, this watchdeck {PROTOCOL}; update the older of the two",
            hello.version, hello.protocol
        ))),
        Ok(AgentMessage::Bye(error)) => Err(error.into()),
        Ok(_) | Err(_) => {
            Err(ClientError::Protocol("the peer is not a watchdeck agent".to_owned()))
        }
    }
}

/// Hands answers to their requests and everything else to the application.
async fn read_loop(
    mut reader: LinkReader,
    pending: Arc<Pending>,
    incoming: mpsc::Sender<Incoming>,
) {
    let (reason, code) = loop {
        let message = match reader.next().await {
            Ok(message) => message,
            Err(error) => break (error.to_string(), None),
        };
        let forward = match message {
            Message::Frame(frame) => from_frame(frame),
            Message::Text(text) => match serde_json::from_str(&text) {
                Ok(AgentMessage::Response { id, result }) => answer(&pending, id, result),
                Ok(AgentMessage::Event(event)) => Some(Incoming::Event(event)),
                Ok(AgentMessage::Bye(error)) => break (error.message, Some(error.code)),
                Ok(AgentMessage::Hello(_)) => None,
                Err(error) => {
                    tracing::debug!(%error, "got a message this version does not know");
                    not_understood(&text).and_then(|(id, result)| answer(&pending, id, result))
                }
            },
        };
        if let Some(message) = forward
            && incoming.send(message).await.is_err()
        {
            // Nobody listens to events; requests still need their answers.
            continue;
        }
    };
    pending.clear();
    let _ = incoming.send(Incoming::Closed { reason, code }).await;
}

fn answer(pending: &Pending, id: u64, result: Answer) -> Option<Incoming> {
    match (pending.take(id), result) {
        (Some(waiting), result) => {
            let _ = waiting.send(result);
            None
        }
        (None, Err(error)) => Some(Incoming::InputRefused { id, error }),
        (None, Ok(_)) => None,
    }
}

/// A response that only a newer version can read is an error for whoever waits for it, not silence.
fn not_understood(text: &str) -> Option<(u64, Answer)> {
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    let id = value.get("id")?.as_u64()?;
    let sentence = "the agent answered in a way this version does not understand; update watchdeck";
    Some((id, Err(WireError::new(ErrorCode::Unsupported, sentence))))
}

fn from_frame(frame: Frame) -> Option<Incoming> {
    match frame {
        Frame::Update { channel, bytes } => Some(Incoming::Update { channel, bytes }),
        Frame::Output { channel, offset, bytes } => {
            Some(Incoming::Output { channel, offset, bytes })
        }
        Frame::Gap { channel, from, to } => Some(Incoming::Gap { channel, from, to }),
        Frame::Applied { channel, seq } => Some(Incoming::Applied { channel, seq }),
        Frame::Timed { channel, offset, at, bytes } => {
            Some(Incoming::Timed { channel, offset, at, bytes })
        }
        Frame::Resized { channel, offset, at, size } => {
            Some(Incoming::Resized { channel, offset, at, size })
        }
        Frame::Input { .. } | Frame::Ack { .. } | Frame::Credit { .. } | Frame::Focus { .. } => {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_from_a_newer_version_still_answers_its_request() {
        let text =
            r#"{"type":"response","id":7,"result":{"Err":{"code":"FromLater","message":"m"}}}"#;
        assert!(serde_json::from_str::<AgentMessage>(text).is_err());
        let (id, result) = not_understood(text).unwrap();
        assert_eq!((id, result.unwrap_err().code), (7, ErrorCode::Unsupported));
        assert!(not_understood(r#"{"type":"later"}"#).is_none());
    }
}
