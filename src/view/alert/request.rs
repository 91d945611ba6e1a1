//! A customer who asks for a human.

use super::cut;
use crate::domain::direction::isolated;
use crate::domain::event::Subject;
use crate::domain::template::escape_html;
use crate::domain::visible::is_blank;
use crate::i18n::Catalogue;
use crate::view::chats::{NoChat, no_chat};
use crate::view::{View, customer, escape_attribute, paragraphs};

const ROOM: usize = 200;
/// The most customers that are named.
const NAMED: usize = 5;

/// What is known about the person who asks.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The ID and name of each customer that this person is.
    pub customers: &'a [(String, Option<String>)],
    /// From the latest event.
    pub phone: Option<&'a str>,
    /// From the latest event.
    pub subject: Option<&'a Subject>,
    /// Their first name in Telegram.
    pub first_name: Option<&'a str>,
    /// How many messages they have written since; 0 if the number is not shown.
    pub messages: usize,
    /// Why the message goes to an admin.
    pub no_chat: Option<NoChat<'a>>,
}

impl Request<'_> {
    /// The person's first name in Telegram, or `?`.
    fn called(&self) -> &str {
        self.first_name.filter(|name| !is_blank(name)).unwrap_or("?")
    }
}

/// The request as one line of a list: `🙋 Анна, C-42 · №1`.
pub(super) fn line(request: &Request<'_>) -> String {
    let customers = request.customers.iter().take(NAMED);
    let mut who: Vec<String> =
        customers.map(|(id, name)| customer(name.as_deref(), id, str::to_owned)).collect();
    if who.is_empty() {
        who.push(isolated(request.called()).into_owned());
    }
    let who = escape_html(&cut(&who.join("; "), ROOM));
    let subject = request.subject.map(subject).unwrap_or_default();
    let parts = [who, subject].into_iter().filter(|part| !part.is_empty());
    format!("🙋 {}", parts.collect::<Vec<_>>().join(" · "))
}

/// The order or ticket, with its link.
fn subject(subject: &Subject) -> String {
    let Some(title) = subject.title.as_ref().or(subject.id.as_ref()) else { return String::new() };
    let title = escape_html(&isolated(&cut(title, ROOM)));
    match &subject.url {
        Some(url) => format!("<a href=\"{}\">{title}</a>", escape_attribute(url)),
        None => title,
    }
}

#[must_use]
pub fn request(catalogue: &Catalogue, locale: &str, request: &Request<'_>) -> View {
    let title = format!("<b>{}</b>", catalogue.text(locale, "alert-human"));
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
    let about = request.subject.map(subject).filter(|subject| !subject.is_empty());
    facts.extend(
        about.map(|subject| catalogue.with(locale, "alert-human-about", &[("subject", subject.into())])),
    );
    let count = (request.messages > 0)
        .then(|| catalogue.with(locale, "alert-human-messages", &[("count", request.messages.into())]));
    let hint = format!("<i>{}</i>", catalogue.text(locale, "alert-human-hint"));
    let count = count.unwrap_or_default();
    let why = request.no_chat.map(|why| no_chat(catalogue, locale, why)).unwrap_or_default();
    View::text(paragraphs([title.as_str(), &facts.join("\n"), &count, &hint, &why]))
}
