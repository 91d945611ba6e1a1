//! Waiting: from how long a wait on more scores are bad.

use askama::Template;
use axum::extract::{Path, State};

use super::parts::{Choice, Verdict, note, scores};
use super::{Face, Framed, Head, Opened, charted};
use crate::domain::stats::rounding::Shape;
use crate::domain::stats::waiting::Verdict as Waits;
use crate::pages::bar::Bar;
use crate::pages::filters::escaped;
use crate::pages::reply::{Answer, Trouble};
use crate::pages::shell::{Section, Shell};
use crate::pages::{Asked, Pages, Viewer, Word};
use crate::service::figures::drawn;
use crate::service::figures::flat::{Cell, Flat};
use crate::service::figures::reports::ShareFigure;
use crate::service::figures::reports::waiting::{self, QuestionWaiting, WaitFigures};
use crate::service::figures::request::Request;
use crate::view::charts::{self, Block, Threshold, Waited};
use crate::view::verdicts::Glyph;

/// The page shows six months: it needs many answers.
const MONTHS: u32 = 6;
/// The value of `wait` for every known one.
const ANY_WAIT: &str = "0..";
/// The value of `cut` for the time to the resolution.
const RESOLUTION: &str = "resolution";

#[derive(Template)]
#[template(path = "waiting.html", config = "src/pages/askama.toml")]
struct Page {
    shell: Shell,
    bar: Bar,
    head: Head,
    coverage: (String, String),
    choices: Vec<Choice>,
    waits: Vec<Choice>,
    /// How many answers have a known wait, how many of them are bad, and how many have none; with links to them.
    known: Vec<(String, Option<String>)>,
    big: Option<String>,
    beside: String,
    verdict: Option<Verdict>,
    text: Option<String>,
    chart: Option<String>,
    bins: Vec<Row>,
    sides: Vec<Row>,
    odds: Option<String>,
}

charted!(Page, |page, sheet| {
    sheet.text(page.coverage.0.as_str());
    sheet.text(page.known.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>().join(" · "));
    sheet.text(page.big.as_ref().map_or_else(String::new, |big| format!("{big}: {}", page.beside)));
    sheet.text(page.verdict.as_ref().map_or_else(String::new, Verdict::line));
    sheet.text(page.text.as_deref().unwrap_or_default());
    sheet.blocks.extend(page.chart.as_deref().map(Block::Chart));
    let rows = page.sides.iter();
    let rows = rows.map(|row| (row.name.as_str(), "", row.value.as_str(), note(Some(&row.range), &row.of)));
    sheet.rows(page.shell.t("waiting-sides"), "", rows);
});

/// The waits as the page shows them, as a table.
struct Bins(Vec<Waited>);

impl Flat for Bins {
    fn rows(&self) -> Vec<Vec<Cell<'_>>> {
        let heads = ["from_s", "until_s", "n", "value", "lo", "hi"].map(Cell::from).to_vec();
        let row = |bin: &Waited| {
            let low = bin.low;
            vec![
                bin.from.into(),
                bin.until.into(),
                bin.n.into(),
                low.map(|low| low.value).into(),
                low.map(|low| low.low).into(),
                low.map(|low| low.high).into(),
            ]
        };
        [heads].into_iter().chain(self.0.iter().map(row)).collect()
    }
}

struct Row {
    name: String,
    n: String,
    /// `12 scores`
    of: String,
    href: Option<String>,
    value: String,
    range: String,
}

/// Leads to the question with the most known waits.
pub(in crate::pages) async fn first(State(pages): State<Pages>, viewer: Viewer, asked: Asked) -> Answer {
    let mut opened = Opened::read(&pages, &viewer, &asked, MONTHS).await?;
    let request = Request { questions: [].into(), ..opened.plain() };
    let report = waiting::waiting(&mut opened.tx, &pages.ctx, &request).await?;
    let Some(most) = report.questions.iter().max_by_key(|of| of.first_response.n) else {
        // Purchases have no wait.
        let title = opened.words.t("waiting-title");
        let facts = report.head.period.clone();
        let tables = opened.tables("waiting").with("waiting", report);
        let face = Face { section: Section::Waiting, title, about: None, facts, tables };
        let mut nothing = opened.nothing(&pages, &viewer, &[]).await?;
        nothing.text = opened.words.t("waiting-no-question");
        return opened.empty(&pages, &viewer, face, None, nothing).await;
    };
    let filters = opened.filters.without(Word::Script).without(Word::Q);
    let path = format!("/waiting/{}/{}", escaped(&most.script), escaped(&most.question));
    Err(Trouble::moved(filters.href(&path)))
}

