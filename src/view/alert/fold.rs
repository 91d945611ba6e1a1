//! One message that counts and lists many alerts: a group takes few messages a minute.

use super::fit::{cut, visible_len};
use super::{Alert, Band, Caps, ROOM, Request, details, request};
use crate::domain::direction::isolated;
use crate::domain::naming::stated_name;
use crate::domain::template::escape_html;
use crate::i18n::Catalogue;
use crate::view::View;

const CAPS: Caps = Caps { comment: 120, text: 60 };

/// What a fold lists.
#[derive(Clone, Debug)]
pub struct Folded<'a> {
    pub scores: usize,
    pub requests: usize,
    /// Nobody knows those who ask.
    pub strangers: bool,
    /// Newest first; not all need be among them.
    pub newest: Vec<Line<'a>>,
}

/// One of those that are listed.
#[derive(Clone, Debug)]
pub enum Line<'a> {
    Score(Alert<'a>),
    Request(Request<'a>),
}

#[must_use]
pub fn fold(catalogue: &Catalogue, locale: &str, folded: &Folded<'_>) -> View {
    let title = |id: &str, count: usize| {
        (count > 0).then(|| format!("<b>{}</b>", catalogue.with(locale, id, &[("count", count.into())])))
    };
    let asking = if folded.strangers { "alert-fold-strangers" } else { "alert-fold-requests" };
    let titles = [title("alert-fold-title", folded.scores), title(asking, folded.requests)];
    let hint = catalogue.text(locale, "alert-fold-hint");
    let mut html = titles.into_iter().flatten().chain([hint]).collect::<Vec<_>>().join("\n");
    let mut room = ROOM - visible_len(&html) - 100;
    let mut listed = 0;
    for entry in &folded.newest {
        let line = match entry {
            Line::Score(alert) => line(catalogue, locale, alert),
            Line::Request(request) => request::line(request),
        };
        let needed = visible_len(&line) + 2;
        if needed > room {
            break;
        }
        room -= needed;
        listed += 1;
        html.push_str("\n\n");
        html.push_str(&line);
    }
    let rest = (folded.scores + folded.requests).saturating_sub(listed);
    if rest > 0 {
        html.push_str("\n\n");
        html.push_str(&catalogue.with(locale, "alert-fold-rest", &[("count", rest.into())]));
    }
    View::text(html)
}

/// Score, customer, order and agent; under them the first words of the comment.
fn line(catalogue: &Catalogue, locale: &str, alert: &Alert<'_>) -> String {
    let lead = alert.lead();
    let scored = lead.and_then(|entry| Some((entry, entry.value?)));
    let score = scored.map(|(entry, value)| {
        let mark = match alert.band(entry) {
            _ if entry.withdrawn => "⚪",
            Some(Band::Low) => "🔴",
            Some(Band::Neutral) => "🟡",
            _ => "🟢",
        };
        format!("{mark} <b>{}</b>", alert.score(catalogue, locale, entry, value))
    });
    let test = alert.test.then(|| catalogue.text(locale, "alert-test"));
    let agent = alert.event.agent.name.as_deref().and_then(stated_name);
    let agent = agent.map(|name| escape_html(&isolated(&cut(name, CAPS.text))));
    let facts =
        [test, score, Some(details::customer(alert, CAPS)), Some(details::subject(alert, CAPS)), agent];
    let facts: Vec<String> = facts.into_iter().flatten().filter(|fact| !fact.is_empty()).collect();
    let comment = lead.and_then(|entry| entry.comment.as_deref()).unwrap_or_default().replace('\n', " ");
    let mut line = facts.join(" · ");
    if !comment.trim().is_empty() {
        let comment = escape_html(&cut(&comment, CAPS.comment));
        line.push('\n');
        line.push_str(&catalogue.with(locale, "alert-comment", &[("text", comment.into())]));
    }
    line
}
