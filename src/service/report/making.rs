//! What a report and the lists to choose from are made of: figures, their trend, and a picture.

use std::sync::Arc;

use chrono::NaiveDate;

use super::Reader;
use crate::domain::counting::{Dimension, Filter, Grouping};
use crate::domain::period::Period;
use crate::domain::stats::index::Index;
use crate::domain::stats::measure::State;
use crate::domain::stats::rounding::Shape;
use crate::domain::template::{Escape, Values, render};
use crate::service::Context;
use crate::service::figures::drawn;
use crate::service::figures::reply::{Figures, IndexFigure, QuestionFigures, Row};
use crate::service::figures::request::{Compare, Request, Wanted};
use crate::service::figures::{FiguresError, Known, KnownQuestion, figures, published, usual_period};
use crate::store::{Payload, Tx};
use crate::view::View;
use crate::view::callback::{Mark, Reported};
use crate::view::charts::{self, Certainty, Estimate, Point, ReportPicture, Score};
use crate::view::numbers::Numbers;
use crate::view::report::{self as view, Cut, Other, Report};

/// How many periods before its own a trend shows.
const EARLIER: i64 = 11;
/// The most further questions in the text.
const MOST_OTHERS: usize = 4;

pub(super) fn sent(view: &View) -> Payload {
    Payload::text(view.html.as_str()).keyboard(view.markup().as_ref())
}

/// The points of a trend, and the versions of the script at their places.
type Trend = (Vec<Point>, Vec<(usize, String)>);

pub(super) struct Making<'m> {
    pub ctx: &'m Context,
    pub numbers: Numbers<'m>,
    pub reader: Reader,
    pub known: Arc<Known>,
}

