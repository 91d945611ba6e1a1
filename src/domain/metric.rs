//! What a question measures. One table, [`Metric::spec`], holds everything in which metrics differ. A new metric does
//! not compile until all of its facts are given, and nothing else in the program asks which metric it is.

#![warn(clippy::wildcard_enum_match_arm)]

use super::scale::{Bands, Orientation, Scale, written};
use super::stats::index::Index;

written! {
    /// What a question measures. It is never guessed from the scale.
    Metric {
        Csi = "csi", Csat = "csat", Nps = "nps", Ces = "ces", Importance = "importance",
        Choice = "choice", Text = "text",
    }
}

/// The facts about a metric.
#[derive(Debug)]
pub struct Spec {
    /// The number that buttons use. Such buttons are already in chats, so a number never changes and is never given to
    /// another metric.
    pub code: usize,
    /// Its name in the catalogue.
    pub name: &'static str,
    pub answer: Answer,
    pub recommending: Recommending,
    /// What a question is when the questions of a script are analysed together.
    pub part: Part,
    /// What is computed of its answers, the primary index first. None for words, and for options, whose shares are their own.
    pub indices: &'static [Index],
}

/// What a question is when the questions of a script are analysed together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// It asks about the whole. Of several such questions, the one with the smallest number is the outcome.
    Outcome(u8),
    /// It asks how satisfying one factor is.
    Factor,
    /// It asks how important one factor is.
    Importance,
    Apart,
}

/// The kind of answer that a question takes.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    /// A number on a scale.
    Score(Score),
    /// One of the question's options, or several.
    Options,
    Words,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Score {
    pub scales: Scales,
    /// Whether a low answer means that something went wrong. How important something is to a customer never means that.
    pub is_judgement: bool,
    pub ends: Ends,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Scales {
    /// The author chooses the scale; `usual` is offered first.
    Any {
        usual: Scale,
    },
    Fixed(Fixed),
}

/// A scale and bands that never change, and the errors for other ones: each as the text's name in the catalogue and the
/// text for a file.
#[derive(Debug, PartialEq, Eq)]
pub struct Fixed {
    pub scale: Scale,
    pub low_max: i64,
    pub high_min: i64,
    pub other_scale: (&'static str, &'static str),
    pub other_bands: (&'static str, &'static str),
}

/// The names in the catalogue of the meanings of the lowest and the highest number.
pub type EndWords = (&'static str, &'static str);

/// Which end is the good one, and what the ends mean if the author does not say.
#[derive(Debug, PartialEq, Eq)]
pub enum Ends {
    HighIsGood(EndWords),
    EitherWay { high_is_easy: EndWords, high_is_hard: EndWords },
}

/// Whether a question's text must, must not or may ask if the customer would recommend the company.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recommending {
    Needed,
    /// It must not, because another metric measures that.
    Misplaced,
    Free,
}

/// The fields in a script that only a question with a scale can have.
pub const SCORE_FIELDS: [&str; 6] = ["labels", "ends", "bands", "low", "neutral", "high"];

/// What is computed of the answers, the primary index first.
mod indices {
    use super::Index::{
        self, Csat, Detractors, High, Low, Mean, Net, Neutral, Nps, NpsFormula, Passives, PercentOfRange,
        PercentOfTop, Promoters, Top2Box, TopBox,
    };

    pub const CSI: &[Index] =
        &[Mean, PercentOfTop, PercentOfRange, TopBox, Top2Box, Low, Neutral, High, Net, NpsFormula];
    pub const CSAT: &[Index] =
        &[Csat, Mean, PercentOfTop, PercentOfRange, TopBox, Top2Box, Low, Neutral, High, Net];
    pub const NPS: &[Index] = &[Nps, Promoters, Passives, Detractors, Mean, PercentOfTop, PercentOfRange];
    pub const CES: &[Index] = &[Mean, PercentOfTop, PercentOfRange, Low, Neutral, High, Net];
    pub const IMPORTANCE: &[Index] = &[Mean, PercentOfTop, PercentOfRange];
}

const SATISFIED: Ends = Ends::HighIsGood(("scale-satisfied-low", "scale-satisfied-high"));

impl Metric {
    /// Stands in for a metric that cannot be read, because it requires the fewest fields.
    pub const UNREAD: Self = Self::Text;

