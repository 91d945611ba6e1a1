//! The kind of fact that an event reports, which decides what follows from it.

use serde::Serialize;
use utoipa::ToSchema;

/// What happened. `purchase` and `ticket_closed` may lead to a survey. `ticket_opened` is only for statistics.
/// `ticket_reopened` and `purchase_cancelled` cancel the surveys that have not been sent yet for the same customer and
/// `subject.id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Purchase,
    TicketClosed,
    TicketOpened,
    TicketReopened,
    PurchaseCancelled,
    /// A case was resolved. The program itself makes these events; senders cannot.
    CaseResolved,
}

/// Groups kinds by what a cancellation applies to: it cancels only events of its own family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    Purchase,
    Ticket,
    Case,
}

impl Kind {
    /// The kinds that a sender may report.
    pub const REPORTED: [Self; 5] = [
        Self::Purchase,
        Self::TicketClosed,
        Self::TicketOpened,
        Self::TicketReopened,
        Self::PurchaseCancelled,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Purchase => "purchase",
            Self::TicketClosed => "ticket_closed",
            Self::TicketOpened => "ticket_opened",
            Self::TicketReopened => "ticket_reopened",
            Self::PurchaseCancelled => "purchase_cancelled",
            Self::CaseResolved => "case_resolved",
        }
    }

    /// Reads a kind that a sender reports.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::REPORTED.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Reads a kind from the database.
    #[must_use]
    pub fn parse_stored(text: &str) -> Option<Self> {
        Self::parse(text).or_else(|| (text == Self::CaseResolved.as_str()).then_some(Self::CaseResolved))
    }

    /// Whether the customer may be asked because of this event.
    #[must_use]
    pub const fn asks(self) -> bool {
        matches!(self, Self::Purchase | Self::TicketClosed | Self::CaseResolved)
    }

    /// Whether it cancels what is pending for its subject.
    #[must_use]
    pub const fn cancels(self) -> bool {
        matches!(self, Self::TicketReopened | Self::PurchaseCancelled)
    }

    #[must_use]
    pub const fn family(self) -> Family {
        match self {
            Self::Purchase | Self::PurchaseCancelled => Family::Purchase,
            Self::TicketClosed | Self::TicketOpened | Self::TicketReopened => Family::Ticket,
            Self::CaseResolved => Family::Case,
        }
    }
}

impl Family {
    /// The kind that asks in this family.
    #[must_use]
    pub const fn asking(self) -> Kind {
        match self {
            Self::Purchase => Kind::Purchase,
            Self::Ticket => Kind::TicketClosed,
            Self::Case => Kind::CaseResolved,
        }
    }

    /// The kind that cancels in this family. Nothing that a sender reports cancels the question after a case.
    #[must_use]
    pub const fn cancelling(self) -> Option<Kind> {
        match self {
            Self::Purchase => Some(Kind::PurchaseCancelled),
            Self::Ticket => Some(Kind::TicketReopened),
            Self::Case => None,
        }
    }
}
