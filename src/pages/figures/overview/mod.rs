//! The overview: is all well, what has changed, and what to do now.

mod causes;
mod first;

use askama::Template;
use axum::extract::State;

use self::causes::{Reasons, Topics, reasons_of, topics_of};
pub(super) use self::causes::{impact_note, kind_of, label_id, together, topic_name};
pub(super) use self::first::{Others, first};
use super::nothing::Nothing;
use super::parts::{Headline, Heard, hardest, index_of};
use super::{Face, Framed, Opened, charted};
use crate::domain::counting::{Dimension, Grouping};
use crate::domain::metric::Part;
use crate::domain::scale::Band;
use crate::domain::stats::ranking;
use crate::pages::answers;
use crate::pages::bar::Bar;
use crate::pages::card::{Cards, Fact};
use crate::pages::figures::Head;
use crate::pages::reply::{Answer, Trouble};
use crate::pages::shell::{Section, Shell};
use crate::pages::{Asked, Pages, Viewer, Word};
use crate::service::explore::{self, Details, Wanted};
use crate::service::figures::reply::{Figures, QuestionFigures};
use crate::service::figures::reports::agents::{self, AgentsReport};
use crate::service::figures::reports::{reasons, topics};
use crate::service::figures::request::Request;
use crate::service::figures::{drawn, figures};
use crate::view::charts::{self, Block};

/// The most rows of a list here; the whole of it is one click away.
const ROWS: usize = 4;

#[derive(Template)]
#[template(path = "overview.html", config = "src/pages/askama.toml")]
struct Page {
    shell: Shell,
    bar: Bar,
    head: Head,
    now: Option<Now>,
    tiles: Vec<Tile>,
    /// What stands in place of the tiles; without it, where there are none, the first scores are still to come.
    nothing: Option<Nothing>,
    others: Option<Others>,
    reasons: Option<Reasons>,
    topics: Option<Topics>,
    latest: Vec<Latest>,
    latest_href: String,
    agents: Option<Agents>,
    unheard: Unheard,
}

charted!(Page, |page, sheet| {
    for tile in &page.tiles {
        sheet.blocks.extend(tile.blocks());
    }
    if let Some(reasons) = &page.reasons {
        let rows = reasons.rows.iter();
        let rows = rows
            .map(|row| (row.name.as_str(), row.plot.as_str(), row.count.as_str(), row.note.as_str().into()));
        sheet.rows(page.shell.t("overview-reasons"), "", rows);
        sheet.text(reasons.about.as_str());
    }
    if let Some(topics) = &page.topics {
        let rows = topics.rows.iter();
        let rows = rows
            .map(|row| (row.name.as_str(), row.plot.as_str(), row.impact.as_str(), row.note.as_str().into()));
        sheet.rows(page.shell.t("overview-topics"), "", rows);
        if topics.rows.is_empty() {
            sheet.blocks.push(Block::Heading(page.shell.t("overview-topics").into()));
            sheet.text(page.shell.t("overview-topics-none"));
        }
        sheet.text(topics.about.as_str());
        if !topics.rows.is_empty() {
            sheet.text(page.shell.t("overview-impact"));
        }
    }
    if let Some(agents) = &page.agents {
        sheet.blocks.push(Block::Heading(page.shell.t("page-nav-agents").into()));
        sheet.text(agents.about.as_str());
        sheet.text(agents.sentence.as_str());
    }
    sheet.blocks.push(Block::Heading(page.shell.t("overview-silent").into()));
    sheet.text(page.unheard.sentence.as_str());
    sheet.blocks.extend(page.unheard.plot.as_deref().map(Block::Chart));
    for bound in &page.unheard.bounds {
        sheet.text(bound.as_str());
    }
});

/// A bad score with words.
struct Latest {
    words: String,
    href: String,
    day: String,
    case: Option<Fact>,
}

