//! One question: what its score is, since when, and where.

mod choices;
mod rows;

use askama::Template;
use axum::extract::{Path, State};
use chrono::NaiveDate;

use self::choices::{CUTS, chosen_index, cut_choice, index_choices, index_label, step_choices};
pub(super) use self::rows::part_name;
use self::rows::{
    PartRow, PeriodRow, ShareRow, part_rows, parts_axis, parts_left, period_rows, share_rows, value_rows,
};
use super::parts::{
    Choice, Headline, Heard, Verdict, answers_or_scores, hardest, index_name, index_of, scale_name,
};
use super::questions::ends;
use super::{Face, Framed, Head, Opened, charted};
use crate::domain::counting::{Dimension, Grouping};
use crate::domain::stats::index::Index;
use crate::domain::stats::measure::State as MeasureState;
use crate::pages::bar::{Bar, word_id};
use crate::pages::reply::{Answer, Trouble};
use crate::pages::shell::{Section, Shell};
use crate::pages::words::sentence_case;
use crate::pages::{Asked, Pages, Viewer, Word};
use crate::service::figures::reply::{Figures, QuestionFigures, Row};
use crate::service::figures::reports::bounds::{self, QuestionBounds};
use crate::service::figures::request::Request;
use crate::service::figures::{drawn, figures, published};
use crate::view::charts::{self, Axis, Block, Certainty, Trend};
use crate::view::numbers::Numbers;
use crate::view::verdicts::{Compared, compared};

/// The most rows of a cut.
const CUT_ROWS: usize = 40;

#[derive(Template)]
#[template(path = "question.html", config = "src/pages/askama.toml")]
struct Page {
    shell: Shell,
    bar: Bar,
    head: Head,
    shown: Shown,
}

charted!(Page, |page, sheet| {
    let shown = &page.shown;
    sheet.blocks.push(Block::Heading(shown.full_index.as_str().into()));
    sheet.text(shown.heard.line());
    for text in shown.headline.texts() {
        sheet.text(text);
    }
    sheet.blocks.extend(shown.chart.as_deref().map(Block::Chart));
    let shares = shown.shares.iter().map(ShareRow::picture);
    sheet.rows(page.shell.t("question-shares"), "", shares);
    let values = shown.values.iter().map(ShareRow::picture);
    sheet.rows(page.shell.t("question-values"), "", values);
    sheet.text(shown.hardest.as_deref().unwrap_or_default());
    let parts = shown
        .parts
        .iter()
        .map(|row| (row.name.as_str(), row.plot.as_str(), row.value.as_str(), row.note().into()));
    sheet.rows(shown.cut.as_str(), &shown.parts_axis, parts);
});

/// What the page shows, before its frame.
struct Shown {
    index: String,
    /// With its metric and its scale.
    full_index: String,
    /// The ID of what is counted: scores, or answers to a choice.
    n_name: &'static str,
    indices: Vec<Choice>,
    steps: Vec<Choice>,
    heard: Heard,
    headline: Headline,
    chart: Option<String>,
    has_preliminary: bool,
    periods: Vec<PeriodRow>,
    shares: Vec<ShareRow>,
    values: Vec<ShareRow>,
    /// What the values mean, where the scale is turned.
    hardest: Option<String>,
    silent: Option<Silent>,
    others: Vec<Other>,
    cut: String,
    cuts: Vec<Choice>,
    parts_axis: String,
    parts: Vec<PartRow>,
    /// How many parts are not shown, in words.
    parts_left: Option<String>,
}

struct Silent {
    sentence: String,
    plot: String,
    late: Option<(String, Verdict)>,
}

struct Other {
    href: String,
    title: String,
    about: String,
}

