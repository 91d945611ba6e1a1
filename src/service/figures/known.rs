//! The questions that can be asked about: those of every published version.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::domain::counting::QuestionKey;
use crate::domain::metric::Metric;
use crate::domain::script::{Choice, Question, Trigger};
use crate::domain::stats::index::{Index, Oriented};
use crate::domain::time::Timestamp;
use crate::service::Context;
use crate::store::{self, Tx};

/// A question of a script. Its key means the same in every version.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownQuestion {
    pub key: QuestionKey,
    pub metric: Metric,
    /// The scale and its good end; `None` for a choice.
    pub on: Option<Oriented>,
    pub factor: String,
    /// The options of a choice, in all versions.
    pub options: Vec<Choice>,
    /// Whether the live version asks it.
    pub is_live: bool,
    /// What the script asks about.
    pub on_event: Trigger,
}

impl KnownQuestion {
    /// The indices of the question, the primary one first. A choice has none.
    pub fn indices(&self) -> impl Iterator<Item = Index> {
        self.on.into_iter().flat_map(|on| self.metric.indices(on.scale))
    }

    /// Whether its events are those of the ledger. What is asked about a case has no coverage.
    #[must_use]
    pub fn has_coverage(&self) -> bool {
        self.on_event != Trigger::CaseResolved
    }
}

/// All questions but those that are answered in words: by script, then in the order of the newest version that has
/// them.
#[derive(Clone, Debug, Default)]
pub struct Known {
    pub questions: Vec<KnownQuestion>,
    /// What each script asks about, by its slug.
    pub scripts: BTreeMap<String, Trigger>,
    /// The questions that are answered in words.
    in_words: BTreeSet<QuestionKey>,
}

impl Known {
    pub async fn load(tx: &mut Tx, ctx: &Context) -> store::Result<Self> {
        let mut known = Self::default();
        for live in tx.list_live_scripts().await? {
            let mut versions: Vec<i64> =
                tx.list_script_versions(&live.slug).await?.into_iter().map(|row| row.version).collect();
            versions.sort_by_key(|version| (*version != live.version, std::cmp::Reverse(*version)));
            for version in versions {
                let published = ctx.scripts.version(tx, &live.slug, version).await?;
                let script = &published.script;
                known.scripts.entry(live.slug.clone()).or_insert(script.on);
                for question in &script.questions {
                    known.add(&live.slug, script.on, question, version == live.version);
                }
            }
        }
        Ok(known)
    }

    /// The script and the key of every question, with those that are answered in words.
    pub fn keys(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.questions.iter().map(|question| &question.key).chain(&self.in_words);
        all.map(|key| (key.script.as_str(), key.question.as_str()))
    }

    fn add(&mut self, slug: &str, on_event: Trigger, question: &Question, is_live: bool) {
        let key = QuestionKey { script: slug.to_owned(), question: question.key.clone() };
        match self.questions.iter_mut().find(|known| known.key == key) {
            Some(known) => add_missing(&mut known.options, &question.options),
            None if question.metric.takes_words() => drop(self.in_words.insert(key)),
            None => self.questions.push(KnownQuestion {
                key,
                metric: question.metric,
                on: question.scale.map(|scale| Oriented { scale, orientation: question.orientation }),
                factor: question.factor().to_owned(),
                options: question.options.clone(),
                is_live,
                on_event,
            }),
        }
    }
}

/// The versions of a script, each with the day on which it was published.
pub async fn published(tx: &mut Tx, ctx: &Context, slug: &str) -> store::Result<Vec<(i64, NaiveDate)>> {
    let day = |at: Timestamp| at.to_utc().with_timezone(&ctx.zone()).date_naive();
    let versions = tx.list_script_versions(slug).await?.into_iter();
    Ok(versions.map(|version| (version.version, day(version.published_at))).collect())
}

fn add_missing(known: &mut Vec<Choice>, more: &[Choice]) {
    for choice in more {
        if known.iter().all(|known| known.key != choice.key) {
            known.push(choice.clone());
        }
    }
}
