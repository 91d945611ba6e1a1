//! Coverage: whom the surveys did not reach, and whether it matters.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;

use super::ledger::{LedgerRow, ledger_rows, of_cases};
use super::parts::{Verdict, index_name};
use super::question::part_name;
use super::questions::ends;
use super::{Face, Framed, Head, Opened, charted};
use crate::domain::counting::{Dimension, Grouping, Stage};
use crate::pages::bar::{Bar, word_id};
use crate::pages::reply::Answer;
use crate::pages::shell::{Section, Shell};
use crate::pages::{Asked, Pages, Viewer, Word};
use crate::service::figures::flat::{Cell, Flat};
use crate::service::figures::reply::{Figures, Ledger};
use crate::service::figures::reports::bounds::{self, BoundsReport, QuestionBounds};
use crate::service::figures::request::{NONE, Request};
use crate::service::figures::{drawn, figures};
use crate::view::charts::{self, Axis, Block};
use crate::view::verdicts::{Compared, compared};

/// The parts that are shown, and the most rows of each.
const PARTS: [(Word, Dimension); 2] = [(Word::Channel, Dimension::Channel), (Word::Team, Dimension::Team)];
const MOST: usize = 20;
/// The most questions whose bounds are shown, and whose late answers: every question has a page that says both.
const QUESTIONS: usize = 12;

#[derive(Template)]
#[template(path = "coverage.html", config = "src/pages/askama.toml")]
struct Page {
    shell: Shell,
    bar: Bar,
    head: Head,
    rows: Vec<LedgerRow>,
    /// How the rows add up.
    sum: String,
    coverage: Option<String>,
    answered_of: String,
    plot: Option<String>,
    response: Option<String>,
    months: Option<String>,
    bounds: Vec<Bound>,
    bounds_left: Option<String>,
    late: Vec<Late>,
    late_left: Option<String>,
    /// All questions, one by one.
    questions: String,
    parts: Vec<Part>,
}

charted!(Page, |page, sheet| {
    sheet.text(match &page.coverage {
        Some(coverage) => format!("{coverage}: {}", page.answered_of),
        None => page.answered_of.clone(),
    });
    sheet.text(page.response.as_deref().unwrap_or_default());
    sheet.blocks.extend(page.plot.as_deref().map(Block::Chart));
    let rows = page.rows.iter().map(|row| {
        let share = row.share.as_deref().unwrap_or_default();
        (row.name.as_str(), row.plot.as_str(), row.count.as_str(), share.into())
    });
    sheet.rows(page.shell.t("coverage-ledger"), "", rows);
    let bounds =
        page.bounds.iter().map(|row| (row.title.as_str(), row.plot.as_str(), "", row.text.as_str().into()));
    sheet.rows(page.shell.t("figures-silent"), "", bounds);
    for part in &page.parts {
        let rows = part
            .rows
            .iter()
            .map(|row| (row.name.as_str(), row.plot.as_str(), row.coverage.as_str(), row.of.as_str().into()));
        sheet.rows(part.name.as_str(), "", rows);
    }
});

struct Bound {
    title: String,
    href: String,
    text: String,
    plot: String,
}

struct Late {
    title: String,
    text: String,
    verdict: Verdict,
}

struct Part {
    name: String,
    rows: Vec<PartRow>,
}

struct PartRow {
    href: String,
    name: String,
    /// Each with its surveys.
    eligible: (String, String),
    delivered: (String, String),
    answered: (String, String),
    /// `12 of 13 answered`
    of: String,
    coverage: String,
    plot: String,
}

