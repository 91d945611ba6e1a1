//! Finding answers and surveys one by one, in the same cuts as the figures: what a figure counts is found here, and as
//! many.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use chrono::{Days as CalendarDays, NaiveDate};

use crate::domain::counting::{Days, Selection, SurveyFacts};
use crate::domain::ids::SurveyKey;
use crate::domain::scale::Band;
use crate::domain::schedule::start_of_day;
use crate::domain::survey::Part;
use crate::service::Context;
use crate::store::comments::{Comment, CommentPlace};
use crate::store::explore::{CaseOfSurvey, SaidAbout, SeenSurvey, TextAbout};
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

impl Found {
    /// Counts an answer, and returns whether it is wanted.
    fn counts(&mut self, wanted: &Wanted, band: Option<Band>, (words, voice): (bool, bool)) -> bool {
        let is_in_band = wanted.bands.is_empty() || band.is_some_and(|band| wanted.bands.contains(&band));
        let has_words = words || !wanted.with_words;
        let has_voice = voice || !wanted.with_voice;
        if is_in_band {
            self.with_words += u64::from(words && has_voice);
            self.with_voice += u64::from(voice && has_words);
        }
        if !(has_words && has_voice) {
            return false;
        }
        self.of_any_band += 1;
        if let Some(band) = band {
            *self.by_band.entry(band).or_default() += 1;
        }
        self.count += u64::from(is_in_band);
        is_in_band
    }
}

/// Keeps the newest rows of all that are seen, so that a long period does not fill the memory.
struct Newest<T> {
    rows: Vec<((NaiveDate, SurveyKey), T)>,
    limit: usize,
}

impl<T> Newest<T> {
    /// How many rows are kept at least before some are dropped.
    const ROOM: usize = 256;

    const fn new(limit: usize) -> Self {
        Self { rows: Vec::new(), limit }
    }

    fn add(&mut self, day: NaiveDate, survey: SurveyKey, row: T) {
        self.rows.push(((day, survey), row));
        if self.rows.len() >= self.limit.saturating_mul(2).max(Self::ROOM) {
            self.cut();
        }
    }

    /// Rows of the same survey stay in their order.
    fn cut(&mut self) {
        self.rows.sort_by_key(|(key, _)| Reverse(*key));
        self.rows.truncate(self.limit);
    }

    /// The rows, newest first.
    fn finish(mut self) -> Vec<T> {
        self.cut();
        self.rows.into_iter().map(|(_, row)| row).collect()
    }
}

impl Wanted {
    /// Whether a selected answer counts, apart from its band and what was said about it.
    fn takes(&self, answer: &SeenAnswer<'_>) -> bool {
        let is_asked_for = if self.questions.is_empty() {
            // Figures do not count what is answered in words only.
            !answer.is_in_words()
        } else {
            self.questions.contains(&**answer.question)
        };
        let wait =
            |(from, to): (u64, u64)| answer.first_response.is_some_and(|wait| (from..=to).contains(&wait));
        is_asked_for
            && (self.values.is_empty() || answer.value.is_some_and(|value| self.values.contains(&value)))
            && self.wait.is_none_or(wait)
    }
}

/// Finds all answers, by survey and question. Keys are all that is kept of them, because a period may have very many.
pub async fn chosen_answers(
    tx: &mut Tx,
    ctx: &Context,
    wanted: &Wanted,
) -> store::Result<Vec<(SurveyKey, Arc<str>)>> {
    let mut chosen = Vec::new();
    let see = |answer: &SeenAnswer<'_>| chosen.push((answer.survey, Arc::clone(answer.question)));
    visit_answers(tx, ctx, wanted, see).await?;
    Ok(chosen)
}

