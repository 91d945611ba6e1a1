//! One case to read: what was said and done, in order, and what it is about.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, State};

use super::card::{self, Fact, status_id};
use super::cases::{self, Due};
use super::filters::{Asked, Filters};
use super::reply::{Answer, Trouble, shown};
use super::shell::{Section, Shell};
use super::titles::{self, Score, Titles};
use super::{Pages, Viewer, Words, survey};
use crate::domain::case::Severity;
use crate::domain::happening::Happening;
use crate::domain::ids::{CaseNumber, PersonId};
use crate::domain::survey::Part;
use crate::domain::time::Timestamp;
use crate::service::cases::lead_name;
use crate::service::explore::Details;
use crate::store::Tx;
use crate::store::cases::{CaseMessageRecord, CaseStep, ListedCase};
use crate::store::explore::SeenSurvey;
use crate::store::record::AnswerRecord;
use crate::view::case::severity_id;
use crate::view::history::step as step_in_words;

#[derive(Template)]
#[template(path = "case.html", config = "src/pages/askama.toml")]
struct Page {
    shell: Shell,
    heading: String,
    status: String,
    about: String,
    due: Due,
    is_test: bool,
    surveys: Vec<Fact>,
    customer_href: Option<String>,
    ticket: Option<Fact>,
    thread: Vec<Entry>,
    note: Option<String>,
    dates: Vec<(String, String)>,
    facts: Vec<(String, Fact)>,
}

/// Something in the thread.
struct Entry {
    at: Timestamp,
    time: String,
    /// Who wrote; `None` for what was done.
    by: Option<String>,
    /// The class of what was written: empty for the customer, `own` for us, `inner` for a note.
    class: &'static str,
    text: String,
    /// What became of it, if it did not arrive.
    trouble: Option<String>,
}

pub(super) async fn get(
    State(pages): State<Pages>,
    viewer: Viewer,
    Path(number): Path<String>,
    asked: Asked,
) -> Answer {
    let words = &viewer.words;
    let number = number.parse().map(CaseNumber::new).map_err(|_| Trouble::NotFound)?;
    let mut tx = pages.db.read().await?;
    let case = tx.find_listed_case(number).await?.ok_or(Trouble::NotFound)?;
    if !viewer.may_see_events_of(case.agent_id.as_deref()) {
        return Err(Trouble::NotFound);
    }
    let keys: Vec<_> = tx.list_case_surveys(number).await?.into_iter().map(|(survey, _)| survey).collect();
    let details = Details::load(&mut tx, &keys).await?;
    // Surveys about other agents' events may have joined the case.
    let seen = keys.iter().filter_map(|key| details.surveys.get(key));
    let seen: Vec<&SeenSurvey> =
        seen.filter(|seen| viewer.may_see_events_of(seen.agent_id.as_deref())).collect();
    let opened = seen.iter().find(|seen| case.survey_id.as_ref() == Some(&seen.survey_id));
    let first = opened.or(seen.first()).copied();
    let event = first.and_then(card::event);
    let titles = Titles::load(&mut tx, &pages.ctx).await?;
    let mut thread = thread(&mut tx, &viewer, &case).await?;
    for seen in &seen {
        thread.extend(given(&viewer, &titles, &details, seen));
    }
    thread.sort_by_key(|entry| entry.at);
    let owner = match case.owner.or(case.resolved_by) {
        Some(owner) => Some(lead_name(&mut tx, owner).await?),
        None => None,
    };
    drop(tx);
    let surveys = seen.iter().map(|seen| {
        Fact::link(
            words.of("page-answers-of", "day", &words.short_day(seen.occurred_at)),
            format!("/surveys/{}", seen.survey_id),
        )
    });
    let heading = words.of("page-case", "n", &number.to_string());
    let owner =
        owner.map_or_else(|| words.t("page-no-owner"), |owner| words.of("page-owner", "name", &owner));
    let about = [cases::customer(&viewer, &case), Some(severity(words, &case)), Some(owner)];
    let page = Page {
        status: words.t(status_id(&case.status)),
        about: about.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        due: cases::due(words, &case, viewer.now),
        is_test: case.test,
        surveys: surveys.collect(),
        customer_href: case
            .customer_id
            .as_deref()
            .filter(|id| viewer.access().sees_all() && !id.is_empty())
            .map(card::customer_page),
        ticket: event.as_ref().and_then(card::subject).filter(|subject| subject.is_outside),
        thread,
        note: case.note.clone().filter(|_| may_see_notes(&viewer, &case)),
        dates: dates(words, &case),
        facts: first.map(|seen| survey::event_facts(&viewer, seen, event.as_ref())).unwrap_or_default(),
        shell: pages
            .shell(&viewer, Some(Section::Cases), heading.clone(), (asked.address(), &Filters::default()))
            .await?,
        heading,
    };
    shown(&page)
}

/// Whether somebody may read what leads have noted: an agent once the case is resolved.
fn may_see_notes(viewer: &Viewer, case: &ListedCase) -> bool {
    viewer.access().sees_all() || case.status == "resolved"
}

fn severity(words: &Words, case: &ListedCase) -> String {
    case.severity.parse::<Severity>().map_or_else(|_| case.severity.clone(), |of| words.t(severity_id(of)))
}

