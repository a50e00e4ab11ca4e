//! Who gets the keys, and what of them reaches a program.

use super::World;
use super::world::key;
use crate::app::effect::{Effect, Tag};
use crate::app::event::AppEvent;
use crate::app::state::Mode;
use crate::proto::{ErrorCode, InputKind, Reply, Request, Role};

#[test]
fn an_operators_keys_go_to_the_program_in_its_own_modes_and_cost_no_frame() {
    let mut world = World::with_sessions(48, 160, &["shell"]);
    world.operate();
    world.draw();
    world.press("q Up C-c M-x F5 Enter Esc");
    let keys: Vec<_> = world.input().into_iter().map(|(_, bytes)| bytes).collect();
    assert_eq!(keys, ["q", "\x1b[A", "\x03", "\x1bx", "\x1b[15~", "\r", "\x1b"]);
    assert_eq!(world.damage(), (false, false), "a key for a program draws nothing");
    world.show(key(0, 1), "\x1b[?1h");
    world.press("Up");
    assert_eq!(world.input(), [(InputKind::Keys, "\x1bOA".to_owned())]);
}

#[test]
fn the_echo_of_a_key_is_urgent_and_other_output_is_not() {
    let mut world = World::with_sessions(48, 160, &["shell", "log"]);
    world.operate();
    world.draw();
    world.press("l");
    world.show(key(0, 2), "other output");
    assert_eq!(world.damage(), (true, false));
    world.show(key(0, 1), "$ l");
    assert_eq!(world.damage(), (true, true));
    world.draw();
    world.show(key(0, 1), "$ ls");
    assert_eq!(world.damage(), (true, false), "only the first answer is the echo");
}

#[test]
fn every_update_is_acknowledged_and_one_that_does_not_fit_asks_for_a_whole_screen() {
    let mut world = World::with_sessions(48, 160, &["shell"]);
    let channel = world.state.panes[&key(0, 1)].channel().unwrap();
    world.show(key(0, 1), "x");
    let machine = key(0, 1).machine;
    assert_eq!(world.effects(), [Effect::Ack { machine, channel, revision: 1 }]);
    world.event(AppEvent::Update { machine, channel, bytes: "nonsense".into() });
    assert_eq!(world.request(), (Request::Refresh { channel }, Tag::Quiet));
}

#[test]
fn an_observers_keys_go_nowhere_and_say_so() {
    let mut world = World::with_sessions(48, 160, &["shell"]);
    world.press("Enter l s");
    world.event(AppEvent::Paste("rm -rf /".into()));
    assert_eq!(world.input(), []);
    assert_eq!(world.state.mode, Mode::Type);
    let text = world.text();
    assert!(text.contains("observing: C-/ o to operate"), "{text}");
    assert!(text.contains("[OBS]") && text.contains("WATCH"), "{text}");
}

#[test]
fn the_leader_is_the_decks_and_twice_it_is_the_programs() {
    let mut world = World::with_sessions(48, 160, &["shell", "log"]);
    world.operate();
    world.press("C-/");
    assert_eq!(world.state.mode, Mode::Leader);
    world.press("C-/");
    assert_eq!(world.input(), [(InputKind::Keys, "\x1f".to_owned())]);
    assert_eq!(world.state.mode, Mode::Type);
    world.press("C-/ q x");
    assert_eq!(world.input(), [(InputKind::Keys, "x".to_owned())], "an unknown one is dropped");
    world.press("C-/ z");
    assert!(world.state.board.zoomed && world.state.mode == Mode::Type);
    world.press("C-/ Esc");
    assert_eq!(world.state.mode, Mode::Nav);
    world.press("x");
    assert_eq!(world.input(), [], "the deck has the keys again");
}

#[test]
fn what_cannot_be_sent_is_refused_where_the_operator_looks() {
    let mut world = World::with_sessions(48, 160, &["shell"]);
    world.operate();
    world.lose(0);
    world.press("l");
    assert_eq!(world.input(), []);
    let text = world.text();
    assert!(text.contains("not connected: what you type is not sent"), "{text}");
    world.connect(0);
    world.effects();
    world.press("l");
    assert_eq!(world.input(), [], "not before it is attached again");
    world.grant(key(0, 1), Role::Operator);
    world.press("l");
    assert_eq!(world.input(), [(InputKind::Keys, "l".to_owned())]);
}

