use std::collections::BTreeSet;

use super::*;
use crate::proto::{Key, Role, Winsize};

fn load(layers: &[&str]) -> Result<Loaded, ConfigError> {
    let files = layers.iter().enumerate().map(|(i, text)| Source::file(format!("{i}.toml"), *text));
    Config::load(Sources::new(files))
}

fn loaded(layers: &[&str]) -> Loaded {
    load(layers).unwrap_or_else(|error| panic!("{error}"))
}

fn refusal(text: &str) -> String {
    load(&[text]).map(|_| ()).unwrap_err().to_string()
}

fn key(name: &str) -> Key {
    name.parse().unwrap()
}

/// The built-in file with every setting that is off switched on.
fn everything_on() -> String {
    let on = |line: &str| match line.strip_prefix('#') {
        Some(setting) if !setting.starts_with(' ') && !setting.is_empty() => setting.to_owned(),
        _ => line.to_owned(),
    };
    BUILT_IN.lines().map(on).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_built_in_layer_is_complete_and_unremarkable() {
    let Loaded { config, warnings, .. } = loaded(&[]);
    assert_eq!(warnings, []);
    assert_eq!(config.agent.ring_bytes, ByteSize(4 << 20));
    assert_eq!(config.agent.size, Winsize::default());
    assert_eq!(config.agent.term, TermChoice::Auto);
    assert_eq!((config.agent.name, config.agent.listen), (None, None));
    assert_eq!(config.dashboard.leader, key("C-/"));
    assert_eq!(config.dashboard.role, Role::Observer);
    assert_eq!((config.machines.len(), config.alerts.len(), config.keys.len()), (0, 0, 0));
}

#[test]
fn every_setting_that_is_off_would_be_right_when_on() {
    let text = everything_on();
    let Loaded { config, warnings, .. } = loaded(&[&text]);
    assert_eq!(warnings, []);
    assert_eq!(config.agent.name.as_deref(), Some("web-1"));
    assert_eq!(config.machines.len(), 3);
    assert_eq!(config.alerts[0].samples.len(), 1);
    assert_eq!(config.keys["help"], [key("?"), key("F1")]);
}

/// Paths of all settings, as the reader itself lists them when it meets an unknown one.
fn known_settings() -> BTreeSet<String> {
    let sections = [
        ("agent.", "[agent]\nno = 1"),
        ("agent.tls.", "[agent.tls]\nno = 1"),
        ("dashboard.", "[dashboard]\nno = 1"),
        ("machines.", "[[machines]]\nno = 1"),
        ("alerts.", "[[alerts]]\nno = 1"),
    ];
    let listed = sections.iter().flat_map(|(section, text)| {
        let message = refusal(text);
        let (_, list) = message.split_once("use one of: ").expect(&message);
        list.split(", ").map(|key| format!("{section}{key}")).collect::<Vec<_>>()
    });
    listed.collect()
}

#[test]
fn the_built_in_file_and_the_handbook_name_every_setting() {
    let text = everything_on();
    let origins = loaded(&[&text]).origins;
    let without_index = |path: &str| {
        let parts = path.split(['[', ']']).filter(|part| part.parse::<usize>().is_err());
        parts.collect::<String>()
    };
    let written: BTreeSet<_> = origins.paths().map(without_index).collect();
    let handbook = include_str!("../../docs/configuration.md");
    for setting in known_settings() {
        assert!(written.contains(&setting), "config.toml lacks {setting}");
        let (_, key) = setting.rsplit_once('.').unwrap();
        assert!(handbook.contains(&format!("| `{key}` |")), "docs lack {setting}");
    }
    for variable in env::names() {
        assert!(handbook.contains(variable), "docs lack {variable}");
    }
}

#[test]
fn higher_layers_override_key_by_key() {
    let system =
        "[dashboard]\nfps = 20\nmouse = false\n[keys]\nzoom = \"z\"\nhelp = [\"?\", \"F1\"]";
    let user = "dashboard.fps = 60\n[keys]\nhelp = []";
    let Loaded { config, origins, .. } = loaded(&[system, user]);
    assert_eq!((config.dashboard.fps, config.dashboard.mouse), (60, false));
    assert_eq!(config.dashboard.unfocused_fps, 10);
    assert_eq!(config.keys["zoom"], [key("z")]);
    assert_eq!(config.keys["help"], []);
    let place = |path| origins.place(path).unwrap().to_string();
    assert_eq!(place("dashboard.fps"), "1.toml:1:17");
    assert_eq!(place("dashboard.mouse"), "0.toml:3:9");
    assert_eq!(place("dashboard.sort"), "built-in config.toml");
    assert_eq!(origins.place("dashboard.none"), None);
}

#[test]
fn machines_and_alerts_are_joined_by_name() {
    let system = "
        [[machines]]
        name = 'a'
        address = 'ws://127.0.0.1:1'
        labels = { env = 'prod' }
        [[machines]]
        name = 'b'
        address = 'ws://127.0.0.1:2'
        [[alerts]]
        name = 'low'
        regex = 'x'
        severity = 'error'";
    let user = "
        machines = [{ name = 'a', address = 'unix:/a', disabled = true }]
        [[alerts]]
        name = 'high'
        regex = 'y'
        severity = 'ignore'";
    let Loaded { config, origins, .. } = loaded(&[system, user]);
    let machines: Vec<_> =
        config.machines.iter().map(|m| (m.name.as_str(), m.address.to_string())).collect();
    assert_eq!(machines, [("a", "unix:/a".into()), ("b", "ws://127.0.0.1:2".into())]);
    assert!(config.machines[0].labels.is_empty(), "an entry is replaced whole");
    let alerts: Vec<_> = config.alerts.iter().map(|a| a.name.as_str()).collect();
    assert_eq!(alerts, ["high", "low"]);
    assert_eq!(origins.place("alerts[1].regex").unwrap().to_string(), "0.toml:11:17");
    let complaint = origins.complain("alerts[1].regex", "unclosed group", None).to_string();
    assert!(complaint.starts_with("0.toml:11:17: unclosed group\n"), "{complaint}");
    let complaint = origins.complain("alerts[1].color", "no colour", None).to_string();
    assert!(complaint.starts_with("0.toml:9:9: no colour\n"), "{complaint}");
    let keys = loaded(&["[keys]\nalerts = ['a']", "[keys]\nalerts = ['b']"]).config.keys;
    assert_eq!(keys["alerts"], [key("b")], "only the top-level lists are joined");
}

#[test]
fn refusals_name_file_line_column_and_the_way_out() {
    let shown = refusal("[agent]\nring_byte = '4MiB'\n");
    let expected = "0.toml:2:1: unknown key `ring_byte`\n  |\n2 | ring_byte = '4MiB'\n  | \
                    ^^^^^^^^^ did you mean `ring_bytes`?";
    assert_eq!(shown, expected);
    for (text, place, says) in [
        ("[agnet]", "1:2", "unknown key `agnet`"),
        ("[agnet]", "1:2", "did you mean `agent`?"),
        ("agent = 3", "1:9", "expected a table, found integer 3"),
        ("[agent]\nzzz = 1", "2:1", "use one of: name, socket, listen"),
        ("[dashboard]\nring_bytes = 1", "2:1", "it belongs in [agent]"),
        ("fps = 1", "1:1", "it belongs in [dashboard]"),
        ("[dashboard]\nfsp = 1", "2:1", "did you mean `fps`?"),
        ("[dashboard]\ntheme = 'drak'", "2:9", "`drak` is no choice"),
        ("[dashboard]\ntheme = 'drak'", "2:9", "did you mean `dark`?"),
        ("[dashboard]\nmouse = 'yes'", "2:9", "expected true or false, found string \"yes\""),
        ("[dashboard]\nfps = 'fast'", "2:7", "expected a whole number from 1 to 120, found string"),
        ("[dashboard]\nfps = 0", "2:7", "expected a whole number from 1 to 120, found integer 0"),
        ("[dashboard]\nfps = 1.5", "2:7", "found floating point 1.5"),
        ("[dashboard]\nleader = 'C-Entr'", "2:10", "did you mean `C-Enter`?"),
        ("[dashboard]\nleader = 'a'", "2:10", "`a` cannot be the leader"),
        ("[dashboard]\nleader = 'C-i'", "2:10", "`Tab` cannot be the leader"),
        ("[dashboard]\nrole = 'admin'", "2:8", "a pane opens as observer or operator"),
        ("[agent]\nring_bytes = '4TB'", "2:14", "`4TB` is not an amount of bytes"),
        ("[agent]\nring_bytes = 1", "2:14", "an amount of bytes from \"64KiB\" to \"1GiB\""),
        ("[agent]\nring_bytes = '2GiB'", "2:14", "to \"1GiB\", found string \"2GiB\""),
        ("[agent]\nring_bytes = true", "2:14", "found boolean true"),
        ("[agent]\nsize = '80'", "2:8", "write COLSxROWS"),
        ("[agent]\nsize = '0x0'", "2:8", "0x0 is out of range; use 5x2 to 1000x500"),
        ("[agent]\nname = '../x'", "2:8", "'/' is not allowed in a name"),
        ("[agent]\nterm = 'vt100'", "2:8", "use auto, tmux-256color"),
        ("[agent]\nlisten = 'ws://0.0.0.0:80'", "2:10", "not on loopback"),
        ("[agent]\nlisten = 'web-1:80'", "2:10", "is not IP:PORT"),
        ("[agent]\ntls = { cert = 'a', key = '/b' }", "2:16", "the path `a` is not absolute"),
        ("[agent]\ntls = { cert = '/a' }", "2:7", "the key `key` is missing"),
        ("[agent]\nallowed_origins = ['https://x/']", "2:19", "is not an origin"),
        ("[agent]\nallowed_hosts = ['x:80']", "2:17", "is not a host name"),
        ("[agent]\nsocket = 'a.sock'", "2:10", "is not absolute"),
        ("[agent]\nname = 'a'\nname = 'b'", "3:1", "duplicate key"),
        ("[agent", "1:7", "unclosed table"),
        ("[[machines]]\nname = 'a'", "1:1", "the key `address` is missing"),
        ("[[machines]]\nname = 'a'\naddress = 'wss://x'", "3:11", "is not HOST:PORT"),
        ("[[machines]]\nname = 'a'\naddress = 'shh://x'", "3:11", "did you mean ssh://"),
        ("[[machines]]\nname = 'a'\naddress = 'ssh://x'\ntls = 'pin'", "4:7", "`tls` is for"),
        ("[[machines]]\nname = 'a'\naddress = 'ws://[::1]:1'\nca = '/x'", "4:6", "of wss://"),
        (
            "[[machines]]\nname = 'a'\naddress = 'wss://x:1'\ntls = 'pin'\nca = '/x'",
            "4:7",
            "leave one out",
        ),
        (
            "[[machines]]\nname = 'a'\naddress = 'local'\ntoken_file = '/x'",
            "4:14",
            "of ws:// or wss://",
        ),
        ("[[machines]]\nname = 'a b'\naddress = 'local'", "2:8", "' ' is not allowed"),
        ("machines = 3", "1:12", "expected a list, found integer 3"),
        ("[machines]\nname = 'a'", "1:1", "expected a list, found a table"),
        ("[[alerts]]\nname = ''\nregex = ''\nseverity = 'info'", "2:8", "1 to 64 printable"),
        ("[[alerts]]\nname='a'\nregex='a'\nseverity='fatal'", "4:10", "use one of: error, warning"),
        ("[keys]\nzoom = 3", "2:8", "a key such as \"C-x\", or a list of keys"),
        ("[keys]\nzoom = ['z', 'Hoem']", "2:14", "did you mean `Home`?"),
    ] {
        let shown = refusal(text);
        assert!(shown.starts_with(&format!("0.toml:{place}: ")), "{text}\n{shown}");
        assert!(shown.contains(says), "{text}\n{shown}");
    }
}

#[test]
fn a_name_given_twice_points_at_both() {
    let text = "
[[machines]]
name = 'a'
address = 'ws://127.0.0.1:1'
[[machines]]
name = 'a'
address = 'ws://127.0.0.1:2'";
    let shown = refusal(text);
    assert!(shown.starts_with("0.toml:6:8: the name `a` is given twice"), "{shown}");
    assert!(shown.ends_with("the first is at 0.toml:3:8"), "{shown}");
}

#[test]
fn doubts_are_warnings() {
    let warnings = loaded(&["[dashboard]\nleader = '^b'"]).warnings;
    assert_eq!(warnings.len(), 1);
    let shown = warnings[0].to_string();
    assert!(shown.starts_with("0.toml:2:10: the leader `C-b` is also used by tmux"), "{shown}");
    let text = "
[[machines]]
name = 'a'
address = 'unix:/x'
[[machines]]
name = 'b'
address = 'unix:/x'";
    let warnings = loaded(&[text]).warnings;
    assert_eq!(warnings[0].message, "`a` and `b` have one address");
    assert!(loaded(&[&format!("{text}\ndisabled = true")]).warnings.is_empty());
}

#[test]
fn variables_are_the_highest_layer_and_judged_alike() {
    let with = |value: &str| {
        let variable = Source {
            layer: Layer::Variable("WATCHDECK_FPS"),
            text: format!("dashboard.fps = {value}"),
        };
        Config::load(Sources::new([Source::file("a.toml", "dashboard.fps = 5"), variable]))
    };
    assert_eq!(with("20").unwrap().config.dashboard.fps, 20);
    let error = with("500").unwrap_err().to_string();
    assert!(error.starts_with("environment variable WATCHDECK_FPS: expected a whole"), "{error}");
}

#[test]
fn the_result_prints_as_toml_that_reads_back() {
    let first = loaded(&[&everything_on()]);
    let again = loaded(&[&first.to_toml()]);
    assert_eq!(again.config, first.config);
}

#[test]
fn this_machine_comes_first_unless_an_entry_speaks_for_it() {
    let names = |text: &str| -> Vec<String> {
        let machines = loaded(&[text]).config.machines_to_connect("here");
        machines.into_iter().map(|machine| machine.name).collect()
    };
    let far = "[[machines]]\nname = 'far'\naddress = 'ws://127.0.0.1:1'\n";
    assert_eq!(names(""), ["here"]);
    assert_eq!(names(far), ["here", "far"]);
    assert_eq!(names(&format!("dashboard.local = false\n{far}")), ["far"]);
    assert_eq!(names(&format!("{far}disabled = true")), ["here"]);
    assert_eq!(names("[[machines]]\nname = 'mine'\naddress = 'local'"), ["mine"]);
    assert!(names("[[machines]]\nname = 'm'\naddress = 'local'\ndisabled = true").is_empty());
    assert_eq!(names("[[machines]]\nname = 'here'\naddress = 'unix:/x'"), ["here"]);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(128))]

    #[test]
    fn no_text_panics(text in "(\\[agent\\]|\\[\\[machines\\]\\]|name|size|=|'|\"|\\[|\\{|\n|\\PC|1){0,24}") {
        if let Err(error) = load(&["[dashboard]\nfps = 9", &text]) {
            let shown = error.to_string();
            assert!(shown.starts_with("1.toml:"), "{shown}");
        }
    }
}
