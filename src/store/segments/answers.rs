//! Shows answers one by one, from columns: nothing is turned into text that nobody asks for. What sees them does so on a thread
//! that gives way to updates.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::column::{Column, Reader};
use super::day::Head;
use super::dictionary::{Dictionary, Vocabulary};
use super::kept::Looked;
use super::parts::Part;
use super::reading::DayCounter;
use super::row::{Answer, split};
use super::selecting::{Day, Selecting};
use crate::domain::counting::{Days, Selection};
use crate::domain::ids::SurveyKey;
use crate::domain::scale::Band;
use crate::store::{Result, Tx};

/// What an answer says, without the survey that it is in.
#[derive(Clone, Debug)]
pub struct AnswerKind {
    pub script: Arc<str>,
    pub question: Arc<str>,
    /// Neither a value nor options stand for an answer in words only.
    pub value: Option<i64>,
    pub band: Option<Band>,
    /// The options as they are stored, joined by `|`.
    options: Box<str>,
}

/// A selected answer.
#[derive(Clone, Copy, Debug)]
pub struct SeenAnswer<'a> {
    pub survey: SurveyKey,
    pub day: NaiveDate,
    /// The seconds that the ticket's first response took, for those who look at it.
    pub first_response: Option<u64>,
    pub kind: &'a AnswerKind,
}

/// What sees answers.
pub trait SeesAnswers: Send + 'static {
    /// Whether it asks about a question.
    fn asks_about(&self, question: &str) -> bool;

    /// Whether it wants to see answers that say this.
    fn asks_for(&self, kind: &AnswerKind) -> bool;

    /// Whether it looks at the ticket's first response.
    fn looks_at_waits(&self) -> bool;

    fn see(&mut self, answer: SeenAnswer<'_>);
}

/// The first and the last survey of some days, by their keys.
pub type SurveyRange = Option<(SurveyKey, SurveyKey)>;

impl AnswerKind {
    #[must_use]
    pub fn options(&self) -> Vec<String> {
        split(&self.options)
    }

    /// Whether it is an answer in words only.
    #[must_use]
    pub const fn is_in_words(&self) -> bool {
        self.value.is_none() && self.options.is_empty()
    }

    fn of(slot: u32, code: u32, words: &Dictionary) -> Option<Self> {
        let (script, question) = words.text(Vocabulary::Question, slot)?.split_once('/')?;
        let (value, band, options) = match Answer::of_code(code)? {
            Answer::Value { value, band, .. } => (Some(value), band, ""),
            Answer::Options(options) => (None, None, words.text(Vocabulary::Options, options)?),
            Answer::Words => (None, None, ""),
        };
        Some(Self { script: script.into(), question: question.into(), value, band, options: options.into() })
    }
}

impl Tx {
    /// Shows every selected answer to `sees`, those in words too: newest days first as far as they have segments, and the
    /// answers of a survey in one order.
    pub async fn visit_answers<S: SeesAnswers>(&mut self, selection: &Selection, sees: S) -> Result<S> {
        let _turn = self.turn_to_count().await;
        let days = (selection.days, selection.zone);
        let mut words = self.see_words(days.1).await?;
        let scan =
            AnswerScan { selecting: Selecting::new(selection, &mut words), kinds: HashMap::new(), sees };
        self.count_days(days, scan, words).await
    }

    /// Finds the first and the last survey of these days, by their keys. Surveys of other days may lie between.
    pub async fn find_survey_range(&mut self, days: Days, zone: Tz) -> Result<SurveyRange> {
        let missing = match self.look_for((days, zone), |kept| &kept.ranges, (days, zone)).await? {
            Looked::Kept(range) => return Ok(*range),
            Looked::Missing(missing) => missing,
        };
        let words = self.see_words(zone).await?;
        let range = self.count_days((days, zone), RangeScan(None), words).await?;
        Ok(*missing.keep(range, 0))
    }
}

/// Answers that are being shown.
struct AnswerScan<S> {
    selecting: Selecting,
    /// What each code of a question says, once one was met.
    kinds: HashMap<u32, Vec<Option<Met>>>,
    sees: S,
}

