//! Conversion of counts to floating-point numbers and back.

/// Exact below 2⁵³, which no count of answers reaches.
#[expect(
    clippy::cast_precision_loss,
    reason = "exact below 2^53; sums of squares beyond that lose less than 1e-15"
)]
pub(super) const fn float(count: u64) -> f64 {
    count as f64
}

/// Rounded to the nearest floating-point number.
#[expect(clippy::cast_precision_loss, reason = "one rounding, of a sum that is exact until here")]
pub(super) const fn wide(sum: i128) -> f64 {
    sum as f64
}

/// Rounds down; negative numbers become 0.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates, and the fraction is meant to go"
)]
pub(super) const fn floor(value: f64) -> u64 {
    value as u64
}

/// `part / whole`; `None` if the whole is 0.
pub(super) fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| float(part) / float(whole))
}
