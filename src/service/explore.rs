//! Finding answers and surveys one by one, in the same cuts as the figures: what a figure counts is found here, and as
//! many.

mod newest;
mod search;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{Days as CalendarDays, NaiveDate};

use self::newest::Newest;
use self::search::Search;
use crate::domain::counting::{Days, Selection, SurveyFacts};
use crate::domain::ids::SurveyKey;
use crate::domain::scale::Band;
use crate::domain::survey::Part;
use crate::service::Context;
use crate::store::comments::{Comment, CommentPlace};
use crate::store::explore::{CaseOfSurvey, SeenSurvey};
use crate::store::record::AnswerRecord;
use crate::store::segments::answers::SeenAnswer;
use crate::store::{self, Tx};

/// Which answers are wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The events, and the reasons of the answers. Its bands must be empty: they are below.
    pub selection: Selection,
    /// Empty for all.
    pub bands: BTreeSet<Band>,
    pub questions: BTreeSet<String>,
    pub values: BTreeSet<i64>,
    /// Words that must each be among what was said, in any order and any case of letters.
    pub text: Option<String>,
    pub with_words: bool,
    pub with_voice: bool,
    /// The seconds until the first response, both included.
    pub wait: Option<(u64, u64)>,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    pub survey: SurveyKey,
    pub day: NaiveDate,
    pub script: Arc<str>,
    pub question: Arc<str>,
    pub value: Option<i64>,
    pub band: Option<Band>,
    pub options: Vec<String>,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// So many of the newest as were asked for, newest first.
    pub hits: Vec<Hit>,
    /// How many there are.
    pub count: u64,
    /// How many there are in any band, and in each one.
    pub of_any_band: u64,
    pub by_band: BTreeMap<Band, u64>,
    /// How many there are, or would be, with words, and with a recording.
    pub with_words: u64,
    pub with_voice: u64,
}

/// Finds all answers, by survey and question. Keys are all that is kept of them, because a period may have very many.
pub async fn chosen_answers(
    tx: &mut Tx,
    ctx: &Context,
    wanted: &Wanted,
) -> store::Result<Vec<(SurveyKey, Arc<str>)>> {
    let keep = |chosen: &mut Vec<_>, answer: SeenAnswer<'_>| {
        chosen.push((answer.survey, Arc::clone(&answer.kind.question)));
    };
    Ok(Search::run(tx, ctx, wanted, Vec::new(), keep).await?.1)
}

/// Counts the answers, and finds so many of the newest.
pub async fn newest_answers(
    tx: &mut Tx,
    ctx: &Context,
    wanted: &Wanted,
    limit: usize,
) -> store::Result<Found> {
    let keep = |newest: &mut Newest<Hit>, answer: SeenAnswer<'_>| {
        newest.add(answer.day, answer.survey, || Hit {
            survey: answer.survey,
            day: answer.day,
            script: Arc::clone(&answer.kind.script),
            question: Arc::clone(&answer.kind.question),
            value: answer.kind.value,
            band: answer.kind.band,
            options: answer.kind.options(),
        });
    };
    let (mut found, newest) = Search::run(tx, ctx, wanted, Newest::new(limit), keep).await?;
    found.hits = newest.finish();
    Ok(found)
}

/// Finds so many of the newest answers and counts nothing, so it looks no further back than it has to.
pub async fn latest_answers(
    tx: &mut Tx,
    ctx: &Context,
    wanted: &Wanted,
    limit: usize,
) -> store::Result<Vec<Hit>> {
    let days = wanted.selection.days;
    let (mut until, mut span) = (days.until, CalendarDays::new(1));
    let mut hits = Vec::new();
    while until > days.from && hits.len() < limit {
        let from = until.checked_sub_days(span).unwrap_or(days.from).max(days.from);
        let selection = Selection { days: Days { from, until }, ..wanted.selection.clone() };
        let some = Wanted { selection, ..wanted.clone() };
        hits.extend(newest_answers(tx, ctx, &some, limit - hits.len()).await?.hits);
        (until, span) = (from, CalendarDays::new(2 * (days.until - from).num_days().unsigned_abs()));
    }
    Ok(hits)
}

