//! One customer: what happened to them, in order, with their surveys, answers and cases, and whether the bot reaches them.

mod reach;
pub(super) mod record;

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};

use self::reach::said;
use super::bar::{Beyond, Unknown};
use super::card::{Fact, customer_page, status_id};
use super::filters::{self, Asked, Word};
use super::reply::{Answer, Trouble, shown};
use super::shell::{Section, Shell};
use super::titles::{self, Titles};
use super::{Pages, Viewer, Words, surveys};
use crate::domain::event::Kind;
use crate::domain::ids::SurveyKey;
use crate::domain::naming::stated_name;
use crate::domain::survey::Part;
use crate::service::explore::Details;
use crate::store::timeline::{Incident, IncidentCounts};

/// Rows on a page.
const PAGE: i64 = 50;

#[derive(Template)]
#[template(path = "customer.html", config = "src/pages/askama.toml")]
struct Page {
    shell: Shell,
    bar: Unknown,
    heading: String,
    about: String,
    /// Whether the bot can write to them, in sentences.
    reach: Vec<String>,
    /// The file with everything that is stored about them, for those who may take it.
    record: Option<String>,
    rows: Vec<Row>,
    more: Option<String>,
    beyond: Option<Beyond>,
}

/// Something that happened.
struct Row {
    day: String,
    /// An event by its kind, or a case by its number, with a link to its page.
    what: Fact,
    subject: String,
    script: Option<String>,
    state: String,
    scores: String,
    words: Vec<String>,
    is_test: bool,
}

pub(super) async fn get(
    State(pages): State<Pages>,
    viewer: Viewer,
    Path(id): Path<String>,
    asked: Asked,
) -> Answer {
    // Agents are not told who the customers are, nor who is one.
    viewer.must_see_all().map_err(|_| Trouble::NotFound)?;
    let filters = asked.filters(filters::CUSTOMER)?;
    let words = &viewer.words;
    let mut tx = pages.db.read().await?;
    let customer = tx.find_customer_record(&id).await?.ok_or(Trouble::NoCustomer)?;
    let reach = tx.find_reach(customer.id).await?;
    let after: i64 = filters.get(Word::After).and_then(|after| after.parse().ok()).unwrap_or(0);
    let counts = tx.count_incidents(customer.id).await?;
    let found = tx.list_incidents(customer.id, (after, PAGE)).await?;
    let titles = Titles::load(&mut tx, &pages.ctx).await?;
    let keys = found.iter().filter(|incident| !incident.is_case).map(|event| SurveyKey::new(event.key));
    let details = Details::load(&mut tx, &keys.collect::<Vec<_>>()).await?;
    drop(tx);
    let rows: Vec<Row> = found.iter().map(|of| row(words, &titles, &details, of)).collect();
    let all = counts.events + counts.cases;
    let end = after + i64::try_from(rows.len()).unwrap_or(0);
    let number = |number: i64| u64::try_from(number).unwrap_or(0);
    let path = asked.path.as_str();
    let name = customer.name.as_deref().and_then(stated_name);
    let heading = name.unwrap_or(&customer.customer_id).to_owned();
    let page = Page {
        bar: Unknown::of(words, path, &filters),
        about: about(words, name.map(|_| customer.customer_id.as_str()), counts),
        more: (end < all).then(|| filters.set(Word::After, &end.to_string()).href(path)),
        beyond: Beyond::of(words, path, &filters, (number(after), number(all))),
        reach: reach.map(|reach| said(words, &reach)).unwrap_or_default(),
        record: viewer.may_take_records().then(|| format!("{}/record", customer_page(&id))),
        rows,
        shell: pages
            .shell(&viewer, Some(Section::Answers), heading.clone(), (asked.address(), &filters))
            .await?,
        heading,
    };
    shown(&page)
}

/// `C-42 · 3 события · 1 обращение`; without the ID where the heading is it.
fn about(words: &Words, id: Option<&str>, counts: IncidentCounts) -> String {
    let count = |id: &str, count: i64| words.count(id, u64::try_from(count).unwrap_or(0));
    let counts = [count("page-events", counts.events), count("page-customer-cases", counts.cases)];
    id.map(str::to_owned).into_iter().chain(counts).collect::<Vec<_>>().join(" · ")
}

fn row(words: &Words, titles: &Titles, details: &Details, of: &Incident) -> Row {
    let mut row = Row {
        day: words.full_date(words.local(of.at).date_naive()),
        what: Fact::plain(""),
        subject: of.subject.clone().unwrap_or_default(),
        script: None,
        state: String::new(),
        scores: String::new(),
        words: Vec::new(),
        is_test: of.test,
    };
    if of.is_case {
        row.what =
            Fact::link(words.of("case-number", "n", &of.key.to_string()), format!("/cases/{}", of.key));
        row.state = words.t(status_id(&of.kind));
        return row;
    }
    let name = words.t(Kind::parse_stored(&of.kind).map_or("page-event-facts", kind_id));
    let key = SurveyKey::new(of.key);
    // An event of a kind that never asks has no survey.
    let Some(seen) = details.surveys.get(&key) else { return Row { what: Fact::plain(name), ..row } };
    let mut scores: BTreeMap<&str, String> = BTreeMap::new();
    for answer in details.answers(key).iter().filter(|answer| answer.withdrawn_at.is_none()) {
        if let Some(value) = answer.value {
            let band = answer.band.as_deref().and_then(|band| band.parse().ok());
            let question = titles.find(seen.script.as_deref(), &answer.question);
            let score = titles::score(words, question, value, band);
            scores.insert(&answer.question, format!("{} {}", score.big, score.small).trim().to_owned());
        }
        let is_said = answer.part != Part::Reason.as_str();
        if is_said {
            let said = details.said(key, &answer.question).map(|comment| comment.text.clone());
            row.words.extend(said.filter(|text| !text.trim().is_empty()));
        }
    }
    row.words.dedup();
    row.what = Fact::link(name, format!("/surveys/{}", seen.survey_id));
    row.script = seen.script.as_deref().map(|slug| titles.script(words, slug));
    row.state = surveys::state(words, &seen.state, seen.reason.as_deref());
    row.scores = scores.into_values().collect::<Vec<_>>().join(" · ");
    row
}

/// The ID of what a kind of event is called.
const fn kind_id(kind: Kind) -> &'static str {
    match kind {
        Kind::Purchase => "page-kind-purchase",
        Kind::TicketClosed => "page-kind-ticket",
        Kind::TicketOpened => "page-kind-ticket-opened",
        Kind::TicketReopened => "page-kind-ticket-reopened",
        Kind::CaseResolved => "page-kind-case-resolved",
        Kind::PurchaseCancelled => "page-kind-cancelled",
    }
}
