//! One survey: what was answered, said and changed, its way through the ledger, and what it was about.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};

use super::card::{self, Fact, part_id};
use super::filters::{Asked, Filters};
use super::reply::{Answer, Trouble, shown};
use super::shell::{Section, Shell};
use super::titles::{self, Score, Titles};
use super::words::sentence_case;
use super::{Pages, Viewer, Words, icons, surveys};
use crate::domain::event::Event;
use crate::domain::ids::SurveyKey;
use crate::domain::survey::Part;
use crate::service::explore::{Details, Hit, keys};
use crate::store::Tx;
use crate::store::explore::SeenSurvey;
use crate::store::record::AnswerRecord;

/// How many of the customer's other surveys are listed.
const MOST: i64 = 10;

#[derive(Template)]
#[template(path = "survey.html", config = "src/pages/askama.toml")]
struct Page {
    shell: Shell,
    heading: String,
    id: String,
    about: String,
    ticket: Option<Fact>,
    customer_href: Option<String>,
    case: Option<Fact>,
    is_test: bool,
    /// Why there are no answers.
    why_none: Option<String>,
    answers: Vec<Given>,
    /// Where the files of the answers are. Empty without any.
    files_are: String,
    ledger: Vec<Step>,
    facts: Vec<(String, Fact)>,
    others: Vec<Other>,
}

/// An answer to one question.
struct Given {
    question: String,
    score: Score,
    words: Vec<String>,
    files: Vec<Sent>,
    reasons: Vec<String>,
    at: String,
    history: Vec<String>,
    changes: String,
}

/// A voice message, a picture or another file that was sent.
struct Sent {
    icon: &'static str,
    /// `Voice message, 0:21`
    text: String,
}

/// A state of the ledger.
struct Step {
    name: String,
    at: String,
}

/// Another survey of the customer.
struct Other {
    day: Fact,
    script: String,
    scores: String,
    state: String,
}

pub(super) async fn get(
    State(pages): State<Pages>,
    viewer: Viewer,
    Path(survey_id): Path<String>,
    asked: Asked,
) -> Answer {
    let (ctx, words) = (&pages.ctx, &viewer.words);
    let mut tx = pages.db.read().await?;
    let key = tx.find_survey_key(&survey_id).await?.ok_or(Trouble::NotFound)?;
    let mut details = Details::load(&mut tx, &[key]).await?;
    let seen = details.surveys.remove(&key).ok_or(Trouble::NotFound)?;
    if !viewer.may_see_events_of(seen.agent_id.as_deref()) {
        return Err(Trouble::NotFound);
    }
    let titles = Titles::load(&mut tx, ctx).await?;
    let mut history = tx.list_history_records(&[key]).await?;
    history.sort_by_key(|former| (former.answered_at, former.revision));
    let moves = tx.list_moves(&[key]).await?;
    let others =
        if viewer.access().sees_all() { others(&mut tx, words, &titles, key).await? } else { Vec::new() };
    drop(tx);
    let event = card::event(&seen);
    let subject = event.as_ref().and_then(card::subject);
    let heading = match &subject {
        Some(subject) => words.of("page-survey-about", "subject", &subject.text),
        None => words.t("page-survey"),
    };
    let script = seen.script.as_deref().map(|slug| titles.script(words, slug));
    let customer = viewer.access().sees_all().then(|| card::customer(&seen));
    let customer = customer.map(|known| known.unwrap_or_else(|| words.t("page-erased")));
    let answers = answers(words, &titles, &details, &seen, &history);
    let mut ledger: Vec<Step> = moves
        .iter()
        .map(|step| Step {
            name: surveys::state(words, &step.state, step.reason.as_deref()),
            at: words.exact_moment(step.at),
        })
        .collect();
    ledger.dedup_by(|a, b| a.name == b.name && a.at == b.at);
    let case = card::case_of(&viewer, &details, key);
    let has_files = answers.iter().any(|given| !given.files.is_empty());
    let files_are = match (has_files, case) {
        (false, _) => String::new(),
        // Copies came to the leads' chat. Agents do not read it.
        (true, Some(_)) if viewer.access().sees_all() => words.t("page-files-with-case"),
        (true, _) => words.t("page-files-stay"),
    };
    let page = Page {
        about: [script, customer].into_iter().flatten().collect::<Vec<_>>().join(" · "),
        id: seen.survey_id.clone(),
        customer_href: (viewer.access().sees_all() && !seen.customer_id.is_empty())
            .then(|| card::customer_page(&seen.customer_id)),
        ticket: subject.filter(|subject| subject.is_outside),
        case: case.map(|case| card::case_fact(words, case)),
        is_test: seen.test,
        why_none: answers.is_empty().then(|| surveys::state(words, &seen.state, seen.reason.as_deref())),
        answers,
        files_are,
        ledger,
        facts: event_facts(&viewer, &seen, event.as_ref()),
        others,
        shell: pages
            .shell(&viewer, Some(Section::Answers), heading.clone(), (asked.address(), &Filters::default()))
            .await?,
        heading,
    };
    shown(&page)
}

