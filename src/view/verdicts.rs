//! Verdicts in words. A word stands before a colour: what is coloured says why.

use crate::domain::stats::difference::Verdict;
use crate::domain::stats::index::{Better, Index};
use crate::domain::stats::measure::MinN;
use crate::domain::stats::rounding::Shape;
use crate::domain::stats::target::Reached;
use crate::view::numbers::Numbers;

/// The sign before a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyph {
    /// The number is higher.
    Up,
    /// The number is lower.
    Down,
    /// No more than chance.
    Chance,
    /// It cannot be said.
    Unknown,
}

/// Whether it is good for the company.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Good,
    Bad,
    Neutral,
}

/// A verdict as it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub glyph: Glyph,
    pub tone: Tone,
    /// `better: +6`
    pub words: String,
    /// `+1 to +11`, if there is a difference.
    pub interval: Option<String>,
}

impl Said {
    /// All of it on one line: `better: +6 (+1 to +11)`.
    #[must_use]
    pub fn line(&self) -> String {
        match &self.interval {
            Some(interval) => format!("{} ({interval})", self.words),
            None => self.words.clone(),
        }
    }
}

/// A comparison of an index with another period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Compared {
    pub index: Option<Index>,
    pub verdict: Verdict,
    /// The difference and its limits, if there is one.
    pub difference: Option<[f64; 3]>,
    /// How many answers count in this period and in the other.
    pub n: u64,
    pub n_before: u64,
    /// Whether a settled period is compared with the one before it. Only then has something changed.
    pub is_change: bool,
}

/// The verdict on a comparison.
#[must_use]
pub fn compared(of: &Compared, min_n: MinN, numbers: &Numbers<'_>) -> Said {
    let text = |id: &str| numbers.catalogue.text(numbers.locale, id);
    let (glyph, direction) = match of.verdict {
        Verdict::Up => (Glyph::Up, Better::Higher),
        Verdict::Down => (Glyph::Down, Better::Lower),
        Verdict::NoChange => return chance(of, numbers),
        Verdict::TooFew => return unknown(too_few_of_two([of.n, of.n_before], min_n, numbers)),
        Verdict::NotComparable => return unknown(text("verdict-not-comparable")),
    };
    // The share of an option is neither good nor bad.
    let tone = match of.index.and_then(Index::better) {
        None => Tone::Neutral,
        Some(better) if better == direction => Tone::Good,
        Some(_) => Tone::Bad,
    };
    let id = match (of.is_change, tone, direction) {
        (true, Tone::Good, _) => "verdict-better",
        (true, Tone::Bad, _) => "verdict-worse",
        (_, _, Better::Higher) => "verdict-higher",
        (_, _, Better::Lower) => "verdict-lower",
    };
    said(glyph, tone, id, of, numbers)
}

/// Fewer answers than are needed.
#[must_use]
pub fn too_few(n: u64, min_n: MinN, numbers: &Numbers<'_>) -> String {
    let values = [("n", numbers.count(n).into()), ("needed", numbers.count(min_n.0).into())];
    numbers.catalogue.with(numbers.locale, "verdict-too-few", &values)
}

/// Fewer answers than are needed on one side of a comparison, and on which one.
#[must_use]
pub fn too_few_of_two([n, other]: [u64; 2], min_n: MinN, numbers: &Numbers<'_>) -> String {
    if n < min_n.0 {
        return too_few(n, min_n, numbers);
    }
    let values = [("n", numbers.count(other).into()), ("needed", numbers.count(min_n.0).into())];
    numbers.catalogue.with(numbers.locale, "verdict-too-few-other", &values)
}

/// The verdict on a target; without one, that there is none.
#[must_use]
pub fn target(of: Option<(f64, Option<Reached>)>, numbers: &Numbers<'_>) -> String {
    let Some((target, reached)) = of else {
        return numbers.catalogue.text(numbers.locale, "verdict-target-none");
    };
    let id = match reached {
        Some(Reached::Met) => "verdict-target-met",
        Some(Reached::Missed) => "verdict-target-missed",
        Some(Reached::Open) | None => "verdict-target-open",
    };
    numbers.catalogue.with(numbers.locale, id, &[("target", numbers.exact(target).into())])
}

