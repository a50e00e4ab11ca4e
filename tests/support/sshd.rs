//! A real sshd on loopback, with keys and a configuration of its own.
#![allow(dead_code)] // each test binary uses its own part

use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use tempfile::TempDir;

use crate::support::PATIENCE;

/// A running sshd that lets this user in with one key. Ends with this value.
pub struct Sshd {
    pub dir: TempDir,
    pub port: u16,
    process: Child,
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        // The agent that was started through it.
        let socket = self.runtime_dir().join("agent.sock");
        let stop = ["agent", "--stop"];
        let mut command = Command::new(env!("CARGO_BIN_EXE_watchdeck"));
        let _ = command.arg("--socket").arg(socket).args(stop).stderr(Stdio::null()).status();
        self.end_what_is_left();
    }
}

impl Sshd {
    /// A proxy that was just being started may start an agent even now.
    fn end_what_is_left(&self) {
        let mark = format!("WATCHDECK_RUNTIME_DIR={}", self.runtime_dir().display());
        let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        for entry in entries {
            let environ = std::fs::read(entry.path().join("environ")).unwrap_or_default();
            let marked = environ.split(|byte| *byte == 0).any(|one| one == mark.as_bytes());
            let pid = entry.file_name().to_str().and_then(|name| name.parse().ok());
            if let (true, Some(pid)) = (marked, pid.and_then(rustix::process::Pid::from_raw)) {
                let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
            }
        }
    }
}

/// `None` after saying why, so that a machine without sshd still passes.
fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let dirs = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/lib/ssh".into()]);
    let found = dirs.map(|dir| dir.join(name)).find(|path| path.is_file());
    if found.is_none() {
        let required = std::env::var_os("WATCHDECK_REQUIRE_TOOLS").is_some();
        assert!(!required, "{name} is not installed and WATCHDECK_REQUIRE_TOOLS is set");
        println!("skipped: {name} is not installed");
    }
    found
}

fn key(path: &Path) {
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(path)
        .status()
        .unwrap();
    assert!(made.success());
}

pub fn script(path: &Path, text: &str) {
    std::fs::write(path, format!("#!/bin/sh\n{text}\n")).unwrap();
    std::fs::set_permissions(path, PermissionsExt::from_mode(0o755)).unwrap();
}

impl Sshd {
    /// Starts it; `None` where it is not installed.
    pub fn start() -> Option<Self> {
        let (sshd, _) = (program("sshd")?, program("ssh")?);
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        ["host", "user", "stranger"].iter().for_each(|name| key(&at(name)));
        std::fs::copy(at("user.pub"), at("authorized_keys")).unwrap();
        for name in ["bin", "home"] {
            std::fs::create_dir(at(name)).unwrap();
        }
        std::fs::DirBuilder::new().mode(0o700).create(at("run")).unwrap();
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_watchdeck"), at("bin/watchdeck")).unwrap();
        // Its privilege separation needs this; only root can make it, and only root needs it.
        let _ = std::fs::create_dir("/run/sshd");
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let here = dir.path().display();
        let config = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {here}/host\nPidFile none\nStrictModes no\nUsePAM no\n\
             AuthorizedKeysFile {here}/authorized_keys\nPasswordAuthentication no\n\
             KbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\nPerSourceMaxStartups none\n\
             SetEnv PATH={here}/bin:/usr/bin:/bin HOME={here}/home WATCHDECK_RUNTIME_DIR={here}/run \
             WATCHDECK_STATE_DIR={here}/state XDG_CONFIG_HOME={here}/home\n"
        );
        std::fs::write(at("sshd_config"), config).unwrap();
        let log = std::fs::File::create(at("sshd.log")).unwrap();
        let process = Command::new(sshd)
            .args(["-D", "-e", "-f"])
            .arg(at("sshd_config"))
            .stderr(log)
            .spawn()
            .unwrap();
        let sshd = Self { dir, port, process };
        sshd.know_host("host.pub");
        sshd.client("user", "");
        sshd.wait();
        Some(sshd)
    }

    fn wait(&self) {
        let deadline = Instant::now() + PATIENCE;
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let log = std::fs::read_to_string(self.dir.path().join("sshd.log")).unwrap();
            assert!(Instant::now() < deadline, "sshd does not listen: {log}");
            std::thread::yield_now();
        }
    }

    /// Makes the host key in this file the known one.
    pub fn know_host(&self, public: &str) {
        let key = std::fs::read_to_string(self.dir.path().join(public)).unwrap();
        let known = format!("[127.0.0.1]:{} {key}", self.port);
        std::fs::write(self.dir.path().join("known_hosts"), known).unwrap();
    }

    pub fn forget_host(&self) {
        std::fs::write(self.dir.path().join("known_hosts"), "").unwrap();
    }

    /// Writes the configuration of `ssh`: which key it logs in with, and more.
    pub fn client(&self, key: &str, more: &str) {
        let here = self.dir.path().display();
        let config = format!(
            "Host *\n IdentityFile {here}/{key}\n IdentitiesOnly yes\n IdentityAgent none\n \
             UserKnownHostsFile {here}/known_hosts\n GlobalKnownHostsFile /dev/null\n{more}\n"
        );
        std::fs::write(self.dir.path().join("ssh_config"), config).unwrap();
        let text = format!("exec /usr/bin/env ssh -F {here}/ssh_config \"$@\"");
        std::fs::create_dir_all(self.dir.path().join("client")).unwrap();
        script(&self.ssh(), &text.replace("/usr/bin/env ssh", &self.real_ssh()));
    }

    fn real_ssh(&self) -> String {
        program("ssh").unwrap().display().to_string()
    }

    /// The program to run as `ssh`; its directory can stand in `PATH`.
    pub fn ssh(&self) -> PathBuf {
        self.dir.path().join("client/ssh")
    }

    pub fn runtime_dir(&self) -> PathBuf {
        self.dir.path().join("run")
    }

    /// Where this sshd is reached.
    pub fn address(&self) -> String {
        let user = Command::new("id").arg("-un").output().unwrap().stdout;
        format!("ssh://{}@127.0.0.1:{}", String::from_utf8(user).unwrap().trim(), self.port)
    }
}