#[test]
fn a_refused_role_leaves_the_badge_as_it_is() {
    let mut world = World::with_sessions(48, 160, &["shell"]);
    world.press("o");
    let (_, tag) = world.request();
    assert_eq!(world.state.role(key(0, 1)), Role::Observer, "the agent decides");
    world.refuse(0, tag, ErrorCode::PermissionDenied, "no");
    assert_eq!(world.state.role(key(0, 1)), Role::Observer);
    assert!(world.text().contains("this machine lets you observe only"));
}

#[test]
fn a_paste_that_would_run_by_itself_is_asked_about() {
    let mut world = World::with_sessions(48, 160, &["shell"]);
    world.operate();
    world.event(AppEvent::Paste("make".into()));
    assert_eq!(world.input(), [(InputKind::Paste, "make".to_owned())]);
    world.event(AppEvent::Paste("cd /\nrm \u{202e}x\n".into()));
    assert_eq!(world.input(), []);
    let text = world.text();
    assert!(text.contains("Paste 2 lines into web-1/shell?"), "{text}");
    assert!(text.contains(r"> rm \u{202e}x"), "{text}");
    world.press("Enter n");
    assert_eq!(world.input(), [], "Enter is no answer");
    world.event(AppEvent::Paste("cd /\nls\n".into()));
    world.press("y");
    assert_eq!(world.input(), [(InputKind::Paste, "cd /\rls\r".to_owned())]);
}

#[test]
fn a_program_that_asked_for_brackets_gets_them_unasked() {
    let mut world = World::with_sessions(48, 160, &["vim"]);
    world.operate();
    world.show(key(0, 1), "\x1b[?2004h");
    world.event(AppEvent::Paste("a\nb".into()));
    assert_eq!(world.input(), [(InputKind::Paste, "\x1b[200~a\rb\x1b[201~".to_owned())]);
}

#[test]
fn a_program_that_asked_for_it_hears_of_the_focus() {
    let mut world = World::with_sessions(48, 160, &["vim", "log"]);
    world.show(key(0, 1), "\x1b[?1004h");
    world.operate();
    world.press("C-/ Esc");
    assert_eq!(world.input(), [(InputKind::Focus, "\x1b[O".to_owned())]);
    world.press("Enter");
    assert_eq!(world.input(), [(InputKind::Focus, "\x1b[I".to_owned())]);
    world.event(AppEvent::Focus(false));
    assert_eq!(world.input(), [(InputKind::Focus, "\x1b[O".to_owned())]);
}

#[test]
fn keys_never_go_to_a_neighbour_of_what_was_typed_into() {
    let mut world = World::with_sessions(48, 160, &["shell", "prod"]);
    world.operate();
    world.state.panes.get_mut(&key(0, 2)).unwrap().role = Role::Operator;
    world.agent(0, crate::proto::Event::Removed { session_id: key(0, 1).id });
    assert_eq!((world.state.focused(), world.state.mode), (Some(key(0, 2)), Mode::Nav));
    world.press("l s");
    assert_eq!(world.input(), []);
    assert!(world.text().contains("the session you typed into is gone"));
}

#[test]
fn typing_follows_the_output_again() {
    let mut world = World::with_sessions(48, 160, &["shell"]);
    world.operate();
    world.press("C-/ PgUp");
    assert!(world.state.panes[&key(0, 1)].history.is_some());
    world.press("x");
    assert!(world.state.panes[&key(0, 1)].history.is_none());
}

#[test]
fn a_created_session_is_shown_and_typed_into() {
    let mut world = World::new(48, 160, &["web-1"]);
    world.connect(0);
    world.sessions(0, vec![]);
    assert!(world.text().contains("No sessions yet"));
    world.effects();
    world.press("Enter");
    let (request, tag) = world.request();
    assert!(matches!(request, Request::CreateSession { spec } if spec.command.is_empty()));
    let session = Box::new(super::world::info(7, "sh"));
    world.reply(0, tag, Reply::Session { session });
    let (request, tag) = world.request();
    assert!(matches!(request, Request::Attach { role: Role::Operator, .. }), "{request:?}");
    assert_eq!(tag, Tag::Attach(key(0, 7)));
    world.grant(key(0, 7), Role::Operator);
    world.press("i");
    assert_eq!(world.input(), [(InputKind::Keys, "i".to_owned())]);
}
