//! Agents: who differs for certain.

use askama::Template;
use axum::extract::State;

use super::nothing::Nothing;
use super::paged::Onward;
use super::parts::{Choice, Verdict, note, scores};
use super::{Face, Framed, Head, Opened, charted};
use crate::domain::counting::Tenure;
use crate::domain::stats::against_rest;
use crate::domain::stats::ranking;
use crate::pages::bar::Bar;
use crate::pages::reply::Answer;
use crate::pages::shell::{Section, Shell};
use crate::pages::{Asked, Pages, Viewer, Word, filters};
use crate::service::figures::drawn;
use crate::service::figures::reports::agents::{
    self, ComparedAgent, QuestionAgents, RankedAgent, UnrankedAgent,
};
use crate::service::figures::reports::decomposition::{self, PartFigure, QuestionParts};
use crate::service::figures::request::Request;
use crate::view::charts::{self, Axis, Certainty, Estimate, Tone};
use crate::view::verdicts::{Glyph, too_few};

/// How many standard deviations the limits of a shrunk value are apart from it.
const LIMIT: f64 = 1.96;
/// The page shows three months: in one, agents rarely have enough answers.
pub(super) const MONTHS: u32 = 3;
/// The most names in a sentence; the table has them all.
const NAMES: usize = 8;

#[derive(Template)]
#[template(path = "agents.html", config = "src/pages/askama.toml")]
struct Page {
    shell: Shell,
    bar: Bar,
    head: Head,
    coverage: (String, String),
    choices: Vec<Choice>,
    nothing: Option<Nothing>,
    table: Option<Table>,
    mix: Option<String>,
}

charted!(Page, |page, sheet| {
    sheet.text(page.coverage.0.as_str());
    if let Some(table) = &page.table {
        sheet.text(table.sentence.as_str());
        sheet.text(table.mean.as_deref().unwrap_or_default());
        let rows = table.rows.iter();
        let rows = rows
            .map(|row| (row.name.as_str(), row.plot.as_str(), row.value.as_str(), row.note.as_str().into()));
        sheet.rows(page.shell.t("agents-who"), &table.axis, rows);
        let rows = table.unranked.iter();
        let rows = rows.map(|row| (row.name.as_str(), "", row.n.as_str(), row.state.as_str().into()));
        sheet.rows(page.shell.t("agents-unranked"), "", rows);
    }
});

struct Table {
    sentence: String,
    /// `mean of all, 72%`; only with a ranking.
    mean: Option<String>,
    axis: String,
    rows: Vec<Row>,
    unranked: Vec<Unranked>,
    onward: Option<Onward>,
}

struct Row {
    href: String,
    name: String,
    plot: String,
    value: String,
    /// The raw mean, or the value of all others.
    beside: String,
    n: String,
    /// The limits, and of how many answers they are.
    note: String,
    answers: String,
    verdict: Verdict,
}

struct Unranked {
    href: String,
    name: String,
    n: String,
    answers: String,
    state: String,
}

pub(in crate::pages) async fn get(State(pages): State<Pages>, viewer: Viewer, asked: Asked) -> Answer {
    let mut opened = Opened::read(&pages, &viewer, &asked, MONTHS).await?;
    let all = Request { questions: [].into(), ..opened.plain() };
    let report = agents::agents(&mut opened.tx, &pages.ctx, &all).await?;
    let question = chosen(&mut opened, &report.questions);
    let (mut mix, mut coverage) = (None, opened.coverage_of(&report.head.ledger));
    if let Some(question) = question {
        let one = opened.plain().about(&question.script, &question.question);
        let parts = decomposition::decomposition(&mut opened.tx, &pages.ctx, &one).await?;
        mix = parts.questions.first().and_then(|parts| mix_of(&opened, parts));
        // The denominators of a question are those of its script.
        coverage = opened.coverage_of(&parts.head.ledger);
    }
    let table = question.map(|question| table(&opened, question));
    let pair = |of: &QuestionAgents| (of.script.clone(), of.question.clone());
    let choices = opened.questions(report.questions.iter().map(pair), question.map(pair).as_ref());
    let (title, about) = (opened.words.t("page-nav-agents"), question.map(|of| about(&opened, of)));
    let facts = report.head.period.clone();
    let is_empty = question.is_none_or(|of| of.ranked.len() + of.compared.len() + of.unranked.len() == 0);
    let of_question =
        question.map(|of| [(Word::Script, of.script.as_str()), (Word::Q, of.question.as_str())]);
    let nothing = match of_question {
        _ if !is_empty || report.head.ledger.answered > 0 => None,
        of => Some(opened.nothing(&pages, &viewer, of.as_ref().map_or(&[][..], |of| &of[..])).await?),
    };
    let tables = opened.tables("agents").with("agents", report);
    let face = Face { section: Section::Agents, title, about, facts, tables };
    let page = |Framed { shell, bar, head }: Framed| Page {
        shell,
        bar,
        head,
        coverage,
        choices,
        nothing,
        table,
        mix,
    };
    opened.answer(&pages, &viewer, face, page).await
}

