//! A database server: postgres log lines with durations, checkpoints, and errors with their details.

use chrono::{DateTime, Utc};

use super::dice::{Dice, Schedule};
use super::{Beat, Generator};

const STATEMENTS: [&str; 7] = [
    "SELECT id, total FROM orders WHERE customer_id = $1",
    "UPDATE carts SET updated_at = now() WHERE id = $1",
    "INSERT INTO order_events (order_id, kind) VALUES ($1, $2)",
    "SELECT sku, quantity FROM stock WHERE warehouse_id = $1",
    "SELECT count(*) FROM sessions WHERE expires_at > now()",
    "DELETE FROM sessions WHERE expires_at < now()",
    "COMMIT",
];
const USERS: [&str; 3] = ["shop@orders", "billing@orders", "report@orders"];

/// See the module.
#[derive(Debug)]
pub struct Db {
    dice: Dice,
    upkeep: Schedule,
    slow: Schedule,
    conflict: Schedule,
}

impl Db {
    /// A server that behaves the same for the same seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            dice: Dice::new(seed),
            upkeep: Schedule::new(6, 14, 30),
            slow: Schedule::new(5, 45, 80),
            conflict: Schedule::new(40, 90, 160),
        }
    }

    fn prefix(&mut self, now: DateTime<Utc>) -> String {
        let pid = self.dice.between(2100, 2140);
        let user = self.dice.pick(&USERS);
        format!("{} [{pid}] {user}", stamp(now))
    }

    fn statement(&mut self, now: DateTime<Utc>) -> String {
        let prefix = self.prefix(now);
        let micros = self.dice.latency(3200);
        let statement = self.dice.pick(&STATEMENTS);
        format!(
            "{prefix} LOG:  duration: {}.{:03} ms  execute <unnamed>: {statement}\n",
            micros / 1000,
            micros % 1000,
        )
    }

    fn upkeep(&mut self, now: DateTime<Utc>) -> String {
        let time = stamp(now);
        let buffers = self.dice.between(40, 900);
        let pages = self.dice.between(3, 60);
        match self.dice.between(0, 2) {
            0 => format!("{time} [61] LOG:  checkpoint starting: time\n"),
            1 => format!(
                "{time} [61] LOG:  checkpoint complete: wrote {buffers} buffers (2.{pages:02}%); \
                 0 WAL file(s) added, 0 removed, 1 recycled; write=4.812 s, sync=0.013 s\n"
            ),
            _ => format!(
                "{time} [{}] LOG:  automatic vacuum of table \"orders.public.sessions\": \
                 index scans: 1, pages: {pages} removed, {buffers} remain\n",
                2200 + pages
            ),
        }
    }

    fn warning(&mut self, now: DateTime<Utc>) -> String {
        let prefix = self.prefix(now);
        format!("{prefix} WARNING:  there is already a transaction in progress\n")
    }

    fn conflict(&mut self, now: DateTime<Utc>) -> String {
        let prefix = self.prefix(now);
        if self.dice.chance(50) {
            let key = self.dice.between(80_000, 89_999);
            return format!(
                "{prefix} ERROR:  duplicate key value violates unique constraint \"orders_pkey\"\n\
                 {prefix} DETAIL:  Key (id)=({key}) already exists.\n\
                 {prefix} STATEMENT:  INSERT INTO orders (id, customer_id) VALUES ($1, $2)\n"
            );
        }
        let waiting = self.dice.between(2100, 2140);
        format!(
            "{prefix} ERROR:  deadlock detected\n\
             {prefix} DETAIL:  Process {waiting} waits for ShareLock on transaction 918273; \
             blocked by process 2119.\n\
             {prefix} HINT:  See server log for query details.\n\
             {prefix} STATEMENT:  UPDATE stock SET quantity = quantity - $1 WHERE sku = $2\n"
        )
    }
}

fn stamp(now: DateTime<Utc>) -> String {
    now.format("%Y-%m-%d %H:%M:%S%.3f UTC").to_string()
}

impl Generator for Db {
    fn next(&mut self, now: DateTime<Utc>) -> Beat {
        let text = if self.conflict.due(&mut self.dice) {
            self.conflict(now)
        } else if self.slow.due(&mut self.dice) {
            self.warning(now)
        } else if self.upkeep.due(&mut self.dice) {
            self.upkeep(now)
        } else {
            self.statement(now)
        };
        Beat::new(text, self.dice.between(180, 1100))
    }
}
