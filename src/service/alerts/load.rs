//! Loads everything that an alert says from the tables.

use std::collections::HashMap;
use std::sync::Arc;

use crate::domain::event::{ERASED, Event};
use crate::domain::ids::{PersonId, SurveyKey};
use crate::domain::survey::Part;
use crate::domain::time::Timestamp;
use crate::service::Context;
use crate::service::script_set::Published;
use crate::store::answers::AnswerRow;
use crate::store::comments::{Comment, CommentPlace};
use crate::store::surveys::SurveyRow;
use crate::store::{self, Error, Tx};
use crate::view::alert::{Alert, Before, Earlier, Entry, ScoreOnScale};

/// How many earlier surveys have their scores shown, and the most answers they can have.
const EARLIER_SURVEYS: usize = 3;
const EARLIER_ANSWERS: i64 = 60;

#[derive(Debug)]
pub(super) struct Loaded {
    row: SurveyRow,
    published: Arc<Published>,
    event: Event,
    entries: Vec<Entry>,
    attachments: usize,
    earlier: Vec<Earlier>,
}

impl Loaded {
    /// Returns `None` if the survey was never claimed, and so has no answers, or if it is erased.
    pub async fn find(tx: &mut Tx, ctx: &Context, survey: SurveyKey) -> store::Result<Option<Self>> {
        let Some(mut loaded) = Self::find_brief(tx, ctx, survey).await? else { return Ok(None) };
        loaded.add_former_values(tx).await?;
        loaded.add_replaced_words(tx).await?;
        loaded.earlier = earlier(tx, ctx, &loaded.row).await?;
        Ok(Some(loaded))
    }

    /// Loads what a line in a fold says, without former values and earlier scores.
    pub async fn find_brief(tx: &mut Tx, ctx: &Context, survey: SurveyKey) -> store::Result<Option<Self>> {
        let Some(row) = tx.find_survey(survey).await?.filter(|row| row.body != ERASED) else {
            return Ok(None);
        };
        let (Some(slug), Some(version)) = (&row.script, row.script_version) else { return Ok(None) };
        let published = ctx.scripts.version(tx, slug, version).await?;
        let event = Event::from_stored(&row.body)
            .map_err(|error| Error::broken("events", format!("of survey {survey}: {error}")))?;
        let answers = tx.list_answers(survey).await?;
        let has_words = answers.iter().any(|answer| answer.words);
        let said = if has_words { tx.list_comments(&[survey]).await? } else { HashMap::new() };
        let entries = entries(&published, &answers, &said);
        let attachments = said.values().map(|comment| comment.files.len()).sum();
        Ok(Some(Self { row, published, event, entries, attachments, earlier: Vec::new() }))
    }

    pub fn survey(&self) -> SurveyKey {
        self.row.id
    }

    /// Who was asked. `None` once they are being erased.
    pub fn person(&self) -> Option<PersonId> {
        self.row.person
    }

    /// Whether nothing more comes of the survey by itself.
    pub fn is_over(&self) -> bool {
        self.row.ended_at.is_some()
    }

    /// Whether the customer has said something in words, or sent a file.
    pub fn has_words(&self) -> bool {
        self.attachments > 0
            || self.entries.iter().any(|entry| entry.comment.is_some() || entry.before.comment.is_some())
    }

    pub fn view<'a>(&'a self, ctx: &'a Context) -> Alert<'a> {
        Alert {
            script: &self.published.script,
            event: &self.event,
            name: self.row.name.as_deref(),
            brand: ctx.config.brand.as_deref(),
            test: self.row.test,
            entries: self.entries.clone(),
            attachments: self.attachments,
            unshown: Vec::new(),
            earlier: self.earlier.clone(),
            zone: ctx.zone(),
            no_chat: None,
            case: None,
        }
    }

