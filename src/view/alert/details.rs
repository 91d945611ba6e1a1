//! The details of an alert: the customer, the subject, the time, the agent, the wait, and earlier answers.

use std::time::Duration;

use super::score::brief;
use super::{Alert, Caps, Earlier, cut};
use crate::domain::direction::isolated;
use crate::domain::event::Family;
use crate::domain::naming::stated_name;
use crate::domain::template::escape_html;
use crate::i18n::Catalogue;
use crate::view::{capitalised, day, moment, side_by_side};

pub(super) fn details(catalogue: &Catalogue, locale: &str, alert: &Alert<'_>, caps: Caps) -> String {
    let event = alert.event;
    let room = caps.text;
    let named = |id: &str, variable: &str, value: String| {
        (!value.is_empty()).then(|| catalogue.with(locale, id, &[(variable, value.into())]))
    };
    let plain = |value: Option<&str>| value.map(|value| escape_html(&cut(value, room))).unwrap_or_default();
    let agent = plain(event.agent.name.as_deref().and_then(stated_name).or(event.agent.id.as_deref()));
    let title = alert.script.title.get(locale);
    let lines = [
        named("alert-customer", "customer", customer(alert, caps)),
        named("alert-phone", "phone", plain(event.customer.phone.as_deref())),
        Some(subject(alert, caps)),
        Some(when(catalogue, locale, alert)),
        named("alert-agent", "agent", agent),
        named("alert-team", "team", plain(event.agent.team.as_deref())),
        named("alert-automation", "automation", plain(event.automation.as_deref())),
        named("alert-place-store", "store", plain(event.store.as_deref())),
        named("alert-channel", "channel", plain(event.channel.as_deref())),
        named("alert-tags", "tags", escape_html(&cut(&list(&event.tags), room))),
        Some(waiting(catalogue, locale, alert)),
        named("alert-script", "title", escape_html(&cut(title, room))),
    ];
    lines.into_iter().flatten().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The customer's name, ID and segment: `Анна, C-42 (gold)`.
pub(super) fn customer(alert: &Alert<'_>, caps: Caps) -> String {
    let customer = &alert.event.customer;
    let mut text = crate::view::customer(alert.name, &customer.id, |part| cut(part, caps.text));
    if !customer.segments.is_empty() {
        text = format!("{text} ({})", isolated(&cut(&list(&customer.segments), caps.text)));
    }
    escape_html(&text)
}

/// Joins words with commas.
fn list(words: &[String]) -> String {
    side_by_side(words.iter().map(String::as_str), ", ")
}

/// The order or ticket, with its link.
pub(super) fn subject(alert: &Alert<'_>, caps: Caps) -> String {
    let subject = &alert.event.subject;
    let Some(title) = subject.title.as_ref().or(subject.id.as_ref()) else { return String::new() };
    let title = escape_html(&isolated(&cut(title, caps.text)));
    match &subject.url {
        Some(url) => format!("<a href=\"{}\">{title}</a>", crate::view::escape_attribute(url)),
        None => title,
    }
}

/// When the event that the survey asks about happened: the answer may come days later.
fn when(catalogue: &Catalogue, locale: &str, alert: &Alert<'_>) -> String {
    let id = match alert.event.kind.family() {
        Family::Purchase => "alert-when-purchase",
        Family::Ticket => "alert-when-ticket",
        Family::Case => "alert-when-case",
    };
    let at = moment(catalogue, locale, alert.event.occurred_at, alert.zone);
    catalogue.with(locale, id, &[("at", at.into())])
}

/// How long the customer waited, and the other metrics that the company's systems reported.
fn waiting(catalogue: &Catalogue, locale: &str, alert: &Alert<'_>) -> String {
    let metrics = &alert.event.metrics;
    let time = |id: &str, seconds: Option<i64>| {
        let time = duration(catalogue, locale, u64::try_from(seconds?).ok()?);
        Some(catalogue.with(locale, id, &[("time", time.into())]))
    };
    let count = |id: &str, count: Option<i64>| Some(catalogue.with(locale, id, &[("count", count?.into())]));
    let parts = [
        time("alert-first-response", metrics.first_response_s),
        time("alert-resolution", metrics.resolution_s),
        count("alert-messages", metrics.messages),
        count("alert-reopened", metrics.reopened.filter(|times| *times > 0)),
        (metrics.sla_breached == Some(true)).then(|| catalogue.text(locale, "alert-sla")),
        (metrics.first_contact_resolution == Some(false))
            .then(|| catalogue.text(locale, "alert-not-at-once")),
    ];
    capitalised(&parts.into_iter().flatten().collect::<Vec<_>>().join(" · "))
}

/// A duration in its two largest units: `1 ч 30 мин`.
pub(in crate::view) fn duration(catalogue: &Catalogue, locale: &str, seconds: u64) -> String {
    let duration = Duration::from_secs(seconds);
    let (days, hours) = (duration.as_secs() / 86_400, duration.as_secs() / 3600 % 24);
    let (minutes, seconds) = (duration.as_secs() / 60 % 60, duration.as_secs() % 60);
    let (id, values) = match (days, hours, minutes) {
        (1.., ..) => ("alert-duration-days", vec![("days", days.into()), ("hours", hours.into())]),
        (0, 1.., _) => ("alert-duration-hours", vec![("hours", hours.into()), ("minutes", minutes.into())]),
        (0, 0, 1..) => {
            ("alert-duration-minutes", vec![("minutes", minutes.into()), ("seconds", seconds.into())])
        }
        _ => ("alert-duration-seconds", vec![("seconds", seconds.into())]),
    };
    catalogue.with(locale, id, &values)
}

/// This customer's earlier answers: `21.10.2026: 9/10, 8/10`.
pub(super) fn earlier(catalogue: &Catalogue, locale: &str, alert: &Alert<'_>) -> String {
    if alert.earlier.is_empty() {
        return String::new();
    }
    let scores = |earlier: &Earlier| {
        let scores: Vec<String> =
            earlier.scores.iter().map(|score| brief(catalogue, locale, *score)).collect();
        format!("{}: {}", day(catalogue, locale, earlier.at, alert.zone), scores.join(", "))
    };
    let all = alert.earlier.iter().map(scores).collect::<Vec<_>>().join("; ");
    catalogue.with(locale, "alert-earlier", &[("scores", all.into())])
}
