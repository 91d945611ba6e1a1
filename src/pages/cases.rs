//! The cases: what waits, and until when.

use askama::Template;
use axum::extract::State;

use super::bar::{Beyond, Pick, Unknown};
use super::card::status_id;
use super::filters::{self, Asked, FileForm, Filters, Word};
use super::reply::{Answer, shown};
use super::shell::{Section, Shell};
use super::titles::{Titles, shortened};
use super::{Pages, Viewer, Words, download};
use crate::domain::case::Cause;
use crate::domain::ids::SurveyKey;
use crate::domain::naming::stated_name;
use crate::domain::survey::Part;
use crate::domain::time::Timestamp;
use crate::service::cases::lead_name;
use crate::service::explore::Details;
use crate::service::export;
use crate::store::cases::{ListedCase, Shown};
use crate::view::case::cause_id;
use crate::web::{attached, of_file};

/// Rows on a page.
const PAGE: i64 = 50;
/// The most characters of what a customer wrote; the page of the case has all.
const MOST_SAID: usize = 200;
const PATH: &str = "/cases";
/// A deadline that is nearer than this is marked.
const SOON: std::time::Duration = std::time::Duration::from_hours(8);

#[derive(Template)]
#[template(path = "cases.html", config = "src/pages/askama.toml")]
struct Page {
    shell: Shell,
    heading: String,
    bar: Unknown,
    now: String,
    tabs: Vec<Pick>,
    rows: Vec<Row>,
    more: Option<String>,
    beyond: Option<Beyond>,
}

/// A case of the list.
struct Row {
    number: String,
    href: String,
    opened: String,
    about: Vec<String>,
    customer: Option<String>,
    owner: Option<String>,
    status: Option<String>,
    /// What the customer wrote.
    words: Option<String>,
    due: Due,
    is_test: bool,
}

/// What is next for a case, and until when.
pub(super) struct Due {
    /// `late`, `soon` or nothing.
    pub class: &'static str,
    pub text: String,
    pub detail: String,
}

/// The deadline of a case, or how it ended.
pub(super) fn due(words: &Words, case: &ListedCase, now: Timestamp) -> Due {
    if let Some(at) = case.resolved_at.filter(|_| case.status == "resolved") {
        let why = case.cause.as_deref().and_then(|text| text.parse::<Cause>().ok());
        let text = why.map_or_else(|| words.t("page-case-resolved"), |why| words.t(cause_id(why)));
        return Due { class: "", text, detail: words.moment(at) };
    }
    let Some(at) = case.nearest_due_at else {
        return Due { class: "", text: words.t("page-no-deadline"), detail: String::new() };
    };
    let is_contact = case.contacted_at.is_none();
    let until =
        words.of(if is_contact { "page-reply-until" } else { "page-resolve-until" }, "at", &words.moment(at));
    let time = |from: Timestamp, to: Timestamp| words.duration(to.since(from).as_secs().div_ceil(60) * 60);
    if at < now {
        return Due { class: "late", text: words.of("page-late-by", "time", &time(at, now)), detail: until };
    }
    let class = if at.since(now) < SOON { "soon" } else { "" };
    Due { class, text: until, detail: words.of("page-left", "time", &time(now, at)) }
}

