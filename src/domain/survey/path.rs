//! Which questions apply and what of the given counts, derived from script and answers.

use super::{Dialogue, Part};
use crate::domain::scale::Band;
use crate::domain::script::Script;

/// The questions that apply, in order. A branch looks only at earlier questions (the lint sees to it), and an
/// earlier question that does not apply has no answer to look at.
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

/// Takes what is no longer on the path out of the figures, and back in what is on it again.
pub(super) fn update_live(script: &Script, dialogue: &mut Dialogue) {
    let applicable = applicable(script, dialogue);
    let bands: Vec<Option<Band>> = (0..script.questions.len())
        .map(|index| dialogue.given.get(&(index, Part::Answer)).and_then(|answer| answer.band))
        .collect();
    for ((question, part), given) in &mut dialogue.given {
        let band = bands.get(*question).copied().flatten();
        let on_path = applicable.contains(question);
        // Reasons and comments belong to the band they were given to. Words that came before any score count.
        let follows = match part {
            // An answer whose last option was taken back is none.
            Part::Answer => {
                given.value.is_some() || !given.options.is_empty() || given.words || given.skipped
            }
            Part::Reason => given.band == band && !given.options.is_empty(),
            Part::Comment => given.band.is_none() || given.band == band,
        };
        given.withdrawn = !(on_path && follows);
    }
}
