//! The answers themselves: what exactly was said. As many as a figure counts in the same cut.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;

use super::bar::{About, Bar, Beyond, Pick};
use super::card::{Card, Cards};
use super::filters::{self, Asked, FileForm, Filters, Word};
use super::reply::{Answer, Trouble, shown};
use super::shell::{Section, Shell};
use super::titles::{Titles, band_id};
use super::{Pages, Viewer, download};
use crate::domain::counting::{Dimension, Filter, Selection};
use crate::domain::period::Period;
use crate::domain::scale::Band;
use crate::service::explore::{self, Details, Found, Wanted};
use crate::service::figures::request::Request;
use crate::service::{Context, export, figures};
use crate::store::Tx;
use crate::web::{attached, of_file};

/// Cards on a page.
const PAGE: usize = 50;
const PATH: &str = "/answers";

#[derive(Template)]
#[template(path = "answers.html", config = "src/pages/askama.toml")]
struct Page {
    shell: Shell,
    bar: Bar,
    heading: String,
    about: String,
    bands: Vec<Pick>,
    said: Vec<Pick>,
    /// What the search keeps, and what is searched for.
    kept_with_text: Vec<(String, String)>,
    text: String,
    cards: Vec<Card>,
    more: Option<String>,
    beyond: Option<Beyond>,
    shown: String,
    /// Why nothing is found.
    none: String,
    /// What one filter less would give, where nothing is found.
    ways: Vec<Pick>,
}

/// The selection of events for a page, without bands. Agents have their own events only.
pub(super) fn selection(ctx: &Context, viewer: &Viewer, filters: &Filters, period: Period) -> Selection {
    let mut selection = Selection::of(period.days(), ctx.zone(), ctx.config.new_agent_days);
    selection.filters = filters.of_events();
    selection.is_reviewed = filters.get(Word::Reviewed).is_some();
    selection.filters.extend(viewer.only_agent().map(|agent| Filter {
        dimension: Dimension::Agent,
        // No event has an empty ID, so an agent without one finds nothing.
        values: BTreeSet::from([Some(agent.unwrap_or_default().to_owned())]),
        is_left_out: false,
    }));
    selection
}

/// The period of a page: the chosen one, or the newest settled month.
pub(super) async fn period(tx: &mut Tx, ctx: &Context, filters: &Filters) -> Result<Period, Trouble> {
    match filters.period() {
        Some(period) => Ok(period),
        None => Ok(figures::usual_period(tx, ctx, &Request::default()).await?),
    }
}

fn wanted(ctx: &Context, viewer: &Viewer, filters: &Filters, period: Period) -> Wanted {
    let mut selection = selection(ctx, viewer, filters, period);
    selection.reasons = filters.all(Word::Reason).map(str::to_owned).collect();
    Wanted {
        selection,
        bands: filters.bands(),
        questions: filters.all(Word::Q).map(str::to_owned).collect(),
        values: filters.all(Word::Value).filter_map(|value| value.parse().ok()).collect(),
        text: filters.get(Word::Text).map(str::to_owned),
        with_words: filters.get(Word::Words).is_some(),
        with_voice: filters.get(Word::Voice).is_some(),
        wait: filters.get(Word::Wait).and_then(filters::wait),
    }
}

pub(super) async fn get(State(pages): State<Pages>, viewer: Viewer, asked: Asked) -> Answer {
    let mut filters = asked.filters(filters::ANSWERS)?;
    if let Some(file) = &asked.file {
        if viewer.access().sees_all() && download::kind_of_list(file).is_ok() {
            return Err(Trouble::moved(file.of(&filters.href("/export"))));
        }
        filters.keep_file_aside(file);
    }
    let (ctx, words) = (&pages.ctx, &viewer.words);
    let mut tx = pages.db.read_at_length().await?;
    let published = ctx.scripts.known_questions(&mut tx).await?;
    filters.keep_published(&published);
    let period = period(&mut tx, ctx, &filters).await?;
    let titles = Titles::load(&mut tx, ctx).await?;
    let about = About { path: PATH, filters: &filters, period, known: filters::ANSWERS, titles: &titles };
    let mut bar = Bar::load(&mut tx, ctx, &viewer, &about).await?;
    if viewer.access().sees_all() {
        bar.files = download::links_of_list(&filters.without(Word::After).href("/export"));
    }
    let after: usize = filters.get(Word::After).and_then(|after| after.parse().ok()).unwrap_or(0);
    let wanted = wanted(ctx, &viewer, &filters, period);
    let found = explore::newest_answers(&mut tx, ctx, &wanted, after.saturating_add(PAGE)).await?;
    let on_page: Vec<_> = found.hits.iter().skip(after).collect();
    let keys: Vec<_> = on_page.iter().map(|hit| hit.survey).collect();
    let details = Details::load(&mut tx, &keys).await?;
    drop(tx);
    let makes = Cards { viewer: &viewer, titles: &titles, details: &details, filters: &filters };
    let cards: Vec<Card> = on_page.into_iter().filter_map(|hit| makes.card(hit)).collect();
    let count = found.count;
    let end = after + cards.len();
    let next = ((end as u64) < count).then(|| filters.set(Word::After, &end.to_string()).href(PATH));
    let heading = words.count("page-answers", count);
    let is_ahead = period.days().from > words.local(viewer.now).date_naive();
    let mut ways = Vec::new();
    if count == 0 {
        ways = ways_on(&pages, &viewer, (&filters, &[]), period, PATH).await?;
        ways.extend(filters.period().map(|_| Pick {
            href: filters.without(Word::Period).without(Word::After).href(PATH),
            name: words.t("figures-usual"),
            is_current: false,
        }));
    }
    let values = [
        ("from", words.number(after as u64 + 1).into()),
        ("to", words.number(end as u64).into()),
        ("all", words.number(count).into()),
    ];
    let page = Page {
        about: described(&viewer, &filters, &titles, period),
        bands: bands(&viewer, &filters, &found),
        said: said(&viewer, &filters, &found),
        kept_with_text: filters.without_any(Word::Text).without(Word::After).pairs(),
        text: filters.get(Word::Text).unwrap_or_default().to_owned(),
        more: next,
        beyond: Beyond::of(words, PATH, &filters, (after as u64, count)),
        shown: if cards.is_empty() { String::new() } else { words.with("page-answers-shown", &values) },
        none: words.t(if is_ahead { "figures-ahead" } else { "page-answers-none" }),
        ways,
        cards,
        shell: pages
            .shell(&viewer, Some(Section::Answers), heading.clone(), (asked.address(), &filters))
            .await?,
        heading,
        bar,
    };
    shown(&page)
}

