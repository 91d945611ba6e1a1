//! The columns of a day, and how a column's numbers are packed.

use std::collections::BTreeMap;

use super::dictionary::{Dictionary, Vocabulary};

/// The days of a column are the keys from its number times this.
const DAYS: i64 = 1 << 20;
/// The columns of answers begin here; there is one for each question of a script.
const FIRST_SLOT: u32 = 64;

/// One column of a day. Its number is in the keys of stored segments and never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Column(u32);

/// The columns of one day, packed.
pub(super) type Packed = BTreeMap<Column, Vec<u8>>;

impl Column {
    pub(super) const HEAD: Self = Self(0);
    pub(super) const SURVEY: Self = Self(1);
    pub(super) const CUSTOMER: Self = Self(2);
    pub(super) const VERSION: Self = Self(3);
    pub(super) const MARKS: Self = Self(4);
    pub(super) const SINCE: Self = Self(5);
    pub(super) const FIRST_RESPONSE: Self = Self(6);
    pub(super) const RESOLUTION: Self = Self(7);
    pub(super) const REASONS: Self = Self(8);
    pub(super) const MESSAGES: Self = Self(9);
    pub(super) const SAID: Self = Self(10);
    const AGENT: Self = Self(16);
    const TEAM: Self = Self(17);
    const STORE: Self = Self(18);
    const CHANNEL: Self = Self(19);
    const AUTOMATION: Self = Self(20);
    const HOOK: Self = Self(21);
    const KIND: Self = Self(22);
    const TAGS: Self = Self(23);
    const SEGMENTS: Self = Self(24);

    /// The column with the codes of these words. Some words have none: they are in the head, or in columns of answers.
    pub(super) const fn of(kind: Vocabulary) -> Option<Self> {
        match kind {
            Vocabulary::Agent => Some(Self::AGENT),
            Vocabulary::Team => Some(Self::TEAM),
            Vocabulary::Store => Some(Self::STORE),
            Vocabulary::Channel => Some(Self::CHANNEL),
            Vocabulary::Automation => Some(Self::AUTOMATION),
            Vocabulary::Hook => Some(Self::HOOK),
            Vocabulary::Kind => Some(Self::KIND),
            Vocabulary::Tag => Some(Self::TAGS),
            Vocabulary::Segment => Some(Self::SEGMENTS),
            Vocabulary::Script | Vocabulary::State | Vocabulary::Question | Vocabulary::Options => None,
        }
    }

    /// Every column that a day may have.
    pub(super) fn all(words: &Dictionary) -> Vec<Self> {
        let fixed = [
            Self::HEAD,
            Self::SURVEY,
            Self::CUSTOMER,
            Self::VERSION,
            Self::MARKS,
            Self::SINCE,
            Self::FIRST_RESPONSE,
            Self::RESOLUTION,
            Self::REASONS,
            Self::MESSAGES,
            Self::SAID,
        ];
        let of_words = Vocabulary::ALL.iter().filter_map(|kind| Self::of(*kind));
        let slots = words.all(Vocabulary::Question).map(|(slot, _)| Self::of_slot(slot));
        fixed.into_iter().chain(of_words).chain(slots).collect()
    }

    /// The answers to one question; `slot` is the question's code.
    pub(super) const fn of_slot(slot: u32) -> Self {
        Self(FIRST_SLOT + slot)
    }

    /// The question whose answers these are.
    pub(super) const fn slot(self) -> Option<u32> {
        self.0.checked_sub(FIRST_SLOT)
    }

    /// The key of this column on a day.
    pub(super) fn key(self, day: i64) -> i64 {
        i64::from(self.0) * DAYS + day
    }

    /// The column and the day of a key.
    pub(super) fn of_key(key: i64) -> Option<(Self, i64)> {
        Some((Self(u32::try_from(key.div_euclid(DAYS)).ok()?), key.rem_euclid(DAYS)))
    }

    /// The keys of all days of all columns lie below this.
    pub(super) const fn is_a_day(day: i64) -> bool {
        0 <= day && day < DAYS
    }
}

