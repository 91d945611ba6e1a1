//! Which questions apply and which of the given things count, derived from the script and the answers.

use super::{Dialogue, Part};
use crate::domain::scale::{Band, Scale};
use crate::domain::script::{Condition, Question, Script};

/// The questions that apply, in order. A branch depends only on earlier questions, which the lint guarantees, and an
/// earlier question that does not apply has no answer.
pub(super) fn applicable(script: &Script, dialogue: &Dialogue) -> Vec<usize> {
    let mut applicable: Vec<usize> = Vec::with_capacity(script.questions.len());
    for (index, question) in script.questions.iter().enumerate() {
        let applies = question.show_if.as_ref().is_none_or(|show_if| {
            let source = applicable.iter().copied().find(|at| script.questions[*at].key == show_if.question);
            let given = source.and_then(|at| dialogue.given.get(&(at, Part::Answer)));
            given.is_some_and(|given| show_if.cond.met_by(given.value, given.band, &given.options))
        });
        if applies {
            applicable.push(index);
        }
    }
    applicable
}

/// The first question that applies and is neither answered nor skipped.
pub(super) fn next_question(script: &Script, dialogue: &Dialogue) -> Option<usize> {
    applicable(script, dialogue).into_iter().find(|index| dialogue.live(*index, Part::Answer).is_none())
}

/// The number of questions on the longest path that is still possible while `open` is being asked.
pub(super) fn longest(script: &Script, dialogue: &Dialogue, open: usize) -> usize {
    let roots = script.questions.iter().enumerate().filter(|(_, question)| question.show_if.is_none());
    roots.map(|(index, _)| longest_from(script, dialogue, open, index)).sum()
}

/// The same for one question and those that depend on its answer.
fn longest_from(script: &Script, dialogue: &Dialogue, open: usize, index: usize) -> usize {
    let question = &script.questions[index];
    // A branch depends on an earlier question.
    let branches: Vec<(&Condition, usize)> = script
        .questions
        .iter()
        .enumerate()
        .skip(index + 1)
        .filter_map(|(at, branch)| Some((branch.show_if.as_ref()?, at)))
        .filter(|(show_if, _)| show_if.question == question.key)
        .map(|(show_if, at)| (&show_if.cond, longest_from(script, dialogue, open, at)))
        .collect();
    let after = |value: Option<i64>, band: Option<Band>, options: &[String]| -> usize {
        branches.iter().filter(|(cond, _)| cond.met_by(value, band, options)).map(|(_, length)| length).sum()
    };
    let given = dialogue.live(index, Part::Answer).filter(|_| index != open);
    let longest = match given {
        Some(given) => after(given.value, given.band, &given.options),
        None => possible(question)
            .iter()
            .map(|(value, options)| after(*value, value.and_then(|value| question.band(value)), options))
            .max()
            .unwrap_or(0),
    };
    1 + longest
}

/// The answers that a question can get. For a multiple choice that is all options at once, because that answer meets
/// every condition that any smaller selection meets.
fn possible(question: &Question) -> Vec<(Option<i64>, Vec<String>)> {
    let keys = question.options.iter().map(|option| option.key.clone());
    if question.multiple {
        return vec![(None, keys.collect())];
    }
    let values = question.scale.into_iter().flat_map(Scale::values);
    values.map(|value| (Some(value), Vec::new())).chain(keys.map(|key| (None, vec![key]))).collect()
}

/// Marks what is no longer on the path as withdrawn, and restores what is on it again.
pub(super) fn update_live(script: &Script, dialogue: &mut Dialogue) {
    let applicable = applicable(script, dialogue);
    let bands: Vec<Option<Band>> = (0..script.questions.len())
        .map(|index| dialogue.given.get(&(index, Part::Answer)).and_then(|answer| answer.band))
        .collect();
    for ((question, part), given) in &mut dialogue.given {
        let band = bands.get(*question).copied().flatten();
        let on_path = applicable.contains(question);
        // Reasons and comments belong to the band they were given for. Words that came before any score count.
        let follows = match part {
            // An answer whose last option was deselected is no answer.
            Part::Answer => {
                given.value.is_some() || !given.options.is_empty() || given.words || given.skipped
            }
            Part::Reason => given.band == band && !given.options.is_empty(),
            Part::Comment => given.band.is_none() || given.band == band,
        };
        given.withdrawn = !(on_path && follows);
    }
}
