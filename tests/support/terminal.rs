//! A terminal played by this program, with the product's own emulator as its screen: it answers
//! queries, so that what runs in it behaves as on a real one.
#![allow(dead_code)] // each user of this file uses its own part

#[path = "pty.rs"]
mod pty;

use std::fs::File;
use std::io::{Read, Write};
use std::process::{Child, Command, ExitStatus};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use watchdeck::proto::Winsize;
use watchdeck::term::{Screen, ScreenOptions, View};

/// How long something may take to be drawn on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

struct Drawn {
    screen: Screen,
    /// Everything that was written, for tests of what may be written.
    raw: Vec<u8>,
    over: bool,
}

/// A running program in its terminal; killed with this value.
pub struct Terminal {
    pub child: Child,
    master: File,
    drawn: Arc<(Mutex<Drawn>, Condvar)>,
}

impl Terminal {
    pub fn run(mut command: Command, size: Winsize) -> Self {
        command.env("TERM", "xterm-256color").env("COLORTERM", "truecolor");
        let (master, child) = pty::run(command, size);
        let screen = Screen::new(size, ScreenOptions::default());
        let drawn = Drawn { screen, raw: Vec::new(), over: false };
        let drawn = Arc::new((Mutex::new(drawn), Condvar::new()));
        let reader = (master.try_clone().expect("a descriptor"), drawn.clone());
        std::thread::spawn(move || read(reader.0, &reader.1));
        Self { child, master, drawn }
    }

    /// Presses keys, given as the bytes a terminal sends.
    pub fn press(&mut self, bytes: &str) {
        self.master.write_all(bytes.as_bytes()).expect("typed");
    }

    pub fn resize(&self, size: Winsize) {
        let winsize = rustix::termios::Winsize {
            ws_row: size.rows,
            ws_col: size.cols,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        self.drawn.0.lock().unwrap().screen.resize(size);
        rustix::termios::tcsetwinsize(&self.master, winsize).expect("resized");
    }

    /// Waits until the screen satisfies `condition`.
    pub fn until(&self, what: &str, condition: impl Fn(&View) -> bool) -> View {
        let deadline = Instant::now() + PATIENCE;
        let (drawn, changed) = &*self.drawn;
        let mut drawn = drawn.lock().unwrap();
        loop {
            let view = View::of(&drawn.screen, 0);
            if condition(&view) {
                return view;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let over = drawn.over;
            assert!(!left.is_zero() && !over, "never: {what}\n{}", text(&view));
            drawn = changed.wait_timeout(drawn, left).unwrap().0;
        }
    }

    /// Waits until some row contains `wanted`.
    pub fn until_shows(&self, wanted: &str) -> View {
        self.until(wanted, |view| view.text_rows().any(|row| row.contains(wanted)))
    }

    /// Waits until no row contains `unwanted`.
    pub fn until_hides(&self, unwanted: &str) -> View {
        self.until(unwanted, |view| !view.text_rows().any(|row| row.contains(unwanted)))
    }

    pub fn view(&self) -> View {
        View::of(&self.drawn.0.lock().unwrap().screen, 0)
    }

    /// Bytes written so far.
    pub fn raw(&self) -> Vec<u8> {
        self.drawn.0.lock().unwrap().raw.clone()
    }

    /// Waits until the program ended.
    pub fn until_ended(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        let (drawn, changed) = &*self.drawn;
        let mut drawn = drawn.lock().unwrap();
        while !drawn.over {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "it does not end\n{}", text(&View::of(&drawn.screen, 0)));
            drawn = changed.wait_timeout(drawn, left).unwrap().0;
        }
        self.child.wait().expect("it is waited for")
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The rows of a picture, for messages.
pub fn text(view: &View) -> String {
    view.text_rows().map(|row| row + "\n").collect()
}

fn read(mut master: File, shared: &(Mutex<Drawn>, Condvar)) {
    let mut buffer = [0; 64 << 10];
    loop {
        let count = match master.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(count) => count,
        };
        let mut drawn = shared.0.lock().unwrap();
        drawn.screen.feed(&buffer[..count]);
        drawn.raw.extend_from_slice(&buffer[..count]);
        let replies = drawn.screen.take_replies();
        shared.1.notify_all();
        drop(drawn);
        let _ = master.write_all(&replies);
    }
    shared.0.lock().unwrap().over = true;
    shared.1.notify_all();
}
