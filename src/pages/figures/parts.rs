//! What the pages with figures have in common: a verdict, a value, the line of coverage.

use askama::Template;

use super::Opened;
use super::names::told_apart;
pub(super) use super::names::{
    answers_or_scores, hardest, index_name, index_of, index_on, note, scale_name, scores,
};
use crate::domain::stats::measure::State;
use crate::pages::{Word, filters};
use crate::service::figures::drawn;
use crate::service::figures::reply::{Figures, IndexFigure, Ledger, QuestionFigures, Row};
use crate::view::charts;
use crate::view::verdicts::{Glyph, Said, Tone};

/// The most characters of a title beside others.
const SHORT: usize = 30;
/// The most questions to choose from in a row.
const CHOICES: usize = 12;

/// A link with a name; the one that is shown has no way to go.
#[derive(Debug)]
pub(super) struct Choice {
    pub href: String,
    pub name: String,
    /// All of the name, where it is shortened.
    pub title: Option<String>,
    pub is_current: bool,
}

/// A verdict: glyph, word, difference and interval.
#[derive(Debug, Template)]
#[template(path = "figures_verdict.html", config = "src/pages/askama.toml")]
pub(super) struct Verdict {
    pub class: &'static str,
    /// The content of an `svg` of 10 by 10.
    pub glyph: &'static str,
    pub words: String,
    pub interval: Option<String>,
}

impl Verdict {
    pub fn of(said: Said) -> Self {
        let class = match said.tone {
            Tone::Good => "better",
            Tone::Bad => "worse",
            Tone::Neutral if said.glyph == Glyph::Unknown => "nc",
            Tone::Neutral => "same",
        };
        Self { class, glyph: glyph(said.glyph), words: said.words, interval: said.interval }
    }

    /// All of it on one line.
    pub fn line(&self) -> String {
        match &self.interval {
            Some(interval) => format!("{} ({interval})", self.words),
            None => self.words.clone(),
        }
    }

    /// A verdict that is one word.
    pub fn word(glyph_of: Glyph, class: &'static str, words: String) -> Self {
        Self { class, glyph: glyph(glyph_of), words, interval: None }
    }
}

const fn glyph(glyph: Glyph) -> &'static str {
    match glyph {
        Glyph::Up => r#"<path d="M5 1l4.7 8.2H.3z"/>"#,
        Glyph::Down => r#"<path d="M5 9.2L.3 1h9.4z"/>"#,
        Glyph::Chance => r#"<path class="o" d="M.5 3.6q2.3-2.3 4.5 0t4.5 0M.5 7.2q2.3-2.3 4.5 0t4.5 0"/>"#,
        Glyph::Unknown => r#"<circle class="few-o" cx="5" cy="5" r="4.2"/>"#,
    }
}

/// A value as a page says it first: the number, what stands beside it, and the verdicts on it.
#[derive(Debug, Template)]
#[template(path = "figures_headline.html", config = "src/pages/askama.toml")]
pub(super) struct Headline {
    /// Whether it is the page's main number.
    pub is_main: bool,
    /// `None` with too few answers, and where the interval is too wide for a headline.
    pub big: Option<String>,
    pub href: String,
    /// The interval; also where it stands in the value's place.
    pub beside: String,
    pub verdicts: Vec<Verdict>,
}

impl Headline {
    /// The same in lines of text, for a picture.
    pub fn texts(&self) -> Vec<String> {
        let of_value = self.big.as_ref().map(|big| match self.beside.as_str() {
            "" => big.clone(),
            beside => format!("{big} ({beside})"),
        });
        of_value.into_iter().chain(self.verdicts.iter().map(Verdict::line)).collect()
    }
}

impl Heard {
    /// The same on one line.
    pub fn line(&self) -> String {
        format!("{} · {}", self.coverage, self.scores)
    }
}

