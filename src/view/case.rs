//! The post of a case: its state line and what else leads should know.

use chrono_tz::Tz;

mod buttons;

pub use buttons::buttons;

use super::callback::{CaseAct, CaseTap, Data};
use super::talk::Unsent;
use super::{Button, language_in, written};
use crate::domain::case::{Cause, Severity, Source, Status};
use crate::domain::ids::CaseNumber;
use crate::domain::template::escape_html;
use crate::domain::time::Timestamp;
use crate::i18n::Catalogue;

/// A case as one chat shows it.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "a flag each for what a line or a button depends on")]
pub struct CaseShown<'a> {
    pub number: CaseNumber,
    pub turn: i64,
    pub status: Status,
    pub source: Source,
    pub severity: Severity,
    /// The name of the owner, or of the lead who resolved it.
    pub lead: Option<&'a str>,
    pub contacted: bool,
    pub contact_due_at: Option<Timestamp>,
    pub resolve_due_at: Option<Timestamp>,
    pub waiting_since: Option<Timestamp>,
    pub resolved_at: Option<Timestamp>,
    pub note: Option<&'a str>,
    pub reopened: i64,
    /// Words came after it was resolved.
    pub afterword: bool,
    /// The scores that came to the case later.
    pub joined: Vec<String>,
    /// How satisfied the customer is with the solution, each time they were asked.
    pub recovery: Vec<String>,
    pub home: Option<Home<'a>>,
    /// What became of the leads' last words to the customer.
    pub last_reply: Option<LastReply<'a>>,
    /// The customer's language, if it is not the chat's.
    pub language: Option<&'a str>,
    /// Whether the customer has blocked the bot.
    pub is_blocked: bool,
    /// Until when what they write is not passed on.
    pub muted_until: Option<Timestamp>,
    /// Whether nobody knew them when the case was opened.
    pub stranger: bool,
    /// Where the company shows the order or ticket.
    pub ticket: Option<&'a str>,
    pub menu: Menu,
    /// What the case is about.
    pub category: &'a str,
    /// What it may be about, with names, if the menu shows that.
    pub categories: &'a [(String, String)],
    pub zone: Tz,
    pub now: Timestamp,
}

/// What became of the leads' last words to the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastReply<'a> {
    pub at: Timestamp,
    pub name: &'a str,
    /// Why it did not arrive.
    pub unsent: Option<Unsent>,
}

/// Where the owner works on a case, for the posts in other chats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home<'a> {
    Chat(&'a str),
    Private,
}

/// Which buttons a post shows. All but the first go back by themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Menu {
    #[default]
    State,
    More,
    /// Nobody has contacted the customer yet, and somebody wants to resolve the case.
    NotContacted,
    Causes,
    /// How the note comes about. `has_reply`: the lead has written to the customer.
    Note {
        cause: Cause,
        has_reply: bool,
    },
    Severities,
    Categories,
}

impl CaseShown<'_> {
    fn at(&self, catalogue: &Catalogue, locale: &str, at: Timestamp) -> String {
        written(&catalogue.text(locale, "case-at"), at, self.zone)
    }

    fn due_at(&self) -> Option<Timestamp> {
        if self.contacted { self.resolve_due_at } else { self.contact_due_at }
    }

    fn button(&self, catalogue: &Catalogue, locale: &str, id: &str, act: CaseAct) -> Button {
        let tap = CaseTap { number: self.number, turn: self.turn, act };
        Button::new(catalogue.text(locale, id), &Data::Case(tap))
    }
}

