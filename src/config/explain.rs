//! The TOML reader's errors in words for the person who wrote the file.

/// A message, and what to do.
pub(super) struct Explanation {
    pub(super) message: String,
    pub(super) help: Option<String>,
}

/// Rewrites serde's standard messages; others stay as they are. The texts are serde's own
/// (`serde::de::Error`), and the tests of this room hold them to that.
pub(super) fn explain(message: &str) -> Explanation {
    unknown(message, "unknown field ", |key| format!("unknown key `{key}`"))
        .or_else(|| unknown(message, "unknown variant ", |value| format!("`{value}` is no choice")))
        .or_else(|| missing(message))
        .or_else(|| mismatch(message))
        .unwrap_or_else(|| Explanation { message: one_line(message), help: None })
}

/// ``unknown field `a`, expected one of `b`, `c` ``
fn unknown(message: &str, prefix: &str, say: impl Fn(&str) -> String) -> Option<Explanation> {
    let (written, expected) = message.strip_prefix(prefix)?.strip_prefix('`')?.split_once('`')?;
    let known: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
    let help = match (nearest(written, &known), known.is_empty()) {
        (Some(near), _) => Some(format!("did you mean `{near}`?")),
        (None, false) => Some(format!("use one of: {}", known.join(", "))),
        (None, true) => None,
    };
    Some(Explanation { message: say(written), help })
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
    let (kind, rest) = message.split_once(": ")?;
    if !matches!(kind, "invalid type" | "invalid value") {
        return None;
    }
    let (found, expected) = rest.rsplit_once(", expected ").or_else(|| {
        // What is expected may itself hold a comma and the word.
        rest.split_once(", expected ")
    })?;
    let expected = match expected {
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a map" => "a table",
        other if other.starts_with("struct ") => "a table",
        other => other,
    };
    let found = found.replace('`', "");
    Some(Explanation { message: format!("expected {expected}, found {found}"), help: None })
}

fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The known word most like `written`, if it is like enough to be meant.
fn nearest<'k>(written: &str, known: &[&'k str]) -> Option<&'k str> {
    const LIKE_ENOUGH: f64 = 0.8;
    known
        .iter()
        .map(|word| (strsim::jaro_winkler(&written.to_lowercase(), word), *word))
        .filter(|(likeness, _)| *likeness >= LIKE_ENOUGH)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, word)| word)
}
