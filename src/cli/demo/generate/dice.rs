//! Repeatable chance: the same seed gives the same text, so that tests can read it.

/// A small pseudo-random generator (SplitMix64, Steele, Lea and Flood 2014). Not for secrets.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Dice that fall the same way for the same seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from `low` to `high`, both included; `low` when the range is empty.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        let choices = high.saturating_sub(low).saturating_add(1);
        low + self.bits() % choices
    }

    /// True in `percent` of a hundred throws.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.between(1, 100) <= percent
    }

    /// One of the choices.
    pub fn pick<'a, T, const N: usize>(&mut self, choices: &'a [T; N]) -> &'a T {
        const { assert!(N > 0, "there is nothing to pick from") };
        &choices[(self.bits() % N as u64) as usize]
    }

    /// A duration in milliseconds with a long tail, as answer times have: mostly near `usual`.
    pub fn latency(&mut self, usual: u64) -> u64 {
        let stretch = if self.chance(6) { 8 } else { 1 };
        self.between(usual / 2, usual + usual / 2) * stretch
    }
}

/// Says when something rare is due: first after `first` turns, then after `least..=most` each time.
#[derive(Debug, Clone)]
pub struct Schedule {
    left: u64,
    least: u64,
    most: u64,
}

impl Schedule {
    /// See [`Schedule`].
    #[must_use]
    pub const fn new(first: u64, least: u64, most: u64) -> Self {
        Self { left: first, least, most }
    }

    /// Counts one turn; true when it is due now.
    pub fn due(&mut self, dice: &mut Dice) -> bool {
        self.left = self.left.saturating_sub(1);
        if self.left > 0 {
            return false;
        }
        self.left = dice.between(self.least, self.most).max(1);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_falls_the_same_way() {
        let throw = |seed| {
            let mut dice = Dice::new(seed);
            (0..8).map(|_| dice.between(1, 6)).collect::<Vec<_>>()
        };
        assert_eq!(throw(7), throw(7));
        assert_ne!(throw(7), throw(8));
    }

    #[test]
    fn numbers_stay_in_their_range() {
        let mut dice = Dice::new(1);
        assert!((0..1000).all(|_| (3..=9).contains(&dice.between(3, 9))));
        assert_eq!(dice.between(5, 5), 5);
        assert_eq!(dice.between(5, 1), 5);
    }

    #[test]
    fn a_schedule_is_due_at_its_first_turn_and_then_in_its_range() {
        let mut dice = Dice::new(3);
        let mut schedule = Schedule::new(4, 10, 20);
        let due: Vec<u64> = (1..200).filter(|_| schedule.due(&mut dice)).collect();
        assert_eq!(due.first(), Some(&4));
        assert!(due.windows(2).all(|pair| (10..=20).contains(&(pair[1] - pair[0]))), "{due:?}");
    }
}
