//! The surveys of one day: sorted into runs, packed into columns, and read back.

use std::collections::{BTreeMap, HashMap};

use super::column::{Column, Packed, Reader, pack};
use super::dictionary::Vocabulary;
use super::row::{Row, RunKey, SINGLE};

/// The form of the columns. Segments of another form are built again.
pub(super) const FORMAT: u8 = 2;

/// Rows that are alike in what the key says. They stand together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub key: RunKey,
    pub rows: usize,
}

/// What the head of a day says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// The smallest key of a survey. The column of surveys counts from here.
    pub base: i64,
    pub runs: Vec<Run>,
}

impl Head {
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        if reader.byte()? != FORMAT {
            return None;
        }
        let base = reader.long()?;
        let [scripts, flags, states, rows] =
            [reader.numbers()?, reader.numbers()?, reader.numbers()?, reader.numbers()?];
        let runs = scripts.iter().zip(&flags).zip(states.iter().zip(&rows));
        let runs = runs.map(|((script, flags), (state, rows))| Run {
            key: RunKey {
                script: *script,
                is_silent: flags & 1 == 1,
                is_delivered: flags & 2 == 2,
                state: *state,
            },
            rows: *rows as usize,
        });
        Some(Self { base, runs: runs.collect() })
    }

    fn write(&self) -> Vec<u8> {
        let mut bytes = vec![FORMAT];
        bytes.extend(self.base.to_le_bytes());
        let mut column = |of: &dyn Fn(&Run) -> u32| {
            pack(&self.runs.iter().map(of).collect::<Vec<_>>(), &mut bytes);
        };
        column(&|run| run.key.script);
        column(&|run| u32::from(run.key.is_silent) | u32::from(run.key.is_delivered) << 1);
        column(&|run| run.key.state);
        column(&|run| number(run.rows));
        bytes
    }

    pub(super) fn rows(&self) -> usize {
        self.runs.iter().map(|run| run.rows).sum()
    }

    /// Where the answered rows of each script begin, and how many they are. Columns of answers hold these rows only.
    pub(super) fn answered(&self) -> HashMap<u32, (usize, usize)> {
        let mut answered: HashMap<u32, (usize, usize)> = HashMap::new();
        let mut start = 0;
        for run in &self.runs {
            if !run.key.is_silent {
                answered.entry(run.key.script).or_insert((start, 0)).1 += run.rows;
            }
            start += run.rows;
        }
        answered
    }
}

/// Sets of codes, each stored once for a day.
#[derive(Clone, Debug, Default)]
pub(super) struct Sets {
    /// Where each set ends in `members`.
    ends: Vec<usize>,
    members: Vec<u32>,
    /// The set of each row.
    pub of_row: Vec<u32>,
}

impl Sets {
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        let [sizes, members, of_row] = [reader.numbers()?, reader.numbers()?, reader.numbers()?];
        let add = |end: &mut usize, size: &u32| {
            *end += *size as usize;
            Some(*end)
        };
        let ends: Vec<usize> = sizes.iter().scan(0, add).collect();
        let fits = ends.last().copied().unwrap_or(0) == members.len()
            && of_row.iter().all(|set| (*set as usize) < ends.len());
        fits.then_some(Self { ends, members, of_row })
    }

    fn write<'r>(rows: impl Iterator<Item = &'r [u32]>) -> Vec<u8> {
        let (mut known, mut sizes, mut members) = (HashMap::<&[u32], u32>::new(), Vec::new(), Vec::new());
        let mut of_row = Vec::new();
        for set in rows {
            let next = number(known.len());
            let place = *known.entry(set).or_insert_with(|| {
                sizes.push(number(set.len()));
                members.extend_from_slice(set);
                next
            });
            of_row.push(place);
        }
        let mut bytes = Vec::new();
        for column in [&sizes, &members, &of_row] {
            pack(column, &mut bytes);
        }
        bytes
    }

    /// The members of every set, in the order of the sets' numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u32]> {
        let starts = std::iter::once(&0).chain(&self.ends);
        starts.zip(&self.ends).map(|(start, end)| &self.members[*start..*end])
    }

    /// The members of a set.
    pub(super) fn members(&self, set: u32) -> &[u32] {
        let set = set as usize;
        let start = if set == 0 { 0 } else { self.ends[set - 1] };
        &self.members[start..self.ends[set]]
    }
}

