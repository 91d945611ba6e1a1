//! The post of a case without a survey: somebody asks for a human, or writes, or what the survey said is erased.

use super::cut;
use crate::domain::case::Source;
use crate::domain::direction::isolated;
use crate::domain::event::Subject;
use crate::domain::ids::CaseNumber;
use crate::domain::template::escape_html;
use crate::domain::visible::is_blank;
use crate::i18n::Catalogue;
use crate::view::case::{self, CaseShown};
use crate::view::chats::{NoChat, no_chat};
use crate::view::{View, customer, escape_attribute, paragraphs};

const ROOM: usize = 200;
/// The most customers that are named.
const NAMED: usize = 5;
/// The most characters shown of what a stranger writes.
const SAID: usize = 300;
/// The same in a line of a list.
const SAID_IN_LINE: usize = 120;

/// What is known about the case and the person behind it.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    pub number: CaseNumber,
    pub source: Source,
    /// Whether nobody knows them.
    pub stranger: bool,
    pub test: bool,
    /// The ID and name of each customer that this person is.
    pub customers: &'a [(String, Option<String>)],
    /// From the latest event.
    pub phone: Option<&'a str>,
    /// From the latest event.
    pub subject: Option<&'a Subject>,
    /// Their first name in Telegram.
    pub first_name: Option<&'a str>,
    /// What they have written and the leads have not been shown.
    pub kept: Option<Kept<'a>>,
    /// The case, for a post of its own.
    pub case: Option<&'a CaseShown<'a>>,
    /// Why the message goes to an admin.
    pub no_chat: Option<NoChat<'a>>,
}

/// What waits until a lead takes the case.
#[derive(Clone, Copy, Debug)]
pub struct Kept<'a> {
    /// How many messages.
    pub count: i64,
    /// How many more came that were not kept.
    pub dropped: i64,
    /// The first text.
    pub text: Option<&'a str>,
}

impl Request<'_> {
    /// The person's first name in Telegram, or `?`.
    fn called(&self) -> &str {
        self.first_name.filter(|name| !is_blank(name)).unwrap_or("?")
    }

    const fn title_id(&self) -> &'static str {
        match self.source {
            Source::Message if self.stranger => "alert-title-stranger",
            Source::Message => "alert-title-message",
            Source::Human => "alert-title-human",
            Source::Score => "alert-title-score-erased",
        }
    }

    const fn mark(&self) -> &'static str {
        match self.source {
            Source::Message if self.stranger => "👤",
            Source::Message => "✉️",
            Source::Human => "🙋",
            Source::Score => "🗂",
        }
    }
}

/// The case as one line of a list: `🙋 Анна, C-42 · №1`. Below it, the start of what they said.
pub(super) fn line(catalogue: &Catalogue, locale: &str, request: &Request<'_>) -> String {
    let customers = request.customers.iter().take(NAMED);
    let who: Vec<String> = customers.map(|(id, name)| customer(name.as_deref(), id, str::to_owned)).collect();
    let line = about(request, &cut(&who.join("; "), ROOM), ROOM);
    match request.kept.and_then(|kept| kept.text).filter(|said| !is_blank(said)) {
        Some(said) => {
            let said = escape_html(&cut(&said.replace('\n', " "), SAID_IN_LINE));
            format!("{line}\n{}", catalogue.with(locale, "alert-comment", &[("text", said.into())]))
        }
        None => line,
    }
}

/// The same without what they said, and of several customers only the first. The names have so much room each.
pub(super) fn brief_line(request: &Request<'_>, room: usize) -> String {
    let who =
        request.customers.first().map(|(id, name)| customer(name.as_deref(), id, |part| cut(part, room)));
    about(request, &who.unwrap_or_default(), room)
}

fn about(request: &Request<'_>, customers: &str, room: usize) -> String {
    let who = if customers.is_empty() {
        isolated(&cut(request.called(), room)).into_owned()
    } else {
        customers.to_owned()
    };
    let who = escape_html(&who);
    let subject = request.subject.map(|about| subject(about, room)).unwrap_or_default();
    let parts = [who, subject].into_iter().filter(|part| !part.is_empty());
    let test = if request.test { "🧪 " } else { "" };
    format!("{test}{} {}", request.mark(), parts.collect::<Vec<_>>().join(" · "))
}

/// The order or ticket, with its link.
fn subject(subject: &Subject, room: usize) -> String {
    let Some(title) = subject.title.as_ref().or(subject.id.as_ref()) else { return String::new() };
    let title = escape_html(&isolated(&cut(title, room)));
    match &subject.url {
        Some(url) => format!("<a href=\"{}\">{title}</a>", escape_attribute(url)),
        None => title,
    }
}

#[must_use]
pub fn request(catalogue: &Catalogue, locale: &str, request: &Request<'_>) -> View {
    let state = request.case.map(|shown| case::head(catalogue, locale, shown)).unwrap_or_default();
    let mut title = format!("<b>{}</b>", catalogue.text(locale, request.title_id()));
    if request.test {
        title = format!("{}\n{title}", catalogue.text(locale, "alert-test"));
    }
    let facts = facts(catalogue, locale, request).join("\n");
    let said = kept(catalogue, locale, request);
    let steps = request.case.map(|shown| case::lines(catalogue, locale, shown)).unwrap_or_default();
    let why = request.no_chat.map(|why| no_chat(catalogue, locale, why)).unwrap_or_default();
    let rows = request.case.map(|shown| case::buttons(catalogue, locale, shown)).unwrap_or_default();
    let html = paragraphs([state.as_str(), &title, &facts, &said, &steps, &why]);
    View { rows, ..View::text(html) }
}

fn facts(catalogue: &Catalogue, locale: &str, request: &Request<'_>) -> Vec<String> {
    let mut facts: Vec<String> = Vec::new();
    for (id, name) in request.customers.iter().take(NAMED) {
        let who = escape_html(&customer(name.as_deref(), id, |part| cut(part, ROOM)));
        facts.push(catalogue.with(locale, "alert-customer", &[("customer", who.into())]));
    }
    if request.customers.is_empty() {
        let name = escape_html(&cut(request.called(), ROOM));
        facts.push(catalogue.with(locale, "alert-human-unknown", &[("name", name.into())]));
    }
    let phone = request.phone.map(|phone| escape_html(&cut(phone, ROOM)));
    facts.extend(phone.map(|phone| catalogue.with(locale, "alert-phone", &[("phone", phone.into())])));
    let about = request.subject.map(|about| subject(about, ROOM)).filter(|subject| !subject.is_empty());
    facts.extend(
        about.map(|subject| catalogue.with(locale, "alert-human-about", &[("subject", subject.into())])),
    );
    facts
}

/// How a stranger's words begin, and how many messages wait.
fn kept(catalogue: &Catalogue, locale: &str, request: &Request<'_>) -> String {
    let Some(kept) = request.kept.filter(|_| request.stranger) else { return String::new() };
    let said = kept.text.filter(|text| !is_blank(text)).map(|text| {
        let text = escape_html(&cut(text, SAID));
        catalogue.with(locale, "alert-comment", &[("text", text.into())])
    });
    let count = catalogue.with(locale, "case-line-kept", &[("count", kept.count.into())]);
    let dropped = (kept.dropped > 0)
        .then(|| catalogue.with(locale, "case-line-unkept", &[("count", kept.dropped.into())]));
    said.into_iter().chain([count]).chain(dropped).collect::<Vec<_>>().join("\n")
}
