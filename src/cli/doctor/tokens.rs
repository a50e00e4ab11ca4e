//! The tokens of this machine's agent: whether they can be read, and whether they end soon.

use chrono::{DateTime, Duration, Utc};

use super::finding::Finding;
use super::scene::Scene;
use crate::agent::{TokenEntry, Tokens, TokensFile};

const NAME: &str = "tokens";
/// Who uses a token should hear of its end this long before.
const SOON: i64 = 14;

/// Reads the file.
pub fn check(scene: &Scene) -> Vec<Finding> {
    let Some(state) = &scene.paths.state_dir else { return Vec::new() };
    let needed = scene.config.agent.listen.is_some_and(|listen| listen.is_beyond_loopback());
    match TokensFile::in_dir(state).read() {
        Ok(tokens) => verdict(&tokens, needed, scene.now),
        Err(error) => {
            let advice = "nobody gets in over TCP until it is in order";
            vec![Finding::fail(NAME, error.to_string(), advice)]
        }
    }
}

fn verdict(tokens: &Tokens, needed: bool, now: DateTime<Utc>) -> Vec<Finding> {
    let valid = tokens.valid(now);
    if valid == 0 && needed {
        let says = "agent.listen is beyond loopback, and there is no valid token";
        let advice = "`watchdeck token new` makes one; the agent does not start without";
        return vec![Finding::fail(NAME, says, advice)];
    }
    let mut findings: Vec<_> =
        tokens.list().iter().filter_map(|entry| ending(entry, now)).collect();
    if findings.is_empty() {
        findings.push(Finding::ok(NAME, format!("{valid} valid")));
    }
    findings
}

fn ending(entry: &TokenEntry, now: DateTime<Utc>) -> Option<Finding> {
    let (name, end) = (&entry.name, entry.expires_at?);
    if end <= now {
        let says = format!("{name} ended {}", end.format("%F"));
        return Some(Finding::warn(NAME, says, format!("`watchdeck token revoke {name}`")));
    }
    let days = (end - now).num_days();
    (end - now < Duration::days(SOON)).then(|| {
        let says = format!("{name} ends {}, in {days} days", end.format("%F"));
        let advice = "make a new one, store it where this one is used, then revoke this one";
        Finding::warn(NAME, says, advice)
    })
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;
    use crate::proto::Role;

    #[test]
    fn the_end_of_a_token_is_told_in_time() {
        let home = tempfile::tempdir().unwrap();
        let file = TokensFile::in_dir(home.path());
        let now = Utc::now();
        let verdicts = |after: i64, needed| {
            let tokens = file.read().unwrap();
            let found = verdict(&tokens, needed, now + Duration::days(after));
            found.into_iter().map(|finding| finding.verdict).collect::<Vec<_>>()
        };
        assert_eq!(verdicts(0, false), [Verdict::Ok]);
        assert_eq!(verdicts(0, true), [Verdict::Fail]);
        let month = std::time::Duration::from_secs(30 * 86_400);
        file.add("ci", Role::Observer, Some(month), now).unwrap();
        assert_eq!(verdicts(0, true), [Verdict::Ok]);
        assert_eq!(verdicts(20, true), [Verdict::Warn]);
        assert_eq!(verdicts(31, false), [Verdict::Warn]);
        assert_eq!(verdicts(31, true), [Verdict::Fail]);
    }
}