/// Counts the answers, and finds so many of the newest.
pub async fn newest_answers(
    tx: &mut Tx,
    ctx: &Context,
    wanted: &Wanted,
    limit: usize,
) -> store::Result<Found> {
    let mut newest = Newest::new(limit);
    let see = |answer: &SeenAnswer<'_>| {
        let hit = Hit {
            survey: answer.survey,
            day: answer.day,
            script: Arc::clone(answer.script),
            question: Arc::clone(answer.question),
            value: answer.value,
            band: answer.band,
            options: answer.options(),
        };
        newest.add(answer.day, answer.survey, hit);
    };
    let mut found = visit_answers(tx, ctx, wanted, see).await?;
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

/// Shows every answer to `see`, and counts them.
async fn visit_answers(
    tx: &mut Tx,
    ctx: &Context,
    wanted: &Wanted,
    mut see: impl FnMut(&SeenAnswer<'_>) + Send,
) -> store::Result<Found> {
    let zone = ctx.zone();
    let days = wanted.selection.days;
    let moments = (start_of_day(days.from, zone), start_of_day(days.until, zone));
    let mut said: HashMap<SurveyKey, Vec<SaidAbout>> = HashMap::new();
    for about in tx.list_said_about(moments).await? {
        said.entry(about.survey).or_default().push(about);
    }
    let texts = match &wanted.text {
        Some(text) => Some(with_text(tx, moments, text).await?),
        None => None,
    };
    let has_text = |answer: &SeenAnswer<'_>| {
        let is_in = |found: &HashMap<SurveyKey, HashSet<String>>| {
            found.get(&answer.survey).is_some_and(|about| about.contains(&**answer.question))
        };
        texts.as_ref().is_none_or(is_in)
    };
    let mut found = Found::default();
    let look = |answer: &SeenAnswer<'_>| {
        if !wanted.takes(answer) {
            return;
        }
        let about = said.get(&answer.survey).into_iter().flatten();
        let about = about.into_iter().find(|said| *said.question == **answer.question);
        let kinds = about.map_or((false, false), |said| (said.words > 0, said.voices > 0));
        if has_text(answer) && found.counts(wanted, answer.band, kinds) {
            see(answer);
        }
    };
    tx.visit_answers(&wanted.selection, look).await?;
    Ok(found)
}

/// The answers about which a text was said: their questions by survey.
async fn with_text(
    tx: &mut Tx,
    moments: store::explore::Moments,
    text: &str,
) -> store::Result<HashMap<SurveyKey, HashSet<String>>> {
    let wanted = text.to_lowercase();
    let wanted: Vec<&str> = wanted.split_whitespace().collect();
    let mut of_each: HashMap<(SurveyKey, String), HashSet<usize>> = HashMap::new();
    let see = |said: TextAbout| {
        // What somebody said in several messages is one text.
        let text = said.text.to_lowercase();
        let places = (0..wanted.len()).filter(|place| text.contains(wanted[*place]));
        of_each.entry((said.survey, said.question)).or_default().extend(places);
    };
    tx.visit_texts_about(moments, see).await?;
    let mut found: HashMap<SurveyKey, HashSet<String>> = HashMap::new();
    for ((survey, question), places) in of_each {
        if places.len() == wanted.len() {
            found.entry(survey).or_default().insert(question);
        }
    }
    Ok(found)
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
            newest.add(survey.day, survey.survey, survey.survey);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_are_kept_however_many_are_seen() {
        let day = |number: u64| NaiveDate::from_ymd_opt(2026, 11, 1).unwrap() + chrono::Days::new(number % 7);
        let kept = |limit: usize| {
            let mut newest = Newest::new(limit);
            for number in 0..1000 {
                for place in ["first", "second"] {
                    newest.add(day(number), SurveyKey::new(i64::try_from(number).unwrap()), (number, place));
                }
            }
            assert!(newest.rows.len() <= limit.saturating_mul(2).max(Newest::<()>::ROOM));
            newest.finish()
        };
        let all = kept(usize::MAX);
        assert_eq!(all[..3], [(993, "first"), (993, "second"), (986, "first")]);
        for limit in [0, 1, 3, 50, 200] {
            assert_eq!(kept(limit), all[..limit], "{limit}");
        }
    }
}
