//! Where the dashboard meets the world: terminal, machines, time. One loop: wait for something,
//! handle everything that waits, draw at most once.

mod acks;
mod clipboard;
mod clock;
mod connection;
mod input;
mod links;
mod pace;
mod signals;
mod surroundings;
mod typed;

use std::io::{self, Stdout};

use ratatui::layout::Rect;

use crate::term::View;
use crate::widgets::Look;

pub(super) use input::Input;
pub use links::Identity;
pub(super) use signals::{Signal, Signals};
pub use surroundings::{look, offers};

use super::effect::Effect;
use super::entry::Target;
use super::event::AppEvent;
use super::state::{Damage, Mode, State};
use super::terminal::{Cursor, Guard, Outside, Painter};
use super::update::update;
use super::view;
use clock::Clock;
use links::Links;
use pace::Pace;

/// Events handled in a row before a frame may be drawn; a flood must not starve the screen.
const DRAIN: usize = 512;

/// Runs a dashboard until it is left; the state it had then.
///
/// # Errors
/// When there is no terminal, or it cannot be written to any more.
pub async fn run(
    state: State,
    look: Look,
    targets: Vec<Target>,
    identity: &Identity,
) -> io::Result<State> {
    let guard = Guard::enter(Outside::check()?, state.mouse)?;
    let runtime = Runtime {
        links: Links::start(targets, identity),
        clock: Clock::start(),
        painter: Painter::new(io::stdout()),
        input: Input::start(),
        signals: Signals::listen()?,
        pace: Pace::default(),
        guard,
        look,
        state,
        continued: false,
        leaving: false,
    };
    runtime.run().await
}

struct Runtime {
    state: State,
    look: Look,
    links: Links,
    clock: Clock,
    guard: Guard,
    painter: Painter<Stdout>,
    input: Input,
    signals: Signals,
    pace: Pace,
    /// The next SIGCONT ends a stop of our own, and everything it asks for is done.
    continued: bool,
    leaving: bool,
}

/// What ended a wait.
enum Woken {
    Event(Box<AppEvent>),
    Signal(Signal),
    Time,
}

impl Runtime {
    async fn run(mut self) -> io::Result<State> {
        let (cols, rows) = crossterm::terminal::size()?;
        self.handle(AppEvent::Resize(crate::proto::Winsize { rows, cols }))?;
        while !self.leaving {
            self.draw_if_due()?;
            let woken = self.wait().await?;
            match woken {
                Woken::Event(event) => self.handle(*event)?,
                Woken::Signal(signal) => self.signal(signal)?,
                Woken::Time if self.state.damage.visible => {}
                Woken::Time => self.handle(AppEvent::Tick)?,
            }
            self.drain()?;
        }
        Ok(self.state)
    }

    async fn wait(&mut self) -> io::Result<Woken> {
        let until = self.clock.instant(self.wake_at());
        let woken = tokio::select! {
            biased;
            signal = self.signals.next() => Woken::Signal(signal),
            event = self.input.next() => match event? {
                Some(event) => Woken::Event(Box::new(event)),
                None => Woken::Signal(Signal::End),
            },
            Some(event) = self.links.next() => Woken::Event(Box::new(event)),
            () = tokio::time::sleep_until(until) => Woken::Time,
        };
        Ok(woken)
    }

    /// When something must be done without an event: the pace allows the frame that waits, or
    /// time itself changes what is shown.
    fn wake_at(&self) -> std::time::Duration {
        let now = self.clock.now().mono;
        let Damage { visible, urgent, .. } = self.state.damage;
        match visible {
            true => self.pace.due(now, self.state.fps(), urgent),
            false => self.state.next_wake(),
        }
    }

    /// Handles what waits already. Keys go first: they must not queue behind a flood.
    fn drain(&mut self) -> io::Result<()> {
        for _ in 0..DRAIN {
            if self.leaving {
                return Ok(());
            }
            let event = match self.input.try_next()? {
                Some(key) => Some(key),
                None => self.links.try_next(),
            };
            match event {
                Some(event) => self.handle(event)?,
                None => return Ok(()),
            }
        }
        Ok(())
    }

