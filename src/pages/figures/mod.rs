//! The pages with figures. Each shows what [`crate::service::figures`] answers for the filters of its address; nothing is
//! computed here. Coverage stands before every score, every verdict has a word, and every number leads to the answers or
//! surveys that it counts.

pub(super) mod agent;
pub(super) mod agents;
pub(super) mod coverage;
pub(super) mod importance;
mod ledger;
mod names;
mod nothing;
pub(super) mod overview;
mod paged;
mod parts;
pub(super) mod question;
pub(super) mod questions;
pub(super) mod support;
pub(super) mod topics;
pub(super) mod waiting;

use askama::Template;
use chrono::NaiveDate;

use super::bar::{About, Bar, Share};
use super::filters::FileForm;
use super::reply::{Answer, Trouble, shown_figures};
use super::sharing::is_about_agent;
use super::shell::{Section, Shell};
use super::titles::Titles;
use super::{Asked, Filters, Pages, Viewer, Word, Words, bar, download, filters};
use crate::domain::counting::Grouping;
use crate::domain::period::Period;
use crate::domain::stats::measure::MinN;
use crate::service::figures::agent_names::Naming;
use crate::service::figures::reply::{Figures, PeriodFacts};
use crate::service::figures::request::Request;
use crate::service::figures::usual_period;
use crate::service::sharing;
use crate::store::Tx;
use crate::view::charts::{Sheet, sheet};
use crate::view::numbers::Numbers;

/// A page with figures whose address was read.
struct Opened {
    path: String,
    /// The words that the page knows.
    known: &'static [Word],
    /// What the address says.
    filters: Filters,
    /// What the figures are asked for: the same, and what the page itself is about.
    asking: Filters,
    period: Period,
    titles: Titles,
    words: Words,
    today: NaiveDate,
    min_n: MinN,
    tx: Tx,
    /// The scripts that ask about cases, as far as there are any of their surveys: no denominator counts them.
    of_cases: Vec<String>,
    /// What agents are called.
    naming: Naming,
    /// The file that is asked for in place of the page.
    file: Option<FileForm>,
}

/// What a page is: its place, its heading and its tables.
struct Face {
    section: Section,
    title: String,
    /// What it is about, before the period.
    about: Option<String>,
    facts: PeriodFacts,
    tables: download::Figures,
}

/// A page that can be a picture.
trait Charted: Template {
    fn frame(&mut self) -> (&Shell, &mut Bar, &Head);
    /// Its charts, one below the other; the title and the last line are the frame's.
    fn charts(&self) -> Sheet<'_>;
}

/// Says that a page has its frame in the fields of these names, and what its charts are.
macro_rules! charted {
    ($page:ident, |$own:ident, $sheet:ident| $draw:block) => {
        impl $crate::pages::figures::Charted for $page {
            fn frame(&mut self) -> (&Shell, &mut Bar, &Head) {
                (&self.shell, &mut self.bar, &self.head)
            }

            fn charts(&self) -> $crate::view::charts::Sheet<'_> {
                let ($own, mut $sheet) = (self, $crate::view::charts::Sheet::default());
                $draw
                $sheet
            }
        }
    };
}
use charted;

/// What stands around a page: the frame, the row above it, its heading and the line below that.
struct Framed {
    shell: Shell,
    bar: Bar,
    head: Head,
}

/// The heading of a page, and of which period it is.
#[derive(Debug)]
pub(super) struct Head {
    /// The page above: address and name.
    pub above: Option<(String, String)>,
    pub title: String,
    /// What it is about, before the period.
    pub about: Option<String>,
    pub period: String,
    /// What it is compared with.
    pub against: Option<String>,
    /// `settled`, or nothing if it is not.
    pub settled: Option<String>,
    /// How many surveys are open, with a link to them.
    pub open: Option<(String, String)>,
}

impl Opened {
    /// Reads the address. Without a period the page shows the newest settled month, or so many months that end with it.
    /// What was never published, or lies ahead, is kept aside; of a period that lies ahead there is a page that says so.
    async fn read(pages: &Pages, viewer: &Viewer, asked: &Asked, months: u32) -> Result<Self, Trouble> {
        viewer.must_see_all()?;
        let known = filters::of_figures(&asked.path);
        let mut filters = asked.filters(known)?;
        let mut tx = pages.db.read_at_length().await?;
        let published = pages.ctx.scripts.known_questions(&mut tx).await?;
        filters.keep_published(&published);
        let today = viewer.words.local(viewer.now).date_naive();
        filters.keep_known(Word::Vs, |text| Period::parse(text).ok().is_none_or(|of| has_begun(&of, today)));
        let period = if let Some(period) = filters.period() {
            period
        } else {
            let last = usual_period(&mut tx, &pages.ctx, &Request::default()).await?;
            let first = (1..months).fold(last, |month, _| month.previous());
            spanning(&first, &last)
        };
        let titles = Titles::load(&mut tx, &pages.ctx).await?;
        let opened = Self {
            path: asked.path.clone(),
            known,
            period,
            titles,
            today,
            words: viewer.words.clone(),
            min_n: pages.ctx.config.min_n,
            asking: filters.clone(),
            filters,
            tx,
            of_cases: Vec::new(),
            naming: viewer.naming(),
            file: asked.file.clone(),
        };
        if has_begun(&period, today) {
            return Ok(opened);
        }
        let page = opened.ahead(pages, viewer).await?;
        Err(page)
    }

