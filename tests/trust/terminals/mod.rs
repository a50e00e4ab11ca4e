//! Terminals at their worst: programs that do not read, that ask without end, that are stopped; lines
//! that are too long, and sizes that never stop changing (faults F16 to F21).

mod canonical;
mod deaf;
mod duplex;
mod operator;
mod sizes;
mod stopped;
mod storm;