pub(super) async fn get(State(pages): State<Pages>, viewer: Viewer, asked: Asked) -> Answer {
    // An agent's cases are all in one list.
    let known: &[Word] = if viewer.access().sees_all() { filters::CASES } else { &[Word::After] };
    let mut filters = asked.filters(known)?;
    let (words, now) = (&viewer.words, viewer.now);
    let shown_cases = chosen(&viewer, &filters);
    match &asked.file {
        Some(form) if download::kind_of_list(form).is_ok() => {
            viewer.must_see_all()?;
            return file(&pages, &viewer, &shown_cases, form).await;
        }
        Some(form) => filters.keep_file_aside(form),
        None => {}
    }
    let status = filters.get(Word::Status);
    let mut tx = pages.db.read().await?;
    let after = filters.get(Word::After).and_then(|after| after.parse().ok()).unwrap_or(0);
    let count = tx.count_listed_cases(&shown_cases, now).await?.listed;
    let found = tx.list_cases(&shown_cases, now, (after, PAGE)).await?;
    let mut tabs = Vec::new();
    if viewer.access().sees_all() {
        let all = [
            (None, "page-cases-open", Some(Shown::All)),
            (Some("late"), "page-cases-late", Some(Shown::Overdue)),
            (Some("free"), "page-cases-free", Some(Shown::Free)),
            (Some("mine"), "page-cases-mine", viewer.member.person.map(Shown::OwnedBy)),
            (Some("done"), "page-cases-done", Some(Shown::Resolved)),
        ];
        for (value, id, of) in all {
            let Some(of) = of else { continue };
            let count = u64::try_from(tx.count_listed_cases(&of, now).await?.counted).unwrap_or(0);
            let plain = filters.without(Word::Status).without(Word::After);
            tabs.push(Pick {
                href: value.map_or(plain.clone(), |value| plain.set(Word::Status, value)).href(PATH),
                name: words.of(id, "count", &words.number(count)),
                is_current: value == status,
            });
        }
    }
    let titles = Titles::load(&mut tx, &pages.ctx).await?;
    let (mut rows, mut surveys) = (Vec::new(), Vec::new());
    for case in &found {
        let of_case = tx.list_case_surveys(case.number).await?.into_iter().map(|(survey, _)| survey);
        surveys.push(of_case.collect::<Vec<_>>());
    }
    let details = Details::load(&mut tx, &surveys.concat()).await?;
    for (case, surveys) in found.iter().zip(&surveys) {
        let owner = match case.owner.or(case.resolved_by) {
            Some(owner) => Some(lead_name(&mut tx, owner).await?),
            None => None,
        };
        let mut said = said(&viewer, &details, surveys);
        if said.is_none() && !case.is_being_erased {
            let messages = tx.list_case_message_records(case.number).await?;
            let first = messages.into_iter().find(|message| message.side != "staff");
            said = first.and_then(|message| message.text);
        }
        let score = score(&viewer.words, &titles, &details, surveys, case);
        let mut row = row(&viewer, case, owner, score);
        row.words = said.map(|said| shortened(&said, MOST_SAID));
        rows.push(row);
    }
    drop(tx);
    let end = after + i64::try_from(rows.len()).unwrap_or(0);
    let heading = words.t("page-nav-cases");
    let local = words.local(now);
    let today = words.full_date(local.date_naive());
    let of = |number: i64| u64::try_from(number).unwrap_or(0);
    let mut bar = Unknown::of(words, PATH, &filters);
    if viewer.access().sees_all() {
        bar.files = download::links_of_list(&filters.without(Word::After).href(PATH));
    }
    let page = Page {
        bar,
        now: format!("{today}, {}", local.format("%H:%M")),
        tabs,
        more: (end < count).then(|| filters.set(Word::After, &end.to_string()).href(PATH)),
        beyond: Beyond::of(words, PATH, &filters, (of(after), of(count))),
        rows,
        shell: pages
            .shell(&viewer, Some(Section::Cases), heading.clone(), (asked.address(), &filters))
            .await?,
        heading,
    };
    shown(&page)
}

/// Which cases the address asks for. An agent's are all in one list.
fn chosen(viewer: &Viewer, filters: &Filters) -> Shown {
    match (viewer.only_agent(), filters.get(Word::Status), viewer.member.person) {
        (Some(agent), ..) => Shown::OfAgent(agent.unwrap_or_default().to_owned()),
        (None, Some("late"), _) => Shown::Overdue,
        (None, Some("free"), _) => Shown::Free,
        (None, Some("done"), _) => Shown::Resolved,
        (None, Some("mine"), Some(person)) => Shown::OwnedBy(person),
        _ => Shown::All,
    }
}