/// The interval is that of the one difference; the verdict is on all that are judged together. So the interval may
/// leave out 0, and then the words say why that is not enough.
fn chance(of: &Compared, numbers: &Numbers<'_>) -> Said {
    let leaves_out_0 = of.difference.is_some_and(|[_, low, high]| low > 0.0 || high < 0.0);
    let id = if leaves_out_0 { "verdict-chance-together" } else { "verdict-chance" };
    said(Glyph::Chance, Tone::Neutral, id, of, numbers)
}

fn said(glyph: Glyph, tone: Tone, id: &str, of: &Compared, numbers: &Numbers<'_>) -> Said {
    let shape = of.index.map_or(Shape::Share, Shape::of);
    let n = of.n.min(of.n_before);
    let change = of.difference.map(|difference| numbers.change(shape, difference, n, of.verdict));
    let difference = change.as_ref().map(|change| change.difference.clone()).unwrap_or_default();
    let words = numbers.catalogue.with(numbers.locale, id, &[("difference", difference.into())]);
    Said { glyph, tone, words, interval: change.map(|change| change.interval) }
}

fn unknown(words: String) -> Said {
    Said { glyph: Glyph::Unknown, tone: Tone::Neutral, words, interval: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Catalogue;

    fn line(of: Compared) -> [String; 2] {
        let catalogue = Catalogue::default();
        ["ru", "en"].map(|locale| compared(&of, MinN(10), &Numbers::new(&catalogue, locale)).line())
    }

    const BETTER: Compared = Compared {
        index: Some(Index::Csat),
        verdict: Verdict::Up,
        difference: Some([6.1, 1.2, 10.9]),
        n: 761,
        n_before: 708,
        is_change: true,
    };

    #[test]
    fn a_change_of_a_settled_period_has_a_word_for_good_and_bad() {
        assert_eq!(line(BETTER), ["стало лучше: +6 (от +1 до +11)", "better: +6 (+1 to +11)"]);
        let bad = Compared { index: Some(Index::Low), ..BETTER };
        assert_eq!(line(bad), ["стало хуже: +6 (от +1 до +11)", "worse: +6 (+1 to +11)"]);
        let neither = Compared { index: Some(Index::Neutral), ..BETTER };
        assert_eq!(line(neither), ["выше: +6 (от +1 до +11)", "higher: +6 (+1 to +11)"]);
    }

    #[test]
    fn other_comparisons_say_higher_and_lower() {
        let other = Compared { is_change: false, ..BETTER };
        assert_eq!(line(other), ["выше: +6 (от +1 до +11)", "higher: +6 (+1 to +11)"]);
        let catalogue = Catalogue::default();
        let said = compared(&other, MinN(10), &Numbers::new(&catalogue, "ru"));
        assert_eq!((said.glyph, said.tone), (Glyph::Up, Tone::Good));
    }

    #[test]
    fn what_cannot_be_said_is_said() {
        let chance = Compared { verdict: Verdict::NoChange, difference: Some([1.0, -3.0, 5.0]), ..BETTER };
        assert_eq!(
            line(chance),
            ["в пределах случайного: +1 (от −3 до +5)", "no more than chance: +1 (−3 to +5)"]
        );
        let alone = Compared { difference: Some([0.63, 0.11, 1.11]), index: Some(Index::Mean), ..chance };
        assert_eq!(
            line(alone),
            [
                "среди нескольких показателей может быть и случайно: +0,63 (от +0,11 до +1,11)",
                "may be chance among several scores: +0.63 (+0.11 to +1.11)",
            ]
        );
        let before = Compared { verdict: Verdict::TooFew, difference: None, n_before: 7, ..BETTER };
        assert_eq!(
            line(before),
            ["мало оценок для сравнения: 7 из нужных 10", "too few to compare with: 7 of the 10 needed"]
        );
        let few = Compared { n: 7, n_before: 8, ..before };
        assert_eq!(line(few), ["мало оценок: 7 из нужных 10", "too few to tell: 7 of the 10 needed"]);
        let other = Compared { verdict: Verdict::NotComparable, difference: None, ..BETTER };
        assert_eq!(
            line(other),
            ["не сравнить: изменились границы оценок", "not comparable: the score bands changed"]
        );
    }
}