    /// Adds the value before the present one to each score that was changed.
    async fn add_former_values(&mut self, tx: &mut Tx) -> store::Result<()> {
        let former = tx.list_former_values(self.row.id).await?;
        for entry in &mut self.entries {
            let key = &self.published.script.questions[entry.question].key;
            let other = |(question, value): &&(String, i64)| question == key && Some(*value) != entry.value;
            entry.former = former.iter().rfind(other).map(|(_, value)| *value);
        }
        Ok(())
    }

    /// Adds what the customer said about a score that was changed later, if other words have replaced it by now.
    async fn add_replaced_words(&mut self, tx: &mut Tx) -> store::Result<()> {
        if self.entries.iter().all(|entry| entry.former.is_none() || entry.before.comment.is_some()) {
            return Ok(());
        }
        let replaced = tx.list_replaced_comments(self.row.id).await?;
        for entry in self.entries.iter_mut().filter(|entry| entry.before.comment.is_none()) {
            let key = &self.published.script.questions[entry.question].key;
            let said = replaced.iter().filter(|(question, _)| question == key);
            let said: Vec<&str> = said.map(|(_, text)| text.as_str()).collect();
            entry.before.comment = (!said.is_empty()).then(|| said.join("\n"));
        }
        Ok(())
    }
}

/// What the customer said in words, by place.
type Said = HashMap<CommentPlace, Comment>;

fn entries(published: &Published, answers: &[AnswerRow], said: &Said) -> Vec<Entry> {
    let questions = published.script.questions.iter().enumerate();
    questions.filter_map(|(index, question)| entry(index, &question.key, answers, said)).collect()
}

fn entry(index: usize, key: &str, answers: &[AnswerRow], said: &Said) -> Option<Entry> {
    let find = |part: Part| {
        answers.iter().find(|row| row.question == key && row.part == part.as_str() && !row.skipped)
    };
    let keys = |row: &AnswerRow| -> Vec<String> {
        row.options.split('|').filter(|key| !key.is_empty()).map(str::to_owned).collect()
    };
    let words = |row: &AnswerRow| {
        let AnswerRow { survey, question, part, .. } = row.clone();
        let comment = said.get(&CommentPlace { survey, question, part }).filter(|_| row.words)?;
        Some(comment.text.clone())
    };
    let answer = find(Part::Answer)?;
    let (reason, comment) = (find(Part::Reason), find(Part::Comment));
    // The words belong to a score that was changed, or to a question that is no longer on the path.
    let before = Before {
        reasons: reason.filter(|row| row.withdrawn).map(keys).unwrap_or_default(),
        comment: comment.filter(|row| row.withdrawn).and_then(words),
    };
    Some(Entry {
        question: index,
        value: answer.value,
        former: None,
        options: keys(answer),
        words: words(answer),
        reasons: reason.filter(|row| !row.withdrawn).map(keys).unwrap_or_default(),
        comment: comment.filter(|row| !row.withdrawn).and_then(words),
        before,
        withdrawn: answer.withdrawn,
    })
}

/// The scores that this customer gave in their most recent earlier surveys.
async fn earlier(tx: &mut Tx, ctx: &Context, row: &SurveyRow) -> store::Result<Vec<Earlier>> {
    let mut surveys: Vec<(SurveyKey, Earlier)> = Vec::new();
    for score in tx.list_earlier_scores(row.id, row.test, EARLIER_ANSWERS).await? {
        let published = ctx.scripts.version(tx, &score.script, score.script_version).await?;
        let question = published.script.question(&score.question);
        let Some(earlier) = question.and_then(|question| ScoreOnScale::of(question, score.value)) else {
            continue;
        };
        let at: Timestamp = score.answered_at;
        let count = surveys.len();
        match surveys.last_mut() {
            Some((survey, last)) if *survey == score.survey => last.scores.push(earlier),
            _ if count == EARLIER_SURVEYS => break,
            _ => surveys.push((score.survey, Earlier { at, scores: vec![earlier] })),
        }
    }
    Ok(surveys.into_iter().map(|(_, earlier)| earlier).collect())
}
