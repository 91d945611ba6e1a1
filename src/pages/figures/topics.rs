//! Topics and causes: why scores are bad, and what to mend first.

use askama::Template;
use axum::extract::State;

use super::nothing::Nothing;
use super::overview::{impact_note, kind_of, label_id, together, topic_name};
use super::paged::Onward;
use super::parts::{Choice, Verdict};
use super::{Face, Framed, Head, Opened, charted};
use crate::domain::stats::against_rest::Label;
use crate::domain::stats::rounding::Shape;
use crate::pages::bar::Bar;
use crate::pages::reply::Answer;
use crate::pages::shell::{Section, Shell};
use crate::pages::{Asked, Pages, Viewer, Word, filters};
use crate::service::figures::reports::reasons::{self, QuestionReasons};
use crate::service::figures::reports::topics::{self, QuestionTopics, TopicRow, TopicsReport};
use crate::service::figures::request::Request;
use crate::view::charts::{self, Axis, Certainty, Estimate, Tone};
use crate::view::verdicts::{Glyph, too_few_of_two};

#[derive(Template)]
#[template(path = "topics.html", config = "src/pages/askama.toml")]
struct Page {
    shell: Shell,
    bar: Bar,
    head: Head,
    coverage: (String, String),
    choices: Vec<Choice>,
    nothing: Option<Nothing>,
    reasons: Option<Reasons>,
    topics: Option<Topics>,
    /// That the question has no topics.
    no_topics: String,
}

charted!(Page, |page, sheet| {
    sheet.text(page.coverage.0.as_str());
    if let Some(reasons) = &page.reasons {
        sheet.text(reasons.said(&page.shell));
        let note = |row: &ReasonRow| match &row.range {
            Some(range) => format!("{} ({range})", row.value),
            None => String::new(),
        };
        let rows = reasons.rows.iter();
        let rows =
            rows.map(|row| (row.name.as_str(), row.plot.as_str(), row.count.as_str(), note(row).into()));
        sheet.rows(page.shell.t("overview-reasons"), &reasons.axis, rows);
    }
    if let Some(topics) = &page.topics {
        let rows = topics.rows.iter();
        let rows = rows
            .map(|row| (row.name.as_str(), row.plot.as_str(), row.impact.as_str(), row.note.as_str().into()));
        sheet.rows(page.shell.t("topics-which"), &topics.axis, rows);
    }
});

struct Reasons {
    low: (String, String),
    /// Without a link, if some ticked and took it back.
    given: (String, Option<String>),
    together: Option<String>,
    axis: String,
    rows: Vec<ReasonRow>,
}

impl Reasons {
    /// How many scored badly, and how many of them gave a reason.
    fn said(&self, shell: &Shell) -> String {
        format!("{} {} · {} {}", shell.t("topics-low"), self.low.0, shell.t("topics-given"), self.given.0)
    }
}

struct ReasonRow {
    name: String,
    href: String,
    plot: String,
    value: String,
    range: Option<String>,
    count: String,
    together: String,
}

struct Topics {
    axis: String,
    rows: Vec<Row>,
    few: Vec<Few>,
    onward: Option<Onward>,
}

/// A topic that cannot be compared, with a link to its answers if an address can say which they are.
struct Few {
    href: Option<String>,
    name: String,
    why: String,
}

struct Row {
    name: String,
    n: String,
    /// As of the low ones, `None` where no address can say which answers they are.
    href: Option<String>,
    value: String,
    low_href: Option<String>,
    rest: String,
    plot: String,
    impact: String,
    note: String,
    is_bad: bool,
    verdict: Verdict,
}

