//! Which tags and customer segments many customers have. They stay with the events of an erased customer, because nobody
//! can be told by them; those that fewer have go.
//!
//! A word that is shared once stays shared, so that what remains of a customer does not depend on who was erased before.

use std::collections::{BTreeSet, HashSet};

use super::events::NewEvent;
use super::{Result, Tx};
use crate::domain::event::Event;
use crate::domain::ids::CustomerKey;

/// From so many customers on, a word is shared.
const SHARED_BY: usize = 20;

/// What a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WordKind {
    Tag,
    Segment,
}

impl WordKind {
    const ALL: [Self; 2] = [Self::Tag, Self::Segment];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Tag => "tag",
            Self::Segment => "segment",
        }
    }

    fn of(self, event: &Event) -> &[String] {
        match self {
            Self::Tag => &event.tags,
            Self::Segment => &event.customer.segments,
        }
    }
}

/// That a customer has a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SaidOf<'a> {
    pub kind: WordKind,
    pub word: &'a str,
    pub customer: CustomerKey,
}

impl Tx {
    /// Notes which customers have the tags and segments of these new events. Tests are left out.
    pub(super) async fn note_words(&mut self, events: &[NewEvent<'_>]) -> Result<()> {
        for kind in WordKind::ALL {
            let said = events.iter().filter(|new| !new.event.test).flat_map(|new| {
                let words = kind.of(new.event).iter();
                words.map(|word| SaidOf { kind, word: word.as_str(), customer: new.customer })
            });
            let mut said: BTreeSet<SaidOf<'_>> = said.collect();
            let words: BTreeSet<&str> = said.iter().map(|said| said.word).collect();
            let shared = self.list_shared_words(kind, &words).await?;
            said.retain(|said| !shared.contains(said.word));
            let said: Vec<SaidOf<'_>> = said.into_iter().collect();
            self.insert_rare_words(&said).await?;
            let rare: BTreeSet<&str> = said.iter().map(|said| said.word).collect();
            self.share_words(kind, &rare).await?;
        }
        Ok(())
    }

    /// Takes from these lists, joined by |, the words that are not shared.
    pub async fn leave_shared_words(&mut self, kind: WordKind, lists: Vec<&mut String>) -> Result<()> {
        let words: BTreeSet<String> = lists.iter().flat_map(|list| each(list)).map(str::to_owned).collect();
        let shared = self.list_shared_words(kind, &words.iter().map(String::as_str).collect()).await?;
        for list in lists {
            let left: Vec<&str> = each(list).filter(|word| shared.contains(*word)).collect();
            *list = left.join("|");
        }
        Ok(())
    }

    /// Forgets that these customers have these words.
    pub(super) async fn forget_words_of(&mut self, said: &[SaidOf<'_>]) -> Result<()> {
        let text = |rows: &str| {
            format!(
                "WITH gone (kind, word, customer) AS (VALUES {rows}) DELETE FROM rare_words \
                 WHERE (kind, word, customer) IN (SELECT kind, word, customer FROM gone)"
            )
        };
        self.insert_rows(said, 3, text, |query, said| {
            query.bind(said.kind.as_str()).bind(said.word).bind(said.customer)
        })
        .await
    }

    async fn insert_rare_words(&mut self, said: &[SaidOf<'_>]) -> Result<()> {
        let text = |rows: &str| {
            format!("INSERT INTO rare_words (kind, word, customer) VALUES {rows} ON CONFLICT DO NOTHING")
        };
        self.insert_rows(said, 3, text, |query, said| {
            query.bind(said.kind.as_str()).bind(said.word).bind(said.customer)
        })
        .await
    }

    async fn list_shared_words(&mut self, kind: WordKind, words: &BTreeSet<&str>) -> Result<HashSet<String>> {
        let words: Vec<&str> = words.iter().copied().collect();
        let kind = kind.as_str();
        let text =
            |list: &str| format!("SELECT word FROM shared_words WHERE kind = '{kind}' AND word IN {list}");
        let found: Vec<(String,)> = self.rows_of(&words, text).await?;
        Ok(found.into_iter().map(|(word,)| word).collect())
    }

    /// Makes those of these words shared that enough customers have by now, and forgets who has them.
    async fn share_words(&mut self, kind: WordKind, words: &BTreeSet<&str>) -> Result<()> {
        let words: Vec<&str> = words.iter().copied().collect();
        let name = kind.as_str();
        let text = |list: &str| {
            format!(
                "SELECT word FROM rare_words WHERE kind = '{name}' AND word IN {list} \
                 GROUP BY word HAVING COUNT(*) >= {SHARED_BY}"
            )
        };
        let found: Vec<(String,)> = self.rows_of(&words, text).await?;
        let text = |rows: &str| {
            format!("INSERT INTO shared_words (kind, word) VALUES {rows} ON CONFLICT DO NOTHING")
        };
        self.insert_rows(&found, 2, text, |query, (word,)| query.bind(name).bind(word.as_str())).await?;
        let found: Vec<&str> = found.iter().map(|(word,)| word.as_str()).collect();
        let text = |list: &str| format!("DELETE FROM rare_words WHERE kind = '{name}' AND word IN {list}");
        self.execute_of(&found, text).await?;
        Ok(())
    }
}

fn each(list: &str) -> impl Iterator<Item = &str> {
    list.split('|').filter(|word| !word.is_empty())
}
