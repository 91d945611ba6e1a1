//! Alerts: what leads read about a survey with a bad score, and the single message that can stand for many alerts.

use chrono_tz::Tz;

use super::View;
use crate::domain::event::Event;
use crate::domain::scale::Band;
use crate::domain::script::{Question, Script};
use crate::domain::template::{Escape, Values, escape_html, render, unescape_html};
use crate::domain::time::Timestamp;
use crate::i18n::Catalogue;
use crate::view::case::{self, CaseShown};
use crate::view::chats::{NoChat, no_chat};

mod details;
pub(in crate::view) use details::duration;
mod fit;
mod fold;
mod others;
mod request;
mod score;
mod unshown;

pub use fit::visible_len;
pub use fold::{Folded, Line, Standing, fold};
pub use request::{Kept, Request, request};
pub use score::ScoreOnScale;
pub use unshown::{Unshown, unshown, unshown_words};

use fit::cut;
use others::others;
use score::score;

/// The most characters in an alert. Telegram allows 4096; the rest is a margin in case it counts differently than we
/// do.
const ROOM: usize = 4000;

/// Everything that is known about a survey with an alert.
#[derive(Clone, Debug)]
pub struct Alert<'a> {
    pub script: &'a Script,
    pub event: &'a Event,
    /// The customer's name.
    pub name: Option<&'a str>,
    pub brand: Option<&'a str>,
    pub test: bool,
    /// The answers, in the script's order.
    pub entries: Vec<Entry>,
    pub attachments: usize,
    /// The attachments that cannot be shown in the chat.
    pub unshown: Vec<Unshown>,
    /// The same customer's earlier answers, newest first.
    pub earlier: Vec<Earlier>,
    /// The time zone of the dates.
    pub zone: Tz,
    /// Why the message goes to an admin.
    pub no_chat: Option<NoChat<'a>>,
    /// The case that the alert is the post of.
    pub case: Option<&'a CaseShown<'a>>,
}

/// The answer to one question, with the reasons and comment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The question's index in the script.
    pub question: usize,
    pub value: Option<i64>,
    /// The score before it was changed.
    pub former: Option<i64>,
    /// Keys of the chosen options.
    pub options: Vec<String>,
    /// The answer to a text question.
    pub words: Option<String>,
    /// Keys of the chosen reasons.
    pub reasons: Vec<String>,
    pub comment: Option<String>,
    /// The reasons and comment that belonged to the former score.
    pub before: Before,
    /// Whether the question is no longer on the customer's path.
    pub withdrawn: bool,
}

/// The reasons and comment a customer gave for a score that has since changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Before {
    /// Keys of the chosen reasons.
    pub reasons: Vec<String>,
    pub comment: Option<String>,
}

/// The scores of one earlier survey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    pub at: Timestamp,
    pub scores: Vec<ScoreOnScale>,
}

/// The most characters shown of the customer's words and of other texts.
#[derive(Clone, Copy)]
struct Caps {
    comment: usize,
    text: usize,
}

const CAPS: [Caps; 4] = [
    Caps { comment: 1500, text: 300 },
    Caps { comment: 700, text: 150 },
    Caps { comment: 250, text: 80 },
    Caps { comment: 100, text: 40 },
];

impl Alert<'_> {
    /// Whether any score that counts is at its question's alert level or worse.
    #[must_use]
    pub fn is_reached(&self) -> bool {
        self.entries.iter().any(|entry| self.reaches(entry))
    }

    fn question(&self, entry: &Entry) -> &Question {
        &self.script.questions[entry.question]
    }

    fn band(&self, entry: &Entry) -> Option<Band> {
        self.question(entry).band(entry.value?)
    }

    fn reaches(&self, entry: &Entry) -> bool {
        let question = self.question(entry);
        question.metric.is_scored()
            && !entry.withdrawn
            && self.band(entry).is_some_and(|band| question.alert.reached_by(band))
    }

    /// The score that the alert is about: the first bad one, or else the first that used to be bad.
    fn lead(&self) -> Option<&Entry> {
        let scored = || self.entries.iter().filter(|entry| self.question(entry).metric.is_scored());
        let was_bad = |entry: &&Entry| {
            let question = self.question(entry);
            let former = entry.former.or(entry.value).and_then(|value| question.band(value));
            former.is_some_and(|band| question.alert.reached_by(band))
        };
        scored()
            .find(|entry| self.reaches(entry))
            .or_else(|| scored().find(was_bad))
            .or_else(|| scored().next())
    }

    /// The band of the score that the alert is about.
    #[must_use]
    pub fn lead_band(&self) -> Option<Band> {
        self.band(self.lead()?)
    }

    /// What the trouble is about: the first reason that the customer chose, or else the question's factor.
    #[must_use]
    pub fn category(&self) -> String {
        let Some(entry) = self.lead() else { return String::new() };
        entry.reasons.first().cloned().unwrap_or_else(|| self.question(entry).factor().to_owned())
    }

    /// Whether the customer chose a reason for the score that leads the alert.
    #[must_use]
    pub fn has_reason(&self) -> bool {
        self.lead().is_some_and(|entry| !entry.reasons.is_empty())
    }

    fn values(&self) -> Values<'_> {
        let event = self.event;
        Values {
            name: self.name,
            agent: event.agent.name.as_deref(),
            subject: event.subject.title.as_deref(),
            store: event.store.as_deref(),
            brand: self.brand,
            date: None,
        }
    }

    fn question_text(&self, locale: &str, entry: &Entry, caps: Caps) -> String {
        let text = render(self.question(entry).text.get(locale), &self.values(), Escape::Plain);
        escape_html(&cut(&text, caps.text))
    }

    fn score(&self, catalogue: &Catalogue, locale: &str, entry: &Entry, value: i64) -> String {
        score(catalogue, locale, self.question(entry), value)
    }
}

