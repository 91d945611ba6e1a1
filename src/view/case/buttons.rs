//! The buttons under the post of a case.

use super::{CaseShown, Menu, cause_id, severity_id};
use crate::domain::case::{Cause, Severity, Source, Status};
use crate::i18n::Catalogue;
use crate::view::Button;
use crate::view::callback::{CaseAct, CaseTap, Data, Mark};

/// The buttons under a post.
#[must_use]
pub fn buttons(catalogue: &Catalogue, locale: &str, case: &CaseShown<'_>) -> Vec<Vec<Button>> {
    let button = |id: &str, act: CaseAct| case.button(catalogue, locale, id, act);
    let back = vec![button("case-button-back", CaseAct::Back)];
    match case.menu {
        Menu::State => state_buttons(catalogue, locale, case),
        Menu::More => more(catalogue, locale, case).into_iter().chain([back]).collect(),
        Menu::NotContacted => vec![
            vec![button("case-button-reply", CaseAct::Reply)],
            vec![button("case-button-otherwise", CaseAct::ContactedOtherwise { then_resolve: true })],
            vec![button("case-button-silently", CaseAct::ResolveSilently)],
            back,
        ],
        Menu::Causes => {
            let causes: Vec<Button> = Cause::CHOSEN_BY_LEADS
                .iter()
                .map(|cause| button(cause_id(*cause), CaseAct::Cause(*cause)))
                .collect();
            let mut rows: Vec<Vec<Button>> = causes.chunks(2).map(<[Button]>::to_vec).collect();
            rows.push(back);
            rows
        }
        Menu::Note { cause, has_reply } => {
            let mut rows = Vec::new();
            if has_reply {
                rows.push(vec![button("case-button-note-last", CaseAct::NoteIsLastReply(cause))]);
            }
            rows.push(vec![button("case-button-note-write", CaseAct::WriteNote(cause))]);
            rows.push(back);
            rows
        }
        Menu::Severities => {
            let severities = Severity::ALL
                .iter()
                .rev()
                .map(|severity| vec![button(severity_id(*severity), CaseAct::SetSeverity(*severity))]);
            severities.chain([back]).collect()
        }
        Menu::Categories => categories(case).chain([back]).collect(),
    }
}

/// What is needed less often. A case that a colleague has is taken over here: the tap that was told who has it is made
/// again, so the button stands where *Take* was.
fn more(catalogue: &Catalogue, locale: &str, case: &CaseShown<'_>) -> Vec<Vec<Button>> {
    let button = |id: &str, act: CaseAct| case.button(catalogue, locale, id, act);
    let mut rows = Vec::new();
    if case.status.owner().is_some() {
        let take = button("case-button-take", CaseAct::Take);
        rows.push(vec![take, button("case-button-release", CaseAct::Release)]);
    }
    let mut about = vec![button("case-button-history", CaseAct::History)];
    if let Some(url) = case.ticket {
        about.push(Button::url(catalogue.text(locale, "case-button-ticket"), url));
    }
    rows.push(about);
    if !case.status.is_resolved() {
        let severity = button("case-button-severity", CaseAct::Severities);
        rows.push(vec![severity, button("case-button-category", CaseAct::Categories)]);
    }
    if !case.status.is_resolved() && !case.contacted {
        let act = CaseAct::ContactedOtherwise { then_resolve: false };
        rows.push(vec![button("case-button-otherwise", act)]);
    }
    if case.last_reply.is_some_and(|reply| reply.unsent.is_none()) {
        rows.push(vec![button("case-button-takeback", CaseAct::TakeBack)]);
    }
    rows.push(vec![mute(catalogue, locale, case)]);
    rows
}

/// A button for each category, two a row.
fn categories(case: &CaseShown<'_>) -> impl Iterator<Item = Vec<Button>> {
    let button = move |(key, name): &(String, String)| {
        let text = if key == case.category { format!("✓ {name}") } else { name.clone() };
        let act = CaseAct::SetCategory(Mark::of(key));
        Button::new(text, &Data::Case(CaseTap { number: case.number, turn: case.turn, act }))
    };
    case.categories.chunks(2).map(move |pair| pair.iter().map(button).collect())
}

/// Mutes the customer, or undoes that.
fn mute(catalogue: &Catalogue, locale: &str, case: &CaseShown<'_>) -> Button {
    let (id, act) = if case.muted_until.is_some() {
        ("case-button-unmute", CaseAct::Unmute)
    } else {
        ("case-button-mute", CaseAct::Mute)
    };
    case.button(catalogue, locale, id, act)
}

fn state_buttons(catalogue: &Catalogue, locale: &str, case: &CaseShown<'_>) -> Vec<Vec<Button>> {
    let button = |id: &str, act: CaseAct| case.button(catalogue, locale, id, act);
    let more = || button("case-button-more", CaseAct::More);
    let reply = || button("case-button-reply", CaseAct::Reply);
    let none_needed = || button("case-button-none", CaseAct::NoReplyNeeded);
    let resolve = || button("case-button-resolve", CaseAct::Resolve);
    match case.status {
        Status::Open if case.source == Source::Message && !case.contacted => {
            let mut rows =
                vec![vec![button("case-button-take", CaseAct::Take), reply()], vec![none_needed(), more()]];
            if case.stranger {
                rows.push(vec![mute(catalogue, locale, case)]);
            }
            rows
        }
        Status::Open => {
            vec![vec![button("case-button-take", CaseAct::Take), reply()], vec![resolve(), more()]]
        }
        Status::Taken(_) | Status::Waiting(_) => vec![vec![reply()], vec![resolve(), more()]],
        Status::Resolved(_) => {
            let mut first = vec![button("case-button-reopen", CaseAct::Reopen)];
            first.push(more());
            let mut rows = vec![first];
            if case.afterword {
                rows.push(vec![none_needed()]);
            }
            rows
        }
    }
}
