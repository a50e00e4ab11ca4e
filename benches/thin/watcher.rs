//! A client that watches every pane, as a dashboard does.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use watchdeck::client::{Client, Incoming, IncomingStream};
use watchdeck::proto::{Event, InputKind, Reply, Request, Role, SessionStatus, Update};
use watchdeck::term::Replica;

use crate::flood;
use crate::support::{info, until};

/// How often the age of what is shown is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// Seconds, to be put in order.
#[derive(Default)]
pub struct Ages(Vec<f64>);

impl Ages {
    pub fn add(&mut self, age: Duration) {
        self.0.push(age.as_secs_f64());
    }

    /// The value below which this part of them lies.
    pub fn part(&self, part: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let last = sorted.len().saturating_sub(1) as f64;
        sorted.get((last * part).round() as usize).copied().unwrap_or(f64::NAN)
    }
}

/// What is shown.
#[derive(Default)]
struct Shown {
    /// When the newest line of each pane was written, by its place.
    newest: HashMap<usize, u64>,
    /// Panes whose end was told.
    ended: Vec<String>,
}

pub struct Watcher {
    client: Client,
    channels: Vec<u32>,
    shown: Arc<Mutex<Shown>>,
    pictures: Arc<AtomicU64>,
    reading: tokio::task::JoinHandle<()>,
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

impl Watcher {
    pub async fn attach((client, incoming): (Client, IncomingStream), role: Role) -> Self {
        let (shown, pictures) = (Arc::default(), Arc::default());
        let (told, channels_of) = tokio::sync::mpsc::unbounded_channel();
        let reading = tokio::spawn(read(
            client.clone(),
            incoming,
            channels_of,
            Arc::clone(&shown),
            Arc::clone(&pictures),
        ));
        client.request(Request::Subscribe).await.expect("subscribed");
        let mut channels = Vec::new();
        for pane in 0..crate::PANES {
            let session = format!("pane-{pane}");
            let attach = Request::Attach { session, role, size: None, fps: 30 };
            let Ok(Reply::Attached { channel, session, .. }) = client.request(attach).await else {
                panic!("not attached")
            };
            let _ = told.send((channel, pane, Replica::new(session.size())));
            channels.push(channel);
        }
        Self { client, channels, shown, pictures, reading }
    }

    /// Pictures that came so far.
    pub fn pictures(&self) -> u64 {
        self.pictures.load(Ordering::Relaxed)
    }

    /// The ages of all panes, for a while.
    pub async fn ages(&self, time: Duration) -> Ages {
        let (mut ages, began) = (Ages::default(), Instant::now());
        while began.elapsed() < time {
            tokio::time::sleep(LOOK).await;
            let (shown, now) = (self.shown.lock().expect("no panic"), flood::now());
            for pane in 0..crate::PANES {
                let newest = shown.newest.get(&pane).copied().unwrap_or(0);
                ages.add(Duration::from_millis(now.saturating_sub(newest)));
            }
        }
        ages
    }

    /// Presses Ctrl-C in a pane: until its program has ended, and until this client was told.
    pub async fn interrupt(&self, beside: &Client, pane: usize) -> (Duration, Duration) {
        let (name, began) = (format!("pane-{pane}"), Instant::now());
        self.client.input(self.channels[pane], InputKind::Keys, "\x03".into()).expect("sent");
        let ended = async {
            until("it ends", || async {
                (info(beside, &name).await.exit_status.is_some()).then_some(began.elapsed())
            })
            .await
        };
        let told = async {
            until("the end is told", || async {
                let shown = self.shown.lock().expect("no panic");
                shown.ended.contains(&name).then_some(began.elapsed())
            })
            .await
        };
        tokio::join!(ended, told)
    }
}

type Channels = tokio::sync::mpsc::UnboundedReceiver<(u32, usize, Replica)>;

async fn read(
    client: Client,
    mut incoming: IncomingStream,
    mut channels: Channels,
    shown: Arc<Mutex<Shown>>,
    pictures: Arc<AtomicU64>,
) {
    let mut replicas = HashMap::new();
    while let Some(message) = incoming.recv().await {
        match message {
            Incoming::Update { channel, bytes } => {
                while !replicas.contains_key(&channel) {
                    let Some((of, pane, replica)) = channels.recv().await else { return };
                    replicas.insert(of, (pane, replica));
                }
                let Some((pane, replica)) = replicas.get_mut(&channel) else { continue };
                let update = Update::decode(&bytes).expect("an update");
                replica.apply(&update).expect("in step");
                let _ = client.ack(channel, update.revision).await;
                pictures.fetch_add(1, Ordering::Relaxed);
                if let Some(at) = flood::newest(replica.view().text_rows()) {
                    shown.lock().expect("no panic").newest.insert(*pane, at);
                }
            }
            Incoming::Event(Event::Session { session })
                if session.status != SessionStatus::Connected =>
            {
                shown.lock().expect("no panic").ended.push(session.name);
            }
            Incoming::Closed { reason, .. } => panic!("{reason}"),
            _ => {}
        }
    }
}
