//! Long lists of figures, so many rows a page: a page stays small however large the installation is.

use std::ops::Range;

use super::Opened;
use crate::pages::Word;
use crate::pages::bar::Beyond;

/// The most rows of a page.
const PAGE: usize = 25;

/// What stands below a list that has more rows than its page: which they are, and the way on.
#[derive(Debug)]
pub(super) struct Onward {
    /// `Shown 1–25 of 200`
    pub shown: String,
    pub next: Option<String>,
    pub beyond: Option<Beyond>,
}

/// The rows of a list that its page shows.
#[derive(Debug)]
pub(super) struct Paged {
    rows: Range<usize>,
    /// `None` if these are all.
    pub onward: Option<Onward>,
}

impl Opened {
    /// Which of so many rows the page shows. A file has all of them.
    pub(super) fn paged(&self, all: usize) -> Paged {
        if self.file.is_some() {
            return Paged { rows: 0..all, onward: None };
        }
        let after = self.filters.get(Word::After).and_then(|after| after.parse().ok()).unwrap_or(0_usize);
        let end = after.saturating_add(PAGE).min(all);
        let number = |count: usize| self.words.number(count as u64).into();
        let values = [("from", number(after + 1)), ("to", number(end)), ("all", number(all))];
        // Nobody follows a link on a shared page.
        let next = (end < all).then(|| self.filters.set(Word::After, &end.to_string()).href(&self.path));
        let onward = (after > 0 || end < all).then(|| Onward {
            shown: if after < end { self.words.with("figures-shown", &values) } else { String::new() },
            next,
            beyond: Beyond::of(&self.words, &self.path, &self.filters, (after as u64, all as u64)),
        });
        Paged { rows: after.min(end)..end, onward }
    }
}

impl Paged {
    /// The rows of a part of the list that begins after so many others.
    pub fn of<'r, T>(&self, part: &'r [T], others: usize) -> &'r [T] {
        let [from, to] = [self.rows.start, self.rows.end].map(|at| at.saturating_sub(others).min(part.len()));
        &part[from..to]
    }
}