pub(in crate::pages) async fn get(
    State(pages): State<Pages>,
    viewer: Viewer,
    Path((script, key)): Path<(String, String)>,
    asked: Asked,
) -> Answer {
    let mut opened = Opened::read(&pages, &viewer, &asked, MONTHS).await?;
    opened.narrow_to(&script);
    opened.filters.keep_known(Word::Cut, |cut| cut == RESOLUTION);
    let request = Request { questions: [].into(), ..opened.plain() };
    let report = waiting::waiting(&mut opened.tx, &pages.ctx, &request).await?;
    let own = report.questions.iter().find(|of| of.script == script && of.question == key);
    let question = own.ok_or(Trouble::NotFound)?;
    let is_resolution = opened.filters.get(Word::Cut) == Some(RESOLUTION);
    let of = if is_resolution { &question.resolution } else { &question.first_response };
    let coverage = opened.coverage_of(&report.head.ledger);
    let pair = |of: &QuestionWaiting| (of.script.clone(), of.question.clone());
    let pairs: Vec<_> = report.questions.iter().map(pair).collect();
    let choices = report.questions.iter().zip(opened.short_titles(&pairs));
    let choices = choices.map(|(known, names)| choice(&opened, known, question, names)).collect();
    let waits = [("waiting-first-response", None), ("waiting-resolution", Some(RESOLUTION))]
        .map(|(id, cut)| Choice {
            href: opened.here(Word::Cut, cut),
            name: opened.words.t(id),
            title: None,
            is_current: cut.is_some() == is_resolution,
        })
        .into();
    let said = said(&opened, of);
    let waited = drawn::waited(of, opened.min_n);
    let page = Shown {
        known: known(&opened, question, is_resolution),
        chart: (!waited.is_empty()).then(|| chart(&opened, of, &waited, &said)),
        bins: waited.iter().map(|bin| bin_row(&opened, question, bin, is_resolution)).collect(),
        sides: sides(&opened, question, of, is_resolution),
        odds: of.odds_ratio.map(|ratio| {
            let id = if of.critical.is_some() { "waiting-odds-after" } else { "waiting-odds" };
            opened.words.of(id, "ratio", &opened.numbers().plain(ratio, 1))
        }),
        said,
    };
    let (title, about) = (opened.words.t("waiting-title"), opened.title(&script, &key));
    let facts = report.head.period.clone();
    let tables = opened.tables(&format!("waiting-{script}-{key}"));
    let tables = tables.with("waiting", report).with("bins", Bins(waited));
    let face = Face { section: Section::Waiting, title, about: Some(about), facts, tables };
    let page = |Framed { shell, bar, head }: Framed| {
        let Shown { known, chart, bins, sides, odds, said } = page;
        let Said { big, beside, verdict, text } = said;
        Page {
            shell,
            bar,
            head,
            coverage,
            choices,
            waits,
            known,
            big,
            beside,
            verdict,
            text,
            chart,
            bins,
            sides,
            odds,
        }
    };
    opened.answer(&pages, &viewer, face, page).await
}

/// What the page shows, before its frame.
struct Shown {
    known: Vec<(String, Option<String>)>,
    chart: Option<String>,
    bins: Vec<Row>,
    sides: Vec<Row>,
    odds: Option<String>,
    said: Said,
}

/// The finding.
struct Said {
    big: Option<String>,
    beside: String,
    verdict: Option<Verdict>,
    text: Option<String>,
}

fn choice(
    opened: &Opened,
    of: &QuestionWaiting,
    current: &QuestionWaiting,
    (name, title): (String, String),
) -> Choice {
    let path = format!("/waiting/{}/{}", escaped(&of.script), escaped(&of.question));
    Choice {
        href: opened.figures(&path, &[]),
        title: (name != title).then_some(title),
        name,
        is_current: of.question == current.question,
    }
}

fn known(opened: &Opened, question: &QuestionWaiting, is_resolution: bool) -> Vec<(String, Option<String>)> {
    let of = if is_resolution { &question.resolution } else { &question.first_response };
    let said = |id: &str, count: u64| opened.words.of(id, "n", &opened.words.number(count));
    let all = answers(opened, question, ANY_WAIT, is_resolution);
    let low = all.as_ref().map(|_| {
        opened.answers(&[
            (Word::Script, question.script.as_str()),
            (Word::Q, question.question.as_str()),
            (Word::Band, "low"),
            (Word::Wait, ANY_WAIT),
        ])
    });
    vec![
        (said("waiting-known", of.n), all),
        (said("waiting-known-low", of.low), low),
        (said("waiting-missing", of.missing), None),
    ]
}