    /// The files that the page can be, still without tables.
    fn tables(&self, name: &str) -> download::Figures {
        download::Figures::new(download::named(name, &self.period))
    }

    fn numbers(&self) -> Numbers<'_> {
        Numbers::new(&self.words.catalogue, self.words.locale)
    }

    /// What is asked about, without rows and without a comparison, as reports take it.
    fn plain(&self) -> Request {
        Request { compare: None, ..self.compared() }
    }

    /// The same beside the period that it is compared with.
    fn compared(&self) -> Request {
        Request { naming: self.naming, ..self.asking.request(self.period) }
    }

    /// Narrows the page to a script, and not to the questions of the address.
    fn narrow_to(&mut self, script: &str) {
        self.filters = self.filters.without(Word::Q).without(Word::Script);
        self.asking = self.filters.set(Word::Script, script);
    }

    /// The same, row by row.
    fn by(&self, grouping: Grouping) -> Request {
        Request { grouping, ..self.plain() }
    }

    /// The months, or weeks, up to the end of the period and the next one if it has begun: what a trend shows.
    fn trend(&self, is_weekly: bool) -> Request {
        let last_day = self.period.days().until.pred_opt().unwrap_or(self.today).min(self.today);
        let of = if is_weekly { Period::week_of } else { Period::month_of };
        let shown = of(last_day);
        let next = of(shown.days().until);
        let last = if next.days().from <= self.today { next } else { shown };
        let first = (1..12).fold(shown, |period, _| period.previous());
        let grouping = if is_weekly { Grouping::Week } else { Grouping::Month };
        Request { period: Some(spanning(&first, &last)), ..self.by(grouping) }
    }

    /// A link to the answers with these words more.
    fn answers(&self, more: &[(Word, &str)]) -> String {
        self.link("/answers", filters::ANSWERS, more)
    }

    /// A link to the surveys with these words more.
    fn surveys(&self, more: &[(Word, &str)]) -> String {
        let of_cases = self.of_cases.iter();
        of_cases.fold(self.linked(filters::SURVEYS, more), |all, slug| all.leaving_out(slug)).href("/surveys")
    }

    /// A link to another page with figures.
    fn figures(&self, path: &str, more: &[(Word, &str)]) -> String {
        self.link(path, filters::of_figures(path), more)
    }

    fn link(&self, path: &str, known: &[Word], more: &[(Word, &str)]) -> String {
        self.linked(known, more).href(path)
    }

    fn linked(&self, known: &[Word], more: &[(Word, &str)]) -> Filters {
        let chosen = self.filters.known_to(known).without(Word::After);
        let chosen = chosen.set(Word::Period, &self.period.to_string());
        more.iter().fold(chosen, |chosen, (word, value)| chosen.narrow(*word, value))
    }

    /// A link to the answers of a row, with these words more. `None` where no address can say which they are.
    fn answers_in(&self, (word, value): (Word, &str), more: &[(Word, &str)]) -> Option<String> {
        let all = || self.linked(filters::ANSWERS, more).narrow(word, value);
        self.filters.can_narrow(word, value).then(|| all().href("/answers"))
    }

    /// The same page with one word set, or without it.
    fn here(&self, word: Word, value: Option<&str>) -> String {
        let less = self.filters.without(word).without(Word::After);
        value.map_or_else(|| less.clone(), |value| less.set(word, value)).href(&self.path)
    }

    /// What the period is compared with, in words.
    fn against(&self, figures: &Figures) -> Option<String> {
        let before = Period::parse(&figures.compare.as_ref()?.name).ok()?;
        Some(self.words.of("figures-against", "period", &self.words.period_within(&before)))
    }

    /// Shows the page, or gives it as the file that is asked for.
    async fn answer<P: Charted>(
        mut self,
        pages: &Pages,
        viewer: &Viewer,
        face: Face,
        page: impl FnOnce(Framed) -> P,
    ) -> Answer {
        let file = self.file.take();
        let pinned = self.filters.known_to(self.known).set(Word::Period, &self.period.to_string());
        let (path, address) = (self.path.clone(), self.filters.without(Word::After).href(&self.path));
        let Face { section, title, about, facts, tables } = face;
        let own = self.filters.href(&self.path);
        let framed = self.frame(pages, viewer, section, (title, about), Some(&facts)).await?;
        let mut page = page(framed);
        let has_chart = page.charts().has_chart();
        let (file, missing) = match file {
            Some(file) if is_there(&tables, has_chart, &file) => (Some(file), None),
            other => (None, other),
        };
        let Some(file) = file else {
            let (_, bar, head) = page.frame();
            bar.chips.extend(missing.map(|file| {
                let pair = (filters::AS.to_owned(), file.value());
                bar::Chip::unknown(&viewer.words, "page-unknown", &pair, own)
            }));
            bar.share = viewer.may_share().map(|_| share(&viewer.words, (&path, &pinned), head, section));
            bar.files = tables.links(&viewer.words, &address, has_chart);
            return shown_figures(&page);
        };
        let is_picture = matches!(file, FileForm::Svg | FileForm::Png);
        let drawn = if is_picture { drawn(&mut page) } else { None };
        drop(page);
        tables.reply(pages, file, drawn).await
    }

    /// The frame and the heading. The transaction ends here.
    async fn frame(
        mut self,
        pages: &Pages,
        viewer: &Viewer,
        section: Section,
        (title, about): (String, Option<String>),
        facts: Option<&PeriodFacts>,
    ) -> Result<Framed, Trouble> {
        let of = About {
            path: &self.path,
            filters: &self.filters,
            period: self.period,
            known: self.known,
            titles: &self.titles,
        };
        let bar = Bar::load(&mut self.tx, &pages.ctx, viewer, &of).await?;
        let head = Head {
            above: None,
            title: title.clone(),
            period: if about.is_some() {
                self.words.period_within(&self.period)
            } else {
                self.words.period(&self.period)
            },
            about,
            against: None,
            settled: facts.is_some_and(|of| of.settled).then(|| self.words.t("figures-settled")),
            open: facts
                .filter(|of| !of.settled)
                .map(|of| (self.words.preliminary(of.open), self.surveys(&[(Word::Open, "1")]))),
        };
        let address = self.filters.href(&self.path);
        drop(self.tx);
        let shell = pages.shell(viewer, Some(section), title, (address, &self.filters)).await?;
        Ok(Framed { shell, bar, head })
    }
}

