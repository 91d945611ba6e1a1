//! The KPIs of support and cases, from the events of the company's own systems.

use askama::Template;
use axum::extract::State;

use super::{Face, Framed, Head, Opened, charted};
use crate::domain::case::Cause;
use crate::domain::counting::Dimension;
use crate::domain::stats::measure::State as MeasureState;
use crate::domain::stats::rounding::Shape;
use crate::pages::bar::Bar;
use crate::pages::reply::Answer;
use crate::pages::shell::{Section, Shell};
use crate::pages::{Asked, Pages, Viewer};
use crate::service::figures::reports::ShareFigure;
use crate::service::figures::reports::kpis::{
    DurationFigures, KpisReport, KpisRequest, OpenFigures, RateFigure, kpis,
};
use crate::service::figures::request::Request;
use crate::view::case::cause_id;
use crate::view::charts::{self, Axis, Kind};

/// A rate per hundred whose limits are further apart is not precise, like a share.
const WIDE: f64 = 30.0;

#[derive(Template)]
#[template(path = "support.html", config = "src/pages/askama.toml")]
struct Page {
    shell: Shell,
    bar: Bar,
    head: Head,
    /// Whether the figures are of more than what is chosen.
    is_wider: bool,
    closed_only: bool,
    tiles: Vec<Tile>,
    causes: Vec<CauseLine>,
}

charted!(Page, |page, sheet| {
    let tiles = page.tiles.iter().map(|tile| {
        let note = [&tile.beside].into_iter().chain(&tile.lines).filter(|line| !line.is_empty());
        let note = note.map(String::as_str).collect::<Vec<_>>().join(" · ");
        (tile.title.as_str(), "", tile.big.as_deref().unwrap_or("—"), note.into())
    });
    sheet.rows(page.shell.t("support-title"), "", tiles);
    let rows = page
        .causes
        .iter()
        .map(|row| (row.name.as_str(), row.plot.as_str(), row.value.as_str(), row.count.as_str().into()));
    sheet.rows(page.shell.t("support-causes"), "", rows);
});

/// A KPI: its value, what stands beside it, and more about it.
struct Tile {
    title: String,
    big: Option<String>,
    beside: String,
    lines: Vec<String>,
}

struct CauseLine {
    name: String,
    plot: String,
    value: String,
    count: String,
}

pub(in crate::pages) async fn get(State(pages): State<Pages>, viewer: Viewer, asked: Asked) -> Answer {
    let mut opened = Opened::read(&pages, &viewer, &asked, 1).await?;
    // KPIs count events, so what chooses among answers or scripts does not narrow them. The page says so.
    let asked = opened.plain();
    let all = asked.filters.len();
    let cut = Request {
        filters: asked.filters.into_iter().filter(|filter| is_of_events(filter.dimension)).collect(),
        period: asked.period,
        ..Request::default()
    };
    let is_wider = cut.filters.len() < all || !asked.questions.is_empty() || asked.is_reviewed;
    let request = KpisRequest { request: cut, ..KpisRequest::default() };
    let report = kpis(&mut opened.tx, &pages.ctx, &request).await?;
    let (tiles, causes) = (tiles(&opened, &report), causes(&opened, &report));
    let closed_only = report.tickets.closed_only;
    let (title, about) = (opened.words.t("support-title"), Some(opened.words.t("support-about")));
    let facts = report.head.period.clone();
    let tables = opened.tables("support").with("kpis", report);
    let face = Face { section: Section::Support, title, about, facts, tables };
    let page = |Framed { shell, bar, mut head }: Framed| {
        // Events are counted whole: nothing about them waits for answers.
        head.settled = None;
        head.open = None;
        Page { shell, bar, head, is_wider, closed_only, tiles, causes }
    };
    opened.answer(&pages, &viewer, face, page).await
}

/// Whether an event has it by itself, and not by the survey that it leads to.
const fn is_of_events(dimension: Dimension) -> bool {
    !matches!(dimension, Dimension::Script | Dimension::Version | Dimension::Kind)
}

