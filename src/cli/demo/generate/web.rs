//! A web server: nginx access lines, and its error log interleaved as in a container.

use chrono::{DateTime, Utc};

use super::dice::{Dice, Schedule};
use super::{Beat, Generator};

const PATHS: [&str; 12] = [
    "/",
    "/products?page=2",
    "/products/4711",
    "/api/v1/cart",
    "/api/v1/orders/88213",
    "/api/v1/search?q=rain+jacket",
    "/api/v1/session",
    "/static/app.9f2c1e.js",
    "/static/app.9f2c1e.css",
    "/images/hero-1280.webp",
    "/healthz",
    "/favicon.ico",
];
const AGENTS: [&str; 5] =
    ["Firefox/128.0", "Safari/17.5", "Chrome/126.0", "curl/8.5.0", "kube-probe/1.29"];
const UPSTREAMS: [&str; 3] = ["10.4.0.11:8080", "10.4.0.12:8080", "10.4.0.13:8080"];

/// See the module.
#[derive(Debug)]
pub struct Web {
    dice: Dice,
    request: u64,
    warning: Schedule,
    outage: Schedule,
}

impl Web {
    /// A server that behaves the same for the same seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            dice: Dice::new(seed),
            request: 48_210,
            warning: Schedule::new(6, 80, 140),
            outage: Schedule::new(12, 160, 280),
        }
    }

    fn access(&mut self, now: DateTime<Utc>) -> String {
        let status = match self.dice.between(1, 100) {
            1..=82 => 200,
            83..=91 => 304,
            92..=94 => 302,
            95..=97 => 404,
            98 => 401,
            _ => 201,
        };
        let path = *self.dice.pick(&PATHS);
        self.access_line(now, path, status)
    }

    fn access_line(&mut self, now: DateTime<Utc>, path: &str, status: u16) -> String {
        let method = if path.contains("cart") || path.contains("session") { "POST" } else { "GET" };
        let bytes = if status == 304 { 0 } else { self.dice.between(180, 48_000) };
        let agent = self.dice.pick(&AGENTS);
        let millis = self.dice.latency(18);
        format!(
            "{} - - [{}] \"{method} {path} HTTP/1.1\" {status} {bytes} \"-\" \"{agent}\" {}.{:03}\n",
            self.client(),
            now.format("%d/%b/%Y:%H:%M:%S +0000"),
            millis / 1000,
            millis % 1000,
        )
    }

    fn client(&mut self) -> String {
        // 203.0.113.0/24 is reserved for documentation (RFC 5737).
        format!("203.0.113.{}", self.dice.between(2, 250))
    }

    fn error_log(&self, now: DateTime<Utc>, level: &str, text: &str) -> String {
        let time = now.format("%Y/%m/%d %H:%M:%S");
        format!("{time} [{level}] 31#31: *{} {text}\n", self.request)
    }

    fn slow_upstream(&mut self, now: DateTime<Utc>) -> String {
        let file = self.dice.between(10, 99);
        let text = format!(
            "an upstream response is buffered to a temporary file /var/cache/nginx/proxy_temp/{file}"
        );
        self.error_log(now, "warn", &text)
    }

    fn refused_upstream(&mut self, now: DateTime<Utc>) -> String {
        let upstream = *self.dice.pick(&UPSTREAMS);
        let text = format!(
            "connect() failed (111: Connection refused) while connecting to upstream, client: {}, \
             server: shop.example, request: \"GET /api/v1/cart HTTP/1.1\", \
             upstream: \"http://{upstream}/api/v1/cart\", host: \"shop.example\"",
            self.client()
        );
        self.error_log(now, "error", &text) + &self.access_line(now, "/api/v1/cart", 502)
    }
}

impl Generator for Web {
    fn next(&mut self, now: DateTime<Utc>) -> Beat {
        self.request += self.dice.between(1, 7);
        let text = if self.outage.due(&mut self.dice) {
            self.refused_upstream(now)
        } else if self.warning.due(&mut self.dice) {
            self.slow_upstream(now)
        } else {
            self.access(now)
        };
        // A page load is a burst of requests; then the visitor reads.
        let pause = if self.dice.chance(45) {
            self.dice.between(20, 90)
        } else {
            self.dice.between(250, 900)
        };
        Beat::new(text, pause)
    }
}
