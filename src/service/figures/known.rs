//! The questions that can be asked about: those of every published version.

use std::collections::BTreeMap;

use crate::domain::counting::QuestionKey;
use crate::domain::locale::Localized;
use crate::domain::metric::Metric;
use crate::domain::scale::Orientation;
use crate::domain::script::{Choice, Question, Trigger};
use crate::domain::stats::index::{Index, Oriented};
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
    pub script_title: Localized,
    pub text: Localized,
    /// The options of a choice, in all versions.
    pub options: Vec<Choice>,
    /// The reasons of all bands, in all versions.
    pub reasons: Vec<Choice>,
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

    /// The text of an option in a language, or its key.
    #[must_use]
    pub fn option_text<'k>(&'k self, key: &'k str, locale: &str) -> &'k str {
        text_of(&self.options, key, locale)
    }

    #[must_use]
    pub fn reason_text<'k>(&'k self, key: &'k str, locale: &str) -> &'k str {
        text_of(&self.reasons, key, locale)
    }
}

fn text_of<'k>(choices: &'k [Choice], key: &'k str, locale: &str) -> &'k str {
    choices.iter().find(|choice| choice.key == key).map_or(key, |choice| choice.text.get(locale))
}

/// All questions but those that are answered in words: by script, then in the order of the newest version that has
/// them.
#[derive(Clone, Debug, Default)]
pub struct Known {
    pub questions: Vec<KnownQuestion>,
    /// All scripts by slug.
    pub scripts: BTreeMap<String, KnownScript>,
}

#[derive(Clone, Debug)]
pub struct KnownScript {
    pub title: Localized,
    pub on_event: Trigger,
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
                let title = script.title.clone();
                known
                    .scripts
                    .entry(live.slug.clone())
                    .or_insert(KnownScript { title: title.clone(), on_event: script.on });
                for question in &script.questions {
                    known.add(&live.slug, &title, script.on, question, version == live.version);
                }
            }
        }
        Ok(known)
    }

    #[must_use]
    pub fn find(&self, script: &str, question: &str) -> Option<&KnownQuestion> {
        self.questions.iter().find(|known| known.key.script == script && known.key.question == question)
    }

    fn add(&mut self, slug: &str, title: &Localized, on_event: Trigger, question: &Question, is_live: bool) {
        let reasons = [&question.low, &question.neutral, &question.high];
        let reasons = reasons.into_iter().flat_map(|follow_up| &follow_up.reasons);
        let key = QuestionKey { script: slug.to_owned(), question: question.key.clone() };
        match self.questions.iter_mut().find(|known| known.key == key) {
            Some(known) => {
                add_missing(&mut known.options, &question.options);
                add_missing(&mut known.reasons, reasons);
            }
            None if question.metric.takes_words() => {}
            None => {
                let mut known = KnownQuestion {
                    key,
                    metric: question.metric,
                    on: question.scale.map(|scale| oriented(scale, question.orientation)),
                    factor: question.factor().to_owned(),
                    script_title: title.clone(),
                    text: question.text.clone(),
                    options: question.options.clone(),
                    reasons: Vec::new(),
                    is_live,
                    on_event,
                };
                add_missing(&mut known.reasons, reasons);
                self.questions.push(known);
            }
        }
    }
}

const fn oriented(scale: crate::domain::scale::Scale, orientation: Orientation) -> Oriented {
    Oriented { scale, orientation }
}

fn add_missing<'c>(known: &mut Vec<Choice>, more: impl IntoIterator<Item = &'c Choice>) {
    for choice in more {
        if known.iter().all(|known| known.key != choice.key) {
            known.push(choice.clone());
        }
    }
}