fn tiles(opened: &Opened, report: &KpisReport) -> Vec<Tile> {
    let (words, tickets, cases) = (&opened.words, &report.tickets, &report.cases);
    let number = |count: u64| words.number(count);
    let said = |id: &str, value: &str| words.of(id, "value", value);
    let opened_or_closed = if tickets.closed_only { tickets.closed } else { tickets.opened };
    let mut volume = vec![said("support-reopened", &number(tickets.reopened))];
    if !tickets.closed_only {
        volume.insert(0, said("support-closed", &number(tickets.closed)));
        volume.push(said("support-backlog", &number(tickets.backlog.n)));
        let age = tickets.backlog.median.map(|age| opened.numbers().duration(age));
        volume.extend(age.map(|age| said("support-backlog-age", &age)));
    }
    volume.extend(rate(opened, &report.contact_rate.total));
    let is_said = tickets.messages.tickets > 0;
    let per_day =
        tickets.messages.per_day.filter(|_| is_said).map(|per_day| opened.numbers().plain(per_day, 0));
    let per_ticket = tickets.messages.per_ticket.map(|per_ticket| opened.numbers().plain(per_ticket, 1));
    let mut tiles = vec![
        Tile {
            title: words.t(if tickets.closed_only { "support-closed-title" } else { "support-opened" }),
            big: Some(number(opened_or_closed)),
            beside: String::new(),
            lines: volume,
        },
        duration(opened, "support-first-response", &tickets.first_response, None),
        duration(opened, "support-handling", &tickets.resolution, Some(&tickets.time_to_close)),
        Tile {
            title: words.t("support-messages"),
            big: per_day,
            beside: words.of("support-sum", "value", &number(tickets.messages.sum)),
            lines: per_ticket.map(|per_ticket| said("support-per-ticket", &per_ticket)).into_iter().collect(),
        },
        share(opened, "support-overdue", &tickets.overdue, Vec::new()),
        share(
            opened,
            "support-fcr",
            &tickets.first_contact_resolution.of_said,
            percent(opened, &tickets.first_contact_resolution.of_closed)
                .filter(|_| tickets.first_contact_resolution.of_said.n > 0)
                .map(|value| said("support-fcr-least", &value))
                .into_iter()
                .collect(),
        ),
        share(opened, "support-reopen-rate", &tickets.reopen_rate, Vec::new()),
    ];
    tiles.push(Tile {
        title: words.t("support-cases"),
        big: Some(number(cases.opened)),
        beside: words.of("support-cases-resolved", "value", &number(cases.resolved)),
        lines: time(opened, &cases.time_to_resolve).into_iter().collect(),
    });
    tiles.push(share(opened, "support-in-time", &cases.contacted_in_time, Vec::new()));
    tiles.push(share(opened, "support-recovered", &cases.recovered, Vec::new()));
    tiles
}

/// How many tickets there are per hundred purchases; where that is not precise, between which numbers it is.
fn rate(opened: &Opened, of: &RateFigure) -> Option<String> {
    let numbers = opened.numbers();
    let value = numbers.plain(of.value?, 0);
    let said = |value: &str| opened.words.of("support-contact-rate", "value", value);
    let Some((low, high)) = of.lo.zip(of.hi) else { return Some(said(&value)) };
    let range = numbers.between(numbers.plain(low.floor(), 0), numbers.plain(high.ceil(), 0));
    if high - low > WIDE {
        return Some(opened.words.of("support-contact-rate-wide", "range", &range));
    }
    Some(said(&format!("{value} ({range})")))
}

fn percent(opened: &Opened, of: &ShareFigure) -> Option<String> {
    Some(opened.numbers().value(Shape::Share, of.value?, of.n))
}

