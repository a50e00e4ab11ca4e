//! Alerts (stand-in until the engine is merged).
#![allow(missing_docs)]
use crate::proto::{Counts, Offset, Severity};
use std::{collections::BTreeMap, ops::Range, sync::Arc};

#[derive(Debug, Default)]
pub struct RuleSet;
impl RuleSet {
    pub fn empty() -> Self {
        Self
    }
}
pub struct Scope {
    pub machine: String,
    pub session: String,
    pub labels: BTreeMap<String, String>,
}
#[derive(Debug, Clone)]
pub enum Source {
    None,
    Detector(&'static str),
    Rule(Arc<str>),
}
#[derive(Debug, Clone)]
pub struct Classification {
    pub severity: Severity,
    pub source: Source,
    pub span: Range<usize>,
}
#[derive(Debug, Clone)]
pub struct Engine;
impl Engine {
    pub fn new(_: Arc<RuleSet>, _: &Scope) -> Self {
        Self
    }
}
pub struct Sequence;
impl Sequence {
    pub fn new(_: Engine) -> Self {
        Self
    }
    pub fn next(&mut self, line: &str) -> Classification {
        let at = line.find("ERROR");
        Classification {
            severity: if at.is_some() { Severity::Error } else { Severity::Other },
            source: Source::None,
            span: at.map_or(0..0, |at| at..at + 5),
        }
    }
}
pub struct AlertEvent {
    pub severity: Severity,
    pub source: Source,
    pub text: String,
    pub span: Range<usize>,
    pub start: Offset,
    pub end: Offset,
}
pub struct EchoLine {
    pub start: Offset,
    pub end: Offset,
    pub text: String,
}
pub struct Scanner(Counts);
impl Scanner {
    pub fn new(_: Engine) -> Self {
        Self(Counts::default())
    }
    pub fn set_engine(&mut self, _: Engine) {}
    pub fn feed(&mut self, _: Offset, _: &[u8], _: &mut Vec<AlertEvent>) {}
    pub fn typed(&mut self, _: &[u8]) {}
    pub fn resized(&mut self) {}
    pub fn idle(&mut self, _: &mut Vec<AlertEvent>) {}
    pub fn finish(&mut self, _: &mut Vec<AlertEvent>) {}
    pub fn counts(&self) -> Counts {
        self.0
    }
    pub fn take_echoes(&mut self) -> Vec<EchoLine> {
        vec![]
    }
}
pub fn plain_line(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_end().to_owned()
}
