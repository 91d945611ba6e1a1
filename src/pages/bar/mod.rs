//! The row above a page, with period and filters, and the chips that say what is chosen.

mod chips;
mod names;

use std::collections::BTreeSet;

use chrono::{Datelike as _, Days, NaiveDate};

use self::chips::{chips, unknown_chips, unseen_values};
use self::names::value_name;
pub(super) use self::names::{state_id, word_id};
use super::reply::Trouble;
use super::titles::Titles;
use super::{Filters, Viewer, Word, Words, filters};
use crate::domain::counting::{Counting, Dimension, GroupKey, Selection};
use crate::domain::period::Period;
use crate::domain::stats::coverage::Coverage;
use crate::service::Context;
use crate::service::figures::agent_names::AgentNames;
use crate::store::Tx;

/// The most options of one field, on the page of all fields and in the sheet of every page.
pub(super) const MOST: usize = 100;
const MOST_IN_SHEET: usize = 20;
/// The dimensions with check boxes and with lists in the sheet; all others are on a page of their own.
const BOXES: [Word; 2] = [Word::Team, Word::Channel];
const SELECTS: [Word; 2] = [Word::Agent, Word::Tag];

/// A link with a name.
#[derive(Clone, Debug)]
pub struct Pick {
    pub href: String,
    pub name: String,
    pub is_current: bool,
}

/// An option of a field.
#[derive(Clone, Debug)]
pub struct FieldOption {
    pub value: String,
    pub name: String,
    /// How many events of the period have it.
    pub count: String,
    pub is_chosen: bool,
}

/// A dimension in the form.
#[derive(Clone, Debug)]
pub struct Field {
    pub word: &'static str,
    pub name: String,
    pub options: Vec<FieldOption>,
}

/// Something that is chosen, and the way back.
#[derive(Clone, Debug)]
pub struct Chip {
    /// What kind of thing; `None` for what is not known.
    pub name: Option<String>,
    pub value: String,
    /// The same page without it.
    pub href: String,
    /// What the way back does, for those who cannot see it.
    pub label: String,
    pub is_unknown: bool,
}

/// What `bar.html` and `chips.html` show.
#[derive(Clone, Debug)]
pub struct Bar {
    /// The page that the forms lead to.
    pub path: String,
    pub period: String,
    pub picks: Vec<Pick>,
    pub from: String,
    pub to: String,
    /// What to compare with; empty on pages that compare nothing.
    pub compare: Vec<Pick>,
    /// What the two forms keep.
    pub kept_with_period: Vec<(String, String)>,
    pub kept_with_filter: Vec<(String, String)>,
    pub boxes: Vec<Field>,
    pub selects: Vec<Field>,
    /// The page with all fields. `None` for agents, who may not choose by these.
    pub all_fields: Option<String>,
    /// The files that the page can be.
    pub files: Vec<Pick>,
    /// What a link to this page would show. `None` if the reader may not make one.
    pub share: Option<Share>,
    pub chips: Vec<Chip>,
    /// The page without all of it.
    pub clear: String,
}

/// The form that makes a link to a page.
#[derive(Clone, Debug)]
pub struct Share {
    /// The page with its period and filters.
    pub address: String,
    pub title: String,
    /// Whether the page can show customers' words.
    pub has_words: bool,
    /// Whether the page can show names of agents.
    pub has_agents: bool,
    /// Whether the page is about one agent: without the name it cannot be shared.
    pub is_about_agent: bool,
    /// The most characters of the note.
    pub note: usize,
    /// After how many days the link can end: the number, its name, and whether it is chosen.
    pub days: Vec<(u16, String, bool)>,
}

/// What a list says when its address is beyond its end: how many there are, and the way back.
#[derive(Clone, Debug)]
pub struct Beyond {
    pub text: String,
    pub href: String,
    pub name: String,
}

