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
