//! Puts results that were computed in parallel back into order.

use std::collections::BTreeMap;

/// An iterator over numbered items in order. It ends where the next number has not come yet, and may be continued
/// later.
pub(super) struct ByTurns<T> {
    early: BTreeMap<usize, T>,
    next: usize,
}

impl<T> ByTurns<T> {
    pub(super) fn new() -> Self {
        Self { early: BTreeMap::new(), next: 0 }
    }

    /// Adds the item of this number. Numbers count from 0.
    pub(super) fn put(&mut self, number: usize, what: T) {
        self.early.insert(number, what);
    }
}

impl<T> Iterator for ByTurns<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        let next = self.early.remove(&self.next)?;
        self.next += 1;
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_given_out_before_his_turn() {
        let mut by_turns = ByTurns::new();
        by_turns.put(1, "b");
        assert_eq!(by_turns.next(), None);
        by_turns.put(0, "a");
        by_turns.put(3, "d");
        assert_eq!(by_turns.by_ref().collect::<Vec<_>>(), ["a", "b"]);
        by_turns.put(2, "c");
        assert_eq!(by_turns.collect::<Vec<_>>(), ["c", "d"]);
    }
}
