//! Axes: where a value stands, and which values are marked.

/// The most marks on an axis.
const MOST_TICKS: usize = 5;

/// The values from one end of a chart to the other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    low: f64,
    high: f64,
    /// From one mark to the next.
    step: f64,
}

impl Axis {
    /// From the lowest to the highest of these values; what is not finite is ignored.
    #[must_use]
    pub fn over(values: impl IntoIterator<Item = f64>) -> Self {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values.into_iter().filter(|value| value.is_finite()) {
            low = low.min(value);
            high = high.max(value);
        }
        let (low, high) = match (low <= high, high > low) {
            (false, _) => (0.0, 1.0),
            (true, false) => (low - 0.5, high + 0.5),
            (true, true) => (low, high),
        };
        Self { low, high, step: step(low, high) }
    }

    /// The same, widened to whole ticks.
    #[must_use]
    pub fn rounded(self) -> Self {
        let step = self.step;
        Self { low: (self.low / step).floor() * step, high: (self.high / step).ceil() * step, step }
    }

    /// Where a value stands, 0 at the low end and 1 at the high one. Values outside stand at the ends.
    #[must_use]
    pub fn at(&self, value: f64) -> f64 {
        ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }

    /// Where a value stands, in per cent.
    #[must_use]
    pub fn percent(&self, value: f64) -> f64 {
        100.0 * self.at(value)
    }

    #[must_use]
    pub const fn low(&self) -> f64 {
        self.low
    }

    #[must_use]
    pub const fn high(&self) -> f64 {
        self.high
    }

    /// The values to mark, upwards: multiples of 1, 2 or 5 times a power of ten.
    #[must_use]
    pub fn ticks(&self) -> Vec<f64> {
        let step = self.step;
        let slack = step * 1e-9;
        let mut tick = ((self.low - slack) / step).ceil() * step;
        let mut ticks = Vec::new();
        while tick <= self.high + slack && ticks.len() < 2 * MOST_TICKS {
            ticks.push(tick + 0.0);
            tick += step;
        }
        ticks
    }

    /// The decimals that the ticks need.
    #[must_use]
    pub fn decimals(&self) -> usize {
        let step = self.step;
        (0..4)
            .find(|decimals| {
                let unit = 10_f64.powi(*decimals);
                ((step * unit).round() - step * unit).abs() < 1e-6
            })
            .map_or(4, |decimals| usize::try_from(decimals).unwrap_or_default())
    }
}

/// The smallest round step with few enough marks between two values.
fn step(low: f64, high: f64) -> f64 {
    let most = f64::from(u8::try_from(MOST_TICKS).unwrap_or(u8::MAX));
    let rough = (high - low) / most;
    let power = 10_f64.powf(rough.log10().floor());
    let fits = |step: &f64| (high / step).floor() - (low / step).ceil() < most;
    [1.0, 2.0, 5.0, 10.0].map(|times| times * power).into_iter().find(fits).unwrap_or(20.0 * power)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(&[63.0, 77.0], &[65.0, 70.0, 75.0], 0)]
    #[case(&[0.0, 100.0], &[0.0, 50.0, 100.0], 0)]
    #[case(&[5.41, 5.72], &[5.5, 5.6, 5.7], 1)]
    #[case(&[-14.0, 61.0], &[0.0, 20.0, 40.0, 60.0], 0)]
    #[case(&[3.0], &[2.6, 2.8, 3.0, 3.2, 3.4], 1)]
    #[case(&[], &[0.0, 0.5, 1.0], 1)]
    fn ticks_are_round(#[case] values: &[f64], #[case] expected: &[f64], #[case] decimals: usize) {
        let axis = Axis::over(values.iter().copied());
        let ticks = axis.ticks();
        assert_eq!(ticks.len(), expected.len(), "{ticks:?}");
        for (tick, expected) in ticks.iter().zip(expected) {
            assert!((tick - expected).abs() < 1e-9, "{ticks:?}");
        }
        assert_eq!(axis.decimals(), decimals);
    }

    #[test]
    fn a_widened_axis_keeps_its_marks() {
        let axis = Axis::over([-3.0, 4.3]).rounded();
        assert_eq!((axis.low(), axis.high(), axis.ticks().len()), (-4.0, 6.0, 6));
    }

    proptest::proptest! {
        #[test]
        fn any_axis_has_a_few_ticks_inside(low in -1e6..1e6_f64, length in 1e-6..1e6_f64) {
            let axis = Axis::over([low, low + length]);
            let ticks = axis.ticks();
            proptest::prop_assert!((2..=6).contains(&ticks.len()), "{ticks:?}");
            for tick in ticks {
                proptest::prop_assert!((0.0..=1.0).contains(&axis.at(tick)));
            }
        }
    }
}