/// A code that was met.
enum Met {
    AskedFor(AnswerKind),
    NotAskedFor,
}

impl<S: SeesAnswers> AnswerScan<S> {
    /// The questions that are asked about, by script.
    fn questions(&self, words: &Dictionary) -> BTreeMap<u32, Vec<u32>> {
        let is_asked_about = |slot: &u32| {
            let text = words.text(Vocabulary::Question, *slot).and_then(|text| text.split_once('/'));
            text.is_some_and(|(_, question)| self.sees.asks_about(question))
        };
        let questions = self.selecting.questions(&BTreeSet::new(), words).into_iter();
        questions
            .map(|(script, slots)| (script, slots.into_iter().filter(is_asked_about).collect()))
            .collect()
    }

    /// The seconds of each row's first response, if somebody looks at them.
    fn first_response(&self, day: &Day<'_>) -> Option<Vec<Option<u32>>> {
        if !self.sees.looks_at_waits() {
            return Some(Vec::new());
        }
        let mut first_response = vec![None; day.is_selected.len()];
        for (row, seconds) in day.sparse(Column::FIRST_RESPONSE)? {
            *first_response.get_mut(row)? = Some(seconds);
        }
        Some(first_response)
    }
}

impl<S: SeesAnswers> DayCounter for AnswerScan<S> {
    type Counts = S;

    fn columns(&self, words: &Dictionary) -> Vec<Column> {
        let slots = self.questions(words).into_values().flatten().map(Column::of_slot);
        let mut columns: Vec<Column> = slots.chain(self.selecting.columns()).collect();
        columns.push(Column::SURVEY);
        columns.extend(self.sees.looks_at_waits().then_some(Column::FIRST_RESPONSE));
        columns
    }

    fn add(&mut self, part: &Part, words: &Dictionary) -> Option<()> {
        let day = self.selecting.day(part, words)?;
        let surveys = day.numbers(Column::SURVEY)?;
        let first_response = self.first_response(&day)?;
        for (script, slots) in self.questions(words) {
            for slot in slots {
                let (kinds, sees) = (self.kinds.entry(slot).or_default(), &mut self.sees);
                let mut is_broken = false;
                self.selecting.each_answer_in_any_form(&day, (script, slot), |row, code, _| {
                    let place = code as usize;
                    if kinds.len() <= place {
                        kinds.resize_with(place + 1, || None);
                    }
                    let met = kinds[place].get_or_insert_with(|| match AnswerKind::of(slot, code, words) {
                        Some(kind) if sees.asks_for(&kind) => Met::AskedFor(kind),
                        of => {
                            is_broken |= of.is_none();
                            Met::NotAskedFor
                        }
                    });
                    if let Met::AskedFor(kind) = met {
                        sees.see(SeenAnswer {
                            survey: SurveyKey::new(day.head.base + i64::from(surveys[row])),
                            day: part.date,
                            first_response: first_response.get(row).copied().flatten().map(u64::from),
                            kind,
                        });
                    }
                })?;
                if is_broken {
                    return None;
                }
            }
        }
        Some(())
    }

    fn finish(self, _: &Dictionary) -> Option<S> {
        Some(self.sees)
    }
}

/// The first and the last survey so far.
struct RangeScan(SurveyRange);

impl DayCounter for RangeScan {
    type Counts = SurveyRange;

    fn columns(&self, _: &Dictionary) -> Vec<Column> {
        vec![Column::HEAD, Column::SURVEY]
    }

    fn add(&mut self, part: &Part, _: &Dictionary) -> Option<()> {
        let base = Head::read(part.columns.get(&Column::HEAD)?)?.base;
        let last = Reader(part.columns.get(&Column::SURVEY)?).numbers()?.into_iter().max()?;
        let (first, last) = (SurveyKey::new(base), SurveyKey::new(base + i64::from(last)));
        self.0 = Some(self.0.map_or((first, last), |(from, to)| (from.min(first), to.max(last))));
        Some(())
    }

    fn finish(self, _: &Dictionary) -> Option<SurveyRange> {
        Some(self.0)
    }
}
