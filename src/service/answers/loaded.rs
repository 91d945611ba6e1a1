//! A survey in memory: its row, its script version, and its dialogue rebuilt from the stored answers.

use std::sync::Arc;

use chrono_tz::Tz;

use super::facts::{Facts, day_in_words};
use crate::domain::ids::{MessageId, SurveyKey};
use crate::domain::ledger::State;
use crate::domain::scale::Band;
use crate::domain::script::Script;
use crate::domain::survey::{Dialogue, Given, Part, Step};
use crate::domain::template::Values;
use crate::domain::time::Timestamp;
use crate::i18n::Catalogue;
use crate::service::script_set::Published;
use crate::service::{Context, Unit};
use crate::store::answers::AnswerRow;
use crate::store::cases::ToldCase;
use crate::store::surveys::SurveyRow;
use crate::store::{self, Error, Tx};
use crate::view::View;
use crate::view::deadlines::told_at_end;
use crate::view::promise::{Place, when};
use crate::view::survey::Survey;

#[derive(Clone, Debug)]
pub struct Loaded {
    pub row: SurveyRow,
    pub published: Arc<Published>,
    pub dialogue: Dialogue,
    pub locale: String,
    facts: Facts,
    /// The case that the customer was told of because of these answers.
    case: Option<ToldCase>,
}

impl Loaded {
    /// Returns `None` if there is no such survey, or if it was never claimed.
    pub async fn find(tx: &mut Tx, ctx: &Context, survey: SurveyKey) -> store::Result<Option<Self>> {
        match tx.find_dialogue(survey).await? {
            Some((row, answers)) => Self::build(tx, ctx, row, answers).await,
            None => Ok(None),
        }
    }

    pub async fn from_row(tx: &mut Tx, ctx: &Context, row: SurveyRow) -> store::Result<Option<Self>> {
        let answers = tx.list_answers(row.id).await?;
        Self::build(tx, ctx, row, answers).await
    }

    /// The same for work that goes through many surveys: a survey that cannot be read is logged and skipped, so that it
    /// does not hold up the others.
    pub(super) async fn find_readable(unit: &mut Unit<'_>, survey: SurveyKey) -> store::Result<Option<Self>> {
        match Self::find(&mut unit.tx, unit.ctx, survey).await {
            Err(error) if !error.is_transient() => {
                tracing::error!(survey = survey.get(), %error, "a survey cannot be read; it stays as it is in its chat");
                Ok(None)
            }
            found => found,
        }
    }

    async fn build(
        tx: &mut Tx,
        ctx: &Context,
        row: SurveyRow,
        answers: Vec<AnswerRow>,
    ) -> store::Result<Option<Self>> {
        let (Some(slug), Some(version), Some(step)) = (&row.script, row.script_version, &row.step) else {
            return Ok(None);
        };
        let published = ctx.scripts.version(tx, slug, version).await?;
        let script = &published.script;
        let step = Step::from_text(step, script)
            .ok_or_else(|| Error::broken("surveys", format!("id {}: step {step}", row.id)))?;
        let mut dialogue = Dialogue { step, turn: row.turn, ..Dialogue::begin() };
        for answer in answers {
            if let Some((at, given)) = read_answer(script, &answer) {
                dialogue.given.insert(at, given);
            }
        }
        let locale = row.locale.clone().unwrap_or_else(|| ctx.config.default_locale.to_owned());
        let facts = Facts::read(&row.body)?;
        // Few surveys have a case; only those that may have one are looked up.
        let case = if dialogue.reaches_alert_level(script) { tx.find_told_case(row.id).await? } else { None };
        let loaded = Self { row, published, dialogue, locale: String::new(), facts, case };
        Ok(Some(loaded.in_language(ctx, &locale)))
    }

    /// The same survey in another language, for a different reader.
    pub(super) fn in_language(mut self, ctx: &Context, locale: &str) -> Self {
        locale.clone_into(&mut self.locale);
        if mentions_date(&self.published.script) {
            self.facts.date = day_in_words(&ctx.catalogue, locale, self.row.occurred_at, self.zone(ctx));
        }
        self
    }

    /// The customer's time zone, or the default. Zones were validated when the event came in.
    pub fn zone(&self, ctx: &Context) -> Tz {
        let named = self.row.time_zone.as_deref().and_then(|zone| zone.parse().ok());
        named.unwrap_or(ctx.zone())
    }

    /// Whether this is the message that the survey lives in. While the reply to our call is missing, any message may
    /// be.
    pub fn is_shown_in(&self, message_id: MessageId) -> bool {
        self.row.message_id.is_none_or(|known| known == message_id)
    }

    /// Whether answers are still accepted: while the survey is open, and then as changes until it would have expired.
    pub fn takes_answers(&self, now: Timestamp) -> store::Result<bool> {
        let open =
            matches!(self.row.state()?, State::Sending | State::Sent | State::Started | State::Completed);
        let wanted = self.row.stopped_at.is_none();
        Ok(open && wanted && self.row.expires_at.is_none_or(|expires_at| now < expires_at))
    }

    /// Draws a view of this survey with a dialogue other than the stored one.
    pub fn with_view(
        &self,
        ctx: &Context,
        dialogue: &Dialogue,
        view: impl Fn(&Catalogue, &Survey<'_>) -> View,
    ) -> View {
        let facts = &self.facts;
        let values = Values {
            name: self.row.name.as_deref(),
            agent: facts.agent.as_deref(),
            subject: facts.subject.as_deref(),
            store: facts.store.as_deref(),
            brand: ctx.config.brand.as_deref(),
            date: Some(&facts.date),
        };
        let case = self.case.map(|case| {
            let zone = self.zone(ctx);
            let promised = when(
                &ctx.catalogue,
                &self.locale,
                case.promised_at,
                case.promised_at.unwrap_or(self.row.occurred_at),
                zone,
                Place::EditedMessage,
            );
            told_at_end(&ctx.catalogue, &self.locale, case.number, &promised)
        });
        let survey = Survey {
            id: self.row.id,
            script: &self.published.script,
            dialogue,
            values,
            locale: &self.locale,
            test: self.row.test,
            takes_words: self.row.ended_at.is_none(),
            case: case.as_deref(),
        };
        view(&ctx.catalogue, &survey)
    }

    /// Whether any answer that counts is at its question's alert level or worse.
    pub fn reaches_alert_level(&self, dialogue: &Dialogue) -> bool {
        dialogue.reaches_alert_level(&self.published.script)
    }
}

/// Returns `None` for an answer to a question that this version does not have. That cannot happen, and would lose
/// nothing.
fn read_answer(script: &Script, row: &AnswerRow) -> Option<((usize, Part), Given)> {
    let index = script.questions.iter().position(|question| question.key == row.question)?;
    let options = row.options.split('|').filter(|key| !key.is_empty()).map(str::to_owned).collect();
    let given = Given {
        value: row.value,
        options,
        words: row.words,
        skipped: row.skipped,
        band: row.band.as_deref().and_then(|band| band.parse::<Band>().ok()),
        withdrawn: row.withdrawn,
    };
    Some(((index, Part::parse(&row.part)?), given))
}

fn mentions_date(script: &Script) -> bool {
    let texts = script.greeting.iter().chain(&script.thanks).chain(script.questions.iter().map(|q| &q.text));
    texts.flat_map(crate::domain::locale::Localized::iter).any(|(_, text)| text.contains("{date"))
}