pub(in crate::pages) async fn get(
    State(pages): State<Pages>,
    viewer: Viewer,
    Path((script, key)): Path<(String, String)>,
    asked: Asked,
) -> Answer {
    let mut opened = Opened::read(&pages, &viewer, &asked, 1).await?;
    opened.narrow_to(&script);
    let of_script = Request { grouping: Grouping::By(Dimension::Script), ..opened.compared() };
    let only = |request: Request| Request { questions: [key.clone()].into(), ..request };
    let found = figures(&mut opened.tx, &pages.ctx, &of_script).await?;
    // A question that is asked no more is among the figures only if they are asked for it.
    let alone = figures(&mut opened.tx, &pages.ctx, &only(of_script.clone())).await?;
    let own = found.questions.iter().find(|question| question.question == key);
    let question = own.or_else(|| alone.questions.first()).ok_or(Trouble::NotFound)?;
    let name = chosen_index(&mut opened, question);
    let wanted = |request: Request| Request { indices: vec![name.clone()], ..only(request) };
    // The index may be one that is not among the usual ones.
    let main = figures(&mut opened.tx, &pages.ctx, &wanted(of_script.clone())).await?;
    let is_weekly = opened.filters.get(Word::By) == Some("week");
    let trend = wanted(opened.trend(is_weekly));
    let by_period = figures(&mut opened.tx, &pages.ctx, &trend).await?;
    let published = published(&mut opened.tx, &pages.ctx, &script).await?;
    let cut_of = |text: &str| text.parse::<Word>().ok().and_then(|cut| Some((cut, cut.dimension()?)));
    opened.filters.keep_known(Word::Cut, |text| cut_of(text).is_some());
    let (cut, dimension) =
        opened.filters.get(Word::Cut).and_then(cut_of).unwrap_or((CUTS[0], Dimension::Team));
    let by_part = Request { is_beside: true, ..wanted(opened.by(Grouping::By(dimension))) };
    let plain = only(opened.plain());
    let parts = figures(&mut opened.tx, &pages.ctx, &by_part).await?;
    let bounds = bounds::bounds(&mut opened.tx, &pages.ctx, &plain).await?;
    let name = name.to_string();
    let shown = shown(
        &opened,
        &Found {
            script: &found,
            question,
            name: &name,
            main: &main,
            by_period: &by_period,
            published: &published,
            cut,
            parts: &parts,
            bounds: bounds.questions.first(),
        },
    );
    let title = opened.title(&script, &key);
    let about = about(&opened, question);
    let against = opened.against(&found);
    let above = (opened.figures("/questions", &[]), opened.words.t("page-nav-questions"));
    let facts = found.period.clone();
    let tables = opened.tables(&format!("question-{script}-{key}")).with("figures", main);
    let tables = tables.with("trend", by_period).with("parts", parts).with("bounds", bounds);
    let face = Face { section: Section::Questions, title, about: Some(about), facts, tables };
    let Some(shown) = shown else {
        let of = [(Word::Script, script.as_str()), (Word::Q, key.as_str())];
        let nothing = opened.nothing(&pages, &viewer, &of).await?;
        return opened.empty(&pages, &viewer, face, Some(above), nothing).await;
    };
    let page = |Framed { shell, bar, mut head }: Framed| {
        head.above = Some(above);
        head.against = against;
        Page { shell, bar, head, shown }
    };
    opened.answer(&pages, &viewer, face, page).await
}

/// The answers of the figures from which the page is made.
struct Found<'f> {
    /// All questions of the script.
    script: &'f Figures,
    question: &'f QuestionFigures,
    /// The index that is shown.
    name: &'f str,
    main: &'f Figures,
    by_period: &'f Figures,
    /// The versions of the script, each with the day on which it was published.
    published: &'f [(i64, NaiveDate)],
    cut: Word,
    parts: &'f Figures,
    bounds: Option<&'f QuestionBounds>,
}

