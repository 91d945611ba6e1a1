//! Which question of a script asks about the whole, and which ask about its sides.

use crate::domain::metric::{Metric, Part};

/// The factor whose question stands for the whole if the script asks neither for a recommendation nor for satisfaction.
const OVERALL: &str = "overall";

/// The questions of a script by what they are when they are analysed together.
#[derive(Debug, PartialEq, Eq)]
pub struct Whole<Q> {
    /// The question about the whole, if there is one.
    pub outcome: Option<Q>,
    /// The questions about the sides that may explain the outcome.
    pub factors: Vec<Q>,
}

impl<Q> Whole<Q> {
    /// Sorts the questions of a script, each with its metric and its factor. Of several that ask about the whole alike,
    /// the first is the outcome.
    pub fn of<'q>(questions: impl IntoIterator<Item = (Q, Metric, &'q str)>) -> Self {
        let mut questions: Vec<_> = questions.into_iter().collect();
        let ranks = questions.iter().enumerate().filter_map(|(at, (_, metric, factor))| {
            let rank = match metric.part() {
                Part::Outcome(rank) => rank,
                Part::Factor if *factor == OVERALL => u8::MAX,
                Part::Factor | Part::Importance | Part::Apart => return None,
            };
            Some((rank, at))
        });
        let outcome = ranks.min().map(|(_, at)| questions.remove(at).0);
        let factors = questions.into_iter().filter(|(_, metric, _)| metric.part() == Part::Factor);
        Self { outcome, factors: factors.map(|(question, ..)| question).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Asked = (&'static str, Metric, &'static str);

    #[test]
    fn the_outcome_is_nps_else_csat_else_csi_overall_and_the_other_csi_questions_are_factors() {
        let rows: [(&[Asked], Option<&str>, &[&str]); 7] = [
            (&[], None, &[]),
            (&[("a", Metric::Csi, "a"), ("w", Metric::Text, "overall")], None, &["a"]),
            (&[("a", Metric::Csi, "a"), ("o", Metric::Csi, "overall")], Some("o"), &["a"]),
            (&[("o", Metric::Csi, "overall"), ("c", Metric::Csat, "c")], Some("c"), &["o"]),
            (
                &[("c", Metric::Csat, "c"), ("n", Metric::Nps, "n"), ("a", Metric::Csi, "a")],
                Some("n"),
                &["a"],
            ),
            (&[("1", Metric::Csat, "c"), ("2", Metric::Csat, "c")], Some("1"), &[]),
            (&[("e", Metric::Ces, "overall"), ("i", Metric::Importance, "overall")], None, &[]),
        ];
        for (questions, outcome, factors) in rows {
            let expected = Whole { outcome, factors: factors.to_vec() };
            assert_eq!(Whole::of(questions.iter().copied()), expected, "{questions:?}");
        }
    }
}
