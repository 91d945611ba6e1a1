//! Looking at every answer of a selection: what of it counts, and what is kept.

use std::collections::{HashMap, HashSet};

use super::{Found, Wanted};
use crate::domain::ids::SurveyKey;
use crate::domain::scale::Band;
use crate::service::Context;
use crate::store::explore::{SaidAbout, Surveys, TextAbout};
use crate::store::segments::answers::{AnswerKind, SeenAnswer, SeesAnswers};
use crate::store::{self, Tx};

/// Answers that are being looked for.
pub(super) struct Search<K, T> {
    wanted: Wanted,
    said: HashMap<SurveyKey, Vec<SaidAbout>>,
    /// The answers about which the text was said, if one is looked for.
    texts: Option<HashMap<SurveyKey, HashSet<String>>>,
    found: Found,
    /// What was wanted, and how an answer is added to it.
    kept: T,
    keep: K,
}

impl<T, K> Search<K, T>
where
    T: Send + 'static,
    K: FnMut(&mut T, SeenAnswer<'_>) + Send + 'static,
{
    /// Counts every answer, and keeps those that are wanted.
    pub(super) async fn run(
        tx: &mut Tx,
        ctx: &Context,
        wanted: &Wanted,
        kept: T,
        keep: K,
    ) -> store::Result<(Found, T)> {
        let range = tx.find_survey_range(wanted.selection.days, ctx.zone()).await?;
        let Some(range) = range else { return Ok((Found::default(), kept)) };
        let mut said: HashMap<SurveyKey, Vec<SaidAbout>> = HashMap::new();
        for about in tx.list_said_about(range).await? {
            said.entry(about.survey).or_default().push(about);
        }
        let texts = match &wanted.text {
            Some(text) => Some(with_text(tx, range, text).await?),
            None => None,
        };
        // Where everything that is wanted was said about, and nothing was, there is nothing to look at.
        if (wanted.with_words || wanted.with_voice) && said.is_empty() {
            return Ok((Found::default(), kept));
        }
        let search = Self { wanted: wanted.clone(), said, texts, found: Found::default(), kept, keep };
        let search = tx.visit_answers(&wanted.selection, search).await?;
        Ok((search.found, search.kept))
    }
}

impl<T, K> SeesAnswers for Search<K, T>
where
    T: Send + 'static,
    K: FnMut(&mut T, SeenAnswer<'_>) + Send + 'static,
{
    fn asks_about(&self, question: &str) -> bool {
        self.wanted.questions.is_empty() || self.wanted.questions.contains(question)
    }

    fn asks_for(&self, kind: &AnswerKind) -> bool {
        // Figures do not count what is answered in words only.
        let is_counted = !self.wanted.questions.is_empty() || !kind.is_in_words();
        let values = &self.wanted.values;
        is_counted && (values.is_empty() || kind.value.is_some_and(|value| values.contains(&value)))
    }

    fn looks_at_waits(&self) -> bool {
        self.wanted.wait.is_some()
    }

    fn see(&mut self, answer: SeenAnswer<'_>) {
        let question = &*answer.kind.question;
        if let Some((from, to)) = self.wanted.wait
            && !answer.first_response.is_some_and(|wait| (from..=to).contains(&wait))
        {
            return;
        }
        if let Some(texts) = &self.texts
            && !texts.get(&answer.survey).is_some_and(|about| about.contains(question))
        {
            return;
        }
        let about = self.said.get(&answer.survey).into_iter().flatten();
        let about = about.into_iter().find(|said| said.question == question);
        let kinds = about.map_or((false, false), |said| (said.words > 0, said.voices > 0));
        if self.found.counts(&self.wanted, answer.kind.band, kinds) {
            (self.keep)(&mut self.kept, answer);
        }
    }
}

/// The answers about which a text was said: their questions by survey.
async fn with_text(
    tx: &mut Tx,
    surveys: Surveys,
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
    tx.visit_texts_about(surveys, see).await?;
    let mut found: HashMap<SurveyKey, HashSet<String>> = HashMap::new();
    for ((survey, question), places) in of_each {
        if places.len() == wanted.len() {
            found.entry(survey).or_default().insert(question);
        }
    }
    Ok(found)
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
