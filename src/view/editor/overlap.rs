//! Scripts that share events, and which of them asks about those events.

use super::{Deed, EditorAct, EditorView, Screen};
use crate::domain::locale::Localized;
use crate::domain::script::edit::Field;
use crate::view::View;

/// The most scripts that get buttons of their own in the list.
const MOST_SCRIPTS: usize = 3;
/// The most pairs of scripts described.
const MOST_PAIRS: usize = 6;

/// A script that shares events with another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sharing {
    pub slug: String,
    pub title: Localized,
    pub priority: i64,
}

/// Events that fit one script but are asked about by another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    pub from: Sharing,
    pub by: Sharing,
    pub taken: usize,
    /// The number of all events that fit the script they are taken from.
    pub fitting: usize,
}

/// What is known about the events that a script shares with others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shares {
    /// No other script has the same trigger.
    Alone,
    Counting,
    /// Counting failed.
    Unknown,
    Counted {
        days: u64,
        /// The number of events that fit the script.
        fitting: usize,
        taken: Vec<Taken>,
    },
}

impl EditorView<'_> {
    /// Sentences that say which script takes how many events from which, and why.
    pub(super) fn taken(&self, days: u64, taken: &[Taken]) -> Vec<String> {
        taken.iter().take(MOST_PAIRS).map(|taken| self.one_taken(days, taken)).collect()
    }

    fn one_taken(&self, days: u64, taken: &Taken) -> String {
        let title = |of: &Sharing| EditorView { slug: &of.slug, ..*self }.title(&of.title);
        let percent = match (taken.taken * 100 + taken.fitting / 2) / taken.fitting.max(1) {
            0 => 1,
            100 if taken.taken < taken.fitting => 99,
            percent => percent,
        };
        let (by, from) = (taken.by.priority, taken.from.priority);
        let why = if by > from {
            self.with("editor-taken-priority", &[("by", by.into()), ("from", from.into())])
        } else if by == from && taken.by.slug < taken.from.slug {
            self.one("editor-taken-name", "priority", by)
        } else {
            self.text("editor-taken-gap")
        };
        let values = [
            ("by", title(&taken.by).into()),
            ("from", title(&taken.from).into()),
            ("taken", taken.taken.into()),
            ("fitting", taken.fitting.into()),
            ("percent", percent.into()),
            ("days", days.into()),
            ("why", why.into()),
        ];
        self.with("editor-taken", &values)
    }

    /// Whether other scripts ask about every event that fits this screen's script.
    pub(super) fn loses_all(&self, shares: &Shares) -> bool {
        let Shares::Counted { fitting, taken, .. } = shares else { return false };
        let lost = taken.iter().filter(|taken| taken.from.slug == self.slug).map(|taken| taken.taken);
        *fitting > 0 && lost.sum::<usize>() >= *fitting
    }

    /// What the confirmation before publishing says about shared events.
    pub(super) fn shares(&self, shares: &Shares) -> Vec<String> {
        match shares {
            Shares::Alone => Vec::new(),
            Shares::Counting => vec![self.text("editor-shares-counting")],
            Shares::Unknown => vec![self.text("editor-shares-unknown")],
            Shares::Counted { days, fitting: 0, .. } => vec![self.one("editor-shares-none", "days", *days)],
            Shares::Counted { days, fitting, taken } => {
                let values = [("days", (*days).into()), ("count", (*fitting).into())];
                let mut said = vec![self.with("editor-shares", &values)];
                said.extend(self.taken(*days, taken));
                said
            }
        }
    }

    /// Buttons on a draft's screen that change which script asks.
    pub(super) fn ways_out(&self, view: View, shares: &Shares) -> View {
        let is_contested = matches!(shares, Shares::Counted { taken, .. } if !taken.is_empty());
        if !is_contested {
            return view;
        }
        view.row([self.ask("field-priority", Field::Priority), self.to("editor-button-when", Screen::When)])
    }

    /// The same buttons in the list, for the scripts that lose events.
    pub(super) fn ways_out_of(&self, view: View, taken: &[Taken]) -> View {
        let mut losing: Vec<&Sharing> = Vec::new();
        for taken in taken {
            if !losing.iter().any(|other| other.slug == taken.from.slug) {
                losing.push(&taken.from);
            }
        }
        losing.into_iter().take(MOST_SCRIPTS).fold(view, |view, script| {
            let of = EditorView { slug: &script.slug, mark: 0, ..*self };
            let title = script.title.get(self.locale);
            let button =
                |id: &str, deed: Deed| of.button(format!("{} · {title}", self.text(id)), EditorAct::Do(deed));
            view.row([
                button("field-priority", Deed::Priority),
                button("editor-button-conditions", Deed::Conditions),
            ])
        })
    }
}