/// The full alert.
#[must_use]
pub fn alert(catalogue: &Catalogue, locale: &str, alert: &Alert<'_>) -> View {
    let mut html = String::new();
    for caps in CAPS {
        html = compose(catalogue, locale, alert, caps);
        if visible_len(&html) <= ROOM {
            return with_buttons(catalogue, locale, alert, html);
        }
    }
    with_buttons(catalogue, locale, alert, fit::lines(&html, ROOM))
}

fn with_buttons(catalogue: &Catalogue, locale: &str, alert: &Alert<'_>, html: String) -> View {
    let rows = alert.case.map(|shown| case::buttons(catalogue, locale, shown)).unwrap_or_default();
    View { rows, ..View::text(html) }
}

/// The score that an alert is about, in words.
#[must_use]
pub fn lead_score(catalogue: &Catalogue, locale: &str, alert: &Alert<'_>) -> Option<String> {
    let entry = alert.lead()?;
    Some(alert.score(catalogue, locale, entry, entry.value?))
}

/// The same with its mark: `🔴 1 из 5`.
#[must_use]
pub fn marked_score(catalogue: &Catalogue, locale: &str, alert: &Alert<'_>) -> Option<String> {
    let entry = alert.lead()?;
    let mark = alert.band(entry).filter(|_| !entry.withdrawn).map_or("⚪", mark);
    Some(format!("{mark} {}", lead_score(catalogue, locale, alert)?))
}

/// The reasons for the score that leads the alert.
#[must_use]
pub fn lead_reasons(locale: &str, alert: &Alert<'_>) -> Option<String> {
    let entry = alert.lead()?;
    Some(reasons(alert, locale, entry, &entry.reasons)).filter(|reasons| !reasons.is_empty())
}

/// The short reply that notifies the chat again when a score had improved and then dropped again.
#[must_use]
pub fn again(catalogue: &Catalogue, locale: &str, alert: &Alert<'_>) -> View {
    let lead = alert.lead().and_then(|entry| Some((entry, entry.value?)));
    let score = lead.map(|(entry, value)| alert.score(catalogue, locale, entry, value)).unwrap_or_default();
    let is_effort = lead.is_some_and(|(entry, _)| alert.question(entry).metric.may_be_turned());
    let id = if is_effort { "alert-again-effort" } else { "alert-again" };
    View::text(catalogue.with(locale, id, &[("score", score.into())]))
}

/// The text that replaces an alert of which nothing may be left; the message `id` says why.
#[must_use]
pub fn gone(catalogue: &Catalogue, locale: &str, id: &str) -> View {
    View::text(catalogue.text(locale, id))
}

/// All answers that count with their reasons and comments, as plain text; `None` if there are none.
#[must_use]
pub fn answers(catalogue: &Catalogue, locale: &str, alert: &Alert<'_>) -> Option<String> {
    let html = others(catalogue, locale, alert, None, CAPS[0]);
    // The heading says "other answers", which it is not for these.
    let (_, lines) = html.split_once('\n')?;
    Some(unescape_html(lines))
}