/// What waits now, in every period.
struct Now {
    cases: String,
    is_late: bool,
    cases_href: String,
    yesterday_href: String,
}

/// A primary index.
pub(super) struct Tile {
    pub title: String,
    pub href: String,
    pub index: String,
    pub n: u64,
    pub heard: Heard,
    pub headline: Headline,
    pub trend: Option<String>,
    pub hint: Option<String>,
}

impl Tile {
    /// The tile in a picture: its name, whom it is of, its value with what is said of it, and its trend.
    pub(super) fn blocks(&self) -> Vec<Block<'_>> {
        let mut blocks =
            vec![Block::Heading(self.title.as_str().into()), Block::Text(self.index.as_str().into())];
        blocks.push(Block::Text(self.heard.line().into()));
        blocks.extend(self.headline.texts().into_iter().map(|text| Block::Text(text.into())));
        blocks.extend(self.hint.as_deref().map(|hint| Block::Text(hint.into())));
        blocks.extend(self.trend.as_deref().map(Block::Chart));
        blocks
    }
}

struct Agents {
    /// Which question it is about, and which index.
    about: String,
    sentence: String,
    href: String,
}

struct Unheard {
    sentence: String,
    plot: Option<String>,
    bounds: Vec<String>,
    href: String,
}

pub(in crate::pages) async fn get(State(pages): State<Pages>, viewer: Viewer, asked: Asked) -> Answer {
    if viewer.only_agent().is_some() {
        return Err(Trouble::moved("/me"));
    }
    let mut opened = Opened::read(&pages, &viewer, &asked, 1).await?;
    let compared = Request { grouping: Grouping::By(Dimension::Script), ..opened.compared() };
    let months = opened.trend(false);
    let plain = opened.plain();
    let tx = &mut opened.tx;
    let now_figures = figures(tx, &pages.ctx, &compared).await?;
    let by_month = figures(tx, &pages.ctx, &months).await?;
    let reasons = reasons::reasons(tx, &pages.ctx, &plain).await?;
    let main = topics::most_answered(tx, &pages.ctx, &plain).await?;
    let of_main = main.map_or_else(|| plain.clone(), |key| plain.about(&key.script, &key.question));
    let topics = topics::topics(tx, &pages.ctx, &of_main).await?;
    let automations = topics::automations(tx, &pages.ctx, &of_main).await?;
    // The page shows one ranking; the files have them all.
    let agents = match opened.file {
        None => agents::first_ranking(tx, &pages.ctx, &plain).await?,
        Some(_) => agents::agents(tx, &pages.ctx, &plain).await?,
    };
    let counts = tx.count_unresolved_cases(viewer.now).await?;
    let latest = latest(&mut opened, &pages, &viewer).await?;
    let latest_href = opened.answers(&[(Word::Band, "low"), (Word::Words, "1")]);
    let (tiles, others) = first(&opened, tiles(&opened, &now_figures, &by_month));
    let is_first =
        by_month.ledger.events == 0 && opened.filters.is_plain() && opened.filters.period().is_none();
    let nothing = if now_figures.ledger.answered > 0 || is_first {
        None
    } else {
        Some(opened.nothing(&pages, &viewer, &[]).await?)
    };
    let (tiles, others) = if nothing.is_none() { (tiles, others) } else { (Vec::new(), None) };
    let page = Parts {
        nothing,
        // What waits now is of no period, so no link to a period shows it.
        now: viewer.shared.is_none().then(|| now(&opened, counts.open, counts.overdue)),
        reasons: reasons_of(&opened, &reasons),
        topics: topics_of(&opened, &now_figures, &[(&topics, Word::Tag), (&automations, Word::Automation)]),
        agents: agents_of(&opened, &agents),
        unheard: unheard(&opened, &now_figures),
        tiles,
        others,
    };
    let title = opened.words.t("page-nav-overview");
    let against = opened.against(&now_figures);
    let facts = now_figures.period.clone();
    let tables = opened.tables("overview").with("figures", now_figures).with("trend", by_month);
    let tables = tables.with("reasons", reasons).with("topics", topics).with("automations", automations);
    let tables = tables.with("agents", agents);
    let face = Face { section: Section::Overview, title, about: None, facts, tables };
    let page = |Framed { shell, bar, mut head }: Framed| {
        head.against = against;
        let Parts { now, tiles, nothing, others, reasons, topics, agents, unheard } = page;
        Page {
            shell,
            bar,
            head,
            now,
            tiles,
            nothing,
            others,
            reasons,
            topics,
            latest,
            latest_href,
            agents,
            unheard,
        }
    };
    opened.answer(&pages, &viewer, face, page).await
}

