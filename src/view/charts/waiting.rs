//! The share of low scores by how long customers waited.

use super::axis::Axis;
use super::estimate::Estimate;
use super::svg::{self, Anchor, Ink, Svg, X, escaped};
use crate::domain::stats::rounding::Shape;
use crate::view::numbers::Numbers;

const HEIGHT: f64 = 300.0;
const TOP: f64 = 30.0;
const BOTTOM: f64 = 238.0;
/// The histogram below.
const BARS_TOP: f64 = 256.0;
const BARS_BOTTOM: f64 = 282.0;
/// The places of the first and the last wait, in per cent.
const FIRST: f64 = 5.0;
const LAST: f64 = 97.0;
/// Waits that may be marked, in seconds.
const MARKS: [u32; 10] = [0, 15, 60, 240, 900, 3_600, 14_400, 86_400, 259_200, 864_000];

/// Answers after waits from `from` to `until` seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Waited {
    pub from: f64,
    pub until: f64,
    pub n: u64,
    /// The share of low answers, in per cent. `None` with too few answers.
    pub low: Option<Estimate>,
}

/// The wait from which on more scores are low, and its interval, in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold {
    pub at: f64,
    pub low: f64,
    pub high: f64,
}

#[derive(Clone, Debug)]
pub struct Waiting<'a> {
    /// The finding, for those who cannot see it.
    pub name: &'a str,
    pub waited: &'a [Waited],
    pub threshold: Option<Threshold>,
    /// The fitted model: seconds and per cent.
    pub model: &'a [(f64, f64)],
}

/// Draws the curve on a logarithmic axis of time.
#[must_use]
pub fn waiting(waiting: &Waiting<'_>, numbers: &Numbers<'_>) -> String {
    let ends = waiting.waited.iter().flat_map(|of| [octaves(of.from), octaves(of.until)]);
    let shares = waiting.waited.iter().filter_map(|of| of.low).map(|low| low.high);
    let model = waiting.model.iter().map(|(_, share)| *share);
    let plot = Plot {
        waiting,
        across: Axis::over(ends),
        up: Axis::over(shares.chain(model).chain([0.0, 10.0]).map(|share| share.min(100.0))),
    };
    let name = format!(" role=\"img\" aria-label=\"{}\"", escaped(waiting.name));
    let mut svg = Svg::begin("chart", HEIGHT, &name);
    plot.ground(&mut svg, numbers);
    plot.shares(&mut svg);
    plot.bars(&mut svg, numbers);
    svg.end()
}

/// Waits are compared by their doublings.
fn octaves(seconds: f64) -> f64 {
    (1.0 + seconds.max(0.0)).log2()
}

struct Plot<'w> {
    waiting: &'w Waiting<'w>,
    across: Axis,
    up: Axis,
}

impl Plot<'_> {
    fn x(&self, seconds: f64) -> f64 {
        FIRST + (LAST - FIRST) * self.across.at(octaves(seconds))
    }

    fn y(&self, share: f64) -> f64 {
        BOTTOM - self.up.at(share) * (BOTTOM - TOP)
    }

    fn ground(&self, svg: &mut Svg, numbers: &Numbers<'_>) {
        if let Some(threshold) = self.waiting.threshold {
            let [from, to] = [threshold.low, threshold.high].map(|at| self.x(at));
            svg.group(svg::BAND_THRESHOLD, |svg| {
                svg.rect((X::Percent(from), TOP), (X::Percent(to - from), BOTTOM - TOP), 0.0);
            });
        }
        let ticks = self.up.ticks();
        svg.group(svg::GRID, |svg| {
            for tick in &ticks {
                svg.line((X::Px(0.0), self.y(*tick)), (X::Percent(100.0), self.y(*tick)));
            }
        });
        for (place, tick) in ticks.iter().enumerate().skip(1) {
            let number = numbers.plain(*tick, self.up.decimals());
            let text =
                if place + 1 == ticks.len() { numbers.with_unit(Shape::Share, number) } else { number };
            svg.text((X::Px(0.0), self.y(*tick) - 4.0), Anchor::Start, Ink::Dim, &text);
        }
        if let Some(threshold) = self.waiting.threshold {
            let x = X::Percent(self.x(threshold.at));
            svg.group(svg::LINE_THRESHOLD, |svg| svg.line((x, TOP - 4.0), (x, BOTTOM)));
            let at = numbers.duration(whole(threshold.at));
            let text = numbers.catalogue.with(numbers.locale, "chart-threshold", &[("at", at.into())]);
            svg.text((x, 20.0), Anchor::Middle, Ink::Target, &text);
        }
        svg.group(svg::LINE_MODEL, |svg| {
            for pair in self.waiting.model.windows(2) {
                let [from, to] = [0, 1].map(|at: usize| (X::Percent(self.x(pair[at].0)), self.y(pair[at].1)));
                svg.line(from, to);
            }
        });
    }

    /// The middle of the waits of a bin, by doublings.
    fn middle(&self, of: &Waited) -> f64 {
        f64::midpoint(self.x(of.from), self.x(of.until))
    }

    fn shares(&self, svg: &mut Svg) {
        let shown = || self.waiting.waited.iter().filter_map(|of| Some((self.middle(of), of.low?)));
        svg.group_moved(svg::CAPSULE_BAD, (-4.5, 0.0), |svg| {
            for (x, low) in shown() {
                let (top, bottom) = (self.y(low.high), self.y(low.low));
                svg.rect((X::Percent(x), top), (X::Px(9.0), bottom - top), 4.5);
            }
        });
        svg.group(svg::DOT_BAD, |svg| {
            for (x, low) in shown() {
                svg.circle((X::Percent(x), self.y(low.value)), 4.5);
            }
        });
    }

    fn bars(&self, svg: &mut Svg, numbers: &Numbers<'_>) {
        let tall = |n: u64| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
        // A wide bin holds many answers only because it is wide: its area counts.
        let dense = |of: &Waited| tall(of.n) / (self.x(of.until) - self.x(of.from)).max(0.1);
        let most = self.waiting.waited.iter().map(dense).fold(0.0, f64::max);
        svg.group(svg::BAR_MIDDLE, |svg| {
            for of in self.waiting.waited.iter().filter(|_| most > 0.0) {
                let (from, to) = (self.x(of.from), self.x(of.until));
                let height = (BARS_BOTTOM - BARS_TOP) * dense(of) / most;
                let corner = (X::Percent(from + 0.2), BARS_BOTTOM - height);
                svg.rect(corner, (X::Percent((to - from - 0.4).max(0.1)), height), 1.5);
            }
        });
        let text = numbers.catalogue.text(numbers.locale, "chart-how-many-waited");
        svg.text((X::Percent(100.0), BARS_TOP - 2.0), Anchor::End, Ink::Dim, &text);
        let marks = MARKS.into_iter().filter(|mark| {
            let at = octaves(f64::from(*mark));
            at >= self.across.low() && at <= self.across.high()
        });
        for (place, mark) in marks.enumerate() {
            let ink = if place % 2 == 1 { Ink::DimIfWide } else { Ink::Dim };
            let text = numbers.duration(u64::from(mark));
            svg.text((X::Percent(self.x(f64::from(mark))), HEIGHT - 3.0), Anchor::Middle, ink, &text);
        }
    }
}

/// Whole seconds.
#[must_use]
pub fn whole(seconds: f64) -> u64 {
    std::time::Duration::try_from_secs_f64(seconds.max(0.0).round()).unwrap_or_default().as_secs()
}
