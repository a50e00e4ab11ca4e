//! Two services that log JSON: a gateway with words for levels, a worker with numbers.

use chrono::{DateTime, Utc};

use super::dice::{Dice, Schedule};
use super::{Beat, Generator};

const ROUTES: [&str; 5] =
    ["/v1/cart", "/v1/orders", "/v1/search", "/v1/session", "/v1/recommendations"];
const JOBS: [&str; 4] = ["invoice.render", "mail.send", "thumbnail.make", "index.refresh"];

/// See the module.
#[derive(Debug)]
pub struct Json {
    dice: Dice,
    warning: Schedule,
    failure: Schedule,
}

impl Json {
    /// Services that behave the same for the same seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            dice: Dice::new(seed),
            warning: Schedule::new(20, 60, 110),
            failure: Schedule::new(55, 140, 240),
        }
    }

    /// A line in the manner of Go's structured loggers: the level is a word and comes first.
    fn gateway(&mut self, now: DateTime<Utc>, level: &str) -> String {
        let (status, msg) = match level {
            "error" => (503, "no upstream took the request"),
            "warn" => (429, "client is over its rate limit"),
            _ => (200, "request served"),
        };
        let time = now.format("%Y-%m-%dT%H:%M:%S%.3fZ");
        let path = self.dice.pick(&ROUTES);
        let millis = self.dice.latency(14);
        format!(
            "{{\"level\":\"{level}\",\"ts\":\"{time}\",\"msg\":\"{msg}\",\"path\":\"{path}\",\
             \"status\":{status},\"latency_ms\":{millis}}}\n"
        )
    }

    /// A line in the manner of Node's structured loggers: 30 is info, 40 a warning, 50 an error.
    fn worker(&mut self, now: DateTime<Utc>, level: u64) -> String {
        let msg = match level {
            50 => "job failed and was given up",
            40 => "job failed, trying again",
            _ => "job done",
        };
        let attempt = if level > 30 { self.dice.between(2, 5) } else { 1 };
        let job = self.dice.pick(&JOBS);
        let millis = self.dice.latency(120);
        format!(
            "{{\"level\":{level},\"time\":{},\"job\":\"{job}\",\"attempt\":{attempt},\
             \"took_ms\":{millis},\"msg\":\"{msg}\"}}\n",
            now.timestamp_millis()
        )
    }
}

impl Generator for Json {
    fn next(&mut self, now: DateTime<Utc>) -> Beat {
        let from_gateway = self.dice.chance(65);
        let (word, number) = if self.failure.due(&mut self.dice) {
            ("error", 50)
        } else if self.warning.due(&mut self.dice) {
            ("warn", 40)
        } else {
            ("info", 30)
        };
        let line = if from_gateway { self.gateway(now, word) } else { self.worker(now, number) };
        Beat::new(line, self.dice.between(120, 900))
    }
}
