//! An answer as a card: the score in words, what was said, and what it is about.

use super::filters::{Filters, Word};
use super::titles::{self, Score, Titles};
use super::{Viewer, Words};
use crate::domain::case::Cause;
use crate::domain::event::Event;
use crate::domain::ids::SurveyKey;
use crate::domain::naming::stated_name;
use crate::domain::survey::Part;
use crate::service::explore::{Details, Hit};
use crate::store::comments::File;
use crate::store::explore::{CaseOfSurvey, SeenSurvey};
use crate::view::case::cause_id;

/// A name that leads somewhere, or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub text: String,
    pub href: Option<String>,
    /// Whether it leads to another system.
    pub is_outside: bool,
}

impl Fact {
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), href: None, is_outside: false }
    }

    pub fn link(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self { text: text.into(), href: Some(href.into()), is_outside: false }
    }
}

/// What `card.html` shows.
#[derive(Clone, Debug)]
pub struct Card {
    pub score: Score,
    /// The question; `None` where the page is about one.
    pub question: Option<String>,
    pub words: Vec<String>,
    pub files: Vec<String>,
    pub reasons: Vec<String>,
    pub facts: Vec<Fact>,
    /// The day of the event, which leads to the survey.
    pub day: Fact,
    pub case: Option<Fact>,
    /// `done` for a resolved case, `soon` for one that is not.
    pub case_class: &'static str,
}

/// What cards of one page have in common.
#[derive(Debug)]
pub struct Cards<'a> {
    pub viewer: &'a Viewer,
    pub titles: &'a Titles,
    pub details: &'a Details,
    pub filters: &'a Filters,
}

impl Cards<'_> {
    pub fn card(&self, hit: &Hit) -> Option<Card> {
        let (words, details) = (&self.viewer.words, self.details);
        let seen = details.surveys.get(&hit.survey)?;
        let question = self.titles.find(Some(&hit.script), &hit.question);
        let is_one_question = self.filters.all(Word::Q).count() == 1;
        let case = case_of(self.viewer, details, hit.survey);
        Some(Card {
            score: score(words, self.titles, hit),
            question: (!is_one_question)
                .then(|| self.titles.question(words, Some(&hit.script), &hit.question)),
            words: said(details, hit),
            files: details
                .said(hit.survey, &hit.question)
                .flat_map(|comment| &comment.files)
                .map(|file| file_name(words, file))
                .collect(),
            reasons: self.reasons(hit, question),
            facts: facts(self.viewer, seen, self.filters),
            day: Fact::link(words.short_day(seen.occurred_at), format!("/surveys/{}", seen.survey_id)),
            case: case.map(|case| case_fact(words, case)),
            case_class: case.map_or("", case_class),
        })
    }

    fn reasons(&self, hit: &Hit, question: Option<&crate::domain::script::Question>) -> Vec<String> {
        let keys = self.details.reasons(hit.survey, &hit.question);
        match (question, hit.band) {
            (Some(question), Some(band)) => {
                titles::options(&self.viewer.words, &question.follow_up(band).reasons, &keys)
            }
            _ => keys,
        }
    }
}

/// The score of an answer; the options of a choice.
pub fn score(words: &Words, titles: &Titles, hit: &Hit) -> Score {
    let question = titles.find(Some(&hit.script), &hit.question);
    if let Some(value) = hit.value {
        return titles::score(words, question, value, hit.band);
    }
    let choices = question.map_or(&[][..], |question| &question.options);
    let big = titles::options(words, choices, &hit.options).join(", ");
    Score { big, small: String::new(), class: "" }
}

/// The words about an answer, a paragraph a message.
fn said(details: &Details, hit: &Hit) -> Vec<String> {
    let texts = details.said(hit.survey, &hit.question).map(|comment| comment.text.as_str());
    texts.filter(|text| !text.trim().is_empty()).map(str::to_owned).collect()
}

/// `голосовое, 0:21`
pub fn file_name(words: &Words, file: &File) -> String {
    let kind = words.t(match file.kind.as_str() {
        "voice" => "page-file-voice",
        "photo" => "page-file-photo",
        "video" => "page-file-video",
        "video_note" => "page-file-video-note",
        "audio" => "page-file-audio",
        _ => "page-file-document",
    });
    match file.duration_s {
        Some(seconds) => format!("{kind}, {}:{:02}", seconds / 60, seconds % 60),
        None => kind,
    }
}

