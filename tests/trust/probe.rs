//! The program that sessions run: this very test binary, as a child that does one thing on its
//! terminal and keeps its own account of it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::termios::{self, InputModes, OptionalActions};
use watchdeck::client::Client;
use watchdeck::proto::{Begin, Reply, Request, SessionInfo, SpawnSpec};

use crate::dice::Dice;
use crate::ledger::Account;
use crate::support::wait_for;

/// Set in a child: what it does.
const MODE: &str = "WATCHDECK_PROBE";
/// Set in a child: how much of it.
const AMOUNT: &str = "WATCHDECK_PROBE_AMOUNT";
/// Set in a child: where its account goes.
const LEDGER: &str = "WATCHDECK_PROBE_LEDGER";
/// What every child says once its terminal is as it wants it.
const READY: &[u8] = b"ready\r\n";
/// One in so many lines is an error.
pub const ERROR_EVERY: u64 = 400;

/// What a child does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Waits for a byte, writes a script of so many bytes, and ends with code 3.
    Numbered,
    /// Writes down each line that it reads.
    Commands,
    /// Says `ready` and reads nothing until SIGUSR1; then takes so many bytes.
    Deaf,
    /// Asks the terminal so many questions and reads no answer; then counts what came.
    Storm,
    /// The same with sequences that ask nothing.
    Calm,
    /// As `Numbered`, unhurried, on a terminal that Ctrl-S stops.
    Stoppable,
    /// Gives back what it reads, raw.
    Echo,
    /// Counts changes of size until a byte comes.
    Sizes,
}

const MODES: [(Mode, &str); 8] = [
    (Mode::Numbered, "numbered"),
    (Mode::Commands, "commands"),
    (Mode::Deaf, "deaf"),
    (Mode::Storm, "storm"),
    (Mode::Calm, "calm"),
    (Mode::Stoppable, "stoppable"),
    (Mode::Echo, "echo"),
    (Mode::Sizes, "sizes"),
];

/// Starts a child in a Session; it is ready then.
pub async fn start(
    client: &Client,
    name: &str,
    mode: Mode,
    amount: u64,
    ledger: &Path,
) -> SessionInfo {
    let exe = std::env::current_exe().unwrap().display().to_string();
    let word = MODES.iter().find(|(known, _)| *known == mode).unwrap().1;
    let env = BTreeMap::from([
        (MODE.to_owned(), word.to_owned()),
        (AMOUNT.to_owned(), amount.to_string()),
        (LEDGER.to_owned(), ledger.display().to_string()),
    ]);
    // What the test harness says about itself is none of the child's output.
    let script = "exec \"$0\" --exact probe::child --nocapture --test-threads=1 >/dev/null 2>&1";
    let command = ["/bin/sh", "-c", script, &exe].map(str::to_owned).to_vec();
    let (name, cwd) = (Some(name.to_owned()), Some("/".to_owned()));
    let spec = SpawnSpec { command, name, cwd, env, ..SpawnSpec::default() };
    match client.request(Request::CreateSession { spec }).await.unwrap() {
        Reply::Session { session } => {
            wait_for(client, &session.name, "^ready$", Begin::Start).await;
            *session
        }
        other => panic!("{other:?}"),
    }
}

/// The next lines of a script: numbered, coloured, sometimes an error, sometimes a wide character or
/// a jump of the cursor.
fn line(number: u64, dice: &mut Dice) -> String {
    let noise: String =
        (0..dice.within(0..60)).map(|_| char::from(b'a' + dice.within(0..26) as u8)).collect();
    match number {
        _ if number.is_multiple_of(ERROR_EVERY) => format!("ERROR number {number}\r\n"),
        _ if number.is_multiple_of(97) => {
            format!("\x1b[2J\x1b[{};{}Hcleared {number}\r\n", number % 20, number % 50)
        }
        _ if number.is_multiple_of(13) => {
            format!("{number:09} \x1b[1;3{}m{noise}\x1b[m 漢字\r\n", number % 8)
        }
        _ => format!("{number:09} {noise}\r\n"),
    }
}

/// What a child in mode `Numbered` writes, and how many errors are in it.
pub fn script(amount: u64) -> (Vec<u8>, u64) {
    let (mut bytes, mut dice, mut number) = (READY.to_vec(), Dice::with(amount), 0);
    while (bytes.len() as u64) < amount {
        number += 1;
        bytes.extend_from_slice(line(number, &mut dice).as_bytes());
    }
    (bytes, number / ERROR_EVERY)
}

/// The account that a child has left, once it has.
pub fn account(ledger: &Path) -> Option<String> {
    std::fs::read_to_string(ledger).ok().filter(|text| text.ends_with('\n'))
}

struct Child {
    terminal: File,
    amount: u64,
    ledger: PathBuf,
}

#[test]
fn child() {
    let Ok(word) = std::env::var(MODE) else { return };
    let mode = MODES.iter().find(|(_, known)| *known == word).unwrap().0;
    let terminal = File::options().read(true).write(true).open("/dev/tty").unwrap();
    let amount = std::env::var(AMOUNT).unwrap().parse().unwrap();
    let child = Child { terminal, amount, ledger: std::env::var(LEDGER).unwrap().into() };
    std::process::exit(child.run(mode));
}

