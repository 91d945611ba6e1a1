//! Importance beside satisfaction: what matters to customers and fails, and what drives the overall score.

use askama::Template;
use axum::extract::{Path, State};

use super::parts::Verdict;
use super::{Face, Framed, Head, Opened, charted};
use crate::domain::metric::Part;
use crate::domain::stats::importance::Level;
use crate::domain::stats::measure::State as MeasureState;
use crate::domain::stats::rounding::Shape;
use crate::pages::bar::Bar;
use crate::pages::reply::{Answer, Trouble};
use crate::pages::shell::{Section, Shell};
use crate::pages::titles::{shortened, text};
use crate::pages::{Asked, Pages, Viewer, Word};
use crate::service::figures::drawn;
use crate::service::figures::reports::drivers::{self, ScriptDrivers};
use crate::service::figures::reports::importance::{self, FactorRow, ScriptImportance};
use crate::service::figures::request::Request;
use crate::view::charts::{self, Axis, Block, Factor, Kind, Matrix};
use crate::view::verdicts::Glyph;

/// The page shows three months: importance is asked seldom.
const MONTHS: u32 = 3;
/// The most characters of a factor's name.
const NAME: usize = 28;

#[derive(Template)]
#[template(path = "importance.html", config = "src/pages/askama.toml")]
struct Page {
    shell: Shell,
    bar: Bar,
    head: Head,
    coverage: (String, String),
    /// Why there is nothing to see yet.
    missing: Option<String>,
    sentence: String,
    matrix: Option<String>,
    weighted: Option<Weighted>,
    rows: Vec<Row>,
    drivers: Option<Drivers>,
}

charted!(Page, |page, sheet| {
    sheet.text(page.coverage.0.as_str());
    sheet.text(page.missing.as_deref().unwrap_or(&page.sentence));
    if let Some(weighted) = &page.weighted {
        sheet.text(format!("{}: {}", page.shell.t("importance-weighted"), weighted.line()));
    }
    sheet.blocks.extend(page.matrix.as_deref().map(Block::Chart));
    let rows = page.rows.iter().map(|row| {
        let range = row.range.as_deref().unwrap_or_default();
        (row.name.as_str(), "", row.gap.as_str(), range.into())
    });
    sheet.rows(page.shell.t("importance-gap-title"), "", rows);
    if let Some(drivers) = &page.drivers {
        let rows = drivers.rows.iter();
        let rows = rows
            .map(|row| (row.name.as_str(), row.plot.as_str(), row.share.as_str(), row.range.as_str().into()));
        sheet.rows(drivers.title.as_str(), &drivers.axis, rows);
        sheet.text(drivers.note.as_str());
    }
});

struct Weighted {
    /// `None` where the interval is too wide for a headline; of few who were heard, the bounds.
    big: Option<String>,
    beside: String,
    /// What is said of it, as of any headline.
    said: Option<Verdict>,
    simple: Option<String>,
}

impl Weighted {
    /// The same on one line, for a picture.
    fn line(&self) -> String {
        let big = self.big.as_ref().map(|big| format!("{big} ({})", self.beside));
        let said = self.said.as_ref().map(Verdict::line);
        [big, said].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }
}

struct Row {
    name: String,
    quarter: String,
    /// With a link to the answers.
    important: (String, Option<String>),
    satisfied: (String, Option<String>),
    gap: String,
    range: Option<String>,
}

struct Drivers {
    title: String,
    /// Why there are none.
    missing: Option<String>,
    explained: Option<String>,
    axis: String,
    rows: Vec<DriverRow>,
    note: String,
}

struct DriverRow {
    name: String,
    plot: String,
    share: String,
    range: String,
    correlation: String,
}

/// Leads to the first script that asks for importance.
pub(in crate::pages) async fn first(State(pages): State<Pages>, viewer: Viewer, asked: Asked) -> Answer {
    let mut opened = Opened::read(&pages, &viewer, &asked, MONTHS).await?;
    let request = Request { questions: [].into(), ..opened.plain() };
    let report = importance::importance(&mut opened.tx, &pages.ctx, &request).await?;
    let known = report.scripts.first().map(|script| script.script.clone());
    let slug = known.or_else(|| opened.titles.slugs().next().map(str::to_owned)).ok_or(Trouble::NotFound)?;
    let filters = opened.filters.without(Word::Script).without(Word::Q);
    Err(Trouble::moved(filters.href(&format!("/importance/{}", crate::pages::filters::escaped(&slug)))))
}