fn share(opened: &Opened, id: &str, of: &ShareFigure, mut lines: Vec<String>) -> Tile {
    let numbers = opened.numbers();
    let values = [("count", opened.words.number(of.count).into()), ("n", opened.words.number(of.n).into())];
    lines.insert(0, opened.words.with("support-of", &values));
    let beside = if let Some((low, high)) = of.lo.zip(of.hi) {
        numbers.range(Shape::Share, low, high, of.n)
    } else {
        let needed = opened.words.number(opened.min_n.0);
        let values = [("n", opened.words.number(of.n).into()), ("needed", needed.into())];
        opened.words.with("support-few-times", &values)
    };
    Tile { title: opened.words.t(id), big: percent(opened, of), beside, lines }
}

/// The median first; with too few tickets, their number alone.
fn duration(opened: &Opened, id: &str, of: &DurationFigures, open: Option<&OpenFigures>) -> Tile {
    let (words, numbers) = (&opened.words, opened.numbers());
    let said = |id: &str, seconds: u64| words.of(id, "value", &numbers.duration(seconds));
    let mut lines: Vec<String> = Vec::new();
    lines.extend(of.p90.map(|p90| said("support-p90", p90)));
    lines.extend(of.mean.map(|mean| said("support-mean", charts::whole(mean))));
    lines.extend(open.map(|open| with_open(opened, open)).unwrap_or_default());
    if of.n > 0 && of.median.is_some() {
        lines.insert(0, words.count("support-of-tickets", of.n));
    }
    if of.missing > 0 {
        lines.push(words.of("support-missing", "value", &words.number(of.missing)));
    }
    let big = of.median.map(|median| numbers.duration(median));
    Tile {
        title: words.t(id),
        beside: match (of.n, &big) {
            (0, _) => words.t(if of.missing > 0 { "support-unknown" } else { "support-no-tickets" }),
            (_, Some(_)) => words.t("support-median"),
            (n, None) => {
                let values = [("n", words.number(n).into()), ("needed", words.number(opened.min_n.0).into())];
                words.with("support-few-times", &values)
            }
        },
        big,
        lines,
    }
}

/// How long it takes to close a ticket, with those that are still open: within which time a half and nine of ten are
/// closed, or that not even a half is.
fn with_open(opened: &Opened, of: &OpenFigures) -> Vec<String> {
    let said = |id: &str, seconds: u64| {
        let value = opened.numbers().duration(seconds);
        opened.words.of(id, "value", &value)
    };
    let half = of.median.map(|median| said("support-with-open", median)).or_else(|| half_open(opened, of));
    let most = of.p90.map(|p90| said("support-with-open-p90", p90));
    half.into_iter().chain(most).collect()
}

fn time(opened: &Opened, of: &OpenFigures) -> Option<String> {
    let median = of.median.map(|median| {
        let value = opened.numbers().duration(median);
        opened.words.of("support-time", "value", &value)
    });
    median.or_else(|| half_open(opened, of))
}

/// That the median is not reached, because more than a half is still open.
fn half_open(opened: &Opened, of: &OpenFigures) -> Option<String> {
    let is_unreached = of.median.is_none() && of.state.0 != MeasureState::TooFew;
    let number = |count: u64| opened.words.number(count).into();
    let values = [("closed", number(of.closed)), ("n", number(of.n))];
    is_unreached.then(|| opened.words.with("support-half-open", &values))
}

/// Why cases were resolved.
fn causes(opened: &Opened, report: &KpisReport) -> Vec<CauseLine> {
    let rows = &report.cases.causes;
    let axis = Axis::over(rows.iter().filter_map(|row| row.share.hi).chain([0.0]));
    let cause = |row: &crate::service::figures::reports::kpis::CauseRow| {
        let limits = row.share.lo.zip(row.share.hi).map(|(low, high)| [low, high]);
        let plot = row.share.value.map(|value| charts::bar(&axis, value, limits, Kind::Middle));
        CauseLine {
            name: row
                .cause
                .parse()
                .map_or_else(|_| row.cause.clone(), |cause: Cause| opened.words.t(cause_id(cause))),
            plot: plot.unwrap_or_default(),
            value: percent(opened, &row.share).unwrap_or_else(|| "—".to_owned()),
            count: opened.words.number(row.share.count),
        }
    };
    rows.iter().map(cause).collect()
}
