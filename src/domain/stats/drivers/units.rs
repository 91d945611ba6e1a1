//! Which surveys stay together when groups are deleted: a customer with all of their surveys.

use std::fmt::Display;

use crate::domain::checksum::crc32;

pub(super) const GROUPS: usize = 20;

/// One of twenty groups of units. It is derived from a checksum of the unit, so no random number is needed and nothing
/// else has to be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group(u8);

impl Group {
    /// CRC-32 of `c:ID`, modulo 20.
    #[must_use]
    pub fn of_customer(id: impl Display) -> Self {
        Self::of(&format!("c:{id}"))
    }

    /// An erased survey is a unit of its own: CRC-32 of `s:SURVEY`, modulo 20.
    #[must_use]
    pub fn of_erased_survey(survey: impl Display) -> Self {
        Self::of(&format!("s:{survey}"))
    }

    /// From the five bits in which it is stored. `None` if the number is not one of the twenty groups.
    #[must_use]
    pub fn from_bits(bits: u8) -> Option<Self> {
        (usize::from(bits) < GROUPS).then_some(Self(bits))
    }

    pub const fn bits(self) -> u8 {
        self.0
    }

    pub(super) fn place(self) -> usize {
        usize::from(self.0)
    }

    fn of(unit: &str) -> Self {
        let group = crc32(unit.as_bytes()) % 20;
        Self(u8::try_from(group).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_kept_in_five_bits() {
        for id in 0..1000 {
            let group = Group::of_customer(id);
            assert_eq!(Group::from_bits(group.bits()), Some(group));
            assert!(group.bits() < 20);
        }
        assert_ne!(Group::of_customer(4), Group::of_erased_survey(4));
        assert_eq!(Group::from_bits(20), None);
    }
}