fn chosen<'q>(opened: &mut Opened, questions: &'q [QuestionAgents]) -> Option<&'q QuestionAgents> {
    let place = opened.asked_question(questions.iter().map(|of| (of.script.as_str(), of.question.as_str())));
    place.map(|place| &questions[place]).or_else(|| questions.first())
}

fn about(opened: &Opened, of: &QuestionAgents) -> String {
    let index = super::parts::index_name(&opened.words, &of.index);
    opened.of_title(&of.script, &of.question, &index)
}

fn table(opened: &Opened, of: &QuestionAgents) -> Table {
    let limits = of
        .ranked
        .iter()
        .flat_map(|agent| [agent.value - LIMIT * agent.sd, agent.value + LIMIT * agent.sd, agent.raw]);
    let compared = of.compared.iter().flat_map(|agent| [agent.lo, agent.hi, agent.rest]).flatten();
    let axis = Axis::over(limits.chain(compared)).rounded();
    let shape = drawn::shape(&of.index);
    let numbers = opened.numbers();
    let mean = of.mean.map(|mean| opened.words.of("agents-mean", "mean", &numbers.value(shape, mean, 0)));
    let with_plots = of.ranked.len() + of.compared.len();
    let paged = opened.paged(with_plots + of.unranked.len());
    let ranked = paged.of(&of.ranked, 0).iter().map(|agent| ranked(opened, of, agent, axis));
    let compared = paged.of(&of.compared, of.ranked.len()).iter();
    let compared = compared.map(|agent| compared_row(opened, of, agent, axis));
    let unranked = paged.of(&of.unranked, with_plots).iter().map(|agent| unranked(opened, of, agent));
    Table {
        sentence: sentence(opened, of),
        mean,
        axis: charts::axis(&axis, shape, false, &numbers),
        rows: ranked.chain(compared).collect(),
        unranked: unranked.collect(),
        onward: paged.onward,
    }
}

