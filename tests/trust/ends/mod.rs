//! Ends of programs: exit codes and last output (faults F14, F15), and whole trees of processes (F36, F37).

mod orphans;
mod short;
mod trees;
