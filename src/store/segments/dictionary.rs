//! The numbers that stand for texts in segments.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use sqlx::FromRow;

use crate::domain::scale::written;
use crate::store::{Result, Tx, on_engine, query_as};

written! {
    /// What a text is. Each kind has codes of its own, from 1 on; 0 stands for none.
    Vocabulary {
        Script = "script",
        /// A state with its reason, as [`super::row::state_text`] writes it.
        State = "state",
        Agent = "agent", Team = "team", Store = "store", Channel = "channel", Automation = "automation",
        Hook = "hook", Kind = "kind", Tag = "tag", Segment = "segment",
        /// A script's question: `script/question`.
        Question = "question",
        /// Options that were chosen together, as they are stored.
        Options = "options",
    }
}

/// All words of all kinds. What has no code yet gets the next one, which is stored with the segments that need it. Cheap to
/// clone: a clone copies the words of a kind when it gets one more.
#[derive(Clone, Debug, Default)]
pub(super) struct Dictionary {
    words: HashMap<Vocabulary, Arc<Words>>,
    unwritten: Vec<Word>,
}

#[derive(Clone, Debug, Default)]
struct Words {
    codes: HashMap<Arc<str>, u32>,
    texts: Vec<Option<Arc<str>>>,
}

#[derive(Clone, Debug)]
pub(super) struct Word {
    pub kind: Vocabulary,
    pub code: u32,
    pub text: Arc<str>,
}

#[derive(Debug, FromRow)]
struct WordRow {
    kind: String,
    code: i64,
    text: Option<String>,
}

impl Words {
    fn put(&mut self, code: u32, text: Option<Arc<str>>) {
        let place = code as usize;
        if self.texts.len() <= place {
            self.texts.resize(place + 1, None);
        }
        if let Some(text) = &text {
            self.codes.insert(Arc::clone(text), code);
        }
        self.texts[place] = text;
    }

    fn next(&self) -> u32 {
        u32::try_from(self.texts.len().max(1)).unwrap_or(u32::MAX)
    }
}

impl Dictionary {
    /// The text's code. A text that has none gets one.
    pub(super) fn code(&mut self, kind: Vocabulary, text: &str) -> u32 {
        let words = self.words.entry(kind).or_default();
        if let Some(code) = words.codes.get(text) {
            return *code;
        }
        let (code, text) = (words.next(), Arc::<str>::from(text));
        Arc::make_mut(words).put(code, Some(Arc::clone(&text)));
        self.unwritten.push(Word { kind, code, text });
        code
    }

    /// The same, with 0 for none.
    pub(super) fn code_of(&mut self, kind: Vocabulary, text: Option<&str>) -> u32 {
        text.map_or(0, |text| self.code(kind, text))
    }

    pub(super) fn text(&self, kind: Vocabulary, code: u32) -> Option<&str> {
        self.words.get(&kind)?.texts.get(code as usize)?.as_deref()
    }

    /// The script of a question.
    pub(super) fn script_of(&self, question: u32) -> Option<u32> {
        let (script, _) = self.text(Vocabulary::Question, question)?.split_once('/')?;
        self.words.get(&Vocabulary::Script)?.codes.get(script).copied()
    }

    /// Every word of a kind with its code.
    pub(super) fn all(&self, kind: Vocabulary) -> impl Iterator<Item = (u32, &str)> {
        let texts = self.words.get(&kind).map_or(&[][..], |words| &words.texts);
        (0..).zip(texts).filter_map(|(code, text)| Some((code, text.as_deref()?)))
    }

    /// Whether all codes of this kind are below `limit`.
    pub(super) fn is_below(&self, kind: Vocabulary, limit: usize) -> bool {
        self.words.get(&kind).is_none_or(|words| words.texts.len() <= limit)
    }

    /// The words that are not stored yet.
    pub(super) fn unwritten(&self) -> &[Word] {
        &self.unwritten
    }
}

impl Tx {
    pub(super) async fn load_segment_words(&mut self) -> Result<Dictionary> {
        let query = query_as::<WordRow>("SELECT kind, code, text FROM segment_words");
        let mut dictionary = Dictionary::default();
        for WordRow { kind, code, text } in on_engine!(self, fetch_all, query)? {
            if let (Ok(kind), Ok(code)) = (kind.parse(), u32::try_from(code)) {
                let words = dictionary.words.entry(kind).or_default();
                Arc::make_mut(words).put(code, text.map(Arc::from));
            }
        }
        Ok(dictionary)
    }

    pub(super) async fn insert_segment_words(&mut self, words: &[Word]) -> Result<()> {
        let text = |values: &str| format!("INSERT INTO segment_words (kind, code, text) VALUES {values}");
        self.insert_rows(words, 3, text, |query, word| {
            query.bind(word.kind.as_str()).bind(i64::from(word.code)).bind(&*word.text)
        })
        .await
    }

    /// Clears the texts of words that are used no more. Their codes stay taken.
    pub(super) async fn forget_segment_words(
        &mut self,
        vocabulary: Vocabulary,
        codes: &BTreeSet<u32>,
    ) -> Result<()> {
        let codes: Vec<i64> = codes.iter().copied().map(i64::from).collect();
        let kind = vocabulary.as_str();
        let text = |list: &str| {
            format!("UPDATE segment_words SET text = NULL WHERE kind = '{kind}' AND code IN {list}")
        };
        self.execute_of(&codes, text).await?;
        Ok(())
    }
}
