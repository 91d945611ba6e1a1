//! Shows answers one by one, from columns: nothing is turned into text that nobody asks for.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use tokio::task::yield_now;

use super::column::Column;
use super::dictionary::{Dictionary, Vocabulary};
use super::parts::{Part, Parts};
use super::reading::in_background;
use super::row::{Answer, split};
use super::selecting::Selecting;
use super::tally::question_key;
use crate::domain::counting::Selection;
use crate::domain::ids::SurveyKey;
use crate::domain::scale::Band;
use crate::store::{Result, Tx};

/// Answers that are shown before others on this thread have a turn.
const SEEN_TOGETHER: usize = 5000;

/// A selected answer.
#[derive(Debug)]
pub struct SeenAnswer<'a> {
    pub survey: SurveyKey,
    pub day: NaiveDate,
    pub script: &'a Arc<str>,
    pub question: &'a Arc<str>,
    /// Neither a value nor options stand for an answer in words only.
    pub value: Option<i64>,
    pub band: Option<Band>,
    /// The options as they are stored, joined by `|`.
    options: &'a str,
    /// The seconds that the ticket's first response took.
    pub first_response: Option<u64>,
}

impl SeenAnswer<'_> {
    #[must_use]
    pub fn options(&self) -> Vec<String> {
        split(self.options)
    }

    /// Whether it is an answer in words only.
    #[must_use]
    pub const fn is_in_words(&self) -> bool {
        self.value.is_none() && self.options.is_empty()
    }
}

/// An answer in codes.
#[derive(Clone, Copy, Debug)]
struct Coded {
    survey: i64,
    slot: u32,
    code: u32,
    first_response: Option<u32>,
}

/// The script and the question of each slot.
type Names = BTreeMap<u32, (Arc<str>, Arc<str>)>;

impl Tx {
    /// Shows every selected answer to `see`, those in words too: day by day, and the answers of a survey in one order.
    pub async fn visit_answers(
        &mut self,
        selection: &Selection,
        mut see: impl FnMut(&SeenAnswer<'_>) + Send,
    ) -> Result<()> {
        let _turn = self.turn_to_count().await;
        let mut words = self.see_words(selection.zone).await?;
        let selecting = Arc::new(Selecting::new(selection, &mut words));
        let mut parts = Parts::of(self, selection.days, selection.zone).await?;
        let mut names = Names::new();
        loop {
            let slots = selecting.questions(&BTreeSet::new(), &words).into_values().flatten();
            let mut columns: Vec<Column> = slots.map(Column::of_slot).chain(selecting.columns()).collect();
            columns.extend([Column::SURVEY, Column::FIRST_RESPONSE]);
            columns.sort_unstable();
            columns.dedup();
            let next = parts.next(self, &columns, &mut words).await?;
            if next.is_empty() {
                return Ok(());
            }
            for part in next {
                let (selecting, date) = (Arc::clone(&selecting), part.date);
                let found;
                (found, words) =
                    in_background((Vec::new(), words), vec![part], move |(found, words), part| {
                        *found = answers_of(part, &selecting, words)?;
                        Some(())
                    })
                    .await?;
                for some in found.chunks(SEEN_TOGETHER) {
                    for coded in some {
                        if let Some(seen) = coded.seen(date, &words, &mut names) {
                            see(&seen);
                        }
                    }
                    yield_now().await;
                }
            }
        }
    }
}

/// The selected answers of a part.
fn answers_of(part: &Part, selecting: &Selecting, words: &Dictionary) -> Option<Vec<Coded>> {
    let day = selecting.day(part, words)?;
    let surveys = day.numbers(Column::SURVEY)?;
    let mut first_response = vec![None; surveys.len()];
    for (row, seconds) in day.sparse(Column::FIRST_RESPONSE)? {
        *first_response.get_mut(row)? = Some(seconds);
    }
    let mut answers = Vec::new();
    for (script, slots) in selecting.questions(&BTreeSet::new(), words) {
        for slot in slots {
            selecting.each_answer_in_any_form(&day, (script, slot), |row, code, _| {
                let survey = day.head.base + i64::from(surveys[row]);
                answers.push(Coded { survey, slot, code, first_response: first_response[row] });
            })?;
        }
    }
    Some(answers)
}

impl Coded {
    fn seen<'a>(
        &self,
        day: NaiveDate,
        words: &'a Dictionary,
        names: &'a mut Names,
    ) -> Option<SeenAnswer<'a>> {
        let (script, question) = match names.entry(self.slot) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => {
                let key = question_key(self.slot, words)?;
                unknown.insert((key.script.into(), key.question.into()))
            }
        };
        let (value, band, options) = match Answer::of_code(self.code)? {
            Answer::Value { value, band, .. } => (Some(value), band, ""),
            Answer::Options(options) => (None, None, words.text(Vocabulary::Options, options)?),
            Answer::Words => (None, None, ""),
        };
        let first_response = self.first_response.map(u64::from);
        Some(SeenAnswer {
            survey: SurveyKey::new(self.survey),
            day,
            script,
            question,
            value,
            band,
            options,
            first_response,
        })
    }
}
