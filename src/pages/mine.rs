//! An agent's own scores: what they can learn from, and nobody else's.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;

use super::answers::selection;
use super::card::{Card, Cards};
use super::filters::{Asked, Filters, Word};
use super::reply::{Answer, Trouble, shown};
use super::shell::{Section, Shell};
use super::titles::Titles;
use super::{Pages, Viewer, Words};
use crate::domain::counting::{Dimension, Filter};
use crate::domain::period::Period;
use crate::domain::scale::Band;
use crate::domain::stats::measure::State as MeasureState;
use crate::domain::stats::rounding::Shape;
use crate::service::explore::{self, Details, Wanted};
use crate::service::figures;
use crate::service::figures::reply::IndexFigure;
use crate::service::figures::request::Request;
use crate::view::charts::HEARD;

/// Low and neutral answers on the page.
const MOST: usize = 30;

#[derive(Template)]
#[template(path = "mine.html", config = "src/pages/askama.toml")]
struct Page {
    shell: Shell,
    heading: String,
    about: String,
    /// Whether an administrator has said which agent of the events this is.
    is_known: bool,
    scores: Vec<Own>,
    cards: Vec<Card>,
    all: String,
}

/// One's value in one question, as a headline says it: whom it is of, and only what is precise as a number.
struct Own {
    question: String,
    /// `coverage 38%`; nobody knows that of questions about cases.
    coverage: Option<String>,
    /// `None` where the value is not precise, and with too few answers.
    value: Option<String>,
    /// The interval, or what is said in the value's place.
    beside: String,
    /// What is said of those who answered, where the bounds stand in the value's place.
    among: Option<String>,
    count: String,
    href: String,
}

pub(super) async fn get(State(pages): State<Pages>, viewer: Viewer, asked: Asked) -> Answer {
    let Some(agent) = viewer.only_agent() else { return Err(Trouble::moved("/")) };
    let words = &viewer.words;
    let ctx = &pages.ctx;
    let today = words.local(viewer.now).date_naive();
    let this = Period::month_of(today);
    let last_three = Period::parse(&format!("{}..{this}", this.previous().previous())).unwrap_or(this);
    let asked_for = Filters::read(&asked.pairs, &[Word::Period]).period();
    let period = asked_for.filter(|period| period.days().from <= today).unwrap_or(last_three);
    let filters = Filters::default().set(Word::Period, &period.to_string());
    let mut tx = pages.db.read_at_length().await?;
    let titles = Titles::load(&mut tx, ctx).await?;
    let wanted = Wanted {
        selection: selection(ctx, &viewer, &filters, period),
        bands: BTreeSet::from([Band::Low, Band::Neutral]),
        questions: BTreeSet::new(),
        values: BTreeSet::new(),
        text: None,
        with_words: false,
        with_voice: false,
        wait: None,
    };
    let found = explore::newest_answers(&mut tx, ctx, &wanted, MOST).await?;
    let keys: Vec<_> = found.hits.iter().map(|hit| hit.survey).collect();
    let details = Details::load(&mut tx, &keys).await?;
    let (mut scores, mut about) = (Vec::new(), words.period(&period));
    if let Some(agent) = agent {
        let own = Filter {
            dimension: Dimension::Agent,
            values: BTreeSet::from([Some(agent.to_owned())]),
            is_left_out: false,
        };
        let request = Request { filters: vec![own], period: Some(period), ..Request::default() };
        let counted = figures::figures(&mut tx, ctx, &request).await?;
        if !counted.period.settled {
            about = format!("{about} · {}", words.preliminary(counted.period.open));
        }
        for question in &counted.questions {
            scores.extend(value(words, &titles, &filters, question));
        }
    }
    drop(tx);
    let makes = Cards { viewer: &viewer, titles: &titles, details: &details, filters: &filters };
    let heading = words.t("page-nav-mine");
    let page = Page {
        about,
        is_known: agent.is_some(),
        scores,
        cards: found.hits.iter().filter_map(|hit| makes.card(hit)).collect(),
        all: filters.href("/answers"),
        shell: pages
            .shell(&viewer, Some(Section::Mine), heading.clone(), (asked.address(), &Filters::default()))
            .await?,
        heading,
    };
    shown(&page)
}

/// The value of the primary index with its interval; with few answers only their count, where few were heard the bounds.
fn value(
    words: &Words,
    titles: &Titles,
    filters: &Filters,
    question: &figures::reply::QuestionFigures,
) -> Option<Own> {
    let row = question.rows.first().filter(|row| row.n > 0)?;
    let index = question.about.indices().next()?;
    let (_, figure) = row.indices.0.iter().find(|(name, _)| name == index.as_str())?;
    let numbers = words.numbers();
    let coverage = row.ledger.coverage.filter(|_| question.about.has_coverage());
    let (value, beside, among) = said(words, Shape::of(index), figure, (row.n, coverage));
    Some(Own {
        question: titles.question(words, Some(&question.script), &question.question),
        coverage: coverage.map(|share| words.of("figures-coverage", "coverage", &numbers.share(share))),
        value,
        beside,
        among,
        count: words.count("page-answers", row.n),
        href: filters.set(Word::Script, &question.script).set(Word::Q, &question.question).href("/answers"),
    })
}

/// What stands in the place of the value, beside it and below it.
fn said(
    words: &Words,
    shape: Shape,
    figure: &IndexFigure,
    (n, coverage): (u64, Option<f64>),
) -> (Option<String>, String, Option<String>) {
    let numbers = words.numbers();
    let (Some(value), Some(low), Some(high)) = (figure.value, figure.lo, figure.hi) else {
        return (None, words.t("page-too-few"), None);
    };
    let value = numbers.value(shape, value, n);
    let is_unheard = coverage.is_some_and(|coverage| coverage < HEARD);
    if let Some([least, most]) = figure.bounds.filter(|_| is_unheard) {
        let values = [("value", value.into()), ("range", numbers.range(shape, low, high, n).into())];
        let bounds = numbers.range_with_unit(shape, least, most, n);
        return (Some(bounds), words.t("figures-bounds"), Some(words.with("figures-among", &values)));
    }
    if figure.state.0 == MeasureState::Wide {
        let range = numbers.range_with_unit(shape, low, high, n);
        return (None, words.of("figures-wide", "range", &range), None);
    }
    (Some(value), numbers.range(shape, low, high, n), None)
}
