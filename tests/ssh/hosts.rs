//! `watchdeck hosts import`.

use crate::cli_support::Home;

const SSH_CONFIG: &str = "Host web-1 web-2\n  User deploy\nHost *.internal\nHost bad;name db-1\n";

#[test]
fn hosts_are_proposed_and_written_once() {
    let home = Home::new();
    let ssh_config = home.write("ssh_config", SSH_CONFIG);
    let import = ["hosts", "import", "--from", &ssh_config];
    let proposed = home.ok(&import);
    for host in ["web-1", "web-2", "db-1"] {
        let entry = format!("[[machines]]\nname = \"{host}\"\naddress = \"ssh://{host}\"\n");
        assert!(proposed.contains(&entry), "{proposed}");
    }
    assert_eq!(proposed.matches("[[machines]]").count(), 3, "{proposed}");
    let good = home.write("good.toml", &proposed);
    assert!(home.ok(&["config", "check", &good]).contains("3 machines"));
    let config =
        home.write("mine.toml", "# mine\n[[machines]]\nname = \"web-1\"\naddress = \"local\"");
    let written = home.run(&[&["--config", &config], import.as_slice(), &["--write"]].concat());
    assert_eq!(written.code, 0, "{}", written.errors);
    let text = std::fs::read_to_string(&config).unwrap();
    assert!(text.starts_with("# mine\n") && text.matches("[[machines]]").count() == 3, "{text}");
    let again = home.run(&[&["--config", &config], import.as_slice(), &["--write"]].concat());
    assert!(again.errors.contains("names no host that is not configured"), "{}", again.errors);
    assert_eq!(std::fs::read_to_string(&config).unwrap(), text);
}
