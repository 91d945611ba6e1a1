//! The answers of a survey beside the one that an alert is about.

use super::fit::cut;
use super::score::effort;
use super::{Alert, Caps, Entry, entry_text, mark};
use crate::domain::scale::Band;
use crate::domain::template::{Escape, escape_html, render};
use crate::i18n::Catalogue;

/// The other answers, one per line, each with its reasons and comment.
pub(super) fn others(
    catalogue: &Catalogue,
    locale: &str,
    alert: &Alert<'_>,
    lead: Option<&Entry>,
    caps: Caps,
) -> String {
    let others = alert.entries.iter().filter(|entry| !entry.withdrawn && Some(*entry) != lead);
    let mut lines = Vec::new();
    for entry in others {
        let Some(line) = other(catalogue, locale, alert, entry, caps) else { continue };
        lines.push(line);
        let said = entry_text(catalogue, locale, alert, entry, caps);
        if !said.is_empty() {
            lines.push(said);
        }
    }
    if lines.is_empty() {
        return String::new();
    }
    lines.insert(0, catalogue.text(locale, "alert-others"));
    lines.join("\n")
}

fn other(
    catalogue: &Catalogue,
    locale: &str,
    alert: &Alert<'_>,
    entry: &Entry,
    caps: Caps,
) -> Option<String> {
    let question = alert.question(entry);
    let text = alert.question_text(locale, entry, caps);
    let Some(value) = entry.value else {
        let answer = answer_in_words(alert, locale, entry, caps)?;
        let values = [("answer", answer.into()), ("question", text.into())];
        return Some(catalogue.with(locale, "alert-other-plain", &values));
    };
    let effort = effort(question, value);
    let mut score = alert.score(catalogue, locale, entry, value);
    if let Some(before) = entry.former.filter(|before| *before != value) {
        let before = alert.score(catalogue, locale, entry, before);
        let id = if effort.is_some() { "alert-was-effort" } else { "alert-was" };
        score.push(' ');
        score.push_str(&catalogue.with(locale, id, &[("before", before.into())]));
    }
    if let Some(band) = effort {
        let values = [("mark", mark(band).into()), ("score", score.into()), ("question", text.into())];
        return Some(catalogue.with(locale, "alert-other-effort", &values));
    }
    let id = match alert.band(entry).filter(|_| question.metric.is_scored()) {
        Some(Band::Low) => "alert-other-low",
        Some(Band::Neutral) => "alert-other-neutral",
        Some(Band::High) => "alert-other-high",
        None => {
            let values = [("answer", score.into()), ("question", text.into())];
            return Some(catalogue.with(locale, "alert-other-plain", &values));
        }
    };
    Some(catalogue.with(locale, id, &[("score", score.into()), ("question", text.into())]))
}

/// The chosen options, or the answer to a text question; `None` if the question was skipped.
fn answer_in_words(alert: &Alert<'_>, locale: &str, entry: &Entry, caps: Caps) -> Option<String> {
    let question = alert.question(entry);
    let options: Vec<String> = entry
        .options
        .iter()
        .filter_map(|key| question.option(key))
        .map(|option| render(option.text.get(locale), &alert.values(), Escape::Plain))
        .collect();
    let words = entry.words.as_deref().filter(|words| !words.trim().is_empty());
    let answer = if options.is_empty() { words?.to_owned() } else { options.join(", ") };
    Some(escape_html(&cut(&answer, caps.comment)))
}
