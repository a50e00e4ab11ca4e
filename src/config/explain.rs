//! The TOML reader's errors in words for the person who wrote the file.

use super::BUILT_IN;

/// A message, and what to do.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Explanation {
    pub(super) message: String,
    pub(super) help: Option<String>,
}

/// Rewrites serde's standard messages; others stay as they are. The texts are serde's own
/// (`serde::de::Error`), and the tests of this room hold them to that.
pub(super) fn explain(message: &str) -> Explanation {
    unknown_key(message)
        .or_else(|| unknown_choice(message))
        .or_else(|| missing(message))
        .or_else(|| mismatch(message))
        .unwrap_or_else(|| Explanation { message: one_line(message), help: None })
}

/// Most unknown keys are misspelt; most others stand in the wrong section.
fn unknown_key(message: &str) -> Option<Explanation> {
    let (key, known) = written_and_known(message, "unknown field ")?;
    let help = nearest(key, &known)
        .map(|near| format!("did you mean `{near}`?"))
        .or_else(|| section_of(key).map(|section| format!("it belongs in {section}")))
        .or_else(|| one_of(&known));
    Some(Explanation { message: format!("unknown key `{key}`"), help })
}

fn unknown_choice(message: &str) -> Option<Explanation> {
    let (value, known) = written_and_known(message, "unknown variant ")?;
    let near = nearest(value, &known).map(|near| format!("did you mean `{near}`?"));
    let help = near.or_else(|| one_of(&known));
    Some(Explanation { message: format!("`{value}` is no choice"), help })
}

/// ``unknown field `a`, expected one of `b`, `c` `` as `a` and `[b, c]`.
fn written_and_known<'m>(message: &'m str, prefix: &str) -> Option<(&'m str, Vec<&'m str>)> {
    let (written, expected) = message.strip_prefix(prefix)?.strip_prefix('`')?.split_once('`')?;
    Some((written, expected.split('`').skip(1).step_by(2).collect()))
}

fn one_of(known: &[&str]) -> Option<String> {
    (!known.is_empty()).then(|| format!("use one of: {}", known.join(", ")))
}

/// The known word that `written` most likely means: a slip of the fingers, else a like word.
pub(super) fn nearest<'k>(written: &str, known: &[&'k str]) -> Option<&'k str> {
    const LIKE_ENOUGH: f64 = 0.85;
    let written = written.to_lowercase();
    let slips = |word: &str| strsim::damerau_levenshtein(&written, word);
    let slip = known.iter().min_by_key(|word| slips(word));
    if let Some(word) = slip.filter(|word| slips(word) <= (word.len() / 3).max(1)) {
        return Some(word);
    }
    let likeness = |word: &str| strsim::jaro_winkler(&written, word);
    let like = known.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    like.copied().filter(|word| likeness(word) >= LIKE_ENOUGH)
}

/// The section of `config.toml` that has `key`, on or off.
fn section_of(key: &str) -> Option<&'static str> {
    let mut section = None;
    for line in BUILT_IN.lines() {
        let setting = line.strip_prefix('#').unwrap_or(line);
        if setting.starts_with('[') {
            section = Some(setting).filter(|name| *name != "[keys]");
        }
        if setting.split_once(" = ").is_some_and(|(name, _)| name == key) {
            return section;
        }
    }
    None
}

/// ``missing field `a` ``
fn missing(message: &str) -> Option<Explanation> {
    let key = message.strip_prefix("missing field `")?.strip_suffix('`')?;
    Some(Explanation {
        message: format!("the key `{key}` is missing"),
        help: Some(format!("add `{key} = …` below")),
    })
}

/// `invalid type: string "a", expected a boolean`
fn mismatch(message: &str) -> Option<Explanation> {
    let rest =
        ["invalid type: ", "invalid value: "].iter().find_map(|kind| message.strip_prefix(kind))?;
    let (found, expected) = rest.rsplit_once(", expected ")?;
    let expected = match expected {
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a map" => "a table",
        other if other.starts_with("struct ") => "a table",
        other => other,
    };
    let found = match found {
        "map" => "a table".to_owned(),
        "sequence" => "a list".to_owned(),
        other => other.replace('`', ""),
    };
    Some(Explanation { message: format!("expected {expected}, found {found}"), help: None })
}

fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_and_like_words_are_recognised() {
        let known = ["fps", "leader", "ring_bytes", "max_sessions", "ascii"];
        for (written, meant) in [
            ("fsp", Some("fps")),
            ("FPS", Some("fps")),
            ("ledaer", Some("leader")),
            ("ring_byte", Some("ring_bytes")),
            ("ring", Some("ring_bytes")),
            ("max_session", Some("max_sessions")),
            ("colour", None),
            ("x", None),
        ] {
            assert_eq!(nearest(written, &known), meant, "{written}");
        }
        assert_eq!(nearest("a", &[]), None);
    }

    #[test]
    fn keys_are_found_in_their_section() {
        for (key, section) in [
            ("ring_bytes", Some("[agent]")),
            ("socket", Some("[agent]")),
            ("leader", Some("[dashboard]")),
            ("address", Some("[[machines]]")),
            ("regex", Some("[[alerts]]")),
            ("zoom", None),
            ("colour", None),
        ] {
            assert_eq!(section_of(key), section, "{key}");
        }
    }

    #[test]
    fn other_messages_stay_on_one_line() {
        let explained = explain("first\n  second");
        assert_eq!(explained, Explanation { message: "first second".into(), help: None });
    }
}
