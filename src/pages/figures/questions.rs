//! All questions, script by script, and how they stand.

use askama::Template;
use axum::extract::State;

use super::nothing::Nothing;
use super::paged::Onward;
use super::parts::{Headline, Verdict, answers_or_scores, index_of};
use super::{Face, Framed, Head, Opened, charted};
use crate::domain::counting::{Dimension, Grouping};
use crate::domain::metric::Part;
use crate::domain::stats::index::Index;
use crate::pages::bar::Bar;
use crate::pages::reply::Answer;
use crate::pages::shell::{Section, Shell};
use crate::pages::{Asked, Pages, Viewer, Word};
use crate::service::figures::reply::{Figures, QuestionFigures};
use crate::service::figures::request::Request;
use crate::service::figures::{drawn, figures};
use crate::view::charts::{self, Axis, Tone};

#[derive(Template)]
#[template(path = "questions.html", config = "src/pages/askama.toml")]
struct Page {
    shell: Shell,
    bar: Bar,
    head: Head,
    scripts: Vec<Script>,
    /// In place of the questions, where the filters leave none.
    nothing: Option<Nothing>,
    onward: Option<Onward>,
}

charted!(Page, |page, sheet| {
    for script in &page.scripts {
        let rows = script
            .rows
            .iter()
            .map(|row| (row.title.as_str(), row.plot.as_str(), row.value.as_str(), row.note().into()));
        sheet.rows(format!("{} · {}", script.title, script.coverage), "", rows);
    }
});

struct Script {
    slug: String,
    title: String,
    /// `coverage 38%`
    coverage: String,
    href: String,
    /// The page about importance, if the script asks for it.
    importance: Option<(String, String)>,
    rows: Vec<Row>,
}

struct Row {
    href: String,
    title: String,
    index: String,
    answers: String,
    n: String,
    /// `12 scores`, or answers to a choice.
    scores: String,
    plot: String,
    /// Where the value says little, between which numbers it is; below the least coverage, the bounds.
    value: String,
    range: Option<String>,
    verdicts: Vec<Verdict>,
}

impl Row {
    /// What stands below its value in a picture.
    fn note(&self) -> String {
        [Some(self.index.as_str()), self.range.as_deref(), Some(self.scores.as_str())]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(", ")
    }
}

pub(in crate::pages) async fn get(State(pages): State<Pages>, viewer: Viewer, asked: Asked) -> Answer {
    let mut opened = Opened::read(&pages, &viewer, &asked, 1).await?;
    let request = Request { grouping: Grouping::By(Dimension::Script), ..opened.compared() };
    let found = figures(&mut opened.tx, &pages.ctx, &request).await?;
    let mut scripts: Vec<Script> = Vec::new();
    let listed = opened.paged(found.questions.len());
    for question in listed.of(&found.questions, 0) {
        if scripts.last().is_none_or(|script| script.slug != question.script) {
            scripts.push(script(&opened, &found, question));
        }
        let Some(script) = scripts.last_mut() else { continue };
        script.rows.push(row(&opened, &found, question));
    }
    let nothing = match found.ledger.answered {
        0 if opened.filters.period().is_some() || !opened.filters.is_plain() => {
            Some(opened.nothing(&pages, &viewer, &[]).await?)
        }
        _ => None,
    };
    let (title, against) = (opened.words.t("page-nav-questions"), opened.against(&found));
    let facts = found.period.clone();
    let tables = opened.tables("questions").with("figures", found);
    let face = Face { section: Section::Questions, title, about: None, facts, tables };
    let page = |Framed { shell, bar, mut head }: Framed| {
        head.against = against;
        Page { shell, bar, head, scripts, nothing, onward: listed.onward }
    };
    opened.answer(&pages, &viewer, face, page).await
}

fn script(opened: &Opened, found: &Figures, question: &QuestionFigures) -> Script {
    let mut own = found.questions.iter().filter(|of| of.script == question.script);
    let has_importance = own.any(|of| of.about.metric.part() == Part::Importance);
    let ledger = question.rows.first().map(|row| &row.ledger);
    let coverage =
        ledger.map_or_else(|| opened.words.t("figures-coverage-none"), |of| opened.coverage_of(of).0);
    Script {
        title: opened.titles.script(&opened.words, &question.script),
        coverage,
        href: opened.figures("/coverage", &[(Word::Script, &question.script)]),
        importance: has_importance.then(|| {
            let href = opened.figures(&format!("/importance/{}", question.script), &[]);
            (href, opened.words.t("page-nav-importance"))
        }),
        rows: Vec::new(),
        slug: question.script.clone(),
    }
}

/// A question; a choice has no primary index, and stands with its count alone.
fn row(opened: &Opened, found: &Figures, question: &QuestionFigures) -> Row {
    let own = question.rows.first();
    let name = drawn::primary(question).map_or("", Index::as_str);
    let figure = own.and_then(|row| row.indices.get(name));
    let n = own.map_or(0, |row| row.n);
    let estimate = figure.and_then(|figure| drawn::estimate(figure, found.period.settled));
    let [low, high] = ends(question, name);
    let plot = charts::interval(&charts::Interval {
        axis: Axis::over([low, high]),
        estimate,
        tone: Tone::Usual,
        reference: None,
        raw: None,
    });
    let heading = drawn::primary(question).is_some();
    let headline = own.zip(figure).map(|(row, figure)| {
        let coverage = row.ledger.coverage;
        opened.headline((found, question), row, (name, figure), coverage)
    });
    // What takes the place of a headline's value stands in this one's place, too.
    let (value, range, verdicts) = match headline {
        Some(Headline { big: Some(big), beside, verdicts, .. }) => (big, Some(beside), verdicts),
        Some(Headline { big: None, beside, verdicts, .. }) if !beside.is_empty() => (beside, None, verdicts),
        other => ("—".to_owned(), None, other.map(|headline| headline.verdicts).unwrap_or_default()),
    };
    Row {
        href: opened.figures(&format!("/questions/{}/{}", question.script, question.question), &[]),
        title: opened.title(&question.script, &question.question),
        index: if heading {
            index_of(&opened.words, question, name)
        } else {
            opened.words.t(question.about.metric.spec().name)
        },
        answers: opened.answers_of(question, &[]),
        n: opened.words.number(n),
        scores: answers_or_scores(&opened.words, question, n),
        plot: if heading { plot } else { String::new() },
        value,
        range,
        verdicts,
    }
}

/// The lowest and the highest value that an index can have.
pub(super) fn ends(question: &QuestionFigures, name: &str) -> [f64; 2] {
    let shown = name.parse().ok().zip(question.about.on).map(|(index, on): (Index, _)| index.shown(on));
    shown.map_or([0.0, 100.0], |shown| [shown.value(0.0), shown.value(1.0)])
}
