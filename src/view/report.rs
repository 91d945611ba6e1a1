//! `/report`: what stands under the picture, and the buttons that ask for another one.

use chrono::{Datelike as _, NaiveDate};

use super::callback::{Data, Mark, ReportAct, Reported};
use super::charts::{Certainty, HEARD, Score};
use super::numbers::Numbers;
use super::verdicts::{self, Said};
use super::{Button, View, paragraphs};
use crate::domain::period::Period;
use crate::domain::stats::index::{Index, Oriented};
use crate::domain::stats::rounding::Shape;
use crate::domain::template::escape_html;

/// The most characters of a question's text as the head and in a line.
const HEAD: usize = 150;
const LINE: usize = 40;
/// The most buttons of a list.
const MOST: usize = 24;

/// A report as people read it.
#[derive(Clone, Debug)]
pub struct Report<'a> {
    pub title: &'a str,
    pub index: Index,
    pub on: Option<Oriented>,
    pub cut: Cut<'a>,
    pub period: Period,
    pub before: Period,
    pub is_settled: bool,
    pub open: u64,
    /// How many surveys were answered, of how many events that were meant to ask. `None` for a question about cases,
    /// which has no coverage.
    pub heard: Option<(u64, u64)>,
    pub score: Score,
    pub verdict: Option<Said>,
    pub bounds: Option<[f64; 2]>,
    /// The other questions of the script.
    pub others: &'a [Other],
    /// Which report this is.
    pub reported: Reported,
    pub today: NaiveDate,
    pub has_questions: bool,
    pub has_teams: bool,
}

/// Whose figures they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut<'a> {
    All,
    Team(&'a str),
    /// The reader's, who is an agent.
    Own,
}

/// A line about another question.
#[derive(Clone, Debug)]
pub struct Other {
    pub title: String,
    pub index: Index,
    pub on: Option<Oriented>,
    pub score: Score,
    pub verdict: Option<Said>,
}

/// Writes the report.
#[must_use]
pub fn report(numbers: &Numbers<'_>, of: &Report<'_>) -> View {
    let head = with(numbers, "report-head", &[("title", escape_html(&cut(of.title, HEAD)))]);
    let first = [head, status(numbers, of)].join("\n");
    let mut facts: Vec<String> = coverage(numbers, of).into_iter().collect();
    facts.push(value(numbers, of));
    facts.extend(change(numbers, of));
    facts.extend(bounds(numbers, of));
    let others: Vec<String> = of.others.iter().map(|other| line(numbers, other)).collect();
    let mut view = View::text(paragraphs([first.as_str(), &facts.join("\n"), &others.join("\n")]));
    let show = |text: String, period: Period| {
        Button::new(text, &Data::Report(ReportAct::Show(Reported { period: Some(period), ..of.reported })))
    };
    let later = of.period.next().filter(|next| next.days().from <= of.today);
    let earlier = of.period.previous();
    view = view.row(
        [Some(show(format!("‹ {}", period(numbers, &earlier)), earlier))]
            .into_iter()
            .chain([later.map(|later| show(format!("{} ›", period(numbers, &later)), later))])
            .flatten(),
    );
    let last = of.period.days().until.pred_opt().unwrap_or(of.today).min(of.today);
    let kinds = [
        ("report-week", Period::week_of(last)),
        ("report-month", Period::month_of(last)),
        ("report-quarter", Period::quarter_of(last)),
    ];
    view = view.row(kinds.into_iter().map(|(id, kind)| {
        let mark = if kind == of.period { "✓ " } else { "" };
        show(format!("{mark}{}", numbers.catalogue.text(numbers.locale, id)), kind)
    }));
    let button = |id: &str, act: ReportAct| {
        Button::new(numbers.catalogue.text(numbers.locale, id), &Data::Report(act))
    };
    let question = of.has_questions.then(|| button("report-question", ReportAct::Questions(of.reported)));
    let team = of.has_teams.then(|| button("report-team", ReportAct::Teams(of.reported)));
    view.row(question.into_iter().chain(team))
}

/// Lists what else there are reports about.
#[must_use]
pub fn questions(numbers: &Numbers<'_>, reported: Reported, questions: &[(Mark, String)]) -> View {
    let text = choosing(numbers, "report-choose-question", questions.len());
    questions.iter().take(MOST).fold(View::text(text), |view, (mark, title)| {
        let act = ReportAct::Show(Reported { question: Some(*mark), ..reported });
        view.row([Button::new(cut(title, LINE), &Data::Report(act))])
    })
}

