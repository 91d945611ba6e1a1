//! How many surveys may be in flight: as many as their rate needs at the present round-trip time.

use std::time::Duration;

/// The fewest calls that may be in flight.
const LEAST: usize = super::CALLS_PER_LANE;
/// The most calls that may be in flight; each has its own connection.
pub(super) const MOST: usize = 256;

/// The shortest of this many calls counts.
const LOOKED_AT: u32 = 64;

#[derive(Debug)]
pub(super) struct Pace {
    per_second: u32,
    /// The shortest time that one of the last calls took. Longer ones had to wait, here or at Telegram, and more calls
    /// at a time would only make them wait longer.
    round_trip: Duration,
    shortest: Duration,
    looked_at: u32,
    is_bound_told: bool,
}

impl Pace {
    pub(super) const fn new(per_second: u32) -> Self {
        let (round_trip, shortest) = (Duration::ZERO, Duration::MAX);
        Self { per_second, round_trip, shortest, looked_at: 0, is_bound_told: false }
    }

    pub(super) fn most_surveys(&self) -> usize {
        self.most(self.per_second, MOST)
    }

    /// How many calls at a time this rate needs.
    pub(super) fn most(&self, per_second: u32, bound: usize) -> usize {
        self.needed(per_second).clamp(LEAST, bound)
    }

    /// Adds a quarter, because calls do not all take equally long.
    fn needed(&self, per_second: u32) -> usize {
        let needed = self.round_trip.as_millis() * u128::from(per_second) / 800;
        usize::try_from(needed).unwrap_or(usize::MAX)
    }

    /// Records how long a call took. Returns, only once, how many surveys a second can be reached if that is fewer than
    /// configured.
    pub(super) fn took(&mut self, round_trip: Duration) -> Option<u128> {
        self.shortest = self.shortest.min(round_trip);
        self.looked_at += 1;
        if self.looked_at == LOOKED_AT {
            self.round_trip = self.shortest;
            (self.shortest, self.looked_at) = (Duration::MAX, 0);
        } else if self.round_trip.is_zero() || round_trip < self.round_trip {
            self.round_trip = round_trip;
        }
        let is_bound = self.needed(self.per_second) > MOST * 5 / 4;
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
            (pace.most_surveys(), told.first().copied())
        };
        assert_eq!(
            [1, 100, 300].map(|round_trip| in_flight(30, round_trip)),
            [(8, None), (8, None), (11, None)]
        );
        assert_eq!([20, 100].map(|round_trip| in_flight(1000, round_trip)), [(25, None), (125, None)]);
        assert_eq!(in_flight(1000, 300), (MOST, Some(853)), "more cannot be reached");
    }

    #[test]
    fn calls_that_wait_do_not_make_more_calls() {
        let mut pace = Pace::new(1000);
        for number in 0..1000 {
            pace.took(Duration::from_millis(if number % 30 == 0 { 4 } else { 400 }));
        }
        assert_eq!(pace.most_surveys(), LEAST);
        assert_eq!(pace.most(500, 64), LEAST);
    }
}