fn has_begun(period: &Period, today: NaiveDate) -> bool {
    period.days().from <= today
}

/// Whether a page can be a file.
fn is_there(tables: &download::Figures, has_chart: bool, file: &FileForm) -> bool {
    match file {
        FileForm::Csv(Some(table)) => tables.has(table),
        FileForm::Csv(None) | FileForm::Xlsx => true,
        FileForm::Svg | FileForm::Png => has_chart,
    }
}

/// The charts of a page on one sheet; `None` without any.
fn drawn(page: &mut impl Charted) -> Option<String> {
    let (shell, bar, head) = page.frame();
    let (title, footer, about) = (head.title.clone(), shell.print_line.clone(), about(head, bar));
    let words = shell.words.clone();
    let charts = page.charts();
    let is_drawn = charts.has_chart();
    let more = |rows: usize| words.count("page-picture-more", u64::try_from(rows).unwrap_or(u64::MAX));
    is_drawn.then(|| sheet(&Sheet { title: &title, footer: &footer, about, ..charts }, more))
}

/// The form that shares a page.
fn share(words: &Words, (path, filters): (&str, &Filters), head: &Head, section: Section) -> Share {
    let usual = sharing::DAYS[1];
    let days = sharing::DAYS.map(|days| (days, words.count("page-days", days.into()), days == usual));
    let is_by_agent =
        filters.chosen().any(|of| of.word == Word::Agent || (of.word == Word::Cut && of.value == "agent"));
    Share {
        address: filters.href(path),
        title: format!("{} · {}", head.title, head.period),
        has_words: section == Section::Overview,
        has_agents: section == Section::Agents || is_by_agent,
        is_about_agent: is_about_agent(path),
        note: sharing::NOTE,
        days: days.into(),
    }
}

/// What a page is about, and what is chosen, in lines.
fn about(head: &Head, bar: &Bar) -> Vec<String> {
    let open = head.open.as_ref().map(|(text, _)| text);
    let parts = [head.about.as_ref(), Some(&head.period), head.against.as_ref(), head.settled.as_ref(), open];
    let first = parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" · ");
    let chips = bar.chips.iter().map(|chip| match &chip.name {
        Some(name) => format!("{name}: {}", chip.value),
        None => chip.value.clone(),
    });
    let chosen = chips.collect::<Vec<_>>().join(" · ");
    [first, chosen].into_iter().filter(|line| !line.is_empty()).collect()
}

/// From the first day of one period to the last day of another, by its name if it has one.
fn spanning(first: &Period, last: &Period) -> Period {
    let range = if first == last { first.to_string() } else { format!("{first}..{last}") };
    Period::parse(&range).unwrap_or(*last)
}