fn said(opened: &Opened, of: &WaitFigures) -> Said {
    let (words, numbers) = (&opened.words, opened.numbers());
    let verdict = |id: &str| Said {
        big: None,
        beside: String::new(),
        verdict: Some(Verdict::word(Glyph::Chance, "same", words.t(id))),
        text: None,
    };
    let few = Verdict::word(Glyph::Unknown, "few", words.t("figures-few"));
    match (of.verdict.0, &of.critical) {
        (Waits::Break, Some(critical)) => Said {
            big: Some(numbers.duration(charts::whole(critical.seconds))),
            beside: words.of("waiting-threshold", "range", &numbers.durations(critical.lo, critical.hi)),
            verdict: None,
            text: None,
        },
        (Waits::Steady, _) => verdict("waiting-steady"),
        (Waits::NoEffect, _) => verdict("waiting-none"),
        (Waits::Reverse, _) => verdict("waiting-reverse"),
        _ => Said {
            big: None,
            beside: String::new(),
            verdict: Some(few),
            text: Some(words.with(
                "waiting-few",
                &[("n", words.number(of.n).into()), ("low", words.number(of.low).into())],
            )),
        },
    }
}

fn chart(opened: &Opened, of: &WaitFigures, waited: &[Waited], said: &Said) -> String {
    let model: Vec<(f64, f64)> = of.curve.iter().map(|point| (point.seconds, point.low)).collect();
    let finding = match (&said.big, &said.verdict) {
        (Some(big), _) => format!("{big}, {}", said.beside),
        (None, Some(verdict)) => verdict.words.clone(),
        (None, None) => String::new(),
    };
    let threshold = of.critical.as_ref().map(|critical| Threshold {
        at: critical.seconds,
        low: critical.lo,
        high: critical.hi,
    });
    let name = opened.words.of("waiting-chart", "finding", &finding);
    charts::waiting(&charts::Waiting { name: &name, waited, threshold, model: &model }, &opened.numbers())
}

/// A link to the answers after waits from `from` to `until` seconds; only the first response can be chosen by.
fn answers(opened: &Opened, question: &QuestionWaiting, range: &str, is_resolution: bool) -> Option<String> {
    let words = [
        (Word::Script, question.script.as_str()),
        (Word::Q, question.question.as_str()),
        (Word::Wait, range),
    ];
    (!is_resolution).then(|| opened.answers(&words))
}

fn bin_row(opened: &Opened, question: &QuestionWaiting, of: &Waited, is_resolution: bool) -> Row {
    let numbers = opened.numbers();
    // Waits are whole seconds: those of a bin are from its edge, rounded up, to the last before the next edge.
    let (from, until) = (charts::whole(of.from.ceil()), charts::whole(of.until.ceil()));
    let last = until.saturating_sub(1);
    let [first, end] = [from, last].map(|seconds| numbers.duration(seconds));
    Row {
        // Short waits within one minute are written alike.
        name: if first == end { first } else { format!("{first} – {end}") },
        n: opened.words.number(of.n),
        of: scores(&opened.words, of.n),
        href: answers(opened, question, &format!("{from}..{last}"), is_resolution),
        value: of.low.map_or_else(|| "—".to_owned(), |low| numbers.value(Shape::Share, low.value, of.n)),
        range: of.low.map_or_else(String::new, |low| numbers.range(Shape::Share, low.low, low.high, of.n)),
    }
}

/// Before and after the critical wait.
fn sides(opened: &Opened, question: &QuestionWaiting, of: &WaitFigures, is_resolution: bool) -> Vec<Row> {
    let Some(critical) = &of.critical else { return Vec::new() };
    let numbers = opened.numbers();
    let edge = charts::whole(critical.seconds.ceil());
    let at = numbers.duration(charts::whole(critical.seconds));
    let row = |id: &str, share: &ShareFigure, range: String| Row {
        name: opened.words.of(id, "at", &at),
        n: opened.words.number(share.n),
        of: scores(&opened.words, share.n),
        href: answers(opened, question, &range, is_resolution),
        value: share
            .value
            .map_or_else(|| "—".to_owned(), |value| numbers.value(Shape::Share, value, share.n)),
        range: share
            .lo
            .zip(share.hi)
            .map_or_else(String::new, |(low, high)| numbers.range(Shape::Share, low, high, share.n)),
    };
    vec![
        row("waiting-before", &critical.before, format!("..{}", edge.saturating_sub(1))),
        row("waiting-after", &critical.after, format!("{edge}..")),
    ]
}