impl Child {
    fn run(mut self, mode: Mode) -> i32 {
        self.raw(mode == Mode::Stoppable);
        self.terminal.write_all(READY).unwrap();
        match mode {
            Mode::Numbered => self.numbered(Duration::ZERO),
            Mode::Stoppable => self.numbered(Duration::from_millis(2)),
            Mode::Commands => self.commands(),
            Mode::Deaf => self.deaf(),
            Mode::Storm => self.storm("\x1b[6n"),
            Mode::Calm => self.storm("\x1b[7m"),
            Mode::Echo => self.echo(),
            Mode::Sizes => self.sizes(),
        }
    }

    fn raw(&self, stoppable: bool) {
        let mut modes = termios::tcgetattr(&self.terminal).unwrap();
        modes.make_raw();
        modes.input_modes.set(InputModes::IXON, stoppable);
        termios::tcsetattr(&self.terminal, OptionalActions::Now, &modes).unwrap();
    }

    fn say(&mut self, text: &str) {
        self.terminal.write_all(text.as_bytes()).unwrap();
    }

    fn read(&mut self) -> Vec<u8> {
        let mut bytes = vec![0; 64 << 10];
        let read = self.terminal.read(&mut bytes).unwrap_or(0);
        bytes.truncate(read);
        bytes
    }

    /// Written whole or not at all: whoever reads it waits for the line end.
    fn write_down(&self, text: &str) {
        std::fs::write(&self.ledger, format!("{text}\n")).unwrap();
    }

    fn numbered(mut self, pause: Duration) -> i32 {
        let (script, _) = script(self.amount);
        self.read();
        let mut account = Account::default();
        account.add(READY);
        for piece in script[READY.len()..].chunks(8 << 10) {
            std::thread::sleep(pause);
            self.terminal.write_all(piece).unwrap();
            account.add(piece);
        }
        self.write_down(&account.sum());
        3
    }

    fn commands(mut self) -> i32 {
        let mut executed = File::options().create(true).append(true).open(&self.ledger).unwrap();
        let mut unfinished = Vec::new();
        loop {
            let bytes = self.read();
            if bytes.is_empty() {
                return 0;
            }
            unfinished.extend_from_slice(&bytes);
            let whole = unfinished.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            executed.write_all(&unfinished.drain(..whole).collect::<Vec<_>>()).unwrap();
        }
    }

    fn deaf(mut self) -> i32 {
        let (told, tell) = std::os::unix::net::UnixStream::pair().unwrap();
        signal_hook::low_level::pipe::register(signal_hook::consts::SIGUSR1, tell).unwrap();
        (&told).read_exact(&mut [0]).unwrap();
        let size = termios::tcgetwinsize(&self.terminal).unwrap();
        self.say(&format!("signalled at {}x{}\r\n", size.ws_row, size.ws_col));
        (&told).read_exact(&mut [0]).unwrap();
        let mut account = Account::default();
        while account.bytes < self.amount {
            let bytes = self.read();
            account.add(&bytes);
        }
        self.write_down(&account.sum());
        self.say("all read\r\n");
        self.read();
        0
    }

    fn storm(mut self, question: &str) -> i32 {
        self.read();
        let began = Instant::now();
        for _ in 0..self.amount / 100 {
            self.terminal.write_all(question.repeat(100).as_bytes()).unwrap();
        }
        let milliseconds = began.elapsed().as_millis();
        self.say("\r\nasked\r\n");
        let answered = self.answers();
        self.say(&format!("{question}again\r\n"));
        let again = self.answers();
        self.write_down(&format!("{milliseconds} {answered} {again}"));
        0
    }

    /// Cursor position reports that come before somebody types `q`.
    fn answers(&mut self) -> usize {
        let mut reports = 0;
        loop {
            let bytes = self.read();
            reports += bytes.iter().filter(|byte| **byte == b'R').count();
            if bytes.contains(&b'q') {
                return reports;
            }
        }
    }

    fn echo(mut self) -> i32 {
        let mut account = Account::default();
        while account.bytes < self.amount {
            let bytes = self.read();
            self.terminal.write_all(&bytes).unwrap();
            account.add(&bytes);
        }
        self.write_down(&account.sum());
        0
    }

    fn sizes(mut self) -> i32 {
        let changes = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let (mut told, tell) = std::os::unix::net::UnixStream::pair().unwrap();
        signal_hook::low_level::pipe::register(signal_hook::consts::SIGWINCH, tell).unwrap();
        let count = changes.clone();
        std::thread::spawn(move || {
            while told.read_exact(&mut [0]).is_ok() {
                count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            }
        });
        self.read();
        let size = termios::tcgetwinsize(&self.terminal).unwrap();
        let changes = changes.load(std::sync::atomic::Ordering::SeqCst);
        self.write_down(&format!("{changes} {} {}", size.ws_row, size.ws_col));
        0
    }
}
