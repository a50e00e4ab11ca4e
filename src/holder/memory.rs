//! What the Agent wants remembered: bytes in numbered slots, not looked into.

use std::collections::BTreeMap;

use super::wire::Slot;

/// Bytes a slot may hold.
const SLOT_MAX: usize = 256 << 10;
/// Slots there may be.
const SLOTS_MAX: usize = 8;

/// The slots.
#[derive(Debug, Default)]
pub(super) struct Memory(BTreeMap<Slot, Vec<u8>>);

impl Memory {
    /// What is remembered from the start on.
    pub(super) fn of(stored: &BTreeMap<u8, String>) -> Self {
        let mut memory = Self::default();
        for (slot, text) in stored {
            memory.store(Slot(*slot), text.clone().into_bytes());
        }
        memory
    }

    /// Keeps `bytes` instead of what was in the slot. What is too much is not kept at all: half of
    /// something that only the Agent can read would be worse than nothing.
    pub(super) fn store(&mut self, slot: Slot, bytes: Vec<u8>) {
        if bytes.len() <= SLOT_MAX && self.has_room_for(slot) {
            self.0.insert(slot, bytes);
        }
    }

    /// Keeps `bytes` after what is in the slot; the oldest lines make room.
    pub(super) fn append(&mut self, slot: Slot, bytes: &[u8]) {
        if bytes.len() > SLOT_MAX || !self.has_room_for(slot) {
            return;
        }
        let kept = self.0.entry(slot).or_default();
        kept.extend_from_slice(bytes);
        if kept.len() > SLOT_MAX {
            // Half at once, so that a long series of appends costs little.
            let half = kept.len().saturating_sub(SLOT_MAX / 2);
            let line = memchr::memchr(b'\n', kept.get(half..).unwrap_or_default());
            kept.drain(..line.map_or(kept.len(), |at| half + at + 1));
        }
    }

    /// Each slot.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Slot, &[u8])> {
        self.0.iter().map(|(slot, bytes)| (*slot, bytes.as_slice()))
    }

    fn has_room_for(&self, slot: Slot) -> bool {
        self.0.len() < SLOTS_MAX || self.0.contains_key(&slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_keeps_what_came_last() {
        let mut memory = Memory::default();
        memory.store(Slot(1), b"old".to_vec());
        memory.store(Slot(1), b"new".to_vec());
        memory.store(Slot(2), vec![0; SLOT_MAX + 1]);
        assert_eq!(memory.iter().collect::<Vec<_>>(), [(Slot(1), &b"new"[..])]);
    }

    #[test]
    fn appending_drops_whole_lines_from_the_oldest_on() {
        let mut memory = Memory::default();
        for n in 0..100_000 {
            memory.append(Slot(1), format!("line {n}\n").as_bytes());
        }
        let (_, kept) = memory.iter().next().unwrap();
        assert!(kept.len() <= SLOT_MAX && kept.len() > SLOT_MAX / 4);
        assert!(kept.starts_with(b"line ") && kept.ends_with(b"line 99999\n"));
    }

    #[test]
    fn slots_are_few() {
        let mut memory = Memory::default();
        (0..=255).for_each(|slot| memory.store(Slot(slot), vec![1]));
        assert_eq!(memory.iter().count(), SLOTS_MAX);
    }
}