/// Numbers that few rows have, with the places of these rows.
fn write_sparse(numbers: impl Iterator<Item = Option<u32>>) -> Vec<u8> {
    let (places, numbers): (Vec<u32>, Vec<u32>) =
        (0..).zip(numbers).filter_map(|(place, number)| Some((place, number?))).unzip();
    let mut bytes = Vec::new();
    pack(&places, &mut bytes);
    pack(&numbers, &mut bytes);
    bytes
}

pub(super) fn read_sparse(bytes: &[u8]) -> Option<Vec<(usize, u32)>> {
    let mut reader = Reader(bytes);
    let (places, numbers) = (reader.numbers()?, reader.numbers()?);
    Some(places.into_iter().map(|place| place as usize).zip(numbers).collect())
}

/// What an event may say or leave out, in a code.
fn said_code(overdue: Option<bool>, solved_at_once: Option<bool>) -> u32 {
    let code = |said: Option<bool>| said.map_or(0, |is_true| 1 + u32::from(is_true));
    code(overdue) | code(solved_at_once) << 2
}

/// Whether the ticket was overdue, and whether it was solved at first contact.
pub(super) fn said_of(code: u32) -> [Option<bool>; 2] {
    [code & 3, code >> 2 & 3].map(|said| said.checked_sub(1).map(|said| said == 1))
}

fn number(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}

fn packed(numbers: impl Iterator<Item = u32>) -> Vec<u8> {
    let mut bytes = Vec::new();
    pack(&numbers.collect::<Vec<_>>(), &mut bytes);
    bytes
}

/// Packs the surveys of a day. A day without surveys has no columns.
pub(super) fn encode(mut rows: Vec<Row>) -> Packed {
    let mut columns = Packed::new();
    rows.sort_unstable_by_key(|row| (row.key, row.survey));
    let Some(base) = rows.iter().map(|row| row.survey).min() else { return columns };
    let runs = rows.chunk_by(|a, b| a.key == b.key).map(|run| Run { key: run[0].key, rows: run.len() });
    let head = Head { base, runs: runs.collect() };
    columns.insert(Column::HEAD, head.write());
    let surveys = rows.iter().map(|row| u32::try_from(row.survey - base).unwrap_or(u32::MAX));
    columns.insert(Column::SURVEY, packed(surveys));
    columns.insert(Column::CUSTOMER, packed(rows.iter().map(|row| row.customer)));
    columns.insert(Column::VERSION, packed(rows.iter().map(|row| row.version)));
    columns.insert(
        Column::MARKS,
        packed(rows.iter().map(|row| u32::from(row.is_late) | u32::from(row.unit) << 1)),
    );
    columns.insert(Column::SINCE, packed(rows.iter().map(|row| row.since)));
    columns.insert(Column::FIRST_RESPONSE, write_sparse(rows.iter().map(|row| row.first_response)));
    columns.insert(Column::RESOLUTION, write_sparse(rows.iter().map(|row| row.resolution)));
    columns.insert(Column::MESSAGES, write_sparse(rows.iter().map(|row| row.messages)));
    columns.insert(Column::SAID, packed(rows.iter().map(|row| said_code(row.overdue, row.solved_at_once))));
    for (place, kind) in SINGLE.into_iter().enumerate() {
        columns
            .extend(Column::of(kind).map(|column| (column, packed(rows.iter().map(|row| row.words[place])))));
    }
    let tags = Sets::write(rows.iter().map(|row| row.tags.as_slice()));
    let segments = Sets::write(rows.iter().map(|row| row.segments.as_slice()));
    for (kind, sets) in [(Vocabulary::Tag, tags), (Vocabulary::Segment, segments)] {
        columns.extend(Column::of(kind).map(|column| (column, sets)));
    }
    columns.insert(Column::REASONS, write_reasons(&rows));
    for (start, count) in head.answered().into_values() {
        columns.extend(write_answers(&rows[start..start + count]));
    }
    columns
}