/// Lists the teams, and all of them together.
#[must_use]
pub fn teams(numbers: &Numbers<'_>, reported: Reported, teams: &[String]) -> View {
    let text = choosing(numbers, "report-choose-team", teams.len());
    let of = |team: Option<Mark>| Data::Report(ReportAct::Show(Reported { team, ..reported }));
    let all = Button::new(numbers.catalogue.text(numbers.locale, "report-all-teams"), &of(None));
    let buttons: Vec<Button> =
        teams.iter().take(MOST).map(|team| Button::new(cut(team, LINE), &of(Some(Mark::of(team))))).collect();
    let mut buttons = buttons.into_iter();
    let mut view = View::text(text).row([all]);
    while let Some(first) = buttons.next() {
        view = view.row([Some(first), buttons.next()].into_iter().flatten());
    }
    view
}

/// What is to be chosen; and that there are more than can be shown.
fn choosing(numbers: &Numbers<'_>, id: &str, all: usize) -> String {
    let text = numbers.catalogue.text(numbers.locale, id);
    if all <= MOST {
        return text;
    }
    let values = [("shown", MOST.to_string()), ("all", all.to_string())];
    format!("{text}\n{}", with(numbers, "report-more", &values))
}

/// A period, as short as it can be told: `October 2026`, and a week by its first and last day without the year.
#[must_use]
pub fn period(numbers: &Numbers<'_>, period: &Period) -> String {
    let days = period.days();
    let last = days.until.pred_opt().unwrap_or(days.from);
    let year = days.from.year().to_string();
    let date = |day: NaiveDate| {
        let values = [
            ("day", day.day().into()),
            ("month", day.month().into()),
            ("year", day.year().to_string().into()),
        ];
        numbers.catalogue.with(numbers.locale, "page-full-date", &values)
    };
    if *period == Period::month_of(days.from) {
        let values = [("month", days.from.month().into()), ("year", year.into())];
        return numbers.catalogue.with(numbers.locale, "page-month", &values);
    }
    if *period == Period::quarter_of(days.from) {
        let quarter = (days.from.month0() / 3 + 1).to_string();
        return with(numbers, "report-of-quarter", &[("quarter", quarter), ("year", year)]);
    }
    if *period == Period::week_of(days.from) {
        let values = [("from", numbers.day(days.from)), ("to", numbers.day(last))];
        return with(numbers, "page-range", &values);
    }
    if days.from == last {
        return date(last);
    }
    with(numbers, "page-range", &[("from", date(days.from)), ("to", date(last))])
}

/// What an index is called; a mean with the numbers between which it lies, and that the scale is turned if its high end
/// is the bad one: a mean is higher where things are better.
#[must_use]
pub fn index(numbers: &Numbers<'_>, index: Index, on: Option<Oriented>) -> String {
    let Numbers { catalogue, locale } = numbers;
    match (index, on) {
        (Index::Nps, _) => catalogue.text(locale, "report-index-nps"),
        (Index::Csat, _) => catalogue.text(locale, "report-index-csat"),
        (_, None) => catalogue.text(locale, "report-index-mean"),
        (_, Some(on)) => {
            let [min, max] = [on.scale.min(), on.scale.max()].map(|end| end.to_string());
            let mean = with(numbers, "report-index-mean-on", &[("min", min), ("max", max)]);
            if on.is_turned() {
                format!("{mean}, {}", catalogue.text(locale, "figures-turned"))
            } else {
                mean
            }
        }
    }
}

/// The period, whose figures they are, and whether they can still change.
fn status(numbers: &Numbers<'_>, of: &Report<'_>) -> String {
    let cut = match of.cut {
        Cut::All => None,
        Cut::Team(team) => Some(with(numbers, "report-cut-team", &[("team", escape_html(&cut(team, LINE)))])),
        Cut::Own => Some(numbers.catalogue.text(numbers.locale, "report-cut-own")),
    };
    let status = match (of.is_settled, of.open) {
        (true, _) => numbers.catalogue.text(numbers.locale, "report-settled"),
        (false, 0) => numbers.catalogue.text(numbers.locale, "report-running"),
        (false, open) => with(numbers, "report-open", &[("open", numbers.count(open))]),
    };
    [Some(period(numbers, &of.period)), cut, Some(status)]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" · ")
}