/// The event of a survey. `None` for one that was erased or has aged out.
pub fn event(seen: &SeenSurvey) -> Option<Event> {
    if seen.body == "{}" {
        return None;
    }
    let read = Event::from_stored(&seen.body);
    if read.is_err() {
        // The error is not logged, because it may repeat the customer's data.
        tracing::error!(survey = %seen.survey_id, "a stored event cannot be read");
    }
    read.ok()
}

/// The name of an event's agent, or else their ID.
pub fn agent_name(seen: &SeenSurvey) -> Option<&str> {
    let id = seen.agent_id.as_deref()?;
    Some(seen.agent_name.as_deref().and_then(stated_name).unwrap_or(id))
}

/// What an event is about. Agents are not told who the customer is.
pub fn facts(viewer: &Viewer, seen: &SeenSurvey, filters: &Filters) -> Vec<Fact> {
    let words = &viewer.words;
    let event = event(seen);
    let sees_all = viewer.access().sees_all();
    let narrowed =
        |word: Word, value: &str| filters.without(Word::After).narrow(word, value).href("/answers");
    let mut facts = Vec::new();
    facts.extend(event.as_ref().and_then(subject));
    for tag in seen.tags.split('|').filter(|tag| !tag.is_empty()) {
        facts.push(Fact::link(tag, narrowed(Word::Tag, tag)));
    }
    if let (true, Some(id), Some(name)) = (sees_all, &seen.agent_id, agent_name(seen)) {
        facts.push(Fact::link(name, narrowed(Word::Agent, id)));
    }
    if let Some(wait) = seen.first_response_s.and_then(|wait| u64::try_from(wait).ok()) {
        facts.push(Fact::plain(words.of("page-first-response", "time", &words.duration(wait))));
    }
    if let Some(automation) = &seen.automation {
        facts.push(Fact::plain(words.of("page-automation", "name", automation)));
    }
    if sees_all {
        facts.extend(customer(seen).map(|name| Fact::link(name, customer_page(&seen.customer_id))));
    }
    facts
}

/// `Анна, C-42`. `None` for somebody who is erased.
pub fn customer(seen: &SeenSurvey) -> Option<String> {
    let id = Some(seen.customer_id.as_str()).filter(|id| !id.is_empty())?;
    let name = seen.customer_name.as_deref().and_then(stated_name);
    Some(name.map_or_else(|| id.to_owned(), |name| format!("{name}, {id}")))
}

/// The page of a customer.
pub fn customer_page(id: &str) -> String {
    format!("/customers/{}", super::filters::escaped(id))
}

/// The order or ticket with its link. Only https leads out.
pub fn subject(event: &Event) -> Option<Fact> {
    let subject = &event.subject;
    let text = subject.title.as_ref().or(subject.id.as_ref())?.clone();
    let href = subject.url.clone().filter(|url| url.starts_with("https://"));
    let is_outside = href.is_some();
    Some(Fact { text, href, is_outside })
}

/// The case that a survey belongs to. An agent is not told of one about somebody else's event.
pub fn case_of<'d>(viewer: &Viewer, details: &'d Details, survey: SurveyKey) -> Option<&'d CaseOfSurvey> {
    details.cases.get(&survey).filter(|case| viewer.may_see_events_of(case.agent_id.as_deref()))
}

/// `№128: закрыто, доставка`
pub fn case_fact(words: &Words, case: &CaseOfSurvey) -> Fact {
    let number = words.of("case-number", "n", &case.number.to_string());
    let ended = case.cause.as_deref().and_then(|text| text.parse::<Cause>().ok());
    let text = match ended {
        Some(why) => format!("{number}: {}", words.t(cause_id(why))),
        None => format!("{number}: {}", words.t(status_id(&case.status))),
    };
    Fact::link(text, format!("/cases/{}", case.number))
}

/// How the mark of a case is coloured.
pub fn case_class(case: &CaseOfSurvey) -> &'static str {
    if case.status == "resolved" { "done" } else { "soon" }
}

/// The ID of the name of a case's status.
pub fn status_id(status: &str) -> &'static str {
    match status {
        "open" => "page-case-open",
        "taken" => "page-case-taken",
        "waiting_for_customer" => "page-case-waiting",
        _ => "page-case-resolved",
    }
}

/// What each part of an answer is called in a history.
pub const fn part_id(part: Part) -> &'static str {
    match part {
        Part::Answer => "page-part-answer",
        Part::Reason => "page-part-reason",
        Part::Comment => "page-part-comment",
    }
}