/// Who differs, by name; or that nobody does.
fn sentence(opened: &Opened, of: &QuestionAgents) -> String {
    let words = &opened.words;
    let names = |mut names: Vec<&str>| {
        let more = names.len().saturating_sub(NAMES);
        names.truncate(NAMES);
        let named = names.join(", ");
        if more == 0 {
            return named;
        }
        words.with("agents-and-more", &[("names", named.into()), ("count", more.into())])
    };
    let ranked = |label: ranking::Label| {
        let with = of.ranked.iter().filter(move |agent| agent.label.0 == label);
        names(with.map(|agent| agent.name.as_deref().unwrap_or(&agent.key)).collect())
    };
    let compared = |label: against_rest::Label| {
        let with = of.compared.iter().filter(move |agent| agent.label.0 == label);
        names(with.map(|agent| agent.name.as_deref().unwrap_or(&agent.key)).collect())
    };
    if of.ranked.is_empty() {
        if of.compared.is_empty() {
            let least = opened.min_n.0.into();
            return if of.unranked.is_empty() {
                words.t("agents-nobody")
            } else {
                words.with("agents-none-enough", &[("least", least)])
            };
        }
        let (higher, lower) = (compared(against_rest::Label::Higher), compared(against_rest::Label::Lower));
        let few = words.t("agents-few");
        return [named(opened, "agents-higher", &higher), named(opened, "agents-lower", &lower), few]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join(" ");
    }
    let (better, worse) = (ranked(ranking::Label::Better), ranked(ranking::Label::Worse));
    if of.differ == Some(false) || (better.is_empty() && worse.is_empty()) {
        return words.t("agents-same");
    }
    let same = of.ranked.iter().filter(|agent| agent.label.0 == ranking::Label::NoDifference).count();
    let rest = words.with("agents-rest", &[("count", same.into())]);
    [named(opened, "agents-better", &better), named(opened, "agents-worse", &worse), rest]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A sentence about these names; nothing without any.
fn named(opened: &Opened, id: &str, names: &str) -> String {
    // A name may end in a full stop, like the sentence.
    let names = names.trim_end_matches('.');
    if names.is_empty() { String::new() } else { opened.words.of(id, "names", names) }
}

fn ranked(opened: &Opened, of: &QuestionAgents, agent: &RankedAgent, axis: Axis) -> Row {
    let (words, numbers, shape) = (&opened.words, opened.numbers(), drawn::shape(&of.index));
    let (glyph, class, id, tone) = match agent.label.0 {
        ranking::Label::Better => (Glyph::Up, "better", "agents-label-better", Tone::Usual),
        ranking::Label::Worse => (Glyph::Down, "worse", "agents-label-worse", Tone::Bad),
        ranking::Label::NoDifference => (Glyph::Chance, "same", "agents-label-same", Tone::Usual),
    };
    let (low, high) = (agent.value - LIMIT * agent.sd, agent.value + LIMIT * agent.sd);
    Row {
        href: agent_page(opened, &agent.key),
        name: agent.name.clone().unwrap_or_else(|| agent.key.clone()),
        plot: charts::interval(&charts::Interval {
            axis,
            estimate: Estimate::of(Some(agent.value), Some(low), Some(high), Certainty::Settled),
            tone,
            reference: of.mean,
            raw: Some(agent.raw),
        }),
        value: numbers.value(shape, agent.value, agent.n),
        beside: numbers.value(shape, agent.raw, agent.n),
        n: words.number(agent.n),
        note: note(Some(&numbers.range(shape, low, high, agent.n)), &scores(words, agent.n)).into_owned(),
        answers: answers(opened, of, &agent.key),
        verdict: Verdict::word(glyph, class, words.t(id)),
    }
}

fn compared_row(opened: &Opened, of: &QuestionAgents, agent: &ComparedAgent, axis: Axis) -> Row {
    use against_rest::Label;
    let (words, numbers, shape) = (&opened.words, opened.numbers(), drawn::shape(&of.index));
    let (glyph, class, id, tone) = match agent.label.0 {
        Label::Higher => (Glyph::Up, "better", "agents-label-higher", Tone::Usual),
        Label::Lower => (Glyph::Down, "worse", "agents-label-lower", Tone::Bad),
        Label::NoDifference => (Glyph::Chance, "same", "figures-like-rest", Tone::Usual),
        Label::TooFew => (Glyph::Unknown, "few", "figures-few", Tone::Usual),
        Label::NotComparable => (Glyph::Unknown, "nc", "figures-not-comparable", Tone::Usual),
    };
    let value = |value: Option<f64>, n: u64| {
        value.map_or_else(|| "—".to_owned(), |value| numbers.value(shape, value, n))
    };
    Row {
        href: agent_page(opened, &agent.key),
        name: agent.name.clone().unwrap_or_else(|| agent.key.clone()),
        plot: charts::interval(&charts::Interval {
            axis,
            estimate: Estimate::of(agent.value, agent.lo, agent.hi, Certainty::Settled),
            tone,
            reference: agent.rest,
            raw: None,
        }),
        value: value(agent.value, agent.n),
        beside: value(agent.rest, agent.rest_n),
        n: words.number(agent.n),
        note: note(
            agent.lo.zip(agent.hi).map(|(low, high)| numbers.range(shape, low, high, agent.n)).as_deref(),
            &scores(words, agent.n),
        )
        .into_owned(),
        answers: answers(opened, of, &agent.key),
        verdict: Verdict::word(glyph, class, words.t(id)),
    }
}

fn unranked(opened: &Opened, of: &QuestionAgents, agent: &UnrankedAgent) -> Unranked {
    let is_new = agent.n_new > 0 && agent.n < opened.min_n.0;
    let n = agent.n + agent.n_new;
    Unranked {
        href: agent_page(opened, &agent.key),
        name: agent.name.clone().unwrap_or_else(|| agent.key.clone()),
        n: opened.words.number(n),
        answers: opened.answers(&[
            (Word::Script, &of.script),
            (Word::Q, &of.question),
            (Word::Agent, &agent.key),
        ]),
        state: if is_new {
            opened.words.t("agents-new")
        } else {
            too_few(agent.n, opened.min_n, &opened.numbers())
        },
    }
}

fn agent_page(opened: &Opened, key: &str) -> String {
    let path = format!("/agents/{}", filters::escaped(key));
    let filters = opened.filters.known_to(filters::of_figures(&path)).without(Word::Q).without(Word::Script);
    filters.set(Word::Period, &opened.period.to_string()).href(&path)
}

/// The answers that a rank counts: those given while the agent was not new.
fn answers(opened: &Opened, of: &QuestionAgents, key: &str) -> String {
    let link = opened.answers(&[(Word::Script, &of.script), (Word::Q, &of.question), (Word::Agent, key)]);
    // Left out instead of chosen, because a tenure may also be unknown.
    format!("{link}&tenure!=new")
}

/// How much of the change comes from new agents, and how much from the work itself.
fn mix_of(opened: &Opened, parts: &QuestionParts) -> Option<String> {
    let numbers = opened.numbers();
    let part = |figure: &PartFigure| {
        let range = numbers.signed_range(figure.lo, figure.hi, 1);
        format!("{} ({range})", numbers.signed(figure.value, 1))
    };
    // Where nobody's tenure is known, or all are alike, the mix says nothing.
    let groups = parts.groups.iter().filter(|group| group.key != Tenure::Unknown.as_str());
    if groups.count() < 2 {
        return None;
    }
    let (change, mix, rate) = (parts.change?, parts.mix.as_ref()?, parts.rate.as_ref()?);
    let values = [
        ("change", numbers.signed(change, 1).into()),
        ("mix", part(mix).into()),
        ("rate", part(rate).into()),
    ];
    Some(opened.words.with("agents-mix", &values))
}
