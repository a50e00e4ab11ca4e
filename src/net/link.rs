//! A framed duplex over any byte stream.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{
    CloseFrame, WebSocketConfig, frame::coding::CloseCode,
};
use tokio_tungstenite::tungstenite::{self, Message as WsMessage};

use super::packed::{self, Content, Packer, Unpacker};
use crate::proto::{Frame, FrameError};

use super::error::LinkError;
use super::pulse::Pulse;

/// Largest message that a client accepts, in bytes: a whole screen of the largest size fits.
pub(super) const FROM_AGENT_MAX: usize = 4 << 20;
/// Largest message that an Agent accepts, in bytes.
pub const FROM_CLIENT_MAX: usize = 1 << 20;
/// The library's default of 128 KiB a connection is too much for a fleet.
const READ_BUFFER: usize = 16 << 10;
/// Past this the peer does not read: the writer waits instead of buffering more.
const WRITE_BUFFER_MAX: usize = 8 << 20;
/// Control messages that may wait for a peer.
const CONTROL_CAPACITY: usize = 256;
/// Bulk messages that may wait for a peer. Few, so that what is sent is fresh.
const BULK_CAPACITY: usize = 4;

/// A byte stream that can carry a Link.
pub(super) trait Carrier: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Carrier for T {}

pub(super) type Socket = WebSocketStream<Box<dyn Carrier>>;

/// Limits of a WebSocket of ours that accepts messages of at most `message_max` bytes.
pub(super) fn limits(message_max: usize) -> WebSocketConfig {
    WebSocketConfig::default()
        .max_message_size(Some(message_max))
        .max_frame_size(Some(message_max))
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_write_buffer_size(WRITE_BUFFER_MAX)
}

/// One message of a Link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Control: JSON text.
    Text(String),
    /// Data.
    Frame(Frame),
}

/// Which queue a message waits in. Control always leaves first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Answers, events, input.
    Control,
    /// Screen updates and output.
    Bulk,
}

/// An open connection.
pub struct Link {
    socket: Socket,
    pulse: Option<Arc<Pulse>>,
    notice: Option<String>,
}

impl Link {
    /// Over a carrier that ends when its other end does.
    pub(super) fn new(socket: Socket) -> Self {
        Self { socket, pulse: None, notice: None }
    }

    /// Over a carrier whose other end may vanish without a word.
    pub(super) fn watched(socket: Socket) -> Self {
        Self { socket, pulse: Some(Arc::new(Pulse::new())), notice: None }
    }

    pub(super) fn with_notice(self, notice: Option<String>) -> Self {
        Self { notice, ..self }
    }

    /// What a person should be told about how it was opened, as one sentence.
    #[must_use]
    pub fn notice(&self) -> Option<&str> {
        self.notice.as_deref()
    }

    /// Splits the Link into its reading and its writing half. The writer must be run as a task.
    #[must_use]
    pub fn split(self) -> (LinkReader, LinkSender, LinkWriter) {
        let message_max = self.socket.get_config().max_message_size.unwrap_or(FROM_CLIENT_MAX);
        let (sink, stream) = self.socket.split();
        let (control, control_queue) = mpsc::channel(CONTROL_CAPACITY);
        let (bulk, bulk_queue) = mpsc::channel(BULK_CAPACITY);
        let packs = Arc::new(AtomicBool::new(false));
        (
            LinkReader { stream, message_max, unpacker: None, pulse: self.pulse.clone() },
            LinkSender { control, bulk, packs: packs.clone() },
            LinkWriter {
                sink,
                control: control_queue,
                bulk: bulk_queue,
                packs,
                packer: None,
                pulse: self.pulse,
            },
        )
    }
}

/// The reading half.
pub struct LinkReader {
    stream: SplitStream<Socket>,
    /// In bytes, also of what was packed.
    message_max: usize,
    /// Made with the first packed message.
    unpacker: Option<Unpacker>,
    pulse: Option<Arc<Pulse>>,
}

impl LinkReader {
    /// The next message; frames of unknown kinds are skipped.
    ///
    /// # Errors
    /// When the connection ended, the peer broke the protocol, or it was silent for too long.
    pub async fn next(&mut self) -> Result<Message, LinkError> {
        loop {
            match self.heard().await?.ok_or(LinkError::Closed)?? {
                WsMessage::Text(text) => return Ok(Message::Text(text.as_str().to_owned())),
                WsMessage::Binary(bytes) => {
                    if let Some(message) = self.binary(bytes)? {
                        return Ok(message);
                    }
                }
                WsMessage::Close(_) => return Err(LinkError::Closed),
                WsMessage::Ping(_) | WsMessage::Pong(_) | WsMessage::Frame(_) => {}
            }
        }
    }

    /// A binary message, unpacked; `None` for a kind that this version does not know.
    fn binary(&mut self, bytes: Bytes) -> Result<Option<Message>, LinkError> {
        let bytes = match bytes.split_first() {
            Some((&packed::KIND, rest)) => {
                let unpacker = self.unpacker.get_or_insert_with(Unpacker::default);
                match unpacker.unpack(rest, self.message_max).map_err(|error| broken(&error))? {
                    Content::Text(text) => return Ok(Some(Message::Text(text))),
                    Content::Binary(bytes) => bytes,
                }
            }
            _ => bytes,
        };
        match Frame::decode(&bytes) {
            Ok(frame) => Ok(Some(Message::Frame(frame))),
            Err(FrameError::UnknownKind(kind)) => {
                tracing::debug!(kind, "skipped a frame of an unknown kind");
                Ok(None)
            }
            Err(error) => Err(broken(&error)),
        }
    }

