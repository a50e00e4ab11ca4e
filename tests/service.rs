//! The agent as a service: what it tells the service manager, and the units that are shipped.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a test that cannot go on fails

mod cli_support;

use std::os::unix::net::{UnixDatagram, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use cli_support::{Home, ends, until};
use rustix::process::{Pid, Signal, kill_process};

const PATIENCE: Duration = Duration::from_secs(30);

/// A service manager, as far as an agent sees one.
struct Manager {
    socket: UnixDatagram,
    path: PathBuf,
}

impl Manager {
    fn new(home: &Home) -> Self {
        let path = home.path().join("notify");
        let socket = UnixDatagram::bind(&path).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        Self { socket, path }
    }

    fn start(&self, home: &Home) -> Service {
        let process = self.spawn(home);
        let cleanup = ["--background", "--stop"].map(|action| home.command(&["agent", action]));
        Service { process, cleanup }
    }

    fn spawn(&self, home: &Home) -> Child {
        let mut command = home.command(&["agent"]);
        command.env("NOTIFY_SOCKET", &self.path).stdout(Stdio::null()).spawn().unwrap()
    }

    fn hears(&self) -> String {
        let mut buffer = [0; 256];
        let count = self.socket.recv(&mut buffer).expect("the agent says something");
        String::from_utf8(buffer[..count].to_vec()).unwrap()
    }
}

/// An agent. Neither it nor its sessions outlive the test.
struct Service {
    process: Child,
    /// Ends the sessions, also those that wait for the next agent.
    cleanup: [Command; 2],
}

impl Service {
    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_raw(self.process.id().cast_signed()).unwrap(), signal).unwrap();
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        for command in &mut self.cleanup {
            let _ = command.stderr(Stdio::null()).status();
        }
        // It answers before the last holder has ended.
        if !ends(&mut self.process, PATIENCE) {
            let _ = self.process.kill();
            let _ = self.process.wait();
        }
    }
}

fn environment(pid: &str) -> String {
    std::fs::read_to_string(format!("/proc/{pid}/environ")).unwrap()
}

fn parent(pid: &str) -> String {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    stat.rsplit_once(") ").unwrap().1.split(' ').nth(1).unwrap().to_owned()
}

#[test]
fn it_is_ready_once_it_listens_and_tells_of_reloads_and_its_end() {
    let home = Home::new();
    let manager = Manager::new(&home);
    let mut service = manager.start(&home);
    assert_eq!(manager.hears(), "READY=1");
    assert!(UnixStream::connect(home.path().join("run/agent.sock")).is_ok());
    service.signal(Signal::HUP);
    let reloading = manager.hears();
    let stamp = reloading.strip_prefix("RELOADING=1\nMONOTONIC_USEC=").expect(&reloading);
    assert!(stamp.parse::<u64>().is_ok_and(|stamp| stamp > 0), "{reloading}");
    assert_eq!(manager.hears(), "READY=1");
    service.signal(Signal::TERM);
    assert_eq!(manager.hears(), "STOPPING=1");
    assert!(ends(&mut service.process, PATIENCE));
}

#[test]
fn an_agent_that_cannot_listen_is_never_ready() {
    let home = Home::new();
    let manager = Manager::new(&home);
    home.write("run", "a file where the directory should be");
    let mut service = manager.start(&home);
    assert!(ends(&mut service.process, PATIENCE));
    manager.socket.set_nonblocking(true).unwrap();
    assert!(manager.socket.recv(&mut [0; 256]).is_err(), "it said something");
}

#[test]
fn neither_holders_nor_sessions_can_speak_for_the_service() {
    let home = Home::new();
    let manager = Manager::new(&home);
    let _service = manager.start(&home);
    assert_eq!(manager.hears(), "READY=1");
    home.ok(&["new", "--detach", "--name", "env", "--", "sh", "-c", "env; echo all; sleep 1000"]);
    home.ok(&["wait", "env", "--pattern", "^all", "--from", "start"]);
    let seen = home.ok(&["tail", "env"]);
    assert!(seen.contains("WATCHDECK_SESSION=env") && !seen.contains("NOTIFY_SOCKET"), "{seen}");
    let pid = home.json(&["info", "env", "--json"])["pid"].as_u64().unwrap().to_string();
    assert!(!environment(&pid).contains("NOTIFY_SOCKET"));
    assert!(!environment(&parent(&pid)).contains("NOTIFY_SOCKET"));
}

