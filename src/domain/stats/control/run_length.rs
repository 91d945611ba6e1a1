//! How long a chart runs until an alarm.

/// `a(s) = constant + factor·a(s−t)` for some t: what remains of the equations above s−t.
#[derive(Clone, Copy)]
struct Linear {
    constant: f64,
    factor: f64,
    /// 1 − factor. It is tiny where alarms are rare, so it is kept separately with all its digits.
    complement: f64,
}

impl Linear {
    /// This function with `lower` substituted for a(s−t).
    fn after(self, lower: Self) -> Self {
        Self {
            constant: self.constant + self.factor * lower.constant,
            factor: self.factor * lower.factor,
            complement: self.complement + self.factor * lower.complement,
        }
    }
}

/// The average number of answers from 0 points to the alarm at `h`, if a share `p` of them is low and a low one adds m
/// − 1 points. It is a(0) of `a(s) = 1 + p·a(s+m−1) + (1−p)·a(max(0, s−1))`, with a(s) = 0 for s ≥ h.
///
/// The equations are eliminated from a(h−1) downwards, with each a(s) as a linear function of a(s−1). Nothing is ever
/// subtracted (Grassmann, Taksar & Heyman 1985, Oper. Res. 33, 1107), so runs of any length keep their digits. `h` and
/// m − 1 are raised to at least 1; `p` must lie within (0, 1).
pub fn run_length(m: u64, h: u64, p: f64) -> f64 {
    let step = usize::try_from(m.max(2) - 1).unwrap_or(usize::MAX);
    let h = usize::try_from(h.max(1)).unwrap_or(usize::MAX);
    // Starts at the top, with the equation of a(h−1).
    let mut equations: Vec<Linear> = Vec::with_capacity(h);
    for _ in 1..h {
        let low = after_low(&equations, step);
        let own = (1.0 - p) + p * low.complement;
        equations.push(Linear {
            constant: (1.0 + p * low.constant) / own,
            factor: (1.0 - p) / own,
            complement: p * low.complement / own,
        });
    }
    // a(0) = 1 + p·a(m−1) + (1−p)·a(0)
    let low = after_low(&equations, step);
    (1.0 + p * low.constant) / (p * low.complement)
}

/// a(s+m−1) as a linear function of a(s), the next unknown to be eliminated; 0 if that state is the alarm.
fn after_low(equations: &[Linear], step: usize) -> Linear {
    let between = equations.len().checked_sub(step).map(|top| &equations[top..]);
    let composed =
        between.and_then(|between| between.iter().rev().copied().reduce(|lower, upper| upper.after(lower)));
    composed.unwrap_or(Linear { constant: 0.0, factor: 0.0, complement: 1.0 })
}