    #[must_use]
    pub const fn spec(self) -> &'static Spec {
        match self {
            Self::Csi => &Spec {
                code: 0,
                name: "metric-csi",
                answer: Answer::Score(Score {
                    scales: Scales::Any { usual: Scale::ZeroToTen },
                    is_judgement: true,
                    ends: SATISFIED,
                }),
                recommending: Recommending::Misplaced,
                part: Part::Factor,
                indices: indices::CSI,
            },
            Self::Csat => &Spec {
                code: 1,
                name: "metric-csat",
                answer: Answer::Score(Score {
                    scales: Scales::Any { usual: Scale::OneToFive },
                    is_judgement: true,
                    ends: SATISFIED,
                }),
                recommending: Recommending::Misplaced,
                part: Part::Outcome(2),
                indices: indices::CSAT,
            },
            Self::Nps => &Spec {
                code: 2,
                name: "metric-nps",
                answer: Answer::Score(Score {
                    scales: Scales::Fixed(Fixed {
                        scale: Scale::ZeroToTen,
                        low_max: 6,
                        high_min: 9,
                        other_scale: (
                            "lint-nps-scale",
                            "NPS is always asked from 0 to 10; remove the scale or write \"0-10\"",
                        ),
                        other_bands: (
                            "lint-nps-bands",
                            "the bands of NPS are fixed: 0–6, 7–8 and 9–10; remove them",
                        ),
                    }),
                    is_judgement: true,
                    ends: Ends::HighIsGood(("scale-nps-low", "scale-nps-high")),
                }),
                recommending: Recommending::Needed,
                part: Part::Outcome(1),
                indices: indices::NPS,
            },
            Self::Ces => &Spec {
                code: 3,
                name: "metric-ces",
                answer: Answer::Score(Score {
                    scales: Scales::Any { usual: Scale::OneToSeven },
                    is_judgement: true,
                    ends: Ends::EitherWay {
                        high_is_easy: ("scale-easy-low", "scale-easy-high"),
                        high_is_hard: ("scale-hard-low", "scale-hard-high"),
                    },
                }),
                recommending: Recommending::Misplaced,
                part: Part::Apart,
                indices: indices::CES,
            },
            Self::Importance => &Spec {
                code: 4,
                name: "metric-importance",
                answer: Answer::Score(Score {
                    scales: Scales::Any { usual: Scale::ZeroToTen },
                    is_judgement: false,
                    ends: Ends::HighIsGood(("scale-important-low", "scale-important-high")),
                }),
                recommending: Recommending::Free,
                part: Part::Importance,
                indices: indices::IMPORTANCE,
            },
            Self::Choice => &Spec {
                code: 5,
                name: "metric-choice",
                answer: Answer::Options,
                recommending: Recommending::Free,
                part: Part::Apart,
                indices: &[],
            },
            Self::Text => &Spec {
                code: 6,
                name: "metric-text",
                answer: Answer::Words,
                recommending: Recommending::Free,
                part: Part::Apart,
                indices: &[],
            },
        }
    }

    #[must_use]
    pub fn from_code(code: usize) -> Option<Self> {
        Self::ALL.iter().copied().find(|metric| metric.spec().code == code)
    }

    /// The facts about its scale; `None` if the answer is not a number.
    #[must_use]
    pub const fn score(self) -> Option<&'static Score> {
        match &self.spec().answer {
            Answer::Score(score) => Some(score),
            Answer::Options | Answer::Words => None,
        }
    }

    #[must_use]
    pub const fn has_scale(self) -> bool {
        self.score().is_some()
    }

    /// The scale that is offered first, if the author may choose the scale and the bands.
    #[must_use]
    pub const fn usual_scale(self) -> Option<Scale> {
        match self.score() {
            Some(Score { scales: Scales::Any { usual }, .. }) => Some(*usual),
            Some(Score { scales: Scales::Fixed(_), .. }) | None => None,
        }
    }

    /// The indices of a question with this scale, the primary one first.
    pub fn indices(self, scale: Scale) -> impl Iterator<Item = Index> {
        self.spec().indices.iter().copied().filter(move |index| index.is_on(scale))
    }

    /// What a question is when the questions of a script are analysed together.
    #[must_use]
    pub const fn part(self) -> Part {
        self.spec().part
    }

    /// Whether a low answer means that something went wrong.
    #[must_use]
    pub fn is_scored(self) -> bool {
        self.score().is_some_and(|score| score.is_judgement)
    }

    /// Whether a high number may be the bad end.
    #[must_use]
    pub const fn may_be_turned(self) -> bool {
        match self.score() {
            Some(Score { ends: Ends::EitherWay { .. }, .. }) => true,
            Some(Score { ends: Ends::HighIsGood(_), .. }) | None => false,
        }
    }

    #[must_use]
    pub const fn takes_options(self) -> bool {
        match self.spec().answer {
            Answer::Options => true,
            Answer::Score(_) | Answer::Words => false,
        }
    }

    #[must_use]
    pub const fn takes_words(self) -> bool {
        match self.spec().answer {
            Answer::Words => true,
            Answer::Score(_) | Answer::Options => false,
        }
    }

    /// What the ends of its scale mean if the author does not say.
    #[must_use]
    pub fn end_words(self, orientation: Orientation) -> Option<EndWords> {
        Some(match (&self.score()?.ends, orientation) {
            (Ends::HighIsGood(words), _)
            | (Ends::EitherWay { high_is_easy: words, .. }, Orientation::HighIsEasy)
            | (Ends::EitherWay { high_is_hard: words, .. }, Orientation::HighIsHard) => *words,
        })
    }

    /// The bands of a question that does not define its own.
    #[must_use]
    pub fn default_bands(self, scale: Scale, orientation: Orientation) -> Bands {
        let (low_max, high_min) = match self.score() {
            Some(Score { scales: Scales::Fixed(fixed), .. }) => (fixed.low_max, fixed.high_min),
            Some(Score { scales: Scales::Any { .. }, .. }) | None => scale.usual_bands(),
        };
        Bands::new(scale, orientation, low_max, high_min)
    }

    /// The fields of a question in a script that this metric does not use.
    pub fn unfit_fields(self) -> impl Iterator<Item = &'static str> {
        let lists: [(bool, &[&str]); 6] = [
            (!self.has_scale(), &SCORE_FIELDS),
            (!self.has_scale(), &["factor"]),
            (self.usual_scale().is_none(), &["scale", "bands"]),
            (!self.is_scored(), &["alert"]),
            (!self.takes_options(), &["options", "multiple"]),
            (!self.may_be_turned(), &["orientation"]),
        ];
        lists.into_iter().filter(|(is_unfit, _)| *is_unfit).flat_map(|(_, names)| names.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    use rstest::rstest;

    use super::*;
    use crate::domain::stats::index::Better;

    fn drawn(metric: Metric, scale: Scale, orientation: Orientation) -> String {
        let bands = metric.default_bands(scale, orientation);
        scale.values().map(|value| bands.band(value).as_str().chars().next().unwrap()).collect()
    }

    #[rstest]
    #[case(Metric::Csi, Scale::Smiley3, "lnh")]
    #[case(Metric::Csat, Scale::OneToFive, "llnhh")]
    #[case(Metric::Ces, Scale::OneToSeven, "lllnhhh")]
    #[case(Metric::Csi, Scale::OneToTen, "lllllnnhhh")]
    #[case(Metric::Csat, Scale::ZeroToTen, "llllllnnhhh")]
    #[case(Metric::Nps, Scale::ZeroToTen, "lllllllnnhh")]
    #[case(Metric::Csat, Scale::YesNo, "lh")]
    fn default_bands_are_those_of_the_field(
        #[case] metric: Metric,
        #[case] scale: Scale,
        #[case] bands: &str,
    ) {
        assert_eq!(drawn(metric, scale, Orientation::HighIsEasy), bands);
        let turned: String = bands.chars().rev().collect();
        assert_eq!(drawn(metric, scale, Orientation::HighIsHard), turned, "the other way round");
    }

    #[rstest]
    #[case(Metric::Csi, Scale::ZeroToTen, "mean", true, true)]
    #[case(Metric::Csi, Scale::OneToFive, "mean", true, false)]
    #[case(Metric::Csi, Scale::Smiley3, "mean", false, false)]
    #[case(Metric::Csat, Scale::OneToFive, "csat", true, false)]
    #[case(Metric::Nps, Scale::ZeroToTen, "nps", false, false)]
    fn a_question_has_the_indices_of_its_metric_and_scale(
        #[case] metric: Metric,
        #[case] scale: Scale,
        #[case] primary: &str,
        #[case] has_top2: bool,
        #[case] has_formula: bool,
    ) {
        let indices: Vec<Index> = metric.indices(scale).collect();
        assert_eq!(indices[0].as_str(), primary);
        assert_eq!(indices.contains(&Index::Top2Box), has_top2);
        assert_eq!(indices.contains(&Index::NpsFormula), has_formula);
        assert_eq!(metric.is_scored(), indices.iter().any(|index| index.better() == Some(Better::Lower)));
    }

    /// Buttons with these numbers are already in chats.
    #[test]
    fn a_metric_keeps_its_number() {
        let codes = |metric: &Metric| (metric.spec().code, metric.as_str());
        let known =
            [(0, "csi"), (1, "csat"), (2, "nps"), (3, "ces"), (4, "importance"), (5, "choice"), (6, "text")];
        assert_eq!(Metric::ALL.iter().map(codes).collect::<Vec<_>>()[..known.len()], known);
        let distinct: BTreeSet<usize> = Metric::ALL.iter().map(|metric| metric.spec().code).collect();
        assert_eq!(distinct.len(), Metric::ALL.len());
        assert!(Metric::ALL.iter().all(|metric| Metric::from_code(metric.spec().code) == Some(*metric)));
    }

    fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }

    /// Differences between metrics belong in [`Spec`]. A comparison elsewhere would overlook the next metric.
    #[test]
    fn no_other_file_asks_which_metric_it_is() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut files = Vec::new();
        sources(&root, &mut files);
        let names: Vec<String> = Metric::ALL.iter().map(|metric| format!("Metric::{metric:?}")).collect();
        let mut asking = Vec::new();
        for file in files {
            let place = file.strip_prefix(&root).unwrap();
            let is_test = place.iter().any(|part| part == "tests" || part == "tests.rs");
            if is_test || place == Path::new("domain/metric.rs") {
                continue;
            }
            let text = std::fs::read_to_string(&file).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            let found =
                code.lines().enumerate().filter(|(_, line)| names.iter().any(|name| line.contains(name)));
            asking.extend(found.map(|(at, line)| format!("{}:{}: {}", place.display(), at + 1, line.trim())));
        }
        assert!(asking.is_empty(), "make it a fact of metric::Spec:\n{}", asking.join("\n"));
    }
}
