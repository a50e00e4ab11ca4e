//! The mouse.

use super::World;
use super::world::key;
use crate::app::event::AppEvent;
use crate::app::state::Mode;
use crate::proto::{Event, InputKind, Modifiers, Role};
use crate::term::mouse::{Button, MouseEvent, MouseKind};

fn mouse(world: &mut World, kind: MouseKind, row: u16, col: u16) {
    let mods = Modifiers::NONE;
    world.event(AppEvent::Mouse(MouseEvent { kind, row, col, mods }));
}

const CLICK: MouseKind = MouseKind::Press(Button::Left);

#[test]
fn a_program_that_asked_gets_its_own_coordinates() {
    let mut world = World::with_sessions(48, 160, &["vim"]);
    world.operate();
    world.show(key(0, 1), "\x1b[?1000h\x1b[?1006h");
    let content = world.state.geometry.panes[0].content;
    mouse(&mut world, CLICK, content.y + 2, content.x + 4);
    assert_eq!(world.input(), [(InputKind::Mouse, "\x1b[<0;5;3M".to_owned())]);
    mouse(&mut world, CLICK, content.y - 1, content.x);
    assert_eq!(world.input(), [], "the frame is not the program's");
}

#[test]
fn the_wheel_scrolls_unless_the_program_asked_for_it() {
    let mut world = World::with_sessions(48, 160, &["log"]);
    let content = world.state.geometry.panes[0].content;
    mouse(&mut world, MouseKind::WheelUp, content.y, content.x);
    assert!(world.state.panes[&key(0, 1)].history.is_some());
    mouse(&mut world, MouseKind::WheelDown, content.y, content.x);
    assert!(world.state.panes[&key(0, 1)].history.is_none());
}

#[test]
fn a_click_focuses_and_types_only_where_one_may() {
    let mut world = World::with_sessions(48, 200, &["a", "b"]);
    let second = world.state.geometry.panes[1].content;
    mouse(&mut world, CLICK, second.y, second.x);
    assert_eq!((world.state.focused(), world.state.mode), (Some(key(0, 2)), Mode::Nav));
    world.state.panes.get_mut(&key(0, 1)).unwrap().role = Role::Operator;
    let first = world.state.geometry.panes[0].content;
    mouse(&mut world, CLICK, first.y, first.x);
    assert_eq!((world.state.focused(), world.state.mode), (Some(key(0, 1)), Mode::Type));
    mouse(&mut world, CLICK, second.y, second.x);
    assert_eq!((world.state.focused(), world.state.mode), (Some(key(0, 2)), Mode::Nav));
}

#[test]
fn a_click_in_the_list_opens_what_it_hits() {
    let mut world = World::with_sessions(48, 160, &["a", "b"]);
    world.draw();
    let rows = world.state.drawn.list.area;
    mouse(&mut world, CLICK, rows.y + 2, rows.x + 2);
    assert_eq!(world.state.focused(), Some(key(0, 2)));
}

#[test]
fn nothing_below_an_overlay_can_be_clicked() {
    let mut world = World::with_sessions(48, 200, &["a", "b"]);
    world.press("x");
    let second = world.state.geometry.panes[1].content;
    mouse(&mut world, CLICK, second.y, second.x);
    assert_eq!(world.state.focused(), Some(key(0, 1)));
}

#[test]
fn a_click_on_an_alert_goes_to_its_line_and_types_no_more() {
    let mut world = World::with_sessions(70, 240, &["a", "b"]);
    world.operate();
    let alert = super::jumping::alert(7, 2);
    world.agent(0, Event::Alerts { alerts: vec![alert], skipped: 0 });
    world.draw();
    let rows = world.state.drawn.alerts.area;
    mouse(&mut world, CLICK, rows.y, rows.x + 2);
    assert_eq!((world.state.focused(), world.state.mode), (Some(key(0, 2)), Mode::Nav));
    assert_eq!(super::jumping::landed(&mut world).1, 700);
    world.effects();
    mouse(&mut world, CLICK, rows.y + 1, rows.x + 2);
    assert!(world.effects().is_empty(), "no alert is there");
}