pub(in crate::pages) async fn get(State(pages): State<Pages>, viewer: Viewer, asked: Asked) -> Answer {
    let mut opened = Opened::read(&pages, &viewer, &asked, 1).await?;
    let all = Request { questions: [].into(), ..opened.plain() };
    let reasons = reasons::reasons(&mut opened.tx, &pages.ctx, &all).await?;
    let question = chosen(&mut opened, &reasons.questions);
    // A topic is compared with all other answers to the question, so only what is shown is counted.
    let shown = question.map_or_else(|| all.clone(), |of| all.about(&of.script, &of.question));
    let topics = topics::topics(&mut opened.tx, &pages.ctx, &shown).await?;
    let automations = topics::automations(&mut opened.tx, &pages.ctx, &shown).await?;
    let pair = |of: &QuestionReasons| (of.script.clone(), of.question.clone());
    let choices = opened.questions(reasons.questions.iter().map(pair), question.map(pair).as_ref());
    // The denominators of a question are those of its script.
    let coverage = opened.coverage_of(&topics.head.ledger);
    let about = question.map(|of| {
        let title = opened.title(&of.script, &of.question);
        opened.words.of("topics-about", "title", &title)
    });
    let shown_reasons = question.map(|of| reasons_of(&opened, of));
    let rows = question.map(|of| {
        let same = |report: &TopicsReport, word: Word| {
            let own = report.questions.iter().find(|known| is_same(of, known));
            own.map(|own| own.rows.iter().map(|row| (word, row.clone())).collect::<Vec<_>>())
        };
        let rows = [same(&topics, Word::Tag), same(&automations, Word::Automation)];
        topics_of(&opened, of, rows.into_iter().flatten().flatten().collect())
    });
    let title = opened.words.t("page-nav-topics");
    let rows = rows.flatten();
    let of_question =
        question.map(|of| [(Word::Script, of.script.as_str()), (Word::Q, of.question.as_str())]);
    let nothing = match of_question {
        _ if reasons.head.ledger.answered > 0 => None,
        of => Some(opened.nothing(&pages, &viewer, of.as_ref().map_or(&[][..], |of| &of[..])).await?),
    };
    let asked = question.map_or_else(String::new, |of| opened.title(&of.script, &of.question));
    let no_topics = opened.words.of("topics-none", "title", &asked);
    let facts = reasons.head.period.clone();
    let tables = opened.tables("topics").with("topics", topics).with("automations", automations);
    let tables = tables.with("reasons", reasons);
    let face = Face { section: Section::Topics, title, about, facts, tables };
    let page = |Framed { shell, bar, head }: Framed| Page {
        shell,
        bar,
        head,
        coverage,
        choices,
        nothing,
        reasons: shown_reasons,
        topics: rows,
        no_topics,
    };
    opened.answer(&pages, &viewer, face, page).await
}

fn is_same(of: &QuestionReasons, known: &QuestionTopics) -> bool {
    of.script == known.script && of.question == known.question
}

/// The question of the address, or the one with the most reasons of low answers.
fn chosen<'q>(opened: &mut Opened, questions: &'q [QuestionReasons]) -> Option<&'q QuestionReasons> {
    let place = opened.asked_question(questions.iter().map(|of| (of.script.as_str(), of.question.as_str())));
    place.map(|place| &questions[place]).or_else(|| questions.iter().max_by_key(|of| (of.given, of.low)))
}

fn reasons_of(opened: &Opened, of: &QuestionReasons) -> Reasons {
    let (words, numbers) = (&opened.words, opened.numbers());
    let axis = Axis::over(of.reasons.iter().filter_map(|row| row.hi).chain([0.0])).rounded();
    let link = |more: &[(Word, &str)]| {
        let mut chosen =
            vec![(Word::Script, of.script.as_str()), (Word::Q, of.question.as_str()), (Word::Band, "low")];
        chosen.extend_from_slice(more);
        opened.answers(&chosen)
    };
    let percent = |value: Option<f64>| {
        value.map_or_else(|| "—".to_owned(), |value| numbers.value(Shape::Share, value, of.given))
    };
    let row = |row: &reasons::ReasonRow| {
        let limits = row.lo.zip(row.hi).map(|(low, high)| [low, high]);
        ReasonRow {
            name: opened.titles.reason(words, Some(&of.script), &row.key),
            href: link(&[(Word::Reason, &row.key)]),
            plot: row
                .value
                .map_or_else(String::new, |value| charts::bar(&axis, value, limits, kind_of(row.state.0))),
            value: percent(row.value),
            range: limits.map(|[low, high]| numbers.range(Shape::Share, low, high, of.given)),
            count: words.number(row.count),
            together: percent(row.together),
        }
    };
    let all = of.reasons.last().filter(|last| last.named == of.given).map(|_| {
        let given = opened.filters.known_to(filters::ANSWERS).without(Word::After);
        let given = given.set(Word::Period, &opened.period.to_string()).set(Word::Script, &of.script);
        let given = given.set(Word::Q, &of.question).set(Word::Band, "low");
        of.reasons.iter().fold(given, |given, row| given.with(Word::Reason, &row.key)).href("/answers")
    });
    Reasons {
        low: (words.number(of.low), link(&[])),
        given: (words.number(of.given), all),
        together: together(opened, of),
        axis: charts::axis(&axis, Shape::Share, false, &numbers),
        rows: of.reasons.iter().map(row).collect(),
    }
}