/// The surveys of a selection.
#[derive(Clone, Debug, Default)]
pub struct FoundSurveys {
    /// So many of the newest that are in a chosen state, newest first.
    pub newest: Vec<SurveyKey>,
    /// How many are in a chosen state.
    pub count: u64,
    /// How many there are in any state, and in each one.
    pub of_any_state: u64,
    pub by_state: BTreeMap<&'static str, u64>,
}

/// Counts the surveys of a selection, and finds so many of the newest in a chosen state.
pub async fn newest_surveys(
    tx: &mut Tx,
    selection: &Selection,
    is_chosen: impl Fn(&SurveyFacts) -> bool + Send + Sync,
    limit: usize,
) -> store::Result<FoundSurveys> {
    let mut found = FoundSurveys::default();
    let mut newest = Newest::new(limit);
    let see = |survey: &SurveyFacts| {
        if !selection.takes(survey) {
            return;
        }
        found.of_any_state += 1;
        *found.by_state.entry(survey.state.as_str()).or_default() += 1;
        if is_chosen(survey) {
            found.count += 1;
            newest.add(survey.day, survey.survey, || survey.survey);
        }
    };
    tx.visit_surveys(selection, see).await?;
    found.newest = newest.finish();
    Ok(found)
}

/// What a page shows of some surveys.
#[derive(Clone, Debug, Default)]
pub struct Details {
    pub surveys: HashMap<SurveyKey, SeenSurvey>,
    pub cases: HashMap<SurveyKey, CaseOfSurvey>,
    answers: HashMap<SurveyKey, Vec<AnswerRecord>>,
    comments: HashMap<CommentPlace, Comment>,
}

impl Details {
    pub async fn load(tx: &mut Tx, surveys: &[SurveyKey]) -> store::Result<Self> {
        let mut keys: Vec<SurveyKey> = surveys.to_vec();
        keys.sort_unstable();
        keys.dedup();
        let mut details = Self::default();
        for seen in tx.list_seen_surveys(&keys).await? {
            details.surveys.insert(seen.survey, seen);
        }
        for case in tx.list_cases_by_survey(&keys).await? {
            details.cases.insert(case.survey, case);
        }
        for answer in tx.list_answer_records(&keys).await? {
            details.answers.entry(answer.survey).or_default().push(answer);
        }
        // Of somebody who is being erased, no words are shown.
        let there: Vec<SurveyKey> = details
            .surveys
            .values()
            .filter(|seen| !seen.customer_id.is_empty())
            .map(|seen| seen.survey)
            .collect();
        details.comments = tx.list_comments(&there).await?;
        Ok(details)
    }

    /// The current part of an answer.
    #[must_use]
    pub fn answer(&self, survey: SurveyKey, question: &str, part: Part) -> Option<&AnswerRecord> {
        let of_survey = self.answers.get(&survey)?;
        of_survey.iter().find(|answer| {
            answer.question == question && answer.part == part.as_str() && answer.withdrawn_at.is_none()
        })
    }

    /// All answers of a survey, withdrawn ones too.
    pub fn answers(&self, survey: SurveyKey) -> &[AnswerRecord] {
        self.answers.get(&survey).map_or(&[], Vec::as_slice)
    }

    /// The reasons that were given for an answer.
    #[must_use]
    pub fn reasons(&self, survey: SurveyKey, question: &str) -> Vec<String> {
        self.answer(survey, question, Part::Reason).map(|answer| keys(&answer.options)).unwrap_or_default()
    }

    /// What was said about an answer, or is the answer: texts and files.
    pub fn said(&self, survey: SurveyKey, question: &str) -> impl Iterator<Item = &Comment> {
        [Part::Answer, Part::Comment].into_iter().filter_map(move |part| {
            self.answer(survey, question, part)?;
            let place =
                CommentPlace { survey, question: question.to_owned(), part: part.as_str().to_owned() };
            self.comments.get(&place)
        })
    }
}

/// The keys of chosen options.
#[must_use]
pub fn keys(joined: &str) -> Vec<String> {
    joined.split('|').filter(|key| !key.is_empty()).map(str::to_owned).collect()
}