    fn handle(&mut self, event: AppEvent) -> io::Result<()> {
        let effects = update(&mut self.state, self.clock.now(), event);
        for effect in effects {
            self.execute(effect)?;
        }
        Ok(())
    }

    fn execute(&mut self, effect: Effect) -> io::Result<()> {
        match effect {
            Effect::Request { machine, request, tag } => self.links.request(machine, request, tag),
            Effect::Input { session, channel, epoch, kind, bytes } => {
                let sent = self.links.input(session, channel, epoch, kind, &bytes);
                if let Err(reason) = sent {
                    let machine = session.machine;
                    return self.handle(AppEvent::InputRefused { machine, reason });
                }
            }
            Effect::Focus { epoch } => self.links.focus(epoch),
            Effect::Ack { machine, channel, revision } => {
                self.links.ack(machine, channel, revision);
            }
            Effect::Retry(machine) => self.links.retry(machine),
            Effect::Copy(text) => return self.handle(AppEvent::Copied(clipboard::copy(&text))),
            Effect::Mouse(on) => self.guard.set_mouse(on)?,
            Effect::Bell => self.guard.ring()?,
            Effect::Repaint => self.repaint(),
            Effect::Suspend => self.suspend()?,
            Effect::Quit => self.leaving = true,
        }
        Ok(())
    }

    fn signal(&mut self, signal: Signal) -> io::Result<()> {
        match signal {
            Signal::End => self.leaving = true,
            Signal::Stop => self.suspend()?,
            Signal::Continue if std::mem::take(&mut self.continued) => {}
            Signal::Continue => self.resume()?,
        }
        Ok(())
    }

    /// Gives the terminal back and stops; goes on here when continued.
    fn suspend(&mut self) -> io::Result<()> {
        self.guard.pause();
        signals::stop_process_group()?;
        self.continued = true;
        self.resume()
    }

    /// Takes the terminal again. Harmless when it was never given back: it is set up anew.
    fn resume(&mut self) -> io::Result<()> {
        self.guard.resume()?;
        self.repaint();
        let (cols, rows) = crossterm::terminal::size()?;
        self.handle(AppEvent::Resize(crate::proto::Winsize { rows, cols }))
    }

    fn repaint(&mut self) {
        self.painter.forget();
        self.state.touch_now();
    }

    fn draw_if_due(&mut self) -> io::Result<()> {
        let now = self.clock.now();
        let Damage { visible, urgent, .. } = self.state.damage;
        if !visible || self.pace.due(now.mono, self.state.fps(), urgent) > now.mono {
            return Ok(());
        }
        self.state.now = now;
        self.pace.drawn(now.mono, urgent);
        let frame = self.painter.frame();
        let patch = frame.and_then(|frame| view::redraw(&self.state, &self.look, frame));
        match patch {
            Some((rows, cursor)) => {
                self.state.drawn.cursor = cursor;
                self.state.settle();
                self.painter.paint_rows(&rows, self.cursor())?;
            }
            None => {
                let screen = self.state.screen;
                let frame = self.painter.blank(Rect::new(0, 0, screen.cols, screen.rows));
                self.state.drawn = view::draw(&self.state, &self.look, frame);
                self.state.drawn_at = now.mono;
                self.state.settle();
                self.painter.paint(self.cursor())?;
            }
        }
        Ok(())
    }

    /// The real cursor; in the shape that the program wants while it has the keys.
    fn cursor(&self) -> Cursor {
        let position = self.state.drawn.cursor?;
        let program = self.state.mode != Mode::Nav && self.state.overlay.is_none();
        let pane = self.state.focused().and_then(|key| self.state.panes.get(&key));
        let modes = pane.and_then(|pane| pane.screen.as_ref()).map(View::modes);
        let shape = modes.filter(|_| program).map(|modes| modes.cursor_shape);
        Some((position, shape.unwrap_or_default()))
    }
}
