//! One message that counts and lists many alerts, because Telegram lets a bot send only a few messages a minute to a
//! group.

use super::fit::{cut, visible_len};
use super::score::brief;
use super::{Alert, Caps, Entry, ROOM, Request, ScoreOnScale, details, mark, reasons, request};
use crate::domain::direction::isolated;
use crate::domain::ids::CaseNumber;
use crate::domain::naming::stated_name;
use crate::domain::template::escape_html;
use crate::i18n::Catalogue;
use crate::view::callback::{Data, WordsAct};
use crate::view::chats::{NoChat, no_chat};
use crate::view::{self, Button, View, capitalised};

const CAPS: Caps = Caps { comment: 120, text: 60 };

/// How many buttons with numbers stand in a row, and below a message.
const BUTTONS_IN_ROW: usize = 6;
const MOST_BUTTONS: usize = 12;
/// How long a name or a title in a brief line may be: the first that leaves room for the lines to come.
const BRIEF_NAMES: [usize; 4] = [40, 20, 10, 4];
/// The room kept for each line that is still to come. The briefest line fits.
const BRIEF: usize = 94;

/// The contents of a fold.
#[derive(Clone, Debug)]
pub struct Folded<'a> {
    pub scores: usize,
    /// How many of the scores are still bad; the others were corrected.
    pub bad: usize,
    /// Cases that no score opened.
    pub others: usize,
    /// Whether these are of people who are not known as customers.
    pub strangers: bool,
    /// Whether they came while the bot could not write to the chat.
    pub missed: bool,
    /// Newest first; need not be complete.
    pub newest: Vec<Line<'a>>,
    /// Why the message goes to an admin.
    pub no_chat: Option<NoChat<'a>>,
}

/// How a case stands, for its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing<'a> {
    pub number: CaseNumber,
    /// The owner's name.
    pub owner: Option<&'a str>,
    pub is_resolved: bool,
}

impl Standing<'_> {
    /// What stands at the end of the line; nothing while nobody has the case. The name has so much room.
    fn state(&self, catalogue: &Catalogue, locale: &str, room: usize) -> Option<String> {
        if self.is_resolved {
            return Some("✅".to_owned());
        }
        let name = escape_html(&cut(self.owner?, room));
        Some(catalogue.with(locale, "alert-fold-owner", &[("name", name.into())]))
    }
}

/// One item in the list.
#[derive(Clone, Debug)]
pub enum Line<'a> {
    /// A score from before there were cases has none.
    Score(Alert<'a>, Option<Standing<'a>>),
    Other(Request<'a>, Standing<'a>),
}

impl Line<'_> {
    const fn standing(&self) -> Option<&Standing<'_>> {
        match self {
            Self::Score(_, standing) => standing.as_ref(),
            Self::Other(_, standing) => Some(standing),
        }
    }

    fn number(&self) -> Option<CaseNumber> {
        self.standing().map(|standing| standing.number)
    }

    fn whole(&self, catalogue: &Catalogue, locale: &str) -> String {
        let line = match self {
            Self::Score(alert, _) => line(catalogue, locale, alert),
            Self::Other(request, _) => request::line(catalogue, locale, request),
        };
        self.standing_in(catalogue, locale, line, CAPS.text)
    }

    /// Who it is and about what, without what they said.
    fn brief(&self, catalogue: &Catalogue, locale: &str, room: usize) -> String {
        let line = match self {
            Self::Score(alert, _) => brief_line(catalogue, locale, alert, room),
            Self::Other(request, _) => request::brief_line(request, room),
        };
        self.standing_in(catalogue, locale, line, room)
    }

    /// The line with the number and the state of its case. What was said follows in lines of its own.
    fn standing_in(&self, catalogue: &Catalogue, locale: &str, line: String, room: usize) -> String {
        let Some(standing) = self.standing() else { return line };
        let (facts, said) = line.split_at(line.find('\n').unwrap_or(line.len()));
        let number = case_number(catalogue, locale, standing.number);
        let state = standing.state(catalogue, locale, room);
        format!("{}{said}", joined([Some(number), Some(facts.to_owned()), state]))
    }
}