/// The coverage of a question, before its score.
#[derive(Debug, Template)]
#[template(path = "figures_heard.html", config = "src/pages/askama.toml")]
pub(super) struct Heard {
    /// `coverage 38%`
    pub coverage: String,
    pub href: String,
    /// `761 scores`
    pub scores: String,
    pub answers: String,
}

impl Opened {
    pub(super) fn heard(&self, question: &QuestionFigures, row: &Row, ledger: &Ledger) -> Heard {
        let numbers = self.numbers();
        let coverage = match ledger.coverage {
            Some(coverage) => self.words.of("figures-coverage", "coverage", &numbers.share(coverage)),
            None => self.words.t("figures-coverage-none"),
        };
        Heard {
            coverage,
            href: self.figures("/coverage", &[(Word::Script, &question.script)]),
            scores: answers_or_scores(&self.words, question, row.n),
            answers: self.answers_of(question, &[]),
        }
    }

    /// The coverage of everything that is chosen, with a link to its page.
    pub(super) fn coverage_of(&self, ledger: &Ledger) -> (String, String) {
        let text = match ledger.coverage {
            None => self.words.t("figures-coverage-none"),
            Some(coverage) => {
                let values = [
                    ("coverage", self.numbers().share(coverage).into()),
                    ("answered", self.words.number(ledger.answered).into()),
                    ("eligible", self.words.number(ledger.eligible).into()),
                ];
                self.words.with("picture-coverage", &values)
            }
        };
        (text, self.figures("/coverage", &[]))
    }

    /// The value of an index and what is said of it.
    pub(super) fn headline(
        &self,
        (figures, question): (&Figures, &QuestionFigures),
        row: &Row,
        (name, figure): (&str, &IndexFigure),
        coverage: Option<f64>,
    ) -> Headline {
        let numbers = self.numbers();
        let shape = drawn::shape(name);
        let href = self.answers_of(question, &[]);
        let estimate = drawn::estimate(figure, figures.period.settled);
        let Some(estimate) = estimate else {
            let few = crate::view::verdicts::too_few(row.n, self.min_n, &numbers);
            let verdict = Verdict::word(Glyph::Unknown, "few", few);
            return Headline {
                is_main: false,
                big: None,
                href,
                beside: String::new(),
                verdicts: vec![verdict],
            };
        };
        let range = numbers.range(shape, estimate.low, estimate.high, row.n);
        let value = numbers.value(shape, estimate.value, row.n);
        let is_unheard = coverage.is_some_and(|coverage| coverage < charts::HEARD);
        if let Some([low, high]) = figure.bounds.filter(|_| is_unheard) {
            let values = [("value", value.into()), ("range", range.into())];
            let among = self.words.with("figures-among", &values);
            return Headline {
                is_main: false,
                big: Some(numbers.range_with_unit(shape, low, high, row.n)),
                href: self.figures("/coverage", &[(Word::Script, &question.script)]),
                beside: self.words.t("figures-bounds"),
                verdicts: vec![Verdict::word(Glyph::Unknown, "nc", among)],
            };
        }
        let mut verdicts: Vec<Verdict> =
            drawn::verdict(figures, row, name, self.min_n, &numbers).map(Verdict::of).into_iter().collect();
        if figure.state.0 == State::Wide {
            let range = numbers.range_with_unit(shape, estimate.low, estimate.high, row.n);
            verdicts.insert(
                0,
                Verdict::word(Glyph::Unknown, "nc", self.words.of("figures-wide", "range", &range)),
            );
            return Headline { is_main: false, big: None, href, beside: range, verdicts };
        }
        Headline { is_main: false, big: Some(value), href, beside: range, verdicts }
    }

    /// A link to the answers to a question.
    pub(super) fn answers_of(&self, question: &QuestionFigures, more: &[(Word, &str)]) -> String {
        let mut words = vec![(Word::Script, question.script.as_str()), (Word::Q, question.question.as_str())];
        words.extend_from_slice(more);
        self.answers(&words)
    }