impl Beyond {
    /// `None` if `after` rows are not all that there are.
    #[must_use]
    pub fn of(words: &Words, path: &str, filters: &Filters, (after, all): (u64, u64)) -> Option<Self> {
        (all > 0 && after >= all).then(|| Self {
            text: words.of("page-beyond", "all", &words.number(all)),
            href: filters.without(Word::After).href(path),
            name: words.t("page-to-first"),
        })
    }
}

/// What `chips.html` shows on a page without a bar: what it does not know.
#[derive(Clone, Debug)]
pub struct Unknown {
    pub chips: Vec<Chip>,
    pub clear: String,
    /// The files that the page can be.
    pub files: Vec<Pick>,
}

impl Unknown {
    #[must_use]
    pub fn of(words: &Words, path: &str, filters: &Filters) -> Self {
        let mut known = filters.clone();
        known.unknown.clear();
        Self {
            chips: unknown_chips(words, path, filters, &[]).collect(),
            clear: known.href(path),
            files: Vec::new(),
        }
    }
}

/// What the bar of a page is made from.
#[derive(Debug)]
pub struct About<'a> {
    pub path: &'a str,
    pub filters: &'a Filters,
    pub period: Period,
    /// The words that the page knows.
    pub known: &'static [Word],
    pub titles: &'a Titles,
}

impl Bar {
    pub async fn load(
        tx: &mut Tx,
        ctx: &Context,
        viewer: &Viewer,
        about: &About<'_>,
    ) -> Result<Self, Trouble> {
        let sees_all = viewer.access().sees_all();
        // Agents are not told who the others are.
        let names = if sees_all {
            AgentNames::load(tx, ctx, about.period.days(), viewer.naming()).await?
        } else {
            AgentNames::default()
        };
        let mut fields = Vec::new();
        let mut unseen = BTreeSet::new();
        if sees_all && viewer.shared.is_none() {
            for word in BOXES.into_iter().chain(SELECTS).filter(|word| about.known.contains(word)) {
                let field = field(tx, ctx, &viewer.words, about, (word, MOST_IN_SHEET), &names).await?;
                fields.push((word, field));
            }
            unseen = unseen_values(tx, ctx, about).await?;
        }
        let (boxes, selects): (Vec<_>, Vec<_>) =
            fields.into_iter().partition(|(word, _)| BOXES.contains(word));
        let of = |fields: Vec<(Word, Field)>| {
            fields.into_iter().map(|(_, field)| field).filter(|field| !field.options.is_empty()).collect()
        };
        let today = viewer.words.local(viewer.now).date_naive();
        let days = about.period.days();
        let plain = about.filters.without(Word::After);
        let back = [("to".to_owned(), about.path.to_owned())].into_iter().chain(plain.pairs());
        Ok(Self {
            path: about.path.to_owned(),
            period: viewer.words.period(&about.period),
            picks: picks(&viewer.words, about, today),
            from: days.from.to_string(),
            to: days.until.pred_opt().unwrap_or(days.from).to_string(),
            compare: compare(&viewer.words, about),
            kept_with_period: plain.without_any(Word::Period).without_any(Word::Vs).pairs(),
            kept_with_filter: plain.without_chosen(&[BOXES, SELECTS].concat()).pairs(),
            boxes: of(boxes),
            selects: of(selects),
            all_fields: sees_all.then(|| filters::address("/filters", &back.collect::<Vec<_>>())),
            files: Vec::new(),
            share: None,
            chips: chips(&viewer.words, about, &names, &unseen),
            clear: about.filters.plain().without(Word::After).href(about.path),
        })
    }
}