/// What the page shows, before its frame.
struct Parts {
    now: Option<Now>,
    tiles: Vec<Tile>,
    nothing: Option<Nothing>,
    others: Option<Others>,
    reasons: Option<Reasons>,
    topics: Option<Topics>,
    agents: Option<Agents>,
    unheard: Unheard,
}

/// The newest bad scores that came with words.
async fn latest(opened: &mut Opened, pages: &Pages, viewer: &Viewer) -> Result<Vec<Latest>, Trouble> {
    if !viewer.sees_words() {
        return Ok(Vec::new());
    }
    let wanted = Wanted {
        selection: answers::selection(&pages.ctx, viewer, &opened.filters, opened.period),
        bands: [Band::Low].into(),
        questions: opened.filters.all(Word::Q).map(str::to_owned).collect(),
        values: [].into(),
        text: None,
        with_words: true,
        with_voice: false,
        wait: None,
    };
    let hits = explore::latest_answers(&mut opened.tx, &pages.ctx, &wanted, ROWS).await?;
    let keys: Vec<_> = hits.iter().map(|hit| hit.survey).collect();
    let details = Details::load(&mut opened.tx, &keys).await?;
    let cards = Cards { viewer, titles: &opened.titles, details: &details, filters: &opened.filters };
    let latest = |hit| {
        let card = cards.card(hit)?;
        Some(Latest {
            words: card.words.join(" "),
            href: card.day.href?,
            day: card.day.text,
            case: card.case.filter(|_| viewer.shared.is_none()),
        })
    };
    Ok(hits.iter().filter_map(latest).collect())
}

fn now(opened: &Opened, open: i64, late: i64) -> Now {
    let words = &opened.words;
    let yesterday = opened.today.pred_opt().unwrap_or(opened.today);
    let values = [("open", open.into()), ("late", late.into())];
    Now {
        cases: words.with("overview-cases", &values),
        is_late: late > 0,
        cases_href: "/cases".to_owned(),
        yesterday_href: format!("/answers?period={yesterday}"),
    }
}

pub(super) fn tiles(opened: &Opened, now: &Figures, by_month: &Figures) -> Vec<Tile> {
    // What matters to customers is no score of ours; it has a page of its own.
    let scores = now.questions.iter().filter(|of| of.about.metric.part() != Part::Importance);
    scores.filter_map(|question| tile(opened, now, question, by_month)).collect()
}

fn tile(opened: &Opened, now: &Figures, question: &QuestionFigures, by_month: &Figures) -> Option<Tile> {
    let name = drawn::primary(question)?.as_str();
    let row = question.rows.first()?;
    let figure = row.indices.get(name)?;
    let ledger = &row.ledger;
    let months = by_month
        .questions
        .iter()
        .find(|known| known.script == question.script && known.question == question.question);
    let points = months.map(|months| drawn::points(months, name, opened.today, &opened.numbers()));
    let title = opened.title(&question.script, &question.question);
    let has_trend =
        |points: &Vec<charts::Point>| points.iter().filter(|point| point.estimate.is_some()).count() > 1;
    let trend_name = opened.words.of("figures-trend", "title", &title);
    Some(Tile {
        n: row.n,
        href: opened.figures(&format!("/questions/{}/{}", question.script, question.question), &[]),
        index: index_of(&opened.words, question, name),
        heard: opened.heard(question, row, ledger),
        headline: opened.headline((now, question), row, (name, figure), ledger.coverage),
        trend: points.filter(has_trend).map(|points| {
            if opened.file.is_some() {
                opened.trend_in_picture(&trend_name, name, &points)
            } else {
                charts::mini(&trend_name, &points, None)
            }
        }),
        hint: figure.value.is_none().then(|| counts(opened, question)).flatten(),
        title,
    })
}

