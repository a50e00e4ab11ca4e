//! The last line against faults of the parser: a panic in it must cost one screen, not the program.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static CONTAINING: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`; `None` when it panicked, and then what it worked on must be replaced.
pub(super) fn contain<T>(work: impl FnOnce() -> T) -> Option<T> {
    let outer = CONTAINING.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work)).ok();
    CONTAINING.set(outer);
    done
}

/// Whether a panic on this thread would now be contained. A panic hook asks this before it takes
/// leave of the user: the program goes on.
#[must_use]
pub fn contains_panics() -> bool {
    CONTAINING.get()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contained_panic_is_told_from_others() {
        assert!(!contains_panics());
        assert_eq!(contain(contains_panics), Some(true));
        assert_eq!(contain(|| -> u8 { std::panic::resume_unwind(Box::new("fault")) }), None);
        assert!(!contains_panics());
    }
}
