//! Makes the pictures in `screenshots/` from the running program: `cargo run --release --example screenshots`.
//!
//! It starts `watchdeck demo` in a terminal of its own, presses keys, waits until the screen shows what
//! the picture is about, and writes the frame as SVG. With `rsvg-convert` installed it makes PNGs too.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a picture that cannot be taken ends the program

#[path = "../tests/support/terminal.rs"]
mod terminal;

use std::path::{Path, PathBuf};
use std::process::Command;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color as Colour, Modifier, Style};
use terminal::Terminal;
use watchdeck::proto::Winsize;
use watchdeck::term::{Cell, Color, View};
use watchdeck::widgets::{SvgOptions, svg};

/// The default leader, `C-/`.
const LEADER: &str = "\x1f";
const LARGE: Winsize = Winsize::new(48, 160);

fn main() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("screenshots");
    std::fs::create_dir_all(&dir).expect("the directory is there");
    build();
    overview(&dir);
    alert_and_search(&dir);
    typing_into_vim(&dir);
    narrow(&dir);
    lost(&dir);
}

/// The demo in a terminal of its own, seeing no configuration but its own.
fn demo(size: Winsize) -> Terminal {
    let mut command = Command::new(binary());
    let nowhere = std::env::temp_dir().join("watchdeck-screenshots");
    command
        .args(["demo", "--seed", "7"])
        .env("XDG_CONFIG_HOME", &nowhere)
        .env("XDG_STATE_HOME", &nowhere)
        .env("PS1", "deploy@web-1:~$ ")
        .env_remove("TMUX");
    Terminal::run(command, size)
}

/// Builds the binary: an example alone does not.
fn build() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--locked", "--bin", "watchdeck"]);
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    assert!(command.status().is_ok_and(|status| status.success()), "the binary cannot be built");
}

/// The binary beside this example.
fn binary() -> PathBuf {
    let example = std::env::current_exe().expect("this program's path");
    let target = example.parent().and_then(Path::parent).expect("a target directory");
    target.join("watchdeck")
}

fn overview(dir: &Path) {
    for (name, size) in [("overview", LARGE), ("overview-240x70", Winsize::new(70, 240))] {
        let deck = demo(size);
        deck.until("errors are counted", header_has_errors);
        save(dir, name, &deck.until_shows("roll out"));
    }
}

fn alert_and_search(dir: &Path) {
    let mut deck = demo(LARGE);
    deck.until("errors are counted", header_has_errors);
    let view = deck.until_shows("StockUnavailableException");
    deck.press(&format!("{}z", pane_number(&view, "build-7/orders")));
    deck.until_shows("zoomed");
    deck.until_shows("StockUnavailableException");
    deck.press("/order \\d+ placed\r");
    let hits = regex::Regex::new(r"\d+ of \d+ .*paused|paused.* \d+ of \d+").expect("a pattern");
    save(
        dir,
        "search",
        &deck.until("the hits are counted", |view| view.text_rows().any(|row| hits.is_match(&row))),
    );
    deck.press("G");
    deck.until_hides("paused");
    deck.press("e");
    save(dir, "alert", &deck.until_shows("paused"));
}

fn typing_into_vim(dir: &Path) {
    let mut deck = demo(LARGE);
    let view = deck.until_shows("web-1/shell");
    deck.press(&format!("{}o\r", pane_number(&view, "web-1/shell")));
    deck.until_shows("you type here");
    deck.press("vim -u NONE /etc/services\r");
    deck.until_shows("/etc/services\"");
    save(dir, "typing-into-vim", &deck.view());
    deck.press(&format!(":q!\r{LEADER}\x1b"));
}

fn narrow(dir: &Path) {
    let deck = demo(Winsize::new(24, 80));
    save(dir, "narrow-80x24", &deck.until("errors are counted", header_has_errors));
}

/// One of the demo's agents is killed; its last screens stay.
fn lost(dir: &Path) {
    let deck = demo(LARGE);
    deck.until("errors are counted", header_has_errors);
    deck.until_shows("roll out");
    kill(agent(deck.child.id(), "db-1"));
    save(dir, "machine-lost", &deck.until_shows("GRACE_PERIOD"));
}

/// The process of the demo's agent with this name (proc(5): `stat` has the parent after the name).
fn agent(demo: u32, name: &str) -> i32 {
    let is_it = |pid: &i32| {
        let file = |what: &str| std::fs::read_to_string(format!("/proc/{pid}/{what}"));
        let parent = file("stat")
            .ok()
            .and_then(|stat| stat.rsplit(") ").next()?.split(' ').nth(1)?.parse::<u32>().ok());
        let words = file("cmdline").unwrap_or_default();
        parent == Some(demo) && words.split('\0').any(|word| word == name)
    };
    let processes = std::fs::read_dir("/proc").expect("proc").flatten();
    let mut pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.find(is_it).expect("the demo's agent")
}

fn kill(pid: i32) {
    let pid = rustix::process::Pid::from_raw(pid).expect("a process");
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("it is killed");
}

fn header_has_errors(view: &View) -> bool {
    let header = view.row_text(0);
    header.contains("E ") && !header.contains("E 0")
}

/// The number in the frame of the pane that shows `session`.
fn pane_number(view: &View, session: &str) -> char {
    let row = view.text_rows().find(|row| row.contains(&format!(" {session} ─"))).expect("a pane");
    let before = row.split(session).next().unwrap_or_default();
    before.trim_end().chars().last().expect("a number")
}

fn save(dir: &Path, name: &str, view: &View) {
    let buffer = picture(view);
    let options = SvgOptions {
        foreground: (0xd7, 0xde, 0xe7),
        background: (0x11, 0x15, 0x1a),
        cursor: view.cursor().map(|(row, col)| Position::new(col, row)),
    };
    let path = dir.join(format!("{name}.svg"));
    std::fs::write(&path, svg(&buffer, &options)).expect("the picture is written");
    let png = path.with_extension("png");
    let converted = Command::new("rsvg-convert").arg(&path).arg("-o").arg(&png).status();
    match converted {
        Ok(status) if status.success() => {
            // The SVG is only the way to the PNG, unless there is no other picture.
            std::fs::remove_file(&path).expect("the SVG is removed");
            println!("{}", png.display());
        }
        _ => println!("{} (no rsvg-convert, so no PNG)", path.display()),
    }
}

fn picture(view: &View) -> Buffer {
    let size = view.size();
    let mut buffer = Buffer::empty(Rect::new(0, 0, size.cols, size.rows));
    for row in 0..size.rows {
        for (cell, col) in view.row(row).zip(0..) {
            if cell.width > 0 {
                let text = if cell.text.is_empty() { " " } else { cell.text };
                buffer[(col, row)].set_symbol(text).set_style(style(&cell));
            }
        }
    }
    buffer
}

fn style(cell: &Cell<'_>) -> Style {
    let mut style = Style::new().fg(colour(cell.fg)).bg(colour(cell.bg));
    for (set, modifier) in [
        (cell.bold, Modifier::BOLD),
        (cell.dim, Modifier::DIM),
        (cell.italic, Modifier::ITALIC),
        (cell.underline, Modifier::UNDERLINED),
        (cell.inverse, Modifier::REVERSED),
    ] {
        if set {
            style = style.add_modifier(modifier);
        }
    }
    style
}

const fn colour(color: Color) -> Colour {
    match color {
        Color::Default => Colour::Reset,
        Color::Indexed(index) => Colour::Indexed(index),
        Color::Rgb(red, green, blue) => Colour::Rgb(red, green, blue),
    }
}