fn compose(catalogue: &Catalogue, locale: &str, alert: &Alert<'_>, caps: Caps) -> String {
    let lead = alert.lead();
    let head = lead.map(|entry| head(catalogue, locale, alert, entry, caps)).unwrap_or_default();
    let said = lead.map(|entry| entry_text(catalogue, locale, alert, entry, caps)).unwrap_or_default();
    let attachments = if alert.attachments == 0 {
        String::new()
    } else {
        catalogue.with(locale, "alert-attachments", &[("count", alert.attachments.into())])
    };
    let lines: Vec<String> = alert.unshown.iter().map(|one| unshown::line(catalogue, locale, one)).collect();
    let refused = lines.join("\n");
    let others = others(catalogue, locale, alert, lead, caps);
    let details = details::details(catalogue, locale, alert, caps);
    let earlier = details::earlier(catalogue, locale, alert);
    let why = alert.no_chat.map(|why| no_chat(catalogue, locale, why)).unwrap_or_default();
    let state = alert.case.map(|shown| case::head(catalogue, locale, shown)).unwrap_or_default();
    let steps = alert.case.map(|shown| case::lines(catalogue, locale, shown)).unwrap_or_default();
    super::paragraphs([
        state.as_str(),
        head.as_str(),
        &said,
        &attachments,
        &refused,
        &others,
        &details,
        &earlier,
        &steps,
        &why,
    ])
}

/// The mark, the score, the question and the former score.
fn head(catalogue: &Catalogue, locale: &str, alert: &Alert<'_>, entry: &Entry, caps: Caps) -> String {
    let mut lines = Vec::new();
    if alert.test {
        lines.push(catalogue.text(locale, "alert-test"));
    }
    lines.push(format!("<b>{}</b>", title(catalogue, locale, alert, entry)));
    lines.push(format!("<i>{}</i>", alert.question_text(locale, entry, caps)));
    if let (Some(before), Some(after)) = (entry.former, entry.value)
        && before != after
    {
        let values = [
            ("before", alert.score(catalogue, locale, entry, before).into()),
            ("after", alert.score(catalogue, locale, entry, after).into()),
        ];
        let is_effort = alert.question(entry).metric.may_be_turned();
        let id = if is_effort { "alert-changed-effort" } else { "alert-changed" };
        lines.push(catalogue.with(locale, id, &values));
    }
    lines.join("\n")
}

fn title(catalogue: &Catalogue, locale: &str, alert: &Alert<'_>, entry: &Entry) -> String {
    let Some(value) = entry.value.filter(|_| !entry.withdrawn) else {
        return catalogue.text(locale, "alert-title-withdrawn");
    };
    let is_effort = alert.question(entry).metric.may_be_turned();
    let id = match (alert.band(entry), is_effort) {
        (_, false) if !alert.reaches(entry) => "alert-title-better",
        (_, true) if !alert.reaches(entry) => "alert-title-better-effort",
        (Some(Band::Neutral), false) => "alert-title-neutral",
        (Some(Band::Neutral), true) => "alert-title-neutral-effort",
        (_, false) => "alert-title-low",
        (_, true) => "alert-title-low-effort",
    };
    catalogue.with(locale, id, &[("score", alert.score(catalogue, locale, entry, value).into())])
}

const fn mark(band: Band) -> &'static str {
    match band {
        Band::Low => "🔴",
        Band::Neutral => "🟡",
        Band::High => "🟢",
    }
}

/// The customer's reasons and comment for one answer.
fn entry_text(catalogue: &Catalogue, locale: &str, alert: &Alert<'_>, entry: &Entry, caps: Caps) -> String {
    let said = [
        ("alert-reasons", &entry.reasons, "alert-comment", &entry.comment),
        ("alert-reasons-before", &entry.before.reasons, "alert-comment-before", &entry.before.comment),
    ];
    let mut lines = Vec::new();
    for (with_reasons, keys, with_comment, comment) in said {
        let reasons = reasons(alert, locale, entry, keys);
        if !reasons.is_empty() {
            lines.push(catalogue.with(locale, with_reasons, &[("reasons", reasons.into())]));
        }
        if let Some(comment) = comment.as_deref().filter(|comment| !comment.trim().is_empty()) {
            let text = escape_html(&cut(comment, caps.comment));
            lines.push(catalogue.with(locale, with_comment, &[("text", text.into())]));
        }
    }
    lines.join("\n")
}

/// The texts of the given reasons.
fn reasons(alert: &Alert<'_>, locale: &str, entry: &Entry, keys: &[String]) -> String {
    let question = alert.question(entry);
    let all = [&question.low, &question.neutral, &question.high];
    let text = |key: &String| {
        let choice = all.iter().flat_map(|follow_up| &follow_up.reasons).find(|reason| reason.key == *key)?;
        Some(escape_html(&render(choice.text.get(locale), &alert.values(), Escape::Plain)))
    };
    keys.iter().filter_map(text).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
