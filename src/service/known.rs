//! The questions that can be asked about: those of every published version.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::counting::QuestionKey;
use crate::domain::metric::Metric;
use crate::domain::script::{Choice, Question, Script, Trigger};
use crate::domain::stats::index::{Index, Oriented};

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
    /// The script and the key of every question, with those that are answered in words.
    pub fn keys(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.questions.iter().map(|question| &question.key).chain(&self.in_words);
        all.map(|key| (key.script.as_str(), key.question.as_str()))
    }

    /// Adds what the live version of a script asks, and what its other versions do, the newest first.
    pub fn add_script<'s>(&mut self, slug: &str, versions: impl IntoIterator<Item = &'s Script>) {
        for (place, script) in versions.into_iter().enumerate() {
            self.scripts.entry(slug.to_owned()).or_insert(script.on);
            for question in &script.questions {
                self.add(slug, script.on, question, place == 0);
            }
        }
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

fn add_missing(known: &mut Vec<Choice>, more: &[Choice]) {
    for choice in more {
        if known.iter().all(|known| known.key != choice.key) {
            known.push(choice.clone());
        }
    }
}