/// The answers in the order of the questions.
fn answers(
    words: &Words,
    titles: &Titles,
    details: &Details,
    seen: &SeenSurvey,
    history: &[AnswerRecord],
) -> Vec<Given> {
    let script = seen.script.clone().unwrap_or_default();
    let order = |question: &str| {
        titles.questions(&script).iter().position(|known| known.key == question).unwrap_or(usize::MAX)
    };
    let current = details.answers(seen.survey).iter();
    let mut current: Vec<&AnswerRecord> = current
        .filter(|answer| answer.part == Part::Answer.as_str() && answer.withdrawn_at.is_none())
        .collect();
    current.sort_by_key(|answer| order(&answer.question));
    let given = |answer: &&AnswerRecord| {
        let band = answer.band.as_deref().and_then(|band| band.parse().ok());
        let hit = Hit {
            survey: seen.survey,
            day: words.local(seen.occurred_at).date_naive(),
            script: script.as_str().into(),
            question: answer.question.as_str().into(),
            value: answer.value,
            band,
            options: keys(&answer.options),
        };
        let question = titles.find(Some(&script), &answer.question);
        let reasons = details.reasons(seen.survey, &answer.question);
        let said: Vec<_> = details.said(seen.survey, &answer.question).collect();
        let former: Vec<String> = history
            .iter()
            .filter(|former| former.question == answer.question)
            .filter_map(|former| former_line(words, titles, &script, former))
            .collect();
        Given {
            question: titles.question(words, Some(&script), &answer.question),
            score: card::score(words, titles, &hit),
            words: said.iter().map(|said| said.text.clone()).filter(|text| !text.trim().is_empty()).collect(),
            files: said
                .iter()
                .flat_map(|said| &said.files)
                .map(|file| Sent {
                    icon: icon(&file.kind),
                    text: sentence_case(&card::file_name(words, file)),
                })
                .collect(),
            reasons: match (question, band) {
                (Some(question), Some(band)) => {
                    titles::options(words, &question.follow_up(band).reasons, &reasons)
                }
                _ => reasons,
            },
            at: words.moment(answer.answered_at),
            changes: words.count("page-changes", former.len() as u64),
            history: former,
        }
    };
    current.iter().map(given).collect()
}

fn icon(kind: &str) -> &'static str {
    match kind {
        "voice" | "audio" => icons::VOICE,
        "photo" => icons::PHOTO,
        "video" | "video_note" => icons::VIDEO,
        _ => icons::FILE,
    }
}

