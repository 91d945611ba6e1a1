//! Checks the script as a whole: what cannot work (errors) and what works badly (warnings).

use std::collections::HashMap;
use std::time::Duration;

use super::parse_question::Draft;
use super::problem::{Report, said};
use super::question::{Condition, FollowUp, Question};
use super::texts::{leads_with_emoji, over_message_limit};
use super::whole::Whole;
use super::{Script, When};
use crate::domain::locale::Localized;
use crate::domain::metric::{Part, Recommending};
use crate::domain::nearest::nearest;
use crate::domain::scale::Band;
use crate::domain::sending::{SendOverrides, SendingDefaults, Span};
use crate::domain::time::format_duration;

/// With more scores than this, people give up halfway.
const MAX_SCORED: usize = 3;
/// Of a single side nobody can learn that it weighs more than another.
const FEWEST_SIDES: usize = 2;

/// Checks the whole script and adds the questions to it.
pub(super) fn script(mut script: Script, drafts: Vec<Draft>, report: &Report<'_>) -> Script {
    sending(&script.send, report);
    matching(&script.when, report);
    duplicates(&drafts, report);
    branches(&drafts, report);
    messages(&script, &drafts, report);
    for draft in drafts.iter().filter(|draft| draft.sound) {
        question(draft, report);
        if !can_comment_on_low(draft, &drafts) {
            let message = "after a low score there is no way to say why: add a comment";
            report.warn(&format!("{}.low", draft.path), said("lint-no-comment", [], message));
        }
    }
    let scored = drafts.iter().filter(|draft| draft.sound && draft.question.metric.is_scored()).count();
    if scored > MAX_SCORED {
        let message = format!("ask for {scored} scores: with more than {MAX_SCORED} people give up half way");
        let values = [("count", scored.to_string()), ("most", MAX_SCORED.to_string())];
        report.warn("questions", said("lint-many-scores", values, message));
    }
    outcome(&drafts, report);
    script.questions = drafts.into_iter().map(|draft| draft.question).collect();
    script.languages = languages(report);
    script
}

/// Warns if a script asks about several sides but not about the whole, because then nobody can tell which side the whole
/// depends on. A script that asks how important the sides are learns that from its customers themselves; one without sides
/// has nothing to compare.
fn outcome(drafts: &[Draft], report: &Report<'_>) {
    // A question that could not be read may be the one about the whole.
    let is_read = drafts.iter().all(|draft| draft.sound);
    let asked = || drafts.iter().map(|draft| &draft.question);
    let weighs = asked().any(|question| question.metric.part() == Part::Importance);
    let whole = Whole::of(asked().map(|question| (question, question.metric, question.factor())));
    if is_read && !weighs && whole.outcome.is_none() && whole.factors.len() >= FEWEST_SIDES {
        let message = "no question asks about the whole, so it cannot be told which side it depends on: add one with \
                       metric \"nps\" or \"csat\", or \"csi\" with factor = \"overall\"";
        report.warn("questions", said("lint-no-outcome", [], message));
    }
}

