//! The events that could ask, with what became of each.

use askama::Template;
use axum::extract::State;

use super::bar::{About, Bar, Beyond, Pick, state_id};
use super::card::{Fact, agent_name, customer};
use super::filters::{self, Asked, FileForm, Filters, Word};
use super::reply::{Answer, shown};
use super::shell::{Section, Shell};
use super::titles::Titles;
use super::{Pages, Viewer, Words, answers, download};
use crate::domain::counting::{Stage, SurveyFacts};
use crate::domain::ledger::State as LedgerState;
use crate::service::explore::{self, Details, FoundSurveys};
use crate::service::export;
use crate::store::explore::SeenSurvey;
use crate::web::{attached, of_file};

/// Rows on a page.
const PAGE: usize = 50;
const PATH: &str = "/surveys";

#[derive(Template)]
#[template(path = "surveys.html", config = "src/pages/askama.toml")]
struct Page {
    shell: Shell,
    bar: Bar,
    heading: String,
    about: String,
    states: Vec<Pick>,
    rows: Vec<Row>,
    more: Option<String>,
    beyond: Option<Beyond>,
    /// Why nothing is found, and the page with its usual period.
    none: String,
    usual: Option<String>,
}

/// One event.
struct Row {
    day: Fact,
    script: String,
    state: String,
    agent: Option<Fact>,
    customer: String,
    is_test: bool,
}

pub(super) async fn get(State(pages): State<Pages>, viewer: Viewer, asked: Asked) -> Answer {
    viewer.must_see_all()?;
    let mut filters = asked.filters(filters::SURVEYS)?;
    let (ctx, words) = (&pages.ctx, &viewer.words);
    let mut tx = pages.db.read_at_length().await?;
    let published = ctx.scripts.known_questions(&mut tx).await?;
    filters.keep_published(&published);
    match &asked.file {
        Some(form) if download::kind_of_list(form).is_ok() => {
            drop(tx);
            return file(&pages, &viewer, &filters, form).await;
        }
        Some(form) => filters.keep_file_aside(form),
        None => {}
    }
    let period = answers::period(&mut tx, ctx, &filters).await?;
    let titles = Titles::load(&mut tx, ctx).await?;
    let about = About { path: PATH, filters: &filters, period, known: filters::SURVEYS, titles: &titles };
    let mut bar = Bar::load(&mut tx, ctx, &viewer, &about).await?;
    bar.files = download::links_of_list(&filters.without(Word::After).href(PATH));
    let after: usize = filters.get(Word::After).and_then(|after| after.parse().ok()).unwrap_or(0);
    let selection = answers::selection(ctx, &viewer, &filters, period);
    let is_chosen = |survey: &SurveyFacts| is_chosen(&filters, survey);
    let found = explore::newest_surveys(&mut tx, &selection, is_chosen, after.saturating_add(PAGE)).await?;
    let states = states(words, &filters, &found);
    let on_page: Vec<_> = found.newest.into_iter().skip(after).collect();
    let details = Details::load(&mut tx, &on_page).await?;
    drop(tx);
    let seen = on_page.iter().filter_map(|key| details.surveys.get(key));
    let rows: Vec<Row> = seen.map(|seen| row(words, &titles, &filters, seen)).collect();
    let end = after + rows.len();
    let heading = words.count("page-events", found.count);
    let is_ahead = period.days().from > words.local(viewer.now).date_naive();
    let page = Page {
        about: words.period(&period),
        states,
        more: ((end as u64) < found.count).then(|| filters.set(Word::After, &end.to_string()).href(PATH)),
        beyond: Beyond::of(words, PATH, &filters, (after as u64, found.count)),
        none: words.t(if is_ahead { "figures-ahead" } else { "page-events-none" }),
        usual: filters.period().map(|_| filters.without(Word::Period).without(Word::After).href(PATH)),
        rows,
        shell: pages
            .shell(&viewer, Some(Section::Surveys), heading.clone(), (asked.address(), &filters))
            .await?,
        heading,
        bar,
    };
    shown(&page)
}

