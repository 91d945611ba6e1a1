//! Why scores are bad, in short: the reasons that customers gave, and the topics that pull scores down.

use crate::domain::stats::against_rest::Label;
use crate::domain::stats::index::Index;
use crate::domain::stats::measure::State;
use crate::domain::stats::rounding::Shape;
use crate::pages::Word;
use crate::pages::figures::Opened;
use crate::pages::figures::parts::{note, scores};
use crate::service::figures::reply::Figures;
use crate::service::figures::reports::reasons::{self, QuestionReasons, ReasonsReport};
use crate::service::figures::reports::topics::{self, TopicsReport};
use crate::view::charts::{self, Axis, Certainty, Estimate, Kind, Tone};

/// The most rows of each list; the whole of it is one click away.
const REASONS: usize = 6;
const TOPICS: usize = 4;

pub(super) struct Reasons {
    pub about: String,
    pub rows: Vec<ReasonRow>,
    pub together: Option<String>,
    pub href: String,
}

pub(super) struct ReasonRow {
    pub name: String,
    pub href: String,
    pub plot: String,
    pub count: String,
    /// The share with its limits.
    pub note: String,
}

pub(super) struct Topics {
    /// Of which question, and how many of its scores are bad.
    pub about: String,
    /// Empty if nothing pulls scores down by more than chance.
    pub rows: Vec<TopicRow>,
    pub href: String,
}

pub(super) struct TopicRow {
    pub name: String,
    /// Without a link, where no address can say which answers they are.
    pub href: Option<String>,
    pub word: String,
    pub plot: String,
    pub impact: String,
    /// The limits of the impact, and of how many answers it is.
    pub note: String,
}

/// The reasons of the question that has the most.
pub(super) fn reasons_of(opened: &Opened, report: &ReasonsReport) -> Option<Reasons> {
    let most = report.questions.iter().max_by_key(|question| question.given);
    let question = most.filter(|question| question.given > 0)?;
    let numbers = opened.numbers();
    let axis = Axis::over(question.reasons.iter().filter_map(|row| row.hi).chain([0.0]));
    let most = question.reasons.first().map_or(0, |row| row.count);
    let row = |row: &reasons::ReasonRow| {
        let plot = match (row.value, row.lo, row.hi) {
            (Some(value), Some(low), Some(high)) => {
                charts::bar(&axis, value, Some([low, high]), kind_of(row.state.0))
            }
            _ => charts::bar(&Axis::over([0.0, count(most)]), count(row.count), None, Kind::Middle),
        };
        ReasonRow {
            name: opened.titles.reason(&opened.words, Some(&question.script), &row.key),
            href: opened.answers(&[
                (Word::Script, &question.script),
                (Word::Q, &question.question),
                (Word::Band, "low"),
                (Word::Reason, &row.key),
            ]),
            plot,
            count: opened.words.number(row.count),
            note: row.value.zip(row.lo.zip(row.hi)).map_or_else(String::new, |(value, (low, high))| {
                let value = numbers.value(Shape::Share, value, question.given);
                format!("{value} ({})", numbers.range(Shape::Share, low, high, question.given))
            }),
        }
    };
    let values = [
        ("title", opened.title(&question.script, &question.question).into()),
        ("given", opened.words.number(question.given).into()),
        ("low", opened.words.number(question.low).into()),
    ];
    Some(Reasons {
        about: opened.words.with("overview-reasons-of", &values),
        rows: question.reasons.iter().take(REASONS).map(row).collect(),
        together: together(opened, question),
        href: opened.figures("/topics", &[(Word::Script, &question.script), (Word::Q, &question.question)]),
    })
}

/// How many gave at least one of the first three reasons. What is not precise is in no headline.
pub(in crate::pages::figures) fn together(opened: &Opened, of: &QuestionReasons) -> Option<String> {
    let (numbers, third) = (opened.numbers(), of.reasons.get(2)?);
    let [low, high] = third.together_limits?;
    let values = [
        ("share", numbers.value(Shape::Share, third.together?, of.given).into()),
        ("range", numbers.range(Shape::Share, low, high, of.given).into()),
    ];
    Some(opened.words.with("figures-together", &values))
}

/// How a share of bad scores is drawn: grey, where it is not precise.
pub(in crate::pages::figures) fn kind_of(state: State) -> Kind {
    if state == State::Ok { Kind::Bad } else { Kind::Middle }
}

