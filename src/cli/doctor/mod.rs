//! `watchdeck doctor`: looks at how this machine is set up and says what to do. It changes nothing.
//!
//! One file for each check: `check` gathers facts from a [`Scene`], a pure function judges them.

mod agent;
mod certificate;
mod cgroup;
mod clock;
mod configuration;
mod disk;
mod finding;
mod holders;
mod inotify;
mod limits;
mod linger;
mod private;
mod ptys;
mod scene;
mod terminal;
mod tiocsti;
mod tokens;

use super::args::Global;
use super::error::CliError;
use super::output::{Output, harmless, severity_style};
use finding::{Finding, Verdict};
use scene::Scene;

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Print one JSON array
    #[arg(long)]
    json: bool,
}

/// A group of findings.
type Check = fn(&Scene) -> Vec<Finding>;

/// Every check, in the order of the report: what the rest depends on comes first.
const CHECKS: [Check; 15] = [
    configuration::check,
    agent::check,
    holders::check,
    private::check,
    tokens::check,
    certificate::check,
    limits::check,
    ptys::check,
    inotify::check,
    disk::check,
    cgroup::check,
    linger::check,
    tiocsti::check,
    clock::check,
    terminal::check,
];

/// Looks, and tells.
///
/// # Errors
/// Something is wrong that keeps watchdeck from working or from being safe; or there are no paths at all.
pub fn run(args: &Args, global: &Global, out: &mut Output) -> Result<(), CliError> {
    let scene = Scene::look(global)?;
    let findings: Vec<Finding> = CHECKS.iter().flat_map(|check| check(&scene)).collect();
    if args.json {
        out.json(&findings)?;
    } else {
        print(&findings, scene.plain, out)?;
    }
    match findings.iter().any(|finding| finding.verdict == Verdict::Fail) {
        true => Err(CliError::No),
        false => Ok(()),
    }
}

fn print(findings: &[Finding], plain: bool, out: &mut Output) -> Result<(), CliError> {
    let width = findings.iter().map(|finding| finding.check.len()).max().unwrap_or(0);
    for finding in findings {
        let Finding { check, verdict, says, advice } = finding;
        let mark = format!("{} {:<4}", verdict.glyph(plain), verdict.word());
        let mark = out.paint(severity_style(verdict.severity()), &mark);
        out.line(&format!("{mark}  {check:<width$}  {}", harmless(says)))?;
        if let Some(advice) = advice {
            let arrow = if plain { "->" } else { "→" };
            out.line(&format!("        {:<width$}  {arrow} {}", "", harmless(advice)))?;
        }
    }
    out.line(&format!("\n{}", summary(findings)))
}

fn summary(findings: &[Finding]) -> String {
    let count = |wanted| findings.iter().filter(|finding| finding.verdict == wanted).count();
    let (ok, warn, fail) = (count(Verdict::Ok), count(Verdict::Warn), count(Verdict::Fail));
    format!("{ok} ok, {warn} warn, {fail} fail")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_counts_each_verdict() {
        let findings =
            [Finding::ok("a", "x"), Finding::warn("b", "x", "do"), Finding::ok("c", "x")];
        assert_eq!(summary(&findings), "2 ok, 1 warn, 0 fail");
    }
}