/// The periods that are one click away.
fn picks(words: &Words, about: &About<'_>, today: NaiveDate) -> Vec<Pick> {
    let this = Period::month_of(today);
    let last = this.previous();
    let months = |count: u32| {
        let from = (1..count).fold(last, |month, _| month.previous());
        format!("{from}..{last}")
    };
    let week = Period::week_of(today.checked_sub_days(Days::new(7)).unwrap_or(today));
    let named = |id: &str| words.t(id);
    let running = words.with("page-month-running", &[("month", today.month().into())]);
    let of = |month: &Period| words.with("page-month-alone", &[("month", month.days().from.month().into())]);
    let all = [
        (this.to_string(), running),
        (last.to_string(), of(&last)),
        (last.previous().to_string(), of(&last.previous())),
        (week.to_string(), named("page-last-week")),
        (months(3), named("page-three-months")),
        (months(6), named("page-six-months")),
        (months(12), named("page-twelve-months")),
        (today.year().to_string(), words.of("page-year", "year", &today.year().to_string())),
    ];
    let filters = about.filters.without(Word::After).without_any(Word::Period);
    let pick = |(period, name): (String, String)| Pick {
        href: filters.with(Word::Period, &period).href(about.path),
        is_current: about.period.to_string() == period,
        name,
    };
    all.into_iter().map(pick).collect()
}

/// What a page with figures can be compared with. The address of each is the value of the form's field.
fn compare(words: &Words, about: &About<'_>) -> Vec<Pick> {
    if !about.known.contains(&Word::Vs) {
        return Vec::new();
    }
    let chosen = about.filters.get(Word::Vs).unwrap_or("prev");
    let all = [("prev", "page-vs-prev"), ("year", "page-vs-year"), ("none", "page-vs-none")];
    let mut picks: Vec<Pick> = all
        .map(|(value, id)| Pick { href: value.to_owned(), name: words.t(id), is_current: value == chosen })
        .to_vec();
    if let Ok(period) = Period::parse(chosen) {
        picks.push(Pick { href: chosen.to_owned(), name: words.period(&period), is_current: true });
    }
    picks
}

/// A dimension with so many of its values in the period, the commonest first.
pub(super) async fn field(
    tx: &mut Tx,
    ctx: &Context,
    words: &Words,
    about: &About<'_>,
    (word, most): (Word, usize),
    names: &AgentNames,
) -> Result<Field, Trouble> {
    let counted = match word.dimension() {
        Some(dimension) => values(tx, ctx, about.period, dimension).await?,
        None => Vec::new(),
    };
    let chosen: BTreeSet<&str> = about.filters.all(word).collect();
    let missing = chosen.iter().filter(|value| counted.iter().all(|(known, _)| known != *value));
    let all = counted.iter().map(|(value, count)| (value.as_str(), *count)).take(most);
    let all = all.chain(missing.map(|value| (*value, 0)));
    let option = |(value, count): (&str, u64)| FieldOption {
        value: value.to_owned(),
        name: value_name(words, about, word, value, names),
        count: words.number(count),
        is_chosen: chosen.contains(value),
    };
    let mut options: Vec<FieldOption> = all.map(option).collect();
    if SELECTS.contains(&word) {
        options.sort_by_key(|option| option.name.to_lowercase());
    }
    Ok(Field { word: word.as_str(), name: words.t(word_id(word)), options })
}

/// The values of a dimension in a period with their events. Empty stands for events without a value.
async fn values(
    tx: &mut Tx,
    ctx: &Context,
    period: Period,
    dimension: Dimension,
) -> Result<Vec<(String, u64)>, Trouble> {
    let selection = Selection::of(period.days(), ctx.zone(), ctx.config.new_agent_days);
    let counting = Counting::of_surveys(selection, dimension);
    let counts = tx.count_surveys(&counting).await?;
    let mut values: Vec<(String, u64)> = Vec::new();
    for (key, group) in &counts.groups {
        if let GroupKey::Value(value) = key {
            values.push((
                value.clone().unwrap_or_default(),
                group.coverage.values().map(Coverage::events).sum(),
            ));
        }
    }
    values.sort_by(|(a, a_count), (b, b_count)| b_count.cmp(a_count).then_with(|| a.cmp(b)));
    Ok(values)
}