fn topics_of(opened: &Opened, of: &QuestionReasons, mut rows: Vec<(Word, TopicRow)>) -> Option<Topics> {
    if rows.is_empty() {
        return None;
    }
    let numbers = opened.numbers();
    rows.sort_by(|(_, a), (_, b)| b.impact.partial_cmp(&a.impact).unwrap_or(std::cmp::Ordering::Equal));
    let (shown, few): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(_, row)| row.impact.is_some());
    let limits = shown.iter().flat_map(|(_, row)| [row.impact_lo, row.impact_hi]).flatten();
    let axis = Axis::over(limits.chain([0.0])).rounded();
    let paged = opened.paged(shown.len() + few.len());
    Some(Topics {
        axis: charts::axis(&axis, Shape::Points, true, &numbers),
        rows: paged.of(&shown, 0).iter().map(|(word, row)| topic(opened, of, *word, row, axis)).collect(),
        few: paged
            .of(&few, shown.len())
            .iter()
            .map(|(word, row)| Few {
                href: link(opened, of, (*word, row), &[]),
                name: topic_name(opened, *word, &row.key),
                why: match row.label.0 {
                    Label::NotComparable => opened.words.t("figures-not-comparable"),
                    _ => too_few_of_two([row.n, row.rest_n], opened.min_n, &numbers),
                },
            })
            .collect(),
        onward: paged.onward,
    })
}

/// The answers that a topic counts.
fn link(
    opened: &Opened,
    of: &QuestionReasons,
    (word, row): (Word, &TopicRow),
    more: &[(Word, &str)],
) -> Option<String> {
    let mut chosen = vec![(Word::Script, of.script.as_str()), (Word::Q, of.question.as_str())];
    chosen.extend_from_slice(more);
    opened.answers_in((word, &row.key), &chosen)
}

fn topic(opened: &Opened, of: &QuestionReasons, word: Word, row: &TopicRow, axis: Axis) -> Row {
    let (words, numbers) = (&opened.words, opened.numbers());
    let is_bad = row.label.0 == Label::Higher;
    let (glyph, class) = match row.label.0 {
        Label::Higher => (Glyph::Up, "worse"),
        Label::Lower => (Glyph::Down, "better"),
        Label::NoDifference => (Glyph::Chance, "same"),
        Label::TooFew | Label::NotComparable => (Glyph::Unknown, "nc"),
    };
    let share = |value: Option<f64>, n: u64| {
        value.map_or_else(|| "—".to_owned(), |value| numbers.value(Shape::Share, value, n))
    };
    Row {
        name: topic_name(opened, word, &row.key),
        n: words.number(row.n),
        href: link(opened, of, (word, row), &[]),
        value: share(row.value, row.n),
        low_href: link(opened, of, (word, row), &[(Word::Band, "low")]),
        rest: share(row.rest, row.rest_n),
        plot: charts::interval(&charts::Interval {
            axis,
            estimate: Estimate::of(row.impact, row.impact_lo, row.impact_hi, Certainty::Settled),
            tone: if is_bad { Tone::Bad } else { Tone::Grey },
            reference: Some(0.0),
            raw: None,
        }),
        impact: row.impact.map_or_else(String::new, |impact| numbers.signed(impact, 1)),
        note: impact_note(opened, row),
        is_bad,
        verdict: Verdict::word(glyph, class, words.t(label_id(row.label.0))),
    }
}
