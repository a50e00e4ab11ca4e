//! A framed duplex over any byte stream.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{
    CloseFrame, WebSocketConfig, frame::coding::CloseCode,
};
use tokio_tungstenite::tungstenite::{self, Message as WsMessage};

use super::packed::{self, Content, Packer, Unpacker};
use crate::proto::{Frame, FrameError};

/// Largest message either side accepts.
const MESSAGE_MAX: usize = 4 << 20;
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

/// Limits of every WebSocket of ours.
pub(super) fn limits() -> WebSocketConfig {
    WebSocketConfig::default()
        .max_message_size(Some(MESSAGE_MAX))
        .max_frame_size(Some(MESSAGE_MAX))
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_write_buffer_size(WRITE_BUFFER_MAX)
}

/// Why a Link could not be opened or broke.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// Nothing listens, or the network failed.
    #[error("cannot reach {address}: {source}")]
    Connect {
        /// The address.
        address: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// Nothing answered in time.
    #[error("{address} did not answer within 10 s")]
    Deadline {
        /// The address.
        address: String,
    },
    /// The Agent refused the connection.
    #[error("{address} refused the connection: {reason}")]
    Refused {
        /// The address.
        address: String,
        /// What it said.
        reason: String,
    },
    /// The peer broke the protocol, or the network failed.
    #[error("the connection broke: {0}")]
    Broken(#[from] Box<tungstenite::Error>),
    /// The peer closed the connection.
    #[error("the connection was closed")]
    Closed,
}

impl From<tungstenite::Error> for LinkError {
    fn from(error: tungstenite::Error) -> Self {
        match error {
            tungstenite::Error::ConnectionClosed | tungstenite::Error::AlreadyClosed => {
                Self::Closed
            }
            other => Self::Broken(Box::new(other)),
        }
    }
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
}

impl Link {
    pub(super) fn new(socket: Socket) -> Self {
        Self { socket }
    }

    /// Splits the Link into its reading and its writing half. The writer must be run as a task.
    #[must_use]
    pub fn split(self) -> (LinkReader, LinkSender, LinkWriter) {
        let (sink, stream) = self.socket.split();
        let (control, control_queue) = mpsc::channel(CONTROL_CAPACITY);
        let (bulk, bulk_queue) = mpsc::channel(BULK_CAPACITY);
        let packs = Arc::new(AtomicBool::new(false));
        (
            LinkReader { stream, unpacker: None },
            LinkSender { control, bulk, packs: packs.clone() },
            LinkWriter { sink, control: control_queue, bulk: bulk_queue, packs, packer: None },
        )
    }
}

/// The reading half.
pub struct LinkReader {
    stream: SplitStream<Socket>,
    /// Made with the first packed message.
    unpacker: Option<Unpacker>,
}

impl LinkReader {
    /// The next message; frames of unknown kinds are skipped.
    ///
    /// # Errors
    /// When the connection ended or the peer broke the protocol.
    pub async fn next(&mut self) -> Result<Message, LinkError> {
        loop {
            let message = self.stream.next().await.ok_or(LinkError::Closed)??;
            match message {
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
}

impl LinkReader {
    /// A binary message, unpacked; `None` for a kind that this version does not know.
    fn binary(&mut self, bytes: Bytes) -> Result<Option<Message>, LinkError> {
        let bytes = match bytes.split_first() {
            Some((&packed::KIND, rest)) => {
                let unpacker = self.unpacker.get_or_insert_with(Unpacker::new);
                match unpacker.unpack(rest, MESSAGE_MAX).map_err(|error| broken(&error))? {
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
}

impl LinkWriter {
    /// Runs until every sender is gone or the connection breaks.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn run(mut self) -> Result<(), LinkError> {
        loop {
            let message = tokio::select! {
                biased;
                message = self.control.recv() => message,
                message = self.bulk.recv() => message,
            };
            let Some(message) = message else { break };
            let message = self.wire_form(message);
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
            let packer = self.packer.get_or_insert_with(Packer::new);
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