#[test]
fn an_agent_in_the_background_is_no_part_of_the_service_that_started_it() {
    let home = Home::new();
    let manager = Manager::new(&home);
    let mut command = home.command(&["agent", "--background"]);
    assert!(command.env("NOTIFY_SOCKET", &manager.path).status().unwrap().success());
    manager.socket.set_nonblocking(true).unwrap();
    assert!(manager.socket.recv(&mut [0; 256]).is_err(), "it said something");
}

#[test]
fn an_upgrade_makes_the_new_agent_the_service() {
    let home = Home::new();
    let manager = Manager::new(&home);
    let mut service = manager.start(&home);
    assert_eq!(manager.hears(), "READY=1");
    let ran = home.run(&["agent", "--upgrade"]);
    assert_eq!(ran.code, 0, "{}", ran.errors);
    let mut said = [manager.hears(), manager.hears()];
    said.sort();
    let pid = home.json(&["info", "--json"])["agent"]["pid"].as_u64().unwrap();
    assert_eq!(said, [format!("MAINPID={pid}"), "READY=1".to_owned()]);
    assert_ne!(pid, u64::from(service.process.id()));
    assert!(ends(&mut service.process, PATIENCE));
}

/// The unit with this test's binary in it, below `dir`.
fn unit(dir: &Path, name: &str) -> PathBuf {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/systemd").join(name);
    let text = std::fs::read_to_string(shipped).unwrap();
    let lines = text.lines().map(|line| match line.strip_prefix("ExecStart=") {
        Some(command) => {
            let arguments = command.split_once(' ').map_or("", |(_, arguments)| arguments);
            format!("ExecStart={} {arguments}\n", env!("CARGO_BIN_EXE_watchdeck"))
        }
        None => format!("{line}\n"),
    });
    let path = dir.join(name);
    std::fs::write(&path, lines.collect::<String>()).unwrap();
    path
}

/// What systemd finds wrong; `None` after saying so where systemd is not installed.
fn complaints(dir: &Path, path: &Path, user: bool) -> Option<String> {
    let mut command = Command::new("systemd-analyze");
    command.arg("verify").arg("--man=no").args(user.then_some("--user")).arg(path);
    match command.env("XDG_RUNTIME_DIR", dir).stdin(Stdio::null()).output() {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            Some(if output.status.success() { said } else { format!("it failed: {said}") })
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let required = std::env::var_os("WATCHDECK_REQUIRE_TOOLS").is_some();
            assert!(!required, "systemd is not installed and WATCHDECK_REQUIRE_TOOLS is set");
            println!("skipped: systemd is not installed");
            None
        }
        Err(error) => panic!("systemd-analyze: {error}"),
    }
}

#[test]
fn systemd_understands_every_line_of_the_units() {
    let home = Home::new();
    let system = unit(home.path(), "watchdeck@.service");
    let user = unit(home.path(), "watchdeck.service");
    let Some(found) = complaints(home.path(), &user, true) else { return };
    assert_eq!(found, "");
    assert_eq!(complaints(home.path(), &system, false).unwrap(), "");
    // What makes it strict is understood too.
    let drop_ins = home.path().join("watchdeck@.service.d");
    std::fs::create_dir(&drop_ins).unwrap();
    unit(&drop_ins, "strict.conf");
    assert_eq!(complaints(home.path(), &system, false).unwrap(), "");
    // And systemd would have said what it does not understand.
    std::fs::write(drop_ins.join("strict.conf"), "[Service]\nNoSuchSetting=yes\n").unwrap();
    assert!(complaints(home.path(), &system, false).unwrap().contains("NoSuchSetting"));
}

#[test]
fn sessions_outlive_a_restart_of_the_service() {
    let home = Home::new();
    let manager = Manager::new(&home);
    let mut service = manager.start(&home);
    assert_eq!(manager.hears(), "READY=1");
    home.ok(&["new", "--detach", "--name", "work", "--", "sleep", "1000"]);
    let pid = home.json(&["info", "work", "--json"])["pid"].clone();
    // The first comes right after the session was started.
    let ends_of_agents = [(Signal::KILL, None), (Signal::TERM, Some("STOPPING=1"))];
    for (signal, said) in ends_of_agents {
        service.signal(signal);
        assert_eq!(said.map(|_| manager.hears()).as_deref(), said);
        assert!(ends(&mut service.process, PATIENCE));
        drop(std::mem::replace(&mut service.process, manager.spawn(&home)));
        assert_eq!(manager.hears(), "READY=1");
        // The first word after the start already knows the session.
        assert_eq!(home.json(&["info", "work", "--json"])["pid"], pid);
    }
    assert!(until(PATIENCE, || home.run(&["kill", "work"]).code == 0));
}
