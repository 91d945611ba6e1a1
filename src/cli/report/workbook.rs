//! A report as a workbook: coverage first, then a sheet for each way to look at the figures, the answers themselves and
//! what the words mean.

use std::io::Write;

use crate::domain::counting::{Dimension, Grouping};
use crate::service::Context;
use crate::service::export::{Filter, What, write_sheet};
use crate::service::figures::figures;
use crate::service::figures::flat::{Cell, Flat};
use crate::service::figures::reply::Figures;
use crate::service::figures::reports::kpis::{KpisRequest, kpis};
use crate::service::figures::reports::reasons::reasons;
use crate::service::figures::reports::waiting::waiting;
use crate::service::figures::request::Request;
use crate::service::workbook::{Book, Value};
use crate::store::Tx;

/// The cuts that have a sheet of their own.
const CUTS: [(&str, Dimension); 4] = [
    ("agents", Dimension::Agent),
    ("teams", Dimension::Team),
    ("topics", Dimension::Tag),
    ("automations", Dimension::Automation),
];

/// What the words of the other sheets mean.
const NOTES: [(&str, &str); 21] = [
    ("coverage", "answered / eligible. Read it before any score."),
    (
        "eligible",
        "events less those that were never meant to ask: no_script, not_eligible, is_staff, cancelled",
    ),
    ("settled", "the period is over and none of its surveys can still get a first answer"),
    ("n", "how many answers count: current ones, neither withdrawn nor skipped; tests never"),
    ("customers", "how many customers gave them; each erased survey counts as one"),
    ("deff", "how much customers who answer repeatedly increase the variance"),
    (
        "mean",
        "in the numbers of the scale, higher is better: where a high number is the bad end (high_is_hard), the scale is \
         turned, so a 2 on 1-7 counts as a 6",
    ),
    ("lo, hi", "the 95 % interval of the value, for people like those who answered"),
    (
        "state",
        "ok; wide: the interval is wider than 30 % of the range; too_few: fewer answers than MIN_N, no value",
    ),
    (
        "bound_lo, bound_hi",
        "the value if everybody who did not answer had given the worst answer, and the best",
    ),
    (
        "same_bands",
        "by day, week or month: FALSE where a version of the script has moved the bands since the row before, so that \
         shares of bands, net and csat cannot be compared; means can",
    ),
    ("diff", "this period less the other, with its 95 % interval diff_lo to diff_hi"),
    ("q", "the p adjusted for all primary indices of the sheet; the verdict follows it"),
    ("verdict", "up, down, no_change, too_few, or not_comparable where the bands of the scale changed"),
    (
        "rest_n, rest_value … rest_label",
        "the row beside all other answers to the question: higher or lower where rest_q, the p adjusted for all rows, is at \
         most 0.05; agents are compared in their own report",
    ),
    ("together", "per cent of those who gave at least one of the reasons so far"),
    (
        "waiting",
        "break: from these seconds on, with the interval lo to hi, the share of bad answers rises; steady: it rises with \
         every doubling of the wait; none; reverse; too_few. An association, not a cause: slow tickets are also the hard ones",
    ),
    ("median, p90", "what half of all do not exceed, and nine of ten, in seconds"),
    (
        "time_to_close, time_to_resolve",
        "counts what is still open too (Kaplan-Meier); empty if not reached yet",
    ),
    ("contact_rate", "tickets opened (or closed, where none is ever opened) per 100 purchases"),
    ("day", "a survey and its answers belong to the day of the event, in the time zone of the summary"),
];

/// Writes the workbook of a report.
pub async fn write(
    tx: &mut Tx,
    ctx: &Context,
    request: &Request,
    whole: &Figures,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let mut book = Book::new(ctx.zone());
    summary(&mut book, whole)?;
    sheet(&mut book, "questions", whole)?;
    if request.grouping == Grouping::None {
        for (name, dimension) in CUTS {
            let cut = Request { grouping: Grouping::By(dimension), is_beside: true, ..request.clone() };
            sheet(&mut book, name, &figures(tx, ctx, &cut).await?)?;
        }
        reports(&mut book, tx, ctx, request).await?;
    }
    // The export knows no filters, so the answers are there only if they are those of the figures.
    let is_cut = !request.named_filters().is_empty()
        || !request.questions.is_empty()
        || !request.factors.is_empty()
        || request.is_reviewed;
    if !is_cut {
        let filter = Filter { from: Some(whole.period.from), to: Some(whole.period.to), tests: false };
        write_sheet(tx, ctx, What::Answers, &filter, &mut book).await?;
    }
    book.sheet("notes", [("word", 24.0), ("means", 100.0)])?;
    for (word, meaning) in NOTES {
        book.row([Value::Text(word.into()), Value::Text(meaning.into())])?;
    }
    book.save(out)?;
    Ok(())
}

/// Writes the sheets of the reports that can be made of this cut.
async fn reports(book: &mut Book, tx: &mut Tx, ctx: &Context, request: &Request) -> anyhow::Result<()> {
    let cut = Request { compare: None, indices: Vec::new(), ..request.clone() };
    sheet(book, "reasons", &reasons(tx, ctx, &cut).await?)?;
    if !cut.selects_answers() {
        sheet(book, "waiting", &waiting(tx, ctx, &cut).await?)?;
    }
    if let Some(cut) = KpisRequest::of_cut(&cut) {
        sheet(book, "kpis", &kpis(tx, ctx, &cut).await?)?;
    }
    Ok(())
}

fn summary(book: &mut Book, figures: &Figures) -> std::io::Result<()> {
    let (period, ledger) = (&figures.period, &figures.ledger);
    book.sheet("summary", [("what", 32.0), ("value", 28.0)])?;
    let mut row = |what: &str, value: Value<'_>| book.row([Value::Text(what.to_owned().into()), value]);
    let share = |share: Option<f64>| share.map_or(Value::Empty, Value::Number);
    row("coverage", share(ledger.coverage))?;
    row("response_rate", share(ledger.response_rate))?;
    for (what, count) in [
        ("events", ledger.events),
        ("eligible", ledger.eligible),
        ("delivered", ledger.delivered),
        ("answered", ledger.answered),
        ("completed", ledger.completed),
        ("open", ledger.open),
    ] {
        row(what, Cell::from(count).value())?;
    }
    for (state, count) in &ledger.states {
        row(&format!("state {state}"), Cell::from(*count).value())?;
    }
    row("from", Value::Day(period.from))?;
    row("to", Value::Day(period.to))?;
    row("time zone", Value::Text(period.zone.clone().into()))?;
    row("settled", Value::Flag(period.settled))?;
    for (name, values) in &figures.filter {
        let what = match name.strip_suffix('!') {
            Some(name) => format!("without {name}"),
            None => format!("only {name}"),
        };
        row(&what, Value::Text(values.join(", ").into()))?;
    }
    if let Some(compare) = &figures.compare {
        row("compared with, from", Value::Day(compare.from))?;
        row("compared with, to", Value::Day(compare.to))?;
        row("compared with, settled", Value::Flag(compare.settled))?;
    }
    Ok(())
}

fn sheet(book: &mut Book, name: &str, of: &impl Flat) -> std::io::Result<()> {
    let mut rows = of.rows().into_iter();
    let heads = rows.next().unwrap_or_default();
    book.sheet(name, heads.iter().map(|head| (head.plain(), 14.0)))?;
    for row in rows {
        book.row(row.iter().map(Cell::value))?;
    }
    Ok(())
}
