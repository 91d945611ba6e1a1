//! The chips below the row: what is chosen, and what the page does not know.

use std::collections::{BTreeMap, BTreeSet};

use super::names::{value_name, word_id};
use super::{About, Chip, values};
use crate::domain::period::Period;
use crate::pages::filters::{self, Chosen};
use crate::pages::reply::Trouble;
use crate::pages::{Filters, Word, Words};
use crate::service::Context;
use crate::service::figures::agent_names::AgentNames;
use crate::store::Tx;

/// The values among those that are chosen which no event of the period has.
pub(super) async fn unseen_values(
    tx: &mut Tx,
    ctx: &Context,
    about: &About<'_>,
) -> Result<BTreeSet<(Word, String)>, Trouble> {
    let mut unseen: BTreeSet<(Word, String)> = BTreeSet::new();
    // KPIs count other events, too.
    if about.path == "/support" {
        return Ok(unseen);
    }
    for word in filters::EVENTS {
        let chosen: Vec<&Chosen> = about.filters.chosen().filter(|of| of.word == word).collect();
        let Some(dimension) = word.dimension().filter(|_| !chosen.is_empty()) else { continue };
        let seen = values(tx, ctx, about.period, dimension).await?;
        let is_seen = |of: &Chosen| seen.iter().any(|(known, _)| *known == of.value);
        unseen.extend(chosen.iter().filter(|of| !is_seen(of)).map(|of| (word, of.value.clone())));
    }
    Ok(unseen)
}

/// A chip for each dimension that something is chosen of, and for everything that is not known. What no event has is
/// grey: the choice holds, and finds nothing.
pub(super) fn chips(
    words: &Words,
    about: &About<'_>,
    names: &AgentNames,
    unseen: &BTreeSet<(Word, String)>,
) -> Vec<Chip> {
    let mut grouped: BTreeMap<(Word, bool), Vec<(String, bool)>> = BTreeMap::new();
    for Chosen { word, is_left_out, value } in about.filters.chosen().filter(|of| !of.word.is_of_the_view()) {
        let name = value_name(words, about, *word, value, names);
        let is_unseen = unseen.contains(&(*word, value.clone()));
        let name = if is_unseen { words.of("page-unseen", "value", &name) } else { name };
        grouped.entry((*word, *is_left_out)).or_default().push((name, is_unseen));
    }
    let chip = |((word, is_left_out), values): ((Word, bool), Vec<(String, bool)>)| {
        let is_unknown = values.iter().all(|(_, is_unseen)| *is_unseen);
        let values = values.into_iter().map(|(name, _)| name).collect::<Vec<_>>().join(", ");
        let value = if is_left_out { words.of("page-not", "value", &values) } else { values };
        let name = words.t(word_id(word));
        Chip {
            href: about.filters.without_chip(word, is_left_out).without(Word::After).href(about.path),
            label: words
                .with("page-remove", &[("name", name.clone().into()), ("value", value.clone().into())]),
            name: (!word.is_a_switch()).then_some(name.clone()),
            value: if word.is_a_switch() { name } else { value },
            is_unknown,
        }
    };
    let mut chips: Vec<Chip> = grouped.into_iter().map(chip).collect();
    chips.extend(unknown_chips(words, about.path, about.filters, about.known));
    chips
}

/// A chip for each thing that a page does not know.
pub(super) fn unknown_chips(
    words: &Words,
    path: &str,
    filters: &Filters,
    known: &[Word],
) -> impl Iterator<Item = Chip> {
    filters.unknown.iter().enumerate().map(move |(place, pair)| {
        let mut less = filters.clone();
        less.unknown.remove(place);
        // A page that compares knows every period but those that lie ahead.
        let is_ahead =
            known.contains(&Word::Vs) && pair.0 == Word::Vs.as_str() && Period::parse(&pair.1).is_ok();
        let word = pair.0.parse::<Word>().ok().filter(|word| known.contains(word));
        let id = match word {
            Some(word) if filters.is_said_otherwise(word, &pair.1) => "page-twice",
            _ if is_ahead => "page-ahead",
            _ => "page-unknown",
        };
        Chip::unknown(words, id, pair, less.href(path))
    })
}

impl Chip {
    /// What a page does not know; `href` is the page without it.
    #[must_use]
    pub fn unknown(words: &Words, id: &str, (name, value): &(String, String), href: String) -> Self {
        let values = [("name", name.clone().into()), ("value", value.clone().into())];
        Self {
            name: None,
            value: words.of(id, "pair", &format!("{name}={value}")),
            href,
            label: words.with("page-remove", &values),
            is_unknown: true,
        }
    }
}