/// The most numbers of a column; more can only be a broken one.
const MOST: usize = 1 << 24;

/// Appends numbers: their width in bytes, their count, and then each of them, lowest byte first. Width 0 stands for
/// one number that all of them are.
pub(super) fn pack(numbers: &[u32], to: &mut Vec<u8>) {
    let largest = numbers.iter().max().copied().unwrap_or(0);
    let is_constant = numbers.iter().all(|number| *number == largest);
    let width: usize = match largest {
        _ if is_constant => 0,
        0..=0xff => 1,
        0x100..=0xffff => 2,
        0x1_0000.. => 4,
    };
    to.push(u8::try_from(width).unwrap_or(4));
    to.extend(u32::try_from(numbers.len()).unwrap_or(u32::MAX).to_le_bytes());
    if width == 0 {
        to.extend(largest.to_le_bytes());
    } else {
        to.extend(numbers.iter().flat_map(|number| number.to_le_bytes().into_iter().take(width)));
    }
}

/// Reads packed columns from the front. Every method returns `None` for bytes that [`pack`] did not write.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*first)
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.take::<1>().map(|[byte]| byte)
    }

    pub(super) fn long(&mut self) -> Option<i64> {
        self.take().map(i64::from_le_bytes)
    }

    /// Replaces the content of `numbers` by the next packed ones.
    pub(super) fn numbers_into(&mut self, numbers: &mut Vec<u32>) -> Option<()> {
        numbers.clear();
        let width = usize::from(self.byte()?);
        let count = usize::try_from(u32::from_le_bytes(self.take()?)).ok().filter(|count| *count <= MOST)?;
        if width == 0 {
            numbers.resize(count, u32::from_le_bytes(self.take()?));
            return Some(());
        }
        let (bytes, rest) = self.0.split_at_checked(width * count)?;
        self.0 = rest;
        match width {
            1 => numbers.extend(bytes.iter().map(|byte| u32::from(*byte))),
            2 => numbers.extend(bytes.as_chunks().0.iter().map(|pair| u32::from(u16::from_le_bytes(*pair)))),
            4 => numbers.extend(bytes.as_chunks().0.iter().map(|four| u32::from_le_bytes(*four))),
            _ => return None,
        }
        Some(())
    }

    pub(super) fn numbers(&mut self) -> Option<Vec<u32>> {
        let mut numbers = Vec::new();
        self.numbers_into(&mut numbers)?;
        Some(numbers)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_of_any_width_are_read_back_one_column_after_the_other(
            first in prop_oneof![
                prop::collection::vec(0..=0xff_u32, 0..40),
                prop::collection::vec(0..=0xffff_u32, 0..40),
                prop::collection::vec(any::<u32>(), 0..40),
                (any::<u32>(), 0..40_usize).prop_map(|(number, count)| vec![number; count]),
            ],
            second in prop::collection::vec(any::<u32>(), 0..4),
        ) {
            let mut bytes = Vec::new();
            pack(&first, &mut bytes);
            pack(&second, &mut bytes);
            let mut reader = Reader(&bytes);
            prop_assert_eq!(reader.numbers(), Some(first));
            prop_assert_eq!(reader.numbers(), Some(second));
            prop_assert!(reader.0.is_empty());
        }
    }

    #[test]
    fn what_was_cut_off_is_noticed() {
        let mut bytes = Vec::new();
        pack(&[1, 2, 70_000], &mut bytes);
        for end in 0..bytes.len() {
            assert_eq!(Reader(&bytes[..end]).numbers(), None, "{end}");
        }
        assert_eq!(Reader(&[3, 1, 0, 0, 0, 9, 9, 9]).numbers(), None, "no column is three bytes wide");
    }

    #[test]
    fn a_key_tells_column_and_day() {
        for column in [Column::HEAD, Column::SEGMENTS, Column::of_slot(7)] {
            assert_eq!(Column::of_key(column.key(20_786)), Some((column, 20_786)));
        }
        assert_eq!(Column::of_slot(7).slot(), Some(7));
        assert_eq!(Column::SEGMENTS.slot(), None);
    }
}
