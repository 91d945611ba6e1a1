//! How numbers are rounded for people. Files for programs carry them as they are.

use super::index::Index;
use super::number::float;

/// From this many answers on, shares and NPS have a decimal.
const MANY: u64 = 1000;
/// Room for the error of a floating-point number when limits are rounded outwards.
const SLACK: f64 = 1e-9;

/// What kind of number it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// On a question's scale: two decimals.
    Mean,
    /// Per cent, from 0 to 100.
    Share,
    /// From −100 to 100, with a sign.
    Points,
}

/// A rounded number. Nothing that is not exactly an end of a share is printed as that end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rounded {
    At {
        value: f64,
        decimals: usize,
    },
    /// More than nothing, but less than this.
    Below {
        value: f64,
        decimals: usize,
    },
    /// Less than everything, but more than this.
    Above {
        value: f64,
        decimals: usize,
    },
}

/// Which way to round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Nearest,
    Down,
    Up,
}

impl Shape {
    #[must_use]
    pub const fn of(index: Index) -> Self {
        match index {
            Index::Mean => Self::Mean,
            Index::Net | Index::Nps | Index::NpsFormula => Self::Points,
            _ => Self::Share,
        }
    }

    /// The number of decimals with this many answers.
    #[must_use]
    pub const fn decimals(self, n: u64) -> usize {
        match self {
            Self::Mean => 2,
            Self::Share | Self::Points => (n >= MANY) as usize,
        }
    }

    /// A value. Halves are rounded away from zero.
    #[must_use]
    pub fn value(self, value: f64, n: u64) -> Rounded {
        self.rounded(value, n, Way::Nearest)
    }

    /// The lower limit of an interval, rounded outwards.
    #[must_use]
    pub fn low(self, limit: f64, n: u64) -> Rounded {
        self.rounded(limit, n, Way::Down)
    }

    /// The upper limit of an interval, rounded outwards.
    #[must_use]
    pub fn high(self, limit: f64, n: u64) -> Rounded {
        self.rounded(limit, n, Way::Up)
    }

    fn rounded(self, value: f64, n: u64, way: Way) -> Rounded {
        let decimals = self.decimals(n);
        let unit = float(10_u64.pow(u32::try_from(decimals).unwrap_or(0)));
        let scaled = value * unit;
        let whole = match way {
            Way::Nearest => scaled.round(),
            Way::Down => (scaled + SLACK).floor(),
            Way::Up => (scaled - SLACK).ceil(),
        };
        let printed = whole / unit;
        if self == Self::Share && value > 0.0 && printed <= 0.0 {
            return Rounded::Below { value: 1.0 / unit, decimals };
        }
        if self == Self::Share && value < 100.0 && printed >= 100.0 {
            return Rounded::Above { value: 100.0 - 1.0 / unit, decimals };
        }
        // No negative zero.
        Rounded::At { value: printed + 0.0, decimals }
    }
}

/// The limits of a difference have as many decimals as its kind, and are rounded outwards.
#[must_use]
pub fn difference(shape: Shape, value: f64, low: f64, high: f64, n: u64) -> [Rounded; 3] {
    // A difference of shares has no end.
    let shape = if shape == Shape::Share { Shape::Points } else { shape };
    [shape.value(value, n), shape.low(low, n), shape.high(high, n)]
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(Shape::Share, 0.0, 10, Rounded::At { value: 0.0, decimals: 0 })]
    #[case(Shape::Share, 0.4, 10, Rounded::Below { value: 1.0, decimals: 0 })]
    #[case(Shape::Share, 0.04, 1000, Rounded::Below { value: 0.1, decimals: 1 })]
    #[case(Shape::Share, 99.6, 10, Rounded::Above { value: 99.0, decimals: 0 })]
    #[case(Shape::Share, 100.0, 10, Rounded::At { value: 100.0, decimals: 0 })]
    #[case(Shape::Share, 12.5, 10, Rounded::At { value: 13.0, decimals: 0 })]
    #[case(Shape::Points, -12.5, 10, Rounded::At { value: -13.0, decimals: 0 })]
    #[case(Shape::Points, -0.2, 10, Rounded::At { value: 0.0, decimals: 0 })]
    #[case(Shape::Mean, 2.666_666, 5000, Rounded::At { value: 2.67, decimals: 2 })]
    fn a_value_is_rounded_and_never_becomes_an_end(
        #[case] shape: Shape,
        #[case] value: f64,
        #[case] n: u64,
        #[case] expected: Rounded,
    ) {
        assert_eq!(shape.value(value, n), expected);
    }

    #[test]
    fn limits_are_rounded_outwards() {
        assert_eq!(Shape::Share.low(69.9, 10), Rounded::At { value: 69.0, decimals: 0 });
        assert_eq!(Shape::Share.high(70.1, 10), Rounded::At { value: 71.0, decimals: 0 });
        assert_eq!(Shape::Share.high(70.000_000_000_001, 10), Rounded::At { value: 70.0, decimals: 0 });
        assert_eq!(Shape::Share.high(99.2, 10), Rounded::Above { value: 99.0, decimals: 0 });
    }
}