pub(in crate::pages) async fn get(
    State(pages): State<Pages>,
    viewer: Viewer,
    Path(script): Path<String>,
    asked: Asked,
) -> Answer {
    let mut opened = Opened::read(&pages, &viewer, &asked, MONTHS).await?;
    opened.narrow_to(&script);
    if opened.titles.slugs().all(|slug| slug != script) {
        return Err(Trouble::NotFound);
    }
    let request = opened.plain();
    let report = importance::importance(&mut opened.tx, &pages.ctx, &request).await?;
    let found_drivers = drivers::drivers(&mut opened.tx, &pages.ctx, &request).await?;
    let own = report.scripts.iter().find(|of| of.script == script);
    let drivers = found_drivers.scripts.iter().find(|of| of.script == script);
    let words = &opened.words;
    let missing = match own {
        None => Some(words.t("importance-none")),
        Some(of) if of.weighted.value.is_none() => {
            let customers = ("customers", words.number(of.customers).into());
            Some(words.with("importance-few", &[customers, ("needed", words.number(opened.min_n.0).into())]))
        }
        Some(_) => None,
    };
    let matrix = own.and_then(|of| matrix_of(&opened, of));
    let sentence = own.map(|of| sentence(&opened, of)).unwrap_or_default();
    let weighted = own.and_then(|of| weighted(&opened, of, report.head.ledger.coverage));
    let mut factors: Vec<&FactorRow> = own.map(|of| of.factors.iter().collect()).unwrap_or_default();
    factors.sort_by(|a, b| a.gap.partial_cmp(&b.gap).unwrap_or(std::cmp::Ordering::Equal));
    let rows = factors.into_iter().map(|of| row(&opened, &script, of)).collect();
    let drivers = drivers.map(|of| drivers_of(&opened, of));
    let coverage = opened.coverage_of(&report.head.ledger);
    let about = opened.titles.script(&opened.words, &script);
    let title = opened.words.t("importance-title");
    let facts = report.head.period.clone();
    let tables = opened.tables(&format!("importance-{script}"));
    let tables = tables.with("importance", report).with("drivers", found_drivers);
    let face = Face { section: Section::Importance, title, about: Some(about), facts, tables };
    let page = |Framed { shell, bar, head }: Framed| Page {
        shell,
        bar,
        head,
        coverage,
        missing,
        sentence,
        matrix,
        weighted,
        rows,
        drivers,
    };
    opened.answer(&pages, &viewer, face, page).await
}

