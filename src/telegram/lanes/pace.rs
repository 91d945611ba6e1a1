//! How many surveys are under way at a time: as many as their rate takes at the round trip there is.

use std::time::Duration;

/// Calls in flight at least.
const LEAST: usize = super::CALLS_PER_LANE;
/// And at most: each has a connection of its own.
pub(super) const MOST: usize = 256;

#[derive(Debug)]
pub(super) struct Pace {
    per_second: u32,
    /// How long a call takes, averaged over the last ones.
    round_trip: Duration,
    is_bound_told: bool,
}

impl Pace {
    pub(super) const fn new(per_second: u32) -> Self {
        Self { per_second, round_trip: Duration::ZERO, is_bound_told: false }
    }

    pub(super) fn most(&self) -> usize {
        self.needed().clamp(LEAST, MOST)
    }

    /// With a quarter more, for not every call takes just as long.
    fn needed(&self) -> usize {
        let needed = self.round_trip.as_millis() * u128::from(self.per_second) / 800;
        usize::try_from(needed).unwrap_or(usize::MAX)
    }

    /// A call was answered after so long. Tells, once, how many a second can be reached if that is less than what is
    /// wanted.
    pub(super) fn took(&mut self, round_trip: Duration) -> Option<u128> {
        self.round_trip =
            if self.round_trip.is_zero() { round_trip } else { (self.round_trip * 7 + round_trip) / 8 };
        let is_bound = self.needed() > MOST * 5 / 4;
        if !is_bound || std::mem::replace(&mut self.is_bound_told, true) {
            return None;
        }
        Some(MOST as u128 * 1000 / self.round_trip.as_millis().max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_round_trip_takes_more_calls_at_a_time_up_to_a_bound() {
        let in_flight = |rate, round_trip| {
            let mut pace = Pace::new(rate);
            let told: Vec<_> =
                (0..100).filter_map(|_| pace.took(Duration::from_millis(round_trip))).collect();
            assert!(told.len() <= 1, "{told:?}");
            (pace.most(), told.first().copied())
        };
        assert_eq!(
            [1, 100, 300].map(|round_trip| in_flight(30, round_trip)),
            [(8, None), (8, None), (11, None)]
        );
        assert_eq!([20, 100].map(|round_trip| in_flight(1000, round_trip)), [(25, None), (125, None)]);
        assert_eq!(in_flight(1000, 300), (MOST, Some(853)), "more cannot be reached");
    }
}