fn coverage(numbers: &Numbers<'_>, of: &Report<'_>) -> Option<String> {
    let (answered, eligible) = of.heard?;
    Some(match heard(of) {
        None => numbers.catalogue.text(numbers.locale, "report-nobody"),
        Some(share) => with(
            numbers,
            "report-coverage",
            &[
                ("coverage", numbers.share(share)),
                ("answered", numbers.count(answered)),
                ("eligible", numbers.count(eligible)),
            ],
        ),
    })
}

/// The share of the events that were answered; `None` if there were none.
fn heard(of: &Report<'_>) -> Option<f64> {
    let (answered, eligible) = of.heard.filter(|(_, eligible)| *eligible > 0)?;
    let [answered, eligible] =
        [answered, eligible].map(|count| f64::from(u32::try_from(count).unwrap_or(u32::MAX)));
    Some(answered / eligible)
}

fn value(numbers: &Numbers<'_>, of: &Report<'_>) -> String {
    const IDS: [&str; 3] = ["report-value", "report-value-wide", "report-value-few"];
    scored(numbers, IDS, &index(numbers, of.index, of.on), of.index, of.score)
}

/// An index with its interval and the number of answers, or why there is none.
///
/// `ids` are the messages for a value, for one that is not precise, and for too few answers.
fn scored(numbers: &Numbers<'_>, ids: [&str; 3], name: &str, index: Index, score: Score) -> String {
    let Score { n, min_n, estimate } = score;
    let [precise, wide, too_few] = ids;
    let shape = Shape::of(index);
    let Some(estimate) = estimate else {
        let few = verdicts::too_few(n, min_n, numbers);
        return with(numbers, too_few, &[("index", name.to_owned()), ("few", few)]);
    };
    let is_wide = estimate.certainty == Certainty::Wide;
    with(
        numbers,
        if is_wide { wide } else { precise },
        &[
            ("index", name.to_owned()),
            ("value", numbers.value(shape, estimate.value, n)),
            ("range", numbers.range_with_unit(shape, estimate.low, estimate.high, n)),
            ("n", numbers.count(n)),
        ],
    )
}

fn change(numbers: &Numbers<'_>, of: &Report<'_>) -> Option<String> {
    let said = of.verdict.as_ref()?;
    let values = [("before", period(numbers, &of.before)), ("said", said.line())];
    Some(with(numbers, "report-change", &values))
}

/// What those who did not answer leave possible. It matters while few were heard.
fn bounds(numbers: &Numbers<'_>, of: &Report<'_>) -> Option<String> {
    let [low, high] = of.bounds.filter(|_| heard(of).is_some_and(|share| share < HEARD))?;
    let range = numbers.range_with_unit(Shape::of(of.index), low, high, of.score.n);
    Some(with(numbers, "report-bounds", &[("range", range)]))
}

fn line(numbers: &Numbers<'_>, other: &Other) -> String {
    const IDS: [&str; 3] = ["report-other", "report-other-wide", "report-other-few"];
    let name = escape_html(&cut(&other.title, LINE));
    let name = match other.on.filter(|_| other.index == Index::Mean) {
        Some(on) if on.is_turned() => {
            let turned = numbers.catalogue.text(numbers.locale, "figures-turned");
            format!("{name} ({}–{}, {turned})", on.scale.min(), on.scale.max())
        }
        Some(on) => format!("{name} ({}–{})", on.scale.min(), on.scale.max()),
        None => name,
    };
    let value = scored(numbers, IDS, &name, other.index, other.score);
    // Without a difference there is nothing to say that the head does not say.
    match other.verdict.as_ref().filter(|said| said.interval.is_some()) {
        Some(said) => format!("{value}; {}", said.line()),
        None => value,
    }
}

fn with(numbers: &Numbers<'_>, id: &str, values: &[(&str, String)]) -> String {
    let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.clone().into())).collect();
    numbers.catalogue.with(numbers.locale, id, &values)
}

/// The text as far as there is room for it.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most - 1).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::scale::{Orientation, Scale};
    use crate::i18n::Catalogue;

    #[test]
    fn a_mean_says_that_its_scale_is_turned() {
        let catalogue = Catalogue::default();
        let on = |orientation| Some(Oriented { scale: Scale::OneToSeven, orientation });
        let said = |orientation| index(&Numbers::new(&catalogue, "en"), Index::Mean, on(orientation));
        assert_eq!(said(Orientation::HighIsEasy), "Mean score, 1–7");
        assert_eq!(said(Orientation::HighIsHard), "Mean score, 1–7, scale turned: higher is easier");
    }
}
