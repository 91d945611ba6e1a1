//! The effect of each tap and word.

use super::{Dialogue, Given, Part, Step, path};
use crate::domain::scale::Band;
use crate::domain::script::{FollowUp, Question, Script};

/// A customer's input. Options and reasons are identified by their index in the script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// A number on the scale.
    Score(i64),
    /// The chosen option of a single choice.
    Option(usize),
    /// Selects or deselects one option of a multiple choice, or a reason. Stating which makes a double tap harmless.
    Toggle {
        index: usize,
        on: bool,
    },
    Done,
    Skip,
    Back,
    /// Change an answer; offered below the thanks.
    Change,
    /// Change this answer; chosen from the list of answers.
    ChangeQuestion(usize),
    /// Leave the answer unchanged.
    Keep,
    /// Text, a voice message, a photo…; the result says where it belongs.
    Words,
}

/// The input does not fit the current step, so nothing changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the input does not fit the present step")]
pub struct Stale;

impl Dialogue {
    /// Applies an input. For [`Input::Words`] the result says what the words belong to.
    ///
    /// # Errors
    /// Returns [`Stale`] if the input does not fit the current step; the dialogue is then unchanged.
    pub fn apply(&mut self, script: &Script, input: Input) -> Result<Option<(usize, Part)>, Stale> {
        let before = self.step;
        let words = self.dispatch(script, input)?;
        path::update_live(script, self);
        self.follow_path(script);
        if self.step != before {
            self.turn += 1;
        }
        Ok(words)
    }

    fn dispatch(&mut self, script: &Script, input: Input) -> Result<Option<(usize, Part)>, Stale> {
        match (self.step, input) {
            (Step::Ask(index), Input::Score(value)) => self.score(script, index, value)?,
            (Step::Ask(index), Input::Option(option)) => self.choose(script, index, option)?,
            (Step::Ask(index), Input::Toggle { index: option, on }) => {
                let question = question(script, index)?;
                if !(question.metric.takes_options() && question.multiple) {
                    return Err(Stale);
                }
                let keys = question.options.iter().map(|choice| choice.key.as_str()).collect::<Vec<_>>();
                self.toggle((index, Part::Answer), None, &keys, option, on)?;
                // Until *Done* the selection is not an answer, and the question stays the current step.
            }
            (Step::Ask(index), Input::Done) => {
                let question = question(script, index)?;
                if !(question.multiple && self.has_options(index, Part::Answer)) {
                    return Err(Stale);
                }
                self.step = Step::End;
            }
            // The customer has answered in words while the question was still open.
            (Step::Ask(index), Input::Skip) if self.is_given(index) => self.step = Step::End,
            (Step::Ask(index), Input::Skip) => self.skip(script, index)?,
            (Step::Ask(index), Input::Keep) if self.is_given(index) => self.step = Step::End,
            (Step::Ask(index), Input::Back) => {
                self.step = Step::Ask(self.previous(script, index).ok_or(Stale)?);
            }
            (Step::Why(index), Input::Back) => self.step = Step::Ask(index),
            (Step::Why(index), Input::Toggle { index: reason, on }) => {
                let band = self.band(index);
                let follow_up = band.and_then(|b| question(script, index).ok().map(|q| q.follow_up(b)));
                let reasons = follow_up.map(|f| f.reasons.as_slice()).unwrap_or_default();
                let keys = reasons.iter().map(|choice| choice.key.as_str()).collect::<Vec<_>>();
                self.toggle((index, Part::Reason), band, &keys, reason, on)?;
            }
            (Step::Why(_), Input::Done | Input::Skip) | (Step::Review, Input::Keep) => self.step = Step::End,
            (Step::End, Input::Change) => self.step = self.change(script)?,
            (Step::Review, Input::ChangeQuestion(index)) => {
                if !self.applicable(script).contains(&index) {
                    return Err(Stale);
                }
                self.step = Step::Ask(index);
            }
            (_, Input::Words) => return Ok(Some(self.accept_words(script))),
            _ => return Err(Stale),
        }
        Ok(None)
    }

    fn score(&mut self, script: &Script, index: usize, value: i64) -> Result<(), Stale> {
        let question = question(script, index)?;
        let scale = question.scale.filter(|_| question.metric.has_scale()).ok_or(Stale)?;
        if !scale.contains(value) {
            return Err(Stale);
        }
        let band = question.bands.map(|bands| bands.band(value));
        let given = Given { value: Some(value), band, ..Given::default() };
        self.given.insert((index, Part::Answer), given);
        let asks = band.is_some_and(|band| question.follow_up(band).asks());
        self.step = if asks { Step::Why(index) } else { Step::End };
        Ok(())
    }

