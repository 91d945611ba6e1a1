//! The parameters of a simulated month.

/// How many customers, for how long, and from which seed.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub seed: u64,
    /// Distinguishes this crowd's customers and orders from those of an earlier crowd.
    pub round: u32,
    pub customers: usize,
    pub days: u32,
}

impl Plan {
    /// The prefix of its customers' IDs.
    pub(super) fn mark(self) -> String {
        format!("K{}-", self.round)
    }

    /// Whether this is one of its customers.
    pub(in crate::demo) fn is_own(self, customer: Option<&str>) -> bool {
        customer.is_some_and(|customer| customer.starts_with(&self.mark()))
    }
}
