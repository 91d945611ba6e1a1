//! What scripts, questions, options and scores are called.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::locale::Localized;
use crate::domain::scale::{Band, Scale};
use crate::domain::script::{Choice, Question};
use crate::domain::template::{Escape, Values, render};
use crate::pages::Words;
use crate::service::Context;
use crate::service::script_set::Published;
use crate::store::{self, Tx};

/// The texts of the live scripts.
#[derive(Clone, Debug, Default)]
pub struct Titles {
    scripts: BTreeMap<String, Arc<Published>>,
}

impl Titles {
    pub async fn load(tx: &mut Tx, ctx: &Context) -> store::Result<Self> {
        let mut titles = Self::default();
        for live in tx.list_live_scripts().await? {
            let published = ctx.scripts.version(tx, &live.slug, live.version).await?;
            titles.scripts.insert(live.slug, published);
        }
        Ok(titles)
    }

    /// The slugs of all scripts.
    pub fn slugs(&self) -> impl Iterator<Item = &str> {
        self.scripts.keys().map(String::as_str)
    }

    /// A script's title; its slug if it is not live.
    #[must_use]
    pub fn script(&self, words: &Words, slug: &str) -> String {
        self.scripts.get(slug).map_or_else(|| slug.to_owned(), |found| text(words, &found.script.title))
    }

    /// A question with this key, in the script with this slug or else in any. A key may be in several scripts.
    #[must_use]
    pub fn find(&self, script: Option<&str>, key: &str) -> Option<&Question> {
        let of = |slug: &str| self.scripts.get(slug).and_then(|found| found.script.question(key));
        script.and_then(of).or_else(|| self.scripts.values().find_map(|found| found.script.question(key)))
    }

    /// All questions of a script.
    pub fn questions(&self, script: &str) -> &[Question] {
        self.scripts.get(script).map_or(&[], |found| &found.script.questions)
    }

    /// A question as customers read it; its key if no live script asks it.
    #[must_use]
    pub fn question(&self, words: &Words, script: Option<&str>, key: &str) -> String {
        self.find(script, key).map_or_else(|| key.to_owned(), |found| text(words, &found.text))
    }

    /// A reason as customers read it; its key if no live script has it.
    #[must_use]
    pub fn reason(&self, words: &Words, script: Option<&str>, key: &str) -> String {
        let of_script = |slug: &str| self.scripts.get(slug);
        let scripts: Vec<_> = script
            .map_or_else(|| self.scripts.values().collect(), |slug| of_script(slug).into_iter().collect());
        let questions = scripts.into_iter().flat_map(|found| &found.script.questions);
        let mut choices = questions.flat_map(|question| {
            [&question.low, &question.neutral, &question.high].into_iter().flat_map(|after| &after.reasons)
        });
        choices
            .find(|choice| choice.key == key)
            .map_or_else(|| key.to_owned(), |found| text(words, &found.text))
    }
}

/// A text of a script without a customer: placeholders have their fallbacks.
#[must_use]
pub fn text(words: &Words, text: &Localized) -> String {
    render(text.get(words.locale), &Values::default(), Escape::Plain)
}

/// The texts of chosen options; a key that the question does not have is shown as it is.
#[must_use]
pub fn options(words: &Words, choices: &[Choice], keys: &[String]) -> Vec<String> {
    let of = |key: &String| {
        choices
            .iter()
            .find(|choice| choice.key == *key)
            .map_or_else(|| key.clone(), |found| text(words, &found.text))
    };
    keys.iter().map(of).collect()
}

/// A score: a big word or number, and its scale in small.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Score {
    pub big: String,
    pub small: String,
    /// `low`, `high` or nothing: how the score is coloured.
    pub class: &'static str,
}

/// A score in words.
#[must_use]
pub fn score(words: &Words, question: Option<&Question>, value: i64, band: Option<Band>) -> Score {
    let scale = question.and_then(|question| question.scale);
    let own = question.and_then(|question| question.labels.get(&value)).map(|label| text(words, label));
    let usual = match (scale, value) {
        (Some(Scale::Smiley3), 1) => Some("scale-smiley-1"),
        (Some(Scale::Smiley3), 2) => Some("scale-smiley-2"),
        (Some(Scale::Smiley3), _) => Some("scale-smiley-3"),
        (Some(Scale::YesNo), 0) => Some("scale-no"),
        (Some(Scale::YesNo), _) => Some("scale-yes"),
        _ => None,
    };
    let label = own.or_else(|| usual.map(|id| words.t(id)));
    let label = label.map(|label| label.trim_start_matches(|c: char| !c.is_alphanumeric()).to_owned());
    let label = label.filter(|label| !label.is_empty());
    let of_max = |value: i64| {
        let max = scale.map_or(0, Scale::max);
        words.with("page-score", &[("value", value.to_string().into()), ("max", max.to_string().into())])
    };
    let (big, small) = match (label, scale) {
        (Some(label), Some(Scale::YesNo)) => (label, String::new()),
        (Some(label), Some(_)) => (label, of_max(value)),
        (_, Some(scale)) => (value.to_string(), words.of("page-score-of", "max", &scale.max().to_string())),
        (_, None) => (value.to_string(), String::new()),
    };
    Score { big, small, class: class(band) }
}

/// How a band is coloured.
#[must_use]
pub const fn class(band: Option<Band>) -> &'static str {
    match band {
        Some(Band::Low) => "low",
        Some(Band::High) => "high",
        _ => "",
    }
}

/// A band's word: `плохо`.
#[must_use]
pub const fn band_id(band: Band) -> &'static str {
    match band {
        Band::Low => "page-band-low",
        Band::Neutral => "page-band-neutral",
        Band::High => "page-band-high",
    }
}

/// The text up to a word that ends within so many characters.
#[must_use]
pub fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let cut: String = text.chars().take(most).collect();
    let kept = cut.rsplit_once(' ').map_or(cut.as_str(), |(kept, _)| kept);
    format!("{}…", kept.trim_end_matches([',', '.', ':', ' ']))
}