    fn choose(&mut self, script: &Script, index: usize, option: usize) -> Result<(), Stale> {
        let question = question(script, index)?;
        if !question.metric.takes_options() || question.multiple {
            return Err(Stale);
        }
        let key = question.options.get(option).ok_or(Stale)?.key.clone();
        self.given.insert((index, Part::Answer), Given { options: vec![key], ..Given::default() });
        self.step = Step::End;
        Ok(())
    }

    fn toggle(
        &mut self,
        at: (usize, Part),
        band: Option<Band>,
        keys: &[&str],
        index: usize,
        on: bool,
    ) -> Result<(), Stale> {
        let key = *keys.get(index).ok_or(Stale)?;
        let given = self.given.entry(at).or_default();
        if given.band != band {
            // The reasons were for another score.
            given.options.clear();
        }
        given.band = band;
        given.skipped = false;
        given.options.retain(|chosen| chosen != key);
        if on {
            given.options.push(key.to_owned());
            given.options.sort_by_key(|chosen| keys.iter().position(|key| key == chosen));
        }
        Ok(())
    }

    fn skip(&mut self, script: &Script, index: usize) -> Result<(), Stale> {
        let question = question(script, index)?;
        if !question.may_skip() {
            return Err(Stale);
        }
        self.given.insert((index, Part::Answer), Given { skipped: true, ..Given::default() });
        self.step = Step::End;
        Ok(())
    }

    fn change(&self, script: &Script) -> Result<Step, Stale> {
        match self.applicable(script).as_slice() {
            [] => Err(Stale),
            [only] => Ok(Step::Ask(*only)),
            _ => Ok(Step::Review),
        }
    }

    /// Words answer an open text question. Otherwise they are the comment on the current question, or else they are
    /// added to the comment on the last question answered.
    fn accept_words(&mut self, script: &Script) -> (usize, Part) {
        let at = match self.step {
            Step::Ask(index) if script.questions[index].metric.takes_words() => (index, Part::Answer),
            Step::Ask(index) => (self.previous(script, index).unwrap_or(index), Part::Comment),
            Step::Why(index) => (index, Part::Comment),
            Step::End | Step::Review => (self.last_answered(script), Part::Comment),
        };
        let moves_on = matches!((self.step, at.1), (Step::Ask(_), Part::Answer) | (Step::Why(_), _));
        self.add_words(at);
        if moves_on {
            self.step = Step::End;
        }
        at
    }

    /// Marks the given part as having words, creating it if needed. For messages already known to belong to a comment.
    pub fn add_words(&mut self, at: (usize, Part)) {
        let band = self.given.get(&(at.0, Part::Answer)).and_then(|answer| answer.band);
        let given = self.given.entry(at).or_default();
        given.words = true;
        given.skipped = false;
        if at.1 == Part::Comment {
            given.band = band;
        }
    }

    /// Keeps what was given but restores the step and its buttons from `before`.
    pub fn stay_at(&mut self, before: &Self) {
        self.step = before.step;
        self.turn = before.turn;
    }

    fn last_answered(&self, script: &Script) -> usize {
        let applicable = self.applicable(script);
        let answered = applicable.iter().rev().find(|index| self.live(**index, Part::Answer).is_some());
        answered.or(applicable.last()).copied().unwrap_or(0)
    }

    fn has_options(&self, index: usize, part: Part) -> bool {
        self.given.get(&(index, part)).is_some_and(|given| !given.options.is_empty())
    }

    fn is_given(&self, index: usize) -> bool {
        self.live(index, Part::Answer).is_some_and(|given| !given.skipped || given.words)
    }

    /// [`Step::End`] stands for "go on": moves to the next open question if there is one.
    fn follow_path(&mut self, script: &Script) {
        if self.step == Step::End
            && let Some(next) = path::next_question(script, self)
        {
            self.step = Step::Ask(next);
        }
    }
}

fn question(script: &Script, index: usize) -> Result<&Question, Stale> {
    script.questions.get(index).ok_or(Stale)
}

impl Question {
    /// Whether a customer may skip the question: yes if it takes words or several options.
    #[must_use]
    pub fn may_skip(&self) -> bool {
        self.metric.takes_words() || self.multiple
    }

    /// The follow-up for a band, if it is a step of its own.
    #[must_use]
    pub fn why(&self, band: Band) -> Option<&FollowUp> {
        Some(self.follow_up(band)).filter(|follow_up| follow_up.asks())
    }
}