/// The cases of the list, as a table.
async fn file(pages: &Pages, viewer: &Viewer, shown: &Shown, form: &FileForm) -> Answer {
    let (kind, attached_kind) = download::kind_of_list(form)?;
    let _turn = pages.turns.take().await?;
    let mut tx = pages.db.read().await?;
    let file = export::listed_cases(&mut tx, &pages.ctx, shown, viewer.now, kind).await?;
    let name = format!("afterword-cases-{}", viewer.words.local(viewer.now).date_naive());
    Ok(attached(&name, attached_kind, of_file(file)))
}

/// What the customer wrote about a score, newest surveys last. Of other agents' events an agent reads nothing.
fn said(viewer: &Viewer, details: &Details, surveys: &[SurveyKey]) -> Option<String> {
    let seen = surveys.iter().filter_map(|survey| details.surveys.get(survey));
    let mut seen = seen.filter(|seen| viewer.may_see_events_of(seen.agent_id.as_deref()));
    seen.find_map(|seen| {
        let answers = details.answers(seen.survey).iter();
        let mut said = answers.flat_map(|answer| details.said(seen.survey, &answer.question));
        said.find(|comment| !comment.text.trim().is_empty()).map(|comment| comment.text.clone())
    })
}

/// The worst score of the survey that opened the case, on its scale: `score 5 of 10`.
fn score(
    words: &Words,
    titles: &Titles,
    details: &Details,
    surveys: &[SurveyKey],
    case: &ListedCase,
) -> Option<String> {
    let score = case.score?;
    let is_first = |survey: &&SurveyKey| {
        details.surveys.get(*survey).is_some_and(|seen| case.survey_id.as_ref() == Some(&seen.survey_id))
    };
    let answers = surveys.iter().find(is_first).into_iter().flat_map(|survey| details.answers(*survey));
    let mut own =
        answers.filter(|answer| answer.part == Part::Answer.as_str() && answer.value == Some(score));
    let question = own.find_map(|answer| titles.find(case.script.as_deref(), &answer.question));
    let said = match question.and_then(|question| question.scale) {
        Some(scale) => {
            let values = [("value", score.to_string().into()), ("max", scale.max().to_string().into())];
            words.with("page-score", &values)
        }
        None => score.to_string(),
    };
    Some(words.of("page-case-score", "score", &said))
}

fn row(viewer: &Viewer, case: &ListedCase, owner: Option<String>, score: Option<String>) -> Row {
    let words = &viewer.words;
    let source = score.unwrap_or_else(|| {
        words.t(if case.source == "human" { "page-case-human" } else { "page-case-message" })
    });
    let about =
        [Some(source), case.subject_title.clone().or_else(|| case.subject_id.clone()), case.team.clone()];
    Row {
        number: words.of("case-number", "n", &case.number.to_string()),
        href: format!("/cases/{}", case.number),
        opened: words.short_day(case.opened_at),
        about: about.into_iter().flatten().collect(),
        customer: customer(viewer, case),
        // That nobody has it says that it is free.
        status: (owner.is_some() || case.status != "open").then(|| words.t(status_id(&case.status))),
        owner,
        words: None,
        due: due(words, case, viewer.now),
        is_test: case.test,
    }
}

/// Who the case is about; agents are not told.
pub(super) fn customer(viewer: &Viewer, case: &ListedCase) -> Option<String> {
    if !viewer.access().sees_all() {
        return None;
    }
    let id = case.customer_id.as_deref()?;
    if id.is_empty() {
        return Some(viewer.words.t("page-erased"));
    }
    let name = case.customer_name.as_deref().and_then(stated_name);
    Some(name.map_or_else(|| id.to_owned(), |name| format!("{name}, {id}")))
}