    /// The place of the question of the address among those that a page can show, of which it shows one. What else is asked
    /// for is kept aside.
    pub(super) fn asked_question<'q>(
        &mut self,
        questions: impl Iterator<Item = (&'q str, &'q str)>,
    ) -> Option<usize> {
        let asked = self.filters.get(Word::Q)?.to_owned();
        let script = self.filters.get(Word::Script).map(str::to_owned);
        let is_asked =
            |(of, key): (&str, &str)| key == asked && script.as_ref().is_none_or(|script| script == of);
        let place = questions.into_iter().position(is_asked);
        self.filters.keep_known(Word::Q, |key| place.is_some() && key == asked);
        place
    }

    /// The questions to choose from, each a script with a key. Of very many, only those of the script that is shown, and the
    /// filters that lead to the others.
    pub(super) fn questions(
        &self,
        all: impl Iterator<Item = (String, String)>,
        current: Option<&(String, String)>,
    ) -> Vec<Choice> {
        let mut all: Vec<(String, String)> = all.collect();
        let has_more = all.len() > CHOICES;
        if let Some((script, _)) = current.filter(|_| has_more) {
            all.retain(|(of, _)| of == script);
            all.truncate(CHOICES);
        }
        let choice = |((script, question), (name, title)): (&(String, String), (String, String))| Choice {
            href: self.figures(&self.path, &[(Word::Script, script), (Word::Q, question)]),
            title: (name != title).then_some(title),
            name,
            is_current: current.is_some_and(|known| (&known.0, &known.1) == (script, question)),
        };
        let mut choices: Vec<Choice> = all.iter().zip(self.short_titles(&all)).map(choice).collect();
        if has_more {
            let kept = self.filters.without(Word::After).without(Word::Script).without(Word::Q);
            let to = [("to".to_owned(), self.path.clone())].into_iter().chain(kept.pairs());
            choices.push(Choice {
                href: filters::address("/filters", &to.collect::<Vec<_>>()),
                name: self.words.t("figures-other-questions"),
                title: None,
                is_current: false,
            });
        }
        choices
    }

    /// Titles that leave room for each other and can be told apart, each with all of it. Questions that read alike in
    /// different scripts have these beside them.
    pub(super) fn short_titles(&self, questions: &[(String, String)]) -> Vec<(String, String)> {
        let mut titles: Vec<String> =
            questions.iter().map(|(script, question)| self.title(script, question)).collect();
        let same = |titles: &[String], title: &String| titles.iter().filter(|of| *of == title).count() > 1;
        let alike: Vec<bool> = titles.iter().map(|title| same(&titles, title)).collect();
        for (title, ((script, _), _)) in
            titles.iter_mut().zip(questions.iter().zip(alike)).filter(|(_, (_, is_alike))| *is_alike)
        {
            *title = format!("{} · {title}", self.titles.script(&self.words, script));
        }
        told_apart(&titles, SHORT).into_iter().zip(titles).collect()
    }

    /// A question with what is said about it. A title that ends in a mark needs no other.
    pub(super) fn of_title(&self, script: &str, question: &str, said: &str) -> String {
        let title = self.title(script, question);
        let mark = if title.ends_with(['?', '!', '.', '…', ':']) { "" } else { ":" };
        format!("{title}{mark} {said}")
    }

    /// The trend of an index as a picture needs it: with its axes, for nobody can ask there what a line means.
    pub(super) fn trend_in_picture(&self, title: &str, name: &str, points: &[charts::Point]) -> String {
        let notes = self.words.t("figures-coverage-row");
        let trend = charts::Trend {
            name: title,
            shape: drawn::shape(name),
            points,
            target: None,
            versions: &[],
            established: None,
            notes: Some(&notes),
            height: 170.0,
            width: None,
        };
        charts::trend(&trend, &self.numbers())
    }

    /// A question's title as customers read it.
    pub(super) fn title(&self, script: &str, question: &str) -> String {
        self.titles.question(&self.words, Some(script), question)
    }
}
