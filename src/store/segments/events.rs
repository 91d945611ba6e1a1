//! Counts purchases and closed tickets with what they say, column by column.

use super::column::Column;
use super::cuts::Place;
use super::day::said_of;
use super::dictionary::{Dictionary, Vocabulary};
use super::parts::Part;
use super::reading::DayCounter;
use super::selecting::Selecting;
use crate::domain::counting::{EventCounts, Selection};
use crate::domain::event::Kind;
use crate::domain::stats::kpis::Said;

const CHANNEL: Place = Place::Single(Vocabulary::Channel);

/// A count under way. Days may come in any order, and in parts.
#[derive(Debug)]
pub(super) struct EventScan {
    selecting: Selecting,
    purchase: u32,
    closed: u32,
    counts: EventCounts,
    /// How many tickets were closed, by the code of the channel.
    channels: Vec<u64>,
}

impl EventScan {
    pub(super) fn new(selection: &Selection, words: &mut Dictionary) -> Self {
        Self {
            selecting: Selecting::new(selection, words),
            purchase: words.code(Vocabulary::Kind, Kind::Purchase.as_str()),
            closed: words.code(Vocabulary::Kind, Kind::TicketClosed.as_str()),
            counts: EventCounts::default(),
            channels: Vec::new(),
        }
    }
}

impl DayCounter for EventScan {
    type Counts = EventCounts;

    fn columns(&self, _: &Dictionary) -> Vec<Column> {
        let words = [Vocabulary::Kind, Vocabulary::Channel].into_iter().filter_map(Column::of);
        let said = [Column::FIRST_RESPONSE, Column::RESOLUTION, Column::MESSAGES, Column::SAID];
        self.selecting.columns().into_iter().chain(words).chain(said).collect()
    }

    fn add(&mut self, part: &Part, words: &Dictionary) -> Option<()> {
        let day = self.selecting.day(part, words)?;
        let kinds = day.codes(Place::Single(Vocabulary::Kind))?;
        let selected = || kinds.iter().zip(&day.is_selected).filter(|(_, is_selected)| **is_selected);
        let purchases = selected().filter(|(kind, _)| **kind == self.purchase).count();
        self.counts.purchases += purchases as u64;
        let is_closed: Vec<bool> = kinds
            .iter()
            .zip(&day.is_selected)
            .map(|(kind, is_selected)| *is_selected && *kind == self.closed)
            .collect();
        let rows = |(row, number): (usize, u32)| Some(is_closed.get(row).copied()?.then_some(number));
        let of_closed =
            |column: Column| day.sparse(column)?.into_iter().map(rows).collect::<Option<Vec<_>>>();
        self.counts.first_response.extend(of_closed(Column::FIRST_RESPONSE)?.into_iter().flatten());
        self.counts.resolution.extend(of_closed(Column::RESOLUTION)?.into_iter().flatten());
        for messages in of_closed(Column::MESSAGES)?.into_iter().flatten() {
            self.counts.with_messages += 1;
            self.counts.messages += u64::from(messages);
        }
        let (channels, said) = (day.codes(CHANNEL)?, day.numbers(Column::SAID)?);
        for ((channel, said), _) in
            channels.into_iter().zip(said).zip(is_closed).filter(|(_, is_closed)| *is_closed)
        {
            let channel = channel as usize;
            if self.channels.len() <= channel {
                self.channels.resize(channel + 1, 0);
            }
            self.channels[channel] += 1;
            let [overdue, solved_at_once] = said_of(said);
            add(&mut self.counts.overdue, overdue);
            add(&mut self.counts.solved_at_once, solved_at_once);
        }
        Some(())
    }

    fn finish(mut self, words: &Dictionary) -> Option<EventCounts> {
        self.counts.first_response.sort_unstable();
        self.counts.resolution.sort_unstable();
        let channels = (0..).zip(self.channels).filter(|(_, closed)| *closed > 0);
        self.counts.channels =
            channels.map(|(channel, closed)| (CHANNEL.value(channel, words), closed)).collect();
        Some(self.counts)
    }
}

fn add(to: &mut Said, said: Option<bool>) {
    to.closed += 1;
    to.said += u64::from(said.is_some());
    to.is_true += u64::from(said == Some(true));
}
