//! A mapped delivery with everything that led to the result.

use super::{Failure, Mapped, Skip, failed};
use crate::domain::hook::repair::Repair;

/// One field with its expression, what that gave, and what the field got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldTrial {
    pub field: &'static str,
    pub expression: String,
    /// What the expression gave; `None` if it is absent.
    pub value: Option<String>,
    /// What the field got; `None` if it is left out.
    pub got: Option<String>,
}

/// A delivery that was mapped, with everything that led to the result.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// The number of the rule that matched, from 1.
    pub rule: Option<usize>,
    pub fields: Vec<FieldTrial>,
    pub repairs: Vec<Repair>,
    /// What tells this delivery when the system sends it again.
    pub delivery_id: Option<String>,
    /// The ID of an earlier event that the rules need and were not given.
    pub lacks: Option<String>,
    /// Whom it is about, also if no event can be made of it.
    pub customer: Option<String>,
    pub mapped: Mapped,
}

impl Trial {
    /// A delivery whose hook was revoked before it was mapped.
    #[must_use]
    pub fn gone() -> Self {
        Self::failed(failed("hook", "it is revoked, or its preset cannot be read".to_owned()))
    }

    /// A delivery that holds none of the elements that its preset is about.
    #[must_use]
    pub const fn empty() -> Self {
        Self::without(Mapped::Skipped(Skip::NoRule))
    }

    /// A delivery that could not even be read.
    #[must_use]
    pub const fn failed(failure: Failure) -> Self {
        Self::without(Mapped::Failed(failure))
    }

    const fn without(mapped: Mapped) -> Self {
        Self {
            rule: None,
            fields: Vec::new(),
            repairs: Vec::new(),
            delivery_id: None,
            lacks: None,
            customer: None,
            mapped,
        }
    }
}
