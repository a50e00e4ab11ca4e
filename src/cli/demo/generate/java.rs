//! An application server: log4j lines, now and then an exception with its stack trace.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use super::dice::{Dice, Schedule};
use super::{Beat, Generator};

const THREADS: [&str; 4] =
    ["http-nio-8080-exec-1", "http-nio-8080-exec-4", "http-nio-8080-exec-7", "scheduling-1"];
const CALLS: [&str; 6] = [
    "com.example.orders.StockClient.reserve(StockClient.java:88)",
    "com.example.orders.OrderService.place(OrderService.java:142)",
    "com.example.orders.OrderController.post(OrderController.java:57)",
    "org.springframework.web.servlet.FrameworkServlet.doPost(FrameworkServlet.java:914)",
    "org.apache.catalina.core.ApplicationFilterChain.doFilter(ApplicationFilterChain.java:140)",
    "java.base/java.lang.Thread.run(Thread.java:1583)",
];

/// See the module.
#[derive(Debug)]
pub struct Java {
    dice: Dice,
    warning: Schedule,
    exception: Schedule,
}

impl Java {
    /// A server that behaves the same for the same seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            dice: Dice::new(seed),
            warning: Schedule::new(13, 40, 70),
            exception: Schedule::new(7, 90, 150),
        }
    }

    fn line(&mut self, now: DateTime<Utc>, level: &str, logger: &str, text: &str) -> String {
        let thread = self.dice.pick(&THREADS);
        let time = now.format("%Y-%m-%d %H:%M:%S,%3f");
        format!("{time} {level:<5} [{thread}] c.e.orders.{logger} - {text}\n")
    }

    fn work(&mut self, now: DateTime<Utc>) -> String {
        let order = self.dice.between(88_000, 88_999);
        let items = self.dice.between(1, 9);
        let millis = self.dice.latency(24);
        match self.dice.between(0, 4) {
            0 => {
                self.line(now, "DEBUG", "CartRepository", &format!("loaded cart of {items} items"))
            }
            1 => {
                let text = format!("payment authorised for order {order} in {millis} ms");
                self.line(now, "INFO", "PaymentService", &text)
            }
            2 => {
                let text = format!("GET /orders/{order} 200 in {millis} ms");
                self.line(now, "INFO", "RequestLog", &text)
            }
            3 => {
                let text = format!("published OrderPlaced[{order}] to orders.events");
                self.line(now, "INFO", "EventPublisher", &text)
            }
            _ => {
                let text = format!("order {order} placed with {items} items in {millis} ms");
                self.line(now, "INFO", "OrderService", &text)
            }
        }
    }

    fn warning(&mut self, now: DateTime<Utc>) -> String {
        let millis = self.dice.between(1200, 2900);
        let text = format!("stock service answered in {millis} ms, more than 1000 ms");
        self.line(now, "WARN", "StockClient", &text)
    }

    fn exception(&mut self, now: DateTime<Utc>) -> String {
        let order = self.dice.between(88_000, 88_999);
        let text = format!("order {order} could not be placed");
        let mut trace = self.line(now, "ERROR", "OrderService", &text);
        trace.push_str(
            "com.example.orders.StockUnavailableException: no answer from stock-2:9090\n",
        );
        frames(&mut trace, &CALLS[..4]);
        trace.push_str("Caused by: java.net.SocketTimeoutException: Read timed out\n");
        frames(&mut trace, &CALLS[..2]);
        trace.push_str("\t... 31 more\n");
        trace
    }
}

fn frames(trace: &mut String, calls: &[&str]) {
    for call in calls {
        let _ = writeln!(trace, "\tat {call}");
    }
}

impl Generator for Java {
    fn next(&mut self, now: DateTime<Utc>) -> Beat {
        let text = if self.exception.due(&mut self.dice) {
            self.exception(now)
        } else if self.warning.due(&mut self.dice) {
            self.warning(now)
        } else {
            self.work(now)
        };
        Beat::new(text, self.dice.between(200, 1200))
    }
}
