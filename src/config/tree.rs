//! Layers as one tree of TOML values that keep their position.
//!
//! Positions are byte ranges in the layers' texts laid end to end, so a merged tree can still say
//! which file, line and column each value came from.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_spanned::Spanned;
use toml::de::{DeArray, DeString, DeTable, DeValue, Error};

/// Arrays of tables whose entries are joined by `name` instead of replaced.
const JOINED: &[&str] = &["machines", "alerts"];

/// Where a key and its value stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spans {
    pub(super) key: Range<usize>,
    pub(super) value: Range<usize>,
}

/// Parses one layer whose text begins at `base`. The error's span is relative to `text`.
pub(super) fn parse(text: &str, base: usize) -> Result<DeTable<'_>, Error> {
    DeTable::parse(text).map(|table| shift_table(table.into_inner(), base))
}

fn shift<T>(spanned: Spanned<T>, base: usize, inner: impl FnOnce(T) -> T) -> Spanned<T> {
    let span = spanned.span();
    Spanned::new(span.start + base..span.end + base, inner(spanned.into_inner()))
}

fn shift_table(table: DeTable<'_>, base: usize) -> DeTable<'_> {
    let moved = table
        .into_iter()
        .map(|(key, value)| (shift(key, base, |key| key), shift_value(value, base)));
    moved.collect()
}

fn shift_value(value: Spanned<DeValue<'_>>, base: usize) -> Spanned<DeValue<'_>> {
    shift(value, base, |value| match value {
        DeValue::Table(table) => DeValue::Table(shift_table(table, base)),
        DeValue::Array(array) => {
            DeValue::Array(array.into_iter().map(|value| shift_value(value, base)).collect())
        }
        scalar => scalar,
    })
}

/// `upper` over `lower`: tables key by key, `[[machines]]` and `[[alerts]]` by name, else replaced.
pub(super) fn merge<'t>(lower: DeTable<'t>, upper: DeTable<'t>) -> DeTable<'t> {
    overlay(lower, upper, JOINED)
}

fn overlay<'t>(mut lower: DeTable<'t>, upper: DeTable<'t>, joined: &[&str]) -> DeTable<'t> {
    for (key, value) in upper {
        // Removed before it is inserted, because a map keeps the old key and with it its position.
        let old = lower.remove(key.get_ref().as_ref());
        let value = match old {
            Some(old) => combine(&key, old, value, joined),
            None => value,
        };
        lower.insert(key, value);
    }
    lower
}

fn combine<'t>(
    key: &Spanned<DeString<'t>>,
    old: Spanned<DeValue<'t>>,
    new: Spanned<DeValue<'t>>,
    joined: &[&str],
) -> Spanned<DeValue<'t>> {
    let span = new.span();
    let value = match (old.into_inner(), new.into_inner()) {
        (DeValue::Table(old), DeValue::Table(new)) => DeValue::Table(overlay(old, new, &[])),
        (DeValue::Array(old), DeValue::Array(new)) if joined.contains(&key.get_ref().as_ref()) => {
            DeValue::Array(join(old, new))
        }
        (_, new) => new,
    };
    Spanned::new(span, value)
}

/// The entries of `new`, then those of `old` that have another name.
fn join<'t>(old: DeArray<'t>, new: DeArray<'t>) -> DeArray<'t> {
    let mut joined = new;
    for entry in old {
        let replaced = name(&entry).is_some_and(|n| joined.iter().any(|e| name(e) == Some(n)));
        if !replaced {
            joined.push(entry);
        }
    }
    joined
}

fn name<'a>(entry: &'a Spanned<DeValue<'_>>) -> Option<&'a str> {
    entry.get_ref().as_table()?.get("name")?.get_ref().as_str()
}

/// The spans of every key in `table`, by path: `agent.name`, `machines[0].address`.
pub(super) fn spans(table: &DeTable<'_>) -> BTreeMap<String, Spans> {
    let mut found = BTreeMap::new();
    collect("", table, &mut found);
    found
}

fn collect(prefix: &str, table: &DeTable<'_>, found: &mut BTreeMap<String, Spans>) {
    for (key, value) in table {
        let path = format!("{prefix}{}", key.get_ref());
        collect_value(&path, key.span(), value, found);
    }
}

fn collect_value(
    path: &str,
    key: Range<usize>,
    value: &Spanned<DeValue<'_>>,
    found: &mut BTreeMap<String, Spans>,
) {
    match value.get_ref() {
        DeValue::Table(table) => collect(&format!("{path}."), table, found),
        DeValue::Array(array) => {
            for (index, entry) in array.iter().enumerate() {
                collect_value(&format!("{path}[{index}]"), entry.span(), entry, found);
            }
        }
        _ => {}
    }
    found.insert(path.to_owned(), Spans { key, value: value.span() });
}