fn write_reasons(rows: &[Row]) -> Vec<u8> {
    let each = || (0..).zip(rows).flat_map(|(place, row)| row.reasons.iter().map(move |of| (place, *of)));
    let mut bytes = Vec::new();
    pack(&each().map(|(place, _)| place).collect::<Vec<_>>(), &mut bytes);
    pack(&each().map(|(_, (slot, _))| slot).collect::<Vec<_>>(), &mut bytes);
    pack(&each().map(|(_, (_, reasons))| reasons).collect::<Vec<_>>(), &mut bytes);
    bytes
}

/// The columns of answers of one script's answered rows.
fn write_answers(rows: &[Row]) -> impl Iterator<Item = (Column, Vec<u8>)> {
    let mut slots: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (place, row) in rows.iter().enumerate() {
        for (slot, code) in &row.answers {
            slots.entry(*slot).or_insert_with(|| vec![0; rows.len()])[place] = *code;
        }
    }
    slots.into_iter().map(|(slot, codes)| (Column::of_slot(slot), packed(codes.into_iter())))
}

/// Reads back what [`encode`] packed. `script_of` finds the script of a question. `None` if the columns do not fit together.
pub(super) fn decode(columns: &Packed, script_of: impl Fn(u32) -> Option<u32>) -> Option<Vec<Row>> {
    decode_some(columns, script_of, |_| true)
}

/// The same for the rows at some places.
pub(super) fn decode_some(
    columns: &Packed,
    script_of: impl Fn(u32) -> Option<u32>,
    is_wanted: impl Fn(usize) -> bool,
) -> Option<Vec<Row>> {
    if columns.is_empty() {
        return Some(Vec::new());
    }
    let head = Head::read(columns.get(&Column::HEAD)?)?;
    let rows = head.rows();
    let column = |column: Column| {
        let numbers = Reader(columns.get(&column)?).numbers()?;
        (numbers.len() == rows).then_some(numbers)
    };
    let sparse = |column: Column| {
        let mut numbers = vec![None; rows];
        for (place, number) in read_sparse(columns.get(&column)?)? {
            *numbers.get_mut(place)? = Some(number);
        }
        Some(numbers)
    };
    let sets = |kind: Vocabulary| {
        Sets::read(columns.get(&Column::of(kind)?)?).filter(|sets| sets.of_row.len() == rows)
    };
    let (surveys, customers) = (column(Column::SURVEY)?, column(Column::CUSTOMER)?);
    let (versions, marks, since) = (column(Column::VERSION)?, column(Column::MARKS)?, column(Column::SINCE)?);
    let (first_response, resolution) = (sparse(Column::FIRST_RESPONSE)?, sparse(Column::RESOLUTION)?);
    let (messages, said) = (sparse(Column::MESSAGES)?, column(Column::SAID)?);
    let words: Vec<Vec<u32>> =
        SINGLE.into_iter().map(|kind| column(Column::of(kind)?)).collect::<Option<_>>()?;
    let (tags, segments) = (sets(Vocabulary::Tag)?, sets(Vocabulary::Segment)?);
    let keys = head.runs.iter().flat_map(|run| std::iter::repeat_n(run.key, run.rows));
    let row = |(place, key): (usize, RunKey)| {
        let [overdue, solved_at_once] = said_of(said[place]);
        is_wanted(place).then(|| Row {
            key,
            survey: head.base + i64::from(surveys[place]),
            customer: customers[place],
            version: versions[place],
            words: std::array::from_fn(|word| words[word][place]),
            is_late: marks[place] & 1 == 1,
            unit: u8::try_from(marks[place] >> 1).unwrap_or(u8::MAX),
            since: since[place],
            tags: tags.members(tags.of_row[place]).to_vec(),
            segments: segments.members(segments.of_row[place]).to_vec(),
            first_response: first_response[place],
            resolution: resolution[place],
            messages: messages[place],
            overdue,
            solved_at_once,
            answers: Vec::new(),
            reasons: Vec::new(),
        })
    };
    let mut rows: Vec<Option<Row>> = keys.enumerate().map(row).collect();
    for (place, slot, reasons) in read_reasons(columns.get(&Column::REASONS)?)? {
        if let Some(row) = rows.get_mut(place)? {
            row.reasons.push((slot, reasons));
        }
    }
    let answered = head.answered();
    for (column, bytes) in columns {
        let Some(slot) = column.slot() else { continue };
        let (start, count) = *answered.get(&script_of(slot)?)?;
        let codes = Reader(bytes).numbers().filter(|codes| codes.len() == count)?;
        for (row, code) in rows[start..start + count].iter_mut().zip(codes).filter(|(_, code)| *code > 0) {
            if let Some(row) = row {
                row.answers.push((slot, code));
            }
        }
    }
    Some(rows.into_iter().flatten().collect())
}