/// The events that are seen, as a table.
async fn file(pages: &Pages, viewer: &Viewer, filters: &Filters, form: &FileForm) -> Answer {
    let (kind, attached_kind) = download::kind_of_list(form)?;
    let _turn = pages.turns.take().await?;
    let mut tx = pages.db.read_at_length().await?;
    let period = answers::period(&mut tx, &pages.ctx, filters).await?;
    let selection = answers::selection(&pages.ctx, viewer, filters, period);
    let is_chosen = |survey: &SurveyFacts| is_chosen(filters, survey);
    let found = explore::newest_surveys(&mut tx, &selection, is_chosen, usize::MAX).await?;
    let file = export::chosen_surveys(&mut tx, &pages.ctx, found.newest, kind).await?;
    Ok(attached(&download::named("surveys", &period), attached_kind, of_file(file)))
}

/// Whether a survey is in one of the states that are chosen, or has come as far.
fn is_chosen(filters: &Filters, survey: &SurveyFacts) -> bool {
    let state = survey.state;
    let is_in = |chosen: &str| {
        chosen == state.as_str() || chosen.parse().is_ok_and(|stage: Stage| survey.has_reached(stage))
    };
    let mut states = filters.all(Word::State).peekable();
    let mut reasons = filters.all(Word::Reason).peekable();
    let is_open = filters.get(Word::Open).is_none() || !state.is_final();
    is_open
        && (states.peek().is_none() || states.any(is_in))
        && (reasons.peek().is_none() || reasons.any(|chosen| state.reason() == Some(chosen)))
}

/// How many there are in each state.
fn states(words: &Words, filters: &Filters, found: &FoundSurveys) -> Vec<Pick> {
    let plain = filters.without(Word::After).without(Word::State).without(Word::Reason).without(Word::Open);
    let mut tabs = vec![Pick {
        href: plain.href(PATH),
        name: words.of("page-tab-all", "count", &words.number(found.of_any_state)),
        is_current: plain == filters.without(Word::After),
    }];
    // In the order in which a survey passes through them.
    let mut known: Vec<&'static str> = Vec::new();
    for state in LedgerState::all().map(|state| state.as_str()) {
        if !known.contains(&state) {
            known.push(state);
        }
    }
    for state in known {
        let Some(count) = found.by_state.get(state) else { continue };
        tabs.push(Pick {
            href: plain.set(Word::State, state).href(PATH),
            name: format!("{} · {}", words.t(state_id(state)), words.number(*count)),
            is_current: filters.has(Word::State, state),
        });
    }
    tabs
}

fn row(words: &Words, titles: &Titles, filters: &Filters, seen: &SeenSurvey) -> Row {
    let agent = seen
        .agent_id
        .as_ref()
        .zip(agent_name(seen))
        .map(|(id, name)| Fact::link(name, filters.without(Word::After).set(Word::Agent, id).href(PATH)));
    Row {
        day: Fact::link(words.short_day(seen.occurred_at), format!("/surveys/{}", seen.survey_id)),
        script: seen
            .script
            .as_deref()
            .map_or_else(|| words.t("page-no-script"), |slug| titles.script(words, slug)),
        state: state(words, &seen.state, seen.reason.as_deref()),
        agent,
        customer: customer(seen).unwrap_or_else(|| words.t("page-erased")),
        is_test: seen.test,
    }
}

/// A state with its reason: `не отправлен: недавно спрашивали`.
pub(super) fn state(words: &Words, state: &str, reason: Option<&str>) -> String {
    let name = words.t(state_id(state));
    match reason.map(reason_id) {
        Some(Some(id)) => format!("{name}: {}", words.t(id)),
        Some(None) => format!("{name}: {}", reason.unwrap_or_default()),
        None => name,
    }
}

/// The ID of the words for a reason.
fn reason_id(reason: &str) -> Option<&'static str> {
    Some(match reason {
        "throttled" => "page-reason-throttled",
        "sampled_out" => "page-reason-sampled",
        "opted_out" => "page-reason-opted-out",
        "stale" => "page-reason-stale",
        "no_script" => "page-reason-no-script",
        "not_eligible" => "page-reason-not-eligible",
        "is_staff" => "page-reason-staff",
        "cancelled" => "page-reason-cancelled",
        "paused" => "page-reason-paused",
        "conversation" => "page-reason-conversation",
        "erased" => "page-reason-erased",
        "expired" => "page-reason-expired",
        "stopped" => "page-reason-stopped",
        "blocked" => "page-reason-blocked",
        "untouched" => "page-reason-untouched",
        "never_linked" => "page-reason-never-linked",
        "deactivated" => "page-reason-deactivated",
        "chat_not_found" => "page-reason-chat-not-found",
        "message_refused" => "page-reason-message-refused",
        "unconfirmed" => "page-reason-unconfirmed",
        _ => return None,
    })
}
