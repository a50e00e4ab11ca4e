//! The whole dashboard, drawn from a scripted state at the sizes it is made for.

use std::time::Duration;

use super::World;
use super::world::{counts, info, key, moment};
use crate::app::event::LinkChange;
use crate::app::state::MachineKey;
use crate::proto::{Alert, Event, ExitStatus, Role, SessionStatus, Severity};

const NGINX: &str = "10.2.0.7 GET /healthz 200 3ms\r\n\
    upstream slow: 1203 ms /api/cart\r\n10.2.0.9 GET /api/cart 200 1203ms\r\n";
const POSTGRES: &str = "LOG:  checkpoint starting: time\r\n\
    \x1b[31mERROR:\x1b[m deadlock detected\r\nDETAIL: Process 311 waits for ShareLock\r\n";
const SHELL: &str = "deploy@web-1:~$ tail -n1 app.log_";

/// A fleet on a bad day: three machines, one lost, one refused.
fn fleet(rows: u16, cols: u16) -> World {
    let mut world = World::new(rows, cols, &["web-1", "db-1", "edge-7", "old-2"]);
    (0..3).for_each(|machine| world.connect(machine));
    let mut nginx = info(1, "nginx");
    (nginx.counts, nginx.unseen) = (counts(12, 338), counts(3, 41));
    let mut deploy = info(2, "deploy");
    deploy.counts = counts(0, 2);
    deploy.status = SessionStatus::Disconnected;
    deploy.exit_status = Some(ExitStatus { code: Some(1), signal: None });
    deploy.ended_at = Some(moment(-180));
    let mut shell = info(3, "shell");
    shell.last_output_at = Some(moment(-150));
    world.sessions(0, vec![nginx, deploy, shell]);
    let mut postgres = info(4, "postgres");
    (postgres.counts, postgres.unseen) = (counts(3, 0), counts(0, 0));
    world.sessions(1, vec![postgres]);
    world.sessions(2, vec![info(5, "agent.log")]);
    world.attach_all();
    for (machine, n, output) in [(0, 1, NGINX), (1, 4, POSTGRES), (0, 3, SHELL)] {
        if world.state.panes[&key(machine, n)].channel().is_some() {
            world.show(key(machine, n), output);
        }
    }
    trouble(&mut world);
    world
}

fn trouble(world: &mut World) {
    let alert = Alert {
        sequence: 1,
        session_id: key(1, 4).id,
        time: moment(-30),
        severity: Severity::Error,
        rule: "postgres".into(),
        text: "ERROR: deadlock detected".into(),
        span: (0, 6),
        offset: 10,
        end: 40,
    };
    world.agent(1, Event::Alerts { alerts: vec![alert], skipped: 0 });
    let reason = "old-2 speaks another protocol; update it".to_owned();
    let (machine, change) = (MachineKey(3), LinkChange::Refused { reason });
    world.event(crate::app::event::AppEvent::Link { machine, change });
    world.lose(2);
    world.pass(Duration::from_secs(72));
    world.event(crate::app::event::AppEvent::Tick);
}

#[test]
fn at_80_by_24() {
    insta::assert_snapshot!(fleet(24, 80).text());
}

#[test]
fn at_160_by_48() {
    insta::assert_snapshot!(fleet(48, 160).text());
}

#[test]
fn at_240_by_70() {
    insta::assert_snapshot!(fleet(70, 240).text());
}

#[test]
fn at_20_by_5() {
    insta::assert_snapshot!(fleet(5, 20).text());
}

#[test]
fn typing_into_a_shell() {
    let mut world = fleet(24, 120);
    world.press("2");
    let key = world.state.focused().unwrap();
    world.state.panes.get_mut(&key).unwrap().role = Role::Operator;
    world.press("Enter");
    insta::assert_snapshot!(world.text());
}

#[test]
fn with_no_session_yet() {
    let mut world = World::new(24, 80, &["web-1"]);
    world.state.offers.system_log = Some(vec!["journalctl".into(), "-f".into()]);
    world.connect(0);
    world.sessions(0, vec![]);
    insta::assert_snapshot!(world.text());
}

#[test]
fn no_size_is_too_odd_to_draw() {
    for (rows, cols) in [(0, 0), (1, 1), (1, 500), (500, 1), (5, 20), (6, 21), (300, 300)] {
        for keys in ["", "g", "?", ":", "c", "x", "/", "PgUp", "z", "!"] {
            let mut world = fleet(rows, cols);
            world.press(keys);
            world.draw();
        }
    }
}