fn matrix_of(opened: &Opened, of: &ScriptImportance) -> Option<String> {
    let names: Vec<String> =
        of.factors.iter().map(|row| factor_name(opened, &of.script, &row.factor)).collect();
    let factors: Vec<Factor<'_>> = of
        .factors
        .iter()
        .zip(&names)
        .filter_map(|(row, name)| {
            Some(Factor {
                name,
                importance: drawn::estimate(&row.importance, true)?,
                satisfaction: drawn::estimate(&row.satisfaction, true)?,
            })
        })
        .collect();
    // The quarters meet at the means over the factors; without all factors there are none.
    if factors.is_empty() || factors.len() != of.factors.len() {
        return None;
    }
    let number = f64::from(u32::try_from(factors.len()).unwrap_or(u32::MAX));
    let mean = |value: fn(&Factor<'_>) -> f64| factors.iter().map(value).sum::<f64>() / number;
    let matrix = Matrix {
        name: &opened.words.t("importance-matrix"),
        mean_importance: mean(|of| of.importance.value),
        mean_satisfaction: mean(|of| of.satisfaction.value),
        factors,
    };
    Some(charts::matrix(&matrix, &opened.numbers()))
}

/// What a factor is called: what customers are asked about it, or its key if they are not asked any more.
fn factor_name(opened: &Opened, script: &str, factor: &str) -> String {
    let mut asked = opened.titles.questions(script).iter();
    let own = asked.find(|question| question.metric.part() == Part::Factor && question.factor() == factor);
    let name = own.map(|question| text(&opened.words, &question.text));
    let name = name.map(|name| shortened(name.trim_end_matches(['?', '.', ' ']), NAME));
    name.unwrap_or_else(|| factor.to_owned())
}

/// What to mend first; or that nothing stands out.
fn sentence(opened: &Opened, of: &ScriptImportance) -> String {
    let fails = |row: &&FactorRow| row.important.0 == Level::High && row.satisfied.0 == Level::Low;
    let name = |row: &FactorRow| factor_name(opened, &of.script, &row.factor);
    let names: Vec<String> = of.factors.iter().filter(fails).map(name).collect();
    if names.is_empty() {
        opened.words.t("importance-nothing")
    } else {
        opened.words.of("importance-mend", "names", &names.join(", "))
    }
}

fn weighted(opened: &Opened, of: &ScriptImportance, coverage: Option<f64>) -> Option<Weighted> {
    let (words, numbers) = (&opened.words, opened.numbers());
    let (value, low, high) = (of.weighted.value?, of.weighted.lo?, of.weighted.hi?);
    let value = numbers.value(Shape::Mean, value, of.customers);
    let range = numbers.range(Shape::Mean, low, high, of.customers);
    let said = |words: String| Some(Verdict::word(Glyph::Unknown, "nc", words));
    let is_unheard = coverage.is_some_and(|coverage| coverage < charts::HEARD);
    if let Some([low, high]) = of.weighted.bounds.filter(|_| is_unheard) {
        let values = [("value", value.into()), ("range", range.into())];
        return Some(Weighted {
            big: Some(numbers.range(Shape::Mean, low, high, of.customers)),
            beside: words.t("figures-bounds"),
            said: said(words.with("figures-among", &values)),
            simple: None,
        });
    }
    if of.weighted.state.0 == MeasureState::Wide {
        let said = said(words.of("figures-wide", "range", &range));
        return Some(Weighted { big: None, beside: range, said, simple: None });
    }
    let simple = of.simple.map(|simple| {
        words.of("importance-simple", "simple", &numbers.value(Shape::Mean, simple, of.customers))
    });
    Some(Weighted { big: Some(value), beside: range, said: None, simple })
}

fn row(opened: &Opened, script: &str, of: &FactorRow) -> Row {
    let numbers = opened.numbers();
    let mean = |value: Option<f64>, n: u64| {
        value.map_or_else(|| "—".to_owned(), |value| numbers.value(Shape::Mean, value, n))
    };
    let quarter = match (of.important.0, of.satisfied.0) {
        (Level::High, Level::Low) => "importance-quarter-mend",
        (Level::High, Level::High) => "importance-quarter-keep",
        (Level::Low, Level::High) => "importance-quarter-fine",
        (Level::Low, Level::Low) => "importance-quarter-minor",
        _ => "importance-quarter-undecided",
    };
    Row {
        name: factor_name(opened, script, &of.factor),
        quarter: opened.words.t(quarter),
        important: (
            mean(of.importance.value, of.importance_n),
            answers(opened, script, (&of.factor, Part::Importance)),
        ),
        satisfied: (
            mean(of.satisfaction.value, of.satisfaction_n),
            answers(opened, script, (&of.factor, Part::Factor)),
        ),
        gap: of.gap.map_or_else(|| "—".to_owned(), |gap| numbers.signed(gap, 2)),
        range: of.gap_lo.zip(of.gap_hi).map(|(low, high)| numbers.signed_range(low, high, 2)),
    }
}

/// The answers to the only question of a script about a factor.
fn answers(opened: &Opened, script: &str, (factor, part): (&str, Part)) -> Option<String> {
    let questions = opened.titles.questions(script).iter();
    let mut own = questions.filter(|of| of.metric.part() == part && of.factor() == factor);
    let question = own.next().filter(|_| own.next().is_none())?;
    Some(opened.answers(&[(Word::Script, script), (Word::Q, &question.key)]))
}

fn drivers_of(opened: &Opened, of: &ScriptDrivers) -> Drivers {
    let (words, numbers) = (&opened.words, opened.numbers());
    let missing = match of.state {
        "found" => None,
        "no_outcome" => Some(words.t("drivers-no-outcome")),
        "no_factors" => Some(words.t("drivers-no-factors")),
        "constant" => Some(words.t("drivers-constant")),
        _ => Some(words.of("drivers-few", "n", &words.number(of.n))),
    };
    let axis = Axis::over(of.factors.iter().map(|row| 100.0 * row.hi).chain([0.0])).rounded();
    let mut factors: Vec<&drivers::DriverRow> = of.factors.iter().collect();
    factors.sort_by(|a, b| b.share.partial_cmp(&a.share).unwrap_or(std::cmp::Ordering::Equal));
    let row = |row: &drivers::DriverRow| {
        let [share, low, high] = [row.share, row.lo, row.hi].map(|share| 100.0 * share);
        DriverRow {
            name: factor_name(opened, &of.script, &row.factor),
            plot: charts::bar(&axis, share, Some([low, high]), Kind::Good),
            share: numbers.value(Shape::Share, share, 0),
            range: numbers.range(Shape::Share, low, high, 0),
            correlation: numbers.plain(row.correlation, 2),
        }
    };
    let outcome = of.outcome.as_ref().map(|key| opened.title(&of.script, key));
    let id = if of.explains_little { "drivers-little" } else { "drivers-explained" };
    Drivers {
        title: match outcome {
            Some(outcome) => words.of("drivers-title-of", "outcome", &outcome),
            None => words.t("drivers-title"),
        },
        missing,
        explained: of.r2.map(|r2| words.of(id, "share", &numbers.share(r2))),
        axis: charts::axis(&axis, Shape::Share, false, &numbers),
        rows: factors.into_iter().map(row).collect(),
        note: words.of("drivers-note", "n", &words.number(of.n)),
    }
}