#[must_use]
pub fn fold(catalogue: &Catalogue, locale: &str, folded: &Folded<'_>) -> View {
    let title = |id: &str, count: usize| {
        (count > 0).then(|| format!("<b>{}</b>", catalogue.with(locale, id, &[("count", count.into())])))
    };
    let asking = if folded.strangers { "alert-fold-strangers" } else { "alert-fold-others" };
    let better = folded.scores.saturating_sub(folded.bad);
    let titles = if folded.missed {
        [title("alert-fold-missed", folded.scores + folded.others), None, None]
    } else {
        [
            title("alert-fold-title", folded.bad),
            title("alert-fold-better", better),
            title(asking, folded.others),
        ]
    };
    let hint = catalogue.text(locale, if folded.missed { "alert-fold-latest" } else { "alert-fold-hint" });
    let mut html = titles.into_iter().flatten().chain([hint]).collect::<Vec<_>>().join("\n");
    let why = folded.no_chat.map(|why| no_chat(catalogue, locale, why)).unwrap_or_default();
    let mut room = ROOM - visible_len(&html) - visible_len(&why) - 100;
    let mut listed = 0;
    for (place, entry) in folded.newest.iter().enumerate() {
        let own = room.saturating_sub((folded.newest.len() - place - 1) * BRIEF);
        let mut line = entry.whole(catalogue, locale);
        for names in BRIEF_NAMES {
            if visible_len(&line) + 2 <= own {
                break;
            }
            line = entry.brief(catalogue, locale, names);
        }
        let needed = visible_len(&line) + 2;
        if needed > room {
            break;
        }
        room -= needed;
        listed += 1;
        html.push_str("\n\n");
        html.push_str(&line);
    }
    let rest = (folded.scores + folded.others).saturating_sub(listed);
    if rest > 0 {
        html.push_str("\n\n");
        html.push_str(&catalogue.with(locale, "alert-fold-rest", &[("count", rest.into())]));
    }
    let shown = folded.newest.iter().take(listed.min(MOST_BUTTONS)).filter_map(Line::number);
    let buttons: Vec<Button> = shown.map(|number| button(catalogue, locale, number)).collect();
    let view = View::text(view::paragraphs([html.as_str(), &why]));
    buttons.chunks(BUTTONS_IN_ROW).fold(view, |view, row| view.row(row.to_vec()))
}

/// Posts the case as a message of its own.
fn button(catalogue: &Catalogue, locale: &str, number: CaseNumber) -> Button {
    Button::new(case_number(catalogue, locale, number), &Data::Words(WordsAct::Card(number)))
}

fn case_number(catalogue: &Catalogue, locale: &str, number: CaseNumber) -> String {
    capitalised(&catalogue.with(locale, "case-number", &[("n", number.to_string().into())]))
}

/// Score, customer, order, agent and number of files. Below them, the question with the reasons and the start of the
/// comment.
fn line(catalogue: &Catalogue, locale: &str, alert: &Alert<'_>) -> String {
    let lead = alert.lead();
    let test = alert.test.then(|| catalogue.text(locale, "alert-test"));
    let agent = alert.event.agent.name.as_deref().and_then(stated_name);
    let agent = agent.map(|name| escape_html(&isolated(&cut(name, CAPS.text))));
    let files = (alert.attachments > 0).then(|| format!("📎 {}", alert.attachments));
    let (customer, subject) = (details::customer(alert, CAPS), details::subject(alert, CAPS));
    let score = score(alert, |entry, value| Some(alert.score(catalogue, locale, entry, value)));
    let facts = [test, score, Some(customer), Some(subject), agent, files];
    let (id, comment) = match lead.map(|entry| (&entry.comment, &entry.before.comment)) {
        Some((Some(comment), _)) => ("alert-comment", comment.replace('\n', " ")),
        Some((None, Some(comment))) => ("alert-comment-before", comment.replace('\n', " ")),
        _ => ("alert-comment", String::new()),
    };
    let mut line = joined(facts);
    if let Some(entry) = lead {
        let about = format!("<i>{}</i>", alert.question_text(locale, entry, CAPS));
        let reasons = reasons(alert, locale, entry, &entry.reasons);
        let parts = [about, reasons].into_iter().filter(|part| !part.is_empty());
        line.push('\n');
        line.push_str(&parts.collect::<Vec<_>>().join(" — "));
    }
    if !comment.trim().is_empty() {
        let comment = escape_html(&cut(&comment, CAPS.comment));
        line.push('\n');
        line.push_str(&catalogue.with(locale, id, &[("text", comment.into())]));
    }
    line
}

/// Score, customer and order.
fn brief_line(catalogue: &Catalogue, locale: &str, alert: &Alert<'_>, room: usize) -> String {
    let test = alert.test.then(|| "🧪".to_owned());
    let customer = view::customer(alert.name, &alert.event.customer.id, |part| cut(part, room));
    let subject = details::subject(alert, Caps { comment: 0, text: room });
    let score = score(alert, |entry, value| {
        ScoreOnScale::of(alert.question(entry), value).map(|score| brief(catalogue, locale, score))
    });
    joined([test, score, Some(escape_html(&customer)), Some(subject)])
}

/// The worst score, which `written` puts in words, with its mark.
fn score(alert: &Alert<'_>, written: impl Fn(&Entry, i64) -> Option<String>) -> Option<String> {
    let entry = alert.lead()?;
    let written = written(entry, entry.value?)?;
    let mark = alert.band(entry).filter(|_| !entry.withdrawn).map_or("⚪", mark);
    Some(format!("{mark} <b>{written}</b>"))
}

fn joined(facts: impl IntoIterator<Item = Option<String>>) -> String {
    facts.into_iter().flatten().filter(|fact| !fact.is_empty()).collect::<Vec<_>>().join(" · ")
}
