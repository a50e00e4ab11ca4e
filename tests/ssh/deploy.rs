//! `watchdeck deploy` and `watchdeck --machine` on a machine behind ssh.

use crate::cli_support::{Home, Ran};
use crate::sshd::{Sshd, script};

/// Runs the binary with this sshd's `ssh` in front of the path.
fn run(home: &Home, sshd: &Sshd, arguments: &[&str]) -> Ran {
    let path = std::env::var("PATH").unwrap();
    let client = sshd.ssh().parent().unwrap().display().to_string();
    home.run_with(&[("PATH", &format!("{client}:{path}"))], arguments)
}

#[test]
fn the_running_binary_is_copied_verified_and_renamed() {
    let Some(sshd) = Sshd::start() else { return };
    let home = Home::new();
    let target = sshd.dir.path().join("new/bin");
    let (address, to) = (sshd.address(), target.display().to_string());
    let asked = run(&home, &sshd, &["deploy", &address, "--to", &to]);
    assert_eq!(asked.code, 2, "nobody is there to be asked: {}", asked.errors);
    assert!(asked.errors.contains("`--yes`") && !target.exists());
    let ran = run(&home, &sshd, &["deploy", &address, "--to", &to, "--yes"]);
    assert_eq!(ran.code, 0, "{}", ran.errors);
    assert!(
        ran.errors.contains(&format!("{to}/watchdeck: watchdeck {}", env!("CARGO_PKG_VERSION")))
    );
    let copied = std::fs::read(target.join("watchdeck")).unwrap();
    assert!(copied == std::fs::read(env!("CARGO_BIN_EXE_watchdeck")).unwrap(), "it differs");
    let names: Vec<_> =
        std::fs::read_dir(&target).unwrap().flatten().map(|e| e.file_name()).collect();
    assert_eq!(names, ["watchdeck"], "nothing else stays");
}

#[test]
fn what_does_not_fit_leaves_what_was_there() {
    let Some(sshd) = Sshd::start() else { return };
    let home = Home::new();
    let target = sshd.dir.path().join("new");
    std::fs::create_dir(&target).unwrap();
    std::fs::write(target.join("watchdeck"), "old").unwrap();
    let arguments = ["deploy", &sshd.address(), "--to", &target.display().to_string(), "--yes"]
        .map(str::to_owned);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let bin = sshd.dir.path().join("bin");
    for (program, text, says) in [
        ("uname", "echo Plan9 mips", "is Plan9 mips, this program is for"),
        ("sha256sum", "echo 0000 -", "the copy on ssh://"),
        ("mktemp", "echo 'No space left on device' >&2; exit 1", "No space left on device"),
    ] {
        script(&bin.join(program), text);
        let ran = run(&home, &sshd, &arguments);
        assert_eq!(ran.code, 1, "{program}: {}", ran.errors);
        assert!(ran.errors.contains(says), "{program}: {}", ran.errors);
        std::fs::remove_file(bin.join(program)).unwrap();
        assert_eq!(std::fs::read_to_string(target.join("watchdeck")).unwrap(), "old");
        assert_eq!(std::fs::read_dir(&target).unwrap().count(), 1, "{program}");
    }
}

#[test]
fn the_verbs_work_on_a_machine_behind_ssh() {
    let Some(sshd) = Sshd::start() else { return };
    let home = Home::new();
    let toml = format!("[[machines]]\nname = \"web-1\"\naddress = \"{}\"\n", sshd.address());
    let config = home.write("c.toml", &toml);
    let on = |arguments: &[&str]| run(&home, &sshd, &[&["--config", &config], arguments].concat());
    let made = on(&[
        "--machine",
        "web-1",
        "new",
        "-d",
        "--name",
        "job",
        "--",
        "sh",
        "-c",
        "echo done; cat",
    ]);
    assert_eq!(made.code, 0, "{}", made.errors);
    assert_eq!(on(&["wait", "web-1/job", "-p", "^done$", "--from", "start"]).code, 0);
    assert!(on(&["tail", "web-1/job"]).text.contains("done"));
    sshd.forget_host();
    let refused = on(&["--machine", "web-1", "ls"]);
    assert_eq!(refused.code, 6, "{}", refused.errors);
    assert!(refused.errors.contains("run `ssh -l "), "{}", refused.errors);
}
