//! A customer who asks for a human.

use super::cut;
use crate::domain::event::Subject;
use crate::domain::template::escape_html;
use crate::i18n::Catalogue;
use crate::view::{View, escape_attribute, paragraphs};

const ROOM: usize = 200;
/// More customers than these are not named.
const NAMED: usize = 5;

/// What is known of whoever asks.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The customers that the person is: ID and name.
    pub customers: &'a [(String, Option<String>)],
    /// Of the latest event.
    pub subject: Option<&'a Subject>,
    /// In Telegram.
    pub first_name: Option<&'a str>,
}

#[must_use]
pub fn request(catalogue: &Catalogue, locale: &str, request: &Request<'_>) -> View {
    let title = format!("<b>{}</b>", catalogue.text(locale, "alert-human"));
    let mut facts: Vec<String> = Vec::new();
    for (id, name) in request.customers.iter().take(NAMED) {
        let who = name.iter().map(String::as_str).chain([id.as_str()]).map(|part| cut(part, ROOM));
        let who = escape_html(&who.collect::<Vec<_>>().join(", "));
        facts.push(catalogue.with(locale, "alert-customer", &[("customer", who.into())]));
    }
    if request.customers.is_empty() {
        let name = escape_html(&cut(request.first_name.unwrap_or("?"), ROOM));
        facts.push(catalogue.with(locale, "alert-human-unknown", &[("name", name.into())]));
    }
    if let Some(subject) = request.subject
        && let Some(title) = subject.title.as_ref().or(subject.id.as_ref())
    {
        let title = escape_html(&cut(title, ROOM));
        let title = match &subject.url {
            Some(url) => format!("<a href=\"{}\">{title}</a>", escape_attribute(url)),
            None => title,
        };
        facts.push(catalogue.with(locale, "alert-human-about", &[("subject", title.into())]));
    }
    let hint = format!("<i>{}</i>", catalogue.text(locale, "alert-human-hint"));
    View::text(paragraphs([title.as_str(), &facts.join("\n"), &hint]))
}
