//! `/cases`: the list of cases.

use chrono_tz::Tz;

use super::callback::{CasesAct, Data, Tab};
use super::{Button, View, customer, paragraphs, written};
use crate::domain::case::{Severity, Source, StatusName};
use crate::domain::direction::isolated;
use crate::domain::ids::CaseNumber;
use crate::domain::template::escape_html;
use crate::domain::time::Timestamp;
use crate::domain::visible::is_blank;
use crate::i18n::Catalogue;
use crate::store::cases::{CaseCounts, ListedCase, Muted};

/// Rows of a page.
pub const PAGE: i64 = 8;
/// Buttons with numbers in one row.
const NUMBERS: usize = 4;
/// The most characters of a customer's name.
const NAME: usize = 24;

const fn tab_id(tab: Tab) -> &'static str {
    match tab {
        Tab::All => "cases-all",
        Tab::Mine => "cases-mine",
        Tab::Free => "cases-free",
        Tab::Late => "cases-late",
        Tab::Closed => "cases-closed",
    }
}

/// A page of the list.
#[derive(Clone, Debug)]
pub struct List<'a> {
    pub counts: CaseCounts,
    pub tab: Tab,
    pub page: i64,
    pub pages: i64,
    pub rows: &'a [Row<'a>],
    pub is_admin: bool,
    pub zone: Tz,
    pub now: Timestamp,
}

/// A case with what its row says of it.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    pub case: &'a ListedCase,
    /// The name of its owner, or of the lead who resolved it.
    pub owner: Option<String>,
    /// The score that opened it, with its mark.
    pub score: Option<String>,
}

/// The list: a row a case, a button a number.
#[must_use]
pub fn list(catalogue: &Catalogue, locale: &str, list: &List<'_>) -> View {
    let rows: Vec<String> = list.rows.iter().map(|one| row(catalogue, locale, list, one)).collect();
    let rows = match (rows.is_empty(), list.tab) {
        (true, Tab::All) => catalogue.text(locale, "cases-empty"),
        (true, _) => catalogue.text(locale, "cases-nothing"),
        _ => rows.join("\n"),
    };
    let mut view = View::text(paragraphs([title(catalogue, locale, list.counts).as_str(), &rows]));
    for numbers in list.rows.chunks(NUMBERS) {
        let button = |row: &Row<'_>| {
            let number = row.case.number;
            Button::new(format!("№{number}"), &Data::Cases(CasesAct::Card(number)))
        };
        view = view.row(numbers.iter().map(button));
    }
    let turn = |text: &str, page: i64| Button::new(text, &Data::Cases(CasesAct::Page(list.tab, page)));
    let back = (list.page > 0).then(|| turn("‹", list.page - 1));
    let on = (list.page + 1 < list.pages).then(|| turn("›", list.page + 1));
    view = view.row(back.into_iter().chain(on));
    let tab = |tab: Tab| {
        let text = catalogue.text(locale, tab_id(tab));
        let text = if tab == list.tab { format!("✓ {text}") } else { text };
        Button::new(text, &Data::Cases(CasesAct::Page(tab, 0)))
    };
    view = view.row(Tab::ALL[..3].iter().copied().map(tab)).row(Tab::ALL[3..].iter().copied().map(tab));
    if list.is_admin {
        let button = |id: &str, act| Button::new(catalogue.text(locale, id), &Data::Cases(act));
        view =
            view.row([button("cases-settings", CasesAct::Settings), button("cases-muted", CasesAct::Muted)]);
    }
    view
}

/// The people who are muted, a button each that undoes it.
#[must_use]
pub fn muted(catalogue: &Catalogue, locale: &str, muted: &[Muted], zone: Tz) -> View {
    let id = if muted.is_empty() { "cases-muted-nobody" } else { "cases-muted-title" };
    let mut view = View::text(catalogue.text(locale, id));
    for muted in muted {
        let who = muted.first_name.as_deref().unwrap_or("?").chars().take(NAME).collect::<String>();
        let at = written(&catalogue.text(locale, "case-at"), muted.muted_until, zone);
        let text = catalogue.with(locale, "cases-muted-until", &[("who", who.into()), ("at", at.into())]);
        view = view.row([Button::new(text, &Data::Cases(CasesAct::Unmute(muted.person)))]);
    }
    view.row([Button::new(catalogue.text(locale, "cases-back"), &Data::Cases(CasesAct::Page(Tab::All, 0)))])
}

/// How many cases there are.
#[must_use]
pub fn title(catalogue: &Catalogue, locale: &str, counts: CaseCounts) -> String {
    let values = [("open", counts.open.into()), ("late", counts.overdue.into())];
    catalogue.with(locale, "cases-title", &values)
}

/// The same in a group, with the way to the list.
#[must_use]
pub fn in_group(catalogue: &Catalogue, locale: &str, counts: CaseCounts) -> View {
    let values = [("open", counts.open.into()), ("late", counts.overdue.into())];
    View::text(catalogue.with(locale, "cases-group", &values))
}

fn row(catalogue: &Catalogue, locale: &str, list: &List<'_>, row: &Row<'_>) -> String {
    let case = row.case;
    let is_resolved = case.status == StatusName::Resolved.as_str();
    let due = case.nearest_due_at.filter(|_| !is_resolved);
    let mark = match due {
        Some(due) if due < list.now => "🔥",
        _ if is_resolved => "✅",
        _ if case.severity == Severity::Urgent.as_str() => "❗",
        _ if case.test => "🧪",
        _ => "·",
    };
    let about = match (&row.score, case.score) {
        (Some(score), _) => score.clone(),
        (None, Some(score)) => score.to_string(),
        _ if case.source == Source::Human.as_str() => "🙋".to_owned(),
        _ => "✉️".to_owned(),
    };
    let cut = |text: &str| text.chars().take(NAME).collect::<String>();
    let who = case.customer_id.as_deref().filter(|id| !id.is_empty());
    let stranger = || case.first_name.as_deref().filter(|name| !is_blank(name));
    let who = who
        .map(|id| customer(case.customer_name.as_deref(), id, cut))
        .or_else(|| stranger().map(|name| isolated(&cut(name)).into_owned()));
    let at = due.or(case.resolved_at);
    let at = at.map(|at| written(&catalogue.text(locale, "case-at"), at, list.zone));
    let parts = [Some(about), who.map(|who| escape_html(&who)), at, row.owner.as_deref().map(escape_html)];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let number = catalogue.with(locale, "case-number", &[("n", case.number.to_string().into())]);
    format!("{number} {mark} {}", parts.join(" · "))
}

/// Somebody asked for a case by a number that none has.
#[must_use]
pub fn unknown(catalogue: &Catalogue, locale: &str, number: CaseNumber) -> View {
    View::text(catalogue.with(locale, "cases-unknown", &[("n", number.to_string().into())]))
}

/// The same by an ID that no customer, order or ticket with a case has.
#[must_use]
pub fn unknown_id(catalogue: &Catalogue, locale: &str, asked: &str) -> View {
    View::text(catalogue.with(locale, "cases-unknown-id", &[("asked", escape_html(asked).into())]))
}
