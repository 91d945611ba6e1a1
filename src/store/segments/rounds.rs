//! Rounds of a count. How customers repeat takes 4 bytes for each answer and group until its question is counted, so a count of
//! very many answers counts some of its questions at a time.

use std::collections::HashMap;

/// The most answers, each as often as it is in groups, that are held at once: 32 MB, and up to twice as much while they grow.
const MOST: usize = 8 << 20;

/// The questions that are counted in this round: by their slots, those in a range.
#[derive(Debug)]
pub(super) struct Round {
    from: u32,
    until: u32,
    /// The parts of the days, and how many of them have been counted.
    parts: usize,
    counted: usize,
    most: usize,
}

impl Default for Round {
    fn default() -> Self {
        Self::of(MOST)
    }
}

impl Round {
    pub(super) const fn of(most: usize) -> Self {
        Self { from: 0, until: u32::MAX, parts: 0, counted: 0, most }
    }

    pub(super) fn begin(&mut self, parts: usize) {
        (self.parts, self.counted) = (parts, 0);
    }

    pub(super) const fn is_first(&self) -> bool {
        self.from == 0
    }

    pub(super) const fn takes(&self, slot: u32) -> bool {
        self.from <= slot && slot < self.until
    }

    /// Notes that a part has been counted. If what is held seems to become too much, questions are left to later rounds; at
    /// least one is counted in each.
    pub(super) fn counted<T>(&mut self, questions: &mut HashMap<u32, T>, held: impl Fn(&T) -> usize) {
        self.counted += 1;
        let mut slots: Vec<(u32, usize)> = questions.iter().map(|(slot, of)| (*slot, held(of))).collect();
        slots.sort_unstable();
        let mut sum = slots.first().map_or(0, |(_, held)| *held);
        let too_much = slots.into_iter().skip(1).find(|(_, held)| {
            sum += held;
            sum.saturating_mul(self.parts.max(self.counted)) / self.counted > self.most
        });
        if let Some((slot, _)) = too_much {
            self.until = slot;
            questions.retain(|of, _| *of < slot);
        }
    }

    /// Ends the round. Returns whether questions are left.
    pub(super) fn end(&mut self) -> bool {
        let is_last = self.until == u32::MAX;
        (self.from, self.until) = (self.until, u32::MAX);
        !is_last
    }
}