/// A former value: `21 ноя, 16:52:08 — оценка: Нормально`.
fn former_line(words: &Words, titles: &Titles, script: &str, former: &AnswerRecord) -> Option<String> {
    let part =
        [Part::Answer, Part::Reason, Part::Comment].into_iter().find(|part| part.as_str() == former.part)?;
    let question = titles.find(Some(script), &former.question);
    let band = former.band.as_deref().and_then(|band| band.parse().ok());
    let value = match (part, former.value) {
        (_, Some(value)) => {
            let Score { big, small, .. } = titles::score(words, question, value, band);
            format!("{big} {small}").trim().to_owned()
        }
        (Part::Comment, None) => words.t("page-words-changed"),
        (Part::Reason, None) => {
            let reason = |key: &String| titles.reason(words, Some(script), key);
            keys(&former.options).iter().map(reason).collect::<Vec<_>>().join(", ")
        }
        (Part::Answer, None) => {
            let choices = question.map_or(&[][..], |question| &question.options);
            titles::options(words, choices, &keys(&former.options)).join(", ")
        }
    };
    Some(format!("{} — {}: {value}", words.exact_moment(former.answered_at), words.t(part_id(part))))
}

/// What the event said, by name.
pub(super) fn event_facts(viewer: &Viewer, seen: &SeenSurvey, event: Option<&Event>) -> Vec<(String, Fact)> {
    let words = &viewer.words;
    let mut facts: Vec<(String, Fact)> = Vec::new();
    let mut add = |id: &str, fact: Option<Fact>| facts.extend(fact.map(|fact| (words.t(id), fact)));
    let text = |text: &Option<String>| text.as_deref().map(Fact::plain);
    let list = |joined: &str| (!joined.is_empty()).then(|| Fact::plain(joined.replace('|', ", ")));
    let wait = |seconds: Option<i64>| {
        seconds
            .and_then(|seconds| u64::try_from(seconds).ok())
            .map(|seconds| Fact::plain(words.duration(seconds)))
    };
    let sees_all = viewer.access().sees_all();
    add("page-happened", Some(Fact::plain(words.moment(seen.occurred_at))));
    if sees_all {
        add("page-event", event.map(|event| Fact::plain(event.event_id.clone())));
        let agent = seen.agent_id.as_ref().zip(card::agent_name(seen)).map(|(id, name)| {
            Fact::link(name, Filters::default().set(super::Word::Agent, id).href("/answers"))
        });
        add("page-word-agent", agent);
    }
    add("page-word-team", text(&seen.team));
    add("page-word-store", text(&seen.store));
    add("page-word-channel", text(&seen.channel));
    add("page-word-tag", list(&seen.tags));
    add("page-word-segment", list(&seen.segments).filter(|_| sees_all));
    add("page-word-automation", text(&seen.automation));
    add("page-first-response-name", wait(seen.first_response_s));
    add("page-resolution-name", wait(seen.resolution_s));
    facts
}

/// The customer's other surveys.
async fn others(tx: &mut Tx, words: &Words, titles: &Titles, key: SurveyKey) -> Result<Vec<Other>, Trouble> {
    let keys = tx.list_other_surveys(key, MOST).await?;
    let details = Details::load(tx, &keys).await?;
    let other = |key: &SurveyKey| {
        let seen = details.surveys.get(key)?;
        let mut scores: BTreeMap<&str, String> = BTreeMap::new();
        for answer in details.answers(*key).iter().filter(|answer| answer.withdrawn_at.is_none()) {
            let Some(value) = answer.value else { continue };
            let question = titles.find(seen.script.as_deref(), &answer.question);
            scores.insert(&answer.question, titles::score(words, question, value, None).big);
        }
        let date = words.full_date(words.local(seen.occurred_at).date_naive());
        Some(Other {
            day: Fact::link(date, format!("/surveys/{}", seen.survey_id)),
            script: seen.script.as_deref().map(|slug| titles.script(words, slug)).unwrap_or_default(),
            scores: scores.into_values().collect::<Vec<_>>().join(" · "),
            state: surveys::state(words, &seen.state, seen.reason.as_deref()),
        })
    };
    Ok(keys.iter().filter_map(other).collect())
}
