//! What every generator keeps true, read from its text.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::db::Db;
use super::deploy::Deploy;
use super::java::Java;
use super::json::Json;
use super::web::Web;
use super::{Beat, Generator};
use crate::alert::{Engine, RuleSet, Scope, Sequence};
use crate::proto::{Counts, Winsize};

/// Something that makes a generator from a seed.
type Make = fn(u64) -> Box<dyn Generator>;

/// The log generators by name.
fn kinds() -> [(&'static str, Make); 5] {
    [
        ("web", |seed| Box::new(Web::new(seed))),
        ("db", |seed| Box::new(Db::new(seed))),
        ("java", |seed| Box::new(Java::new(seed))),
        ("json", |seed| Box::new(Json::new(seed))),
        ("deploy", |seed| Box::new(Deploy::new(seed, Winsize::default))),
    ]
}

/// What a generator writes in `span` of its own time.
fn play(mut generator: Box<dyn Generator>, span: Duration) -> Vec<Beat> {
    let start: DateTime<Utc> = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
    let mut at = Duration::ZERO;
    let mut beats = Vec::new();
    while at < span {
        let beat = generator.next(start + TimeDelta::from_std(at).unwrap());
        at += beat.pause;
        beats.push(beat);
    }
    beats
}

fn text(beats: &[Beat]) -> String {
    beats.iter().map(|beat| beat.text.as_str()).collect()
}

const MINUTE: Duration = Duration::from_secs(60);

#[test]
fn the_same_seed_gives_the_same_text() {
    for (name, make) in kinds() {
        let [one, same, other] = [1, 1, 2].map(|seed| text(&play(make(seed), MINUTE)));
        assert_eq!(one, same, "{name}");
        assert_ne!(one, other, "{name}");
    }
}

#[test]
fn the_pace_is_lively_but_calm() {
    for (name, make) in kinds() {
        let beats = play(make(5), 5 * MINUTE);
        let per_second = beats.len() as f64 / 300.0;
        assert!((0.8..9.0).contains(&per_second), "{name}: {per_second:.2} beats a second");
        assert!(beats.iter().all(|beat| beat.pause <= Duration::from_secs(10)), "{name}");
    }
}

#[test]
fn text_is_made_of_whole_lines_or_overwrites() {
    for (name, make) in kinds() {
        for beat in play(make(9), MINUTE) {
            let whole = beat.text.ends_with('\n');
            assert!(whole || beat.text.starts_with('\r'), "{name}: {:?}", beat.text);
        }
    }
}

/// Errors and warnings in what a generator writes in `span`.
fn counts(generator: Box<dyn Generator>, span: Duration) -> Counts {
    let engine = Engine::new(Arc::new(RuleSet::empty()), &Scope::default());
    let mut sequence = Sequence::new(engine);
    let mut counts = Counts::default();
    for line in text(&play(generator, span)).lines() {
        counts.add(sequence.next(line).severity);
    }
    counts
}

#[test]
fn errors_are_there_and_rare() {
    for (name, make) in kinds() {
        for seed in 1..6 {
            let counts = counts(make(seed), 10 * MINUTE);
            assert!((3..=45).contains(&counts.errors), "{name} {seed}: {counts:?}");
            assert!(counts.warnings <= 60, "{name} {seed}: {counts:?}");
        }
    }
}

#[test]
fn the_first_error_and_warning_come_within_seven_seconds() {
    for seed in 1..20 {
        let mut total = Counts::default();
        for (_, make) in kinds() {
            total += counts(make(seed), Duration::from_secs(7));
        }
        assert!(total.errors > 0 && total.warnings > 0, "{seed}: {total:?}");
    }
}

#[test]
fn every_json_line_parses() {
    for line in text(&play(Box::new(Json::new(4)), 5 * MINUTE)).lines() {
        let value: serde_json::Value = serde_json::from_str(line).expect(line);
        assert!(value["level"].is_string() || value["level"].is_u64(), "{line}");
    }
}

#[test]
fn a_deploy_draws_its_bar_to_the_end_and_fails_at_times() {
    let text = text(&play(Box::new(Deploy::new(1, Winsize::default)), 10 * MINUTE));
    assert!(text.contains("[############################] 100%"), "the bar fills");
    assert!(text.contains("is live on 8 hosts"), "some succeed");
    assert!(text.contains("ERROR: health check"), "some fail");
}

#[test]
fn the_bar_fits_on_its_line() {
    for cols in [27, 39, 60, 300] {
        let deploy = Deploy::new(1, move || Winsize::new(24, cols));
        for beat in play(Box::new(deploy), MINUTE).iter().filter(|beat| beat.text.ends_with('%')) {
            let width = beat.text.trim_start_matches('\r').len();
            assert!(width < usize::from(cols), "{cols}: {:?}", beat.text);
        }
    }
}