    /// Whatever comes next, also what only says that the peer is there.
    async fn heard(&mut self) -> Result<Option<tungstenite::Result<WsMessage>>, LinkError> {
        let Some(pulse) = &self.pulse else { return Ok(self.stream.next().await) };
        let heard = tokio::time::timeout_at(pulse.dead_at(), self.stream.next()).await;
        match heard {
            Ok(heard) => {
                pulse.beat();
                Ok(heard)
            }
            Err(_) => {
                pulse.die();
                Err(LinkError::Silent)
            }
        }
    }
}

fn broken(error: &dyn std::error::Error) -> LinkError {
    let error = std::io::Error::new(std::io::ErrorKind::InvalidData, error.to_string());
    LinkError::Broken(Box::new(tungstenite::Error::Io(error)))
}

/// Puts messages into the writer's bounded queues. Cheap to clone.
#[derive(Debug, Clone)]
pub struct LinkSender {
    control: mpsc::Sender<Message>,
    bulk: mpsc::Sender<Message>,
    packs: Arc<AtomicBool>,
}

impl LinkSender {
    /// Packs what is sent from now on: the peer said that it understands that.
    pub fn pack(&self) {
        self.packs.store(true, Ordering::Relaxed);
    }

    /// Queues a message, waiting for room.
    ///
    /// # Errors
    /// [`LinkError::Closed`] when the writer ended.
    pub async fn send(&self, lane: Lane, message: Message) -> Result<(), LinkError> {
        self.queue(lane).send(message).await.map_err(|_| LinkError::Closed)
    }

    /// Queues a message if there is room now; gives it back otherwise.
    ///
    /// # Errors
    /// The message, when the queue is full or the writer ended.
    pub fn try_send(&self, lane: Lane, message: Message) -> Result<(), Message> {
        self.queue(lane).try_send(message).map_err(mpsc::error::TrySendError::into_inner)
    }

    /// Waits until a bulk message would go out at once, so that it can be made from fresh state.
    ///
    /// # Errors
    /// [`LinkError::Closed`] when the writer ended.
    pub async fn bulk_permit(&self) -> Result<mpsc::Permit<'_, Message>, LinkError> {
        self.bulk.reserve().await.map_err(|_| LinkError::Closed)
    }

    fn queue(&self, lane: Lane) -> &mpsc::Sender<Message> {
        match lane {
            Lane::Control => &self.control,
            Lane::Bulk => &self.bulk,
        }
    }
}

/// The writing half: a task that empties the queues into the socket.
pub struct LinkWriter {
    sink: SplitSink<Socket, WsMessage>,
    control: mpsc::Receiver<Message>,
    bulk: mpsc::Receiver<Message>,
    packs: Arc<AtomicBool>,
    /// Made with the first message that is packed.
    packer: Option<Packer>,
    pulse: Option<Arc<Pulse>>,
}

impl LinkWriter {
    /// Runs until every sender is gone or the connection breaks.
    ///
    /// # Errors
    /// When the connection breaks, or the reader found that the peer is gone.
    pub async fn run(self) -> Result<(), LinkError> {
        match self.pulse.clone() {
            None => self.write().await,
            // A write to a peer that vanished never ends by itself.
            Some(pulse) => tokio::select! {
                written = self.write() => written,
                () = pulse.dead() => Err(LinkError::Silent),
            },
        }
    }

    async fn write(mut self) -> Result<(), LinkError> {
        let mut asked = Instant::now();
        loop {
            let message = tokio::select! {
                biased;
                () = ping_due(self.pulse.as_deref(), asked) => {
                    asked = Instant::now() + super::PING_AFTER;
                    WsMessage::Ping(Bytes::new())
                }
                message = self.control.recv() => match message {
                    Some(message) => self.wire_form(message),
                    None => break,
                },
                message = self.bulk.recv() => match message {
                    Some(message) => self.wire_form(message),
                    None => break,
                },
            };
            self.sink.feed(message).await?;
            self.drain_control().await?;
            self.sink.flush().await?;
        }
        let goodbye = CloseFrame { code: CloseCode::Normal, reason: "".into() };
        let _ = self.sink.send(WsMessage::Close(Some(goodbye))).await;
        Ok(())
    }

    /// Small messages that wait already share one flush.
    async fn drain_control(&mut self) -> Result<(), LinkError> {
        while let Ok(message) = self.control.try_recv() {
            let message = self.wire_form(message);
            self.sink.feed(message).await?;
        }
        Ok(())
    }

    fn wire_form(&mut self, message: Message) -> WsMessage {
        let content = match message {
            Message::Text(text) => Content::Text(text),
            Message::Frame(frame) => Content::Binary(frame.encode()),
        };
        if self.packs.load(Ordering::Relaxed) {
            let packer = self.packer.get_or_insert_with(Packer::default);
            if let Some(packed) = packer.pack(&content) {
                return WsMessage::Binary(packed);
            }
        }
        match content {
            Content::Text(text) => WsMessage::text(text),
            Content::Binary(bytes) => WsMessage::Binary(bytes),
        }
    }
}

async fn ping_due(pulse: Option<&Pulse>, earliest: Instant) {
    match pulse {
        Some(pulse) => pulse.ping_due(earliest).await,
        None => std::future::pending().await,
    }
}