/// The first lines of a post: who has the case, and until when.
#[must_use]
pub fn head(catalogue: &Catalogue, locale: &str, case: &CaseShown<'_>) -> String {
    let mut lines = vec![state_line(catalogue, locale, case)];
    let is_late = !case.status.is_resolved()
        && !matches!(case.status, Status::Waiting(_))
        && case.due_at().is_some_and(|due| due <= case.now);
    if let (true, Some(due)) = (is_late, case.due_at()) {
        let values = [("at", case.at(catalogue, locale, due).into())];
        lines.push(catalogue.with(locale, "case-line-late", &values));
    }
    if case.reopened > 0 {
        lines.push(reopened(catalogue, locale, case.reopened));
    }
    if case.severity == Severity::Urgent && !case.status.is_resolved() {
        lines.push(format!("❗ {}", catalogue.text(locale, severity_id(Severity::Urgent))));
    }
    if let Some(until) = case.muted_until.filter(|_| !case.status.is_resolved()) {
        let values = [("at", case.at(catalogue, locale, until).into())];
        lines.push(catalogue.with(locale, "case-line-muted", &values));
    }
    if let Some(language) = case.language {
        let values = [("language", language_in(catalogue, locale, language).into())];
        lines.push(catalogue.with(locale, "case-line-language", &values));
    }
    lines.join("\n")
}

fn state_line(catalogue: &Catalogue, locale: &str, case: &CaseShown<'_>) -> String {
    // A number for a person's eye has no separators.
    let number = case.number.to_string();
    let lead = case.lead.map(escape_html);
    let at = |at: Option<Timestamp>| at.map(|at| case.at(catalogue, locale, at)).unwrap_or_default();
    let (id, at) = match case.status {
        Status::Open if case.contacted => ("case-line-open-contacted", at(case.resolve_due_at)),
        Status::Open => ("case-line-open", at(case.contact_due_at)),
        Status::Taken(_) if case.contacted => ("case-line-talking", at(case.resolve_due_at)),
        Status::Taken(_) => ("case-line-taken", at(case.contact_due_at)),
        Status::Waiting(_) => ("case-line-waiting", at(case.waiting_since)),
        Status::Resolved(_) if lead.is_some() => ("case-line-resolved", at(case.resolved_at)),
        Status::Resolved(_) => ("case-line-resolved-auto", at(case.resolved_at)),
    };
    let mut values = vec![("n", number.into()), ("at", at.into())];
    if let Some(lead) = lead.filter(|_| case.status != Status::Open) {
        values.push(("name", lead.into()));
    }
    if let Status::Resolved(cause) = case.status {
        values.push(("cause", catalogue.text(locale, cause_id(cause)).into()));
    }
    catalogue.with(locale, id, &values)
}

/// The last lines of a post.
#[must_use]
pub fn lines(catalogue: &Catalogue, locale: &str, case: &CaseShown<'_>) -> String {
    let mut lines = Vec::new();
    for score in &case.joined {
        lines.push(catalogue.with(locale, "case-line-joined", &[("score", score.as_str().into())]));
    }
    lines.extend(case.last_reply.map(|reply| reply_line(catalogue, locale, case, reply)));
    if case.is_blocked {
        lines.push(catalogue.text(locale, "case-line-blocked"));
    }
    if let Some(note) = case.note.filter(|_| case.status.is_resolved()) {
        lines.push(catalogue.with(locale, "case-line-note", &[("note", escape_html(note).into())]));
    }
    for score in &case.recovery {
        lines.push(catalogue.with(locale, "case-line-recovery", &[("score", score.as_str().into())]));
    }
    if case.afterword {
        lines.push(catalogue.text(locale, "case-line-after"));
    }
    match case.home {
        Some(Home::Chat(title)) => {
            lines.push(catalogue.with(locale, "case-line-home", &[("chat", escape_html(title).into())]));
        }
        Some(Home::Private) => {
            let name = case.lead.map(escape_html).unwrap_or_default();
            lines.push(catalogue.with(locale, "case-line-home-private", &[("name", name.into())]));
        }
        None => {}
    }
    lines.join("\n")
}