/// `13% low, 100 of 761`
fn low_of(opened: &Opened, now: &Figures, script: &str, question: &str) -> Option<String> {
    let of = now.questions.iter().find(|of| of.script == script && of.question == question)?;
    let (row, numbers) = (of.rows.first()?, opened.numbers());
    let (_, figure) =
        row.indices.iter().find(|(name, _)| matches!(name.parse(), Ok(Index::Low | Index::Detractors)))?;
    let share = figure.value?;
    let values = [
        ("share", numbers.value(Shape::Share, share, row.n).into()),
        ("low", opened.words.number(charts::whole((share / 100.0 * count(row.n)).round())).into()),
        ("n", opened.words.number(row.n).into()),
    ];
    Some(opened.words.with("overview-low", &values))
}

/// A count as a number to draw.
fn count(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// The topics and rules that certainly pull the scores of the question with the most answers down, first those that do it
/// the most. `None` if none can be compared.
pub(super) fn topics_of(opened: &Opened, now: &Figures, reports: &[(&TopicsReport, Word)]) -> Option<Topics> {
    let numbers = opened.numbers();
    let answers = |question: &topics::QuestionTopics| {
        question.rows.iter().map(|row| row.n + row.rest_n).max().unwrap_or_default()
    };
    let all = reports.iter().flat_map(|(report, _)| &report.questions);
    let main = all.max_by_key(|question| answers(question)).filter(|question| answers(question) > 0)?;
    let of_main = |(report, word): &(&TopicsReport, Word)| {
        let word = *word;
        let same = report
            .questions
            .iter()
            .filter(|of| of.script == main.script && of.question == main.question)
            .flat_map(|of| of.rows.clone())
            .collect::<Vec<_>>();
        same.into_iter().map(move |row| (word, row)).collect::<Vec<_>>()
    };
    let mut rows: Vec<(Word, topics::TopicRow)> = reports.iter().flat_map(of_main).collect();
    if rows.iter().all(|(_, row)| row.impact.is_none()) {
        return None;
    }
    rows.retain(|(_, row)| row.label.0 == Label::Higher);
    rows.sort_by(|(_, a), (_, b)| b.impact.partial_cmp(&a.impact).unwrap_or(std::cmp::Ordering::Equal));
    rows.truncate(TOPICS);
    let limits = rows.iter().flat_map(|(_, row)| [row.impact_lo, row.impact_hi]).flatten();
    let axis = Axis::over(limits.chain([0.0]));
    let of_question = [(Word::Script, main.script.as_str()), (Word::Q, main.question.as_str())];
    let row = |(word, row): &(Word, topics::TopicRow)| {
        let estimate = Estimate::of(row.impact, row.impact_lo, row.impact_hi, Certainty::Settled);
        TopicRow {
            name: topic_name(opened, *word, &row.key),
            href: opened.answers_in((*word, &row.key), &of_question),
            word: opened.words.t(label_id(row.label.0)),
            plot: charts::interval(&charts::Interval {
                axis,
                estimate,
                tone: Tone::Bad,
                reference: Some(0.0),
                raw: None,
            }),
            impact: row.impact.map_or_else(String::new, |impact| numbers.signed(impact, 1)),
            note: impact_note(opened, row),
        }
    };
    let low = low_of(opened, now, &main.script, &main.question).unwrap_or_default();
    Some(Topics {
        about: opened.of_title(&main.script, &main.question, &low),
        rows: rows.iter().map(row).collect(),
        href: opened.figures("/topics", &[(Word::Script, &main.script), (Word::Q, &main.question)]),
    })
}

/// The limits of a topic's impact, and of how many answers it is.
pub(in crate::pages::figures) fn impact_note(opened: &Opened, row: &topics::TopicRow) -> String {
    let limits = row.impact_lo.zip(row.impact_hi);
    let limits = limits.map(|(low, high)| opened.numbers().signed_range(low, high, 1));
    note(limits.as_deref(), &scores(&opened.words, row.n)).into_owned()
}

/// What a topic or a rule is called.
pub(in crate::pages::figures) fn topic_name(opened: &Opened, word: Word, key: &str) -> String {
    if word == Word::Automation { opened.words.of("figures-automation", "name", key) } else { key.to_owned() }
}

/// The ID of a label's words.
pub(in crate::pages::figures) const fn label_id(label: Label) -> &'static str {
    match label {
        Label::Higher => "figures-more-bad",
        Label::Lower => "figures-fewer-bad",
        Label::NoDifference => "figures-like-rest",
        Label::TooFew => "figures-few",
        Label::NotComparable => "figures-not-comparable",
    }
}