/// How often each value was chosen, for a question with too few answers: `“2”: 1 · “4”: 3`.
fn counts(opened: &Opened, question: &QuestionFigures) -> Option<String> {
    let row = question.rows.first()?;
    let given = row.values.iter().filter(|(_, count)| **count > 0);
    let texts: Vec<String> = given
        .map(|(value, count)| {
            let values = [("value", value.to_owned().into()), ("count", opened.words.number(*count).into())];
            opened.words.with("figures-value-count", &values)
        })
        .collect();
    let texts = (!texts.is_empty()).then(|| texts.join(" · "))?;
    Some(match hardest(&opened.words, question) {
        Some(hardest) => format!("{texts}. {hardest}"),
        None => texts,
    })
}

fn agents_of(opened: &Opened, report: &AgentsReport) -> Option<Agents> {
    let question = report.questions.iter().find(|question| !question.ranked.is_empty())?;
    let with = |label: ranking::Label| question.ranked.iter().filter(|agent| agent.label.0 == label).count();
    let [better, worse, same] =
        [ranking::Label::Better, ranking::Label::Worse, ranking::Label::NoDifference].map(with);
    let values = [("better", better.into()), ("worse", worse.into()), ("same", same.into())];
    let id = if better + worse == 0 { "overview-agents-same" } else { "overview-agents" };
    let of_question = [(Word::Script, question.script.as_str()), (Word::Q, question.question.as_str())];
    let values = opened.words.with(id, &values);
    let index = super::parts::index_name(&opened.words, &question.index);
    Some(Agents {
        about: opened.of_title(&question.script, &question.question, &index),
        sentence: values,
        href: opened.figures("/agents", &of_question),
    })
}

/// Whom the survey did not reach, and what that leaves open.
fn unheard(opened: &Opened, now: &Figures) -> Unheard {
    let (words, numbers) = (&opened.words, opened.numbers());
    let ledger = &now.ledger;
    let values = [
        ("eligible", words.number(ledger.eligible).into()),
        ("answered", words.number(ledger.answered).into()),
        ("delivered", words.number(ledger.delivered).into()),
        ("coverage", ledger.coverage.map_or_else(|| "–".to_owned(), |share| numbers.share(share)).into()),
    ];
    // What matters to customers is no score of ours.
    let scores = now.questions.iter().filter(|of| of.about.metric.part() != Part::Importance);
    let bounds = scores.filter_map(|question| {
        let name = drawn::primary(question)?.as_str();
        let row = question.rows.first()?;
        // With everybody heard the bounds are the value, which too few answers do not have.
        let figure = row.indices.get(name).filter(|figure| figure.value.is_some())?;
        let [low, high] = figure.bounds?;
        let range = numbers.range_with_unit(drawn::shape(name), low, high, row.n);
        let title = opened.title(&question.script, &question.question);
        Some(words.with("overview-bounds", &[("title", title.into()), ("range", range.into())]))
    });
    Unheard {
        sentence: words
            .with(if ledger.eligible == 0 { "overview-nobody" } else { "overview-unheard" }, &values),
        plot: ledger.coverage.map(|share| charts::coverage(share, "heard")),
        bounds: bounds.take(ROWS).collect(),
        href: opened.figures("/coverage", &[]),
    }
}
