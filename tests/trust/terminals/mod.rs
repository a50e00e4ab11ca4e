//! Terminals at their worst: programs that do not read, that ask without end, that are stopped; lines
//! that are too long, and sizes that never stop changing (faults F16 to F21).

mod canonical;
mod deaf;
mod duplex;
mod operator;
mod sizes;
mod stopped;
mod storm;

use watchdeck::proto::Winsize;

use crate::support::until;

/// Returns once the terminal of this process has this size: the holder gathers changes for a while.
async fn has_size(process: u32, size: Winsize) {
    until("the terminal has the size", || async {
        let terminal = std::fs::File::open(format!("/proc/{process}/fd/0")).ok()?;
        let now = rustix::termios::tcgetwinsize(&terminal).ok()?;
        ((now.ws_row, now.ws_col) == (size.rows, size.cols)).then_some(())
    })
    .await;
}