fn about(opened: &Opened, question: &QuestionFigures) -> String {
    let metric = opened.words.t(question.about.metric.spec().name);
    let script = opened.titles.script(&opened.words, &question.script);
    let scale = question.scale.map(|scale| scale_name(&opened.words, scale));
    [Some(script), Some(metric), scale].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn shown(opened: &Opened, of: &Found<'_>) -> Option<Shown> {
    let (words, numbers) = (&opened.words, opened.numbers());
    let question = of.main.questions.first()?;
    let row = question.rows.first()?;
    let figure = row.indices.get(of.name)?;
    let ledger = &row.ledger;
    // Bounds stand with the primary index only.
    let mut headline = opened.headline((of.main, question), row, (of.name, figure), ledger.coverage);
    headline.is_main = true;
    let periods = of.by_period.questions.first();
    let points = periods.map(|periods| points(opened, question, periods, of.name)).unwrap_or_default();
    let has_trend = points.iter().filter(|point| point.estimate.is_some()).count() > 1;
    let title = index_of(words, question, of.name);
    let is_weekly = opened.filters.get(Word::By) == Some("week");
    let chart_name = if is_weekly { "figures-by-week" } else { "figures-by-month" };
    let versions =
        periods.map(|periods| drawn::versions(periods, of.published, &numbers)).unwrap_or_default();
    let chart = has_trend.then(|| {
        charts::trend(
            &Trend {
                name: &words.of(chart_name, "title", &title),
                shape: drawn::shape(of.name),
                points: &points,
                target: None,
                versions: &versions,
                established: None,
                notes: Some(&words.t("figures-coverage-row")),
                height: 280.0,
                width: None,
            },
            &numbers,
        )
    });
    Some(Shown {
        index: sentence_case(&index_label(opened, question, of.name)),
        n_name: if question.about.on.is_some() { "figures-n" } else { "page-nav-answers" },
        full_index: if question.about.on.is_some() { title } else { index_label(opened, question, of.name) },
        indices: index_choices(opened, question, of.name),
        steps: step_choices(opened),
        heard: opened.heard(question, row, ledger),
        headline,
        has_preliminary: points
            .iter()
            .filter_map(|point| point.estimate)
            .any(|estimate| estimate.certainty == Certainty::Preliminary),
        chart,
        periods: periods.map(|periods| period_rows(opened, periods, of.name)).unwrap_or_default(),
        shares: share_rows(opened, of),
        values: value_rows(opened, of.question),
        hardest: hardest(words, of.question),
        silent: of.bounds.and_then(|bounds| silent(opened, of, bounds)),
        others: others(opened, of),
        cut: words.t(word_id(of.cut)),
        cuts: CUTS.iter().map(|word| cut_choice(opened, *word, of.cut)).collect(),
        parts_axis: of
            .parts
            .questions
            .first()
            .map(|parts| {
                let shape = drawn::shape(of.name);
                charts::axis(&parts_axis(parts, of.name), shape, false, &numbers)
            })
            .unwrap_or_default(),
        parts: of.parts.questions.first().map(|parts| part_rows(opened, parts, of)).unwrap_or_default(),
        parts_left: of.parts.questions.first().map(parts_left).filter(|left| *left > 0).map(|left| {
            let values = [("shown", CUT_ROWS.into()), ("left", left.into())];
            words.with("figures-parts-left", &values)
        }),
    })
}

/// The points of the trend, each with a link to its answers.
fn points(
    opened: &Opened,
    question: &QuestionFigures,
    periods: &QuestionFigures,
    name: &str,
) -> Vec<charts::Point> {
    let numbers = opened.numbers();
    let mut points = drawn::points(periods, name, opened.today, &numbers);
    for (point, row) in points.iter_mut().zip(&periods.rows) {
        let Some(period) = row.key.as_deref() else { continue };
        let value = point
            .estimate
            .map_or_else(String::new, |estimate| numbers.value(drawn::shape(name), estimate.value, row.n));
        let said = format!("{}: {value}, {}", point.label, answers_or_scores(&opened.words, question, row.n));
        point.link = Some((opened.answers_of(question, &[(Word::Period, period)]), said));
    }
    points
}

fn silent(opened: &Opened, of: &Found<'_>, bounds: &QuestionBounds) -> Option<Silent> {
    let (words, numbers) = (&opened.words, opened.numbers());
    let shape = drawn::shape(&bounds.index);
    let [low, high] = bounds.bounds?;
    // With everybody heard the bounds are the value, which too few answers do not have.
    let figure =
        of.question.rows.first()?.indices.get(&bounds.index).filter(|figure| figure.value.is_some())?;
    let estimate = drawn::estimate(figure, of.script.period.settled);
    let values = [
        ("silent", words.number(bounds.eligible.saturating_sub(bounds.n)).into()),
        ("index", index_name(words, &bounds.index).into()),
        ("range", numbers.range_with_unit(shape, low, high, bounds.n).into()),
    ];
    let late = &bounds.late.compare;
    let difference = late.diff.zip(late.lo).zip(late.hi).map(|((value, low), high)| [value, low, high]);
    let verdict = compared(
        &Compared {
            index: bounds.index.parse().ok(),
            verdict: late.verdict.0,
            difference,
            n: bounds.late.n,
            n_before: late.n,
            is_change: false,
        },
        opened.min_n,
        &numbers,
    );
    Some(Silent {
        sentence: words.with("figures-silent-text", &values),
        plot: charts::bounds(&Axis::over(ends(of.question, &bounds.index)), [low, high], estimate, "silent"),
        late: (bounds.late.n > 0).then(|| (words.t("figures-late"), Verdict::of(verdict))),
    })
}

/// The value of an index; where it is not precise, its interval.
fn said(numbers: &Numbers<'_>, row: &Row, name: &str) -> Option<String> {
    let (figure, shape) = (row.indices.get(name)?, drawn::shape(name));
    if figure.state.0 == MeasureState::Wide {
        return Some(numbers.range_with_unit(shape, figure.lo?, figure.hi?, row.n));
    }
    Some(numbers.value(shape, figure.value?, row.n))
}

/// The other questions of the script.
fn others(opened: &Opened, of: &Found<'_>) -> Vec<Other> {
    let numbers = opened.numbers();
    let other = |question: &QuestionFigures| {
        let row = question.rows.first();
        let n = row.map_or(0, |row| row.n);
        let name = drawn::primary(question).map_or("", Index::as_str);
        let value = row.and_then(|row| said(&numbers, row, name));
        let metric = opened.words.t(question.about.metric.spec().name);
        let about = [Some(metric), value, Some(answers_or_scores(&opened.words, question, n))];
        Other {
            href: opened.figures(&format!("/questions/{}/{}", question.script, question.question), &[]),
            title: opened.title(&question.script, &question.question),
            about: about.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        }
    };
    let others = of.script.questions.iter().filter(|question| question.question != of.question.question);
    others.map(other).collect()
}
