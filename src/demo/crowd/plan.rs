//! What a month is played with.

/// How many, how long, and which.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub seed: u64,
    /// Sets this crowd's customers and orders apart from those of an earlier one.
    pub round: u32,
    pub customers: usize,
    pub days: u32,
}

impl Plan {
    /// What the IDs of its customers begin with.
    pub(super) fn mark(self) -> String {
        format!("K{}-", self.round)
    }

    /// Whether it is one of its customers.
    pub(in crate::demo) fn is_own(self, customer: Option<&str>) -> bool {
        customer.is_some_and(|customer| customer.starts_with(&self.mark()))
    }
}