/// The answers that are seen, as a table with all their columns: a workbook, unless a CSV is asked for.
pub(super) async fn download(State(pages): State<Pages>, viewer: Viewer, asked: Asked) -> Answer {
    viewer.must_see_all()?;
    let mut filters = asked.filters(filters::ANSWERS)?;
    let (kind, attached_kind) = download::kind_of_list(asked.file.as_ref().unwrap_or(&FileForm::Xlsx))?;
    let ctx = &pages.ctx;
    let _turn = pages.turns.take().await?;
    let mut tx = pages.db.read_at_length().await?;
    // The file has what the page shows, which leaves aside what it does not know.
    let published = ctx.scripts.known_questions(&mut tx).await?;
    filters.keep_published(&published);
    let period = period(&mut tx, ctx, &filters).await?;
    let wanted = wanted(ctx, &viewer, &filters, period);
    let chosen = explore::chosen_answers(&mut tx, ctx, &wanted).await?;
    let file = export::chosen_answers(&mut tx, ctx, chosen, kind).await?;
    Ok(attached(&download::named("answers", &period), attached_kind, of_file(file)))
}

/// What the page is about: the period, and the question if there is one.
fn described(viewer: &Viewer, filters: &Filters, titles: &Titles, period: Period) -> String {
    let words = &viewer.words;
    let script = filters.get(Word::Script);
    let questions = filters.all(Word::Q).map(|key| format!("«{}»", titles.question(words, script, key)));
    let bands = filters.bands().into_iter().map(|band| words.t(band_id(band)));
    [words.period(&period)].into_iter().chain(questions).chain(bands).collect::<Vec<_>>().join(" · ")
}

/// How the count splits by band.
fn bands(viewer: &Viewer, filters: &Filters, found: &Found) -> Vec<Pick> {
    let words = &viewer.words;
    let chosen = filters.bands();
    let plain = filters.without(Word::After);
    let mut tabs = vec![Pick {
        href: plain.without(Word::Band).href(PATH),
        name: words.of("page-tab-all", "count", &words.number(found.of_any_band)),
        is_current: chosen.is_empty(),
    }];
    for (band, id) in
        [(Band::Low, "page-tab-low"), (Band::Neutral, "page-tab-neutral"), (Band::High, "page-tab-high")]
    {
        let count = found.by_band.get(&band).copied().unwrap_or(0);
        tabs.push(Pick {
            href: plain.set(Word::Band, band.as_str()).href(PATH),
            name: words.of(id, "count", &words.number(count)),
            is_current: chosen == BTreeSet::from([band]),
        });
    }
    tabs
}

/// How many came with words and with a voice.
fn said(viewer: &Viewer, filters: &Filters, found: &Found) -> Vec<Pick> {
    let words = &viewer.words;
    let tab = |word: Word, id: &str, count: u64| {
        let is_current = filters.get(word).is_some();
        let plain = filters.without(Word::After);
        let to = if is_current { plain.without(word) } else { plain.set(word, "1") };
        Pick { href: to.href(PATH), name: words.of(id, "count", &words.number(count)), is_current }
    };
    vec![
        tab(Word::Words, "page-tab-words", found.with_words),
        tab(Word::Voice, "page-tab-voice", found.with_voice),
    ]
}

/// How many answers there would be with one filter less, for a page at `path`. `about` is what it is about beside the
/// filters.
pub(super) async fn ways_on(
    pages: &Pages,
    viewer: &Viewer,
    (filters, about): (&Filters, &[(Word, &str)]),
    period: Period,
    path: &str,
) -> Result<Vec<Pick>, Trouble> {
    const MOST: usize = 5;
    let mut ways = Vec::new();
    let words: BTreeSet<Word> =
        filters.chosen().map(|chosen| chosen.word).filter(|word| !word.is_of_the_view()).collect();
    let mut tx = pages.db.read_at_length().await?;
    for word in words.into_iter().take(MOST) {
        let less = filters.without(word).without(Word::After);
        let asking = about.iter().fold(less.clone(), |asking, (word, value)| asking.set(*word, value));
        let wanted = wanted(&pages.ctx, viewer, &asking, period);
        let found = explore::newest_answers(&mut tx, &pages.ctx, &wanted, 0).await?;
        let name = viewer.words.t(super::bar::word_id(word));
        let count = viewer.words.count("page-answers", found.count);
        let values = [("name", name.into()), ("count", count.into())];
        ways.push(Pick {
            href: less.href(path),
            name: viewer.words.with("page-without", &values),
            is_current: false,
        });
    }
    Ok(ways)
}