/// The languages that every text has. A language that the installation does not have is still shown to those who speak
/// it, but only if no text is missing in it.
fn languages(report: &Report<'_>) -> Vec<&'static str> {
    let mut whole = Vec::new();
    for (language, lacking) in report.languages_of_texts() {
        let Some(field) = lacking else {
            whole.push(language);
            continue;
        };
        if !report.languages.contains(language) {
            let known = report.languages.to_string();
            let message = format!(
                "has no text in '{language}', as others have, so that nobody is asked in it; the installation's \
                 languages are {known}"
            );
            let values = [("language", language.to_owned()), ("known", known)];
            report.warn(&field, said("lint-language-unused", values, message));
        }
    }
    whole
}

fn sending(send: &SendOverrides, report: &Report<'_>) {
    let resolved = send.resolve(&SendingDefaults::default());
    let window: [(&str, bool, Duration); 4] = [
        ("delay_min", send.delay_min.is_some(), resolved.delay_min),
        ("delay", send.delay.is_some(), resolved.delay),
        ("delay_max", send.delay_max.is_some(), resolved.delay_max),
        ("max_age", send.max_age.is_some(), resolved.max_age),
    ];
    for pair in window.windows(2) {
        let [(first, first_written, least), (second, second_written, most)] = [pair[0], pair[1]];
        let field = format!("send.{}", if second_written { second } else { first });
        if least <= most || report.has_error_in(&field) {
            continue;
        }
        let spelt = |name: &str, written: bool, value: Duration| {
            format!("{name} ({}{})", format_duration(value), if written { "" } else { " by default" })
        };
        let message = format!(
            "{} is later than {}; it takes delay_min ≤ delay ≤ delay_max ≤ max_age",
            spelt(first, first_written, least),
            spelt(second, second_written, most),
        );
        let values = [
            ("first", first.to_owned()),
            ("first_value", format_duration(least)),
            ("second", second.to_owned()),
            ("second_value", format_duration(most)),
        ];
        report.error(&field, said("lint-window", values, message));
    }
    if resolved.expires_after.is_zero() {
        report.error("send.expires_after", said("lint-expires-zero", [], "must be longer than nothing"));
    }
    if let Some(Span::Of(after)) = send.remind_after
        && !resolved.expires_after.is_zero()
        && after >= resolved.expires_after
    {
        let message = "a reminder must come before the survey expires";
        report.error("send.remind_after", said("lint-reminder", [], message));
    }
    if resolved.days_off.weekdays.len() == 7 {
        report.error("send.days_off", said("lint-no-day", [], "no day of the week is left to send on"));
    }
}

fn matching(when: &When, report: &Report<'_>) {
    if !when.tags_any.is_empty() && when.tags_any.iter().all(|tag| when.tags_none.contains(tag)) {
        let message = "can never hold: every one of these tags is in tags_none";
        report.error("when.tags_any", said("lint-tags", [], message));
    }
    if when.sample == 0 {
        let message = "with 0 per cent this script never asks anybody";
        report.warn("when.sample", said("lint-sample-none", [], message));
    }
}

fn duplicates(drafts: &[Draft], report: &Report<'_>) {
    for (index, draft) in drafts.iter().enumerate() {
        let key = &draft.question.key;
        if !key.is_empty()
            && let Some(first) = drafts[..index].iter().find(|earlier| earlier.question.key == *key)
        {
            let message = format!("'{key}' is already the key of {}", first.path);
            let message = said("lint-key-taken", [("key", key.clone())], message);
            report.error(&format!("{}.key", draft.path), message);
        }
    }
}

/// Checks that every branch depends on an answer that is possible.
fn branches(drafts: &[Draft], report: &Report<'_>) {
    let mut reachable: HashMap<&str, bool> = HashMap::new();
    for (index, draft) in drafts.iter().enumerate() {
        let key = draft.question.key.as_str();
        let Some(show_if) = &draft.question.show_if else {
            reachable.entry(key).or_insert(true);
            continue;
        };
        let path = format!("{}.show_if", draft.path);
        let wanted = show_if.question.as_str();
        let Some(asked) = drafts[..index].iter().find(|earlier| earlier.question.key == wanted) else {
            // If a question's key is missing or invalid, that question may be the one the branch means.
            if drafts.iter().all(|draft| !draft.question.key.is_empty()) {
                let message = no_earlier(wanted, index, drafts);
                let message = said("lint-branch-unknown", [("key", wanted.to_owned())], message);
                report.error(&format!("{path}.question"), message);
            }
            continue;
        };
        let possible = !asked.sound || condition(&path, &show_if.cond, &asked.question, report);
        let reached = reachable.get(wanted).copied().unwrap_or(true);
        if !reached {
            let message = format!("this question is never asked, because '{wanted}' never is");
            report.error(&path, said("lint-branch-never", [("key", wanted.to_owned())], message));
        }
        reachable.entry(key).or_insert(possible && reached);
    }
}

fn no_earlier(wanted: &str, index: usize, drafts: &[Draft]) -> String {
    if drafts[index..].iter().any(|later| later.question.key == wanted) {
        return format!("'{wanted}' is asked later: a branch can only look back");
    }
    match nearest(wanted, drafts[..index].iter().map(|draft| draft.question.key.as_str())) {
        Some(near) => format!("there is no question '{wanted}'; did you mean '{near}'?"),
        None => format!("there is no question '{wanted}'"),
    }
}

/// Checks that everything the condition names exists. Returns whether any answer to `asked` can meet it.
fn condition(path: &str, cond: &Condition, asked: &Question, report: &Report<'_>) -> bool {
    let key = &asked.key;
    let error = |part: &str, message: String| {
        let message = said("lint-branch-impossible", [("key", key.clone())], message);
        report.error(&format!("{path}.{part}"), message);
    };
    match (cond, asked.scale) {
        (Condition::Band(bands), Some(scale)) => {
            let given = |band: Band| scale.values().any(|value| asked.band(value) == Some(band));
            if !bands.is_empty() && !bands.iter().any(|band| given(*band)) {
                error("band", format!("this question is never asked: no score of '{key}' is in that band"));
                return false;
            }
        }
        (Condition::Value(values), Some(scale)) => {
            for value in values.iter().filter(|value| !scale.contains(**value)) {
                error("value", format!("{value} is not on the scale {scale} of '{key}'"));
            }
        }
        (Condition::Option(_), _) if asked.metric.takes_options() && asked.options.is_empty() => {}
        (Condition::Option(options), _) if asked.metric.takes_options() => {
            for option in options.iter().filter(|option| asked.option(option).is_none()) {
                error("option", format!("'{key}' has no option '{option}'"));
            }
        }
        (Condition::Band(_), None) => error("band", format!("'{key}' has no bands: its metric has no scale")),
        (Condition::Value(_), None) => error("value", format!("'{key}' has no scale, so no values")),
        (Condition::Option(_), _) => {
            error("option", format!("'{key}' is not a choice, so it has no options"));
        }
    }
    true
}

/// Checks that everything shown together fits into one message.
fn messages(script: &Script, drafts: &[Draft], report: &Report<'_>) {
    let check = |field: &str, texts: &[&Localized]| {
        if let Some(message) = over_message_limit(texts) {
            report.error(field, message);
        }
    };
    if let Some(thanks) = &script.thanks {
        check("send.thanks", &[thanks]);
    }
    let mut greeting = script.greeting.as_ref();
    for Draft { question, path, .. } in drafts {
        let mut texts = vec![&question.text];
        texts.extend(question.ends.iter().flat_map(|ends| [&ends.low, &ends.high]));
        let alone = over_message_limit(&texts);
        // The greeting goes above the first question, in the same message.
        if let (None, Some(greeting)) = (&alone, greeting.take()) {
            texts.push(greeting);
            if let Some(message) = over_message_limit(&texts) {
                report.error("send.greeting", message.after("together with the first question it "));
            }
        }
        if let Some(message) = alone {
            report.error(&format!("{path}.text"), message);
        }
        for band in Band::ALL {
            if let Some(comment) = &question.follow_up(*band).comment {
                check(&format!("{path}.{band}.comment"), &[comment]);
            }
        }
    }
}

fn question(draft: &Draft, report: &Report<'_>) {
    let Draft { question, path, .. } = draft;
    if let Some(scale) = question.scale {
        for band in Band::ALL {
            let follow_up = question.follow_up(*band);
            let given = scale.values().any(|value| question.band(value) == Some(*band));
            if !given && *follow_up != FollowUp::default() {
                let message = format!("is never shown: no value of {scale} is {band}");
                report.warn(&format!("{path}.{band}"), said("lint-band-never", [], message));
            }
        }
    }
    wording(question, path, report);
    emoji(question, path, report);
}

/// Warns about wording that asks for something other than what the metric measures.
fn wording(question: &Question, path: &str, report: &Report<'_>) {
    let recommends = question.text.iter().any(|(_, text)| {
        let text = text.to_lowercase();
        text.contains("рекоменд") || text.contains("посовет") || text.contains("recommend")
    });
    let field = format!("{path}.text");
    match (question.metric.spec().recommending, recommends) {
        (Recommending::Needed, false) => {
            let message = "NPS asks how likely people are to recommend you; this text does not";
            report.warn(&field, said("lint-nps-wording", [], message));
        }
        (Recommending::Misplaced, true) => {
            let message =
                format!("asks about recommending, which is NPS; as {} it measures little", question.metric);
            report.warn(&field, said("lint-recommend-wording", [], message));
        }
        (Recommending::Needed, true) | (Recommending::Misplaced, false) | (Recommending::Free, _) => {}
    }
}

/// Warns about an emoji in front of an answer or of the question, because it pushes people towards an answer.
fn emoji(question: &Question, path: &str, report: &Report<'_>) {
    let leads = |text: &Localized| text.iter().any(|(_, text)| leads_with_emoji(text));
    if leads(&question.text) {
        let message = "begins with an emoji, which favours an answer";
        report.warn(&format!("{path}.text"), said("lint-emoji", [], message));
    }
    let options: Vec<_> = question.options.iter().map(|option| &option.text).collect();
    let labels: Vec<_> = question.labels.values().collect();
    for (name, texts) in [("options", options), ("labels", labels)] {
        let leading = texts.iter().filter(|text| leads(text)).count();
        if leading > 0 && leading < texts.len() {
            let message = "some begin with an emoji and some do not, which favours an answer";
            report.warn(&format!("{path}.{name}"), said("lint-emoji-some", [], message));
        }
    }
}

/// Whether there is room for a comment after a low score: a comment on the score itself, or a text question that is
/// asked after it.
fn can_comment_on_low(draft: &Draft, drafts: &[Draft]) -> bool {
    let question = &draft.question;
    let Some(scale) = question.scale.filter(|_| question.metric.is_scored()) else {
        return true;
    };
    question.low.comment.is_some()
        || drafts.iter().filter(|other| other.question.metric.takes_words()).any(|other| {
            other.question.show_if.as_ref().is_none_or(|show_if| {
                show_if.question == question.key
                    && scale
                        .values()
                        .filter(|value| question.band(*value) == Some(Band::Low))
                        .any(|value| show_if.cond.met_by(Some(value), Some(Band::Low), &[]))
            })
        })
}
