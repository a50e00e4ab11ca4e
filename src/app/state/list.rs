//! The list of machines and their Sessions: order, filter, selection.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::Duration;

use super::{Machine, MachineKey, Session, SessionKey};
use crate::app::fuzzy::Fuzzy;

/// A list sorted by counters re-sorts by itself only this long after the last key, and at most
/// this often: rows must not move under the cursor.
const RESORT_AFTER: Duration = Duration::from_secs(10);

/// The order of Sessions inside their machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// By name.
    #[default]
    Name,
    /// Most unseen errors, then warnings, first.
    Errors,
    /// The last to write first.
    Activity,
}

impl Sort {
    /// The word in the list's head.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Errors => "errors",
            Self::Activity => "activity",
        }
    }

    /// The next order in the cycle.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Name => Self::Errors,
            Self::Errors => Self::Activity,
            Self::Activity => Self::Name,
        }
    }
}

/// One row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListRow {
    /// A machine.
    Machine(MachineKey),
    /// A Session of the machine above.
    Session(SessionKey),
}

/// The list.
#[derive(Debug, Clone, Default)]
pub struct List {
    /// The row under the cursor.
    pub selected: Option<ListRow>,
    /// What the list is filtered by; empty shows all.
    pub filter: String,
    /// The order.
    pub sort: Sort,
    order: Vec<SessionKey>,
    sorted_at: Duration,
}

impl List {
    /// An empty list in this order.
    #[must_use]
    pub fn sorted_by(sort: Sort) -> Self {
        Self { sort, ..Self::default() }
    }

    /// Sorts anew.
    pub fn resort(&mut self, sessions: &BTreeMap<SessionKey, Session>, now: Duration) {
        let mut order: Vec<_> = sessions.iter().collect();
        match self.sort {
            Sort::Name => order.sort_by_key(|(_, session)| session.info.name.clone()),
            Sort::Errors => order.sort_by_key(|(_, session)| {
                let info = &session.info;
                let weight = |c: crate::proto::Counts| (c.errors, c.warnings);
                (Reverse(weight(info.unseen)), Reverse(weight(info.counts)), info.name.clone())
            }),
            Sort::Activity => order.sort_by_key(|(_, session)| {
                (Reverse(session.info.last_output_at), session.info.name.clone())
            }),
        }
        self.order = order.into_iter().map(|(key, _)| *key).collect();
        self.sorted_at = now;
    }

    /// Sorts anew when the order follows counters and nobody is at the keys.
    pub fn resort_when_idle(
        &mut self,
        sessions: &BTreeMap<SessionKey, Session>,
        last_key: Duration,
        now: Duration,
    ) {
        let rested = now.saturating_sub(last_key.max(self.sorted_at)) >= RESORT_AFTER;
        if rested && self.sort != Sort::Name {
            self.resort(sessions, now);
        }
    }

    /// The Sessions in order.
    #[must_use]
    pub fn order(&self) -> &[SessionKey] {
        &self.order
    }

    /// The rows that match the filter: machines in configured order, under each its Sessions. A
    /// machine without a match is left out while a filter is set.
    #[must_use]
    pub fn rows(
        &self,
        machines: &[Machine],
        sessions: &BTreeMap<SessionKey, Session>,
    ) -> Vec<ListRow> {
        // A matcher is large; most of the time there is no filter.
        let mut fuzzy = (!self.filter.is_empty()).then(|| Fuzzy::new(&self.filter));
        let mut rows = Vec::new();
        for (index, machine) in machines.iter().enumerate() {
            let machine_key = MachineKey(index);
            let matching = self.order.iter().copied().filter(|key| key.machine == machine_key);
            let before = rows.len();
            rows.extend(matching.filter_map(|key| {
                let name = &sessions.get(&key)?.info.name;
                if let Some(fuzzy) = &mut fuzzy {
                    fuzzy.score(&format!("{}/{name}", machine.name))?;
                }
                Some(ListRow::Session(key))
            }));
            if self.filter.is_empty() || rows.len() > before {
                rows.insert(before, ListRow::Machine(machine_key));
            }
        }
        rows
    }

    /// Moves the cursor by so many rows, not around the ends.
    pub fn step(&mut self, rows: &[ListRow], by: isize) {
        let at = self.selected.and_then(|row| rows.iter().position(|other| *other == row));
        let last = rows.len().saturating_sub(1);
        let next = at.map_or(0, |at| at.saturating_add_signed(by).min(last));
        self.selected = rows.get(next).copied();
    }

    /// Keeps the cursor on a row that exists.
    pub fn settle(&mut self, rows: &[ListRow]) {
        if !self.selected.is_some_and(|row| rows.contains(&row)) {
            let session = rows.iter().find(|row| matches!(row, ListRow::Session(_)));
            self.selected = session.or(rows.first()).copied();
        }
    }
}