/// The reasons of a day: the row, the question, and the code of the reasons.
pub(super) fn read_reasons(bytes: &[u8]) -> Option<Vec<(usize, u32, u32)>> {
    let mut reader = Reader(bytes);
    let [places, slots, reasons] = [reader.numbers()?, reader.numbers()?, reader.numbers()?];
    let given = places.into_iter().zip(slots.into_iter().zip(reasons));
    Some(given.map(|(place, (slot, reasons))| (place as usize, slot, reasons)).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The question's code tells its script here: script 1 has the questions 1 and 2, script 2 has 3 and 4.
    #[expect(clippy::unnecessary_wraps, reason = "the shape that decoding asks for")]
    fn script_of(slot: u32) -> Option<u32> {
        Some(slot.div_ceil(2))
    }

    fn any_row() -> impl Strategy<Value = Row> {
        let set = || prop::collection::btree_set(1..400_u32, 0..4).prop_map(|set| set.into_iter().collect());
        let key = (0..3_u32, any::<bool>(), 1..9_u32);
        let wait = || prop::option::of(prop_oneof![0..200_u32, any::<u32>()]);
        let words = prop::array::uniform7(prop_oneof![0..3_u32, 0..70_000_u32]);
        let answers = prop::collection::btree_map(0..2_u32, 1..70_000_u32, 0..3);
        let rest = (any::<bool>(), 0..20_u8, 0..5000_u32, 0..9_u32, prop_oneof![0..50_u32, 0..5_000_000_u32]);
        (key, rest, words, set(), set(), (wait(), wait()), answers).prop_map(
            |(key, (is_late, unit, since, version, customer), words, tags, segments, waits, answers)| {
                let (script, is_delivered, state) = key;
                let answers: Vec<(u32, u32)> = answers
                    .into_iter()
                    .filter(|_| script > 0)
                    .map(|(question, code)| (2 * script - 1 + question, code))
                    .collect();
                Row {
                    key: RunKey { script, is_silent: answers.is_empty(), is_delivered, state },
                    survey: 0,
                    customer,
                    version,
                    words,
                    is_late,
                    unit,
                    since,
                    tags,
                    segments,
                    first_response: waits.0,
                    resolution: waits.1,
                    messages: waits.0,
                    overdue: waits.0.map(|wait| wait % 2 == 0),
                    solved_at_once: waits.1.map(|wait| wait % 2 == 0),
                    reasons: answers.iter().take(1).map(|(slot, code)| (*slot, code / 2)).collect(),
                    answers,
                }
            },
        )
    }

    proptest! {
        #[test]
        fn a_day_of_any_surveys_is_read_back(
            rows in prop::collection::vec(any_row(), 0..60),
            first in 1..5_000_000_000_i64,
            step in 1..90_000_i64,
        ) {
            let surveys = (first..).step_by(usize::try_from(step).unwrap());
            let mut rows: Vec<Row> =
                rows.into_iter().zip(surveys).map(|(row, survey)| Row { survey, ..row }).collect();
            let columns = encode(rows.clone());
            rows.sort_unstable_by_key(|row| (row.key, row.survey));
            prop_assert_eq!(decode(&columns, script_of), Some(rows));
        }

        #[test]
        fn what_is_broken_is_noticed_and_nothing_panics(
            rows in prop::collection::vec(any_row(), 1..20),
            column in any::<prop::sample::Index>(),
            byte in any::<prop::sample::Index>(),
            value in any::<u8>(),
        ) {
            let surveys = 1_i64..;
            let rows: Vec<Row> =
                rows.into_iter().zip(surveys).map(|(row, survey)| Row { survey, ..row }).collect();
            let mut columns = encode(rows);
            let column = *column.get(&columns.keys().copied().collect::<Vec<_>>());
            let bytes = columns.get_mut(&column).unwrap();
            let place = byte.index(bytes.len());
            bytes[place] = value;
            let _ = decode(&columns, script_of);
        }
    }
}