fn reply_line(catalogue: &Catalogue, locale: &str, case: &CaseShown<'_>, reply: LastReply<'_>) -> String {
    let at = ("at", case.at(catalogue, locale, reply.at).into());
    match reply.unsent {
        None => {
            let name = ("name", escape_html(reply.name).into());
            catalogue.with(locale, "case-line-replied", &[at, name])
        }
        Some(why) => {
            let reason = catalogue.text(locale, why.reason_id());
            catalogue.with(locale, "case-line-unsent", &[at, ("reason", reason.into())])
        }
    }
}

/// The numbers of several cases, as they stand in a sentence.
#[must_use]
pub fn numbers(catalogue: &Catalogue, locale: &str, cases: &[CaseNumber]) -> String {
    let number =
        |number: &CaseNumber| catalogue.with(locale, "case-number", &[("n", number.to_string().into())]);
    cases.iter().map(number).collect::<Vec<_>>().join(", ")
}

/// Tells a customer what becomes of their unresolved cases. It is empty if there are none.
#[must_use]
pub fn meanwhile(catalogue: &Catalogue, locale: &str, id: &str, cases: &[CaseNumber]) -> String {
    if cases.is_empty() {
        return String::new();
    }
    let values = [("count", cases.len().into()), ("numbers", numbers(catalogue, locale, cases).into())];
    catalogue.with(locale, id, &values)
}

/// The line that tells the chats about a further bad score.
#[must_use]
pub fn joined(catalogue: &Catalogue, locale: &str, score: &str) -> String {
    catalogue.with(locale, "case-line-joined", &[("score", score.into())])
}

/// How many times the case was opened again.
#[must_use]
pub fn reopened(catalogue: &Catalogue, locale: &str, count: i64) -> String {
    catalogue.with(locale, "case-line-reopened", &[("count", count.into())])
}

/// The question for a note, to the lead who resolves the case.
#[must_use]
pub fn ask_note(catalogue: &Catalogue, locale: &str, mention: &str, number: CaseNumber) -> String {
    let values = [("mention", mention.into()), ("n", number.to_string().into())];
    catalogue.with(locale, "ask-note", &values)
}

/// The toast for a lead who asks for the card of a case that stands in the chat already.
#[must_use]
pub fn toast_card(catalogue: &Catalogue, locale: &str, number: CaseNumber, is_below: bool) -> String {
    let id = if is_below { "toast-card-below" } else { "toast-card-above" };
    catalogue.with(locale, id, &[("n", number.to_string().into())])
}

/// The toast for a lead who mutes a customer.
#[must_use]
pub fn toast_muted(catalogue: &Catalogue, locale: &str, until: Timestamp, zone: Tz) -> String {
    let at = written(&catalogue.text(locale, "case-at"), until, zone);
    catalogue.with(locale, "toast-muted", &[("at", at.into())])
}

/// A toast that names a lead.
#[must_use]
pub fn toast_about(catalogue: &Catalogue, locale: &str, id: &str, name: &str) -> String {
    catalogue.with(locale, id, &[("name", name.into())])
}

#[must_use]
pub const fn cause_id(cause: Cause) -> &'static str {
    match cause {
        Cause::AgentKnowledge => "cause-agent_knowledge",
        Cause::AgentManner => "cause-agent_manner",
        Cause::Procedure => "cause-procedure",
        Cause::Template => "cause-template",
        Cause::Product => "cause-product",
        Cause::Delivery => "cause-delivery",
        Cause::Other => "cause-other",
        Cause::Unfounded => "cause-unfounded",
        Cause::NoReplyNeeded => "cause-none",
        Cause::Corrected => "cause-corrected",
        Cause::NoAnswer => "cause-no_answer",
        Cause::Erased => "cause-erased",
        Cause::Test => "cause-test",
    }
}

#[must_use]
pub const fn severity_id(severity: Severity) -> &'static str {
    match severity {
        Severity::Minor => "severity-minor",
        Severity::Normal => "severity-normal",
        Severity::Urgent => "severity-urgent",
    }
}
