//! Playing a recording on the whole terminal. What was recorded goes through the emulator and becomes
//! cells: none of its bytes ever reaches the operator's terminal.

mod player;

use std::io::{self, Stdout};
use std::time::Duration;

use ratatui::layout::Rect;
use tokio::time::{Instant, sleep};

use crate::cast::Cast;
use crate::config::{Ascii, Theme};
use crate::proto::{Key, KeyCode, Winsize};
use crate::term::View;
use crate::widgets::{Look, Pan, ReplayLine, Screenful};

use super::event::AppEvent;
use super::runtime::{Input, Signal, Signals, look};
use super::terminal::{Guard, Outside, Painter};
use super::view::Picture;

use player::Player;

/// Time between two frames at least.
const FRAME: Duration = Duration::from_millis(33);
/// The clock is drawn this often at least.
const TICK: Duration = Duration::from_secs(1);
/// Seconds that an arrow goes.
const SKIP: i64 = 5;
/// Seconds that a page goes.
const PAGE: i64 = 60;

/// How a recording is played.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReplayOptions {
    /// How much faster than it was.
    pub speed: f64,
    /// Longest pause.
    pub idle_limit: Option<Duration>,
    /// Colours.
    pub theme: Theme,
    /// Whether signs are ASCII only.
    pub ascii: Ascii,
}

/// Plays a recording until it is left.
///
/// # Errors
/// When there is no terminal, or it breaks.
pub async fn replay(cast: Cast, options: ReplayOptions) -> io::Result<()> {
    let guard = Guard::enter(Outside::check()?, false)?;
    let look = look(options.theme, options.ascii, |name| std::env::var_os(name));
    let player = Player::new(cast, options.speed, options.idle_limit);
    let mut stage = Stage { player, look, painter: Painter::new(io::stdout()), size: size()? };
    let outcome = Box::pin(stage.play()).await;
    drop(guard);
    outcome
}

fn size() -> io::Result<Winsize> {
    let (cols, rows) = crossterm::terminal::size()?;
    Ok(Winsize::new(rows, cols))
}

struct Stage {
    player: Player,
    look: Look,
    painter: Painter<Stdout>,
    size: Winsize,
}

impl Stage {
    async fn play(&mut self) -> io::Result<()> {
        let (mut input, mut signals) = (Input::start(), Signals::listen()?);
        let mut last = Instant::now();
        self.player.advance(Duration::ZERO);
        loop {
            self.draw()?;
            let wait = self.player.until_next().map(|next| next.clamp(FRAME, TICK));
            tokio::select! {
                event = input.next() => match event? {
                    None => return Ok(()),
                    Some(event) => {
                        self.player.advance(last.elapsed());
                        if !self.act(&event) {
                            return Ok(());
                        }
                    }
                },
                signal = signals.next() => {
                    if signal == Signal::End {
                        return Ok(());
                    }
                }
                () = sleep(wait.unwrap_or_default()), if wait.is_some() => {
                    self.player.advance(last.elapsed());
                }
            }
            last = Instant::now();
        }
    }

    /// Does what an event asks for; false when it is to end.
    fn act(&mut self, event: &AppEvent) -> bool {
        match event {
            AppEvent::Key(key) => return self.key(*key),
            AppEvent::Resize(size) => {
                self.size = *size;
                self.painter.forget();
            }
            _ => {}
        }
        true
    }

    fn key(&mut self, key: Key) -> bool {
        let player = &mut self.player;
        match key.code {
            KeyCode::Char('c') if key.mods.ctrl => return false,
            KeyCode::Char('q') | KeyCode::Escape => return false,
            KeyCode::Char('l') if key.mods.ctrl => self.painter.forget(),
            KeyCode::Char(' ') => player.toggle(),
            KeyCode::Char('.') => player.step(),
            KeyCode::Char('+' | '=') => player.faster(true),
            KeyCode::Char('-') => player.faster(false),
            KeyCode::Char(']') => player.seek_marker(true),
            KeyCode::Char('[') => player.seek_marker(false),
            KeyCode::Left => player.skip(-SKIP),
            KeyCode::Right => player.skip(SKIP),
            KeyCode::PageUp => player.skip(-PAGE),
            KeyCode::PageDown => player.skip(PAGE),
            KeyCode::Home => player.seek(0),
            KeyCode::End => player.seek(u64::MAX),
            _ => {}
        }
        true
    }

    fn draw(&mut self) -> io::Result<()> {
        let Winsize { rows, cols } = self.size;
        let area = Rect::new(0, 0, cols, rows);
        let (screen, line) = (
            Rect { height: rows.saturating_sub(1), ..area },
            Rect { y: rows.saturating_sub(1), height: 1.min(rows), ..area },
        );
        let view = self.player.view();
        let buf = self.painter.blank(area);
        let screenful = Screenful {
            cells: &Picture { view: &view, cursor: true },
            pan: pan(&view, screen),
            marks: &[],
            highlights: &[],
            dim: false,
            soft_cursor: false,
        };
        let cursor = screenful.draw(&self.look, screen, buf);
        let (position, length) = self.player.place();
        let cropped = view.size().rows > screen.height || view.size().cols > screen.width;
        let line_of = ReplayLine {
            playing: self.player.is_playing(),
            speed: self.player.speed(),
            position: Duration::from_micros(position),
            length: Duration::from_micros(length),
            note: self.player.note(),
            cropped: cropped.then(|| view.size()),
        };
        line_of.draw(&self.look, line, buf);
        let shape = view.modes().cursor_shape;
        self.painter.paint(cursor.map(|at| (at, shape))).map(|_| ())
    }
}

/// Where the view of a larger screen starts: so that its cursor is seen.
fn pan(view: &View, area: Rect) -> Pan {
    let (row, col) = view.cursor_position();
    let start = |at: u16, shown: u16| (at + 1).saturating_sub(shown.max(1));
    Pan { rows: start(row, area.height), cols: start(col, area.width) }
}
