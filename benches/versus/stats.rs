//! Medians, percentiles, and what /proc knows of a process.

use std::os::unix::fs::MetadataExt;

/// The value below which `part` (0.0 to 1.0) of the samples lie.
pub fn percentile(samples: &[f64], part: f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    let at = (last as f64 * part).round() as usize;
    sorted.get(at).copied().unwrap_or(f64::NAN)
}

pub fn median(samples: &[f64]) -> f64 {
    percentile(samples, 0.5)
}

/// User and system time of a process so far, in seconds (proc_pid_stat(5), fields 14 and 15).
pub fn cpu_seconds(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields: Vec<&str> =
        stat.rsplit_once(") ").map_or(Vec::new(), |(_, rest)| rest.split(' ').collect());
    let ticks: f64 = [11, 12].iter().filter_map(|at| fields.get(*at)?.parse::<f64>().ok()).sum();
    ticks / 100.0
}

/// Memory of processes and of the rings they have open, in MiB. What they share counts once.
pub fn memory_mib(pids: &[u32]) -> f64 {
    let mut rings = std::collections::BTreeMap::new();
    for link in pids.iter().flat_map(|pid| descriptors(*pid)) {
        let target = std::fs::read_link(&link).unwrap_or_default();
        if target.to_string_lossy().starts_with("/memfd:watchdeck-ring")
            && let Ok(meta) = std::fs::metadata(&link)
        {
            rings.insert(meta.ino(), meta.blocks() * 512);
        }
    }
    let rings: u64 = rings.values().sum();
    pids.iter().map(|pid| private_mib(*pid)).sum::<f64>() + rings as f64 / f64::from(1 << 20)
}

/// Memory of a process in MiB, its part of what it shares included (proc_pid_smaps(5), Pss).
pub fn private_mib(pid: u32) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("Pss:")).unwrap_or_default();
    let kib: f64 = line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).unwrap_or(0.0);
    kib / 1024.0
}

fn descriptors(pid: u32) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(format!("/proc/{pid}/fd"));
    entries.into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

/// Processes whose parent is `pid`.
pub fn children(pid: u32) -> Vec<u32> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let parent = |child: &u32| -> Option<u32> {
        let stat = std::fs::read_to_string(format!("/proc/{child}/stat")).ok()?;
        stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()
    };
    pids.filter(|child| parent(child) == Some(pid)).collect()
}

/// Whether a program can be run.
pub fn has(program: &str) -> bool {
    std::process::Command::new(program).arg("-V").output().is_ok_and(|out| out.status.success())
}
