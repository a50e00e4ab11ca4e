//! Drawing only what changed shows exactly what drawing everything shows.

use proptest::prelude::*;
use ratatui::buffer::Buffer;

use super::World;
use super::world::key;
use crate::app::event::AppEvent;
use crate::app::state::SessionKey;
use crate::app::view;
use crate::proto::Role;
use crate::term::sync::{Base, diff};
use crate::term::{LineMark, Screen, ScreenOptions, View, mark_lines};
use crate::widgets::Look;

/// A Session's program and what its pane was sent.
struct Program {
    key: SessionKey,
    screen: Screen,
    sent: View,
    revision: u64,
}

impl Program {
    fn start(world: &mut World, n: u128) -> Self {
        let key = key(0, n);
        let screen = Screen::new(world.state.pane_size(key), ScreenOptions::default());
        let sent = View::of(&screen, 0);
        let mut program = Self { key, screen, sent, revision: 1 };
        program.send(world, None);
        program
    }

    /// Writes, and sends the Update for it.
    fn write(&mut self, world: &mut World, output: &[u8]) {
        self.screen.feed(output);
        let (revision, view) = (self.revision, self.sent.clone());
        self.revision += 1;
        self.send(world, Some(Base { revision, view: &view }));
    }

    fn send(&mut self, world: &mut World, base: Option<Base<'_>>) {
        let view = View::of(&self.screen, 0);
        let marks = mark_lines(&view, "", |line| {
            let at = line.find("ERR")?;
            Some(LineMark {
                severity: crate::proto::Severity::Error,
                span: at..at + 3,
                color: None,
            })
        });
        let view = view.with_marks(marks);
        let Some(update) = diff(base, self.revision, &view) else {
            self.revision -= 1;
            return;
        };
        let mut bytes = Vec::new();
        update.encode(&mut bytes);
        let channel = world.state.panes[&self.key].channel().unwrap();
        let event = AppEvent::Update { machine: self.key.machine, channel, bytes: bytes.into() };
        world.event(event);
        self.sent = view;
    }
}

/// Draws over `frame` what changed, as the runtime would; how, and where the cursor is.
fn patch(world: &mut World, frame: &mut Buffer) -> bool {
    match view::redraw(&world.state, &Look::default(), frame) {
        Some((rows, cursor)) => {
            assert!(rows.is_sorted() && rows.iter().all(|row| *row < frame.area.height));
            world.state.drawn.cursor = cursor;
            world.state.settle();
            true
        }
        None => {
            *frame = world.draw();
            false
        }
    }
}

fn assert_same(world: &mut World, frame: &Buffer) {
    let cursor = world.state.drawn.cursor;
    let whole = world.draw();
    assert_eq!(world.state.drawn.cursor, cursor);
    for at in frame.area.positions() {
        assert_eq!(frame[at], whole[at], "at {at}");
    }
}

fn output() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        "[a-z ]{0,30}".prop_map(String::into_bytes),
        Just(b"\r\n".to_vec()),
        Just(b"ERR \x1b[31mred\x1b[m".to_vec()),
        Just("日本 e\u{301}".as_bytes().to_vec()),
        Just(b"\x1b[?25l".to_vec()),
        Just(b"\x1b[?25h".to_vec()),
        Just(b"\x1b[2J".to_vec()),
        Just(b"\x1b[?1049h".to_vec()),
        (1..30u8, 1..90u8).prop_map(|(row, col)| format!("\x1b[{row};{col}H").into_bytes()),
    ];
    proptest::collection::vec(piece, 1..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn a_patched_frame_is_a_whole_one(
        writes in proptest::collection::vec((1..4u128, output()), 1..12),
        typing in any::<bool>(),
    ) {
        let mut world = World::with_sessions(40, 170, &["one", "two", "three"]);
        if typing {
            world.operate();
        }
        let mut programs: Vec<_> = (1..4).map(|n| Program::start(&mut world, n)).collect();
        let mut frame = world.draw();
        for (n, output) in writes {
            programs[n as usize - 1].write(&mut world, &output);
            prop_assert!(patch(&mut world, &mut frame), "a screen alone is never drawn whole");
            assert_same(&mut world, &frame);
        }
    }
}

#[test]
fn what_lies_over_the_panes_is_not_drawn_over() {
    let mut world = World::with_sessions(30, 120, &["one", "two"]);
    let mut program = Program::start(&mut world, 1);
    let mut frame = world.draw();
    world.press("?");
    assert!(!patch(&mut world, &mut frame));
    program.write(&mut world, b"under the overlay");
    assert!(!patch(&mut world, &mut frame));
    assert_same(&mut world, &frame);
}

#[test]
fn a_paused_pane_stands_still() {
    let mut world = World::with_sessions(30, 120, &["one", "two"]);
    let mut program = Program::start(&mut world, 1);
    let _ = world.draw();
    world.press("PgUp");
    let mut frame = world.draw();
    program.write(&mut world, b"news");
    assert!(patch(&mut world, &mut frame));
    assert_same(&mut world, &frame);
    assert_eq!(world.state.panes[&key(0, 1)].role, Role::Observer);
}