impl Making<'_> {
    /// The questions that there are reports about.
    fn scored(&self) -> impl Iterator<Item = &KnownQuestion> {
        self.known.questions.iter().filter(|about| about.is_live && about.metric.is_scored())
    }

    pub fn questions(&self, reported: Reported) -> View {
        let questions: Vec<(Mark, String)> = self
            .scored()
            .map(|about| (mark(about), self.title(&about.key.script, &about.key.question)))
            .collect();
        view::questions(&self.numbers, reported, &questions)
    }

    /// The text of a question in the reader's language; its key if the live script does not ask it.
    fn title(&self, script: &str, question: &str) -> String {
        let live = self.ctx.scripts.find(script);
        let found = live.as_ref().and_then(|live| live.script().question(question));
        found.map_or_else(
            || question.to_owned(),
            |found| render(found.text.get(self.numbers.locale), &Values::default(), Escape::Plain),
        )
    }

    /// The teams that there are figures of, by name.
    pub async fn teams(&self, tx: &mut Tx, period: Option<Period>) -> Result<Vec<String>, FiguresError> {
        let by_team =
            Request { period, grouping: Grouping::By(Dimension::Team), ..self.request(None, None, None) };
        let found = figures(tx, self.ctx, &by_team).await?;
        let rows = found.questions.iter().flat_map(|question| &question.rows);
        let named = rows
            .filter_map(|row| row.key.clone())
            .filter(|key| key != crate::service::figures::request::NONE);
        let teams: std::collections::BTreeSet<String> = named.collect();
        Ok(teams.into_iter().collect())
    }

    /// The team that a button names. The period may have no events of it, so the last months are looked at as well.
    async fn team(&self, tx: &mut Tx, teams: &[String], mark: Mark) -> Result<Option<String>, FiguresError> {
        if let Some(found) = teams.iter().find(|team| Mark::of(team) == mark) {
            return Ok(Some(found.clone()));
        }
        let lately = Period::month_of(self.today()).with_earlier(EARLIER);
        Ok(self.teams(tx, lately).await?.into_iter().find(|team| Mark::of(team) == mark))
    }

    fn today(&self) -> NaiveDate {
        self.ctx.clock.now().to_utc().with_timezone(&self.ctx.zone()).date_naive()
    }

    /// What the reader may see of a script, or of all.
    fn request(&self, period: Option<Period>, script: Option<&str>, team: Option<&str>) -> Request {
        let agent = match &self.reader {
            Reader::Agent(agent) => Some(agent.as_str()),
            Reader::Lead | Reader::Unknown | Reader::Nobody => None,
        };
        let cuts = [(Dimension::Script, script), (Dimension::Team, team), (Dimension::Agent, agent)];
        let filter = |(dimension, value): (Dimension, Option<&str>)| {
            let values = [Some(value?.to_owned())].into();
            Some(Filter { dimension, values, is_left_out: false })
        };
        Request { period, filters: cuts.into_iter().filter_map(filter).collect(), ..Request::default() }
    }

    pub async fn report(&self, tx: &mut Tx, reported: Reported) -> Result<Payload, FiguresError> {
        // One period for everything that is said, also for which question is answered most.
        let period = match reported.period {
            Some(period) => period,
            None => usual_period(tx, self.ctx, &self.request(None, None, None)).await?,
        };
        let reported = Reported { period: Some(period), ..reported };
        let say = |id: &str| Ok(Payload::text(self.ctx.catalogue.text(self.numbers.locale, id)));
        let teams = match self.reader {
            Reader::Lead => self.teams(tx, reported.period).await?,
            _ => Vec::new(),
        };
        let team = match (&self.reader, reported.team) {
            (Reader::Lead, Some(mark)) => {
                let Some(team) = self.team(tx, &teams, mark).await? else { return say("report-gone") };
                Some(team)
            }
            _ => None,
        };
        let team = team.as_deref();
        let about = match reported.question {
            Some(asked) => self.scored().find(|about| mark(about) == asked),
            None => self.most_answered(tx, reported.period, team).await?,
        };
        let Some(about) = about else {
            return say(if reported.question.is_some() { "report-gone" } else { "report-nothing" });
        };
        let script = Some(about.key.script.as_str());
        let request =
            Request { compare: Some(Compare::Previous), ..self.request(reported.period, script, team) };
        let found = figures(tx, self.ctx, &request).await?;
        let points = self.points(tx, about, period, team).await?;
        let reported = Reported { question: Some(mark(about)), ..reported };
        let has = (self.scored().count() > 1, teams.len() > 1 || team.is_some());
        Ok(self
            .drawn(&found, about, (reported, period), team, points, has)
            .unwrap_or_else(|| Payload::text(self.ctx.catalogue.text(self.numbers.locale, "report-failed"))))
    }

    /// The live question with the most answers.
    async fn most_answered(
        &self,
        tx: &mut Tx,
        period: Option<Period>,
        team: Option<&str>,
    ) -> Result<Option<&KnownQuestion>, FiguresError> {
        let found = figures(tx, self.ctx, &self.request(period, None, team)).await?;
        let answers = |about: &KnownQuestion| {
            let of = found.questions.iter().find(|question| question.about.key == about.key);
            of.map_or(0, |question| question.rows.iter().map(|row| row.n).sum::<u64>())
        };
        // Of several with as many, the first.
        let most = self.scored().map(answers).max();
        Ok(self.scored().find(|about| Some(answers(about)) == most))
    }

    /// The trend up to a period, by month or by week.
    async fn points(
        &self,
        tx: &mut Tx,
        about: &KnownQuestion,
        period: Period,
        team: Option<&str>,
    ) -> Result<Trend, FiguresError> {
        let last = period.days().until.pred_opt().unwrap_or(period.days().from);
        let (unit, grouping) = if period.days().count() <= 7 {
            (Period::week_of(last), Grouping::Week)
        } else {
            (Period::month_of(last), Grouping::Month)
        };
        let (Some(index), Some(span)) = (about.indices().next(), unit.with_earlier(EARLIER)) else {
            return Ok(Trend::default());
        };
        let request = Request {
            questions: [about.key.question.clone()].into(),
            indices: vec![Wanted::Index(index)],
            grouping,
            ..self.request(Some(span), Some(&about.key.script), team)
        };
        let found = figures(tx, self.ctx, &request).await?;
        let question = found.questions.iter().find(|question| question.about.key == about.key);
        let Some(question) = question else { return Ok(Trend::default()) };
        let published = published(tx, self.ctx, &about.key.script).await?;
        Ok((
            drawn::points(question, index.as_str(), self.today(), &self.numbers),
            drawn::versions(question, &published, &self.numbers),
        ))
    }

    /// The report with its picture. `None` if the question is not in the figures.
    fn drawn(
        &self,
        found: &Figures,
        about: &KnownQuestion,
        (reported, period): (Reported, Period),
        team: Option<&str>,
        (points, versions): Trend,
        (has_questions, has_teams): (bool, bool),
    ) -> Option<Payload> {
        let numbers = &self.numbers;
        let min_n = self.ctx.config.min_n;
        let (row, index) =
            only_row(found.questions.iter().find(|question| question.about.key == about.key)?)?;
        let figure = row.indices.get(index.as_str())?;
        let title = self.title(&about.key.script, &about.key.question);
        let score = shown(drawn::score(row, figure, found.period.settled, min_n), figure);
        let verdict = drawn::verdict(found, row, index.as_str(), min_n, numbers);
        let others: Vec<Other> = self.others(found, about);
        let cut = match (&self.reader, team) {
            (Reader::Agent(_), _) => Cut::Own,
            (_, Some(team)) => Cut::Team(team),
            (_, None) => Cut::All,
        };
        let bounds = figure.bounds;
        let heard = about.has_coverage().then_some((row.ledger.answered, row.ledger.eligible));
        let report = Report {
            title: &title,
            index,
            on: about.on,
            cut,
            period,
            before: period.previous(),
            is_settled: found.period.settled,
            open: found.period.open,
            heard,
            score,
            verdict: verdict.clone(),
            bounds,
            others: &others,
            reported,
            today: self.today(),
            has_questions,
            has_teams,
        };
        let text = view::report(numbers, &report);
        let named = format!("{title} — {}", view::index(numbers, index, about.on));
        let whose = match cut {
            Cut::All => None,
            Cut::Team(team) => Some(team.to_owned()),
            Cut::Own => Some(self.ctx.catalogue.text(numbers.locale, "report-cut-own")),
        };
        let footer = [self.ctx.config.brand.clone(), Some(view::period(numbers, &period)), whose];
        let footer: Vec<String> = footer.into_iter().flatten().collect();
        let picture = charts::report(
            &ReportPicture {
                title: &named,
                shape: Shape::of(index),
                score,
                heard,
                bounds,
                // Too few answers before are said in the text; in the picture they would seem to be those of this period.
                verdict: verdict.filter(|said| said.interval.is_some()),
                open: (!found.period.settled).then_some(found.period.open),
                points,
                versions,
                target: None,
                footer: &footer.join(" · "),
            },
            numbers,
        );
        Some(sent(&text).picture(picture))
    }

    /// The other live questions of the script that have answers.
    fn others(&self, found: &Figures, about: &KnownQuestion) -> Vec<Other> {
        let min_n = self.ctx.config.min_n;
        let is_other = |question: &&QuestionFigures| {
            question.about.key != about.key && question.about.is_live && question.about.metric.is_scored()
        };
        let line = |question: &QuestionFigures| {
            let (row, index) = only_row(question)?;
            let figure = row.indices.get(index.as_str()).filter(|_| row.n > 0)?;
            Some(Other {
                title: self.title(&question.script, &question.question),
                index,
                on: question.about.on,
                score: shown(drawn::score(row, figure, found.period.settled, min_n), figure),
                verdict: drawn::verdict(found, row, index.as_str(), min_n, &self.numbers),
            })
        };
        found.questions.iter().filter(is_other).filter_map(line).take(MOST_OTHERS).collect()
    }
}

/// The only row of a question, and its primary index.
fn only_row(question: &QuestionFigures) -> Option<(&Row, Index)> {
    Some((question.rows.first()?, drawn::primary(question)?))
}

/// A wide interval is no headline, also while late answers can still change it; that is said apart.
fn shown(score: Score, figure: &IndexFigure) -> Score {
    let is_wide = figure.state.0 == State::Wide;
    let certain = |of: Estimate| if is_wide { Estimate { certainty: Certainty::Wide, ..of } } else { of };
    Score { estimate: score.estimate.map(certain), ..score }
}

/// How a button names a question.
fn mark(about: &KnownQuestion) -> Mark {
    Mark::of(&format!("{}/{}", about.key.script, about.key.question))
}