/// Who was asked and who answered, part by part, as a table.
#[derive(Default)]
struct Parts(Vec<(&'static str, String, Counts)>);

impl Flat for Parts {
    fn rows(&self) -> Vec<Vec<Cell<'_>>> {
        let heads = ["dimension", "key", "events", "eligible", "delivered", "answered", "coverage"];
        let rows = self.0.iter().map(|(dimension, key, of)| {
            vec![
                (*dimension).into(),
                key.into(),
                of.events.into(),
                of.eligible.into(),
                of.delivered.into(),
                of.answered.into(),
                of.coverage().into(),
            ]
        });
        [heads.map(Cell::from).to_vec()].into_iter().chain(rows).collect()
    }
}

/// The counts of a part, over all scripts.
#[derive(Clone, Copy, Default)]
pub(super) struct Counts {
    pub events: u64,
    eligible: u64,
    delivered: u64,
    answered: u64,
}

pub(in crate::pages) async fn get(State(pages): State<Pages>, viewer: Viewer, asked: Asked) -> Answer {
    let mut opened = Opened::read(&pages, &viewer, &asked, 1).await?;
    let (plain, months) = (opened.plain(), opened.trend(false));
    let found = figures(&mut opened.tx, &pages.ctx, &plain).await?;
    let by_script = Request { grouping: Grouping::By(Dimension::Script), ..plain.clone() };
    opened.of_cases = of_cases(&figures(&mut opened.tx, &pages.ctx, &by_script).await?);
    let by_month = figures(&mut opened.tx, &pages.ctx, &months).await?;
    let report = bounds::bounds(&mut opened.tx, &pages.ctx, &plain).await?;
    let (mut parts, mut table) = (Vec::new(), Parts::default());
    for (word, dimension) in PARTS {
        let by = of_first_questions(opened.by(Grouping::By(dimension)), &found);
        let counted = figures(&mut opened.tx, &pages.ctx, &by).await?;
        parts.extend(part(&opened, word, &counted));
        let rows = over_scripts(&counted).into_iter();
        table.0.extend(rows.map(|(key, counts)| (word.as_str(), key, counts)));
    }
    let (words, numbers) = (&opened.words, opened.numbers());
    let ledger = &found.ledger;
    let shown = Shown {
        rows: ledger_rows(&opened, ledger),
        sum: sum(&opened, ledger),
        coverage: ledger.coverage.map(|share| numbers.share(share)),
        answered_of: of(&opened, ledger.answered, ledger.eligible),
        plot: ledger.coverage.map(|share| charts::coverage(share, "heard")),
        response: ledger.response_rate.map(|share| {
            let values = [
                ("share", numbers.share(share).into()),
                ("of", of(&opened, ledger.answered, ledger.delivered).into()),
            ];
            words.with("coverage-response", &values)
        }),
        months: by_months(&opened, &by_month),
        bounds: first(&opened, bounds_of(&opened, &found, &report), "coverage-bounds-left"),
        late: first(&opened, late_of(&opened, &report), "coverage-late-left"),
        questions: opened.figures("/questions", &[]),
    };
    let title = opened.words.t("coverage-title");
    let about = opened.filters.get(Word::Script).map(|slug| opened.titles.script(&opened.words, slug));
    let facts = found.period.clone();
    let tables = opened.tables("coverage").with("ledger", found.ledger).with("parts", table);
    let tables = tables.with("bounds", report);
    let face = Face { section: Section::Coverage, title, about, facts, tables };
    let page = |Framed { shell, bar, head }: Framed| {
        let Shown { rows, sum, coverage, answered_of, plot, response, months, bounds, late, questions } =
            shown;
        let ((bounds, bounds_left), (late, late_left)) = (bounds, late);
        Page {
            shell,
            bar,
            head,
            rows,
            sum,
            coverage,
            answered_of,
            plot,
            response,
            months,
            bounds,
            bounds_left,
            late,
            late_left,
            questions,
            parts,
        }
    };
    opened.answer(&pages, &viewer, face, page).await
}

/// `12 of 13 answered`
fn of(opened: &Opened, answered: u64, all: u64) -> String {
    let words = &opened.words;
    let values = [("answered", words.number(answered).into()), ("all", words.number(all).into())];
    words.with("coverage-of", &values)
}

/// How the ledger adds up.
fn sum(opened: &Opened, ledger: &Ledger) -> String {
    let number = |count: u64| opened.words.number(count).into();
    let values = [
        ("unmeant", number(ledger.events.saturating_sub(ledger.eligible))),
        ("unasked", number(ledger.eligible.saturating_sub(ledger.delivered))),
        ("silent", number(ledger.delivered.saturating_sub(ledger.answered))),
        ("answered", number(ledger.answered)),
        ("events", number(ledger.events)),
    ];
    opened.words.with("coverage-sum", &values)
}

/// The same about one question of each script, which is enough where only denominators are shown.
fn of_first_questions(request: Request, found: &Figures) -> Request {
    if !request.questions.is_empty() || !request.factors.is_empty() {
        return request;
    }
    let scripts = found.questions.chunk_by(|a, b| a.script == b.script);
    let questions = scripts.filter_map(|of| of.iter().find(|question| question.about.has_coverage()));
    Request { questions: questions.map(|question| question.question.clone()).collect(), ..request }
}

/// The denominators of each row over all scripts, from the rows of one question of each.
pub(super) fn over_scripts(counted: &Figures) -> BTreeMap<String, Counts> {
    let mut scripts: Vec<&str> = Vec::new();
    let mut counts: BTreeMap<String, Counts> = BTreeMap::new();
    for question in counted.questions.iter().filter(|question| question.about.has_coverage()) {
        if scripts.contains(&question.script.as_str()) {
            continue;
        }
        scripts.push(&question.script);
        for row in &question.rows {
            let Some(key) = &row.key else { continue };
            let ledger = &row.ledger;
            let count = counts.entry(key.clone()).or_default();
            count.events += ledger.events;
            count.eligible += ledger.eligible;
            count.delivered += ledger.delivered;
            count.answered += ledger.answered;
        }
    }
    counts
}

impl Counts {
    fn coverage(self) -> Option<f64> {
        let number = |count: u64| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        (self.eligible > 0).then(|| number(self.answered) / number(self.eligible))
    }
}

/// The coverage of each month, the one of the period in blue.
fn by_months(opened: &Opened, by_month: &Figures) -> Option<String> {
    let counts = over_scripts(by_month);
    let values: Vec<Option<f64>> = counts.values().map(|count| count.coverage()).collect();
    let own = opened.period.to_string();
    let chosen = counts.keys().position(|key| *key == own);
    (values.iter().flatten().count() > 1).then(|| charts::counts(&values, chosen))
}

fn part(opened: &Opened, word: Word, counted: &Figures) -> Option<Part> {
    let numbers = opened.numbers();
    let mut rows: Vec<(String, Counts)> = over_scripts(counted).into_iter().collect();
    rows.retain(|(_, counts)| counts.eligible > 0);
    rows.sort_by_key(|(_, counts)| std::cmp::Reverse(counts.eligible));
    rows.truncate(MOST);
    let axis = Axis::over([0.0, 100.0]);
    let row = |(key, counts): &(String, Counts)| {
        let value = if key == NONE { "" } else { key };
        let coverage = counts.coverage();
        let reached = |count: u64, stage: Stage| {
            let surveys = opened.surveys(&[(word, value), (Word::State, stage.as_str())]);
            (opened.words.number(count), surveys)
        };
        PartRow {
            href: opened.figures("/coverage", &[(word, value)]),
            name: part_name(opened, word, key),
            eligible: reached(counts.eligible, Stage::Eligible),
            delivered: reached(counts.delivered, Stage::Delivered),
            answered: reached(counts.answered, Stage::Answered),
            of: of(opened, counts.answered, counts.eligible),
            coverage: coverage.map_or_else(|| "–".to_owned(), |share| numbers.share(share)),
            plot: coverage.map_or_else(String::new, |share| {
                charts::bar(&axis, 100.0 * share, None, charts::Kind::Good)
            }),
        }
    };
    let rows: Vec<PartRow> = rows.iter().map(row).collect();
    (!rows.is_empty()).then(|| Part { name: opened.words.t(word_id(word)), rows })
}

fn bounds_of(opened: &Opened, found: &Figures, report: &BoundsReport) -> Vec<Bound> {
    let numbers = opened.numbers();
    let bound = |(place, of): (usize, &QuestionBounds)| {
        let [low, high] = of.bounds?;
        let question =
            found.questions.iter().find(|own| own.script == of.script && own.question == of.question)?;
        let figure = question.rows.first()?.indices.get(&of.index)?;
        let shape = drawn::shape(&of.index);
        // With everybody heard the bounds are the value, which too few answers do not have.
        let value = numbers.value(shape, figure.value?, of.n);
        let values = [
            ("index", index_name(&opened.words, &of.index).into()),
            ("value", value.into()),
            ("range", numbers.range_with_unit(shape, low, high, of.n).into()),
        ];
        let estimate = drawn::estimate(figure, found.period.settled);
        let axis = Axis::over(ends(question, &of.index));
        Some(Bound {
            title: opened.title(&of.script, &of.question),
            href: opened.figures(&format!("/questions/{}/{}", of.script, of.question), &[]),
            text: opened.words.with("coverage-bounds", &values),
            plot: charts::bounds(&axis, [low, high], estimate, &format!("bounds{place}")),
        })
    };
    // The widest first: there it matters most who was not heard.
    let width = |of: &QuestionBounds| of.bounds.map_or(0.0, |[low, high]| high - low);
    let mut questions: Vec<(usize, &QuestionBounds)> = report.questions.iter().enumerate().collect();
    if questions.len() > QUESTIONS {
        questions.sort_by(|(_, a), (_, b)| width(b).total_cmp(&width(a)));
    }
    questions.into_iter().filter_map(bound).collect()
}

/// The late answers to each question; first those that differ for certain.
fn late_of(opened: &Opened, report: &BoundsReport) -> Vec<Late> {
    let mut late: Vec<Late> = report.questions.iter().filter_map(|of| late(opened, of)).collect();
    late.sort_by_key(|of| !matches!(of.verdict.class, "better" | "worse"));
    late
}

/// As many as the page has room for, and how many there are if that is more. A file has all.
fn first<T>(opened: &Opened, mut all: Vec<T>, id: &str) -> (Vec<T>, Option<String>) {
    if all.len() <= QUESTIONS || opened.file.is_some() {
        return (all, None);
    }
    let left = opened.words.with(id, &[("shown", QUESTIONS.into()), ("all", all.len().into())]);
    all.truncate(QUESTIONS);
    (all, Some(left))
}

fn late(opened: &Opened, of: &QuestionBounds) -> Option<Late> {
    if of.late.n == 0 {
        return None;
    }
    let numbers = opened.numbers();
    let compare = &of.late.compare;
    let difference =
        compare.diff.zip(compare.lo).zip(compare.hi).map(|((value, low), high)| [value, low, high]);
    let said = compared(
        &Compared {
            index: of.index.parse().ok(),
            verdict: compare.verdict.0,
            difference,
            n: of.late.n,
            n_before: compare.n,
            is_change: false,
        },
        opened.min_n,
        &numbers,
    );
    let values = [("late", numbers.count(of.late.n).into()), ("others", numbers.count(compare.n).into())];
    Some(Late {
        title: opened.title(&of.script, &of.question),
        text: opened.words.with("coverage-late", &values),
        verdict: Verdict::of(said),
    })
}

/// What the page shows, before its frame.
struct Shown {
    rows: Vec<LedgerRow>,
    sum: String,
    coverage: Option<String>,
    answered_of: String,
    plot: Option<String>,
    response: Option<String>,
    months: Option<String>,
    /// Each with what is said of those that are not shown.
    bounds: (Vec<Bound>, Option<String>),
    late: (Vec<Late>, Option<String>),
    questions: String,
}
