//! The answers to one question while they are counted.

use std::collections::BTreeMap;

use super::dictionary::{Dictionary, Vocabulary};
use super::row::Answer;
use super::sizes::Givers;
use crate::domain::counting::{Answers, Given, QuestionKey};

/// How often each code was given in each group, and by whom.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// By code, then by group.
    codes: Vec<Vec<u64>>,
    pub givers: Givers,
}

impl Tally {
    pub(super) fn add(&mut self, code: u32, group: u32, customer: u32) {
        let (code, place) = (code as usize, group as usize);
        if self.codes.len() <= code {
            self.codes.resize(code + 1, Vec::new());
        }
        let by_group = &mut self.codes[code];
        if by_group.len() <= place {
            by_group.resize(place + 1, 0);
        }
        by_group[place] += 1;
        self.givers.add(customer, group);
    }

    /// The values that were given, with how often each was in each group. `None` if something else was given.
    pub(super) fn codes(&self) -> Option<Vec<(Given, &[u64])>> {
        let given = (0..).zip(&self.codes).filter(|(_, by_group)| !by_group.is_empty());
        let value = |(code, by_group)| match Answer::of_code(code)? {
            Answer::Value { value, band, .. } => Some(((value, band), Vec::as_slice(by_group))),
            Answer::Options(_) | Answer::Words => None,
        };
        given.map(value).collect()
    }

    /// All groups are below this.
    pub(super) fn groups(&self) -> usize {
        self.codes.iter().map(Vec::len).max().unwrap_or(0)
    }

    /// The answers in each group that has any, still without the customers. `None` if a code has no word.
    pub(super) fn answers(&self, words: &Dictionary) -> Option<BTreeMap<u32, Answers>> {
        let mut answers: BTreeMap<u32, Answers> = BTreeMap::new();
        for (code, by_group) in (0..).zip(&self.codes) {
            for (group, given) in (0..).zip(by_group).filter(|(_, given)| **given > 0) {
                let of = answers.entry(group).or_default();
                match Answer::of_code(code)? {
                    Answer::Value { value, band, .. } => {
                        *of.values.entry((value, band)).or_default() += given;
                    }
                    Answer::Options(options) => {
                        let options = words.text(Vocabulary::Options, options)?.to_owned();
                        *of.options.entry(options).or_default() += given;
                    }
                    Answer::Words => return None,
                }
            }
        }
        Some(answers)
    }
}

/// The question with this code.
pub(super) fn question_key(slot: u32, words: &Dictionary) -> Option<QuestionKey> {
    let (script, question) = words.text(Vocabulary::Question, slot)?.split_once('/')?;
    Some(QuestionKey { script: script.to_owned(), question: question.to_owned() })
}
