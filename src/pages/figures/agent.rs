//! The page of one agent: scores, and what the surveys are about.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, State};
use chrono::NaiveDate;

use super::agents::MONTHS;
use super::coverage::over_scripts;
use super::overview::{Others, Tile, first, tiles};
use super::question::part_name;
use super::{Face, Framed, Head, Opened, charted};
use crate::domain::counting::{Dimension, Grouping};
use crate::domain::period::Period;
use crate::pages::bar::Bar;
use crate::pages::reply::{Answer, Trouble};
use crate::pages::shell::{Section, Shell};
use crate::pages::{Asked, Filters, Pages, Viewer, Word, filters};
use crate::service::figures::agent_names::{AgentNames, Naming};
use crate::service::figures::figures;
use crate::service::figures::reply::Figures;
use crate::service::figures::request::{NONE, Request};

#[derive(Template)]
#[template(path = "agent.html", config = "src/pages/askama.toml")]
struct Page {
    shell: Shell,
    bar: Bar,
    head: Head,
    tiles: Vec<Tile>,
    others: Option<Others>,
    topics: Vec<Topic>,
    low_href: String,
    neutral_href: String,
}

charted!(Page, |page, sheet| {
    for tile in &page.tiles {
        sheet.blocks.extend(tile.blocks());
    }
});

struct Topic {
    name: String,
    /// Without a link, where no address can say which surveys they are.
    href: Option<String>,
    n: String,
}

pub(in crate::pages) async fn get(
    State(pages): State<Pages>,
    viewer: Viewer,
    Path(key): Path<String>,
    asked: Asked,
) -> Answer {
    if viewer.only_agent() == Some(Some(key.as_str())) {
        return Err(Trouble::moved("/me"));
    }
    // Without a name the page would still say who it is about.
    if viewer.naming() != Naming::Named {
        return Err(Trouble::NotFound);
    }
    let mut opened = Opened::read(&pages, &viewer, &asked, MONTHS).await?;
    opened.filters = opened.filters.without(Word::Agent);
    opened.asking = opened.filters.set(Word::Agent, &key);
    let compared = Request { grouping: Grouping::By(Dimension::Script), ..opened.compared() };
    let months = opened.trend(false);
    let by_tag = opened.by(Grouping::By(Dimension::Tag));
    let found = figures(&mut opened.tx, &pages.ctx, &compared).await?;
    let by_month = figures(&mut opened.tx, &pages.ctx, &months).await?;
    let is_empty = found.ledger.events == 0;
    if is_empty && by_month.ledger.events == 0 && !is_in_any_event(&mut opened, &pages, &key).await? {
        return Err(Trouble::NotFound);
    }
    let topics = figures(&mut opened.tx, &pages.ctx, &by_tag).await?;
    let (days, naming) = (opened.period.days(), opened.naming);
    let names = AgentNames::load(&mut opened.tx, &pages.ctx, days, naming).await?;
    let name = names.of(&key).to_owned();
    let of_agent = |opened: &Opened, band: &str| opened.answers(&[(Word::Agent, &key), (Word::Band, band)]);
    let (low_href, neutral_href) = (of_agent(&opened, "low"), of_agent(&opened, "neutral"));
    let (events, scripts) = events_by_tag(&topics);
    let listed = opened.filters.known_to(filters::SURVEYS).set(Word::Period, &opened.period.to_string());
    let listed = scripts.iter().fold(listed, |listed, script| listed.with(Word::Script, script));
    let topic = |(tag, count): &(String, u64)| {
        let value = if tag == NONE { "" } else { tag };
        let surveys = || listed.set(Word::Agent, &key).narrow(Word::Tag, value).href("/surveys");
        Topic {
            name: part_name(&opened, Word::Tag, tag),
            href: listed.can_narrow(Word::Tag, value).then(surveys),
            n: opened.words.number(*count),
        }
    };
    let topics = events.iter().take(12).map(topic).collect();
    // Links of the tiles lead to this agent's answers.
    opened.filters = opened.asking.clone();
    let tiles = tiles(&opened, &found, &by_month).into_iter().filter(|tile| tile.n > 0).collect();
    let (tiles, others) = first(&opened, tiles);
    opened.filters = opened.filters.without(Word::Agent);
    let against = opened.against(&found);
    let above = (opened.figures("/agents", &[]), opened.words.t("page-nav-agents"));
    let facts = found.period.clone();
    let tables = opened.tables(&format!("agent-{key}")).with("figures", found).with("trend", by_month);
    let face = Face { section: Section::Agents, title: name, about: None, facts, tables };
    if is_empty {
        let nothing = opened.nothing(&pages, &viewer, &[(Word::Agent, &key)]).await?;
        return opened.empty(&pages, &viewer, face, Some(above), nothing).await;
    }
    let page = |Framed { shell, bar, mut head }: Framed| {
        head.above = Some(above);
        head.against = against;
        Page { shell, bar, head, tiles, others, topics, low_href, neutral_href }
    };
    opened.answer(&pages, &viewer, face, page).await
}

/// Whether an agent has any event at all, in any period.
async fn is_in_any_event(opened: &mut Opened, pages: &Pages, key: &str) -> Result<bool, Trouble> {
    let own = Filters::default().set(Word::Agent, key);
    let always = Period::between(NaiveDate::from_ymd_opt(2000, 1, 1).unwrap_or_default(), opened.today);
    let Some(always) = always else { return Ok(false) };
    let request = Request { compare: None, ..own.request(always) };
    Ok(figures(&mut opened.tx, &pages.ctx, &request).await?.ledger.events > 0)
}

/// How many events have each tag, the most frequent first, and of which scripts they are.
fn events_by_tag(found: &Figures) -> (Vec<(String, u64)>, BTreeSet<&str>) {
    let counts = over_scripts(found).into_iter();
    let mut events: Vec<(String, u64)> = counts.map(|(tag, counts)| (tag, counts.events)).collect();
    events.sort_by_key(|(_, count)| Reverse(*count));
    let scripts = found.questions.iter().filter(|question| question.about.has_coverage());
    (events, scripts.map(|question| question.script.as_str()).collect())
}