/// The deadlines of a case, and when they were met.
fn dates(words: &Words, case: &ListedCase) -> Vec<(String, String)> {
    let at = |id: &str, at: Option<Timestamp>| at.map(|at| (words.t(id), words.moment(at)));
    let is_open = case.status != "resolved";
    [
        at("page-case-opened", Some(case.opened_at)),
        at("page-reply-due", case.contact_due_at.filter(|_| is_open && case.contacted_at.is_none())),
        at("page-replied", case.contacted_at),
        at("page-resolve-due", case.resolution_due_at.filter(|_| is_open)),
        at("page-resolved", case.resolved_at),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Everything that was written and done, in order.
async fn thread(tx: &mut Tx, viewer: &Viewer, case: &ListedCase) -> Result<Vec<Entry>, Trouble> {
    let words = &viewer.words;
    let steps = tx.list_case_steps(case.number).await?;
    let mut messages = tx.list_case_message_records(case.number).await?;
    // Of somebody who is being erased, no words are shown.
    messages.retain(|_| !case.is_being_erased);
    let staff = messages.iter().filter(|message| message.side == "staff").map(|message| message.telegram_id);
    let mut names: HashMap<PersonId, String> = HashMap::new();
    for person in steps.iter().filter_map(|step| step.actor).chain(staff) {
        if let std::collections::hash_map::Entry::Vacant(free) = names.entry(person) {
            free.insert(lead_name(tx, person).await?);
        }
    }
    let customer = case.customer_name.clone().filter(|_| viewer.access().sees_all());
    let customer = customer.unwrap_or_else(|| words.t("page-customer"));
    let mut thread: Vec<Entry> =
        messages.iter().map(|said| message(words, said, &names, &customer)).collect();
    let steps = steps.iter().filter(|done| {
        may_see_notes(viewer, case) || Happening::parse(&done.kind, None) != Some(Happening::Noted)
    });
    thread.extend(steps.filter_map(|done| step(words, done, &names, case.is_being_erased)));
    Ok(thread)
}

/// What was answered in a survey of the case, with the words about it. What was good is not why there is a case.
fn given(viewer: &Viewer, titles: &Titles, details: &Details, seen: &SeenSurvey) -> Vec<Entry> {
    let words = &viewer.words;
    let customer = seen.customer_name.clone().filter(|_| viewer.access().sees_all());
    let customer = customer.unwrap_or_else(|| words.t("page-customer"));
    let script = seen.script.as_deref();
    let answers = details.answers(seen.survey).iter().filter(|answer| {
        let band = answer.band.as_deref();
        answer.part == Part::Answer.as_str()
            && answer.withdrawn_at.is_none()
            && band.is_some_and(|of| of != "high")
    });
    let entry = |answer: &AnswerRecord| {
        let question = titles.find(script, &answer.question);
        let Score { big, small, .. } = titles::score(words, question, answer.value.unwrap_or_default(), None);
        let mut text = format!("{} {big} {small}", titles.question(words, script, &answer.question));
        for comment in details.said(seen.survey, &answer.question) {
            let files = comment.files.iter().map(|file| format!("[{}]", card::file_name(words, file)));
            for said in [comment.text.clone()].into_iter().chain(files).filter(|said| !said.trim().is_empty())
            {
                text.push('\n');
                text.push_str(&said);
            }
        }
        Entry {
            at: answer.answered_at,
            time: words.moment(answer.answered_at),
            by: Some(customer.clone()),
            class: "",
            text,
            trouble: None,
        }
    };
    answers.map(entry).collect()
}

fn message(
    words: &Words,
    said: &CaseMessageRecord,
    names: &HashMap<PersonId, String>,
    customer: &str,
) -> Entry {
    let is_own = said.side == "staff";
    let by =
        if is_own { names.get(&said.telegram_id).cloned().unwrap_or_default() } else { customer.to_owned() };
    let file = said.kind.as_deref().map(|kind| {
        let file = crate::store::comments::File {
            kind: kind.to_owned(),
            duration_s: None,
            file_size: None,
            file_id: None,
        };
        format!("[{}]", card::file_name(words, &file))
    });
    let text = [file, said.text.clone()].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let trouble = match said.state.as_str() {
        "undeliverable" => Some("page-message-undeliverable"),
        "taken_back" => Some("page-message-taken-back"),
        "held" => Some("page-message-held"),
        "waiting" => Some("page-message-waiting"),
        _ => None,
    };
    Entry {
        at: said.written_at,
        time: words.moment(said.written_at),
        by: Some(by),
        class: if is_own { "own" } else { "" },
        text,
        trouble: trouble.filter(|_| is_own).map(|id| words.t(id)),
    }
}

/// A step as a line. What is in the messages already has none.
fn step(words: &Words, done: &CaseStep, names: &HashMap<PersonId, String>, is_erased: bool) -> Option<Entry> {
    let name = done.actor.and_then(|actor| names.get(&actor)).cloned();
    let by = name.clone().unwrap_or_else(|| words.t("page-program"));
    let note = done.words.clone().filter(|_| !is_erased);
    let happening = Happening::parse(&done.kind, None)?;
    let entry = |text: String| Entry {
        at: done.at,
        time: words.moment(done.at),
        by: None,
        class: "",
        text,
        trouble: None,
    };
    Some(match happening {
        Happening::Noted => Entry {
            by: Some(words.of("page-note-by", "name", &by)),
            class: "inner",
            ..entry(note.unwrap_or_default())
        },
        _ => entry(step_in_words(&words.catalogue, words.locale, done, &by)?),
    })
}
